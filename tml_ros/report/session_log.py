"""What one run of a cell produced, kept small however long it runs.

Knows nothing of ROS, files, pictures or clocks: whoever watches the run, live or replayed, hands
over stamped facts of one timeline. Everything is bounded; what a bound leaves out is counted. One
thread owns a log.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tml_ros.background.contracts import Delegation, Finding, Outcome
from tml_ros.cell.cell_description import CellDescription, policies
from tml_ros.cell.turn_figures import DEADLINE_MISSES
from tml_ros.report.hazard_runs import HazardLane, HazardRuns
from tml_ros.report.injected_fault import InjectedFault
from tml_ros.report.latency_samples import LatencySamples
from tml_ros.report.live_lines import LiveLines
from tml_ros.report.model_record import ModelRecord
from tml_ros.report.truth_record import TruthRecord
from tml_ros.safety.alarm import Alarm, AlarmEvent, AlarmState, AlarmTransition, Priority
from tml_ros.turn.hazard import Hazard, HazardKind
from tml_ros.turn.micro_turn import MicroTurn

MAX_TRANSITIONS = 10_000
MAX_SNAPSHOTS = 200
MAX_SNAPSHOT_BYTES = 24_000_000
MAX_SPEECH = 2_000
MAX_CLIPS = 64
MAX_FINDINGS = 200
MAX_QUESTIONS = 1_000
MAX_EVIDENCE_BYTES = 12_000_000

ALARM_LATENCY = "alarm"
"""The latency that counts: frame stamp to alarms message received, on- and off-delay excluded."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The picture at an alarm, zone and box already drawn. jpeg: the file's bytes."""

    camera: str
    stamp_ns: int
    width: int
    height: int
    jpeg: bytes


@dataclass(frozen=True, slots=True)
class TransitionRecord:
    """One change of an alarm and, where there was a camera to look through, its picture."""

    transition: AlarmTransition
    snapshot: Snapshot | None = None


@dataclass(frozen=True, slots=True)
class SpeechRecord:
    """Words said at `stamp_ns`. priority: of the alarm that spoke, None for the model's words."""

    stamp_ns: int
    text: str
    priority: Priority | None = None


@dataclass(frozen=True, slots=True)
class FindingRecord:
    """What the background found out, at `stamp_ns`. question: that it answers, "" for none.

    pictures: PNG files by the names that its evidence gives.
    """

    stamp_ns: int
    finding: Finding
    question: str = ""
    pictures: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class StreamRecord:
    """How much of one camera or microphone came. messages: frames, or blocks of sound."""

    messages: int
    first_ns: int
    last_ns: int

    @property
    def rate(self) -> float:
        """Messages per second between the first and the last; 0.0 where there are fewer than 2."""
        if self.messages < 2 or self.last_ns <= self.first_ns:
            return 0.0
        return (self.messages - 1) * 1e9 / (self.last_ns - self.first_ns)


@dataclass(frozen=True, slots=True)
class Provenance:
    """How a run was made: the command, its inputs and the versions of what took part."""

    command: str = ""
    inputs: tuple[str, ...] = ()
    versions: tuple[tuple[str, str], ...] = ()
    produced: str = ""
    """When, as text for people; "" where the answer must not depend on the day."""


