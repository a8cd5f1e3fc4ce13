"""The background of a cell in a process of its own: telemetry and questions in, findings out.

Knows nothing of what is found out and how; it carries messages to `background.Background` and its
findings out again. Callbacks only enqueue; one worker thread owns the background. A reasoner that
asks a language model runs in a third thread, so that nothing waits for it. Nobody waits for this
node either: the guardian and the interaction go on without it.
"""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from diagnostic_msgs.msg import DiagnosticArray
from std_msgs.msg import Int16MultiArray, String

from tml_ros.background.alarm_note import AlarmNote
from tml_ros.background.contracts import Finding
from tml_ros.background.endpoint_transport import Waiting
from tml_ros.background.reading import Waveform
from tml_ros.background.telemetry_source import TelemetrySource
from tml_ros.cell.alarm_status import OK, WARN, Status, parse_alarm, parse_transition
from tml_ros.cell.cell_background import cell_background
from tml_ros.cell.cell_description import CellDescription, microphone_topic
from tml_ros.cell.cell_places import background_folder
from tml_ros.cell.machine_description import telemetry_sources
from tml_ros.cell.sound_blocks import SoundBlocks
from tml_ros.nodes import qos
from tml_ros.nodes.cell_inputs import Arrival
from tml_ros.nodes.cell_node import CellNode
from tml_ros.nodes.input_figures import InputFigures
from tml_ros.nodes.messages import samples_of
from tml_ros.nodes.node_heartbeat import BEAT_SECONDS, NodeHeartbeat
from tml_ros.nodes.parameters import text_parameter
from tml_ros.nodes.running import run_node
from tml_ros.nodes.status_messages import statuses_message, statuses_of
from tml_ros.nodes.telemetry_messages import observations
from tml_ros.nodes.telemetry_types import message_type
from tml_ros.nodes.worker import Lane, Worker

TICK_SECONDS = 0.1
AT_ONCE = 100
"""Delegations that are taken in with one write to the disk."""
TURNS_PER_TICK = 20
MAX_WAITING = 4_000
LISTENERS_NS = 5_000_000_000
STALLED_NS = 10_000_000_000
DELEGATIONS, ALARMS, EVENTS, TICKS = "delegations", "alarms", "alarm events", "ticks"


