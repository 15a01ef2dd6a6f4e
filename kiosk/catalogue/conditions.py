"""Conditions over facts: a small, whitelisted subset of Python expressions, checked for names and types when loaded.

An unanswered fact is *unknown*, and unknown spreads by three-valued logic (Kleene): `False and unknown` is False,
`unknown == 3` is unknown. A step whose condition is unknown stays out. Whatever else goes wrong raises
`ConditionDefectError`, which stops the journey: a condition never fails open.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, TypeAlias

LONGEST: Final = 300
DEEPEST: Final = 12

Kind: TypeAlias = str  # "bool", "int", "date", "text", "list", or "choice:a|b|c"
Known: TypeAlias = bool | int | str | date
Maybe: TypeAlias = Known | None

_COMPARE: Final[dict[type[ast.cmpop], Callable[[object, object], bool]]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,  # type: ignore[dict-item]  # both sides were checked to be of one ordered type
    ast.LtE: operator.le,  # type: ignore[dict-item]
    ast.Gt: operator.gt,  # type: ignore[dict-item]
    ast.GtE: operator.ge,  # type: ignore[dict-item]
}
_DAY_FUNCTIONS: Final = ("age", "days_since", "days_until")
FUNCTIONS: Final = (*_DAY_FUNCTIONS, "answered")


class ConditionRefusedError(Exception):
    """The text is not a condition; `unknown_name` is the name nobody knows, if that is why."""

    def __init__(self, why: str, unknown_name: str | None = None) -> None:
        super().__init__(why)
        self.unknown_name = unknown_name


class ConditionDefectError(Exception):
    """A loaded condition met a value it cannot judge: a defect, never an answer of no."""


@dataclass(frozen=True)
class Condition:
    """A checked condition; `names` are the facts it looks at."""

    text: str
    names: frozenset[str]
    tree: ast.expr = field(repr=False, compare=False)

    def holds(self, facts: Mapping[str, object], *, today: date) -> bool | None:
        """True, False, or None while it is unknown; raises ConditionDefectError if it cannot be judged."""
        found = _Evaluation(facts, today).value(self.tree)
        if found is not None and not isinstance(found, bool):
            raise ConditionDefectError(f"{self.text!r} came to {type(found).__name__}, not to yes or no")
        return found

    def readings(self, facts: Mapping[str, object], *, today: date) -> dict[str, int]:
        """What each date function in it reads now, for the message a resident sees: {"age": 62}."""
        evaluation = _Evaluation(facts, today)
        calls = {
            name: node for node in ast.walk(self.tree) if isinstance(node, ast.expr) and (name := _day_function(node))
        }
        found = {name: evaluation.value(node) for name, node in calls.items()}
        return {name: value for name, value in found.items() if isinstance(value, int)}

    @property
    def reading_names(self) -> frozenset[str]:
        """The names that `readings` may give."""
        return frozenset(name for node in ast.walk(self.tree) if (name := _day_function(node)))


def parse(text: str, kinds: Mapping[str, Kind]) -> Condition:
    """Check `text` against the facts' kinds; raises ConditionRefusedError with one sentence."""
    if len(text) > LONGEST:
        raise ConditionRefusedError(f"a condition has at most {LONGEST} characters, this one has {len(text)}")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise ConditionRefusedError("this is not a condition that can be read") from None
    checking = _Checking(kinds)
    kind = checking.kind(tree, 0)
    if kind != "bool":
        raise ConditionRefusedError(f"a condition must come to yes or no, this comes to {_said(kind)}")
    return Condition(text.strip(), frozenset(checking.names), tree)


def _said(kind: Kind) -> str:
    return kind.partition(":")[0]


def _is_applicant_age(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and node.attr == "age"
        and isinstance(node.value, ast.Name)
        and node.value.id == "applicant"
    )


def _day_function(node: ast.AST) -> str | None:
    if _is_applicant_age(node):
        return "age"
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _DAY_FUNCTIONS:
        return node.func.id
    return None


