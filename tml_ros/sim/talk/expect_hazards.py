"""WARN: what is right to say when something dangerous happens.

WARN. A warning that names the danger and the zone begins between the beginning of the hazard and
2.0 s after it is evident; its delay counts from when it is evident. Before that nobody can be asked
to know, but whoever knows is right; 2.0 s is what a person in a keep-out area walks 2 m in, and
leaves a system that must see two pictures time to be sure. Once per raised hazard: if it comes back
before its alarm would have gone (the off-delay of the default policies) it is still the same one. A
hazard that is never evident asks for nothing. Warnings are due over somebody who speaks, too.

A line that cries for help is a hazard like any other. Where the truth has no hazard of it, it is
evident 1.0 s after its beginning or at its end, whichever is first: two words are enough.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from tml_ros.safety.default_policies import DEFAULT_POLICIES
from tml_ros.sim.talk import replies
from tml_ros.sim.talk.act import Act
from tml_ros.sim.talk.duty import Duty, Situation
from tml_ros.sim.talk.line_times import Window, overlap
from tml_ros.sim.talk.warning_says import HEARD
from tml_ros.sim.truth.expectation import Rule
from tml_ros.sim.truth.truth import Doubt, HazardSpan
from tml_ros.turn.hazard import HazardKind

WITHIN_S: Final = 2.0
CRY_EVIDENT_S: Final = 1.0
_STILL_S: Final = 6.0
"""So long after it is evident a hazard may still be spoken of without anybody asking."""


def warnings(situation: Situation) -> list[Duty]:
    """One per raised hazard and cry for help."""
    raised = [_warned(situation, span) for span in raised_once(situation.hazards)]
    duties = [duty for duty in raised if duty is not None]
    return duties + list(_cries(situation))


def raised_once(hazards: Sequence[HazardSpan]) -> list[HazardSpan]:
    """Each hazard from when it is raised until it is gone for good: short absences bridged."""
    joined: list[HazardSpan] = []
    latest: dict[tuple[HazardKind, str], int] = {}
    for span in sorted(hazards, key=lambda span: (span.start_s, span.end_s)):
        key = (span.kind, span.zone)
        before = joined[latest[key]] if key in latest else None
        if before is None or span.start_s > before.end_s + _off_delay(span.kind):
            latest[key] = len(joined)
            joined.append(span)
            continue
        evident = [t for t in (before.evident_s, span.evident_s) if t is not None]
        joined[latest[key]] = replace(
            before,
            end_s=max(before.end_s, span.end_s),
            evident_s=min(evident) if evident else None,
        )
    return joined


def spoken_of(hazards: Sequence[HazardSpan], doubts: Sequence[Doubt]) -> list[Window]:
    """When it is no mistake to speak of a hazard without being asked.

    From its beginning until a while after it is evident; while nobody can be blamed for missing it,
    all the time.
    """
    windows: list[Window] = [(doubt.start_s, doubt.end_s + 1.0) for doubt in doubts]
    for span in raised_once(hazards):
        end = span.end_s
        if span.evident_s is not None:
            end = max(min(end, span.evident_s + _STILL_S), span.evident_s + WITHIN_S)
        windows.append((span.start_s, end + 1.0))
    return windows


def _warned(situation: Situation, span: HazardSpan) -> Duty | None:
    if span.evident_s is None:
        return None
    seen_in_zone = span.kind not in HEARD and span.zone in situation.scenario.zones
    sensor = span.zone in (*situation.scenario.cameras, *situation.scenario.microphones)
    reply = replies.warning(span.kind, span.zone, named=seen_in_zone or sensor)
    opens = min(span.start_s, span.evident_s)
    window = (span.evident_s, opens, span.evident_s + WITHIN_S)
    duty = situation.at(Rule.WARN, window, reply, about=span.zone)
    if span.kind is HazardKind.CRY_FOR_HELP:
        # Who cries does not talk to anybody.
        over = situation.speaking(span.evident_s, but=Act.CRY_FOR_HELP)
        duty = replace(duty, expectation=replace(duty.expectation, over_speech=over))
    return replace(duty, urgent=True)


def _cries(situation: Situation) -> Iterator[Duty]:
    known = [
        (span.start_s - 0.5, span.end_s + 1.0)
        for span in situation.hazards
        if span.kind is HazardKind.CRY_FOR_HELP
    ]
    microphone = next(iter(situation.scenario.microphones), "")
    for line in situation.lines:
        time = situation.times[line.index]
        if line.act is not Act.CRY_FOR_HELP or any(overlap(time.reach, span) for span in known):
            continue
        evident = min(line.seconds, CRY_EVIDENT_S)
        reply = replies.warning(HazardKind.CRY_FOR_HELP, microphone)
        window = (evident, 0.0, evident + WITHIN_S)
        duty = situation.after(line, Rule.WARN, window, reply, about=microphone)
        over = time.fixed and situation.speaking(duty.expectation.due_s, but=Act.CRY_FOR_HELP)
        yield replace(duty, urgent=True, expectation=replace(duty.expectation, over_speech=over))


def _off_delay(kind: HazardKind) -> float:
    return DEFAULT_POLICIES[kind].off_delay_ns / 1e9
