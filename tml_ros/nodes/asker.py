"""One who asks the background of a cell and hears its findings, from outside of the cell.

Knows nothing of what is asked. Findings arrive in a queue, filled by the spinning thread.
"""

from __future__ import annotations

import queue
import time

import rclpy
from rclpy.context import Context
from rclpy.signals import SignalHandlerOptions
from std_msgs.msg import String

from tml_ros.background.contracts import Delegation, Finding
from tml_ros.nodes import qos
from tml_ros.nodes.running import SpinThread

POLL_SECONDS = 0.02


class Asker:
    """A node named after its process beside those of the cell.

    findings: everything the background publishes, in order.
    """

    def __init__(self, cell: str, *, name: str = "asker") -> None:
        """Join the cell's namespace, in a ROS context of its own."""
        self.findings: queue.SimpleQueue[Finding] = queue.SimpleQueue()
        self._context = Context()
        rclpy.init(context=self._context, signal_handler_options=SignalHandlerOptions.NO)
        self._node = rclpy.create_node(
            name, namespace=cell, context=self._context, enable_rosout=False
        )
        self._delegations = self._node.create_publisher(String, "delegations", qos.DELEGATIONS)
        self._node.create_subscription(String, "findings", self._on_finding, qos.FINDINGS)
        self._spinning = SpinThread(self._node)

    def wait_for_background(self, seconds: float) -> bool:
        """Whether a background listens and answers within so long."""
        deadline = time.monotonic() + seconds
        topic = self._node.resolve_topic_name("findings")
        while time.monotonic() < deadline:
            heard = self._delegations.get_subscription_count() > 0
            if heard and self._node.count_publishers(topic) > 0:
                return True
            time.sleep(POLL_SECONDS)
        return False

    def ask(self, delegation: Delegation) -> None:
        """Send it; the same id is the same question."""
        self._delegations.publish(String(data=delegation.model_dump_json()))

    def now_ns(self) -> int:
        """The system's time."""
        return int(self._node.get_clock().now().nanoseconds)

    def close(self) -> None:
        """Leave."""
        self._spinning.stop()
        self._node.destroy_node()
        rclpy.try_shutdown(context=self._context)

    def _on_finding(self, message: String) -> None:
        try:
            self.findings.put(Finding.model_validate_json(message.data))
        except ValueError as error:
            self._node.get_logger().warning(f"a finding that cannot be read: {error}")