class _Checking:
    """One walk over an expression: everything not expressly allowed is refused."""

    def __init__(self, kinds: Mapping[str, Kind]) -> None:
        self._kinds = kinds
        self.names: set[str] = set()

    def kind(self, node: ast.expr, depth: int) -> Kind:
        if depth > DEEPEST:
            raise ConditionRefusedError(f"a condition is nested at most {DEEPEST} deep")
        handler = getattr(self, f"_{type(node).__name__.lower()}", None)
        if handler is None or not isinstance(node, _ALLOWED):
            raise ConditionRefusedError(f"{type(node).__name__} is not allowed in a condition")
        found: Kind = handler(node, depth + 1)
        return found

    def _name(self, node: ast.Name, _depth: int) -> Kind:
        return self._fact(node.id)

    def _fact(self, name: str) -> Kind:
        if name not in self._kinds:
            raise ConditionRefusedError(f"no fact is called {name!r}", unknown_name=name)
        self.names.add(name)
        return self._kinds[name]

    def _attribute(self, node: ast.Attribute, _depth: int) -> Kind:
        if not _is_applicant_age(node):
            raise ConditionRefusedError("only applicant.age has a dot in it")
        self._fact("birth_date")
        return "int"

    def _constant(self, node: ast.Constant, _depth: int) -> Kind:
        kinds: dict[type, Kind] = {bool: "bool", int: "int", str: "text"}
        if type(node.value) not in kinds:
            raise ConditionRefusedError(f"{type(node.value).__name__} is not allowed in a condition")
        return kinds[type(node.value)]

    def _boolop(self, node: ast.BoolOp, depth: int) -> Kind:
        for part in node.values:
            self._must_be("bool", part, depth)
        return "bool"

    def _unaryop(self, node: ast.UnaryOp, depth: int) -> Kind:
        if not isinstance(node.op, ast.Not):
            raise ConditionRefusedError("the only sign before a value is not")
        self._must_be("bool", node.operand, depth)
        return "bool"

    def _must_be(self, wanted: Kind, node: ast.expr, depth: int) -> None:
        found = self.kind(node, depth)
        if found != wanted:
            raise ConditionRefusedError(f"{ast.unparse(node)} is {_said(found)}, {wanted} is needed here")

    def _compare(self, node: ast.Compare, depth: int) -> Kind:
        left = node.left
        for op, right in zip(node.ops, node.comparators, strict=True):
            self._pair(left, op, right, depth)
            left = right
        return "bool"

    def _pair(self, left: ast.expr, op: ast.cmpop, right: ast.expr, depth: int) -> None:
        if isinstance(op, ast.In | ast.NotIn):
            self._membership(left, right, depth)
            return
        if type(op) not in _COMPARE:
            raise ConditionRefusedError(f"{type(op).__name__} is not allowed in a condition")
        found, other = self.kind(left, depth), self.kind(right, depth)
        _same_kind(left, found, right, other)
        if not isinstance(op, ast.Eq | ast.NotEq) and found not in ("int", "date"):
            raise ConditionRefusedError(f"{ast.unparse(left)} has no order: use == or in")

    def _membership(self, left: ast.expr, right: ast.expr, depth: int) -> None:
        if not isinstance(right, ast.Tuple) or not right.elts:
            raise ConditionRefusedError("after in comes a list in brackets: in ('a', 'b')")
        found = self.kind(left, depth)
        for part in right.elts:
            if not isinstance(part, ast.Constant):
                raise ConditionRefusedError("a list in brackets holds plain values only")
            _same_kind(left, found, part, self.kind(part, depth))

    def _call(self, node: ast.Call, _depth: int) -> Kind:
        if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS:
            raise ConditionRefusedError(f"only {', '.join(FUNCTIONS)} can be called")
        if len(node.args) != 1 or node.keywords or not isinstance(node.args[0], ast.Name):
            raise ConditionRefusedError(f"{node.func.id} takes the name of one fact")
        kind = self._fact(node.args[0].id)
        if node.func.id == "answered":
            return "bool"
        if kind != "date":
            raise ConditionRefusedError(f"{node.func.id} takes a date, {node.args[0].id} is {_said(kind)}")
        return "int"


