"""A rendered scenario as the topics of a cell, with the time and the truth.

Knows nothing of what happens in it: `sim.playback` says what is due when. A thread of the node's
own reads and publishes; the spinning thread starts it, reports and ends the node.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray
from rclpy.clock import Clock as NodeClock
from rclpy.clock import ClockType
from rclpy.duration import Duration
from rclpy.node import Node
from rclpy.publisher import Publisher
from rosgraph_msgs.msg import Clock
from std_msgs.msg import String

from tml_ros.background.contracts import Finding, Outcome, Urgency
from tml_ros.cell.alarm_status import ERROR, OK, WARN, Status
from tml_ros.cell.cell_file import load_cell
from tml_ros.nodes import qos
from tml_ros.nodes.live_hall import LiveHall
from tml_ros.nodes.messages import time_message
from tml_ros.nodes.parameters import (
    ParameterError,
    number_parameter,
    switch_parameter,
    text_parameter,
    whole_number_parameter,
)
from tml_ros.nodes.running import run_node
from tml_ros.nodes.simulated_streams import SimulatedStream, open_cameras, open_microphones
from tml_ros.nodes.status_messages import statuses_message
from tml_ros.sim.factory import cell_of
from tml_ros.sim.playback import (
    Due,
    FindingDue,
    Pace,
    PictureDue,
    SoundDue,
    TruthDue,
    playback,
)
from tml_ros.sim.scenario_clip import open_scenario_clip

CLOCK_BEGINS_S = 1_767_254_400
"""1 January 2026, 8:00 UTC: the same stamps every time, and a time of day for who asks."""
LEAD_S = 0.5
"""The clock stands so long before anything happens, so that everybody has the time by then."""
TRUTH_TOPIC = "simulation/truth"
_POLL_S = 0.05


@dataclass(frozen=True, slots=True)
class _Progress:
    """How far the publishing thread has come. time_s: of the scenario."""

    time_s: float = 0.0
    lap: int = 0
    slipped_s: float = 0.0
    done: bool = False


class SimulationNode(Node):
    """Plays what `tml-ros sim export` or the demo has rendered.

    Parameters:
        folder: of the rendered scenario; must be set.
        cell: path of the YAML file of the cell whose topics to publish on (default: topics as they
            are called where a cell says nothing else). Its cameras and microphones that are in the
            scenario are played.
        rate: how much faster than in life (default 1.0).
        start_at: begin so many seconds into the scenario (default 0).
        loop: start the scenario over at its end; the clock goes on (default false).
        clock: seconds since the epoch at which the clock begins (default 1 January 2026, 8:00 UTC).
        wait_for_subscribers: begin when so many listen to each camera and microphone (default 0).
        exit_at_end: end with exit code 0 after the end (default true).

    Publishes:
        /clock (Clock), 50 Hz and before every picture, sound and truth; nothing before the scenario
            begins but its first moment, for half a second
        every camera (Image or CompressedImage) and microphone (Int16MultiArray, blocks of 20 ms),
            as the camera and microphone nodes do; pictures are stamped with the scenario's time
        simulation/truth (String, JSON), latched: what is true, see `sim.truth_stream`; beside it
            stamp_ns
        findings (String, JSON): what the scenario gives to the cell to say
        /diagnostics (DiagnosticArray), 1 Hz
    Subscribes:
        speech/audio, speech/warning, speech/flush: the microphones hear it as an echo on top of
            what was rendered, and people who wait for it answer

    On a machine that does not keep up the clock runs slower; nothing is left out. Fails to start,
    with exit code 2, on a wrong parameter, a folder without a whole clip, or a cell that has none
    of its streams.
    """

    def __init__(self) -> None:
        """Open the clip. Raises ParameterError, ClipError, CellFileError."""
        super().__init__("simulation")
        self._clip = open_scenario_clip(
            Path(text_parameter(self, "folder", "folder of the rendered scenario"))
        )
        cell_path = text_parameter(self, "cell", "path of the cell's YAML file", default="")
        cell = load_cell(Path(cell_path)) if cell_path else cell_of(self._clip.scenario)
        self._rate = number_parameter(
            self, "rate", "how much faster than in life", default=1.0, lowest=0.01, highest=100.0
        )
        self._start_s = number_parameter(
            self, "start_at", "seconds into the scenario", default=0.0, lowest=0.0, highest=3600.0
        )
        if self._start_s >= self._clip.truth.seconds:
            raise ParameterError(
                f"parameter 'start_at' is {self._start_s:g}, the scenario lasts "
                f"{self._clip.truth.seconds:g} s"
            )
        self._loop = switch_parameter(self, "loop", "start over at the end", default=False)
        self._begins_ns = round(
            1e9
            * number_parameter(
                self,
                "clock",
                "seconds since the epoch at which the clock begins",
                default=CLOCK_BEGINS_S,
                lowest=1.0,
                highest=4e9,
            )
        )
        self._wait_for = whole_number_parameter(
            self,
            "wait_for_subscribers",
            "begin when so many listen to each stream",
            default=0,
            lowest=0,
            highest=100,
        )
        self._exit_at_end = switch_parameter(
            self, "exit_at_end", "end after the end of the scenario", default=True
        )
        self._time = self.create_publisher(Clock, "/clock", qos.CLOCK)
        self._truth = self.create_publisher(String, TRUTH_TOPIC, qos.SIMULATION_TRUTH)
        self._diagnostics = self.create_publisher(DiagnosticArray, "/diagnostics", qos.DIAGNOSTICS)
        self._hall = LiveHall(
            self, self._clip, volume=1.0 if cell.speaker is None else cell.speaker.volume
        )
        self._cameras = open_cameras(self, self._clip, cell)
        self._microphones = open_microphones(self, self._clip, cell, added=self._hall.heard)
        self._findings = self.create_publisher(String, "findings", qos.FINDINGS)
        if not self._cameras and not self._microphones:
            raise ParameterError(
                f"cell {cell.cell!r} has no camera and no microphone of scenario "
                f"{self._clip.truth.scenario!r}, which has "
                f"{', '.join((*self._clip.truth.cameras, *self._clip.truth.microphones))}"
            )
        self._told_ns = 0
        self._progress = _Progress()
        self._failure: Exception | None = None
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        steady = NodeClock(clock_type=ClockType.STEADY_TIME)
        self.create_timer(0.05, self._watch, clock=steady)
        self.create_timer(1.0, self._report, clock=steady)

    def destroy_node(self) -> None:
        """End the node's thread."""
        self._closing.set()
        if self._thread is not None:
            self._thread.join(1.0)
        super().destroy_node()

    def _watch(self) -> None:
        """Begin, and end the node; raises what the publishing thread has failed with."""
        if self._failure is not None:
            raise RuntimeError(f"playing has failed: {self._failure}") from self._failure
        if self._thread is None and self._heard():
            self._thread = threading.Thread(target=self._run, name="simulation", daemon=True)
            self._thread.start()
            self.get_logger().info(
                f"scenario {self._clip.truth.scenario!r} begins, {self._clip.truth.seconds:g} s"
            )
        if self._progress.done and self._exit_at_end and not self._closing.is_set():
            self._closing.set()
            self.get_logger().info("the scenario is over")
            os.kill(os.getpid(), signal.SIGTERM)

    def _heard(self) -> bool:
        return all(
            stream.publisher.get_subscription_count() >= self._wait_for
            for stream in self._streams()
        )

    def _streams(self) -> tuple[SimulatedStream, ...]:
        return (*self._cameras.values(), *self._microphones.values())

    def _run(self) -> None:
        try:
            self._play()
        except Exception as failure:
            self._failure = failure

    def _play(self) -> None:
        lap_ns = self._begins_ns
        first = round(self._start_s * 1e9)
        lead_until = time.monotonic() + LEAD_S
        while time.monotonic() < lead_until:
            self._tell_time(lap_ns + first, again=True)
            if self._closing.wait(_POLL_S):
                return
        lap = 0
        while True:
            for stream in self._streams():
                stream.rewind()
            self._hall.begin()
            pace = Pace(self._rate, first_ns=first, steady_ns=time.monotonic_ns())
            handed_over = self._clip.scenario.handed_over
            for due in playback(self._clip.truth, start_s=first / 1e9, handed_over=handed_over):
                wait_ns = pace.wait_ns(due.at_ns, time.monotonic_ns())
                if self._closing.wait(wait_ns / 1e9) if wait_ns else self._closing.is_set():
                    return
                self._send(due, lap_ns, lap)
                self._progress = _Progress(due.at_ns / 1e9, lap, pace.slipped_ns / 1e9)
            if not self._loop:
                break
            lap_ns += round(self._clip.truth.seconds * 1e9)
            first, lap = 0, lap + 1
        for publisher in self._reliable():
            publisher.wait_for_all_acked(Duration(seconds=0.5))
        self._progress = _Progress(due.at_ns / 1e9, lap, pace.slipped_ns / 1e9, done=True)

    def _send(self, due: Due, lap_ns: int, lap: int) -> None:
        stamp_ns = lap_ns + due.at_ns
        self._tell_time(stamp_ns)
        answered = self._hall.advance(due.at_ns / 1e9)
        if answered is not None:
            self._tell_truth(answered, stamp_ns)
        if isinstance(due, PictureDue) and due.camera in self._cameras:
            self._cameras[due.camera].publish(due.index, stamp_ns)
        elif isinstance(due, SoundDue) and due.microphone in self._microphones:
            self._microphones[due.microphone].publish(due.index)
        elif isinstance(due, TruthDue):
            self._tell_truth(self._hall.told(due.told.content), stamp_ns)
        elif isinstance(due, FindingDue):
            finding = Finding(
                id=f"{self._clip.truth.scenario}-{lap}-{due.index}",
                outcome=Outcome.NOTICED,
                say=due.given.say,
                urgency=Urgency.NOW if due.given.urgent else Urgency.WHEN_FREE,
                stamp_ns=stamp_ns,
            )
            self._findings.publish(String(data=finding.model_dump_json()))

    def _tell_truth(self, told: dict[str, Any], stamp_ns: int) -> None:
        content = {"stamp_ns": stamp_ns, **told}
        self._truth.publish(String(data=json.dumps(content)))

    def _tell_time(self, stamp_ns: int, *, again: bool = False) -> None:
        if stamp_ns > self._told_ns or again:
            self._time.publish(Clock(clock=time_message(stamp_ns)))
            self._told_ns = stamp_ns

    def _reliable(self) -> Iterator[Publisher]:
        yield self._truth
        yield self._findings
        yield from (microphone.publisher for microphone in self._microphones.values())

    def _report(self) -> None:
        progress = self._progress
        level, message = OK, f"{progress.time_s:.1f} of {self._clip.truth.seconds:g} s"
        if self._thread is None:
            level, message = WARN, f"waiting for {self._wait_for} subscribers of each stream"
        elif progress.slipped_s > 0:
            level, message = WARN, f"{message}; {progress.slipped_s:.1f} s behind"
        if self._hall.problem and level == OK:
            level, message = WARN, f"{message}; {self._hall.problem}"
        if self._failure is not None:
            level, message = ERROR, f"has failed: {self._failure}"
        values = {
            "scenario": self._clip.truth.scenario,
            "time_s": f"{progress.time_s:.2f}",
            "lap": str(progress.lap),
            "slipped_s": f"{progress.slipped_s:.2f}",
            "malformed": str(self._hall.malformed),
        }
        name = f"{self.get_fully_qualified_name().lstrip('/')}: scenario"
        report = Status(level, name, message, self.get_namespace().strip("/"), values)
        self._diagnostics.publish(statuses_message([report], self._told_ns))


def main() -> int:
    """Run the node as a program."""
    return run_node(SimulationNode)


if __name__ == "__main__":
    sys.exit(main())
