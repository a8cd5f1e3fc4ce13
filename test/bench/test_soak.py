"""A soak lives through its hours as a replay does, and tells what came of them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from tml_ros.bench.soak import SoakLoop, loop_inputs, measure_soak
from tml_ros.cell.cell_description import CellDescription
from tml_ros.turn.micro_turn import TURN_NS, AudioBlock, Frame

CELL = CellDescription.model_validate(
    {"cell": "press", "cameras": {"hall": {}}, "microphones": {"ear": {}}}
)


@pytest.fixture(scope="module")
def loop():
    noise = np.random.default_rng(1)
    pictures = tuple(noise.integers(60, 190, (48, 64, 3), np.uint8) for _ in range(7))
    sound = noise.normal(0, 0.01, 20_000).astype(np.float32)
    return SoakLoop("hall", pictures, 2.0, "ear", sound)


def test_pictures_and_sound_come_in_order_and_without_a_gap(loop):
    frames, blocks, now_ns = [], [], 0
    for given in loop_inputs(loop, hours=0.01):
        assert given.now_ns >= now_ns
        now_ns = given.now_ns
        (frames if isinstance(given.content, Frame) else blocks).append(given.content)
    assert len(frames) == 72
    assert len(blocks) == 180
    assert all(isinstance(block, AudioBlock) for block in blocks)
    for block, following in pairwise(blocks):
        assert following.start_ns - block.start_ns == TURN_NS
    assert {len(block.samples) for block in blocks} == {3_200}


def test_its_figures_tell_of_a_quiet_cell_that_nothing_was_raised(loop):
    reached = []
    figures = measure_soak(CELL, loop, hours=0.02, progress=lambda _, share: reached.append(share))
    assert figures.turns == pytest.approx(360, abs=2)
    assert figures.steps >= 500
    assert figures.raised == {}
    assert figures.memory is not None
    assert figures.p99_us is not None
    assert figures.p99_us.most >= figures.p50_us.first
    assert reached == sorted(reached)
    assert reached[-1] == pytest.approx(1.0, abs=0.05)
