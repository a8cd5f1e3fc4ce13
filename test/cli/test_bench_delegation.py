"""`tml-ros bench delegation`: nothing is lost, whatever happens to the node."""

from __future__ import annotations

import json

import pytest

pytest.importorskip("rclpy", reason="no ROS 2 here")


def test_a_small_one_loses_nothing_and_answers_soon(ros_domain: int, run_process) -> None:
    numbers = ["--questions", "20", "--flood", "200", "--kills", "3"]
    process = run_process(
        ["python", "-m", "tml_ros.cli.main", "bench", "delegation", *numbers, "--json"]
    )
    assert process.wait(90) == 0, process.output()
    figures = json.loads(process.output().splitlines()[-1])
    assert figures["status_question_ms"]["p50"] < 1000
    assert (figures["flood"]["asked"], figures["flood"]["lost"]) == (200, 0)
    assert figures["flood"]["memory_after_mb"] < 2 * figures["flood"]["memory_before_mb"]
    assert (figures["kills"]["asked"], figures["kills"]["lost"]) == (60, 0)
    assert figures["kills"]["contradicted"] == 0
