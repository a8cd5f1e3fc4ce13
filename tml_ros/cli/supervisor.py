"""Keeps the processes of a cell running, and ends them all: what `ros2 launch` does elsewhere.

Knows nothing of cells or ROS. One thread per child starts it, reads its output and starts it again;
`Supervisor` itself belongs to the thread that made it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from types import TracebackType

from tml_ros.cli.cell_processes import ProcessSpec
from tml_ros.cli.process_log import ProcessLog
from tml_ros.cli.service_watch import SILENT_S, ServiceWatch
from tml_ros.nodes.exit_codes import MISCONFIGURED, PARENT_VARIABLE

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 10.0
PROVEN_S, PROVEN_PAUSE_S = 10.0, 0.1
"""Who ran so long is started again almost at once, the first time."""
STOP_STEPS = ((signal.SIGINT, 3.0), (signal.SIGTERM, 2.0), (signal.SIGKILL, 2.0))


class ProcessState(str, Enum):
    """What a supervised process is doing."""

    RUNNING = "running"
    WAITING = "waiting to start again"
    MISCONFIGURED = "misconfigured"
    """It said that it cannot start as it is; starting it again cannot help."""
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class ProcessStatus:
    """One supervised process. restarts: how often it was started again. pid: while it runs."""

    name: str
    state: ProcessState
    restarts: int
    pid: int | None
    exit_code: int | None
    """Of its last end; negative for a signal."""
    ready: bool = False
    """Whether it runs, has said that it is ready, and so is expected to give signs of life."""


class Supervisor:
    """Runs `specs` from `start` to `stop`; as a context manager, within the block.

    A child that ends is started again after 0.5 s, then 1 s ... 10 s while it keeps ending; one
    that ran for 10 s before, after 0.1 s. One that has said that it is ready (`service_watch`) and
    then gives no sign of life for 3 s is killed, and so started again. Each child has a session of
    its own, so that Ctrl-C reaches only us, and is told our process id, so that it ends when we do,
    however we do. What it writes goes to `<name>.log` in `log_folder`.

    on_line(name, line): called for each line a child writes, in that child's thread.
    proven_s: how long a child has to run to be started again almost at once.
    """

    def __init__(
        self,
        specs: Iterable[ProcessSpec],
        *,
        log_folder: Path,
        on_line: Callable[[str, str], None] = lambda name, line: None,
        proven_s: float = PROVEN_S,
    ) -> None:
        """Open the logs; nothing runs yet. Raises OSError where there can be none."""
        log_folder.mkdir(parents=True, exist_ok=True)
        self._watch = ServiceWatch()
        self._children = [
            _Child(
                spec,
                ProcessLog(log_folder / f"{spec.name}.log"),
                on_line,
                watch=self._watch,
                proven_s=proven_s,
            )
            for spec in specs
        ]

    def __enter__(self) -> Supervisor:
        """Start all."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop all."""
        self.stop()

    def start(self) -> None:
        """Start all processes; returns before they have."""
        for child in self._children:
            child.start()

    def status(self) -> list[ProcessStatus]:
        """Every process, in the order given."""
        return [child.status() for child in self._children]

    def signal(self, name: str, number: int) -> bool:
        """Send a signal to a process and all in its session; False where it does not run."""
        return any(child.signal(number) for child in self._children if child.name == name)

    def stop(self) -> None:
        """End all: asked by SIGINT, after 3 s by SIGTERM, after 2 s more by SIGKILL."""
        for child in self._children:
            child.stop_restarting()
        self._watch.close()
        for number, seconds in STOP_STEPS:
            for child in self._children:
                child.signal(number)
            deadline = time.monotonic() + seconds
            if all(child.join(deadline - time.monotonic()) for child in self._children):
                return


