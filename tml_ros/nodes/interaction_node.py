"""The interaction: micro-turns of one cell, and what its model answers, as topics.

Knows nothing of models or alarms; it carries messages to `cell.interaction.Interaction` and its
answers out again. Callbacks only enqueue; one worker thread owns the interaction and runs the
model. The heartbeat comes from the spinning thread, so that it can tell that the worker hangs.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from dataclasses import replace

from diagnostic_msgs.msg import DiagnosticArray
from std_msgs.msg import Int16MultiArray, String

from tml_ros.background.contracts import Delegation
from tml_ros.cell.alarm_status import hazard_status, parse_alarm
from tml_ros.cell.asking import CELL, OPERATOR, Asking
from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.handed_over_voice import handed_over_voice
from tml_ros.cell.heartbeat_watch import STEP
from tml_ros.cell.interaction import Interaction
from tml_ros.cell.load_shedding import LoadShedding
from tml_ros.cell.rendered_voice import RenderedVoice
from tml_ros.cell.turn_figures import DEADLINE_MISSES
from tml_ros.cell.warm_up import warm_up
from tml_ros.devices.loudspeaker_status import QUEUE_S
from tml_ros.devices.speech_renderer import SpeechUnavailableError
from tml_ros.model.interface import InteractionModel, open_model
from tml_ros.nodes import qos
from tml_ros.nodes.cell_inputs import Arrival, CellInputs
from tml_ros.nodes.cell_node import CellNode
from tml_ros.nodes.finding_intake import FINDINGS, WAITING, FindingIntake
from tml_ros.nodes.finding_speaker import FindingSpeaker
from tml_ros.nodes.guardian_silence import GuardianSilence
from tml_ros.nodes.latency_window import LatencyWindow, milliseconds
from tml_ros.nodes.messages import audio_message, samples_of
from tml_ros.nodes.node_heartbeat import BEAT_SECONDS, NodeHeartbeat
from tml_ros.nodes.parameters import whole_number_parameter
from tml_ros.nodes.running import run_node
from tml_ros.nodes.status_messages import statuses_message, statuses_of
from tml_ros.nodes.turn_progress import TurnProgress, turn_values, turn_verdict
from tml_ros.nodes.worker import Lane, Worker
from tml_ros.turn.micro_turn import (
    SAMPLE_RATE,
    TURN_NS,
    AudioBlock,
    Frame,
    MicroTurn,
    samples_ns,
)
from tml_ros.turn.turn_output import TurnOutput

TICK_SECONDS = 0.05
OVERDUE_NS = 250_000_000
"""In the time of a `/clock`, which may run slower than life: a turn is due by then."""
TEXT, TICKS = "text", "ticks"
ALARMS, WORDS, WARNINGS = "alarms", "words", "warnings"
WARNING_TAIL_NS = 100_000_000
"""After a warning should have ended: what the loudspeaker may lag behind."""


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
        alarms (DiagnosticArray), speech/text, speech/playback: what else goes on; a guardian that
            falls silent is told on /diagnostics
        speech/warning (Int16MultiArray): while one is being played, nothing is said here
    Publishes:
        delegations (String): questions to the background, of people and of the model
        hazards (DiagnosticArray): what the model judges, each turn
        speech/audio, speech/text: what the model says
        heartbeat (DiagnosticArray), 5 Hz: work is each turn, expected from the first picture or
            sound on; how long the step in progress takes, turns, their gaps by kind and stream,
            what came late, age of the last turn, times of steps, turns answered later than 200 ms
            after they closed, which are its deadlines missed, what is left out because of them and
            in how many turns, failures of the model, its name, whether it is trained, which kinds
            of hazard it is trusted with, and what was withheld
        /diagnostics (DiagnosticArray), 1 Hz

    Fails to configure on a wrong cell file, a model that is not there or has no room for the cell,
    and one that cannot take a silent turn. While active nothing ends it: what makes no sense is
    counted, logged and reported.
    """

    stuck_seconds = 10.0
    """Starting anew costs as much; the guardian has long raised model_lost by then."""

    def __init__(self) -> None:
        """Start, unless `autostart` is false. Raises ParameterError, StartError."""
        super().__init__("interaction")
        self._step_began_ns: int | None = None
        self._progress = TurnProgress()
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
        self._text_voice = self._voice_of_findings(model)
        self._interaction = Interaction(cell, model, text_voice=self._text_voice)
        self.at_cleanup(self._close_session)
        self._asking = Asking()
        self._told_deaf = False
        self._warned_until_ns = 0
        others = (TEXT, TICKS, FINDINGS, ALARMS, WORDS, WARNINGS)
        self._inputs = CellInputs(
            self, others=others, on_frame=self._on_frame, on_block=self._on_block
        )
        self._turn_times = LatencyWindow()
        self._deadline_misses = 0
        self._shedding = LoadShedding()
        self._progress = TurnProgress()
        self._hazards = self.advertise(DiagnosticArray, "hazards", qos.HAZARDS)
        self._audio = self.advertise(Int16MultiArray, "speech/audio", qos.SPEECH)
        self._text = self.advertise(String, "speech/text", qos.SPEECH)
        self._delegations = self.advertise(String, "delegations", qos.DELEGATIONS)
        self._speaker = None
        if cell.has_background and cell.speaker is not None:
            self._speaker = FindingSpeaker(self, self._say)
        self._findings = FindingIntake(
            self, self._interaction, text_voice=self._text_voice, speaker=self._speaker
        )
        self._guardian_silence = GuardianSilence(self)
        self._heart = NodeHeartbeat(self, name=self.role, cell=cell.cell, timer=False)
        self.at_cleanup(self._heart.close)
        self._something_came = False
        self._turned_ns = 0
        self._diagnostics = self.advertise(DiagnosticArray, "/diagnostics", qos.DIAGNOSTICS)

    def activate(self) -> None:
        """Start taking turns."""
        lanes = self._inputs.lanes()
        lanes[TEXT] = Lane(self._on_text, 10)
        lanes[TICKS] = Lane(self._on_tick, 1)
        lanes[FINDINGS] = Lane(self._findings.take, WAITING)
        lanes[ALARMS] = Lane(self._on_alarms, 1)
        lanes[WORDS] = Lane(lambda came: self._asking.heard(CELL, came[0], came[1]), 50)
        lanes[WARNINGS] = Lane(self._on_warning, 10)
        worker = self.start_worker(lanes, on_failure=self._inputs.failed)
        self._inputs.subscribe(worker.put)
        self.subscribe(
            Int16MultiArray,
            "speech/warning",
            lambda message: self._note_warning(message, worker),
            qos.SPEECH,
        )
        self.subscribe(
            String,
            "text",
            lambda message: worker.put(TEXT, Arrival(message, self.now_ns())),
            qos.TEXT,
        )
        standing = self._interaction.standing
        if self.cell.has_background or (standing is not None and standing.trained):
            self._attend_to_background(worker)
        self.every(TICK_SECONDS, lambda: worker.put(TICKS, None))
        self._guardian_silence.activate()
        self.every(BEAT_SECONDS, self._beat)
        self.every(1.0, lambda: self._report(worker))
        about = "" if standing is None else f", {standing}"
        model = f"model {self.cell.model}{about}"
        self.get_logger().info(f"interacting in cell '{self.cell.cell}', {model}")

    def _attend_to_background(self, worker: Worker) -> None:
        if self._speaker is not None:
            self._speaker.activate()
        take = self._findings.activate(
            lambda text: worker.put(FINDINGS, text), on_failure=self._inputs.failed
        )
        self.subscribe(String, "findings", lambda message: take(message.data), qos.FINDINGS)
        self.subscribe(
            DiagnosticArray, "alarms", lambda message: worker.put(ALARMS, message), qos.ALARMS_HEARD
        )
        self.subscribe(
            String,
            "speech/text",
            lambda message: worker.put(WORDS, (message.data, self.now_ns())),
            qos.SPEECH,
        )

    def _on_frame(self, frame: Frame) -> None:
        self._came(f"camera {frame.camera}")
        self._interaction.push_frame(frame)

    def _on_block(self, block: AudioBlock) -> None:
        self._came(f"microphone {block.microphone}")
        self._interaction.push_audio(block)
        self._poll()

    def _came(self, stream: str) -> None:
        self._something_came = True
        self._heart.came(stream)

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

    def _delegate(self, delegation: Delegation | None) -> None:
        if delegation is not None:
            self._delegations.publish(String(data=delegation.model_dump_json()))

    def _note_warning(self, message: Int16MultiArray, worker: Worker) -> None:
        # At once, because the worker may be within a turn whose speech would come out after it.
        # What makes no sense is for the worker to say.
        worker.put(WARNINGS, message)
        with suppress(ValueError):
            count = len(samples_of(message, channels=1))
            lasts_ns = samples_ns(min(count, QUEUE_S * SAMPLE_RATE))
            tail_ns = WARNING_TAIL_NS if lasts_ns else 0
            self._warned_until_ns = self.steady_ns() + lasts_ns + tail_ns

    def _on_warning(self, message: Int16MultiArray) -> None:
        self._interaction.silence(len(samples_of(message, channels=1)) > 0)

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
            self._interaction.silence(began_ns < self._warned_until_ns)
            try:
                output = self._interaction.answer(turn)
            finally:
                self._step_began_ns = None
            ended_ns = self.steady_ns()
            self._turn_times.add(ended_ns - began_ns)
            if ended_ns - closed_ns > TURN_NS:
                self._deadline_misses += 1
                self._heart.missed()
            self._heart.done()
            self._turned_ns = self.now_ns()
            self._shed(ended_ns - closed_ns)
            self._publish(turn, output)
            self._note(ended_ns)

    def _shed(self, took_ns: int) -> None:
        before = self._interaction.shed
        self._interaction.leave_out(self._shedding.answered(took_ns))
        now = self._interaction.shed
        if now is not before:
            # Each from a line of its own: a logger's severity belongs to where it is called.
            if now.level > before.level:
                self.get_logger().warning(f"leaves out {now.value} to answer in time")
            else:
                self.get_logger().info(f"leaves out {now.value} now, and no more")

    def _note(self, ended_ns: int) -> None:
        figures = self._interaction.figures
        if self._deadline_misses:
            counts = {**figures.counts, DEADLINE_MISSES: self._deadline_misses}
            figures = replace(figures, counts=counts)
        faults = self._interaction.faults
        reason = faults[-1].reason if faults else ""
        self._progress = TurnProgress(figures, ended_ns, reason, self._interaction.shed)

    def _voice_of_findings(self, model: InteractionModel | None) -> RenderedVoice | None:
        try:
            return handed_over_voice(model, language=self.cell.language)
        except (SpeechUnavailableError, ValueError) as error:
            self.get_logger().warning(f"findings are said by the model's own voice: {error}")
            return None

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
        if self.steady_ns() >= self._warned_until_ns:
            self._say(output.text, None if output.speech is None else audio_message(output.speech))
        for request in output.delegations:
            self._delegate(self._asking.requested(request, turn.end_ns))

    def _beat(self) -> None:
        began_ns = self._step_began_ns
        step_ns = 0 if began_ns is None else self.steady_ns() - began_ns
        self._heart.expect(self._something_came and self._turn_is_due())
        self._heart.publish({STEP: milliseconds(step_ns / 1e6), **self._turn_values()})

    def _turn_is_due(self) -> bool:
        simulated = bool(self.get_parameter("use_sim_time").value)
        return not simulated or self.now_ns() - self._turned_ns > OVERDUE_NS

    def _report(self, worker: Worker) -> None:
        statuses = self._inputs.statuses(worker.counts())
        values = self._turn_values()
        level, message = turn_verdict(
            values,
            self._progress,
            self._interaction.standing,
            expected=bool(self.cell.cameras or self.cell.microphones),
        )
        statuses.append(self.status(level, "turns", message, values))
        statuses.append(self._guardian_silence.status())
        if self._speaker is not None:
            statuses.append(self._speaker.status())
        self._diagnostics.publish(statuses_message(statuses, self.now_ns()))

    def _turn_values(self) -> dict[str, str]:
        standing = self._interaction.standing
        return turn_values(self._progress, standing, self._turn_times, steady_ns=self.steady_ns())


def main() -> None:
    """Console entry."""
    sys.exit(run_node(InteractionNode))


if __name__ == "__main__":
    main()
