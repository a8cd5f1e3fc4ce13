"""Operators' commands on their way through the guardian node: text in, answer out.

Knows nothing of how a command is judged, that is `cell.commands.CommandDesk`'s. Built while the
node is configured; after that the guardian's worker thread owns it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from rclpy.clock import Clock, ClockType
from std_msgs.msg import String

from tml_ros.cell.commands.alarm_result import ResultCode, command_record
from tml_ros.cell.commands.command_desk import CommandDesk
from tml_ros.cell.commands.operator_keys import load_operator_keys
from tml_ros.cell.guardian import Guardian
from tml_ros.nodes import qos
from tml_ros.nodes.cell_node import CellNode
from tml_ros.safety.alarm import AlarmTransition

LOG_SECONDS = 1.0


class RefusedCommandError(ValueError):
    """A command was refused and answered so: for the node's figures and its log."""


class GuardianCommands:
    """Has the guardian of a node do what comes on `alarms/command`.

    Publishes:
        alarms/command/results (String): JSON, one answer to each command, refused ones too

    conclude: what the node does with transitions. record: writes down a kind and a body.

    Raises OperatorKeysError where the cell names a file of keys that is not one.
    """

    def __init__(
        self,
        node: CellNode,
        guardian: Guardian,
        *,
        conclude: Callable[[list[AlarmTransition]], None],
        record: Callable[[str, Mapping[str, Any]], None] = lambda _kind, _body: None,
    ) -> None:
        """Load the operators' keys, advertise the answers."""
        self._node = node
        self._conclude = conclude
        self._record = record
        self._wall = Clock(clock_type=ClockType.SYSTEM_TIME)
        path = node.cell.guardian.operators.keys
        keys = None if path is None else load_operator_keys(Path(path))
        self._desk = CommandDesk(node.cell, guardian, keys, began_ns=self._wall_ns())
        self._results = node.advertise(String, "alarms/command/results", qos.ALARM_COMMAND_RESULTS)

    def take(self, message: String) -> None:
        """Carry out one command and answer it.

        Raises RefusedCommandError once a refusal has been recorded and published: the worker counts
        it, and logs it no more often than it logs any wrong input.
        """
        result = self._desk.take(message.data, wall_ns=self._wall_ns(), now_ns=self._node.now_ns())
        answer = result.answer
        if not result.repeated:
            self._record(*command_record(result, message.data))
            self._conclude(list(result.transitions))
        self._results.publish(String(data=answer.model_dump_json()))
        line = f"{answer.command} by {answer.operator}: {answer.message}"
        if result.repeated:
            self._node.get_logger().debug(f"{line} (again)")
        elif result.accepted:
            self._node.get_logger().info(line)
        elif result.code is ResultCode.NOTHING_TO_CHANGE:
            self._node.get_logger().warning(line, throttle_duration_sec=LOG_SECONDS)
        else:
            raise RefusedCommandError(f"{answer.code.value}: {answer.message}")

    def _wall_ns(self) -> int:
        return int(self._wall.now().nanoseconds)
