"""What arrives from a running cell, put into its session log as it comes.

Knows nothing of ROS, files or clocks: whoever receives says what came and when. One thread owns a
recorder.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from tml_ros.background.contracts import Delegation, Finding
from tml_ros.cell.alarm_status import Status
from tml_ros.cell.cell_description import policies
from tml_ros.cell.turn_figures import TurnFigures, parse_figures
from tml_ros.report.alarm_latency import AlarmLatency
from tml_ros.report.live_view import LiveView, StreamView
from tml_ros.report.model_record import parse_model
from tml_ros.report.session_log import (
    ALARM_LATENCY,
    SessionLog,
    Snapshot,
    SpeechRecord,
)
from tml_ros.report.snapshot import camera_of, draw_snapshot
from tml_ros.report.utterances import Utterance, Utterances
from tml_ros.safety.alarm import Alarm, AlarmTransition, Priority
from tml_ros.safety.warning_text import warning_text
from tml_ros.turn.hazard import Hazard
from tml_ros.turn.micro_turn import Frame

RATE_WINDOW = 30
RECENT = 100
TIMER = "ticks"
"""A lane that is meant to drop what comes while it is busy."""
PICTURES = 12
PICTURE_BYTES = 24_000_000
"""Per camera so much of the newest past is kept, to find the very frame an alarm speaks of."""

_COUNTED = ("rejected", "dropped", "guard_faults")

Unpack = Callable[[], Frame]


class _Pictures:
    """The newest pictures of one camera, not yet unpacked."""

    def __init__(self) -> None:
        self._kept: deque[tuple[int, int, Unpack]] = deque()
        self._bytes = 0

    def add(self, stamp_ns: int, size: int, unpack: Unpack) -> None:
        self._kept.append((stamp_ns, size, unpack))
        self._bytes += size
        while len(self._kept) > 1 and (len(self._kept) > PICTURES or self._bytes > PICTURE_BYTES):
            self._bytes -= self._kept.popleft()[1]

    def nearest(self, stamp_ns: int) -> Unpack | None:
        if not self._kept:
            return None
        return min(self._kept, key=lambda kept: abs(kept[0] - stamp_ns))[2]


class SessionRecorder:
    """Fills `log` and tells how the cell stands.

    Everything is taken in until `end`; what comes later is left out, so that what the end of the
    input brings about (a film that is over is a camera lost) does not count as having happened.
    """

    def __init__(self, log: SessionLog) -> None:
        """Begin with a log that holds nothing yet."""
        self.log = log
        self._ended = False
        self._alarms: tuple[Alarm, ...] = ()
        self._latency = AlarmLatency()
        self._utterances = Utterances()
        self._said: SpeechRecord | None = None
        self._spoken_for: dict[str, Priority] = {}
        self._policies = policies(log.cell)
        self._pictures = {name: _Pictures() for name in log.cell.cameras}
        self._arrivals = {
            (kind, name): deque[int](maxlen=RATE_WINDOW)
            for kind, names in (("camera", log.cell.cameras), ("microphone", log.cell.microphones))
            for name in names
        }
        self._began_ns: int | None = None
        self._alive: set[str] = set()
        self._before = TurnFigures()
        """Turns, and what they lacked, while there was nothing to see or hear yet."""

    def frame(
        self, camera: str, stamp_ns: int, arrival_ns: int, *, size: int, unpack: Unpack
    ) -> None:
        """A frame arrived. size: of what `unpack` holds on to, bytes."""
        if self._ended:
            return
        self.log.record_frame(camera, stamp_ns)
        self.log.record_latency(f"camera {camera}", (arrival_ns - stamp_ns) / 1e6)
        self._arrived("camera", camera, arrival_ns)
        self._pictures[camera].add(stamp_ns, size, unpack)
        if camera not in self.log.overviews:
            self._take_overview(unpack)

    def sound(self, microphone: str, arrival_ns: int) -> None:
        """A block of sound arrived."""
        if self._ended:
            return
        self.log.record_audio(microphone, arrival_ns)
        self._arrived("microphone", microphone, arrival_ns)

    def standing(self, alarms: Iterable[Alarm], arrival_ns: int) -> None:
        """Every alarm that is not normal arrived."""
        if self._ended:
            return
        self._alive.add("guardian")
        self._alarms = tuple(alarms)
        for latency in self._latency.standing(self._alarms, arrival_ns):
            self.log.record_latency(ALARM_LATENCY, latency)

    def changed(self, transition: AlarmTransition) -> None:
        """A change of an alarm arrived."""
        if self._ended:
            return
        alarm = transition.alarm
        for latency in self._latency.changed(transition):
            self.log.record_latency(ALARM_LATENCY, latency)
        snapshot = None
        if transition.annunciates:
            override = self._policies[alarm.kind].warning
            words = warning_text(alarm.kind, alarm.zone, override=override)
            self._spoken_for[words] = alarm.priority
            snapshot = self._snapshot(alarm)
        self.log.record_transition(transition, snapshot)

    def hazard(self, hazard: Hazard) -> None:
        """A hazard of the model arrived; what it states before it was given anything is nothing."""
        if not self._ended and self._began_ns is not None:
            self.log.record_hazard(hazard)

    def words(self, text: str, arrival_ns: int) -> None:
        """Words to be said arrived."""
        if not self._ended:
            if text in self._spoken_for and self._utterances.words is not None:
                # A warning that cuts somebody short is not part of what was being said.
                self._note(self._utterances.finish())
            self._note(self._utterances.heard_text(text, arrival_ns))
            if (said := self._utterances.words) is not None:
                priority = self._spoken_for.get(said.text)
                self._said = SpeechRecord(said.stamp_ns, said.text, priority)

    def speech(self, samples: NDArray[np.float32], arrival_ns: int) -> None:
        """Sound to be said arrived: float32 [n], mono, 16 kHz."""
        if not self._ended:
            self._note(self._utterances.heard_sound(samples, arrival_ns))

    def warning(self, samples: NDArray[np.float32], arrival_ns: int) -> None:
        """Sound of a warning arrived, as for `speech`: what was being said is over."""
        if self._ended or not len(samples):
            return
        said = self._utterances.words
        if said is not None and (self._utterances.sounding or said.text not in self._spoken_for):
            self._note(self._utterances.finish())
        self._note(self._utterances.heard_sound(samples, arrival_ns))

    def asked(self, delegation: Delegation) -> None:
        """A question to the background arrived."""
        if not self._ended:
            self.log.record_question(delegation)

    def finding(self, finding: Finding, arrival_ns: int, pictures: Mapping[str, bytes]) -> None:
        """Something that the background found out arrived, with the pictures it rests on."""
        if not self._ended:
            self.log.record_finding(arrival_ns, finding, pictures)

    def status(self, status: Status) -> None:
        """A node reported how it fares, by heartbeat or diagnostics."""
        node = status.name.partition(":")[0].rpartition("/")[2].strip()
        self._alive.add(node)
        if self._ended:
            return
        figures = parse_figures(status.values)
        if figures is not None:
            self._take_figures(figures)
            self.log.model = parse_model(status.values)
        about = status.name.partition(":")[2].strip()
        if about == TIMER:
            return
        for key in _COUNTED:
            value = status.values.get(key, "")
            if value.isdigit() and int(value):
                name = " ".join(part for part in (node, about, key) if part)
                self.log.counters[name] = int(value)

    def end(self, now_ns: int) -> None:
        """The run is over at `now_ns`; everything after it is left out."""
        if self._ended:
            return
        self._note(self._utterances.finish())
        self.log.reach(now_ns)
        self._ended = True

    def view(self, now_ns: int) -> LiveView:
        """How the cell stands."""
        latency = self.log.latencies.get(ALARM_LATENCY)
        records = self.log.transitions
        return LiveView(
            began_ns=self._began_ns,
            streams=tuple(self._stream_view(kind, name, now_ns) for kind, name in self._arrivals),
            alarms=self._alarms,
            raised=sum(self.log.raised.values()),
            changes=tuple(record.transition for record in records[-RECENT:]),
            of_changes=len(records),
            said=self._said,
            p50_ms=latency.percentile(50) if latency else None,
            p95_ms=latency.percentile(95) if latency else None,
            turns=self.log.turns,
            alive=frozenset(self._alive),
        )

    def _take_figures(self, figures: TurnFigures) -> None:
        if self._began_ns is None:
            self._before = figures
        during = figures.since(self._before)
        self.log.turns = during.turns
        self.log.gaps = Counter(during.gaps)
        for name, count in during.counts.items():
            self.log.counters[name] = count

    def _arrived(self, kind: str, name: str, arrival_ns: int) -> None:
        if self._began_ns is None:
            self._began_ns = arrival_ns
        self._arrivals[kind, name].append(arrival_ns)

    def _stream_view(self, kind: str, name: str, now_ns: int) -> StreamView:
        arrivals = self._arrivals[kind, name]
        streams = self.log.cameras if kind == "camera" else self.log.microphones
        messages = streams[name].messages if name in streams else 0
        if not arrivals:
            return StreamView(name, kind, messages, 0.0, None)
        lasted = arrivals[-1] - arrivals[0]
        rate = (len(arrivals) - 1) * 1e9 / lasted if lasted > 0 else 0.0
        return StreamView(name, kind, messages, rate, max(0.0, (now_ns - arrivals[-1]) / 1e9))

    def _note(self, utterance: Utterance | None) -> None:
        if utterance is not None:
            self.log.record_speech(
                utterance.stamp_ns,
                utterance.text,
                priority=self._spoken_for.get(utterance.text),
                samples=utterance.samples,
            )

    def _snapshot(self, alarm: Alarm) -> Snapshot | None:
        camera = camera_of(alarm, self.log.cell)
        unpack = self._pictures[camera].nearest(alarm.evidence_ns) if camera else None
        if unpack is None:
            return None
        try:
            return draw_snapshot(unpack(), self.log.cell, alarm)
        except ValueError:
            # A picture that cannot be read has its own alarm; the report shows none.
            self.log.counters["pictures_unreadable"] += 1
            return None

    def _take_overview(self, unpack: Unpack) -> None:
        try:
            snapshot = draw_snapshot(unpack(), self.log.cell)
        except ValueError:
            return
        self.log.overviews[snapshot.camera] = snapshot
