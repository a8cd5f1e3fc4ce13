"""The interaction: micro-turns of one cell, and what its model answers, as topics.

Knows nothing of models or alarms; it carries messages to `cell.interaction.Interaction` and its
answers out again. Callbacks only enqueue; one worker thread owns the interaction and runs the
model. The heartbeat comes from the spinning thread, so that it can tell that the worker hangs.
"""

from __future__ import annotations

import sys
from collections import deque
from dataclasses import dataclass, field, replace

from diagnostic_msgs.msg import DiagnosticArray
from std_msgs.msg import Int16MultiArray, String

from tml_ros.background.contracts import Delegation, Finding, Urgency
from tml_ros.cell.alarm_status import OK, WARN, hazard_status, parse_alarm
from tml_ros.cell.asking import CELL, OPERATOR, Asking
from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.finding_voice import REMEMBERED
from tml_ros.cell.heartbeat_watch import STEP
from tml_ros.cell.interaction import Interaction
from tml_ros.cell.turn_figures import DEADLINE_MISSES, TurnFigures, figure_values
from tml_ros.cell.warm_up import warm_up
from tml_ros.model.interface import NO_MODEL, open_model
from tml_ros.nodes import qos
from tml_ros.nodes.cell_inputs import Arrival, CellInputs
from tml_ros.nodes.cell_node import CellNode
from tml_ros.nodes.finding_speaker import FindingSpeaker
from tml_ros.nodes.input_figures import MAX_ERROR
from tml_ros.nodes.latency_window import LatencyWindow, milliseconds
from tml_ros.nodes.messages import audio_message
from tml_ros.nodes.parameters import whole_number_parameter
from tml_ros.nodes.running import run_node
from tml_ros.nodes.status_messages import statuses_message, statuses_of
from tml_ros.nodes.worker import Lane, Worker
from tml_ros.report.model_record import TRUSTED
from tml_ros.turn.micro_turn import TURN_NS, AudioBlock, Frame, MicroTurn
from tml_ros.turn.turn_output import TurnOutput

TICK_SECONDS = 0.05
HEARTBEAT_SECONDS = 0.2
STALLED_MS = 1_000
TEXT, TICKS = "text", "ticks"
FINDINGS, ALARMS, WORDS = "findings", "alarms", "words"


@dataclass(frozen=True, slots=True)
class _Progress:
    """How far the worker has come. last_ns: steady time of the newest turn, 0 before the first."""

    figures: TurnFigures = field(default_factory=TurnFigures)
    last_ns: int = 0
    last_fault: str = ""


