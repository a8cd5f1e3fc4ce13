"""What the lifecycle nodes of a cell have in common: they start themselves unless told not to.

Knows nothing of what a node does with its cell. Transitions run in the thread that builds the node
(autostart) or in the one that spins it, never in both at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from rclpy.clock import Clock, ClockType
from rclpy.event_handler import SubscriptionEventCallbacks
from rclpy.exceptions import InvalidHandle
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn
from rclpy.publisher import Publisher
from rclpy.qos import QoSProfile

from tml_ros.cell.alarm_status import Status
from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.cell_file import load_cell
from tml_ros.nodes.message_door import MessageDoor
from tml_ros.nodes.parameters import switch_parameter, text_parameter
from tml_ros.nodes.worker import Lane, Worker

STUCK_SECONDS = 3.0
"""A worker that is busy with one thing for so long hangs."""


class StartError(ValueError):
    """The node could not configure or activate itself; the message is the reason."""


class CellNode(LifecycleNode):
    """A lifecycle node for one cell. Subclasses fill in `configure` and `activate`.

    Publishers exist from configuration to cleanup; subscriptions, timers and threads only while
    active, because rclpy itself gates only lifecycle publishers. A transition that cannot be made
    logs its reason and fails; the node stays as it was.

    Parameters:
        cell: path of the cell's YAML file.
        autostart: configure and activate at once (default true).
    """

    stuck_seconds = STUCK_SECONDS
    """How long the node's own thread may take for one thing before the node counts as hung."""

    def __init__(self, name: str) -> None:
        """Declare the parameters. Raises ParameterError."""
        super().__init__(name)
        self.role = name
        self._cell_path = text_parameter(self, "cell", "path of the cell's YAML file")
        self._autostart = switch_parameter(
            self, "autostart", "configure and activate at once", default=True
        )
        self.door = MessageDoor(self)
        self._steady = Clock(clock_type=ClockType.STEADY_TIME)
        self._while_active: list[Callable[[], Any]] = []
        self._while_configured: list[Callable[[], Any]] = []
        self._workers: list[Worker] = []
        self._reason = ""

    def start(self) -> None:
        """Configure and activate unless `autostart` is false. Raises StartError."""
        if not self._autostart:
            self.get_logger().info("waiting to be configured")
            return
        for trigger in (self.trigger_configure, self.trigger_activate):
            if trigger() is not TransitionCallbackReturn.SUCCESS:
                raise StartError(self._reason)

    def working(self) -> bool:
        """Whether its own threads go on; who does not is started again by who started it."""
        return not any(worker.stuck(self.stuck_seconds) for worker in self._workers)

    def configure(self, cell: CellDescription) -> None:
        """Build what outlives deactivation. May raise ValueError or OSError."""
        raise NotImplementedError

    def activate(self) -> None:
        """Start the worker, subscribe, start timers; all of it ends on deactivation."""
        raise NotImplementedError

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Load the cell."""
        return self._attempt(self._load, self._forget)

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Begin to work."""
        return self._attempt(self.activate, self._end)

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Stop working, keep what was configured."""
        return self._attempt(self._end, self._end)

    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Forget the cell."""
        return self._attempt(self._forget, self._forget)

    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Stop working and forget the cell, from whatever state."""
        self._end()
        self._forget()
        return TransitionCallbackReturn.SUCCESS

    def destroy_node(self) -> None:
        """End the node's own thread and everything else. Call when it is no longer spun."""
        self._end()
        self._forget()
        super().destroy_node()

    def advertise(self, message: type, topic: str, qos: QoSProfile) -> Publisher:
        """A publisher that lasts until cleanup."""
        publisher = self.create_publisher(message, topic, qos)
        self.at_cleanup(lambda: self.destroy_publisher(publisher))
        return publisher

    def at_cleanup(self, let_go: Callable[[], Any]) -> None:
        """Call this when the cell is forgotten: nothing works with it any more."""
        self._while_configured.append(let_go)

    def at_end(self, let_go: Callable[[], Any]) -> None:
        """Call this on deactivation, after everything begun later has ended."""
        self._while_active.append(let_go)

    def start_worker(
        self, lanes: Mapping[str, Lane], *, on_failure: Callable[[str, Exception], None]
    ) -> Worker:
        """A worker on these lanes until deactivation."""
        worker = Worker(self.role, lanes, on_failure=on_failure)
        self._workers.append(worker)
        self._while_active.append(lambda: self._close(worker))
        return worker

    def subscribe(
        self,
        message: type,
        topic: str,
        put: Callable[[Any], None],
        qos: QoSProfile,
        *,
        events: SubscriptionEventCallbacks | None = None,
        raw: bool = False,
    ) -> None:
        """Subscribe until deactivation, to what the node's door lets in.

        events: of DDS about it, such as a missed deadline. raw: messages come as the bytes they
        are, not read.
        """
        subscription = self.door.subscribe(
            message, topic, put, qos, event_callbacks=events, raw=raw
        )
        self._while_active.append(lambda: self.destroy_subscription(subscription))

    def every(self, seconds: float, callback: Callable[[], None]) -> None:
        """Call back regularly until deactivation, by a clock that never stops or jumps."""
        timer = self.create_timer(seconds, callback, clock=self._steady)
        self._while_active.append(lambda: self.destroy_timer(timer))

    def now_ns(self) -> int:
        """The node's clock: the system's, or `/clock` with use_sim_time."""
        return self.get_clock().now().nanoseconds

    def steady_ns(self) -> int:
        """A clock that only ever goes forward, for durations."""
        return self._steady.now().nanoseconds

    def status(self, level: int, about: str, message: str, values: dict[str, str]) -> Status:
        """What this node says about one of its parts."""
        return Status(
            level, f"{self.cell.cell}/{self.role}: {about}", message, self.cell.cell, values
        )

    def _load(self) -> None:
        self.cell = load_cell(Path(self._cell_path))
        self.configure(self.cell)

    def _close(self, worker: Worker) -> None:
        self._workers.remove(worker)
        if not worker.close():
            self.get_logger().error("the worker did not end within a second")

    def _forget(self) -> None:
        while self._while_configured:
            self._while_configured.pop()()

    def _end(self) -> None:
        # Last begun, first ended: nothing is put into a worker that is gone.
        while self._while_active:
            self._while_active.pop()()

    def _attempt(
        self, change: Callable[[], None], undo: Callable[[], None]
    ) -> TransitionCallbackReturn:
        try:
            change()
        except (ValueError, OSError, InvalidHandle) as error:
            self._reason = str(error)
            self.get_logger().error(self._reason)
            undo()
            return TransitionCallbackReturn.FAILURE
        return TransitionCallbackReturn.SUCCESS
