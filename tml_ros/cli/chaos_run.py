"""Runs a cell, does a plan of faults to it and keeps what was seen: the history to judge.

Knows nothing of what has to come of a fault but when the cell has recovered. Main thread; the
saboteur is spun by a thread of its own.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import rclpy
from rclpy.signals import SignalHandlerOptions

from tml_ros.bench.chaos.faults import (
    DISK_PLACE,
    HEALTH_KINDS,
    LOAD_KINDS,
    SECOND,
    Fault,
    FaultKind,
    Place,
    expectation,
    flooded_places,
)
from tml_ros.bench.chaos.history import History, Struck
from tml_ros.bench.chaos.hostile import hostile_messages
from tml_ros.bench.chaos.plan import ChaosPlan, PlannedFault
from tml_ros.bench.soak_figures import Growth, Series
from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.cell_nodes import Role, cell_nodes
from tml_ros.cli.cell_processes import cell_processes
from tml_ros.cli.chaos_processes import ChaosProcesses
from tml_ros.cli.dds_profile import discovery_environment
from tml_ros.cli.mistake import MistakeError
from tml_ros.cli.supervisor import Supervisor
from tml_ros.nodes.chaos_node import UNHARMED, ChaosNode, Harm
from tml_ros.nodes.running import SpinThread

UP_SECONDS = 90.0
SETTLE_SECONDS = 20.0
QUIET_NS = SECOND
POLL_SECONDS = 0.02
DISCOVERY_SECONDS = 1.0
DRAIN_SECONDS = 1.5
"""After the last, for what is still being written down."""
SLOW_STOPPED_S, SLOW_RUNNING_S = 0.16, 0.04
"""Of each fifth of a second, how long a slowed process stands still, and runs."""
JUMP_NS = 30 * SECOND
HOSTILE_PER_SECOND = 300
LATENCIES = ("turn_p50_ms", "turn_p99_ms")
KEPT_LINES = 12
BRING_UP_S = 6.0
_HARMS = {
    FaultKind.CAMERA_CUT: Harm.CUT,
    FaultKind.CAMERA_FREEZE: Harm.FREEZE,
    FaultKind.CAMERA_BLACK: Harm.BLANK,
    FaultKind.CAMERA_STALE: Harm.SLOW,
    FaultKind.MICROPHONE_CUT: Harm.CUT,
    FaultKind.MICROPHONE_MUTE: Harm.BLANK,
}


@dataclass(frozen=True, slots=True)
class Moment:
    """What is going on, to be shown. doing: in words. alarms: what the guardian says now."""

    doing: str
    alarms: tuple[Place, ...] = ()
    done: int = 0


@dataclass(frozen=True, slots=True)
class Ran:
    """A run. growth: by node and figure. latency: of the model's turns. hostile: messages sent.

    failure: why it ended before anything was done; with the last lines of who failed.
    """

    history: History | None
    growth: Mapping[tuple[str, str], Growth]
    latency: Mapping[str, Growth]
    hostile: int = 0
    failure: str = ""
    lines: tuple[str, ...] = ()


class ChaosRun:
    """One run of a plan on one cell.

    show: told what goes on, a few times a second. struck: told of each fault once it is over and
    the cell has recovered, with the history so far.
    """

    def __init__(
        self,
        cell_path: Path,
        cell: CellDescription,
        plan: ChaosPlan,
        *,
        out: Path,
        clock: bool = False,
        hostile_per_second: int = HOSTILE_PER_SECOND,
        show: Callable[[Moment], None],
        struck: Callable[[Struck, History], None],
    ) -> None:
        """Prepare; nothing runs yet."""
        self._cell = cell
        self._plan = plan
        self._out = out
        self._clock = clock
        self._rate = hostile_per_second
        self._show = show
        self._tell = struck
        self._lines: dict[str, deque[str]] = {}
        self._done: list[Struck] = []
        self._sent = 0
        self._shown_s = 0.0
        self._doing = ""
        self._latency = {name: Series() for name in LATENCIES}
        self._sampled_ns = 0
        self._roles = {node.name: node for node in cell_nodes(cell)}
        specs = cell_processes(
            cell_path,
            use_sim_time=clock,
            wait_for_subscribers=1,
            files_start_s=0.0 if clock else time.time() + BRING_UP_S,
            behind=UNHARMED,
        )
        self._supervisor = Supervisor(specs, log_folder=out / "logs", on_line=self._keep_line)

    def run(self, ending: threading.Event) -> Ran:
        """Run until the plan is done or the user ends it. Nothing is left running.

        Raises MistakeError where nodes of this cell run already, BagError.
        """
        self._ending = ending
        with self._saboteur() as saboteur:
            self._node = saboteur
            self._refuse_namesakes()
            self._processes = ChaosProcesses(self._supervisor, self._works)
            try:
                self._supervisor.start()
                if failure := self._bring_up():
                    lines = self._lines.get(failure.partition(" ")[0], ())
                    return Ran(None, {}, {}, failure=failure, lines=tuple(lines))
                self._processes.begin()
                self._before = saboteur.standing() or {}
                self._began_ns = time.monotonic_ns()
                self._follow_plan()
                self._pause(DRAIN_SECONDS)
                history = self._history()
            finally:
                self._processes.let_all_go_on()
                self._supervisor.stop()
            growth = self._processes.growth()
        latency = {name: series.growth() for name, series in self._latency.items()}
        return Ran(
            history,
            growth,
            {name: one for name, one in latency.items() if one is not None},
            self._sent,
        )

    @contextmanager
    def _saboteur(self) -> Iterator[ChaosNode]:
        os.environ.update(discovery_environment(os.environ))
        rclpy.init(args=[], signal_handler_options=SignalHandlerOptions.NO)
        try:
            node = ChaosNode(self._cell, bag=self._out / "chaos.mcap", clock=self._clock)
            spinning = SpinThread(node)
            try:
                yield node
            finally:
                spinning.stop()
                node.destroy_node()
        finally:
            rclpy.try_shutdown()

    def _refuse_namesakes(self) -> None:
        deadline = time.monotonic() + DISCOVERY_SECONDS
        while time.monotonic() < deadline:
            space = self._node.get_namespace()
            found = self._node.get_node_names_and_namespaces()
            others = sorted(name for name, where in found if where == space)
            others.remove(self._node.get_name())
            if others:
                domain = os.environ.get("ROS_DOMAIN_ID", "0")
                raise MistakeError(
                    f"cell {self._cell.cell!r} is running already: {', '.join(others)} "
                    f"(ROS_DOMAIN_ID {domain}); end it, or set another ROS_DOMAIN_ID"
                )
            self._ending.wait(0.1)

    def _bring_up(self) -> str:
        """Wait until every node works and the cell is quiet; what failed, "" where nothing did."""
        deadline = time.monotonic() + UP_SECONDS
        while waiting := self._processes.waiting_for():
            self._doing = f"waiting for {', '.join(waiting)}"
            if self._misstep() or self._ending.is_set():
                return self._misstep() or "ended before the cell was up"
            if time.monotonic() > deadline:
                return f"{waiting[0]} does not come up"
            self._step()
        self._doing = "waiting until the cell is quiet"
        deadline = time.monotonic() + SETTLE_SECONDS
        while time.monotonic() < deadline and not self._ending.is_set() and not self._quiet():
            self._step()
        return ""

    def _misstep(self) -> str:
        wrong = self._processes.misconfigured
        return f"{wrong[0]} cannot start as it is" if wrong else ""

    def _quiet(self) -> bool:
        events = self._node.events()
        lately = events and time.monotonic_ns() - events[-1].steady_ns < QUIET_NS
        standing = self._node.standing()
        if standing is None or lately:
            return False
        return not any(
            kind in HEALTH_KINDS - LOAD_KINDS and state.condition_present
            for (kind, _), state in standing.items()
        )

    def _follow_plan(self) -> None:
        for planned in self._plan.faults:
            self._doing = f"next: {planned.fault.words}"
            late_ns = time.monotonic_ns() - self._began_ns
            last = planned is self._plan.faults[-1] and planned.fault.kind is FaultKind.MALFORMED
            if late_ns > self._plan.lasts_ns and not (self._plan.whole or last):
                continue
            self._wait_until(self._began_ns + planned.at_ns)
            if self._ending.is_set():
                return
            self._strike(planned)
        if not self._plan.faults:
            self._doing = "watching"
            self._wait_until(self._began_ns + self._plan.lasts_ns)

    def _strike(self, planned: PlannedFault) -> None:
        fault = planned.fault
        self._doing = fault.words
        began_ns = time.monotonic_ns()
        try:
            began_ns = self._do(fault)
            problem = ""
        except OSError as error:
            problem = str(error)
        done = Struck(fault, began_ns, time.monotonic_ns(), problem)
        self._done.append(done)
        self._doing = f"recovering from {fault.words}"
        self._pause(planned.rest_ns / 1e9)
        self._wait_for_recovery(done)
        self._tell(done, self._history())

    def _do(self, fault: Fault) -> int:
        """Do it and undo it; when it really began."""
        kind, lasts_s = fault.kind, fault.lasts_ns / 1e9
        began_ns = time.monotonic_ns()
        if kind is FaultKind.KILL:
            began_ns = self._processes.kill(fault.target)
            within_s = expectation(fault, self._cell).gone_within_ns / 1e9
            self._wait_for(lambda: fault.target not in self._processes.waiting_for(), within_s)
        elif kind is FaultKind.STOP:
            self._processes.stop(fault.target)
            self._pause(lasts_s)
            self._processes.go_on(fault.target)
        elif kind is FaultKind.HANG:
            within_s = expectation(fault, self._cell).gone_within_ns / 1e9
            self._processes.stop(fault.target)
            self._wait_for(lambda: self._processes.renewed(fault.target, began_ns), within_s)
            self._processes.go_on(fault.target)
        elif kind is FaultKind.SLOW:
            self._slow(fault.target, lasts_s)
        elif kind in _HARMS:
            self._node.harm(fault.target, _HARMS[kind])
            self._pause(lasts_s)
            self._node.harm(fault.target, Harm.NONE)
        elif kind is FaultKind.DISK_FULL:
            self._fill_disk(fault.target, lasts_s)
        elif kind is FaultKind.CLOCK_STOP:
            self._node.stop_clock(True)
            self._pause(lasts_s)
            self._node.stop_clock(False)
        elif kind is FaultKind.CLOCK_JUMP:
            self._node.jump_clock(JUMP_NS if len(self._done) % 2 else -JUMP_NS)
        elif kind is FaultKind.ALARM_FLOOD:
            self._node.say_hazards(flooded_places(), present=True)
            self._pause(lasts_s)
            self._node.say_hazards(flooded_places(), present=False)
        else:
            self._send_hostile(round(lasts_s * self._rate))
        return began_ns

    def _slow(self, target: str, lasts_s: float) -> None:
        deadline = time.monotonic() + lasts_s
        while time.monotonic() < deadline and not self._ending.is_set():
            self._processes.stop(target)
            self._ending.wait(SLOW_STOPPED_S)
            self._processes.go_on(target)
            self._ending.wait(SLOW_RUNNING_S)
            self._step()

    def _fill_disk(self, target: str, lasts_s: float) -> None:
        before = self._processes.fill_disk(target)
        try:
            self._node.say_hazards([DISK_PLACE], present=True)
            self._pause(lasts_s)
        finally:
            with suppress(ProcessLookupError):
                self._processes.empty_disk(target, before)
            self._node.say_hazards([DISK_PLACE], present=False)

    def _send_hostile(self, count: int) -> None:
        self._node.open_hostile()
        try:
            self._pause(DISCOVERY_SECONDS)
            started_s = time.monotonic()
            # Every fault has messages of its own, the same for the same seed.
            messages = hostile_messages(self._cell, seed=self._plan.seed + len(self._done))
            for index, message in enumerate(islice(messages, count)):
                self._sent += self._node.send_hostile(message)
                ahead_s = started_s + index / self._rate - time.monotonic()
                if ahead_s > 0:
                    self._pause(ahead_s)
                elif index % self._rate == 0:
                    self._step()
                if self._ending.is_set():
                    break
            self._pause(DISCOVERY_SECONDS)
        finally:
            self._node.close_hostile()

    def _wait_for_recovery(self, done: Struck) -> None:
        expected = expectation(done.fault, self._cell)
        within_s = expected.gone_within_ns / 1e9

        def recovered() -> bool:
            standing = self._node.standing() or {}
            present = {place for place, state in standing.items() if state.condition_present}
            # What a busy machine is alarmed for may stay as long as it is busy.
            kinds = expected.explains - LOAD_KINDS
            explained = {place for place in present if place[0] in kinds}
            ours = (expected.alarms & present) | (explained - self._before.keys())
            return not ours and not self._processes.waiting_for()

        self._wait_for(recovered, within_s + DISCOVERY_SECONDS)

    def _works(self, name: str, pid: int, since_ns: int) -> bool:
        """Whether a process does its work, as far as it can be seen from outside."""
        place = self._roles[name]
        beat_ns, beat_pid = self._node.beats().get(name, (0, ""))
        if place.role in (Role.CAMERA, Role.MICROPHONE):
            return self._node.newest().get(place.serves, 0) > since_ns
        if beat_pid:
            return beat_pid == str(pid) and beat_ns > since_ns
        if place.role is Role.GUARDIAN:
            spoken = self._node.spoken()
            return bool(spoken) and spoken[-1] > since_ns + SECOND // 2
        if place.role is Role.INTERACTION:
            return beat_ns > since_ns
        return time.monotonic_ns() - since_ns > 3 * SECOND

    def _history(self) -> History:
        seen = tuple(event for event in self._node.events() if event.steady_ns >= self._began_ns)
        return History(
            began_ns=self._began_ns,
            ended_ns=time.monotonic_ns(),
            struck=tuple(self._done),
            seen=seen,
            before=self._before,
            standing=self._node.standing(),
            silences=self._node.silences(),
            spoken=self._node.spoken(),
            restarts=self._processes.restarts,
        )

    def _wait_until(self, steady_ns: int) -> None:
        self._pause((steady_ns - time.monotonic_ns()) / 1e9)

    def _pause(self, seconds: float) -> None:
        self._wait_for(lambda: False, seconds)

    def _wait_for(self, condition: Callable[[], bool], seconds: float) -> None:
        """Wait so long, or until something is so, or until the user ends it; meanwhile look."""
        deadline = time.monotonic() + seconds
        while not self._ending.is_set():
            self._step(min(POLL_SECONDS, max(0.0, deadline - time.monotonic())))
            if condition() or time.monotonic() >= deadline:
                return

    def _step(self, seconds: float = POLL_SECONDS) -> None:
        self._ending.wait(seconds)
        self._processes.poll()
        now_ns = time.monotonic_ns()
        if now_ns - self._sampled_ns >= SECOND:
            self._sampled_ns = now_ns
            self._sample_latency(now_ns)
        if time.monotonic() - self._shown_s >= 0.25:
            self._shown_s = time.monotonic()
            standing = self._node.standing() or {}
            present = tuple(
                sorted(place for place, state in standing.items() if state.condition_present)
            )
            self._show(Moment(self._doing, present, len(self._done)))

    def _sample_latency(self, now_ns: int) -> None:
        for status in self._node.statuses().values():
            for name, series in self._latency.items():
                with suppress(KeyError, ValueError):
                    series.add(now_ns, float(status.values[name]))

    def _keep_line(self, name: str, line: str) -> None:
        self._lines.setdefault(name, deque(maxlen=KEPT_LINES)).append(line)
