"""Children that give signs of life are left alone, and those that fall silent are told of."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tml_ros.cli.service_watch import ServiceWatch
from tml_ros.nodes.service_notify import ServiceNotify

CHILD = """
import os, sys, time
from tml_ros.nodes.service_notify import ServiceNotify
service = ServiceNotify(os.environ)
if "unready" not in sys.argv:
    service.ready()
print("up", flush=True)
while "once" not in sys.argv:
    service.alive()
    time.sleep(0.05)
sys.stdin.read()
"""
SILENT_S = 0.5


@pytest.fixture
def watch() -> Iterator[ServiceWatch]:
    watch = ServiceWatch(silent_after_s=SILENT_S)
    yield watch
    watch.close()


@pytest.fixture
def start(watch: ServiceWatch) -> Iterator[Callable[..., tuple[int, list[float]]]]:
    """`start(*words)`: a child's process id, and when it was found silent."""
    children = []

    def start(*words: str) -> tuple[int, list[float]]:
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, *words],
            env={**os.environ, **watch.environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        children.append(child)
        silent: list[float] = []
        watch.watch(child.pid, lambda: silent.append(time.monotonic()))
        assert child.stdout is not None
        assert child.stdout.readline() == b"up\n"
        return child.pid, silent

    yield start
    for child in children:
        child.kill()
        child.communicate()


def test_a_child_that_is_stopped_is_silent_once_and_one_that_goes_on_is_not(
    start: Any, wait_until: Any
) -> None:
    _, well = start()
    stopped, silent = start()
    os.kill(stopped, signal.SIGSTOP)
    began_s = time.monotonic()
    wait_until(lambda: silent)
    assert 0.8 * SILENT_S < silent[0] - began_s < 10.0
    assert (len(silent), well) == (1, [])


def test_a_child_that_never_was_ready_is_not_waited_for(start: Any, wait_until: Any) -> None:
    _, unready = start("unready")
    _, once = start("once")
    wait_until(lambda: once)
    assert unready == []


def test_a_child_that_is_forgotten_is_not_told_of(
    watch: ServiceWatch, start: Any, wait_until: Any
) -> None:
    pid, forgotten = start("once")
    watch.forget(pid)
    _, once = start("once")
    wait_until(lambda: once)
    assert forgotten == []


def test_nobody_speaks_for_another_process(
    watch: ServiceWatch, start: Any, wait_until: Any
) -> None:
    pid, silent = start("once")
    impostor = ServiceNotify(dict(watch.environment))

    def spoken() -> bool:
        impostor.ready()
        impostor.alive()
        return bool(silent)

    wait_until(spoken)
    impostor.close()
    assert pid != os.getpid()
