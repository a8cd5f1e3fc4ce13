"""An evaluation beside a run, with another program in place of the evaluation."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tml_ros.training.loop.closed_loop import ClosedLoop

SUMMARY = {
    "all": {
        "scores": {"siren": {"auc": 0.9, "at_rate": {"recall": {"value": 0.5}}}, "cry": {}},
        "behaviour": {"answer": {"share": {"value": 0.25}}},
        "unprovoked_per_hour": {"value": 3.0},
    }
}


def program(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "program.py"
    path.write_text(text)
    return [sys.executable, str(path)]


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        (
            f"print({json.dumps(json.dumps(SUMMARY))})",
            {
                "scores/siren/auc": 0.9,
                "scores/siren/at_rate": 0.5,
                "behaviour/answer/share": 0.25,
                "unprovoked_per_hour/value": 3.0,
            },
        ),
        ("raise SystemExit(1)", {}),
    ],
)
def test_its_figures_come_with_the_step(tmp_path: Path, text: str, figures: Any) -> None:
    judge = ClosedLoop(command=program(tmp_path, text))
    assert judge.ended() is None
    judge.begin(tmp_path / "model.safetensors", 7)
    assert judge.ended(wait=True) == (7, figures)
    assert judge.ended() is None


def test_what_comes_while_one_goes_on_is_left_out_and_the_end_gives_it_up(tmp_path: Path) -> None:
    judge = ClosedLoop(command=program(tmp_path, "import signal; signal.pause()"))
    judge.begin(tmp_path / "model.safetensors", 1)
    judge.begin(tmp_path / "other" / "model.safetensors", 2)
    assert judge.ended() is None
    judge.close()
    assert judge.ended() is None
