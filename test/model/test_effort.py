"""Doing less: what a session leaves out, and what it never does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_model import random_turn, tiny_preset

from tml_ros.model.effort import FULL, Effort, SparingSession
from tml_ros.model.interaction_net import fresh_net
from tml_ros.model.layout import SessionLayout
from tml_ros.model.native_model import NativeModel
from tml_ros.model.native_session import NativeSession
from tml_ros.model.patch_choice import PatchChoice
from tml_ros.model.ticker import Stepping
from tml_ros.model.tokenizer import load_tokenizer
from tml_ros.turn.micro_turn import MicroTurn

LEAST = Effort(backchannels=False, voice=0.0, patches=0.0)
SQUARE = ((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9))
LAYOUT = SessionLayout({"hall": {"press": SQUARE}}, ("mic",))
SHARES = st.sampled_from([0.0, 0.25, 0.5, 1.0])


@pytest.fixture(scope="module")
def tiny() -> NativeModel:
    net = fresh_net(tiny_preset(voice={"steps": 4}), seed=4)
    return NativeModel(net, load_tokenizer(), name="tiny", rows=2)


def turns(count: int) -> list[MicroTurn]:
    rng = np.random.default_rng(0)
    return [random_turn(index, rng) for index in range(count)]


class Watched(NativeSession):
    """A session that counts the patches it looks at."""

    def take_in(self, turn: MicroTurn) -> Stepping:
        stepping = super().take_in(turn)
        self.patches = [*getattr(self, "patches", []), len(stepping.tokens.sensors.rgb)]
        return stepping


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
@pytest.mark.parametrize("name", ["voice", "patches"])
def test_a_share_is_a_share(name: str, share: float) -> None:
    with pytest.raises(ValueError, match=f"{name} must be a share"):
        Effort(**{name: share})


@pytest.mark.parametrize(
    ("share", "most", "steps"), [(1, 4, 4), (0.5, 4, 2), (0, 4, 1), (1, 1, 1), (0, 1, 1)]
)
def test_the_voice_takes_at_least_one_step(share: float, most: int, steps: int) -> None:
    assert Effort(voice=share).voice_steps(most) == steps


@pytest.mark.parametrize(
    ("share", "least", "most", "budget"),
    [(1, 3, 24, 24), (0.5, 4, 24, 14), (0, 3, 24, 3), (0, 0, 24, 0), (1, 30, 24, 24)],
)
def test_patches_never_go_below_the_refresh(
    share: float, least: int, most: int, budget: int
) -> None:
    assert Effort(patches=share).patch_budget(least=least, most=most) == budget


@settings(max_examples=100, deadline=None)
@given(
    cameras=st.integers(1, 3),
    patches=st.integers(1, 12),
    refresh=st.integers(1, 8),
    story=st.lists(st.tuples(SHARES, st.integers(0, 99)), min_size=1, max_size=40),
)
def test_whatever_is_spared_no_patch_waits_longer_than_allowed(
    cameras: int, patches: int, refresh: int, story: list[tuple[float, int]]
) -> None:
    least = -(-cameras * patches // refresh)
    chooser = PatchChoice(
        cameras=cameras,
        patches=patches,
        budget=least + 5,
        refresh_turns=refresh,
        changed_levels=6.0,
        sparse=True,
    )
    waited = np.zeros((cameras, patches), int)
    steady = 0
    for number, (share, seed) in enumerate(story):
        steady = steady + 1 if number and share == story[number - 1][0] else 0
        rng = np.random.default_rng(seed)
        changes = {
            slot: rng.choice([0, 9, 99], patches).astype(np.float32) for slot in range(cameras)
        }
        sent = chooser.choose(changes, turn=number, effort=Effort(patches=share))
        count = sum(map(len, sent.values()))
        assert count <= least + 5
        if steady > refresh:
            assert count <= least + int(share * 5)
        for slot, chosen in sent.items():
            waited[slot] += 1
            waited[slot, chosen] = 0
        assert (waited < refresh).all()


def test_a_session_looks_at_fewer_patches_and_at_all_again_afterwards(tiny: NativeModel) -> None:
    assert isinstance(tiny.open_session(LAYOUT), SparingSession)
    whole = tiny.open_session(LAYOUT)
    session = Watched(tiny, whole.ticker, whole.row, layout=LAYOUT, seed=0)
    given_turns = turns(30)
    for turn in given_turns[:10]:
        session.step(turn)
    session.spare(LEAST)
    for turn in given_turns[10:20]:
        session.step(turn)
    session.spare(FULL)
    for turn in given_turns[20:]:
        session.step(turn)
    # Six patches, all changed; each is to be looked at every 4 turns.
    assert session.patches[:10] == session.patches[20:] == [6] * 10
    assert set(session.patches[14:20]) <= {1, 2}


def test_hazards_and_words_are_the_same_and_only_the_voice_is_plainer(tiny: NativeModel) -> None:
    outputs = []
    for effort in (FULL, Effort(backchannels=False, voice=0.0)):
        session = tiny.open_session(LAYOUT)
        session.spare(effort)
        session.inject("Stand back from the press", how="spoken", urgent=True)
        outputs.append([session.step(turn) for turn in turns(8)])
        session.close()
    for rich, plain in zip(*outputs, strict=True):
        assert rich.hazards == plain.hazards
        assert (rich.text, rich.floor) == (plain.text, plain.floor)
    assert outputs[0][0].speech is not None


def test_each_session_of_a_batch_is_as_spared_as_it_was_told(
    tiny: NativeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[int, int]] = []
    sample = tiny.net.voice.sample

    def counted(condition, noise, steps):
        asked.append((len(noise), steps))
        return sample(condition, noise, steps)

    monkeypatch.setattr(tiny.net.voice, "sample", counted)
    both = [tiny.open_session(LAYOUT, seed=seed) for seed in (1, 2)]
    both[0].spare(Effort(voice=0.0))
    for session in both:
        session.inject("Stand back", how="spoken", urgent=True)
    turn = turns(1)[0]
    tiny.step_batch([(session, turn) for session in both])
    assert sorted(asked) == [(1, 1), (1, 4)]
    both[0].reset()
    both[0].inject("Stand back", how="spoken", urgent=True)
    asked.clear()
    tiny.step_batch([(both[0], turn)])
    assert asked == [(1, 1)], "a reset does not make a machine faster"
    for session in both:
        session.close()
