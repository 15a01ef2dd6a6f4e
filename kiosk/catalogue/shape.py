"""What a service must look like to be walked to its end: checked on the model, after a file could be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from kiosk.catalogue.model import CAPTURE_TYPES, Fact, Rule, Service, Step
from kiosk.catalogue.texts import Texts

MOST_FIELDS = 3
_NOTHING = frozenset({"checklist", "review", "consent", "submit", "receipt"})
_ENDS = ("receipt", "result")

Fault = tuple[tuple[str | int, ...], str]  # where in the file, and why


def faults(service: Service, facts: Mapping[str, Fact], texts: Texts) -> Iterator[Fault]:
    """Everything that would leave a resident stuck or a department without what it needs."""
    if service.source.seen == "reconstructed" and service.status != "to_confirm":
        yield ("status",), "what nobody has verified must have the status to_confirm"
    yield from _ids(service)
    yield from _order(service)
    for place, step in enumerate(service.steps):
        for why in _step_faults(step, facts):
            yield ("step", place), why
    yield from _names(service)
    for place, rule in enumerate(service.rules):
        for why in _rule_faults(service, rule, texts):
            yield ("rule", place), why


def _ids(service: Service) -> Iterator[Fault]:
    steps: set[str] = set()
    asked: set[str] = set()
    for place, step in enumerate(service.steps):
        if step.id in steps:
            yield ("step", place), f"two steps are called {step.id}"
        for fact in (*step.ask, *((step.instead,) if step.instead else ())):
            if fact in asked:
                yield ("step", place), f"{fact} is asked twice"
            asked.add(fact)
        steps.add(step.id)


def _order(service: Service) -> Iterator[Fault]:
    kinds = [step.kind for step in service.steps]
    if not kinds or kinds[-1] not in _ENDS:
        yield ("step",), "the last step must be a receipt or a result"
        return
    if service.steps[-1].when is not None:
        yield ("step", len(kinds) - 1), "the last step must not have a condition"
    for earlier, later in (("review", "consent"), ("consent", "submit"), ("review", "submit"), ("submit", "receipt")):
        if earlier in kinds and later in kinds and kinds.index(earlier) > kinds.index(later):
            yield ("step", kinds.index(later)), f"{later} comes before {earlier}"
    if "submit" in kinds and not {"review", "consent"} <= set(kinds):
        yield ("step", kinds.index("submit")), "what is sent must be reviewed and agreed to first"
    reviewed = kinds.index("review") if "review" in kinds else len(kinds)
    for place, step in enumerate(service.steps):
        if place > reviewed and step.kind in ("form", "identify", "choice", "list", "document", "portrait", "slot"):
            yield ("step", place), f"{step.id} asks something after the review"


def _step_faults(step: Step, facts: Mapping[str, Fact]) -> Iterator[str]:
    types = [facts[name].type for name in step.ask]
    rules: dict[str, Callable[[], bool]] = {
        "identify": lambda: bool(types),
        "form": lambda: 1 <= len(types) <= MOST_FIELDS and not CAPTURE_TYPES & set(types),
        "choice": lambda: types in (["choice"], ["yes_no"]),
        "list": lambda: types == ["list"],
        "document": lambda: types == ["document"],
        "portrait": lambda: types == ["portrait"],
        "sign": lambda: types == ["signature"],
        "slot": lambda: types == ["slot"],
        "pay": lambda: types == ["payment"],
        "result": lambda: not types,
    }
    if step.kind in _NOTHING and types:
        yield f"a {step.kind} step asks nothing"
    if step.kind in rules and not rules[step.kind]():
        yield f"a {step.kind} step cannot ask {', '.join(step.ask) or 'nothing'}"
    if set(step.optional) - set(step.ask):
        yield "optional names a fact that the step does not ask"
    if step.kind == "portrait" and step.instead is None:
        yield "a portrait needs a way without a picture: instead = a yes_no fact"
    if step.liveness and step.kind != "portrait":
        yield f"liveness is asked at a portrait, not at a {step.kind} step"
    if step.instead is not None and facts[step.instead].type != "yes_no":
        yield f"instead = {step.instead} must be a yes_no fact"


def _asked_before(service: Service, place: int) -> set[str]:
    earlier = service.steps[:place]
    return {name for step in earlier for name in (*step.ask, *((step.instead,) if step.instead else ()))}


def _names(service: Service) -> Iterator[Fault]:
    for place, step in enumerate(service.steps):
        for name in sorted((step.when.names if step.when else frozenset()) - _asked_before(service, place)):
            yield ("step", place, "when"), f"the condition looks at {name}, which is not asked before"
    asked = _asked_before(service, len(service.steps))
    for place, row in enumerate(service.fee.rows):
        names = (row.when.names if row.when else frozenset()) | ({row.per} if row.per else set())
        for name in sorted(names - asked):
            yield ("fee", "row", place), f"the fee looks at {name}, which this service does not ask"


def _rule_faults(service: Service, rule: Rule, texts: Texts) -> Iterator[str]:
    places = {step.id: place for place, step in enumerate(service.steps)}
    if rule.step not in places:
        yield f"no step is called {rule.step}"
        return
    place = places[rule.step]
    if rule.on not in service.steps[place].ask:
        yield f"{rule.on} is not asked at {rule.step}"
    for name in sorted(rule.rule.names - _asked_before(service, place + 1)):
        yield f"the rule looks at {name}, which is not asked by then"
    if rule.text_key in texts.keys:
        for name in sorted(texts.placeholders(rule.text_key) - rule.rule.reading_names):
            yield f"the text of the rule waits for {name}, which it cannot give"
