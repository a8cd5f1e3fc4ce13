"""Whether the guardian is heard: it publishes `alarms` four times a second, as long as it lives.

DDS tells: the deadline of its topic, and the liveliness of its process. Knows nothing of what the
alarms are. Everything runs in the spinning thread.
"""

from __future__ import annotations

from typing import Any

from diagnostic_msgs.msg import DiagnosticArray
from rclpy.event_handler import SubscriptionEventCallbacks

from tml_ros.cell.alarm_status import ERROR, OK, WARN, Status
from tml_ros.nodes import qos
from tml_ros.nodes.cell_node import CellNode

ALARMS = "alarms"


class GuardianSilence:
    """Listens for `node` while that is active.

    Subscribes to alarms with the deadline and the liveliness that the guardian offers. A publisher
    that offers none, as a bag may, is not heard here, and whoever wants its alarms asks for them
    with `qos.ALARMS_HEARD`.
    """

    def __init__(self, node: CellNode) -> None:
        """Nothing was heard yet."""
        self._node = node
        self._heard = False
        self._silent = False

    def activate(self) -> None:
        """Begin to listen."""
        self._heard = self._silent = False
        events = SubscriptionEventCallbacks(
            deadline=lambda _: self._fell_silent("it published nothing for 0.8 s"),
            liveliness=self._on_liveliness,
        )
        self._node.subscribe(DiagnosticArray, ALARMS, self._on_alarms, qos.ALARMS, events=events)

    def status(self) -> Status:
        """For diagnostics."""
        if self._silent:
            return self._node.status(ERROR, "guardian", "the guardian is silent", {})
        if not self._heard:
            return self._node.status(WARN, "guardian", "the guardian was not heard yet", {})
        return self._node.status(OK, "guardian", "the guardian is heard", {})

    def _on_alarms(self, _: DiagnosticArray) -> None:
        self._heard = True
        if self._silent:
            self._silent = False
            self._node.get_logger().info("the guardian is heard again")

    def _on_liveliness(self, change: Any) -> None:  # noqa: ANN401 - rmw's type has no name in rclpy
        if change.alive_count == 0:
            self._fell_silent("its process shows no sign of life")

    def _fell_silent(self, why: str) -> None:
        # Before the first message somebody else may have come and gone, such as an earlier one.
        if self._heard and not self._silent:
            self._silent = True
            self._node.get_logger().error(f"the guardian is silent: {why}")
