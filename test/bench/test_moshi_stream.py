from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tml_ros.bench.moshi_stream import Shape


@pytest.mark.parametrize(
    ("main", "depth"),
    [
        (Shape(4096, 32, 32, 11_264), Shape(1024, 6, 16, 2816)),
        (Shape(256, 8, 8, 768), Shape(64, 2, 4, 192)),
        (Shape(4, 1, 2, 1), Shape(1, 1, 1, 1)),
    ],
    ids=["as published", "nano", "the smallest"],
)
def test_the_depth_transformer_keeps_the_published_proportion(main, depth):
    assert main.depth() == depth


@given(st.integers(1, 5000), st.integers(1, 500))
@example(581, 218)
@example(582, 218)
def test_moshis_gating_gets_the_hidden_width_that_was_asked_for(hidden, width):
    feed_forward = Shape(width, 1, 1, hidden).feed_forward
    # An odd width whose only choice is the exception cannot be had.
    missed = hidden % 2 and feed_forward == 4 * width + 1
    assert 2 * feed_forward // 3 == hidden + bool(missed)
    assert feed_forward != 4 * width
