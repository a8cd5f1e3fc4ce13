"""Runs the processes of a cell for a while and watches them.

The voice, the interaction and the streams start first; the streams hold still until everybody
listens. The guardian comes last, when all of them are up: it gives a stream only seconds to begin.
So nothing of a film is missed and no start takes so long that it looks like a lost camera. A
simulation comes after everybody: all are in its time, which does not pass before it begins. At the
end the guardian stops first: what the end of a film looks like is not part of the run. Then the
voice finishes its sentence. Main thread; the observer is spun by a thread of its own.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import rclpy
from rclpy.signals import SignalHandlerOptions

from tml_ros.cell.cell_description import camera_topic, microphone_topic
from tml_ros.cli.cell_processes import SIMULATION, cell_processes
from tml_ros.cli.dds_profile import discovery_environment
from tml_ros.cli.demo_plan import DemoPlan
from tml_ros.cli.live_table import LiveTable
from tml_ros.cli.mistake import MistakeError
from tml_ros.cli.supervisor import ProcessState, ProcessStatus, Supervisor
from tml_ros.nodes.exit_codes import STOPPED
from tml_ros.nodes.observer import Observer
from tml_ros.nodes.running import SpinThread
from tml_ros.report.injected_fault import InjectedFault
from tml_ros.report.session_log import SessionLog

UP_SECONDS = 45.0
FIRST_INPUT_SECONDS = 15.0
DISCOVERY_SECONDS = 2.0
AFTER_END_SECONDS = 0.3
"""The last frame's way to the alarm; shorter than any silence that counts as a lost camera."""
SPEECH_SECONDS = 8.0
FINDING_SECONDS = 5.0
"""A finding that is being said at the end is heard out so long."""
ASK_AFTER_S, ASK_LATEST_S = 4.0, 16.0
"""The question is typed so long after something was noticed, and before the end at the latest."""
REFRESH_SECONDS = 0.2
KEPT_LINES = 12
BRING_UP_S = 6.5
"""Sound and picture of several files begin together, when every node is usually up."""
LISTENERS = 3
"""To each camera and microphone: the guardian, the interaction and the observer."""
GUARDIAN, INTERACTION, SPEAKER = "guardian", "interaction", "speaker"
BACKGROUND = "background"
CAMERA, MICROPHONE = "camera_", "microphone_"


_Step = tuple[tuple[Supervisor, ...], Callable[[Observer], list[str]]]


@dataclass(frozen=True, slots=True)
class NodeFailure:
    """A node ended that should not have. lines: the last ones of its output.

    misconfigured: it cannot start as it is.
    """

    name: str
    lines: tuple[str, ...]
    misconfigured: bool = False


