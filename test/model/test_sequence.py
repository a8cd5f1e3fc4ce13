"""The network over rings, turn by turn, says what it says of the whole sequence at once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from tiny_model import EXPERTS, random_clip, tiny_preset

from tml_ros.model.interaction_net import InteractionNet, Judgement, fresh_net
from tml_ros.model.preset import Preset
from tml_ros.model.ring_state import RingState
from tml_ros.model.sequence import whole
from tml_ros.model.ticker import Stepping, Ticker
from tml_ros.model.turn_tokens import TurnTokens

PRESETS = {
    "dense": tiny_preset(),
    "experts": tiny_preset(transformer={"experts": EXPERTS}),
    "one head of keys": tiny_preset(transformer={"kv_heads": 1}),
}
PARTS = ("hazards", "floor", "act")


@pytest.fixture(params=PRESETS, scope="module")
def net(request: pytest.FixtureRequest) -> InteractionNet:
    return fresh_net(PRESETS[request.param], seed=1)


@torch.inference_mode()
def streamed(net: InteractionNet, clip: list[TurnTokens]) -> Judgement:
    ticker = Ticker(net, 1)
    ticker.clear(0)
    ring = RingState(ticker.plan)
    said = [ticker.step([Stepping(0, ring, turn)]) for turn in clip]
    return Judgement(*(torch.cat([getattr(one, name) for one in said]) for name in PARTS), None)


@torch.inference_mode()
def at_once(net: InteractionNet, clips: list[list[TurnTokens]]) -> Judgement:
    return whole(net, clips)


def assert_same(one: Judgement, other: Judgement) -> None:
    for name in PARTS:
        torch.testing.assert_close(getattr(one, name), getattr(other, name), rtol=0, atol=1e-5)


def test_streamed_is_whole(net: InteractionNet) -> None:
    clip = random_clip(net.preset, 60)
    assert_same(streamed(net, clip), at_once(net, [clip]))


def test_clips_side_by_side_are_clips_alone(net: InteractionNet) -> None:
    clips = [random_clip(net.preset, turns, seed=turns) for turns in (12, 30, 1)]
    alone = [at_once(net, [clip]) for clip in clips]
    together = at_once(net, clips)
    for name in PARTS:
        joined = torch.cat([getattr(one, name) for one in alone])
        torch.testing.assert_close(getattr(together, name), joined, rtol=0, atol=1e-5)


def test_sessions_that_join_and_leave_a_batch_answer_as_if_alone(net: InteractionNet) -> None:
    clips = [random_clip(net.preset, 25, seed=seed) for seed in range(4)]
    starts, rows = (0, 3, 7, 11), (2, 0, 5, 3)
    ticker, said = Ticker(net, 6), [[] for _ in clips]
    rings = [RingState(ticker.plan) for _ in clips]
    with torch.inference_mode():
        for row in rows:
            ticker.clear(row)
        for now in range(40):
            here = [at for at in range(4) if 0 <= now - starts[at] < 25]
            here.sort(key=lambda at: rows[at])
            steps = [Stepping(rows[at], rings[at], clips[at][now - starts[at]]) for at in here]
            if steps:
                judged = ticker.step(steps)
                for place, at in enumerate(here):
                    said[at].append(judged.act[place])
    for clip, acts in zip(clips, said, strict=True):
        torch.testing.assert_close(torch.stack(acts), streamed(net, clip).act, rtol=0, atol=1e-5)


def test_hazards_do_not_change_with_what_was_said_or_told(net: InteractionNet) -> None:
    clip = random_clip(net.preset, 30)
    other = [
        replace(
            turn,
            dialogue=replace(
                turn.dialogue,
                text=(turn.dialogue.text + 7) % net.preset.text.vocabulary,
                state=1 - turn.dialogue.state,
            ),
        )
        for turn in clip
    ]
    # Experts multiply what chose them together, and how many those are may move the last bit.
    bit = 0 if net.preset.transformer.experts is None else 1e-6
    for run in (streamed, lambda net, clip: at_once(net, [clip])):
        one, two = run(net, clip), run(net, other)
        torch.testing.assert_close(one.hazards, two.hazards, rtol=0, atol=bit)
        assert (one.floor - two.floor).abs().max() > 1e-2


def test_the_dialogue_half_sees_the_sensors(net: InteractionNet) -> None:
    clip = random_clip(net.preset, 10)
    sensed = random_clip(net.preset, 10, seed=3)
    other = [replace(a, sensors=b.sensors) for a, b in zip(clip, sensed, strict=True)]
    one, two = at_once(net, [clip]), at_once(net, [other])
    assert (one.floor - two.floor).abs().max() > 1e-2


def test_the_future_is_not_seen(net: InteractionNet) -> None:
    clip = random_clip(net.preset, 20)
    other = [*clip[:12], *random_clip(net.preset, 20, seed=5)[12:]]
    one, two = at_once(net, [clip]), at_once(net, [other])
    torch.testing.assert_close(one.act[:12], two.act[:12], rtol=0, atol=1e-5)
    assert (one.act[12:] - two.act[12:]).abs().max() > 1e-2


def test_what_is_older_than_the_windows_of_all_layers_is_forgotten() -> None:
    preset = tiny_preset(memory={"seconds": 1.0, "sensor_seconds": 0.8})
    net = fresh_net(preset, seed=1)
    reach = preset.transformer.layers * preset.memory.turns
    long = [replace(turn, dialogue=replace(turn.dialogue, released=()))
            for turn in _without_instructions(preset, reach + 40)]  # fmt: skip
    young = [replace(turn, turn=at) for at, turn in enumerate(long[20:])]
    one, two = streamed(net, long), streamed(net, young)
    torch.testing.assert_close(one.act[-10:], two.act[-10:], rtol=0, atol=2e-5)


def test_a_session_of_any_age_answers_the_same_recent_input_the_same() -> None:
    preset = tiny_preset(memory={"seconds": 1.0, "sensor_seconds": 0.8})
    net = fresh_net(preset, seed=1)
    recent = _without_instructions(preset, 40)
    young, old = (
        streamed(net, [replace(turn, turn=turn.turn + age) for turn in recent])
        for age in (1_000, 200_000)
    )
    torch.testing.assert_close(young.act[-10:], old.act[-10:], rtol=0, atol=2e-5)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_every_precision_gives_finite_answers(dtype: torch.dtype) -> None:
    net = fresh_net(PRESETS["experts"], seed=2).to(dtype)
    judged = streamed(net, random_clip(net.preset, 8))
    for name in PARTS:
        assert getattr(judged, name).dtype == dtype
        assert getattr(judged, name).isfinite().all()


def test_the_same_seed_gives_the_same_weights_and_leaves_other_randomness_alone() -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    one, two = (fresh_net(PRESETS["dense"], seed=7).state_dict() for _ in range(2))
    torch.testing.assert_close(torch.rand(3), expected, rtol=0, atol=0)
    for name, weight in one.items():
        torch.testing.assert_close(weight, two[name], rtol=0, atol=0)


def _without_instructions(preset: Preset, turns: int) -> list[TurnTokens]:
    return [
        replace(
            turn,
            dialogue=replace(
                turn.dialogue, instruction=np.full(len(turn.dialogue.text), -1), released=()
            ),
        )
        for turn in random_clip(preset, turns)
    ]
