"""Signs of life as systemd expects them: who asks is told, nobody waits, nothing is passed on."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("rclpy", reason="no ROS 2 here")

from tml_ros.nodes.service_notify import ServiceNotify

NODE = """
import os, signal, sys, time
from rclpy.node import Node
from tml_ros.nodes.running import run_node

class Probe(Node):
    def __init__(self):
        super().__init__("probe")
        assert "NOTIFY_SOCKET" not in os.environ
        self.stuck = False
        signal.signal(signal.SIGUSR1, lambda *_: setattr(self, "stuck", True))

    def working(self):
        return not self.stuck

sys.exit(run_node(Probe))
"""


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[tuple[socket.socket, str]]:
    """What listens, and its address: a file, as systemd's own."""
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(address)
        listening.settimeout(30.0)
        yield listening, address


def test_who_asks_hears_that_it_is_ready_and_goes_on(systemd: Any) -> None:
    listening, address = systemd
    environment = {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "1000000", "PATH": "/bin"}
    service = ServiceNotify(environment)
    assert environment == {"PATH": "/bin"}
    assert service.asked_for
    assert service.interval_s == 0.25
    service.ready()
    service.alive()
    assert (listening.recv(100), listening.recv(100)) == (b"READY=1", b"WATCHDOG=1")
    service.close()
    service.alive()


@pytest.mark.parametrize(
    ("asked", "watched", "interval_s"),
    [
        ({}, False, 0.5),
        ({"WATCHDOG_USEC": "60000000"}, True, 0.5),
        ({"WATCHDOG_USEC": "400000", "WATCHDOG_PID": str(os.getpid())}, True, 0.1),
        ({"WATCHDOG_USEC": "400000", "WATCHDOG_PID": "1"}, False, 0.5),
        ({"WATCHDOG_USEC": "soon"}, False, 0.5),
    ],
)
def test_how_often_is_said_by_who_asks(
    systemd: Any, asked: dict[str, str], watched: bool, interval_s: float
) -> None:
    service = ServiceNotify({"NOTIFY_SOCKET": systemd[1], **asked})
    assert (service.watched, service.interval_s) == (watched, interval_s)
    service.close()


@pytest.mark.parametrize("address", ["", "relative", "/nowhere/at/all", "@nobody listens"])
def test_where_nobody_listens_nothing_happens(address: str) -> None:
    service = ServiceNotify({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "1000000"})
    service.ready()
    service.alive()
    service.close()


def test_who_has_no_time_to_listen_is_not_waited_for(systemd: Any) -> None:
    service = ServiceNotify({"NOTIFY_SOCKET": systemd[1], "WATCHDOG_USEC": "1000000"})
    for _ in range(2_000):
        service.alive()
    service.close()


def test_a_node_gives_signs_of_life_until_its_work_no_longer_goes_on(
    ros_domain: Any, run_process: Any, systemd: Any
) -> None:
    listening, address = systemd
    asked = {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "400000"}
    process = run_process([sys.executable, "-c", NODE], asked)
    assert listening.recv(100) == b"READY=1"
    assert [listening.recv(100) for _ in range(3)] == [b"WATCHDOG=1"] * 3
    process.signal(signal.SIGUSR1)
    listening.settimeout(0.5)
    with pytest.raises(TimeoutError):
        while True:
            listening.recv(100)
    process.signal(signal.SIGINT)
    assert process.wait() == 0