class InteractionNode(CellNode):
    """Assembles micro-turns, asks the model about each, publishes what it says.

    With `model: none` in the cell turns are assembled and reported all the same.

    Parameters:
        `cell`, `autostart` (see CellNode).
        model_threads: threads that the model's arithmetic may use (default 1: many cells share a
            machine, and one thread each is faster than several that wait for each other).

    Subscribes:
        every camera (Image or CompressedImage) and microphone (Int16MultiArray) of the cell
        text (String): what an operator types; a question to the background where no trained model
            answers it
        findings (String): what the background found out; spoken by the model or, without a trained
            one, by the renderer of the warnings when the floor is free
        alarms (DiagnosticArray), speech/text, speech/playback: what else goes on
    Publishes:
        delegations (String): questions to the background, of people and of the model
        hazards (DiagnosticArray): what the model judges, each turn
        speech/audio, speech/text: what the model says
        heartbeat (DiagnosticArray), 5 Hz: sequence, how long the step in progress takes, turns,
            their gaps by kind and stream, what came late, age of the last turn, times of steps,
            turns answered later than 200 ms after they closed, failures of the model, its name,
            whether it is trained, which kinds of hazard it is trusted with, and what was withheld
        /diagnostics (DiagnosticArray), 1 Hz

    Fails to configure on a wrong cell file, a model that is not there or has no room for the cell,
    and one that cannot take a silent turn. While active nothing ends it: what makes no sense is
    counted, logged and reported.
    """

    def __init__(self) -> None:
        """Start, unless `autostart` is false. Raises ParameterError, StartError."""
        super().__init__("interaction")
        self._beats = 0
        self._step_began_ns: int | None = None
        self._progress = _Progress()
        self._model_threads = whole_number_parameter(
            self,
            "model_threads",
            "threads that the model's arithmetic may use",
            default=1,
            lowest=1,
            highest=64,
        )
        self.start()

    def configure(self, cell: CellDescription) -> None:
        """Open the model and take its first steps, advertise the topics."""
        model = open_model(cell.model, threads=self._model_threads)
        if model is not None:
            warm_up(model, cell)
        self._interaction = Interaction(cell, model)
        self.at_cleanup(self._close_session)
        self._asking = Asking()
        self._told_deaf = False
        self._findings: deque[str] = deque(maxlen=REMEMBERED)
        others = (TEXT, TICKS, FINDINGS, ALARMS, WORDS)
        self._inputs = CellInputs(
            self, others=others, on_frame=self._on_frame, on_block=self._on_block
        )
        self._turn_times = LatencyWindow()
        self._deadline_misses = 0
        self._progress = _Progress()
        self._hazards = self.advertise(DiagnosticArray, "hazards", qos.HAZARDS)
        self._audio = self.advertise(Int16MultiArray, "speech/audio", qos.SPEECH)
        self._text = self.advertise(String, "speech/text", qos.SPEECH)
        self._delegations = self.advertise(String, "delegations", qos.DELEGATIONS)
        self._speaker = None
        if cell.has_background and cell.speaker is not None:
            self._speaker = FindingSpeaker(self, self._say)
        self._heartbeat = self.advertise(DiagnosticArray, "heartbeat", qos.HEARTBEAT)
        self._diagnostics = self.advertise(DiagnosticArray, "/diagnostics", qos.DIAGNOSTICS)

    def activate(self) -> None:
        """Start taking turns."""
        lanes = self._inputs.lanes()
        lanes[TEXT] = Lane(self._on_text, 10)
        lanes[TICKS] = Lane(self._on_tick, 1)
        lanes[FINDINGS] = Lane(self._on_finding, 100)
        lanes[ALARMS] = Lane(self._on_alarms, 1)
        lanes[WORDS] = Lane(lambda came: self._asking.heard(CELL, came[0], came[1]), 50)
        worker = self.start_worker(lanes, on_failure=self._inputs.failed)
        self._inputs.subscribe(worker.put)
        self.subscribe(
            String,
            "text",
            lambda message: worker.put(TEXT, Arrival(message, self.now_ns())),
            qos.TEXT,
        )
        if self.cell.has_background:
            self._attend_to_background(worker)
        self.every(TICK_SECONDS, lambda: worker.put(TICKS, None))
        self.every(HEARTBEAT_SECONDS, self._beat)
        self.every(1.0, lambda: self._report(worker))
        standing = self._interaction.standing
        about = "" if standing is None else f", {standing}"
        model = f"model {self.cell.model}{about}"
        self.get_logger().info(f"interacting in cell '{self.cell.cell}', {model}")

    def _attend_to_background(self, worker: Worker) -> None:
        if self._speaker is not None:
            self._speaker.activate()
        self.subscribe(
            String, "findings", lambda message: worker.put(FINDINGS, message.data), qos.FINDINGS
        )
        self.subscribe(
            DiagnosticArray, "alarms", lambda message: worker.put(ALARMS, message), qos.ALARMS
        )
        self.subscribe(
            String,
            "speech/text",
            lambda message: worker.put(WORDS, (message.data, self.now_ns())),
            qos.SPEECH,
        )

    def _on_frame(self, frame: Frame) -> None:
        self._interaction.push_frame(frame)

    def _on_block(self, block: AudioBlock) -> None:
        self._interaction.push_audio(block)
        self._poll()

    def _on_text(self, arrival: Arrival) -> None:
        text = arrival.message.data
        self._interaction.push_text(text, arrival.arrival_ns)
        standing = self._interaction.standing
        if standing is not None and standing.trained:
            self._asking.heard(OPERATOR, text, arrival.arrival_ns)
            return
        if not self.cell.has_background:
            if not self._told_deaf:
                self._told_deaf = True
                self.get_logger().warning(
                    "typed text goes unanswered: the cell has no trained model, and no machines "
                    "with a background"
                )
            return
        self._delegate(self._asking.typed(text, arrival.arrival_ns))

    def _on_alarms(self, message: DiagnosticArray) -> None:
        self._asking.alarms(parse_alarm(status.values) for status in statuses_of(message))

    def _on_finding(self, text: str) -> None:
        finding = Finding.model_validate_json(text)
        if finding.orphaned or not finding.say or finding.id in self._findings:
            return
        # What was not delivered for certain comes again under the same id.
        self._findings.append(finding.id)
        silent = finding.urgency is Urgency.SILENT
        urgent = finding.urgency is Urgency.NOW
        if self._interaction.hand_over(finding.say, spoken=not silent, urgent=urgent):
            return
        if self._speaker is not None:
            self._speaker.add(finding)

    def _delegate(self, delegation: Delegation | None) -> None:
        if delegation is not None:
            self._delegations.publish(String(data=delegation.model_dump_json()))

    def _say(self, text: str, sound: Int16MultiArray | None) -> None:
        if text:
            self._text.publish(String(data=text))
        if sound is not None:
            self._audio.publish(sound)

    def _on_tick(self, _: None) -> None:
        # With use_sim_time the clock reads zero until the first message on /clock.
        if self.now_ns() > 0:
            self._poll()

    def _poll(self) -> None:
        closed_ns = self.steady_ns()
        for turn in self._interaction.closed(self.now_ns()):
            began_ns = self._step_began_ns = self.steady_ns()
            try:
                output = self._interaction.answer(turn)
            finally:
                self._step_began_ns = None
            ended_ns = self.steady_ns()
            self._turn_times.add(ended_ns - began_ns)
            self._deadline_misses += ended_ns - closed_ns > TURN_NS
            self._publish(turn, output)
            self._note(ended_ns)

    def _note(self, ended_ns: int) -> None:
        figures = self._interaction.figures
        if self._deadline_misses:
            counts = {**figures.counts, DEADLINE_MISSES: self._deadline_misses}
            figures = replace(figures, counts=counts)
        faults = self._interaction.faults
        self._progress = _Progress(figures, ended_ns, faults[-1].reason if faults else "")

    def _close_session(self) -> None:
        try:
            self._interaction.close()
        except Exception as error:
            self.get_logger().warning(f"the model's session did not close: {error}")

    def _publish(self, turn: MicroTurn, output: TurnOutput) -> None:
        if output.hazards:
            cell = self.cell.cell
            statuses = (hazard_status(hazard, cell=cell) for hazard in output.hazards)
            self._hazards.publish(statuses_message(statuses, turn.end_ns))
        if output.speech is not None:
            self._audio.publish(audio_message(output.speech))
        if output.text:
            self._text.publish(String(data=output.text))
        for request in output.delegations:
            self._delegate(self._asking.requested(request, turn.end_ns))

    def _beat(self) -> None:
        self._beats += 1
        began_ns = self._step_began_ns
        step_ns = 0 if began_ns is None else self.steady_ns() - began_ns
        values = {
            "sequence": str(self._beats),
            STEP: milliseconds(step_ns / 1e6),
            **self._turn_values(),
        }
        status = self.status(OK, "heartbeat", "alive", values)
        self._heartbeat.publish(statuses_message([status], self.now_ns()))

    def _report(self, worker: Worker) -> None:
        statuses = self._inputs.statuses(worker.counts())
        values = self._turn_values()
        fault = self._progress.last_fault
        streams = self.cell.cameras or self.cell.microphones
        age_ms = values["last_turn_age_ms"]
        level, message = OK, "taking turns"
        standing = self._interaction.standing
        if standing is not None and not standing.trained:
            level, message = WARN, f"model {standing.name} is {standing}"
        if streams and age_ms == "none":
            level, message = WARN, "no turn yet"
        elif streams and float(age_ms) > STALLED_MS:
            level, message = WARN, f"no turn for {float(age_ms) / 1e3:.1f} s"
        if fault:
            values["last_model_fault"] = fault[:MAX_ERROR]
        statuses.append(self.status(level, "turns", message, values))
        if self._speaker is not None:
            statuses.append(self._speaker.status())
        self._diagnostics.publish(statuses_message(statuses, self.now_ns()))

    def _turn_values(self) -> dict[str, str]:
        progress = self._progress
        turns = progress.figures.turns
        age_ms = (self.steady_ns() - progress.last_ns) / 1e6 if turns else None
        standing = self._interaction.standing
        trusted = frozenset() if standing is None else standing.trusted
        return {
            "model": NO_MODEL if standing is None else standing.name,
            "model_trained": str(standing is not None and standing.trained).lower(),
            TRUSTED: ",".join(sorted(kind.value for kind in trusted)),
            **figure_values(progress.figures),
            "last_turn_age_ms": milliseconds(age_ms),
            "turn_p50_ms": milliseconds(self._turn_times.percentile_ms(50)),
            "turn_p99_ms": milliseconds(self._turn_times.percentile_ms(99)),
        }


def main() -> None:
    """Console entry."""
    sys.exit(run_node(InteractionNode))


if __name__ == "__main__":
    main()
