"""The guardian: guards, alarms and warnings of one cell in a process of its own.

Knows nothing of how hazards become alarms; it carries messages to `cell.guardian.Guardian` and its
answers out again. Callbacks only enqueue; one worker thread owns the guardian, the announcer and
the speech queue, and publishes what they say.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass

from diagnostic_msgs.msg import DiagnosticArray
from std_msgs.msg import Empty, Int16MultiArray, String

from tml_ros.cell.alarm_status import (
    ERROR,
    OK,
    WARN,
    Status,
    alarm_status,
    parse_hazard,
    transition_status,
)
from tml_ros.cell.announcer import Announcement
from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.guardian import GuardFault, Guardian
from tml_ros.cell.heartbeat_watch import HeartbeatWatch
from tml_ros.cell.speech_queue import SpeechQueue
from tml_ros.cell.voice import cell_announcer
from tml_ros.nodes import qos
from tml_ros.nodes.alarm_command import CommandName, parse_alarm_command
from tml_ros.nodes.cell_inputs import CellInputs
from tml_ros.nodes.cell_node import CellNode
from tml_ros.nodes.messages import audio_message
from tml_ros.nodes.running import run_node
from tml_ros.nodes.status_messages import statuses_message, statuses_of
from tml_ros.nodes.worker import Lane, Worker
from tml_ros.safety.alarm import Alarm, AlarmTransition

TICK_SECONDS = 0.05
SIGN_OF_LIFE_NS = 1_000_000_000
SILENT_NS = 3 * SIGN_OF_LIFE_NS
HAZARDS, COMMANDS, TICKS = "hazards", "alarm commands", "ticks"
HEARTBEATS = "heartbeats"


@dataclass(frozen=True, slots=True)
class _Standing:
    """What the worker last published, for the thread that reports."""

    alarms: tuple[Alarm, ...] = ()
    guard_faults: int = 0
    stale_inputs: int = 0
    refused_hazards: int = 0
    last_fault: tuple[GuardFault, ...] = ()


class GuardianNode(CellNode):
    """Judges every picture and sound of a cell, keeps its alarms and speaks the warnings.

    Parameters: `cell`, `autostart` (see CellNode).

    Subscribes:
        every camera (Image or CompressedImage) and microphone (Int16MultiArray) of the cell
        hazards (DiagnosticArray): what the interaction model judges
        heartbeat (DiagnosticArray): whether the model is alive and on time, where there is one
        alarms/command (String): JSON, see `alarm_command`
    Publishes:
        alarms (DiagnosticArray): every alarm that is not normal; at each change of state, and each
            second as a sign of life
        alarms/events (DiagnosticArray): each change of state
        speech/audio, speech/text, speech/flush: the warnings, one at a time
        /diagnostics (DiagnosticArray), 1 Hz

    Fails to configure on a wrong cell file. While active nothing ends it: a picture, sound, hazard
    or command that makes no sense is counted, logged and reported, and a stream that gives nothing
    else is lost, which is an alarm. Without a speech program warnings are tones, and it reports
    that.
    """

    def __init__(self) -> None:
        """Start, unless `autostart` is false. Raises ParameterError, StartError."""
        super().__init__("guardian")
        self._published_ns = 0
        self._standing = _Standing()
        self._reported_faults = 0
        self.start()

    def configure(self, cell: CellDescription) -> None:
        """Build the guards, render the warnings, advertise the topics."""
        self._guardian = Guardian(cell)
        self._announcer, self._speech_fault = None, ""
        if cell.speaker is not None:
            self._announcer, self._speech_fault = cell_announcer(cell)
        if self._speech_fault:
            self.get_logger().error(f"warnings are tones without words: {self._speech_fault}")
        # Without a model there is nothing whose loss would cost any guarding.
        self._watch = HeartbeatWatch() if cell.model != "none" else None
        self._speech = SpeechQueue(say=self._say, flush=self._flush)
        self._inputs = CellInputs(
            self,
            others=(HAZARDS, COMMANDS, HEARTBEATS, TICKS),
            on_frame=lambda frame: self._conclude(
                self._guardian.observe_frame(frame, self.now_ns())
            ),
            on_block=lambda block: self._conclude(
                self._guardian.observe_audio(block, self.now_ns())
            ),
        )
        self._alarms = self.advertise(DiagnosticArray, "alarms", qos.ALARMS)
        self._events = self.advertise(DiagnosticArray, "alarms/events", qos.ALARM_EVENTS)
        self._audio = self.advertise(Int16MultiArray, "speech/audio", qos.SPEECH)
        self._text = self.advertise(String, "speech/text", qos.SPEECH)
        self._flushes = self.advertise(Empty, "speech/flush", qos.SPEECH)
        self._diagnostics = self.advertise(DiagnosticArray, "/diagnostics", qos.DIAGNOSTICS)

    def activate(self) -> None:
        """Start judging."""
        lanes = self._inputs.lanes()
        lanes[HAZARDS] = Lane(self._on_hazards, 50)
        lanes[COMMANDS] = Lane(self._on_command, 10)
        lanes[HEARTBEATS] = Lane(self._on_heartbeat, 5)
        lanes[TICKS] = Lane(self._on_tick, 1)
        self._published_ns = self.steady_ns() - SIGN_OF_LIFE_NS
        worker = self.start_worker(lanes, on_failure=self._inputs.failed)
        self._inputs.subscribe(worker.put)
        self.subscribe(
            DiagnosticArray, "hazards", lambda message: worker.put(HAZARDS, message), qos.HAZARDS
        )
        self.subscribe(
            String,
            "alarms/command",
            lambda message: worker.put(COMMANDS, message),
            qos.ALARM_COMMANDS,
        )
        self.subscribe(
            DiagnosticArray,
            "heartbeat",
            lambda message: worker.put(HEARTBEATS, message),
            qos.HEARTBEAT,
        )
        self.every(TICK_SECONDS, lambda: worker.put(TICKS, None))
        self.every(1.0, lambda: self._report(worker))
        self.get_logger().info(
            f"guarding cell '{self.cell.cell}': {len(self.cell.cameras)} cameras, "
            f"{len(self.cell.microphones)} microphones"
        )

    def _on_hazards(self, message: DiagnosticArray) -> None:
        hazards = [parse_hazard(status.values) for status in statuses_of(message)]
        self._conclude(self._guardian.observe_hazards(hazards, self.now_ns()))

    def _on_command(self, message: String) -> None:
        command = parse_alarm_command(message.data)
        change = (
            self._guardian.acknowledge
            if command.command is CommandName.ACKNOWLEDGE
            else self._guardian.reset_alarm
        )
        transitions = change(
            command.kind, command.zone, operator=command.operator, now_ns=self.now_ns()
        )
        what = f"{command.command.value} {command.kind.value} '{command.zone}'"
        if transitions:
            self.get_logger().info(f"{what} by {command.operator}")
        else:
            self.get_logger().warning(f"{what} by {command.operator} had nothing to change")
        self._conclude(transitions)

    def _on_heartbeat(self, message: DiagnosticArray) -> None:
        if self._watch is not None:
            for status in statuses_of(message):
                self._watch.beat(status.values, self.steady_ns())

    def _on_tick(self, _: None) -> None:
        now_ns = self.now_ns()
        # With use_sim_time the clock reads zero until the first message on /clock.
        if now_ns > 0:
            hazards = self._watch.hazards(self.steady_ns(), now_ns) if self._watch else []
            self._conclude(self._guardian.observe_hazards(hazards, now_ns, origin=HEARTBEATS))
        self._speech.advance(self.steady_ns())
        if self.steady_ns() - self._published_ns >= SIGN_OF_LIFE_NS:
            self._publish_alarms()

    def _conclude(self, transitions: list[AlarmTransition]) -> None:
        if not transitions:
            return
        self._publish_alarms()
        cell = self.cell.cell
        self._events.publish(
            statuses_message(
                (transition_status(transition, cell=cell) for transition in transitions),
                self.now_ns(),
            )
        )
        for transition in transitions:
            alarm = transition.alarm
            self.get_logger().info(
                f"{transition.event.value}: {alarm.kind.value} '{alarm.zone}' ({alarm.state.value})"
            )
        if self._announcer is not None:
            self._announce(self._announcer.announce(transitions))

    def _announce(self, announcements: Iterable[Announcement]) -> None:
        for announcement in announcements:
            self._speech.add(announcement, self.steady_ns())

    def _publish_alarms(self) -> None:
        cell = self.cell.cell
        alarms = self._guardian.alarms()
        self._alarms.publish(
            statuses_message((alarm_status(alarm, cell=cell) for alarm in alarms), self.now_ns())
        )
        self._published_ns = self.steady_ns()
        self._standing = _Standing(
            alarms,
            self._guardian.fault_count,
            self._guardian.stale_inputs,
            self._guardian.refused_hazards,
            self._guardian.faults[-1:],
        )

    def _say(self, announcement: Announcement) -> None:
        self._text.publish(String(data=announcement.text))
        self._audio.publish(audio_message(announcement.samples))

    def _flush(self) -> None:
        self._flushes.publish(Empty())

    def _report(self, worker: Worker) -> None:
        statuses = self._inputs.statuses(worker.counts())
        self._diagnostics.publish(
            statuses_message([*statuses, self._alarm_report(), self._voice_report()], self.now_ns())
        )

    def _alarm_report(self) -> Status:
        standing = self._standing
        present = sum(alarm.state.condition_present for alarm in standing.alarms)
        values = {
            "not_normal": str(len(standing.alarms)),
            "condition_present": str(present),
            "guard_faults": str(standing.guard_faults),
            "stale_inputs": str(standing.stale_inputs),
            "refused_hazards": str(standing.refused_hazards),
        }
        level, message = OK, f"{len(standing.alarms)} alarms, {present} with the hazard present"
        if standing.last_fault:
            fault = standing.last_fault[0]
            values["last_guard_fault"] = f"{fault.guard}: {fault.reason}"
        if standing.guard_faults > self._reported_faults:
            level, message = WARN, f"a guard failed: {values['last_guard_fault']}"
        self._reported_faults = standing.guard_faults
        silent_ns = self.steady_ns() - self._published_ns
        if silent_ns > SILENT_NS:
            level, message = ERROR, f"nothing was judged for {silent_ns / 1e9:.1f} s"
        return self.status(level, "alarms", message, values)

    def _voice_report(self) -> Status:
        if self._speech_fault:
            return self.status(ERROR, "voice", f"tones without words: {self._speech_fault}", {})
        message = "ready" if self._announcer is not None else "the cell has no speaker"
        return self.status(OK, "voice", message, {})


def main() -> None:
    """Console entry."""
    sys.exit(run_node(GuardianNode))


if __name__ == "__main__":
    main()
