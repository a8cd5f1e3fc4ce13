"""`tml-ros bench warning`: a warning is heard soon, whole and alone."""

from __future__ import annotations

import json

import pytest

pytest.importorskip("rclpy", reason="no ROS 2 here")


def test_a_warning_over_speech_is_heard_whole_alone_and_soon(ros_domain: int, run_process) -> None:
    process = run_process(
        ["python", "-m", "tml_ros.cli.main", "bench", "warning", "--warnings", "5", "--json"]
    )
    assert process.wait(60) in (0, 1), process.output()
    figures = json.loads(process.output().splitlines()[-1])
    assert figures["warnings"] == 5
    assert (figures["not_heard_whole"], figures["overlap_samples"]) == (0, 0)
    # A machine that is busy with other tests may be late now and then, not every other time.
    assert figures["heard_after_ms"]["p50"] <= figures["bound_ms"]
