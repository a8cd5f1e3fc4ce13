"""Saved arrays are taken over whole or not at all."""

from __future__ import annotations

import numpy as np
import pytest

from tml_ros.model.session_arrays import named, part, put


def test_arrays_are_copied_into_ones_own() -> None:
    mine = {"a": np.zeros(3), "b": np.zeros(2, np.int64)}
    saved = {"a": np.arange(3.0), "b": np.array([4, 5])}
    put(saved, mine)
    saved["a"][0] = 9.0
    assert mine["a"].tolist() == [0.0, 1.0, 2.0]
    assert mine["b"].tolist() == [4, 5]


@pytest.mark.parametrize(
    "second", [None, np.zeros(3), np.zeros(2, np.float32)], ids=["missing", "shape", "dtype"]
)
def test_when_one_does_not_fit_none_is_changed(second: np.ndarray | None) -> None:
    mine = {"a": np.zeros(3), "second": np.zeros(2)}
    saved = {"a": np.ones(3)} | ({} if second is None else {"second": second})
    with pytest.raises(ValueError, match="second"):
        put(saved, mine)
    assert not mine["a"].any()


def test_a_part_is_found_under_its_name() -> None:
    whole = named({"x": 1, "y.z": 2}, "eye1") | named({"x": 3}, "eye10")
    assert part(whole, "eye1") == {"x": 1, "y.z": 2}
    assert part(whole, "eye10") == {"x": 3}
