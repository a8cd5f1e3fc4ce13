"""What was true beside what was alarmed: each hazard's fate, and the alarms that had no reason.

The rules are those by which cells are judged, `bench.judge.hazards`, with its limits: an alarm is
right where it is raised from 0.3 s before a hazard or doubt of its kind and zone until 0.5 s (what
is over in a moment: 2 s) after it. It stands for that one, and for those that begin while it is
active and not more than 5 s after its last reason. One raised more than 3 s after its hazard was
evident came late. Knows nothing of pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from tml_ros.model.hazard_places import HEARD, SEEN
from tml_ros.report.episodes import Episode, episodes_of
from tml_ros.report.judged_kinds import judged_kinds
from tml_ros.report.session_log import SessionLog
from tml_ros.report.truth_record import TruthDoubt, TruthRecord, TruthSpan
from tml_ros.turn.hazard import HazardKind

BEFORE_NS = 300_000_000
AFTER_NS = 500_000_000
MOMENT_AFTER_NS = 2_000_000_000
LATE_NS = 3_000_000_000
OVERLONG_NS = 5_000_000_000
MOMENTARY = frozenset({HazardKind.IMPACT_SOUND, HazardKind.CRY_FOR_HELP})
TOLD_OF = frozenset((*SEEN, *HEARD))
"""The kinds that a truth speaks of; of cameras and microphones that fail it knows nothing."""

_Reason = TruthSpan | TruthDoubt


class Fate(str, Enum):
    """What became of a hazard that was there."""

    ALARMED = "alarmed"
    LATE = "alarmed late"
    MISSED = "missed"
    NOT_EVIDENT = "not evident"
    """It was never plain enough to be judged."""
    NOBODY_JUDGES = "judged by nobody"
    """No guard judges its kind, and the model is not trusted with it."""
    CUT_SHORT = "run ended first"


@dataclass(frozen=True, slots=True)
class HazardFate:
    """One hazard. after_s: from when it was evident (else from its beginning) to its alarm.

    episode: the alarm, where there was one.
    """

    span: TruthSpan
    fate: Fate
    after_s: float | None = None
    episode: Episode | None = None


@dataclass(frozen=True, slots=True)
class FalseAlarm:
    """An alarm without a reason. wrong_zone: another zone had one of its kind then."""

    episode: Episode
    wrong_zone: bool


@dataclass(frozen=True, slots=True)
class TruthCheck:
    """In order of time."""

    hazards: tuple[HazardFate, ...]
    false_alarms: tuple[FalseAlarm, ...]

    def count(self, *fates: Fate) -> int:
        """How many hazards met one of these fates."""
        return sum(one.fate in fates for one in self.hazards)

    @property
    def sentence(self) -> str:
        """In one sentence, for people."""
        return "; ".join([_of_hazards(self), _of_false_alarms(len(self.false_alarms))]) + "."


def check_truth(log: SessionLog) -> TruthCheck | None:
    """How the run's alarms stand to its truth; None where nobody knows it."""
    if log.truth is None:
        return None
    episodes = [one for one in episodes_of(log.transitions) if one.kind in TOLD_OF]
    judged = judged_kinds(log.cell, log.model)
    end_ns = log.ended_ns or 0
    reasons = {episode.number: _reasons(episode, log.truth) for episode in episodes}
    return TruthCheck(
        tuple(
            _fate(span, [e for e in episodes if span in reasons[e.number]], judged, end_ns)
            for span in sorted(log.truth.spans, key=lambda one: (one.start_ns, one.kind.value))
        ),
        tuple(
            FalseAlarm(episode, _elsewhere(episode, log.truth))
            for episode in episodes
            if not reasons[episode.number]
        ),
    )