_ALLOWED: Final = (ast.Name, ast.Attribute, ast.Constant, ast.BoolOp, ast.UnaryOp, ast.Compare, ast.Call)


def _same_kind(left: ast.expr, found: Kind, right: ast.expr, other: Kind) -> None:
    if found == other and found != "list":
        return
    for choice, literal in ((found, right), (other, left)):
        if choice.startswith("choice:") and isinstance(literal, ast.Constant) and isinstance(literal.value, str):
            choices = choice.removeprefix("choice:").split("|")
            if literal.value in choices:
                return
            raise ConditionRefusedError(f"{literal.value!r} is none of the choices {', '.join(choices)}")
    raise ConditionRefusedError(
        f"{ast.unparse(left)} is {_said(found)}, {ast.unparse(right)} is {_said(other)}: they never match"
    )


class _Evaluation:
    """One reading of a checked expression against the facts known now; None stands for unknown."""

    def __init__(self, facts: Mapping[str, object], today: date) -> None:
        self._facts = facts
        self._today = today

    def value(self, node: ast.expr) -> Maybe:
        match node:
            case ast.Constant(value=bool() | int() | str() as plain):
                return plain
            case ast.Name(id=name):
                return self._fact(name)
            case ast.Attribute():
                return self._days("age", "birth_date")
            case ast.Call(func=ast.Name(id=function), args=[ast.Name(id=name)]):
                return name in self._facts if function == "answered" else self._days(function, name)
            case ast.UnaryOp(operand=operand):
                inner = self._truth(operand)
                return None if inner is None else not inner
            case ast.BoolOp(op=op, values=parts):
                return _kleene([self._truth(part) for part in parts], settles=isinstance(op, ast.Or))
            case ast.Compare():
                return self._compare(node)
        raise ConditionDefectError(f"{type(node).__name__} was let in but cannot be judged")

    def _fact(self, name: str) -> Maybe:
        found = self._facts.get(name)
        if found is None or isinstance(found, bool | int | str | date):
            return found
        raise ConditionDefectError(f"{name} holds {type(found).__name__}, which cannot be compared")

    def _truth(self, node: ast.expr) -> bool | None:
        found = self.value(node)
        if found is None or isinstance(found, bool):
            return found
        raise ConditionDefectError(f"{ast.unparse(node)} is neither yes nor no")

    def _days(self, function: str, name: str) -> int | None:
        found = self._fact(name)
        if found is None:
            return None
        if not isinstance(found, date):
            raise ConditionDefectError(f"{name} is not a date")
        if function == "age":
            return years_between(found, self._today)
        apart = (self._today - found).days
        return apart if function == "days_since" else -apart

    def _compare(self, node: ast.Compare) -> bool | None:
        results: list[bool | None] = []
        left = node.left
        for op, right in zip(node.ops, node.comparators, strict=True):
            results.append(self._pair(left, op, right))
            left = right
        return _kleene(results, settles=False)

    def _pair(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> bool | None:
        found = self.value(left)
        if isinstance(right, ast.Tuple):
            if found is None:
                return None
            inside = found in [part.value for part in right.elts if isinstance(part, ast.Constant)]
            return inside == isinstance(op, ast.In)
        other = self.value(right)
        if found is None or other is None:
            return None
        if type(found) is not type(other):
            raise ConditionDefectError(f"{ast.unparse(left)} and {ast.unparse(right)} cannot be compared")
        return _COMPARE[type(op)](found, other)


def _kleene(parts: list[bool | None], *, settles: bool) -> bool | None:
    """`or` (settles=True) and `and` (settles=False) over yes, no and unknown."""
    if settles in parts:
        return settles
    return None if None in parts else not settles


def years_between(born: date, today: date) -> int:
    """Whole years of age; a birthday on 29 February counts on 1 March in other years."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
