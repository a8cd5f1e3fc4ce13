"""Whether a process of this machine is there, asked of real ones."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import Any

import pytest

from tml_ros.nodes.processes import host_name, process_alive


def test_a_process_is_there_until_it_ends_waited_for_or_not(wait_until: Any) -> None:
    child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
    assert process_alive(child.pid) is True
    os.kill(child.pid, signal.SIGSTOP)
    assert process_alive(child.pid) is True
    child.kill()
    wait_until(lambda: process_alive(child.pid) is False, what="a zombie that counts as gone")
    child.wait()
    assert process_alive(child.pid) is False


def test_a_process_of_somebody_else_is_there() -> None:
    assert process_alive(1) is True


@pytest.mark.parametrize(
    ("pid", "there"), [(0, None), (-1, None), (2**22 + 1, False), (10**18, False)]
)
def test_what_is_no_process_is_not_there(pid: int, there: bool | None) -> None:
    assert process_alive(pid) is there


def test_a_machine_has_a_name() -> None:
    assert 0 < len(host_name()) <= 64
