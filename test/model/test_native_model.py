"""Sessions of the model: what goes in comes out, whoever else is there and however old they are."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_model import EXPERTS, random_turn, tiny_preset

from tml_ros.model.conversation import Said
from tml_ros.model.flow_noise import turn_noise
from tml_ros.model.hazard_places import HEARD, SEEN, hazard_index
from tml_ros.model.interaction_net import fresh_net
from tml_ros.model.interface import ModelUnavailableError, open_model
from tml_ros.model.layout import SessionLayout, SessionLayoutError
from tml_ros.model.native_model import NativeModel
from tml_ros.model.native_session import NativeSession, SessionClosedError
from tml_ros.model.sequence import whole
from tml_ros.model.session_file import SessionFileError
from tml_ros.model.ticker import Stepping
from tml_ros.model.tokenizer import ARGUMENT, DELEGATE, END, HOLD, load_tokenizer
from tml_ros.model.vocoder import vocode
from tml_ros.turn.micro_turn import TURN_NS, TURN_SAMPLES, Gap, GapKind, MicroTurn
from tml_ros.turn.turn_output import Floor, TurnOutput

SQUARE = ((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9))
LAYOUT = SessionLayout({"hall": {"press": SQUARE, "gate": SQUARE}, "yard": {}}, ("mic",))
TALK = "Stand back from the press"
MODELS = Path(__file__).resolve().parents[2] / "config" / "models"


def model(rows: int = 1, *, fixed: bool = False, **parts: dict[str, object]) -> NativeModel:
    net = fresh_net(tiny_preset(**parts), seed=4)
    return NativeModel(net, load_tokenizer(), name="tiny", rows=rows, fixed=fixed)


@pytest.fixture(scope="module")
def tiny() -> NativeModel:
    return model(rows=3)


def turns(count: int, seed: int = 0) -> list[MicroTurn]:
    rng = np.random.default_rng(seed)
    return [random_turn(index, rng) for index in range(count)]


def run(session: NativeSession, given: list[MicroTurn]) -> list[TurnOutput]:
    """Steps, with something to say on the way."""
    out = []
    for turn in given:
        if turn.index % 25 == 3:
            session.inject(f"{TALK} {turn.index}", how="spoken", urgent=turn.index > 30)
        if turn.index == 5:
            session.inject("The press is being serviced", how="silent")
        if turn.index == 7:
            session.inject("Answer in short sentences", how="instruction")
        out.append(session.step(turn))
    return out


def assert_same(one: TurnOutput, other: TurnOutput, *, within: float = 0.0) -> None:
    assert (one.index, one.text, one.floor) == (other.index, other.text, other.floor)
    assert one.delegations == other.delegations
    for first, second in zip(one.hazards, other.hazards, strict=True):
        assert (first.kind, first.zone, first.stamp_ns) == (
            second.kind,
            second.zone,
            second.stamp_ns,
        )
        assert first.score == pytest.approx(second.score, abs=within or 1e-12)
    assert (one.speech is None) == (other.speech is None)
    if one.speech is not None:
        # The vocoder finds its phases step by step and so multiplies the last bits of a mel.
        np.testing.assert_allclose(one.speech, other.speech, atol=20 * within)


def test_every_kind_is_judged_in_every_zone_and_at_every_microphone(tiny: NativeModel) -> None:
    session = tiny.open_session(LAYOUT)
    output = session.step(turns(1)[0])
    judged = {(hazard.kind, hazard.zone) for hazard in output.hazards}
    assert judged == {
        *((kind, zone) for kind in SEEN for zone in ("press", "gate")),
        *((kind, "mic") for kind in HEARD),
    }
    assert all(hazard.stamp_ns == TURN_NS for hazard in output.hazards)
    assert all(0 < hazard.score < 0.5 for hazard in output.hazards), "untrained, hazards are rare"
    session.close()


def test_reset_is_a_fresh_session(tiny: NativeModel) -> None:
    given = turns(40)
    session = tiny.open_session(LAYOUT, seed=5)
    first = run(session, given)
    session.reset()
    for one, two in zip(first, run(session, given), strict=True):
        assert_same(one, two)
    session.close()


@pytest.mark.parametrize("fixed", [False, True])
def test_a_batch_with_sessions_joining_and_leaving_is_sessions_alone(fixed: bool) -> None:
    shared, alone = model(rows=3, fixed=fixed), model()
    clips = [turns(30, seed=seed) for seed in range(4)]
    starts = (0, 4, 9, 18)
    expected = []
    for seed, clip in enumerate(clips):
        session = alone.open_session(LAYOUT, seed=seed)
        session.inject(TALK, how="spoken", urgent=True)
        expected.append([session.step(turn) for turn in clip])
        session.close()
    open_now: dict[int, NativeSession] = {}
    for now in range(50):
        for at, start in enumerate(starts):
            if now == start:
                open_now[at] = shared.open_session(LAYOUT, seed=at)
                open_now[at].inject(TALK, how="spoken", urgent=True)
            if now == start + 30:
                open_now.pop(at).close()
        here = sorted(open_now, reverse=bool(now % 2))
        said = shared.step_batch([(open_now[at], clips[at][now - starts[at]]) for at in here])
        for at, output in zip(here, said, strict=True):
            assert_same(output, expected[at][now - starts[at]], within=1e-5)


@pytest.mark.parametrize("experts", [None, EXPERTS])
def test_restored_is_uninterrupted(tmp_path: Path, experts: dict[str, int] | None) -> None:
    tiny = model(transformer={"experts": experts})
    given = turns(60)
    session = tiny.open_session(LAYOUT, seed=9)
    run(session, given[:31])
    session.save(tmp_path / "cell.session")
    expected = run(session, given[31:])
    session.close()
    other = tiny.open_session(LAYOUT, seed=1)
    run(other, turns(10, seed=8))
    other.restore(tmp_path / "cell.session")
    for one, two in zip(expected, run(other, given[31:]), strict=True):
        assert_same(one, two)


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _flipped(data: bytes) -> bytes:
    return data[:-9] + bytes([data[-9] ^ 0x20]) + data[-8:]


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (_cut, "cannot be read"),
        (_flipped, "damaged"),
        (lambda data: b"", "cannot be read"),
        (lambda data: b"\xff\xd8\xff\xe0 a photograph", "cannot be read"),
        (
            lambda data: data.replace(b'"tokenizer":"', b'"tokenizer":"0'),
            "cannot be read|tokenizer",
        ),
    ],
)
def test_a_damaged_or_foreign_session_file_is_refused_and_changes_nothing(
    tmp_path: Path, damage: Callable[[bytes], bytes], said: str
) -> None:
    tiny = model()
    given = turns(30)
    session, path = tiny.open_session(LAYOUT), tmp_path / "cell.session"
    run(session, given[:12])
    session.save(path)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(SessionFileError, match=said):
        session.restore(path)
    undisturbed = model().open_session(LAYOUT)
    run(undisturbed, given[:12])
    for one, two in zip(run(session, given[12:]), run(undisturbed, given[12:]), strict=True):
        assert_same(one, two)


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (lambda: model().open_session(None), "layout"),
        (lambda: model(text={"characters_per_second": 9.0}).open_session(LAYOUT), "preset"),
        (
            lambda: NativeModel(
                fresh_net(tiny_preset(), seed=5), load_tokenizer(), name="x"
            ).open_session(LAYOUT),
            "weights",
        ),
    ],
)
def test_a_session_goes_on_only_where_everything_is_the_same(
    tmp_path: Path, other: Callable[[], NativeSession], said: str
) -> None:
    session = model().open_session(LAYOUT)
    session.step(turns(1)[0])
    session.save(tmp_path / "cell.session")
    with pytest.raises(SessionFileError, match=f"with {said}"):
        other().restore(tmp_path / "cell.session")


def test_a_save_that_fails_leaves_the_earlier_file(tmp_path: Path) -> None:
    session = model().open_session(LAYOUT)
    with pytest.raises(OSError, match="No such file"):
        session.save(tmp_path / "nowhere" / "cell.session")
    path = tmp_path / "cell.session"
    session.save(path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["cell.session"]


def test_urgent_text_is_said_at_once_and_to_the_end(tiny: NativeModel) -> None:
    session = tiny.open_session(LAYOUT)
    given = turns(40)
    session.step(given[0])
    session.inject(TALK, how="spoken", urgent=True)
    said = [session.step(turn) for turn in given[1:]]
    assert said[0].floor is Floor.SPEAK
    assert said[0].speech is not None
    assert "".join(output.text for output in said).strip() == TALK
    speaking = [output.speech is not None for output in said]
    assert speaking == sorted(speaking, reverse=True), "speech is one piece"
    assert not all(speaking)
    session.close()


def test_text_waits_for_the_floor_but_not_for_ever() -> None:
    tiny = model(voice={"reply_patience": 2.0})
    session = tiny.open_session(LAYOUT)
    session.inject(TALK, how="spoken")
    said = [session.step(turn) for turn in turns(40)]
    begins = next(at for at, output in enumerate(said) if output.speech is not None)
    assert begins == 10, "untrained weights never take the floor by themselves"
    assert "".join(output.text for output in said).strip() == TALK


def test_told_to_yield_the_very_next_turn_is_silent(tiny: NativeModel) -> None:
    session = tiny.open_session(LAYOUT)
    session.inject(TALK, how="spoken", urgent=True)
    given = turns(20)
    assert all(session.step(turn).speech is not None for turn in given[:4])
    session.yield_floor()
    for turn in given[4:]:
        output = session.step(turn)
        assert output.speech is None
        assert output.floor is not Floor.SPEAK
    session.close()


def test_silent_text_and_instructions_are_taken_in_and_never_said(tiny: NativeModel) -> None:
    session = tiny.open_session(LAYOUT)
    told = tiny.open_session(LAYOUT)
    told.inject("The press is being serviced", how="silent")
    told.inject("Answer in short sentences", how="instruction")
    differs = False
    for turn in turns(30):
        one, two = session.step(turn), told.step(turn)
        assert two.text == ""
        assert two.speech is None
        assert [hazard.score for hazard in one.hazards] == pytest.approx(
            [hazard.score for hazard in two.hazards], abs=1e-6
        )
        differs |= bool(
            (session.ring.visible(session.number) != told.ring.visible(told.number)).any()
        )
    assert differs
    session.close()
    told.close()


def broken(turn: MicroTurn, rng: np.random.Generator) -> MicroTurn:
    """The turn with one of many things wrong."""
    nothing = np.zeros(0, np.float32)
    frame = turn.frames["hall"]
    choice = int(rng.integers(0, 10))
    sounds = {
        0: np.full(TURN_SAMPLES, np.nan, np.float32),
        1: nothing,
        2: nothing[None],
        3: np.full(TURN_SAMPLES, np.inf, np.float32),
        4: np.full(TURN_SAMPLES, 1e30),
    }
    pictures = {
        5: np.zeros((0, 0, 3), np.uint8),
        6: np.zeros((4, 4), np.uint8),
        7: np.full((9, 9, 3), np.nan),
    }
    if choice in sounds:
        return replace(turn, audio={"mic": sounds[choice]})
    if choice in pictures:
        odd = replace(frame, frame=replace(frame.frame, rgb=pictures[choice]))
        return replace(turn, frames={"hall": odd})
    if choice == 8:
        gaps = (Gap(GapKind.AUDIO_MISSING, "mic", TURN_NS), Gap(GapKind.FRAME_MISSING, "hall"))
        return replace(turn, audio={}, frames={}, gaps=gaps)
    return replace(turn, audio={"stranger": turn.audio["mic"]}, frames={"stranger": frame})


def test_whatever_comes_in_the_answer_is_finite_and_the_session_recovers(tiny: NativeModel) -> None:
    rng = np.random.default_rng(2)
    session = tiny.open_session(LAYOUT)
    session.inject(TALK * 4, how="spoken", urgent=True)
    for turn in turns(60):
        output = session.step(broken(turn, rng))
        assert all(0 <= hazard.score <= 1 for hazard in output.hazards)
        if output.speech is not None:
            assert np.isfinite(output.speech).all()
            assert output.speech.shape == (TURN_SAMPLES,)
    assert session.counters["pictures_of_unknown_camera"] > 0
    assert session.counters["sound_not_finite"] > 0
    recovered = [session.step(replace(turn, index=60 + turn.index)) for turn in turns(60, seed=3)]
    fresh = tiny.open_session(LAYOUT)
    undisturbed = [fresh.step(turn) for turn in turns(60, seed=3)]
    drift = [
        abs(one.score - two.score)
        for one, two in zip(recovered[-1].hazards, undisturbed[-1].hazards, strict=True)
    ]
    assert max(drift) < 0.01
    session.close()
    fresh.close()


def test_absent_parts_cost_no_tokens(tiny: NativeModel) -> None:
    session = tiny.open_session(LAYOUT)
    empty = MicroTurn(0, 0)
    assert len(session.take_in(empty).tokens) == 2, "boundary and act"
    session.close()


def test_memory_and_answers_do_not_depend_on_age() -> None:
    tiny = model(memory={"seconds": 1.0, "sensor_seconds": 0.8})
    session = tiny.open_session(LAYOUT)
    given = turns(50)
    size = None
    for _ in range(4):
        for turn in given:
            session.step(turn)
        parts = (session.ring, session.senses, session.conversation)
        bytes_now = sum(array.nbytes for part in parts for array in part.arrays().values())
        assert size in (None, bytes_now)
        size = bytes_now


def test_no_more_sessions_share_a_pass_than_there_are_rows_and_closed_rows_are_used_again() -> None:
    tiny = model(rows=2)
    sessions = [tiny.open_session() for _ in range(3)]
    assert sessions[0].ticker is sessions[1].ticker is not sessions[2].ticker
    sessions[0].close()
    again = tiny.open_session()
    assert (again.ticker, again.row) == (sessions[0].ticker, 0)
    with pytest.raises(SessionClosedError):
        sessions[0].step(turns(1)[0])


def test_mistakes_in_a_batch_are_refused_before_anybody_has_stepped(tiny: NativeModel) -> None:
    session, turn = tiny.open_session(), turns(1)[0]
    stranger = model().open_session()
    for pairs in ([(session, turn), (session, turn)], [(session, turn), (stranger, turn)]):
        with pytest.raises(ValueError, match=r"twice|another model"):
            tiny.step_batch(pairs)
    assert session.number == -1
    assert tiny.step_batch([]) == []
    session.close()


@pytest.mark.parametrize(
    ("layout", "said"),
    [
        (SessionLayout({}, ("a", "b")), "1 microphone.*2"),
        (SessionLayout({name: {} for name in "abc"}), "3 cameras|cameras.*3"),
        (SessionLayout({"a": dict.fromkeys("xyz", SQUARE)}), "3 zones|zones.*3"),
    ],
)
def test_a_cell_that_has_no_room_in_the_model_is_refused(
    tiny: NativeModel, layout: SessionLayout, said: str
) -> None:
    with pytest.raises(SessionLayoutError, match=said):
        tiny.open_session(layout)


def test_a_preset_without_weights_opens_untrained_and_trusted_with_nothing(tmp_path: Path) -> None:
    path = shutil.copy(MODELS / "nano.yaml", tmp_path)
    opened = open_model(str(path))
    assert opened is not None
    assert (opened.name, opened.trained, opened.trusted_kinds) == (str(path), False, frozenset())
    weights = sum(weight.numel() for weight in opened.net.parameters())
    assert weights <= 15_000_000
    with pytest.raises(ModelUnavailableError, match="nano"):
        open_model("nanoo")


class Scripted(torch.nn.Module):
    """A text head that has learnt one thing by heart."""

    def __init__(self, slots: int, tokens: list[int]) -> None:
        super().__init__()
        self._slots, self._left = slots, tokens

    def generate(
        self, act: torch.Tensor, allowed: Callable[[list[list[int]]], torch.Tensor]
    ) -> torch.Tensor:
        written: list[int] = []
        while len(written) < self._slots:
            token = self._left[0] if self._left else HOLD
            if not allowed([written])[0, token]:
                token = HOLD
            written.append(self._left.pop(0) if token == (self._left or [None])[0] else token)
        return torch.tensor([written])


def test_the_model_delegates_while_listening_and_is_handed_the_finding() -> None:
    tiny = model()
    words = tiny.tokenizer.encode
    script = [DELEGATE, *words("machine_status"), ARGUMENT, *words("Why did press 2 stop?"), END]
    tiny.net.text = Scripted(tiny.preset.text.out_per_turn, script)
    session = tiny.open_session(LAYOUT, seed=3)
    said = [session.step(turn) for turn in turns(12)]
    asked = [request for output in said for request in output.delegations]
    assert [(one.kind, one.question) for one in asked] == [
        ("machine_status", "Why did press 2 stop?")
    ]
    assert asked[0].id
    assert all(output.speech is None and output.text == "" for output in said)
    session.inject("Press 2 stopped because its guard is open", how="spoken", urgent=True)
    told = [session.step(turn) for turn in turns(40, seed=1)]
    assert "guard is open" in "".join(output.text for output in told)


class Recorded(NativeSession):
    """A session that keeps what went into each pass and what was said after it."""

    def take_in(self, turn: MicroTurn) -> Stepping:
        self.taken = [*getattr(self, "taken", []), super().take_in(turn)]
        return self.taken[-1]

    def say(self, written: Sequence[int]) -> Said:
        self.said = [*getattr(self, "said", []), super().say(written)]
        return self.said[-1]


@pytest.mark.parametrize("experts", [None, EXPERTS])
@torch.inference_mode()
def test_every_output_of_a_session_is_that_of_the_whole_sequence_at_once(
    experts: dict[str, int] | None,
) -> None:
    tiny = model(transformer={"experts": experts})
    plain = tiny.open_session(LAYOUT, seed=6)
    session = Recorded(tiny, plain.ticker, plain.row, layout=LAYOUT, seed=6)
    outputs = run(session, turns(60))
    net, preset = tiny.net, tiny.preset
    judged = whole(net, [[step.tokens for step in session.taken]])
    scores = judged.hazards.sigmoid().numpy()
    for at, output in enumerate(outputs):
        for hazard in output.hazards:
            names = LAYOUT.microphones if hazard.kind in HEARD else LAYOUT.zones
            place = hazard_index(preset, hazard.kind, names.index(hazard.zone))
            assert hazard.score == pytest.approx(scores[at, place], abs=1e-5)
    speaking = [at for at, said in enumerate(session.said) if said.voice is not None]
    assert speaking == [at for at, output in enumerate(outputs) if output.speech is not None]
    assert len(speaking) > 10
    contexts = [session.said[at].voice for at in speaking]
    text, seconds, valid = (
        torch.from_numpy(np.stack([getattr(one, name) for one in contexts]))
        for name in ("text", "seconds", "valid")
    )
    condition = net.voice_text(text, seconds, valid, judged.act[speaking])
    noise = torch.from_numpy(np.stack([turn_noise(6, at) for at in speaking]))
    mels = net.voice.sample(condition, noise, preset.voice.steps).numpy()
    first = 0
    for last, at in enumerate(speaking):
        if last + 1 == len(speaking) or speaking[last + 1] != at + 1:
            sound = vocode(mels[first : last + 1].reshape(-1, 80))
            spoken = [outputs[one].speech for one in speaking[first : last + 1]]
            np.testing.assert_allclose(np.concatenate(spoken), sound, atol=2e-4)
            first = last + 1
