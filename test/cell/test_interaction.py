"""Turns answered by a model that behaves, by none, and by models that do not."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.experiment import Experiment
from tml_ros.cell.interaction import Interaction
from tml_ros.cell.load_shedding import Shed
from tml_ros.cell.rendered_voice import RenderedVoice
from tml_ros.model.effort import FULL, Effort
from tml_ros.model.interface import InjectMode, Session
from tml_ros.model.layout import SessionLayout
from tml_ros.model.text_voice import TextVoice
from tml_ros.turn.hazard import Hazard, HazardKind, HazardSource
from tml_ros.turn.micro_turn import TURN_NS, TURN_SAMPLES, AudioBlock, Frame, MicroTurn
from tml_ros.turn.turn_output import Floor, TurnOutput

CELL = CellDescription.model_validate({"cell": "c", "cameras": {"eye": {}}})
T0 = 1_000_000_000_000


class Model:
    """A model whose answers are given by a function of the turn."""

    name = "test"
    trained = True
    trusted_kinds = frozenset({HazardKind.PERSON_DOWN})
    trusted_speech = True

    def __init__(self, answer: Callable[[MicroTurn], TurnOutput]) -> None:
        self.answer = answer
        self.resets = 0
        self.layout: SessionLayout | None = None
        self.closed = False

    def open_session(self, layout: SessionLayout | None = None, *, seed: int = 0) -> Model:
        self.layout = layout
        return self

    def step(self, turn: MicroTurn) -> TurnOutput:
        return self.answer(turn)

    def inject(self, text: str, *, how: InjectMode, urgent: bool = False) -> None: ...

    def yield_floor(self) -> None: ...

    def close(self) -> None:
        self.closed = True

    def reset(self) -> None:
        self.resets += 1

    def step_batch(self, pairs: Sequence[tuple[Session, MicroTurn]]) -> list[TurnOutput]:
        return [session.step(turn) for session, turn in pairs]


def frame(number: int) -> Frame:
    rgb = np.zeros((16, 16, 3), np.uint8)
    rgb.flags.writeable = False
    return Frame("eye", T0 + number * TURN_NS // 2, rgb)


def run(interaction: Interaction, frames: int = 20) -> list[tuple[MicroTurn, TurnOutput]]:
    """Two frames per turn, polled after each, then the end."""
    pairs = []
    for number in range(frames):
        interaction.push_frame(frame(number))
        pairs += interaction.poll(frame(number).stamp_ns)
    return pairs + interaction.flush()


def lost(output: TurnOutput) -> list[float]:
    return [h.score for h in output.hazards if h.kind is HazardKind.MODEL_LOST]


def faults(interaction: Interaction) -> int:
    return interaction.figures.counts.get("model_faults", 0)


def test_without_a_model_every_turn_is_answered_by_silence() -> None:
    pairs = run(Interaction(CELL, None))
    assert len(pairs) >= 9
    for turn, output in pairs:
        assert output == TurnOutput(turn.index)


def test_each_turn_has_the_model_answer_to_it() -> None:
    hazard = Hazard(HazardKind.PERSON_DOWN, "eye", 0.7, HazardSource.MODEL, T0)
    speech = np.full(TURN_SAMPLES, 0.25, np.float32)
    model = Model(lambda turn: TurnOutput(turn.index, speech, f"t{turn.index}", (hazard,)))
    interaction = Interaction(CELL, model)
    pairs = run(interaction)
    assert [turn.index for turn, _ in pairs] == list(range(len(pairs)))
    for turn, output in pairs:
        assert output.text == f"t{turn.index}"
        assert output.hazards[0] == hazard
        assert lost(output) == [0.0]
        assert output.speech is not None
        assert np.array_equal(output.speech, speech)
        assert not output.speech.flags.writeable
    assert faults(interaction) == 0


def test_sound_and_operator_text_reach_the_turn_they_belong_to() -> None:
    cell = CellDescription.model_validate({"cell": "c", "microphones": {"ear": {}}})
    interaction = Interaction(cell, None)
    interaction.push_text("is it safe?", T0 + TURN_NS + 1)
    samples = np.linspace(-1, 1, 2 * TURN_SAMPLES, dtype=np.float32)
    interaction.push_audio(AudioBlock("ear", T0, samples))
    turns = [turn for turn, _ in interaction.poll(T0 + 2 * TURN_NS) + interaction.flush()]
    assert np.array_equal(np.concatenate([turn.audio["ear"] for turn in turns[:2]]), samples)
    assert [turn.texts for turn in turns[:2]] == [(), ("is it safe?",)]


def raising(turn: MicroTurn) -> TurnOutput:
    raise RuntimeError("out of memory")


def bad_hazard(turn: MicroTurn) -> TurnOutput:
    score = float("nan")
    hazard = Hazard(HazardKind.SIREN, "ear", score, HazardSource.MODEL, turn.start_ns)
    return TurnOutput(turn.index, hazards=(hazard,))


def speech(samples: np.ndarray) -> Callable[[MicroTurn], TurnOutput]:
    return lambda turn: TurnOutput(turn.index, samples)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (raising, "RuntimeError: out of memory"),
        (bad_hazard, "hazard score must be within 0..1"),
        (speech(np.full(TURN_SAMPLES, np.nan, np.float32)), "not finite"),
        (speech(np.full(TURN_SAMPLES, np.inf, np.float32)), "not finite"),
        (speech(np.zeros(TURN_SAMPLES - 1, np.float32)), "float32 [3199]"),
        (speech(np.zeros((TURN_SAMPLES, 1), np.float32)), "float32 [3200, 1]"),
        (speech(np.zeros(TURN_SAMPLES, np.float64)), "float64 [3200]"),
        (lambda turn: TurnOutput(turn.index + 1), "answered turn 1 when given turn 0"),
        (lambda turn: None, "AttributeError"),
    ],
)
def test_a_model_that_fails_is_silent_lost_and_started_anew(
    answer: Callable[[MicroTurn], TurnOutput], reason: str
) -> None:
    model = Model(answer)
    interaction = Interaction(CELL, model)
    pairs = run(interaction)
    for turn, output in pairs:
        assert (output.index, output.speech, output.text) == (turn.index, None, "")
        assert lost(output) == [1.0]
    assert model.resets == faults(interaction) == len(pairs)
    assert reason in interaction.faults[0].reason


def test_a_model_that_recovers_is_no_longer_lost() -> None:
    def answer(turn: MicroTurn) -> TurnOutput:
        return raising(turn) if turn.index < 3 else TurnOutput(turn.index)

    pairs = run(Interaction(CELL, Model(answer)))
    assert [lost(output) for _, output in pairs][:5] == [[1.0]] * 3 + [[0.0]] * 2


def test_a_model_that_cannot_even_be_reset_does_not_stop_the_turns() -> None:
    class Broken(Model):
        def reset(self) -> None:
            raise RuntimeError("stuck")

    interaction = Interaction(CELL, Broken(raising))
    pairs = run(interaction)
    assert faults(interaction) == 2 * len(pairs)


def test_speech_that_is_too_loud_is_limited() -> None:
    loud = np.tile(np.float32([-3, 3]), TURN_SAMPLES // 2)
    _, output = run(Interaction(CELL, Model(speech(loud))))[0]
    assert output.speech is not None
    assert (output.speech.min(), output.speech.max()) == (-1.0, 1.0)


def test_a_clock_that_jumps_back_starts_a_new_session() -> None:
    model = Model(lambda turn: TurnOutput(turn.index))
    interaction = Interaction(CELL, model)
    run(interaction)
    assert model.resets == 0
    indices = [turn.index for turn, _ in run(interaction)]
    assert model.resets == 1
    assert indices[:3] == [0, 1, 2]
    assert faults(interaction) == 0


def test_the_session_knows_the_cell_and_is_closed_with_it() -> None:
    zone = {"polygon": [[0, 0], [1, 0], [1, 1]]}
    described = {"cell": "c", "cameras": {"eye": {"zones": {"gate": zone}}}}
    cell = CellDescription.model_validate({**described, "microphones": {"ear": {}}})
    model = Model(lambda turn: TurnOutput(turn.index))
    interaction = Interaction(cell, model)
    polygon = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0))
    assert model.layout == SessionLayout({"eye": {"gate": polygon}}, ("ear",))
    assert not model.closed
    interaction.close()
    assert model.closed


def test_what_an_untrained_model_says_and_judges_goes_nowhere_and_is_counted() -> None:
    def answer(turn: MicroTurn) -> TurnOutput:
        hazard = Hazard(HazardKind.PERSON_DOWN, "eye", 1.0, HazardSource.MODEL, turn.end_ns)
        return TurnOutput(turn.index, np.zeros(TURN_SAMPLES, np.float32), "stop", (hazard,))

    model = Model(answer)
    model.trained = False
    interaction = Interaction(CELL, model)
    pairs = run(interaction)
    for turn, output in pairs:
        assert (output.index, output.speech, output.text) == (turn.index, None, "")
        assert [hazard.kind for hazard in output.hazards] == [HazardKind.MODEL_LOST]
    assert interaction.figures.counts == {
        "untrusted_hazards": len(pairs),
        "muted_turns": len(pairs),
    }


def test_the_figures_tell_what_the_turns_lacked() -> None:
    cell = CellDescription.model_validate({"cell": "c", "cameras": {"eye": {}, "rear": {}}})
    interaction = Interaction(cell, None)
    turns = run(interaction, frames=6)
    interaction.push_frame(frame(0))
    figures = interaction.figures
    assert figures.turns == len(turns) == 3
    assert figures.gaps == {("frame_missing", "rear"): 3}
    assert figures.counts == {"late_frames": 1}


class Obliging(Model):
    """A model that can do less and lend its mouth."""

    def __init__(self) -> None:
        super().__init__(lambda turn: TurnOutput(turn.index))
        self.effort = FULL
        self.voice: TextVoice | None = None
        self.handed: list[str] = []

    def spare(self, effort: Effort) -> None:
        self.effort = effort

    def speak_by(self, voice: TextVoice) -> None:
        self.voice = voice

    def inject(self, text: str, *, how: InjectMode, urgent: bool = False) -> None:
        ready = self.voice is not None and self.voice.samples(text, 0) is not None
        self.handed.append(f"{how}: {text}: {'ready' if ready else 'not ready'}")


def test_what_is_left_out_is_told_to_the_model_and_counted_by_turns() -> None:
    model = Obliging()
    interaction = Interaction(CELL, model)
    before = len(run(interaction))
    assert "shed_turns" not in interaction.figures.counts
    interaction.leave_out(Shed.VOICE)
    assert (interaction.shed, model.effort) == (Shed.VOICE, Shed.VOICE.effort)
    turns = before + len(run(interaction))
    assert interaction.figures.counts["shed_turns"] == turns - before
    interaction.leave_out(Shed.NOTHING)
    run(interaction)
    assert model.effort == FULL
    assert interaction.figures.counts["shed_turns"] == turns - before


@pytest.mark.parametrize("model", [None, Model(lambda turn: TurnOutput(turn.index))])
def test_where_nothing_can_be_left_out_nothing_is_said_to_be(model: Model | None) -> None:
    interaction = Interaction(CELL, model)
    interaction.leave_out(Shed.PATCHES)
    run(interaction)
    assert interaction.shed is Shed.NOTHING
    assert "shed_turns" not in interaction.figures.counts


def test_what_is_to_be_said_by_the_text_voice_is_ready_when_it_is_handed_over() -> None:
    model = Obliging()
    voice = RenderedVoice(lambda text: np.ones(10, np.float32))
    interaction = Interaction(CELL, model, text_voice=voice)
    for text, spoken in (("71 degrees", True), ("77 turns", False)):
        assert interaction.hand_over(text, spoken=spoken)
    assert model.handed == [
        "spoken: 71 degrees: ready",
        "silent: 77 turns: not ready",
    ]


def test_a_model_that_cannot_lend_its_mouth_says_everything_itself() -> None:
    rendered: list[str] = []

    def say(text: str) -> np.ndarray:
        rendered.append(text)
        return np.ones(10, np.float32)

    voice = RenderedVoice(say)
    model = Model(lambda turn: TurnOutput(turn.index))
    assert Interaction(CELL, model, text_voice=voice).hand_over("71 degrees", spoken=True)
    assert rendered == []


class Talker(Model):
    """It can be kept from speaking for itself."""

    trusted_speech = False
    kept = False

    def keep_to_texts(self) -> None:
        self.kept = True

    def inject(self, text: str, *, how: str, urgent: bool = False) -> None:
        """Nothing comes of it here."""

    def yield_floor(self) -> None:
        """It does not speak."""


@pytest.mark.parametrize(
    ("experimental", "kept"), [((), True), (("siren",), True), (("speech",), False)]
)
def test_words_that_were_not_shown_to_be_right_are_not_begun_unless_the_cell_wants_them(
    experimental: tuple[str, ...], kept: bool
) -> None:
    model = Talker(lambda turn: TurnOutput(turn.index))
    wanted = {"experimental": tuple(map(Experiment, experimental))}
    Interaction(CELL.model_copy(update=wanted), model)
    assert model.kept is kept


class Reader(Model):
    """Says what it was handed, one text after the other, a word a turn."""

    def __init__(self) -> None:
        super().__init__(self._say)
        self.texts: list[list[str]] = []

    def _say(self, turn: MicroTurn) -> TurnOutput:
        if not self.texts:
            return TurnOutput(turn.index)
        word = self.texts[0].pop(0)
        self.texts = [text for text in self.texts if text]
        speech = np.full(TURN_SAMPLES, 0.5, np.float32)
        return TurnOutput(turn.index, speech, f" {word}", floor=Floor.SPEAK)

    def inject(self, text: str, *, how: InjectMode, urgent: bool = False) -> None:
        self.texts.append(text.split())

    def yield_floor(self) -> None:
        self.texts = self.texts[1:]


def test_a_silenced_model_says_nothing_and_then_anew_what_was_cut_short() -> None:
    interaction = Interaction(CELL, Reader())
    said = []
    assert interaction.hand_over("Press 1 is hot.", spoken=True)
    for index in range(20):
        if index == 2:
            interaction.silence(True)
            assert interaction.hand_over("The belt slips.", spoken=True, urgent=True)
        if index == 5:
            interaction.silence(False)
        output = interaction.answer(MicroTurn(index, T0 + index * TURN_NS, {}, {}))
        said.append(output.text.strip())
        assert (output.speech is None) == (not output.text)
        assert (output.floor is Floor.SPEAK) == bool(output.text)
    told = "Press 1 - - - Press 1 is hot. The belt slips."
    assert said[:12] == [word.replace("-", "") for word in told.split()]
    assert not any(said[12:])


def test_hazards_are_judged_while_the_model_is_silenced() -> None:
    hazard = Hazard(HazardKind.PERSON_DOWN, "eye", 0.7, HazardSource.MODEL, T0)
    speech = np.full(TURN_SAMPLES, 0.25, np.float32)
    interaction = Interaction(
        CELL, Model(lambda turn: TurnOutput(turn.index, speech, "x", (hazard,)))
    )
    interaction.silence(True)
    for _, output in run(interaction):
        assert output.hazards[0] == hazard
        assert (output.speech, output.text) == (None, "")