def told_truth(check: TruthCheck, log: SessionLog) -> dict[str, Any]:
    """The same for JSON; times are seconds since the run began."""
    return {
        "sentence": check.sentence,
        "hazards": [
            {
                "kind": one.span.kind.value,
                "zone": one.span.zone,
                "start_s": round(log.at(one.span.start_ns), 3),
                "end_s": round(log.at(one.span.end_ns), 3),
                "evident_s": None
                if one.span.evident_ns is None
                else round(log.at(one.span.evident_ns), 3),
                "fate": one.fate.value,
                "after_s": one.after_s,
                "by": one.episode.source if one.episode is not None else None,
            }
            for one in check.hazards
        ],
        "false_alarms": [
            {
                "kind": one.episode.kind.value,
                "zone": one.episode.zone,
                "raised_s": round(log.at(one.episode.raised_ns), 3),
                "by": one.episode.source,
                "wrong_zone": one.wrong_zone,
            }
            for one in check.false_alarms
        ],
        "lines": [
            {
                "who": line.who,
                "text": line.text,
                "start_s": round(log.at(line.start_ns), 3),
                "addressed": line.addressed,
            }
            for line in (log.truth.lines if log.truth is not None else ())
        ],
    }


def _fate(
    span: TruthSpan, standing: Sequence[Episode], judged: frozenset[HazardKind], end_ns: int
) -> HazardFate:
    from_ns = span.start_ns if span.evident_ns is None else span.evident_ns
    latest_ns = min(from_ns + LATE_NS, span.end_ns + _after_ns(span.kind))
    if standing:
        at_ns = max(standing[0].raised_ns, span.start_ns)
        late = span.evident_ns is not None and at_ns > latest_ns
        after_s = round((at_ns - from_ns) / 1e9, 2)
        return HazardFate(span, Fate.LATE if late else Fate.ALARMED, after_s, standing[0])
    if span.kind not in judged:
        return HazardFate(span, Fate.NOBODY_JUDGES)
    if span.evident_ns is None:
        return HazardFate(span, Fate.NOT_EVIDENT)
    return HazardFate(span, Fate.CUT_SHORT if latest_ns > end_ns else Fate.MISSED)


def _reasons(episode: Episode, truth: TruthRecord) -> list[_Reason]:
    """The hazards and doubts that an alarm stands for."""
    here = [one for one in _of_kind(episode.kind, truth) if one.zone == episode.zone]
    found = [one for one in here if _within(episode.raised_ns, one)]
    if not found:
        return []
    covered_ns = max(one.end_ns for one in found)
    for one in here:
        active = episode.gone_ns is None or one.start_ns <= episode.gone_ns
        later = one not in found and one.start_ns > episode.raised_ns and active
        if later and one.start_ns <= covered_ns + OVERLONG_NS:
            found.append(one)
            covered_ns = max(covered_ns, one.end_ns)
    return found


def _elsewhere(episode: Episode, truth: TruthRecord) -> bool:
    return any(_within(episode.raised_ns, one) for one in _of_kind(episode.kind, truth))


def _of_kind(kind: HazardKind, truth: TruthRecord) -> list[_Reason]:
    """In order of time."""
    every: tuple[_Reason, ...] = (*truth.spans, *truth.doubts)
    return sorted((one for one in every if one.kind is kind), key=lambda one: one.start_ns)


def _within(stamp_ns: int, reason: _Reason) -> bool:
    begins, ends = reason.start_ns - BEFORE_NS, reason.end_ns + _after_ns(reason.kind)
    return begins <= stamp_ns <= ends


def _after_ns(kind: HazardKind) -> int:
    return MOMENT_AFTER_NS if kind in MOMENTARY else AFTER_NS


def _of_hazards(check: TruthCheck) -> str:
    total = len(check.hazards)
    if not total:
        return "No hazard was there"
    parts = [f"{check.count(Fate.ALARMED, Fate.LATE)} of {total} true hazards alarmed"]
    if late := check.count(Fate.LATE):
        parts[0] += f" ({late} late)"
    parts += [
        f"{count} {words}"
        for fate, words in (
            (Fate.MISSED, "missed"),
            (Fate.NOBODY_JUDGES, "of a kind that nobody here judges"),
            (Fate.NOT_EVIDENT, "never evident"),
            (Fate.CUT_SHORT, "just before the end"),
        )
        if (count := check.count(fate))
    ]
    return ", ".join(parts)


def _of_false_alarms(count: int) -> str:
    if not count:
        return "no false alarm"
    return f"{count} false alarm{'' if count == 1 else 's'}"
