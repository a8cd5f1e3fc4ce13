"""What a node lets in: sizes that are real, bytes that are messages."""

from __future__ import annotations

import pytest
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from rclpy.qos import QoSProfile
from rclpy.serialization import serialize_message
from sensor_msgs.msg import Image
from std_msgs.msg import Empty, Float64MultiArray, Int16MultiArray, String

from tml_ros.cell.alarm_status import OK, WARN
from tml_ros.nodes import message_door
from tml_ros.nodes.message_door import LARGEST, MessageDoor, largest_message


@pytest.fixture
def heard(ros_node, wait_until):
    """`heard(kind, topic, data, ...)`: what comes in of these, and the door they came through."""

    def listen(kind, topic, *sent, raw=False):
        door, came = MessageDoor(ros_node), []
        quality = QoSProfile(depth=10)
        subscription = door.subscribe(kind, topic, came.append, quality, raw=raw)
        publisher = ros_node.create_publisher(kind, topic, quality)
        wait_until(lambda: publisher.get_subscription_count() == 1)
        for data in sent:
            publisher.publish(data)
        wait_until(lambda: len(came) + door.refused == len(sent))
        ros_node.destroy_subscription(subscription)
        ros_node.destroy_publisher(publisher)
        return came, door

    return listen


def test_what_is_larger_than_real_or_no_message_is_counted_and_left_out(heard):
    right = String(data="stop")
    huge = String(data="x" * LARGEST[String])
    none = b"\x00\x01\x00\x00\xff\xff\xff\xff"
    came, door = heard(String, "text", huge, none, right)
    assert came == [right]
    assert (door.too_large, door.unreadable) == (1, 1)
    status = door.status("press", "guardian")
    assert (status.level, status.name) == (WARN, "press/guardian: messages")
    assert status.values["too_large"] == status.values["unreadable"] == "1"
    assert "text: no String" in status.values["last"]
    assert door.status("press", "guardian").level == OK, "nothing more since"


def test_bytes_are_measured_too_and_handed_on_as_they_are(heard):
    right = serialize_message(Empty())
    came, door = heard(Empty, "flush", right, raw=True)
    assert (came, door.refused) == ([right], 0)
    came, door = heard(String, "text", String(data="x" * LARGEST[String]), raw=True)
    assert (came, door.too_large) == ([], 1)


def test_a_picture_too_large_is_left_out(heard, monkeypatch):
    monkeypatch.setitem(message_door.LARGEST, Image, 1_000)
    came, door = heard(Image, "image", Image(data=bytes(1_001)), Image(data=bytes(1_000)))
    assert [len(picture.data) for picture in came] == [1_000]
    assert door.last == "image: 1001 bytes, allowed: at most 1000"


@pytest.mark.parametrize(
    ("topic", "message"),
    [
        ("speech/warning", Int16MultiArray(data=[1] * 60 * 16_000)),
        ("front/vibration", Float64MultiArray(data=[0.1] * 10 * 51_200)),
        ("front/image", Image(data=bytes(3840 * 2160 * 4 - 1))),
        (
            "alarms",
            DiagnosticArray(
                status=[
                    DiagnosticStatus(
                        name="press/guardian: person_in_zone press_area",
                        values=[KeyValue(key="acknowledged_by", value="x" * 40)] * 10,
                    )
                ]
                * 1_000
            ),
        ),
    ],
)
def test_what_real_nodes_say_at_most_is_let_in(topic, message):
    assert len(serialize_message(message)) <= largest_message(type(message), topic)
