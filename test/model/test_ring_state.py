"""Where tokens go in a ring, and what of it can be seen."""

from __future__ import annotations

from collections import deque

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_model import tiny_preset

from tml_ros.model.ring_plan import RingPlan
from tml_ros.model.ring_state import RingState

PRESET = tiny_preset()
PLAN = RingPlan.of(PRESET)


def test_regions_follow_each_other_without_holes_and_the_spare_slot_is_last() -> None:
    ends = 0
    for region in PLAN.regions:
        assert region.first == ends
        ends += region.size
    assert ends == PLAN.spare == PLAN.slots - 1


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 4)), min_size=1, max_size=70))
def test_what_is_seen_is_the_newest_of_each_sort_within_its_time(
    turns: list[tuple[int, int]],
) -> None:
    ring = RingState(PLAN)
    sensed: deque[tuple[int, int]] = deque()
    told: deque[tuple[int, int]] = deque(maxlen=PRESET.memory.text_tokens)
    for turn, (patches, words) in enumerate(turns):
        sensed.extend((turn, int(slot)) for slot in ring.take_sensors(patches, turn))
        told.extend((turn, int(slot)) for slot in ring.take_text(words, turn))
        ring.take_act(turn)
        ring.take_boundary(turn)
        while sensed and sensed[0][0] <= turn - PRESET.memory.sensor_turns:
            sensed.popleft()
        seen = ring.visible(turn)

        def within(region: object, seen: np.ndarray = seen) -> set[int]:
            slots = np.flatnonzero(seen)
            return {int(s) for s in slots if region.first <= s < region.first + region.size}

        assert within(PLAN.sensors) == {slot for _, slot in sensed}
        fresh = {slot for then, slot in told if then > turn - PRESET.memory.turns}
        assert within(PLAN.text) == fresh
        assert len(within(PLAN.act)) == min(turn + 1, PRESET.memory.turns)
        assert not seen[PLAN.spare]


def test_an_instruction_stands_until_it_is_released() -> None:
    ring = RingState(PLAN)
    first = ring.take_instruction(0, 5, turn=0)
    second = ring.take_instruction(1, 7, turn=1)
    assert ring.visible(200_000)[first].all()
    with pytest.raises(ValueError, match="1 tokens of instruction and 0 free slots"):
        ring.take_instruction(2, 1, turn=2)
    ring.release((0,))
    assert not ring.visible(3)[first].any()
    assert ring.visible(3)[second].all()
    assert set(ring.take_instruction(2, 5, turn=3)) == set(first)


def test_a_state_of_another_shape_is_refused() -> None:
    other = RingState(RingPlan.of(tiny_preset(memory={"seconds": 2.0, "sensor_seconds": 1.0})))
    with pytest.raises(ValueError, match="turn_of"):
        RingState(PLAN).restore(other.arrays(), {})