class DemoRun:
    """One run of a plan; fills `log` and records into `bag`.

    logs: folder for what the nodes write.
    """

    def __init__(self, plan: DemoPlan, log: SessionLog, *, bag: Path, logs: Path) -> None:
        """Prepare; nothing runs yet."""
        self._plan = plan
        self._log = log
        self._bag = bag
        self._lines: dict[str, deque[str]] = {}
        specs = cell_processes(
            plan.cell_path,
            simulation=plan.simulation,
            wait_for_subscribers=LISTENERS,
            files_start_s=time.time() + BRING_UP_S,
        )

        def supervisor(wanted: Callable[[str], bool]) -> Supervisor:
            return Supervisor(
                [spec for spec in specs if wanted(spec.name)],
                log_folder=logs,
                on_line=self._keep_line,
            )

        self._guardian = supervisor(lambda name: name == GUARDIAN)
        self._voice = supervisor(lambda name: name == SPEAKER)
        self._simulation = supervisor(lambda name: name == SIMULATION)
        self._others = supervisor(lambda name: name not in (GUARDIAN, SPEAKER, SIMULATION))
        self._started: list[Supervisor] = []
        self._noticed_s: float | None = None
        self._asked = not plan.question
        self._introduced = False

    def run(self, table: LiveTable, ending: threading.Event) -> NodeFailure | None:
        """Run until the film, the time or the user ends it; what failed, if a node did.

        Raises MistakeError where nodes of this cell are running already, BagError where the bag
        cannot be written.
        """
        with self._observer() as observer:
            self._refuse_namesakes(observer)
            try:
                failure = self._bring_up(observer, table, ending)
                if failure is None and not ending.is_set():
                    failure = self._watch(observer, table, ending)
                observer.end_session()
                # First, or it would alarm that the simulation's clock has stopped.
                self._guardian.stop()
                self._simulation.stop()
                self._let_voice_finish(observer, FINDING_SECONDS)
                self._others.stop()
                self._let_voice_finish(observer, SPEECH_SECONDS)
            finally:
                for supervisor in (self._simulation, self._guardian, self._others, self._voice):
                    supervisor.stop()
            if observer.bag_fault:
                table.say(f"the recording is not whole: {observer.bag_fault}")
        return failure

    @contextmanager
    def _observer(self) -> Iterator[Observer]:
        os.environ.update(discovery_environment(os.environ))
        rclpy.init(args=[], signal_handler_options=SignalHandlerOptions.NO)
        try:
            observer = Observer(
                self._log,
                self._bag,
                evidence=self._plan.evidence,
                simulated=self._plan.simulation is not None,
            )
            spinning = SpinThread(observer)
            try:
                yield observer
            finally:
                spinning.stop()
                observer.destroy_node()
        finally:
            rclpy.try_shutdown()

    def _refuse_namesakes(self, observer: Observer) -> None:
        """Two cells of one name would answer each other's questions, two clocks be no time."""
        deadline = time.monotonic() + DISCOVERY_SECONDS
        pause = threading.Event()
        domain = os.environ.get("ROS_DOMAIN_ID", "0")
        while time.monotonic() < deadline:
            others = observer.others_of_the_cell()
            if others:
                raise MistakeError(
                    f"cell {self._plan.cell.cell!r} is running already: "
                    f"{', '.join(others)} (ROS_DOMAIN_ID {domain}); end it, or set another "
                    f"ROS_DOMAIN_ID"
                )
            if self._plan.simulation is not None and observer.others_give_time():
                raise MistakeError(
                    f"something publishes /clock already (ROS_DOMAIN_ID {domain}), and a scenario "
                    f"has a time of its own; end it, or set another ROS_DOMAIN_ID"
                )
            pause.wait(0.1)

    def _bring_up(
        self, observer: Observer, table: LiveTable, ending: threading.Event
    ) -> NodeFailure | None:
        for starting, missing in self._steps():
            for supervisor in starting:
                self._started.append(supervisor)
                supervisor.start()
            failure = self._wait(partial(missing, observer), table, ending)
            if failure is not None or ending.is_set():
                return failure
        return None

    def _steps(self) -> tuple[_Step, ...]:
        """Who is started together, and who has to be there before the next are."""
        others = (self._others, self._voice)
        if self._plan.simulation is None:
            return ((others, self._missing_others), ((self._guardian,), self._missing_guardian))
        return (((*others, self._guardian), self._missing), ((self._simulation,), _nobody))

    def _wait(
        self, missing: Callable[[], list[str]], table: LiveTable, ending: threading.Event
    ) -> NodeFailure | None:
        """Wait until nobody is missing."""
        deadline = time.monotonic() + UP_SECONDS
        while names := missing():
            table.waiting(", ".join(names))
            if (failure := self._failure()) is not None:
                return failure
            if time.monotonic() > deadline:
                return self._failure_of(names[0])
            if ending.wait(REFRESH_SECONDS):
                break
        return None

    def _watch(
        self, observer: Observer, table: LiveTable, ending: threading.Event
    ) -> NodeFailure | None:
        """Watch until the end; seconds count from the first frame or sound."""
        started_ns, started_s = observer.now_ns(), time.monotonic()
        total = self._plan.seconds
        while not ending.wait(REFRESH_SECONDS):
            if (failure := self._failure()) is not None:
                return failure
            if self._scenario_over(observer):
                ending.wait(AFTER_END_SECONDS)
                break
            view = observer.view()
            waited = time.monotonic() - started_s
            if view.began_ns is None and waited < FIRST_INPUT_SECONDS:
                table.waiting("the first picture or sound")
                continue
            if self._log.model is not None and not self._introduced:
                self._introduced = True
                table.say(f"  model {self._log.model.name}: {self._log.model.belief}")
            elapsed = (observer.now_ns() - (view.began_ns or started_ns)) / 1e9
            table.show(view, elapsed)
            self._ask_in_time(observer, elapsed)
            self._kill_in_time(observer, table, elapsed)
            if total is not None:
                left = total + AFTER_END_SECONDS - elapsed
                if left <= 0:
                    break
                if left < REFRESH_SECONDS:
                    ending.wait(left)
                    break
        return self._failure()

    def _scenario_over(self, observer: Observer) -> bool:
        return observer.scenario_over or any(
            status.exit_code == STOPPED for status in self._simulation.status()
        )

    def _ask_in_time(self, observer: Observer, elapsed: float) -> None:
        """Type the question once, when there is something to ask about."""
        if self._asked:
            return
        noticed, _ = observer.found()
        if noticed and self._noticed_s is None:
            self._noticed_s = elapsed
        waited = self._noticed_s is not None and elapsed - self._noticed_s >= ASK_AFTER_S
        total = self._plan.seconds
        if waited or (total is not None and elapsed > max(total / 2, total - ASK_LATEST_S)):
            self._asked = True
            observer.type_text(self._plan.question)

    def _kill_in_time(self, observer: Observer, table: LiveTable, elapsed: float) -> None:
        """End a process as a crash would, once, where the plan says so."""
        kills = self._plan.kills
        if kills is None or self._log.fault is not None or elapsed < kills[1]:
            return
        name = kills[0]
        self._log.fault = InjectedFault(name, observer.now_ns())
        if self._others.signal(name, signal.SIGKILL):
            table.say(f"  {name} is killed on purpose")

    def _let_voice_finish(self, observer: Observer, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        pause = threading.Event()
        while observer.speaking() and time.monotonic() < deadline:
            pause.wait(0.05)

    def _missing(self, observer: Observer) -> list[str]:
        return [*self._missing_others(observer), *self._missing_guardian(observer)]

    def _missing_others(self, observer: Observer) -> list[str]:
        """Nodes that have not shown themselves by what they offer or listen to."""
        missing = [] if INTERACTION in observer.view().alive else [INTERACTION]
        if not observer.has_source("speech/playback"):
            missing.append(SPEAKER)
        cell = self._plan.cell
        if cell.has_background and not observer.has_source("findings"):
            missing.append(BACKGROUND)
        for name, camera in cell.cameras.items():
            if camera.source is not None and not observer.has_source(camera_topic(cell, name)):
                missing.append(f"{CAMERA}{name}")
        for name, microphone in cell.microphones.items():
            topic = microphone_topic(cell, name)
            if microphone.source is not None and not observer.has_source(topic):
                missing.append(f"{MICROPHONE}{name}")
        return missing

    def _missing_guardian(self, observer: Observer) -> list[str]:
        return [] if GUARDIAN in observer.view().alive else [GUARDIAN]

    def _failure(self) -> NodeFailure | None:
        for supervisor in self._started:
            for status in supervisor.status():
                misconfigured = status.state is ProcessState.MISCONFIGURED
                if status.name == SIMULATION and status.exit_code == STOPPED:
                    continue
                if self._was_killed(status):
                    continue
                if misconfigured or status.exit_code is not None or status.restarts > 0:
                    return self._failure_of(status.name, misconfigured=misconfigured)
        return None

    def _was_killed(self, status: ProcessStatus) -> bool:
        """Whether this is no more than the end that the plan wanted."""
        fault = self._log.fault
        return (
            fault is not None
            and status.name == fault.node
            and status.exit_code in (None, -signal.SIGKILL)
            and status.restarts <= 1
        )

    def _failure_of(self, name: str, *, misconfigured: bool = False) -> NodeFailure:
        return NodeFailure(name, tuple(self._lines.get(name, ())), misconfigured)

    def _keep_line(self, name: str, line: str) -> None:
        self._lines.setdefault(name, deque(maxlen=KEPT_LINES)).append(line)


def _nobody(_: Observer) -> list[str]:
    return []
