"""The mistakes shown on the page, each with what one must know to understand it.

`judge/examples` picks them; here they are found again in their records. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tml_ros.bench.evaluation.opinions import Opinion
from tml_ros.bench.evaluation.plan import EvaluationPlan, Task
from tml_ros.bench.evaluation.scenario_record import ScenarioRecord
from tml_ros.bench.evaluation.wording import FAULTS, RULES, capital, plain
from tml_ros.bench.judge.examples import Example, examples
from tml_ros.bench.judge.hazards import AlarmVerdict
from tml_ros.bench.judge.judgement import Judgement
from tml_ros.model.interface import NO_MODEL
from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.truth.expectation import Rule
from tml_ros.turn.hazard import HazardKind

_NEAR_S = 0.05
_MOST_WORDS = 3


@dataclass(frozen=True, slots=True)
class Mistake:
    """kind, zone: of the hazard, where it is one of alarms. expectation: its index in the truth,
    where it is one of behaviour, and asked what its rule asks for. look_s: when to look. about:
    what was going on in the hall.
    """

    task: Task
    at_s: float
    look_s: float
    headline: str
    sentence: str
    about: str
    asked: str = ""
    kind: HazardKind | None = None
    zone: str = ""
    expectation: int | None = None


def mistakes(
    plan: EvaluationPlan,
    records: Sequence[ScenarioRecord],
    *,
    judged: Mapping[Opinion, frozenset[HazardKind]],
    names: Mapping[Opinion, str],
    most: int,
) -> tuple[Mistake, ...]:
    """Up to `most`, the most telling first.

    judged: nobody is blamed for missing another kind. names: of opinions, for people.
    """
    by_name = {record.task.name: record for record in records}
    blamed = judged[Opinion.BOTH]
    talks = plan.model != NO_MODEL
    picked = examples([_blamed(record.judged, blamed, talks) for record in records], most=most)
    return tuple(_mistake(plan, by_name[one.scenario], one, names) for one in picked)


def _blamed(judgement: Judgement, kinds: frozenset[HazardKind], talks: bool) -> Judgement:
    spans = tuple(span for span in judgement.spans if span.kind in kinds)
    if talks:
        return replace(judgement, spans=spans)
    return replace(judgement, spans=spans, outcomes=(), unprovoked=())


def _mistake(
    plan: EvaluationPlan, record: ScenarioRecord, example: Example, names: Mapping[Opinion, str]
) -> Mistake:
    found = Mistake(
        record.task,
        example.at_s,
        example.at_s,
        headline=capital(plain(example.what)),
        sentence=_ended(example.why),
        about=", ".join(dict.fromkeys(going_on(plan.scenario(record.task), example.at_s))),
    )
    what, _, last = example.what.rpartition(" ")
    if what in _ALARMS:
        return _of_alarm(record, example, found, HazardKind(last), names)
    rule, colon, _ = example.what.partition(": ")
    return _of_rule(record, example, found, Rule(rule)) if colon else found


_ALARMS = ("missed", "false", "wrong zone of", "overlong")


def _of_alarm(
    record: ScenarioRecord,
    example: Example,
    found: Mistake,
    kind: HazardKind,
    names: Mapping[Opinion, str],
) -> Mistake:
    place = f"{plain(kind.value)}, {plain(example.about)}"
    missed = example.what.startswith("missed")
    sort = example.what.removesuffix(f" {kind.value}").removesuffix(" of")
    headline = f"Missed: {place}" if missed else f"{capital(sort)} alarm: {place}"
    look_s = example.at_s
    if missed:
        span = next(
            one
            for one in record.truth.hazards
            if (one.kind, one.zone) == (kind, example.about)
            and abs(one.start_s - example.at_s) < _NEAR_S
        )
        evident_s = span.start_s if span.evident_s is None else span.evident_s
        look_s = min((evident_s + min(evident_s + 2.0, span.end_s)) / 2, span.end_s)
        sentence = (
            f"It was there from {span.start_s:.1f} to {span.end_s:.1f} s and evident from "
            f"{evident_s:.1f} s on: {example.why}."
        )
    else:
        who = _who_raised(record, kind, example, names)
        sentence = f"Raised at {example.at_s:.1f} s{who}: {example.why}."
    return replace(
        found, headline=headline, sentence=sentence, look_s=look_s, kind=kind, zone=example.about
    )


def _who_raised(
    record: ScenarioRecord, kind: HazardKind, example: Example, names: Mapping[Opinion, str]
) -> str:
    """Those who by themselves raised it at that time, or a little earlier or later."""
    wrong = [
        names[opinion]
        for opinion in (Opinion.GUARDS, Opinion.MODEL)
        if opinion in names
        and any(
            (one.kind, one.zone) == (kind, example.about)
            and abs(one.raised_s - example.at_s) < 1.0
            and (one.verdict is not AlarmVerdict.RIGHT or one.overlong)
            for one in record.by_opinion[opinion].alarms
        )
    ]
    return f" by {' and '.join(wrong)}" if wrong else ""


def _of_rule(record: ScenarioRecord, example: Example, found: Mistake, rule: Rule) -> Mistake:
    outcome = next(
        one
        for one in record.judged.outcomes
        if one.rule is rule
        and one.why == example.why
        and one.about == example.about
        and (one.due_s or 0.0) == example.at_s
    )
    name, asks = RULES[rule]
    about = f" ({plain(example.about)})" if example.about else ""
    fault = FAULTS[outcome.fault] if outcome.fault is not None else "wrong"
    wanted = record.truth.expected[outcome.expectation]
    words = "" if wanted.says is None else _wanted(wanted.says.all_of)
    return replace(
        found,
        headline=f"{capital(name)}{about}: {fault}",
        sentence=f"{_ended(example.why)}{words}",
        asked=asks,
        expectation=outcome.expectation,
    )


def _ended(why: str) -> str:
    """As a sentence; one that quotes a whole sentence last has its stop."""
    return capital(why) if why.endswith('."') else f"{capital(why)}."


def _wanted(groups: tuple[tuple[str, ...], ...]) -> str:
    """What would have been right to say, by the first words of each group."""
    shown = []
    for group in groups:
        words = [f'"{one}"' for one in group[:_MOST_WORDS]]
        words += ["the like"] if len(group) > _MOST_WORDS else []
        shown.append(" or ".join(words))
    return f" Right would be to say {', and '.join(shown)}." if shown else ""


def going_on(scenario: Scenario, at_s: float) -> Iterator[str]:
    """What else happens in the hall about that time."""
    for event in scenario.events:
        if event.at - 0.5 <= at_s <= event.at + event.lasts + 0.5:
            yield plain(event.kind.value)
    for vehicle in scenario.vehicles.values():
        if vehicle.enters <= at_s:
            yield f"{plain(vehicle.kind.value)} about"
