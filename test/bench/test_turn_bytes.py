from __future__ import annotations

import numpy as np
import pytest
from tiny_model import tiny_preset

from tml_ros.bench.turn_bytes import array_bytes, session_bytes
from tml_ros.bench.turn_cells import NoisyCells, Talk
from tml_ros.bench.turn_steps import untrained
from tml_ros.model.ring_plan import RingPlan

pytestmark = pytest.mark.usefixtures("one_thread")


def test_memory_is_counted_once_however_often_it_is_held():
    array = np.zeros((10, 10), np.float32)
    held = {"whole": array, "rows": [array[:3], array.T], "other": (np.zeros(5, np.uint8), "text")}
    held["itself"] = held
    assert array_bytes(held) == 405


def test_a_session_keeps_what_its_shape_says_and_not_more_with_age():
    preset = tiny_preset()
    cells = NoisyCells(untrained(preset, rows=2))
    sizes = []
    for _ in range(2):
        for _ in cells.live(Talk.LISTENING, 12):
            pass
        sizes.append(session_bytes(cells.sessions[0]))
    assert sizes[0] == sizes[1]
    shape, slots = preset.transformer, RingPlan.of(preset).slots
    assert sizes[0]["kv"] == 2 * 4 * shape.layers * slots * shape.kv_heads * shape.head_width
    # Two cameras of 120x80: picture, and a mask for each of two zones; at least.
    assert sizes[0]["senses"] > 2 * 120 * 80 * (3 + 2)
    assert sizes[0]["total"] == sum(size for name, size in sizes[0].items() if name != "total")
