"""The guardian: guards, alarms and warnings of one cell in a process of its own.

Knows nothing of how hazards become alarms; it carries messages to `cell.guardian.Guardian` and its
answers out again. Callbacks only enqueue; one worker thread owns the guardian and its parts: the
watch over the other nodes, the operators' commands, the record, the voice and the evidence. What
changes is on record before it is published.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from diagnostic_msgs.msg import DiagnosticArray
from std_msgs.msg import Int16MultiArray, String

from tml_ros.cell.alarm_health_values import alarm_health_values
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
from tml_ros.cell.cell_nodes import Role
from tml_ros.cell.guardian import GuardFault, Guardian
from tml_ros.nodes import qos
from tml_ros.nodes.cell_inputs import CellInputs
from tml_ros.nodes.cell_node import CellNode
from tml_ros.nodes.guardian_record import GuardianRecord
from tml_ros.nodes.guardian_watch import GuardianWatch
from tml_ros.nodes.node_heartbeat import NodeHeartbeat
from tml_ros.nodes.running import run_node
from tml_ros.nodes.status_messages import statuses_message, statuses_of
from tml_ros.nodes.worker import Lane, Worker
from tml_ros.safety.alarm import Alarm, AlarmTransition
from tml_ros.safety.alarm_health import AlarmHealth
from tml_ros.turn.micro_turn import AudioBlock, Frame

TICK_SECONDS = 0.05
SIGN_OF_LIFE_NS = 250_000_000
SILENT_NS = 3_000_000_000
HEALTH_NS = 1_000_000_000
HAZARDS, COMMANDS, TICKS = "hazards", "alarm commands", "ticks"
HEARTBEATS, SPEECH, WORDS, FINDINGS = "heartbeats", "speech", "words", "findings"
ITSELF = "guardian"
"""Who states what the guardian finds about the cell's own parts."""


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
        heartbeat (DiagnosticArray): of every node: whether it is there, on time and gets on
        alarms/command (String): JSON, see `cell.commands`
        speech/audio, speech/text: whether the model says a warning, and what was said
        findings (String): for the record
    Publishes:
        alarms (DiagnosticArray): every alarm that is not normal or is withheld; at each change, and
            every 0.25 s as a sign of life
        alarms/events (DiagnosticArray): each change, once it is on record
        alarms/command/results (String): JSON, what became of each command
        speech/warning, speech/text: the warnings, one at a time
        heartbeat (DiagnosticArray), 5 Hz
        /diagnostics (DiagnosticArray), 1 Hz

    After a restart it goes on with the alarms of before. Fails to configure on a wrong cell file, a
    file of operators' keys that is none, or a key beside the record it seals. While active nothing
    ends it: a picture, sound, hazard or command that makes no sense is counted, logged and
    reported, and a stream that gives nothing else is lost, which is an alarm; so is a record that
    cannot be written. Without a speech program warnings are tones, and it reports that.
    """

    def __init__(self) -> None:
        """Start, unless `autostart` is false. Raises ParameterError, StartError."""
        super().__init__(Role.GUARDIAN.value)
        self._published_ns = 0
        self._standing = _Standing()
        self._health: AlarmHealth | None = None
        self._health_ns = 0
        self._reported_faults = 0
        self.start()

    def configure(self, cell: CellDescription) -> None:
        """Bring back the alarms of before, then build the guards and render the warnings."""
        self._guardian = Guardian(cell)
        self._record = GuardianRecord(self, self._guardian)
        self._alarms = self.advertise(DiagnosticArray, "alarms", qos.ALARMS)
        self._events = self.advertise(DiagnosticArray, "alarms/events", qos.ALARM_EVENTS)
        self._recalled = False
        # Before anything that takes time: what only later is needed is only then imported.
        due_meanwhile = self._recall()
        from tml_ros.nodes.guardian_commands import GuardianCommands  # noqa: PLC0415
        from tml_ros.nodes.guardian_evidence import GuardianEvidence  # noqa: PLC0415
        from tml_ros.nodes.guardian_voice import GuardianVoice  # noqa: PLC0415

        self._guardian.build_guards()
        self._voice = GuardianVoice(self, said=self._note_said)
        self._watch = GuardianWatch(self, on_model=self._voice.model)
        self._evidence = GuardianEvidence(self)
        if self._evidence.settings is not None and self._evidence.settings.warning:
            self._record.write("setting", self._evidence.settings.record())
        self._commands = GuardianCommands(
            self, self._guardian, conclude=self._conclude, record=self._record.command
        )
        self._inputs = CellInputs(
            self,
            others=(HAZARDS, COMMANDS, HEARTBEATS, SPEECH, WORDS, FINDINGS, TICKS),
            on_frame=self._on_frame,
            on_block=self._on_block,
        )
        self._diagnostics = self.advertise(DiagnosticArray, "/diagnostics", qos.DIAGNOSTICS)
        self._heartbeat = NodeHeartbeat(self, name=Role.GUARDIAN.value, cell=cell.cell)
        self.at_cleanup(self._heartbeat.close)
        self._voice.take(due_meanwhile)

    def activate(self) -> None:
        """Start judging."""
        lanes = self._inputs.lanes()
        lanes[HAZARDS] = Lane(self._on_hazards, 50)
        lanes[COMMANDS] = Lane(self._commands.take, 10)
        lanes[HEARTBEATS] = Lane(self._watch.beat, 200)
        lanes[SPEECH] = Lane(self._voice.speech, 50)
        lanes[WORDS] = Lane(self._record.heard, 50)
        lanes[FINDINGS] = Lane(self._record.finding, 100)
        lanes[TICKS] = Lane(self._on_tick, 1)
        self._published_ns = self.steady_ns() - SIGN_OF_LIFE_NS
        self.at_end(self._voice.close)
        worker = self.start_worker(lanes, on_failure=self._inputs.failed)
        self._inputs.subscribe(worker.put)
        for lane, message, topic, profile in (
            (HAZARDS, DiagnosticArray, "hazards", qos.HAZARDS),
            (COMMANDS, String, "alarms/command", qos.ALARM_COMMANDS),
            (HEARTBEATS, DiagnosticArray, "heartbeat", qos.HEARTBEATS_HEARD),
            (SPEECH, Int16MultiArray, "speech/audio", qos.SPEECH),
            (WORDS, String, "speech/text", qos.SPEECH),
            (FINDINGS, String, "findings", qos.FINDINGS),
        ):
            self.subscribe(message, topic, partial(worker.put, lane), profile)
        self._evidence.listen()
        self._heartbeat.expect(True)
        self.every(TICK_SECONDS, lambda: worker.put(TICKS, None))
        self.every(1.0, lambda: self._report(worker))
        self.get_logger().info(
            f"guarding cell '{self.cell.cell}': {len(self.cell.cameras)} cameras, "
            f"{len(self.cell.microphones)} microphones"
        )

    def _on_frame(self, frame: Frame) -> None:
        self._judge(lambda now_ns: self._guardian.observe_frame(frame, now_ns))
        self._evidence.frame(frame, self.now_ns())

    def _on_block(self, block: AudioBlock) -> None:
        self._judge(lambda now_ns: self._guardian.observe_audio(block, now_ns))
        self._evidence.sound(block, self.now_ns())

    def _on_hazards(self, message: DiagnosticArray) -> None:
        hazards = [parse_hazard(status.values) for status in statuses_of(message)]
        self._judge(lambda now_ns: self._guardian.observe_hazards(hazards, now_ns))

    def _on_tick(self, _: None) -> None:
        # With use_sim_time the clock reads zero until the first message on /clock.
        if self.now_ns() > 0:
            self._judge(self._judge_itself)
            self._sum_up(self.now_ns())
            self._look_after_health(self.now_ns())
        self._voice.advance()
        if self.steady_ns() - self._published_ns >= SIGN_OF_LIFE_NS:
            self._publish_alarms()
        self._heartbeat.done()

    def _judge_itself(self, now_ns: int) -> list[AlarmTransition]:
        hazards = [
            *self._watch.hazards(now_ns),
            *self._record.hazards(now_ns),
            *self._evidence.advance(self._guardian.hazards(), now_ns),
        ]
        return self._guardian.observe_hazards(hazards, now_ns, origin=ITSELF)

    def _sum_up(self, now_ns: int) -> None:
        summary = self._guardian.take_summary(now_ns)
        if summary is not None:
            self._record.summary(summary)
            self._voice.sum_up(summary)
            self.get_logger().info(" ".join(summary.sentences()))

    def _look_after_health(self, now_ns: int) -> None:
        if self.steady_ns() - self._health_ns >= HEALTH_NS:
            self._health_ns = self.steady_ns()
            self._health = self._guardian.health(now_ns)

    def _judge(self, judge: Callable[[int], list[AlarmTransition]]) -> None:
        """Have something judged at this moment, once the alarms of before are back."""
        if not self._recalled:
            self._voice.take(self._recall())
        self._conclude(judge(self.now_ns()))

    def _recall(self) -> list[AlarmTransition]:
        """Go on with the alarms of before, once the time is known; what fell due meanwhile."""
        now_ns = self.now_ns()
        if now_ns <= 0:
            return []
        self._recalled = True
        transitions = self._record.recall(now_ns)
        self._tell(transitions)
        self._publish_alarms()
        return transitions

    def _conclude(self, transitions: list[AlarmTransition]) -> None:
        if transitions:
            self._tell(transitions)
            self._voice.take(transitions)
            self._evidence.alarms(transitions)

    def _tell(self, transitions: list[AlarmTransition]) -> None:
        """Write down what changed, then publish it."""
        if not transitions:
            return
        self._record.transitions(transitions)
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

    def _note_said(self, announcement: Announcement) -> None:
        self._record.said(announcement.text, announcement.priority.value)

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

    def _report(self, worker: Worker) -> None:
        statuses = [
            *self._inputs.statuses(worker.counts()),
            self._alarm_report(),
            *self._health_report(),
            self._watch.status(),
            self._record.status(),
            self._evidence.status(),
            self._voice.status(),
        ]
        self._diagnostics.publish(statuses_message(statuses, self.now_ns()))

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

    def _health_report(self) -> Iterator[Status]:
        health = self._health
        if health is None:
            return
        level, message = OK, f"{health.per_hour:.1f} alarms an hour"
        if health.flood:
            level, message = WARN, f"a flood: {health.last_ten_minutes} alarms in 10 minutes"
        elif health.stale or health.chattering:
            level = WARN
            message = f"{len(health.stale)} alarms stale, {len(health.chattering)} chattering"
        yield self.status(level, "alarm health", message, alarm_health_values(health))


def main() -> None:
    """Console entry."""
    sys.exit(run_node(GuardianNode))


if __name__ == "__main__":
    main()
