"""What the camera and the microphone node have in common: one source, carried to one topic.

Knows nothing of what is captured. The source captures in a thread of its own; a second thread, the
node's, publishes; the spinning thread opens, watches and reports.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar

from diagnostic_msgs.msg import DiagnosticArray
from rclpy.clock import Clock, ClockType
from rclpy.node import Node
from rclpy.publisher import Publisher

from tml_ros.cell.alarm_status import WARN, Status
from tml_ros.devices.source_state import SourceState
from tml_ros.nodes import qos
from tml_ros.nodes.node_heartbeat import NodeHeartbeat
from tml_ros.nodes.parameters import (
    number_parameter,
    switch_parameter,
    whole_number_parameter,
)
from tml_ros.nodes.pump import Pump
from tml_ros.nodes.status_messages import statuses_message
from tml_ros.turn.micro_turn import TURN_NS

STUCK_SECONDS = 3.0
"""Who takes so long to publish one item hangs."""

Item = TypeVar("Item")
Given_co = TypeVar("Given_co", covariant=True)


class SourceStatus(Protocol):
    """How a source is doing."""

    @property
    def state(self) -> SourceState:
        """What it is doing."""

    @property
    def readable(self) -> int:
        """Items that were read or still can be: those that nothing newer has replaced."""

    @property
    def last_error(self) -> str:
        """Why it was lost last, "" when it never was."""


class Source(Protocol[Given_co]):
    """What fills the topic."""

    def read(self, timeout_s: float) -> Given_co | None:
        """The next item; None if none comes in time."""

    @property
    def status(self) -> Any:  # noqa: ANN401 - a SourceStatus with more in it
        """How it is doing."""

    def close(self) -> None:
        """Stop capturing."""


class SourceNode(Node, Generic[Item]):
    """Carries one source to one topic. Subclasses fill in `publish`, `describe`, `captured_ns`.

    Parameters:
        loop: start a file over at its end (default false).
        wait_for_subscribers: open the source only when so many subscribe, so that they get a file
            from its beginning (default 0).
        start_at: open the source only from this time on, seconds of the node's clock, so that
            several files begin together (default 0: at once).
        exit_at_end: end with exit code 0 after the end of a file; otherwise the node stays, silent
            (default false).

    Publishes:
        /diagnostics (DiagnosticArray), 1 Hz: state of the source, what it gave, retries, last error
        heartbeat (DiagnosticArray), 5 Hz: work is what was published, expected while the source
            runs (one that is lost has an alarm of its own); a deadline is missed by what is
            published more than 200 ms, a micro-turn, after it was captured
    """

    def __init__(self, name: str) -> None:
        """Declare the parameters. Raises ParameterError."""
        super().__init__(name)
        self.loop = switch_parameter(self, "loop", "start a file over at its end", default=False)
        self._exit_at_end = switch_parameter(
            self, "exit_at_end", "end after the end of a file", default=False
        )
        self._wait_for = whole_number_parameter(
            self,
            "wait_for_subscribers",
            "open the source only when so many subscribe",
            default=0,
            lowest=0,
            highest=100,
        )
        self._start_at_s = number_parameter(
            self,
            "start_at",
            "open the source only from this time on, seconds of the node's clock",
            default=0.0,
            lowest=0.0,
            highest=1e10,
        )
        self._diagnostics = self.create_publisher(DiagnosticArray, "/diagnostics", qos.DIAGNOSTICS)
        self._heart = NodeHeartbeat(
            self, name=self.get_name(), cell=self.get_namespace().strip("/")
        )
        self._state: SourceState | None = None
        self._published = 0
        self._source: Source[Item] | None = None
        self._pump: Pump[Item] | None = None

    def begin(
        self, shown: str, publisher: Publisher, open_source: Callable[[], Source[Item]]
    ) -> None:
        """Open the source and carry it to `publisher`. Raises what `open_source` does.

        shown: the source's name for people.
        """
        self._shown = shown
        self._publisher = publisher
        self._open = open_source
        self._source = open_source()
        problem = self._source.status.last_error
        if problem:
            self.get_logger().warning(problem)
        if self._wait_for or self._start_at_s:
            # Opened all the same, so that a wrong source is found now.
            self._source.close()
            self._source = None
        steady = Clock(clock_type=ClockType.STEADY_TIME)
        self.create_timer(0.1, self._watch, clock=steady)
        self.create_timer(1.0, self._report, clock=steady)
        self._watch()

    def publish(self, item: Item) -> None:
        """Send one item; called in the node's own thread."""
        raise NotImplementedError

    def describe(self, status: Any) -> tuple[int, dict[str, str]]:  # noqa: ANN401 - see Source
        """The level and the figures of a report on the source."""
        raise NotImplementedError

    def captured_ns(self, item: Item) -> int:
        """When an item was captured, by the steady clock; called in the node's own thread."""
        raise NotImplementedError

    def working(self) -> bool:
        """Whether the node's own thread goes on."""
        return self._pump is None or not self._pump.stuck(STUCK_SECONDS)

    def destroy_node(self) -> None:
        """Close the source and end the node's thread."""
        if self._source is not None:
            self._source.close()
        if self._pump is not None:
            self._pump.close()
        super().destroy_node()

    def _carry(self, item: Item) -> None:
        self.publish(item)
        self._published += 1
        self._heart.done()
        if time.monotonic_ns() - self.captured_ns(item) > TURN_NS:
            self._heart.missed()

    def _watch(self) -> None:
        """Log each change of the source's state; raises when the publishing thread has failed."""
        if self._pump is None and self._may_start():
            self._source = self._source or self._open()
            self._pump = Pump(self.get_name(), self._source.read, self._carry)
        if self._source is None or self._pump is None:
            return
        self._pump.check()
        status: SourceStatus = self._source.status
        self._heart.expect(status.state is SourceState.RUNNING)
        if status.state is self._state or self._still_publishing(status):
            return
        self._state = status.state
        if status.state is SourceState.LOST:
            self.get_logger().warning(f"{self._shown} is lost: {status.last_error}; retrying")
        else:
            self.get_logger().info(f"{self._shown} is {status.state.value}")
        if status.state is SourceState.ENDED and self._exit_at_end:
            self.let_go()
            os.kill(os.getpid(), signal.SIGTERM)

    def _may_start(self) -> bool:
        heard = self._publisher.get_subscription_count() >= self._wait_for
        return heard and self.get_clock().now().nanoseconds >= self._start_at_s * 1e9

    def let_go(self) -> None:
        """Called before the node ends by itself: the time for what was sent last to arrive."""

    def _still_publishing(self, status: SourceStatus) -> bool:
        return status.state is SourceState.ENDED and status.readable > self._published

    def _report(self) -> None:
        level, summary = WARN, f"waiting for {self._wait_for} subscribers and the time to start"
        values = {"source": self._shown, "published": str(self._published)}
        if self._source is not None:
            status = self._source.status
            level, figures = self.describe(status)
            summary = status.state.value
            values |= figures
        name = f"{self.get_fully_qualified_name().lstrip('/')}: source"
        report = Status(level, name, summary, self.get_namespace().strip("/"), values)
        stamp_ns = self.get_clock().now().nanoseconds
        self._diagnostics.publish(statuses_message([report], stamp_ns))
