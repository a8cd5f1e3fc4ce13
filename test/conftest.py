"""What tests of every room share: real data, waiting on conditions, a ROS domain, processes."""

from __future__ import annotations

import fcntl
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import pytest
from hypothesis import HealthCheck, settings

from tml_ros.cli.dds_profile import CAMERA, PROFILE_VARIABLES, PROFILES, WHOLE_PROFILE

REPOSITORY = Path(__file__).resolve().parent.parent

# The same examples in every run, however busy the machine is; --hypothesis-profile=default searches
# for others.
settings.register_profile(
    "same", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("same")

PATIENCE = 30.0
"""Seconds until a test gives up: a busy machine starts a node in ten, an idle one in one."""
ASK_AGAIN = 2.0
_POLL = threading.Event()


def _wait_until(condition: Callable[[], object], timeout: float = PATIENCE, what: str = "") -> None:
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"waited {timeout} s in vain{' for ' + what if what else ''}")
        _POLL.wait(0.01)


@pytest.fixture
def wait_until() -> Callable[..., None]:
    """`wait_until(condition, timeout=30, what="")`: return once it is true, fail after timeout.

    What may get lost on its way, as a message does that is sent before the reader has found its
    writer, is sent within the condition, and so until it has come.
    """
    return _wait_until


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real recordings, TML_ROS_REAL_DATA or ../shared/data; skips where absent."""
    folder = Path(os.environ.get("TML_ROS_REAL_DATA") or REPOSITORY.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no real recordings in {folder}; set TML_ROS_REAL_DATA to their folder")
    return folder


@pytest.fixture
def ros_domain(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[int]:
    """A ROS domain that no other test run on this machine uses, confined to this machine.

    The environment of this process, and so of those it starts, says so. Nodes find each other at
    once and have shared memory for pictures. What they remember is of this test alone.
    """
    pytest.importorskip("rclpy", reason="no ROS 2 here")
    domain, lock = _free_domain()
    with lock:
        monkeypatch.setenv("ROS_DOMAIN_ID", str(domain))
        monkeypatch.setenv("ROS_HOME", str(tmp_path / "ros"))
        monkeypatch.setenv("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
        monkeypatch.delenv("ROS_LOCALHOST_ONLY", raising=False)
        for variable in PROFILE_VARIABLES:
            monkeypatch.setenv(variable, str(REPOSITORY / PROFILES / CAMERA))
        monkeypatch.setenv(WHOLE_PROFILE, "1")
        yield domain


def _free_domain() -> tuple[int, IO[str]]:
    # Above 101 the ports of a domain overlap those the kernel hands out by itself.
    domains = list(range(1, 102))
    random.shuffle(domains)
    for domain in domains:
        lock = Path(tempfile.gettempdir(), f"tml_ros_domain_{domain}.lock").open("w")  # noqa: SIM115
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            continue
        return domain, lock
    pytest.fail("every ROS domain is taken")


@pytest.fixture
def ros_node(ros_domain: int) -> Iterator[object]:
    """A plain node named `observer` in a domain of its own, spun by a thread of its own."""
    import rclpy  # noqa: PLC0415 - rooms without ROS are tested without it

    from tml_ros.nodes.running import SpinThread  # noqa: PLC0415

    context = rclpy.Context()
    rclpy.init(context=context, domain_id=ros_domain)
    node = rclpy.create_node("observer", context=context)
    spinning = SpinThread(node)
    yield node
    _wait_until(spinning.stop, what="a callback of the test")
    node.destroy_node()
    rclpy.try_shutdown(context=context)
    if spinning.failure is not None:
        raise spinning.failure


@pytest.fixture
def ask_service(ros_node: object) -> Callable[[Any, Any], Any]:
    """`ask_service(client, request)`: its response; for requests that may come more than once.

    The first response of a server gets lost where it has not found the client's reader yet: who
    hears nothing asks again.
    """

    def ask(client: Any, request: Any) -> Any:
        _wait_until(client.service_is_ready, what=client.srv_name)
        futures: list[Any] = []
        asked = 0.0

        def answered() -> bool:
            nonlocal asked
            if time.monotonic() - asked > ASK_AGAIN:
                asked = time.monotonic()
                futures.append(client.call_async(request))
            return any(future.done() for future in futures)

        _wait_until(answered, what=f"a response of {client.srv_name}")
        return next(future.result() for future in futures if future.done())

    return ask


class RunningProcess:
    """A child process with its output in a file; `stop` ends it, whatever it does."""

    def __init__(self, argv: Sequence[str], env: Mapping[str, str], log: Path) -> None:
        self._log = log
        with log.open("wb") as output:
            self.popen = subprocess.Popen(
                list(argv),
                env=dict(env),
                cwd=REPOSITORY,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def output(self) -> str:
        """Everything written to stdout and stderr so far."""
        return self._log.read_text(errors="replace")

    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self.popen.poll() is None

    def wait_for(self, words: str, timeout: float = PATIENCE) -> None:
        """Return once its output has these words; fails the test when it ends without them."""
        _wait_until(lambda: words in self.output() or not self.running(), timeout, words)
        if words not in self.output():
            pytest.fail(f"{self.popen.args!r} ended without {words!r}:\n{self.output()}")

    def signal(self, number: int) -> None:
        """Send a signal to the process itself."""
        self.popen.send_signal(number)

    def wait(self, timeout: float = PATIENCE) -> int:
        """Its exit code, once it has ended; fails the test after `timeout` seconds."""
        try:
            return self.popen.wait(timeout)
        except subprocess.TimeoutExpired:
            pytest.fail(f"{self.popen.args!r} still runs after {timeout} s:\n{self.output()}")

    def stop(self) -> None:
        """End it and everything in its session."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.popen.pid, number)
            except ProcessLookupError:
                break
            try:
                self.popen.wait(5)
            except subprocess.TimeoutExpired:
                continue
        self.popen.wait()


@pytest.fixture
def run_process(tmp_path: Path) -> Iterator[Callable[..., RunningProcess]]:
    """`run_process(argv, env=None)` starts a process; all are ended when the test is over.

    "python" as first argument stands for this interpreter. env: added to this environment.
    """
    started: list[RunningProcess] = []

    def start(argv: Sequence[str], env: Mapping[str, str] | None = None) -> RunningProcess:
        program = sys.executable if argv[0] == "python" else argv[0]
        process = RunningProcess(
            [program, *argv[1:]],
            {**os.environ, **(env or {})},
            tmp_path / f"process{len(started)}.log",
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.stop()
