"""How fast a run learns over its steps."""

from __future__ import annotations

from typing import Any

import pytest

from tml_ros.training.loop.learning_rate import learning_rate
from tml_ros.training.loop.train_settings import TrainSettings


def settings(**fields: Any) -> TrainSettings:
    usual = {"courses": {"talk": 1}, "steps": 1000, "warmup": 9, "learning_rate": 1.0}
    return TrainSettings(**{**usual, **fields})


@pytest.mark.parametrize(
    ("fields", "step", "hours", "rate"),
    [
        ({}, 0, 0.0, 0.1),
        ({}, 4, 0.0, 0.5),
        ({}, 500, 0.0, 0.51),
        ({}, 1000, 0.0, 0.02),
        ({}, 5000, 0.0, 0.02),
        ({"cooling": 0.5}, 400, 0.0, 1.0),
        ({"cooling": 0.5}, 750, 0.0, 0.51),
        ({"cooling": 0.0}, 999, 0.0, 1.0),
        ({"last_rate": 0.0}, 1000, 0.0, 0.0),
        ({"steps": None, "hours": 2.0}, 700, 1.0, 0.51),
        ({"hours": 2.0}, 100, 1.0, 0.51),
    ],
)
def test_it_warms_up_holds_and_falls(
    fields: dict[str, Any], step: int, hours: float, rate: float
) -> None:
    assert learning_rate(settings(**fields), step, hours=hours) == pytest.approx(rate, rel=2e-2)


def test_a_run_has_an_end() -> None:
    with pytest.raises(ValueError, match="steps or hours"):
        settings(steps=None)
