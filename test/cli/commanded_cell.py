"""A guardian that only takes commands, over real DDS: what `tml-ros alarm` talks to."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import rclpy
from diagnostic_msgs.msg import DiagnosticArray
from std_msgs.msg import String

from tml_ros.cell.alarm_status import alarm_status
from tml_ros.cell.guardian import Guardian
from tml_ros.nodes import qos
from tml_ros.nodes.cell_node import CellNode
from tml_ros.nodes.guardian_commands import GuardianCommands
from tml_ros.nodes.running import SpinThread
from tml_ros.nodes.status_messages import statuses_message
from tml_ros.nodes.worker import Lane
from tml_ros.turn.hazard import Hazard, HazardKind, HazardSource

CELL = """
cell: press
cameras: {front: {}}
microphones: {hall: {}, yard: {}}
alarms: {siren: {on_delay: 0.0}}
guardian:
  suppression: {maintenance: {kinds: [siren], longest: 600}}
"""


class CommandedCell(CellNode):
    """The guardian's commands without its cameras; errors, records and transitions are kept."""

    def __init__(self) -> None:
        """Start."""
        super().__init__("guardian")
        self.errors: list[Exception] = []
        self.records: list[tuple[str, dict[str, Any]]] = []
        self.transitions: list[Any] = []
        self.start()

    def configure(self, cell: Any) -> None:
        """Build the guardian and what takes its commands."""
        self.guardian = Guardian(cell)
        self._alarms = self.advertise(DiagnosticArray, "alarms", qos.ALARMS)
        self._commands = GuardianCommands(
            self,
            self.guardian,
            conclude=self._conclude,
            record=lambda kind, body: self.records.append((kind, dict(body))),
        )

    def activate(self) -> None:
        """Take commands."""
        lanes = {"commands": Lane(self._commands.take, 10), "sirens": Lane(self._siren, 10)}
        worker = self.start_worker(lanes, on_failure=lambda _, error: self.errors.append(error))
        self.subscribe(
            String,
            "alarms/command",
            lambda message: worker.put("commands", message),
            qos.ALARM_COMMANDS,
        )
        self.siren = lambda zone: worker.put("sirens", zone)
        worker.put("sirens", "hall")

    def _siren(self, zone: str) -> None:
        now_ns = self.now_ns()
        hazard = Hazard(HazardKind.SIREN, zone, 1.0, HazardSource.MODEL, now_ns)
        self._conclude(self.guardian.observe_hazards([hazard], now_ns))

    def _conclude(self, transitions: list[Any]) -> None:
        self.transitions += transitions
        statuses = (alarm_status(alarm, cell="press") for alarm in self.guardian.alarms())
        self._alarms.publish(statuses_message(statuses, self.now_ns()))


@contextlib.contextmanager
def commanded_cell(path: Path) -> Iterator[CommandedCell]:
    """The cell of that file, running within the block."""
    rclpy.init(args=["--ros-args", "-r", "__ns:=/press", "-p", f"cell:={path}"])
    try:
        node = CommandedCell()
        spinning = SpinThread(node)
        try:
            yield node
        finally:
            assert spinning.stop()
            node.destroy_node()
    finally:
        rclpy.try_shutdown()
