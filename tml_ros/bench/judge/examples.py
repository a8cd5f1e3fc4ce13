"""The mistakes most worth looking at: of every sort one before a second of any, what is dangerous
first, and from as many scenarios as there are. Pure; always the same for the same judgements.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tml_ros.bench.judge.hazards import AlarmVerdict
from tml_ros.bench.judge.judgement import Judgement
from tml_ros.bench.judge.outcome import Verdict
from tml_ros.sim.truth.expectation import Rule

_DANGEROUS, _USUAL = 0, 1


@dataclass(frozen=True, slots=True)
class Example:
    """One mistake. what: its sort, such as "answer: late". at_s: when to look."""

    scenario: str
    at_s: float
    what: str
    why: str
    about: str = ""


def examples(judgements: Iterable[Judgement], *, most: int = 12) -> tuple[Example, ...]:
    """Up to `most`, in the order in which they are worth looking at."""
    sorts: dict[tuple[int, str], list[Example]] = defaultdict(list)
    for judgement in judgements:
        for weight, example in _mistakes(judgement):
            sorts[weight, example.what].append(example)
    order = sorted(sorts, key=lambda sort: (sort[0], -len(sorts[sort]), sort[1]))
    chosen: list[Example] = []
    used: Counter[str] = Counter()
    while len(chosen) < most and any(sorts.values()):
        for sort in order:
            if not sorts[sort] or len(chosen) == most:
                continue
            best = min(sorts[sort], key=lambda e: (used[e.scenario], e.scenario, e.at_s, e.why))
            sorts[sort].remove(best)
            used[best.scenario] += 1
            chosen.append(best)
    return tuple(chosen)


def _mistakes(judgement: Judgement) -> Iterator[tuple[int, Example]]:
    name = judgement.scenario
    for outcome in judgement.outcomes:
        if outcome.verdict is Verdict.WRONG and outcome.fault is not None:
            weight = _DANGEROUS if outcome.rule is Rule.WARN else _USUAL
            what = f"{outcome.rule.value}: {outcome.fault.value}"
            yield weight, Example(name, outcome.due_s or 0.0, what, outcome.why, outcome.about)
    for span in judgement.spans:
        if span.verdict is Verdict.WRONG:
            what = f"missed {span.kind.value}"
            yield _DANGEROUS, Example(name, span.start_s, what, span.why, span.zone)
    for alarm in judgement.alarms:
        if alarm.verdict is AlarmVerdict.FALSE:
            what, why = f"false {alarm.kind.value}", "nothing of the kind was there"
            yield _USUAL, Example(name, alarm.raised_s, what, why, alarm.zone)
        if alarm.verdict is AlarmVerdict.WRONG_ZONE:
            what, why = f"wrong zone of {alarm.kind.value}", "it was in another zone"
            yield _USUAL, Example(name, alarm.raised_s, what, why, alarm.zone)
        if alarm.overlong:
            what, why = f"overlong {alarm.kind.value}", "went on long after it was gone"
            yield _USUAL, Example(name, alarm.raised_s, what, why, alarm.zone)
    for said in judgement.unprovoked:
        if not said.backchannel:
            yield _USUAL, Example(name, said.start_s, "unprovoked speech", f'said "{said.text}"')
