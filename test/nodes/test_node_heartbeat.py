"""A node's heart over real DDS: it beats by itself, and says what was counted from any thread."""

from __future__ import annotations

import os
import threading
from typing import Any

import pytest

pytest.importorskip("rclpy", reason="no ROS 2 here")

from diagnostic_msgs.msg import DiagnosticArray

from tml_ros.cell.heartbeat import Heartbeat, parse_heartbeat
from tml_ros.nodes import qos
from tml_ros.nodes.node_heartbeat import NodeHeartbeat
from tml_ros.nodes.status_messages import statuses_of


def heard(beats: list[DiagnosticArray]) -> list[Heartbeat]:
    return [parse_heartbeat(status.values) for beat in beats for status in statuses_of(beat)]


def test_hearts_beat_by_themselves_and_nobodys_beat_replaces_anothers(
    ros_node: Any, wait_until: Any
) -> None:
    came: list[DiagnosticArray] = []
    ros_node.create_subscription(DiagnosticArray, "heartbeat", came.append, qos.HEARTBEATS_HEARD)
    hearts = [NodeHeartbeat(ros_node, name=name, cell="press") for name in ("one", "two")]
    wait_until(lambda: len(heard(came)) >= 8)
    beats = heard(came)
    for name in ("one", "two"):
        sequence = [beat.sequence for beat in beats if beat.node == name]
        assert sequence == list(range(sequence[0], sequence[0] + len(sequence)))
        assert len(sequence) >= 2
    assert {beat.pid for beat in beats} == {os.getpid()}
    assert came[0].status[0].name in ("press/one: heartbeat", "press/two: heartbeat")
    for heart in hearts:
        heart.close()
    wait_until(lambda: ros_node.count_publishers("heartbeat") == 0)


def test_a_beat_tells_what_was_counted_by_all_threads(ros_node: Any) -> None:
    heart = NodeHeartbeat(ros_node, name="one", cell="press", timer=False)
    first = parse_heartbeat(heart.beat_values())
    assert (first.sequence, first.work, first.work_age_ns, first.expected) == (1, 0, None, False)

    def work() -> None:
        for _ in range(1_000):
            heart.done()
            heart.missed()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    heart.done(5)
    heart.came("front")
    heart.expect(more=True)
    beat = parse_heartbeat(heart.beat_values())
    assert (beat.sequence, beat.work, beat.deadline_misses) == (2, 4_005, 4_000)
    assert beat.expected
    assert beat.work_age_ns is not None
    assert list(beat.stream_ages_ns) == ["front"]
    heart.close()


def test_a_nodes_own_keys_travel_along_and_never_replace_those_of_every_heartbeat(
    ros_node: Any, wait_until: Any
) -> None:
    came: list[DiagnosticArray] = []
    ros_node.create_subscription(DiagnosticArray, "heartbeat", came.append, qos.HEARTBEATS_HEARD)
    heart = NodeHeartbeat(ros_node, name="one", cell="press", timer=False)

    def beaten() -> bool:
        heart.publish({"step_ms": "12.0", "node": "another"})
        return bool(came)

    wait_until(beaten)
    (status,) = statuses_of(came[0])
    assert (status.values["step_ms"], status.values["node"]) == ("12.0", "one")
