"""Processes are kept running, and all of them end."""

from __future__ import annotations

import os
import signal
import sys

import psutil
import pytest

from tml_ros.cli.cell_processes import ProcessSpec
from tml_ros.cli.process_log import ProcessLog
from tml_ros.cli.supervisor import ProcessState, Supervisor

PATIENT = "import signal; print('up', flush=True); signal.pause()"
STUBBORN = (
    "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN);"
    "print('up', flush=True)\nwhile True: signal.pause()"
)
CRASHING = "import sys; print('[ERROR] out of oil'); sys.exit(1)"
MISCONFIGURED = "import sys; sys.exit(2)"
WITH_CHILD = (
    "import subprocess, sys\n"
    "print('child', subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()']).pid,"
    " flush=True)\nimport signal; signal.pause()"
)
SUPERVISED_BY_A_VICTIM = """
import os, sys
from pathlib import Path
from tml_ros.cli.cell_processes import ProcessSpec
from tml_ros.cli.supervisor import Supervisor
node = "import sys, threading; from tml_ros.nodes.running import run_node; " \\
    "from rclpy.node import Node; sys.exit(run_node(lambda: Node('lonely')))"
supervisor = Supervisor(
    [ProcessSpec("node", (sys.executable, "-c", node), dict(os.environ))],
    log_folder=Path(sys.argv[1]),
)
supervisor.start()
while supervisor.status()[0].pid is None:
    pass
print("started", supervisor.status()[0].pid, flush=True)
import signal; signal.pause()
"""


def _spec(name, program):
    return ProcessSpec(name, (sys.executable, "-c", program), dict(os.environ))


@pytest.fixture
def supervise(tmp_path):
    lines = []
    running = []

    def start(**programs):
        supervisor = Supervisor(
            [_spec(name, program) for name, program in programs.items()],
            log_folder=tmp_path / "logs",
            on_line=lambda name, line: lines.append((name, line)),
        )
        supervisor.start()
        running.append(supervisor)
        supervisor.lines = lines
        return supervisor

    yield start
    for supervisor in running:
        supervisor.stop()
        assert all(status.pid is None for status in supervisor.status())


def _state(supervisor):
    (status,) = supervisor.status()
    return status


def test_a_killed_child_is_started_again(supervise, wait_until):
    supervisor = supervise(a=PATIENT)
    wait_until(lambda: ("a", "up") in supervisor.lines)
    first = _state(supervisor).pid
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: _state(supervisor).restarts == 1 and _state(supervisor).pid)
    status = _state(supervisor)
    assert status.pid != first
    assert status.state is ProcessState.RUNNING
    assert status.exit_code == -signal.SIGKILL
    assert any("SIGKILL" in line for _, line in supervisor.lines)


def test_a_child_that_keeps_crashing_is_started_after_longer_and_longer_pauses(
    supervise, wait_until
):
    supervisor = supervise(a=CRASHING)
    wait_until(lambda: _state(supervisor).restarts == 2)
    said = [line for _, line in supervisor.lines if "starting again" in line]
    assert "in 0.5 s" in said[0]
    assert "in 1 s" in said[1]


def test_a_misconfigured_child_is_not_started_again(supervise, wait_until):
    supervisor = supervise(a=MISCONFIGURED)
    wait_until(lambda: _state(supervisor).state is ProcessState.MISCONFIGURED)
    assert _state(supervisor).restarts == 0
    assert _state(supervisor).exit_code == 2


def test_a_program_that_does_not_exist_is_reported(tmp_path, wait_until):
    lines = []
    missing = ProcessSpec("a", ("/nowhere/program",), {})
    with Supervisor([missing], log_folder=tmp_path, on_line=lambda name, line: lines.append(line)):
        wait_until(lambda: any("cannot be started" in line for line in lines))


def test_stopping_ends_all_children_and_their_children(supervise, wait_until):
    supervisor = supervise(a=PATIENT, b=STUBBORN, c=WITH_CHILD)
    wait_until(lambda: {name for name, _ in supervisor.lines} == {"a", "b", "c"})
    pids = [status.pid for status in supervisor.status()]
    pids += [int(line.split()[1]) for name, line in supervisor.lines if name == "c"]
    supervisor.stop()
    assert [status.state for status in supervisor.status()] == [ProcessState.STOPPED] * 3
    wait_until(lambda: not any(map(psutil.pid_exists, pids)))


def test_what_a_child_writes_is_in_its_log(supervise, wait_until, tmp_path):
    supervisor = supervise(a=CRASHING)
    wait_until(lambda: _state(supervisor).exit_code == 1)
    supervisor.stop()
    text = (tmp_path / "logs" / "a.log").read_text()
    assert "[ERROR] out of oil\n" in text
    assert ("a", "[ERROR] out of oil") in supervisor.lines


def test_a_node_ends_when_its_supervisor_is_killed(ros_domain, run_process, wait_until, tmp_path):
    victim = run_process(["python", "-c", SUPERVISED_BY_A_VICTIM, str(tmp_path)])
    victim.wait_for("started")
    node = psutil.Process(int(victim.output().split()[1]))
    victim.signal(signal.SIGKILL)
    wait_until(lambda: not node.is_running() or node.status() == psutil.STATUS_ZOMBIE)


def test_a_log_keeps_the_newest_and_is_bounded(tmp_path):
    log = ProcessLog(tmp_path / "a.log", max_bytes=100)
    for number in range(100):
        log.write(f"line {number}\n")
    log.close()
    kept = (tmp_path / "a.log.1").read_text() + (tmp_path / "a.log").read_text()
    assert kept.endswith("line 99\n")
    assert len(kept) < 300
    assert log.lost == 0


SIGNS = """
import os, signal, sys
from rclpy.node import Node
from tml_ros.nodes.running import run_node
def node():
    print("up", os.getpid(), flush=True)
    return Node("lonely")
sys.exit(run_node(node))
"""


def test_a_node_that_hangs_is_killed_and_started_again(ros_domain, tmp_path, wait_until):
    lines = []
    node = ProcessSpec("node", (sys.executable, "-c", SIGNS), dict(os.environ))
    patient = _spec("patient", PATIENT)
    supervisor = Supervisor(
        [node, patient], log_folder=tmp_path, on_line=lambda name, line: lines.append((name, line))
    )
    with supervisor:
        wait_until(lambda: any(line.startswith("up") for name, line in lines if name == "node"))
        pid, other = (status.pid for status in supervisor.status())
        wait_until(lambda: supervisor.status()[0].ready, what="a sign of life")
        os.kill(pid, signal.SIGSTOP)
        wait_until(lambda: supervisor.status()[0].restarts == 1 and supervisor.status()[0].pid)
        assert supervisor.status()[0].pid != pid
        said = [line for name, line in lines if name == "node" and "no sign of life" in line]
        assert "starting again in 0.5 s" in said[0]
        # Who never spoke is not expected to.
        assert supervisor.status()[1].pid == other


def test_a_child_that_ran_well_for_long_is_started_again_almost_at_once(tmp_path, wait_until):
    lines = []
    with Supervisor(
        [_spec("a", PATIENT)],
        log_folder=tmp_path,
        on_line=lambda name, line: lines.append(line),
        proven_s=0.0,
    ) as supervisor:
        wait_until(lambda: lines == ["up"])
        os.kill(supervisor.status()[0].pid, signal.SIGKILL)
        wait_until(lambda: lines.count("up") == 2)
    assert any("starting again in 0.1 s" in line for line in lines)
