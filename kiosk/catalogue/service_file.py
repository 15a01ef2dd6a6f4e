"""Reads one assets/services/<ID>.toml into a Service; every fault becomes a finding with its line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from kiosk.catalogue.conditions import Condition, ConditionRefusedError, Kind, parse
from kiosk.catalogue.fact_file import by_hand
from kiosk.catalogue.findings import nearest
from kiosk.catalogue.model import SIDES, STEP_KINDS, Duration, Fact, Fee, FeeRow, Paper, Rule, Service, Source, Step
from kiosk.catalogue.texts import Texts
from kiosk.catalogue.toml_source import Table

KINDS = ("application", "renewal", "registration", "enquiry", "appointment", "payment", "referral")
FINISHES = ("submit", "enquire", "book", "pay", "refer")
UNITS: tuple[Literal["minutes", "days", "working_days", "weeks", "months"], ...] = (
    "minutes",
    "days",
    "working_days",
    "weeks",
    "months",
)


class ServiceFile:
    """Turns the table of one file into a Service, with the facts and texts it may refer to."""

    def __init__(self, root: Table, facts: Mapping[str, Fact], kinds: Mapping[str, Kind], texts: Texts) -> None:
        self._root = root
        self._facts = facts
        self._keys = texts.keys
        self._groups = texts.groups
        self._kinds = kinds
        self._id = root.text("id")
        self.used_keys: set[str] = set()

    def read(self) -> Service:
        """The service; only to be used if no finding was noted."""
        root = self._root
        steps = tuple(self._step(table) for table in root.tables("step"))
        side = root.one_of("side", SIDES)
        finish = root.one_of("finish", FINISHES)
        service = Service(
            id=self._id,
            version=root.number("version"),
            side="GD" if side == "GD" else "HK",
            category=self._named("category"),
            department=self._named("department"),
            kind=root.one_of("kind", KINDS),
            finish=finish,
            status="confirmed" if root.one_of("status", ("confirmed", "to_confirm")) == "confirmed" else "to_confirm",
            source=self._source(root.table("source")),
            valid_from=root.day("valid_from"),
            min_trust=root.number("min_trust"),
            minutes=root.number("minutes"),
            title_key=self._text("title"),
            summary_key=self._text("summary"),
            next_key=self._text("next", shared=f"next.{finish}"),
            declaration_key=self._text("declaration", shared="declaration.plain"),
            who=self._numbered("who"),
            bring=tuple(self._paper(paper) for paper in root.texts("bring")),
            fee=self._fee(root.table("fee")),
            time=self._time(),
            steps=steps,
            rules=tuple(self._rule(table) for table in root.tables("rule")),
            needs_line=root.flag("needs_line"),
            after=root.texts("after"),
        )
        root.table("text")  # read as texts
        root.done()
        return service

    def _named(self, key: str) -> str:
        found = self._root.text(key)
        if found and f"{key}.{found}" not in self._keys:
            known = [text.removeprefix(f"{key}.") for text in self._groups.get(key, ())]
            self._root.note(f"{key} = {found!r} has no text {key}.{found}", key, nearest(found, known))
        return found

    def _text(self, name: str, *, shared: str | None = None) -> str:
        own = f"service.{self._id}.{name}"
        if own in self._keys or shared is None:
            return self._use(own)
        return self._use(shared)

    def _use(self, key: str) -> str:
        self.used_keys.add(key)
        if key not in self._keys:
            self._root.note(f"the text {key} is missing", "text")
        return key

    def _numbered(self, name: str) -> tuple[str, ...]:
        found: list[str] = []
        while (key := f"service.{self._id}.{name}.{len(found) + 1}") in self._keys:
            found.append(self._use(key))
        if not found:
            self._root.note(f"the texts {name} are missing", "text")
        return tuple(found)

    def _paper(self, paper: str) -> Paper:
        shared = f"fact.{paper}.label" if paper in self._facts else f"paper.{paper}"
        return Paper(paper, self._text(f"paper.{paper}", shared=shared))

    def _source(self, table: Table) -> Source:
        seen = table.one_of("seen", ("verified", "reconstructed"))
        source = Source(
            "verified" if seen == "verified" else "reconstructed", table.text("where"), table.day("checked_on")
        )
        table.done()
        return source

    def _time(self) -> Duration | None:
        if not self._root.has("time"):
            return None
        table = self._root.table("time")
        unit = table.one_of("unit", UNITS)
        least = table.number("least")
        duration = Duration(least, table.number("most", least), next((u for u in UNITS if u == unit), "days"))
        table.done()
        return duration

    def _fee(self, table: Table) -> Fee:
        currency = table.one_of("currency", ("HKD", "CNY"))
        rows = tuple(self._fee_row(row) for row in table.tables("row"))
        table.done()
        return Fee("CNY" if currency == "CNY" else "HKD", self._fee_text(rows), rows)

    def _fee_text(self, rows: tuple[FeeRow, ...]) -> str:
        if rows and all(row.cents == 0 for row in rows):
            return self._text("fee", shared="fee.free")
        return self._text("fee", shared=None if rows else "fee.by_department")

    def _fee_row(self, table: Table) -> FeeRow:
        per = table.text("per", "") or None
        if per is not None and (per not in self._facts or self._facts[per].type != "number"):
            table.note(f"per = {per!r} is not a number fact", "per", nearest(per, self._facts))
        each = table.number("each_cents", 0)
        row = FeeRow(table.maybe_number("cents"), self._condition(table, "when"), per, each)
        table.done()
        return row

    def _step(self, table: Table) -> Step:
        kind = table.one_of("kind", STEP_KINDS)
        step_id = table.text("id", kind)
        ask = self._fact_names(table, "ask")
        step = Step(
            id=step_id,
            kind=kind,
            title_key=self._step_title(step_id, kind, table),
            lead_key=self._step_lead(step_id, kind),
            ask=ask,
            optional=self._fact_names(table, "optional"),
            when=self._condition(table, "when"),
            instead=next(iter(self._fact_names(table, "instead")), None) or self._by_hand(kind, ask),
            size_mm=table.size("size_mm"),
            liveness=table.has("liveness") and table.one_of("liveness", ("ask",)) == "ask",
        )
        table.done()
        return step

    def _by_hand(self, kind: str, ask: tuple[str, ...]) -> str | None:
        """A paper can always be handed over by hand, unless its step names another way."""
        return (
            next((by_hand(name) for name in ask if by_hand(name) in self._facts), None) if kind == "document" else None
        )

    def _step_title(self, step_id: str, kind: str, table: Table) -> str:
        """The service's own title, the one shared by that id, the question if it is the only one, or the kind's."""
        asked = [self._facts[name].label_key for name in table.texts("ask") if name in self._facts]
        shared = (f"step.{step_id}.title", *(asked if len(asked) == 1 else ()), f"step.{kind}.title")
        usable = next((key for key in shared if key in self._keys), shared[-1])
        return self._text(f"step.{step_id}.title", shared=usable)

    def _step_lead(self, step_id: str, kind: str) -> str | None:
        own = f"service.{self._id}.step.{step_id}.lead"
        candidates = (own, f"step.{step_id}.lead", f"step.{kind}.lead")
        return next((self._use(key) for key in candidates if key in self._keys), None)

    def _fact_names(self, table: Table, key: str) -> tuple[str, ...]:
        names = table.texts(key) if key != "instead" else tuple(filter(None, [table.text(key, "")]))
        for name in names:
            if name not in self._facts:
                table.note(f"{name!r} is not a fact", key, nearest(name, self._facts))
        return tuple(name for name in names if name in self._facts)

    def _rule(self, table: Table) -> Rule:
        rule_id = table.text("id")
        condition = self._condition(table, "rule")
        rule = Rule(
            id=rule_id,
            step=table.text("step"),
            on=table.text("on"),
            rule=condition or _never_read,
            text_key=self._text(f"rule.{rule_id}", shared=f"rule.{rule_id}"),
        )
        if condition is None and not table.has("rule"):
            table.note("rule is missing")
        table.done()
        return rule

    def _condition(self, table: Table, key: str) -> Condition | None:
        text = table.text(key, "")
        return self._parsed(table, key, text) if text else None

    def _parsed(self, table: Table, key: str, text: str) -> Condition | None:
        try:
            return parse(text, self._kinds)
        except ConditionRefusedError as refused:
            near = nearest(refused.unknown_name, self._facts) if refused.unknown_name else None
            table.note(f"{key}: {refused}", key, near)
            return None


_ALL: Mapping[str, Kind] = {}
_never_read = parse("True", _ALL)  # stands in where a finding already stops the load
