"""What a guardian reads before the alarms of before are back: they must not wait for the rest."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytest.importorskip("rclpy", reason="no ROS 2 here")

LARGE = ("scipy", "mcap", "rosbags", "tml_ros.evidence.recorder")
TELL = "import sys, {module}; print(*(name for name in {names} if name in sys.modules))"


def test_the_alarms_of_before_wait_for_no_large_library():
    assert imported_with("tml_ros.nodes.guardian_node") == []


def test_what_is_large_comes_with_the_guards_and_the_evidence():
    modules = "tml_ros.cell.cell_guards, tml_ros.nodes.guardian_evidence"
    assert imported_with(modules) == list(LARGE)


def imported_with(modules: str) -> list[str]:
    """Which of the large ones a new process has read after importing these."""
    code = TELL.format(module=modules, names=LARGE)
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    return told.stdout.split()
