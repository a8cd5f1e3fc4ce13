"""The interaction of a cell: micro-turns to the model's session, outputs back.

Knows nothing of ROS, clocks or what a model is made of. One thread owns an interaction and calls
all of it. Whatever the model does, each turn has exactly one output: a model that raises, answers
another turn, or gives speech that is not 3,200 finite samples makes a silent output in which
model_lost is present, judged by the guard's side of the house because it is no opinion of the
model's; its session starts anew. What of an answer goes on is up to the `ModelGate`.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.cut_texts import MAX_TEXTS, CutTexts, GivenText
from tml_ros.cell.load_shedding import Shed
from tml_ros.cell.model_gate import ModelGate, ModelStanding, model_standing
from tml_ros.cell.session_layout import session_layout
from tml_ros.cell.turn_figures import MODEL_FAULTS, SHED_TURNS, TurnFigures, assembler_counts
from tml_ros.model.effort import SparingSession
from tml_ros.model.interface import InteractionModel, Session
from tml_ros.model.own_words import ReservedSession
from tml_ros.model.text_voice import TextVoice, VoicedSession
from tml_ros.turn.hazard import Hazard, HazardKind, HazardSource
from tml_ros.turn.micro_turn import TURN_SAMPLES, AudioBlock, Frame, GapKind, MicroTurn
from tml_ros.turn.turn_assembler import TurnAssembler
from tml_ros.turn.turn_output import Floor, TurnOutput

MAX_FAULTS = 100


class ModelAnswerError(ValueError):
    """The model's answer is not one to the turn it was given; the message says what it was."""


@dataclass(frozen=True, slots=True)
class ModelFault:
    """The model failed in the turn that starts at `start_ns`."""

    start_ns: int
    index: int
    reason: str