@dataclass(slots=True)
class SessionLog:
    """The growing record of one run.

    started_ns, ended_ns: stretch to span everything recorded; set `started_ns` at construction
        where the run began before its first fact.
    counters: anything countable by name ("late_frames", "dropped_messages", ...).
    """

    cell: CellDescription
    provenance: Provenance = field(default_factory=Provenance)
    started_ns: int | None = None
    ended_ns: int | None = None
    turns: int = 0
    model: ModelRecord | None = None
    gaps: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(gap kind, stream) -> how often."""
    counters: Counter[str] = field(default_factory=Counter)
    cameras: dict[str, StreamRecord] = field(default_factory=dict)
    microphones: dict[str, StreamRecord] = field(default_factory=dict)
    hazards: dict[HazardLane, HazardRuns] = field(default_factory=dict)
    transitions: list[TransitionRecord] = field(default_factory=list)
    speech: list[SpeechRecord] = field(default_factory=list)
    clips: dict[str, NDArray[np.float32]] = field(default_factory=dict)
    """Words said -> their sound, float32 [n], mono, 16 kHz, once per wording."""
    latencies: dict[str, LatencySamples] = field(default_factory=dict)
    """Milliseconds by name; `ALARM_LATENCY` is the one of the headline."""
    overviews: dict[str, Snapshot] = field(default_factory=dict)
    """Per camera one picture with its zones, so that a run without alarms shows what it saw."""
    truth: TruthRecord | None = None
    """What really happened, where somebody knows."""
    live_lines: LiveLines = field(default_factory=LiveLines)
    """What people were told to be saying while it ran."""
    findings: list[FindingRecord] = field(default_factory=list)
    """What the background noticed and answered, not its news of work under way."""
    fault: InjectedFault | None = None
    """What was broken on purpose."""
    raised: Counter[HazardKind] = field(default_factory=Counter)
    alarms: dict[tuple[HazardKind, str], Alarm] = field(default_factory=dict)
    """The present alarms that are not normal."""
    _snapshots: int = 0
    _snapshot_bytes: int = 0
    _evidence_bytes: int = 0
    _questions: dict[str, str] = field(default_factory=dict)

    def reach(self, stamp_ns: int) -> None:
        """The run lasts at least until here (and began no later than here)."""
        if self.started_ns is None or stamp_ns < self.started_ns:
            self.started_ns = stamp_ns
        if self.ended_ns is None or stamp_ns > self.ended_ns:
            self.ended_ns = stamp_ns

    def record_turn(self, turn: MicroTurn) -> None:
        """Count a closed micro-turn and its gaps."""
        self.reach(turn.start_ns)
        self.reach(turn.end_ns)
        self.turns += 1
        for gap in turn.gaps:
            self.gaps[gap.kind.value, gap.stream] += 1

    def record_frame(self, camera: str, stamp_ns: int) -> None:
        """Count a frame of a camera."""
        self._record_stream(self.cameras, camera, stamp_ns)

    def record_audio(self, microphone: str, start_ns: int) -> None:
        """Count a block of sound of a microphone."""
        self._record_stream(self.microphones, microphone, start_ns)

    def record_hazard(self, hazard: Hazard) -> None:
        """Take in one statement; consecutive ones at or above the threshold make one run."""
        self.reach(hazard.stamp_ns)
        lane = HazardLane(hazard.kind, hazard.zone, hazard.source)
        runs = self.hazards.get(lane)
        if runs is None:
            runs = self.hazards[lane] = HazardRuns(policies(self.cell)[hazard.kind].threshold)
        runs.observe(hazard.stamp_ns, hazard.score)

    def record_transition(
        self, transition: AlarmTransition, snapshot: Snapshot | None = None
    ) -> None:
        """Take in one change of an alarm, with the picture of that moment where there is one."""
        self.reach(transition.stamp_ns)
        alarm = transition.alarm
        key = (alarm.kind, alarm.zone)
        if alarm.state is AlarmState.NORMAL:
            self.alarms.pop(key, None)
        else:
            self.alarms[key] = alarm
        if transition.event is AlarmEvent.RAISED:
            self.raised[alarm.kind] += 1
        if len(self.transitions) >= MAX_TRANSITIONS:
            self.counters["transitions_left_out"] += 1
            return
        if snapshot is not None and not self._has_room_for(snapshot):
            self.counters["snapshots_left_out"] += 1
            snapshot = None
        self.transitions.append(TransitionRecord(transition, snapshot))

    def record_speech(
        self,
        stamp_ns: int,
        text: str,
        *,
        priority: Priority | None = None,
        samples: NDArray[np.float32] | None = None,
    ) -> None:
        """Take in words said. samples: their sound, float32 [n], mono, 16 kHz, where known."""
        self.reach(stamp_ns)
        if len(self.speech) >= MAX_SPEECH:
            self.counters["speech_left_out"] += 1
            return
        self.speech.append(SpeechRecord(stamp_ns, text, priority))
        if samples is not None and text not in self.clips and len(self.clips) < MAX_CLIPS:
            self.clips[text] = samples

    def record_question(self, delegation: Delegation) -> None:
        """Take in what the background is asked."""
        if len(self._questions) >= MAX_QUESTIONS:
            self._questions.pop(next(iter(self._questions)))
        self._questions[delegation.id] = delegation.question

    def record_finding(
        self, stamp_ns: int, finding: Finding, pictures: Mapping[str, bytes] | None = None
    ) -> None:
        """Take in what the background found out, each once. pictures: PNG files by name."""
        if not finding.final or any(one.finding.id == finding.id for one in self.findings):
            return
        self.reach(stamp_ns)
        if len(self.findings) >= MAX_FINDINGS:
            self.counters["findings_left_out"] += 1
            return
        kept = []
        for name, png in sorted((pictures or {}).items()):
            if self._evidence_bytes + len(png) > MAX_EVIDENCE_BYTES:
                self.counters["evidence_left_out"] += 1
                continue
            self._evidence_bytes += len(png)
            kept.append((name, png))
        question = self._questions.get(finding.delegation or "", "")
        self.findings.append(FindingRecord(stamp_ns, finding, question, tuple(kept)))

    def record_latency(self, name: str, milliseconds: float) -> None:
        """Take in one measured latency under a name."""
        self.latencies.setdefault(name, LatencySamples()).add(milliseconds)

    @property
    def model_sentence(self) -> str:
        """What its model is believed in and what it cost, in words; "" where it has none."""
        if self.model is None:
            return ""
        return self.model.sentence(turns=self.turns, misses=self.counters[DEADLINE_MISSES])

    @property
    def seconds(self) -> float:
        """How long the run lasted, in its own time."""
        if self.started_ns is None or self.ended_ns is None:
            return 0.0
        return (self.ended_ns - self.started_ns) / 1e9

    def at(self, stamp_ns: int) -> float:
        """Seconds since the run began."""
        return (stamp_ns - (self.started_ns or 0)) / 1e9

    def _record_stream(self, streams: dict[str, StreamRecord], name: str, stamp_ns: int) -> None:
        self.reach(stamp_ns)
        old = streams.get(name)
        streams[name] = (
            StreamRecord(1, stamp_ns, stamp_ns)
            if old is None
            else replace(old, messages=old.messages + 1, last_ns=max(old.last_ns, stamp_ns))
        )

    def _has_room_for(self, snapshot: Snapshot) -> bool:
        size = len(snapshot.jpeg)
        if self._snapshots >= MAX_SNAPSHOTS or self._snapshot_bytes + size > MAX_SNAPSHOT_BYTES:
            return False
        self._snapshots += 1
        self._snapshot_bytes += size
        return True


def summary(log: SessionLog) -> dict[str, Any]:
    """The run in numbers, JSON-able, keys and orders fixed: equal runs give equal text."""
    gaps: dict[str, dict[str, int]] = {}
    for (kind, stream), count in sorted(log.gaps.items()):
        gaps.setdefault(kind, {})[stream] = count
    return {
        "cell": log.cell.cell,
        "seconds": round(log.seconds, 3),
        "turns": log.turns,
        "model": log.model and log.model.as_dict(),
        "alarms_raised": {kind.value: log.raised[kind] for kind in sorted(log.raised)},
        "active_at_end": sorted(
            [kind.value, zone]
            for (kind, zone), alarm in log.alarms.items()
            if alarm.state.condition_present
        ),
        "spoken": len(log.speech),
        **_background(log),
        "cameras": _streams(log.cameras, "frames"),
        "microphones": _streams(log.microphones, "blocks"),
        "latency_ms": _alarm_latency(log),
        "transport_ms": {
            name: samples.summary()
            for name, samples in sorted(log.latencies.items())
            if name != ALARM_LATENCY
        },
        "gaps": gaps,
        "counters": dict(sorted(log.counters.items())),
        "versions": dict(log.provenance.versions),
    }


def _background(log: SessionLog) -> dict[str, Any]:
    """What the background found out; nothing for a cell without one."""
    if not log.cell.has_background:
        return {}
    by_itself = [one for one in log.findings if one.finding.outcome is Outcome.NOTICED]
    return {
        "noticed": [one.finding.say for one in by_itself],
        "answered": [
            {
                "question": one.question,
                "outcome": one.finding.outcome.value,
                "say": one.finding.say,
                "evidence": len(one.finding.evidence),
            }
            for one in log.findings
            if one.finding.outcome is not Outcome.NOTICED
        ],
    }


def _streams(streams: dict[str, StreamRecord], unit: str) -> dict[str, dict[str, float]]:
    return {
        name: {unit: stream.messages, "per_second": round(stream.rate, 2)}
        for name, stream in sorted(streams.items())
    }


def _alarm_latency(log: SessionLog) -> dict[str, float | int | None]:
    return log.latencies.get(ALARM_LATENCY, LatencySamples()).summary()
