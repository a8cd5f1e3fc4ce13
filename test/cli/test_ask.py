"""`tml-ros ask` against a real background over DDS; mistakes need none."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("rclpy", reason="no ROS 2 here")

CELL = """
cell: press
cameras: {front: {}}
machines:
  press_1:
    aliases: [the big press]
    telemetry: {temperature: {type: sensor_msgs/Temperature}}
background: {store: store}
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "press.yaml"
    path.write_text(CELL)
    return path


@pytest.fixture
def ask(run_process: Callable[..., Any]) -> Callable[..., tuple[int, str]]:
    def ask(*words: str) -> tuple[int, str]:
        process = run_process(["python", "-m", "tml_ros.cli.main", "ask", *words])
        return process.wait(40), process.output()

    return ask


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("how?",), "say which cell"),
        (("how?", "--name", "a", "--cell", "b.yaml"), "say which cell"),
        (("  ", "--name", "press"), "ask something"),
        (("x" * 5_000, "--name", "press"), "at most"),
    ],
)
def test_a_mistake_is_said_before_anything_is_asked(
    ask: Any, ros_domain: int, words: tuple[str, ...], told: str
) -> None:
    code, output = ask(*words)
    assert code == 2
    assert told in " ".join(output.split())


def test_a_running_background_answers_reminds_and_says_where_it_has_no_data(
    ask: Any, run_process: Callable[..., Any], ros_domain: int, path: Path
) -> None:
    argv = ["python", "-m", "tml_ros.nodes.background_node", "--ros-args", "-r", "__ns:=/press"]
    background = run_process([*argv, "-p", f"cell:={path}"])
    background.wait_for("thinking about")
    code, output = ask("remind me in 20 minutes to check the oil", "--name", "press", "--json")
    assert code == 0, output
    told = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    assert told[-1]["outcome"] == "answered"
    code, output = ask("what is the temperature of the big press?", "--cell", str(path))
    assert code == 1, output
    assert "no data" in output
    background.signal(signal.SIGINT)
    assert background.wait(5.0) == 0
