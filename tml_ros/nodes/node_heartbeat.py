"""What a node says of itself five times a second on `heartbeat`.

The node counts what it does, from whichever thread does it; the spinning thread says it, so that a
beat also shows that the node still answers. Knows nothing of who listens: `cell.node_watch` judges.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping

from diagnostic_msgs.msg import DiagnosticArray
from rclpy.clock import Clock, ClockType
from rclpy.node import Node
from rclpy.timer import Timer

from tml_ros.cell.alarm_status import OK, Status
from tml_ros.cell.heartbeat import BEAT_NS, HEARTBEAT, Heartbeat, heartbeat_values
from tml_ros.nodes import qos
from tml_ros.nodes.processes import host_name
from tml_ros.nodes.status_messages import statuses_message

BEAT_SECONDS = BEAT_NS / 1e9
LATE_BEAT_NS = 500_000_000
"""A beat that comes so long after the one before is late: the process gets too little time."""


class NodeHeartbeat:
    """The heart of one node, from construction to `close`.

    name: the node's, as `cell_nodes` calls it. cell: its name.
    timer: whether to beat by itself, by a clock that never stops or jumps; otherwise whoever calls
        `publish` does it 5 times a second.

    Publishes heartbeat (DiagnosticArray): one status, see `cell.heartbeat` for the values.

    `done`, `came`, `missed` and `expect` may be called from any thread and never wait for DDS.
    Nothing is expected of a node until `expect` says so.
    """

    def __init__(self, node: Node, *, name: str, cell: str, timer: bool = True) -> None:
        """Advertise the topic and begin to beat."""
        self._node = node
        self._name = name
        self._cell = cell
        self._host = host_name()
        self._lock = threading.Lock()
        self._sequence = 0
        self._work = 0
        self._worked_ns: int | None = None
        self._expected = False
        self._misses = 0
        self._late_beats = 0
        self._came_ns: dict[str, int] = {}
        self._beat_ns: int | None = None
        self._publisher = node.create_publisher(DiagnosticArray, HEARTBEAT, qos.HEARTBEAT)
        self._timer: Timer | None = None
        if timer:
            steady = Clock(clock_type=ClockType.STEADY_TIME)
            self._timer = node.create_timer(BEAT_SECONDS, self.publish, clock=steady)

    def done(self, count: int = 1) -> None:
        """So much more of what the node is there for is done."""
        now_ns = time.monotonic_ns()
        with self._lock:
            self._work += count
            self._worked_ns = now_ns

    def came(self, stream: str) -> None:
        """Something came from a stream. Name few: each is kept, and told in every beat."""
        now_ns = time.monotonic_ns()
        with self._lock:
            self._came_ns[stream] = now_ns

    def missed(self, count: int = 1) -> None:
        """So many more deadlines were missed."""
        with self._lock:
            self._misses += count

    def expect(self, more: bool) -> None:
        """Whether more work is due from now on."""
        with self._lock:
            self._expected = more

    def beat_values(self) -> dict[str, str]:
        """The next beat as text."""
        now_ns = time.monotonic_ns()
        with self._lock:
            self._sequence += 1
            if self._beat_ns is not None and now_ns - self._beat_ns > LATE_BEAT_NS:
                self._late_beats += 1
            self._beat_ns = now_ns
            beat = Heartbeat(
                node=self._name,
                pid=os.getpid(),
                host=self._host,
                sequence=self._sequence,
                work=self._work,
                work_age_ns=None if self._worked_ns is None else now_ns - self._worked_ns,
                expected=self._expected,
                deadline_misses=self._misses,
                late_beats=self._late_beats,
                stream_ages_ns={name: now_ns - came for name, came in self._came_ns.items()},
            )
        return heartbeat_values(beat)

    def publish(self, extra: Mapping[str, str] | None = None) -> None:
        """Beat once. extra: keys of the node's own; those of every heartbeat win over them."""
        values = {**(extra or {}), **self.beat_values()}
        name = f"{self._cell}/{self._name}: heartbeat"
        status = Status(OK, name, "alive", self._cell, values)
        stamp_ns = self._node.get_clock().now().nanoseconds
        self._publisher.publish(statuses_message([status], stamp_ns))

    def close(self) -> None:
        """Beat no more."""
        if self._timer is not None:
            self._node.destroy_timer(self._timer)
            self._timer = None
        self._node.destroy_publisher(self._publisher)