class _Child:
    """One process and the thread that keeps it running."""

    def __init__(
        self,
        spec: ProcessSpec,
        log: ProcessLog,
        on_line: Callable[[str, str], None],
        *,
        watch: ServiceWatch,
        proven_s: float,
    ) -> None:
        self._watch = watch
        self._proven_s = proven_s
        self.name = spec.name
        self._spec = spec
        self._log = log
        self._on_line = on_line
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._state = ProcessState.WAITING
        self._exit_code: int | None = None
        self._starts = 0
        self._silent = False
        self._thread = threading.Thread(target=self._keep, name=spec.name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def status(self) -> ProcessStatus:
        with self._lock:
            return ProcessStatus(
                self._spec.name,
                self._state,
                max(0, self._starts - 1),
                self._process.pid if self._process is not None else None,
                self._exit_code,
                self._process is not None and self._watch.ready(self._process.pid),
            )

    def stop_restarting(self) -> None:
        self._stopping.set()

    def signal(self, number: int) -> bool:
        # Under the lock, `_process` has not been waited for, so its id is still its own.
        with self._lock:
            if self._process is None:
                return False
            os.killpg(self._process.pid, number)
            return True

    def join(self, seconds: float) -> bool:
        if self._thread.ident is None:
            return True
        self._thread.join(max(0.0, seconds))
        return not self._thread.is_alive()

    def _keep(self) -> None:
        try:
            self._run_until_stopped()
        finally:
            self._log.close()

    def _run_until_stopped(self) -> None:
        pause = FIRST_PAUSE_S
        while not self._stopping.is_set():
            began = time.monotonic()
            try:
                code = self._run_once()
            except OSError as error:
                self._say(f"cannot be started: {error}")
                code = None
            if self._stopping.is_set():
                break
            if code == MISCONFIGURED:
                self._rest(ProcessState.MISCONFIGURED)
                self._say(f"cannot start as it is; see {self._log.path}")
                return
            proven = time.monotonic() - began >= self._proven_s
            if proven:
                pause = PROVEN_PAUSE_S
            self._rest(ProcessState.WAITING)
            if code is not None:
                ending = f"ended with {_ending(code)}"
                if self._silent:
                    ending = f"gave no sign of life for {SILENT_S:g} s and was killed"
                self._say(f"{ending}; starting again in {pause:g} s")
            self._stopping.wait(pause)
            pause = FIRST_PAUSE_S if proven else min(2 * pause, LONGEST_PAUSE_S)
        self._rest(ProcessState.STOPPED)

    def _run_once(self) -> int:
        # This thread lives as long as the child: the kernel tells a child of the end of the
        # thread that started it.
        with self._lock:
            if self._stopping.is_set():
                return 0
            process = subprocess.Popen(
                self._spec.argv,
                env={
                    **self._spec.env,
                    **self._watch.environment,
                    PARENT_VARIABLE: str(os.getpid()),
                },
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                start_new_session=True,
            )
            self._process = process
            self._silent = False
            self._state = ProcessState.RUNNING
            self._starts += 1
        self._watch.watch(process.pid, lambda: self._kill_silent(process))
        for line in process.stdout or ():
            self._log.write(line)
            self._on_line(self._spec.name, line.rstrip("\n"))
        return self._reap(process)

    def _kill_silent(self, process: subprocess.Popen[str]) -> None:
        with self._lock:
            # While it is ours it has not been waited for, so its id is still its own.
            if self._process is not process:
                return
            self._silent = True
            os.killpg(process.pid, signal.SIGKILL)

    def _reap(self, process: subprocess.Popen[str]) -> int:
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        self._watch.forget(process.pid)
        with self._lock:
            self._process = None
            with process:
                self._exit_code = process.wait()
            return self._exit_code

    def _rest(self, state: ProcessState) -> None:
        with self._lock:
            self._state = state

    def _say(self, words: str) -> None:
        self._log.write(f"[supervisor] {words}\n")
        self._on_line(self._spec.name, f"[ERROR] {words}")


def _ending(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"code {code}"
