"""Recorded telemetry of one machine as topics, where there is no machine: files played in a loop.

Knows nothing of what is measured. Files are read whole at the start; timers of a clock that never
jumps, or with use_sim_time of the node's, send them, in the spinning thread.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from diagnostic_msgs.msg import DiagnosticArray
from numpy.typing import NDArray
from rclpy.clock import Clock, ClockType
from rclpy.node import Node
from rclpy.publisher import Publisher
from rclpy.timer import Timer
from sensor_msgs.msg import Temperature
from std_msgs.msg import Float64, Float64MultiArray, MultiArrayDimension, MultiArrayLayout

from tml_ros.background.telemetry_source import BLOCK, NUMBER, TEMPERATURE
from tml_ros.cell.alarm_status import OK, WARN, Status
from tml_ros.cell.cell_file import load_cell
from tml_ros.cell.machine_description import TelemetryDescription, default_telemetry_topic
from tml_ros.devices.telemetry_file import TelemetryFileError, read_telemetry_file
from tml_ros.nodes import qos
from tml_ros.nodes.messages import time_message
from tml_ros.nodes.node_heartbeat import NodeHeartbeat
from tml_ros.nodes.parameters import ParameterError, text_parameter, whole_number_parameter
from tml_ros.nodes.running import run_node
from tml_ros.nodes.status_messages import statuses_message

MESSAGES = {NUMBER: Float64, BLOCK: Float64MultiArray, TEMPERATURE: Temperature}


@dataclass(slots=True)
class _Played:
    """One file on its way to one topic. step: values per message."""

    name: str
    described: TelemetryDescription
    values: NDArray[np.float32]
    step: int
    publisher: Publisher
    place: int = 0
    sent: int = 0
    ended: bool = False
    timer: Timer | None = None


class TelemetryNode(Node):
    """Plays the telemetry files that a cell names for one machine.

    Parameters:
        cell: path of the cell's YAML file. machine: its name there.
        wait_for_subscribers: begin when so many listen to a topic (default 0).
    Publishes:
        each telemetry topic with a `source`: Float64 and Temperature one value per `period`,
            Float64MultiArray the samples of one `period`
        /diagnostics (DiagnosticArray), 1 Hz
        heartbeat (DiagnosticArray), 5 Hz: work is every message sent; it is expected while all that
            has not ended is being played, but not with use_sim_time, where the pace is another's

    Fails to start, with exit code 2, on a wrong cell file or a file that cannot be played. With
    use_sim_time it stands still until the first message on /clock.
    """

    def __init__(self) -> None:
        """Read the files. Raises ParameterError, CellFileError, TelemetryFileError."""
        super().__init__("telemetry")
        path = text_parameter(self, "cell", "path of the cell's YAML file")
        machine = text_parameter(self, "machine", "name of the machine")
        self._wait_for = whole_number_parameter(
            self,
            "wait_for_subscribers",
            "begin when so many listen",
            default=0,
            lowest=0,
            highest=100,
        )
        cell = load_cell(Path(path))
        if machine not in cell.machines:
            raise ParameterError(f"parameter 'machine': cell {cell.cell!r} has no {machine!r}")
        self._cell = cell.cell
        self._steady = Clock(clock_type=ClockType.STEADY_TIME)
        self._simulated = bool(self.get_parameter("use_sim_time").value)
        self._pace = self.get_clock() if self._simulated else self._steady
        self._heart = NodeHeartbeat(self, name=self.get_name(), cell=cell.cell)
        self._played = [
            self._open(machine, name, described)
            for name, described in cell.machines[machine].telemetry.items()
            if described.source is not None
        ]
        self._diagnostics = self.create_publisher(DiagnosticArray, "/diagnostics", qos.DIAGNOSTICS)
        self.create_timer(0.1, self._begin, clock=self._steady)
        self.create_timer(1.0, self._report, clock=self._steady)

    def _open(self, machine: str, name: str, described: TelemetryDescription) -> _Played:
        read = read_telemetry_file(str(described.source), channel=described.channel)
        step = 1
        if described.type == BLOCK and described.rate is not None:
            if read.rate is not None and read.rate != described.rate:
                raise TelemetryFileError(
                    f"{described.source} has {read.rate:g} samples per second, the cell says "
                    f"{described.rate:g}"
                )
            step = max(1, round(described.rate * described.period))
        topic = described.topic or default_telemetry_topic(machine, name)
        publisher = self.create_publisher(MESSAGES[described.type], topic, qos.TELEMETRY_PLAYED)
        return _Played(name, described, read.values, step, publisher)

    def _begin(self) -> None:
        for played in self._played:
            heard = played.publisher.get_subscription_count() >= self._wait_for
            if played.timer is None and not played.ended and heard:
                send = partial(self._send, played)
                played.timer = self.create_timer(played.described.period, send, clock=self._pace)
        going = [played.timer is not None for played in self._played if not played.ended]
        self._heart.expect(bool(going) and all(going) and not self._simulated)

    def _send(self, played: _Played) -> None:
        values = self._next(played)
        if not len(values):
            played.ended = True
            if played.timer is not None:
                self.destroy_timer(played.timer)
            return
        played.publisher.publish(self._message(played.described.type, values))
        played.sent += 1
        self._heart.done()

    def _next(self, played: _Played) -> NDArray[np.float32]:
        place, step, values = played.place, played.step, played.values
        if played.described.loop:
            played.place = (place + step) % len(values)
            return np.take(values, np.arange(place, place + step), mode="wrap")
        played.place = place + step
        return values[place : place + step]

    def _message(self, kind: str, values: NDArray[np.float32]) -> Any:  # noqa: ANN401 - by type
        if kind == NUMBER:
            return Float64(data=float(values[0]))
        if kind == TEMPERATURE:
            message = Temperature(temperature=float(values[0]))
            message.header.stamp = time_message(self.get_clock().now().nanoseconds)
            return message
        size = len(values)
        layout = MultiArrayLayout(
            dim=[MultiArrayDimension(label="samples", size=size, stride=size)]
        )
        return Float64MultiArray(layout=layout, data=values.astype(np.float64))

    def _report(self) -> None:
        values = {played.name: str(played.sent) for played in self._played}
        waiting = [played.name for played in self._played if played.timer is None]
        level, message = OK, "playing"
        if waiting:
            level, message = WARN, f"waiting for listeners: {', '.join(waiting)}"
        name = f"{self.get_fully_qualified_name().lstrip('/')}: telemetry"
        report = Status(level, name, message, self._cell, values)
        stamp_ns = self.get_clock().now().nanoseconds
        self._diagnostics.publish(statuses_message([report], stamp_ns))


def main() -> int:
    """Run the node as a program."""
    return run_node(TelemetryNode)


if __name__ == "__main__":
    sys.exit(main())
