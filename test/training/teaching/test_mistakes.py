"""How often things go wrong, and how badly."""

from __future__ import annotations

import numpy as np
import pytest

from tml_ros.training.teaching.mistakes import (
    LATE_START,
    LATE_STOP,
    TURN_S,
    UNASKED_S,
    WRONG_WORD,
    Mistakes,
)


def test_without_mistakes_nothing_is_drawn() -> None:
    rng = np.random.default_rng(0)
    mistakes = Mistakes(rng, 0.0)
    made = [mistakes.late_start(), mistakes.late_stop(), mistakes.unasked()]
    assert made == [0, 0, 0]
    assert mistakes.wrong_word([1, 2]) is None
    assert rng.random() == np.random.default_rng(0).random()


@pytest.mark.parametrize(
    ("name", "likely", "most"),
    [
        ("late_start", LATE_START, 4),
        ("late_stop", LATE_STOP, 2),
        ("unasked", TURN_S / UNASKED_S, 3),
    ],
)
def test_each_happens_as_often_as_it_should(name: str, likely: float, most: int) -> None:
    draw = getattr(Mistakes(np.random.default_rng(1), 1.0), name)
    drawn = [draw() for _ in range(20_000)]
    assert np.mean(np.array(drawn) > 0) == pytest.approx(likely, rel=0.3)
    assert set(drawn) == set(range(most + 1))


def test_a_wrong_word_is_one_of_those_given() -> None:
    mistakes = Mistakes(np.random.default_rng(1), 1.0)
    drawn = [mistakes.wrong_word([300, 301]) for _ in range(5_000)]
    wrong = [one for one in drawn if one is not None]
    assert len(wrong) / len(drawn) == pytest.approx(WRONG_WORD, rel=0.2)
    assert {token for _, token in wrong} == {300, 301}


@pytest.mark.parametrize("share", [-0.1, 4.1])
def test_more_than_everything_cannot_go_wrong(share: float) -> None:
    with pytest.raises(ValueError, match=r"0\.\.4"):
        Mistakes(np.random.default_rng(0), share)
