"""The processes of a cell while they are harmed: signals, limits, restarts, and what they take.

Knows nothing of topics. Main thread; `poll` is called again and again while anything is waited for.
"""

from __future__ import annotations

import os
import resource
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tml_ros.bench.chaos.history import Restart
from tml_ros.bench.soak_figures import Growth, Series, process_figures
from tml_ros.cli.supervisor import ProcessState, Supervisor

SAMPLE_NS = 1_000_000_000
RESIDENT, DESCRIPTORS, THREADS = "resident", "descriptors", "threads"

Works = Callable[[str, int, int], bool]
"""Whether a node works: its name, process id, and the steady time since when it has to have."""


@dataclass(slots=True)
class _Node:
    """One node as it was last seen. dead_pid: of its process that ended, while none replaces it.

    wanted: whether its end was ours.
    """

    pid: int | None = None
    since_ns: int = 0
    died_ns: int | None = None
    dead_pid: int | None = None
    wanted: bool = False
    figures: dict[str, Series] = field(default_factory=dict)


class ChaosProcesses:
    """Harms what a supervisor keeps running.

    works: tells from outside whether a node does its work. The first start is not a restart.
    """

    def __init__(self, supervisor: Supervisor, works: Works) -> None:
        """Look at nothing yet."""
        self._supervisor = supervisor
        self._works = works
        self._nodes = {status.name: _Node() for status in supervisor.status()}
        self._restarts: list[Restart] = []
        self._grown: dict[tuple[str, str], tuple[int, Growth]] = {}
        self._sampled_ns = 0
        self._stopped: set[str] = set()

    @property
    def restarts(self) -> tuple[Restart, ...]:
        """Every restart so far, those still under way last."""
        under_way = tuple(
            Restart(name, node.died_ns, None, node.wanted)
            for name, node in self._nodes.items()
            if node.died_ns is not None
        )
        return (*self._restarts, *under_way)

    @property
    def misconfigured(self) -> tuple[str, ...]:
        """Nodes that say they cannot start as they are."""
        return tuple(
            status.name
            for status in self._supervisor.status()
            if status.state is ProcessState.MISCONFIGURED
        )

    def waiting_for(self) -> tuple[str, ...]:
        """Nodes that do not work, or not yet."""
        return tuple(
            name
            for name, node in self._nodes.items()
            if node.pid is None
            or node.died_ns is not None
            or not self._works(name, node.pid, node.since_ns)
        )

    def begin(self) -> None:
        """From now on a process that ends is a restart; before, the cell comes up."""
        self._restarts.clear()
        for node in self._nodes.values():
            node.died_ns = None

    def poll(self) -> None:
        """Look at every process, and now and then at what it takes."""
        now_ns = time.monotonic_ns()
        for status in self._supervisor.status():
            node = self._nodes[status.name]
            if status.pid != node.pid:
                if node.pid is not None and node.died_ns is None:
                    node.died_ns, node.dead_pid = now_ns, node.pid
                self._keep_growth(status.name, node)
                node.pid, node.since_ns = status.pid, now_ns
            if (
                node.died_ns is not None
                and node.pid not in (None, node.dead_pid)
                and self._works(status.name, node.pid or 0, node.since_ns)
            ):
                restart = Restart(status.name, node.died_ns, time.monotonic_ns(), node.wanted)
                self._restarts.append(restart)
                node.died_ns, node.wanted = None, False
        if now_ns - self._sampled_ns >= SAMPLE_NS:
            self._sampled_ns = now_ns
            self._sample(now_ns)

    def kill(self, name: str) -> int:
        """End a process at once; when. Raises ProcessLookupError where it does not run."""
        node = self._nodes[name]
        node.wanted = True
        at_ns = time.monotonic_ns()
        self._signal(name, signal.SIGKILL)
        node.died_ns, node.dead_pid = at_ns, node.pid
        return at_ns

    def stop(self, name: str) -> None:
        """Let it stand still. Raises ProcessLookupError."""
        self._signal(name, signal.SIGSTOP)
        # Whoever supervises it may take it for hung, and end it.
        self._nodes[name].wanted = True
        self._stopped.add(name)

    def go_on(self, name: str) -> None:
        """Let it go on, where it was stopped and still is."""
        self._stopped.discard(name)
        self._supervisor.signal(name, signal.SIGCONT)
        node = self._nodes[name]
        node.wanted = node.died_ns is not None

    def renewed(self, name: str, since_ns: int) -> bool:
        """Whether a process was started again since then."""
        return any(one.node == name and one.died_ns >= since_ns for one in self._restarts)

    def let_all_go_on(self) -> None:
        """Whatever stands still."""
        for name in tuple(self._stopped):
            self.go_on(name)

    def fill_disk(self, name: str) -> tuple[int, int]:
        """No file of the process can grow any more; its limits until now.

        Raises ProcessLookupError, OSError where that is not allowed.
        """
        pid = self._nodes[name].pid
        if pid is None:
            raise ProcessLookupError(name)
        before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, before[1]))
        return before

    def empty_disk(self, name: str, before: tuple[int, int]) -> None:
        """Give it back its limits; one that was started anew has its own."""
        pid = self._nodes[name].pid
        if pid is not None:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, before)

    def growth(self) -> Mapping[tuple[str, str], Growth]:
        """By node and figure, of its process that lived longest."""
        for name, node in self._nodes.items():
            self._keep_growth(name, node, alive=True)
        return {key: growth for key, (_, growth) in self._grown.items()}

    def _signal(self, name: str, number: int) -> None:
        if not self._supervisor.signal(name, number):
            raise ProcessLookupError(f"{name} does not run")

    def _sample(self, now_ns: int) -> None:
        for node in self._nodes.values():
            figures = None if node.pid is None else process_figures(node.pid)
            if figures is None or node.died_ns is not None:
                continue
            for what, value in (
                (RESIDENT, figures.resident),
                (DESCRIPTORS, figures.descriptors),
                (THREADS, figures.threads),
            ):
                node.figures.setdefault(what, Series()).add(now_ns, value)

    def _keep_growth(self, name: str, node: _Node, *, alive: bool = False) -> None:
        lasted_ns = time.monotonic_ns() - node.since_ns
        for what, series in node.figures.items():
            growth = series.growth()
            longest_ns = self._grown.get((name, what), (0, None))[0]
            if growth is not None and lasted_ns > longest_ns:
                self._grown[name, what] = (lasted_ns, growth)
        if not alive:
            node.figures = {}


def own_limits_allow() -> bool:
    """Whether the limits of a process of ours can be changed."""
    try:
        resource.prlimit(os.getpid(), resource.RLIMIT_FSIZE)
    except OSError:
        return False
    return True
