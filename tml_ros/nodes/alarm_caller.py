"""One who commands the alarms of a cell and hears the answers, from outside of the cell.

Knows nothing of what a command says. Answers arrive in a queue, filled by the spinning thread.
"""

from __future__ import annotations

import contextlib
import queue
import threading
import time

import rclpy
from diagnostic_msgs.msg import DiagnosticArray
from rclpy.context import Context
from rclpy.signals import SignalHandlerOptions
from std_msgs.msg import String

from tml_ros.cell.alarm_status import StatusError, parse_alarm
from tml_ros.cell.commands.alarm_result import AlarmResult
from tml_ros.nodes import qos
from tml_ros.nodes.running import SpinThread
from tml_ros.nodes.status_messages import statuses_of
from tml_ros.safety.alarm import Alarm

POLL_SECONDS = 0.02
SEND_AGAIN_SECONDS = 0.3
MAX_WAITING = 1000


class AlarmCaller:
    """A node beside those of the cell, in a ROS context of its own."""

    def __init__(self, cell: str, *, name: str = "alarm_caller") -> None:
        """Join the cell's namespace."""
        self._results: queue.Queue[AlarmResult] = queue.Queue(MAX_WAITING)
        self._alarms: list[Alarm] = []
        self._alarms_came = threading.Event()
        self._context = Context()
        rclpy.init(context=self._context, signal_handler_options=SignalHandlerOptions.NO)
        self._node = rclpy.create_node(
            name, namespace=cell, context=self._context, enable_rosout=False
        )
        self._commands = self._node.create_publisher(String, "alarms/command", qos.ALARM_COMMANDS)
        self._node.create_subscription(
            String, "alarms/command/results", self._on_result, qos.ALARM_COMMAND_RESULTS
        )
        self._node.create_subscription(DiagnosticArray, "alarms", self._on_alarms, qos.ALARMS)
        self._spinning = SpinThread(self._node)

    def wait_for_guardian(self, seconds: float) -> bool:
        """Whether a guardian listens and answers within so long."""
        deadline = time.monotonic() + seconds
        topic = self._node.resolve_topic_name("alarms/command/results")
        while time.monotonic() < deadline:
            heard = self._commands.get_subscription_count() > 0
            if heard and self._node.count_publishers(topic) > 0:
                return True
            time.sleep(POLL_SECONDS)
        return False

    def alarms(self, seconds: float) -> list[Alarm] | None:
        """Every alarm that is not normal, as told last; None where nothing is told so long."""
        return self._alarms if self._alarms_came.wait(seconds) else None

    def call(self, text: str, command_id: str, seconds: float) -> AlarmResult | None:
        """Send a command and wait for its answer; None where none comes so long.

        It is sent again and again: under the same id it is the same command, and a guardian that
        has just been found may have missed the first, or its answer may have been lost.
        """
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self._commands.publish(String(data=text))
            result = self._answer(command_id, min(left, SEND_AGAIN_SECONDS))
            if result is not None:
                return result
        return None

    def now_ns(self) -> int:
        """The wall clock."""
        return time.time_ns()

    def close(self) -> None:
        """Leave."""
        self._spinning.stop()
        self._node.destroy_node()
        rclpy.try_shutdown(context=self._context)

    def _answer(self, command_id: str, seconds: float) -> AlarmResult | None:
        deadline = time.monotonic() + seconds
        with contextlib.suppress(queue.Empty):
            while (left := deadline - time.monotonic()) > 0:
                result = self._results.get(timeout=left)
                if result.id == command_id:
                    return result
        return None

    def _on_result(self, message: String) -> None:
        with contextlib.suppress(ValueError, queue.Full):
            self._results.put_nowait(AlarmResult.model_validate_json(message.data))

    def _on_alarms(self, message: DiagnosticArray) -> None:
        try:
            self._alarms = [parse_alarm(status.values) for status in statuses_of(message)]
        except StatusError as error:
            self._node.get_logger().warning(f"alarms that cannot be read: {error}")
            return
        self._alarms_came.set()
