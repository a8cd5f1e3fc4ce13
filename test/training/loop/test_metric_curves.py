"""The picture of a run's figures."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from tiny_run import PRESET, made_settings

from tml_ros.training.loop.metric_curves import curves_of, draw_run, thinned
from tml_ros.training.loop.run_folder import RunError, begin_run


def row(step: int, loss: float | None = 1.0) -> dict[str, object]:
    return {
        "kind": "step", "step": step, "loss": loss, "losses": {"talk/floor": loss, "talk/smoke": 0},
        "rate": 0.1, "gradient": 2.0, "turns": 100, "seconds": 0.5,
    }  # fmt: skip


def test_a_run_is_drawn_while_it_goes_on(tmp_path: Path) -> None:
    folder = begin_run(tmp_path, PRESET, made_settings(), {"sight": 5, "talk": 4})
    with pytest.raises(RunError, match="no step yet"):
        draw_run(tmp_path)
    for step in range(3):
        folder.add(row(step, float(3 - step)))
    folder.add({"kind": "examined", "step": 2, "figures": {"siren/auc": 0.75}})
    with (tmp_path / "metrics.jsonl").open("a") as file:
        file.write('{"kind": "st')  # being written just now
    picture = cv2.imread(str(draw_run(tmp_path)))
    assert picture is not None
    assert picture.min() < 100


def test_what_is_no_number_or_always_nothing_is_left_out() -> None:
    curves = curves_of([row(0), row(1, None), row(2, 0.5)])
    assert set(curves) == {"loss", "talk/floor", "learning rate", "gradient", "turns per second"}
    steps, losses = curves["loss"]
    assert list(steps) == [1, 3]
    assert list(losses) == [1.0, 0.5]
    assert curves["turns per second"][1][0] == 200


def test_many_steps_become_few_points_of_the_same_mean() -> None:
    values = np.random.default_rng(0).random(4000)
    steps, few = thinned((np.arange(4000.0), values))
    assert len(few) == 400
    assert few.mean() == pytest.approx(values.mean())
    assert steps[0] < steps[-1]