class Interaction:
    """Turns what comes in into answered micro-turns.

    model: None for a cell without one; its outputs are silent and state no hazards.
    text_voice: says what it can of the texts that are handed over, in place of the model's voice.
    """

    def __init__(
        self,
        cell: CellDescription,
        model: InteractionModel | None,
        *,
        text_voice: TextVoice | None = None,
    ) -> None:
        """Open the cell's session. Raises SessionLayoutError where the model has no room for it."""
        self._assembler = TurnAssembler(
            microphones=tuple(cell.microphones), cameras=tuple(cell.cameras)
        )
        self._session = None if model is None else model.open_session(session_layout(cell))
        self._gate = None
        if model is not None:
            self._gate = ModelGate(model_standing(model, experimental=cell.experimental))
            if not self._gate.standing.speech and isinstance(self._session, ReservedSession):
                self._session.keep_to_texts()
        self._text_voice = None
        if text_voice is not None and isinstance(self._session, VoicedSession):
            self._text_voice = text_voice
            self._session.speak_by(text_voice)
        self._silenced = False
        self._texts = CutTexts()
        self._held: deque[GivenText] = deque(maxlen=MAX_TEXTS)
        self._shed = Shed.NOTHING
        self._shed_turns = 0
        self._faults: deque[ModelFault] = deque(maxlen=MAX_FAULTS)
        self._fault_count = 0
        self._turns = 0
        self._gaps: Counter[tuple[str, str]] = Counter()

    @property
    def figures(self) -> TurnFigures:
        """How the turns have fared so far."""
        counts = assembler_counts(self._assembler.counters)
        if self._fault_count:
            counts[MODEL_FAULTS] = self._fault_count
        if self._gate is not None:
            counts.update(self._gate.counts)
        if self._shed_turns:
            counts[SHED_TURNS] = self._shed_turns
        return TurnFigures(self._turns, dict(self._gaps), counts)

    @property
    def standing(self) -> ModelStanding | None:
        """What is known of the model; None where there is none."""
        return None if self._gate is None else self._gate.standing

    @property
    def faults(self) -> tuple[ModelFault, ...]:
        """The newest failures of the model, oldest first, at most `MAX_FAULTS`."""
        return tuple(self._faults)

    def push_audio(self, block: AudioBlock) -> None:
        """Sound came."""
        self._assembler.push_audio(block)

    def push_frame(self, frame: Frame) -> None:
        """A picture came."""
        self._assembler.push_frame(frame)

    def push_text(self, text: str, stamp_ns: int) -> None:
        """An operator typed something."""
        self._assembler.push_text(text, stamp_ns)

    def hand_over(self, text: str, *, spoken: bool, urgent: bool = False) -> bool:
        """Give the model something that was found out: to say, or to know; False where it cannot.

        A model that was never learnt would say nothing of it. What is to be said by the text voice
        is prepared now unless it was before, which may take longer than a turn. What is to be said
        while the model is silenced is handed over afterwards.
        """
        if self._session is None or self._gate is None or not self._gate.standing.trained:
            return False
        if spoken and self._text_voice is not None:
            self._text_voice.prepare(text)
        if not spoken:
            self._session.inject(text, how="silent", urgent=urgent)
        elif self._silenced:
            self._held.append(GivenText(text, urgent))
        else:
            self._texts.give(text, urgent=urgent)
            self._session.inject(text, how="spoken", urgent=urgent)
        return True

    def silence(self, silenced: bool) -> None:
        """Whether the model is to be silent from the next turn on, because nobody would hear it.

        The text of those handed over that this cuts short is said anew afterwards, from its
        beginning; words of the model's own are not, but it knows that it broke off.
        """
        if silenced == self._silenced:
            return
        self._silenced = silenced
        if silenced:
            cut = self._texts.cut()
            if cut is not None:
                self._held.append(cut)

    @property
    def shed(self) -> Shed:
        """What the model leaves out."""
        return self._shed

    def leave_out(self, shed: Shed) -> None:
        """Leave out so much from the next turn on, until told otherwise.

        Nothing changes where the model cannot do less. Nobody but whoever runs live says this: what
        is replayed is answered in full.
        """
        if isinstance(self._session, SparingSession):
            self._shed = shed
            self._session.spare(shed.effort)

    def poll(self, now_ns: int) -> list[tuple[MicroTurn, TurnOutput]]:
        """The turns that are complete or over by now, each with its answer."""
        return [(turn, self.answer(turn)) for turn in self.closed(now_ns)]

    def closed(self, now_ns: int) -> list[MicroTurn]:
        """The turns that are complete or over by now; each is to be given to `answer`, in order."""
        return self._assembler.poll(now_ns)

    def flush(self) -> list[tuple[MicroTurn, TurnOutput]]:
        """At the end of the input: the turns that are left, each with its answer."""
        return [(turn, self.answer(turn)) for turn in self._assembler.flush()]

    def close(self) -> None:
        """Close the session; nothing is to be answered any more."""
        if self._session is not None:
            self._session.close()

    def answer(self, turn: MicroTurn) -> TurnOutput:
        """The model's answer to a turn of `closed`."""
        self._turns += 1
        self._shed_turns += self._shed is not Shed.NOTHING
        self._gaps.update((gap.kind.value, gap.stream) for gap in turn.gaps)
        session, gate = self._session, self._gate
        if session is None or gate is None:
            return TurnOutput(turn.index)
        try:
            if any(gap.kind is GapKind.TIMELINE_RESTARTED for gap in turn.gaps):
                session.reset()
            if self._silenced:
                session.yield_floor()
            else:
                self._hand_over_held(turn)
            output = gate.passed(checked(session.step(turn), turn))
        except Exception as error:
            self._fault(turn, error)
            self._reset(session, turn)
            return TurnOutput(turn.index, hazards=(_model_lost(turn, 1.0),))
        output = replace(output, hazards=(*output.hazards, _model_lost(turn, 0.0)))
        if self._silenced:
            return replace(output, speech=None, text="", floor=Floor.LISTEN)
        self._texts.said(output.text, speaking=output.floor is Floor.SPEAK)
        return output

    def _hand_over_held(self, turn: MicroTurn) -> None:
        while self._held:
            held = self._held.popleft()
            try:
                self.hand_over(held.text, spoken=True, urgent=held.urgent)
            except Exception as error:
                self._fault(turn, error)

    def _reset(self, session: Session, turn: MicroTurn) -> None:
        try:
            session.reset()
        except Exception as error:
            self._fault(turn, error)

    def _fault(self, turn: MicroTurn, error: Exception) -> None:
        reason = f"{type(error).__name__}: {error}"
        self._faults.append(ModelFault(turn.start_ns, turn.index, reason))
        self._fault_count += 1


def checked(output: TurnOutput, turn: MicroTurn) -> TurnOutput:
    """The output with its speech limited to -1..1 and read-only. Raises ModelAnswerError."""
    if output.index != turn.index:
        raise ModelAnswerError(f"answered turn {output.index} when given turn {turn.index}")
    if output.speech is None:
        return output
    return replace(output, speech=_checked_speech(output.speech))


def _checked_speech(speech: NDArray[np.float32]) -> NDArray[np.float32]:
    samples = np.asarray(speech)
    if samples.shape != (TURN_SAMPLES,) or samples.dtype != np.float32:
        raise ModelAnswerError(
            f"speech is {samples.dtype} {list(samples.shape)}, allowed: float32 [{TURN_SAMPLES}]"
        )
    if not np.isfinite(samples).all():
        raise ModelAnswerError("speech is not finite")
    limited = np.clip(samples, -1.0, 1.0)
    limited.flags.writeable = False
    return limited


def _model_lost(turn: MicroTurn, score: float) -> Hazard:
    return Hazard(HazardKind.MODEL_LOST, "", score, HazardSource.GUARD, turn.end_ns)