class BackgroundNode(CellNode):
    """Thinks about the machines of a cell.

    Parameters:
        `cell`, `autostart` (see CellNode).
        store: folder of its memory (default: as in the cell, else ~/.ros/tml_ros/<cell>).

    Subscribes:
        every telemetry topic of the cell's machines, and the microphones that machines name
        delegations (String): JSON, see `tml-ros schema`
        alarms, alarms/events (DiagnosticArray): what happens in the cell
    Publishes:
        findings (String): JSON; progress, answers, and what it notices by itself
        /diagnostics (DiagnosticArray), 1 Hz: what came, what waits, what keeps it from remembering
        heartbeat (DiagnosticArray), 5 Hz: work is each round of thinking, ten in a second, always
            expected; ages of the microphones, and of all telemetry together

    Fails to configure on a wrong cell file, one without machines, and where the store can be no
    folder. While active nothing ends it. With use_sim_time it stands still until the first message
    on /clock.
    """

    stuck_seconds = 60.0
    """One step may be a manual to read or a spectrum of minutes."""

    def __init__(self) -> None:
        """Start, unless `autostart` is false. Raises ParameterError, StartError."""
        super().__init__("background")
        self._store = text_parameter(self, "store", "folder of its memory", default="")
        self._asked: deque[str] = deque(maxlen=MAX_WAITING)
        self._asked_dropped = 0
        self._worked_ns = 0
        self._active_since_ns = 0
        self._counts: dict[str, str] = {}
        self._problems: tuple[str, ...] = ()
        self.start()

    def configure(self, cell: CellDescription) -> None:
        """Open the store, advertise the topics."""
        if not cell.has_background:
            raise ValueError(f"cell {cell.cell!r} has no machines to think about")
        folder = Path(self._store) if self._store else background_folder(cell)
        self._worker: Worker | None = None
        self._background = cell_background(
            cell, folder, waiting=Waiting(time.monotonic, time.sleep), wake=self._wake
        )
        self.at_cleanup(self._background.close)
        self._sources = telemetry_sources(cell.machines)
        self._sounds = SoundBlocks(cell)
        microphones = tuple(f"microphone {name}" for name in self._sounds.microphones)
        lanes = tuple(map(_lane, self._sources)) + microphones
        others = (DELEGATIONS, ALARMS, EVENTS, TICKS)
        self._figures = InputFigures(cell.cell, self.role, (*lanes, *others), lanes)
        self._findings = self.advertise(String, "findings", qos.FINDINGS)
        self._diagnostics = self.advertise(DiagnosticArray, "/diagnostics", qos.DIAGNOSTICS)
        self._heart = NodeHeartbeat(self, name=self.role, cell=cell.cell, timer=False)
        self._heart.expect(more=True)
        self.at_cleanup(self._heart.close)

    def activate(self) -> None:
        """Start to listen and to think."""
        self._active_since_ns = self.steady_ns()
        lanes = {
            _lane(source): Lane(partial(self._on_telemetry, source), 100)
            for source in self._sources
        }
        lanes |= {
            f"microphone {name}": Lane(partial(self._on_sound, name), 100)
            for name in self._sounds.microphones
        }
        lanes[DELEGATIONS] = Lane(self._on_delegations, 1)
        lanes[ALARMS] = Lane(self._on_alarms, 5)
        lanes[EVENTS] = Lane(self._on_events, 200)
        lanes[TICKS] = Lane(self._on_tick, 1)
        self._worked_ns = self.steady_ns()
        worker = self._worker = self.start_worker(lanes, on_failure=self._failed)
        for source in self._sources:
            self._listen(worker, source)
        for name in self._sounds.microphones:
            self.subscribe(
                Int16MultiArray,
                microphone_topic(self.cell, name),
                partial(self._put, worker, f"microphone {name}"),
                qos.AUDIO,
            )
        self.subscribe(
            String, "delegations", partial(self._take_delegation, worker), qos.DELEGATIONS
        )
        self.subscribe(
            DiagnosticArray, "alarms", lambda message: worker.put(ALARMS, message), qos.ALARMS_HEARD
        )
        self.subscribe(
            DiagnosticArray,
            "alarms/events",
            lambda message: worker.put(EVENTS, message),
            qos.ALARM_EVENTS,
        )
        self.every(BEAT_SECONDS, self._heart.publish)
        self.every(TICK_SECONDS, lambda: worker.put(TICKS, None))
        self.every(1.0, lambda: self._report(worker))
        machines = ", ".join(self.cell.machines)
        self.get_logger().info(f"thinking about {machines} of cell '{self.cell.cell}'")

    def _listen(self, worker: Worker, source: TelemetrySource) -> None:
        lane = _lane(source)
        kind = message_type(source)
        self.subscribe(kind, source.topic, partial(self._put, worker, lane), qos.TELEMETRY)

    def _put(self, worker: Worker, lane: str, message: object) -> None:
        worker.put(lane, Arrival(message, self.now_ns()))

    def _take_delegation(self, worker: Worker, message: String) -> None:
        if len(self._asked) == MAX_WAITING:
            self._asked_dropped += 1
        self._asked.append(message.data)
        worker.put(DELEGATIONS, None)

    def _wake(self) -> None:
        if self._worker is not None:
            self._worker.put(TICKS, None)

    def _on_telemetry(self, source: TelemetrySource, arrival: Arrival) -> None:
        self._heart.came("telemetry")
        for thing in observations(arrival.message, source, arrival.arrival_ns):
            self._background.observe(thing, self.now_ns())
        self._figures.took(_lane(source), self.now_ns() - arrival.arrival_ns)

    def _on_sound(self, name: str, arrival: Arrival) -> None:
        self._heart.came(f"microphone {name}")
        samples = samples_of(arrival.message, channels=self.cell.microphones[name].channels)
        for waveform in self._sounds.take(name, samples, arrival.arrival_ns):
            self._observe_sound(waveform)
        self._figures.took(f"microphone {name}", self.now_ns() - arrival.arrival_ns)

    def _observe_sound(self, waveform: Waveform) -> None:
        self._background.observe(waveform, self.now_ns())

    def _on_delegations(self, _: None) -> None:
        texts: list[str] = []
        while self._asked and len(texts) < AT_ONCE:
            texts.append(self._asked.popleft())
        if texts and self._ready():
            self._publish(self._background.submit_all(texts, self.now_ns()))
        elif texts:
            self._asked.extendleft(reversed(texts))
        self._go_on()

    def _on_alarms(self, message: DiagnosticArray) -> None:
        alarms = [parse_alarm(status.values) for status in statuses_of(message)]
        self._background.observe_alarms(
            AlarmNote(
                alarm.kind.value,
                alarm.zone,
                alarm.state.value,
                alarm.raised_ns,
                priority=alarm.priority.value,
            )
            for alarm in alarms
        )

    def _on_events(self, message: DiagnosticArray) -> None:
        for status in statuses_of(message):
            transition = parse_transition(status.values)
            alarm = transition.alarm
            self._background.observe_alarm(
                AlarmNote(
                    alarm.kind.value,
                    alarm.zone,
                    alarm.state.value,
                    transition.stamp_ns,
                    transition.event.value,
                    alarm.priority.value,
                )
            )

    def _on_tick(self, _: None) -> None:
        self._worked_ns = self.steady_ns()
        self._heart.done()
        if not self._ready():
            return
        for _turn in range(TURNS_PER_TICK):
            self._publish(self._background.advance(self.now_ns()))
            if self._asked or not self._background.busy(self.now_ns()):
                break
        self._counts = {name: str(count) for name, count in self._background.counts.items()}
        self._problems = self._background.problems
        self._go_on()

    def _go_on(self) -> None:
        if self._worker is None or not self._ready():
            return
        if self._asked:
            self._worker.put(DELEGATIONS, None)
        if self._background.busy(self.now_ns()):
            self._worker.put(TICKS, None)

    def _ready(self) -> bool:
        """Whether the clock runs and somebody would hear what is found.

        What came due while nobody was listening, as after a restart, waits for listeners to be
        found; where there are none it is on record only.
        """
        # With use_sim_time the clock reads zero until the first message on /clock.
        if self.now_ns() <= 0:
            return False
        waited_ns = self.steady_ns() - self._active_since_ns
        return self._findings.get_subscription_count() > 0 or waited_ns > LISTENERS_NS

    def _publish(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            self._findings.publish(String(data=finding.model_dump_json()))
            if finding.delegation is None:
                self.get_logger().info(f"noticed: {finding.say}")

    def _failed(self, lane: str, error: Exception) -> None:
        line = self._figures.failed(lane, error, self.steady_ns())
        if line:
            self.get_logger().warning(line)

    def _report(self, worker: Worker) -> None:
        statuses = self._figures.statuses(worker.counts(), self.steady_ns())
        statuses += [self._own_status(), self.door.status(self.cell.cell, self.role)]
        self._diagnostics.publish(statuses_message(statuses, self.now_ns()))

    def _own_status(self) -> Status:
        values: dict[str, str] = {**self._counts, "delegations_dropped": str(self._asked_dropped)}
        silent_ns = self.steady_ns() - self._worked_ns
        level, message = OK, "thinking"
        if self._problems:
            level, message = WARN, self._problems[0]
            values["problems"] = "; ".join(self._problems)[:2_000]
        if silent_ns > STALLED_NS:
            level, message = WARN, f"busy with one thing for {silent_ns / 1e9:.0f} s"
        return self.status(level, "thinking", message, values)


def _lane(source: TelemetrySource) -> str:
    return f"telemetry {source.name}"


def main() -> None:
    """Console entry."""
    sys.exit(run_node(BackgroundNode))


if __name__ == "__main__":
    main()
