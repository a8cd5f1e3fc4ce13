"""Hostile messages are the same for the same seed, go to every topic, and never mean anything."""

from __future__ import annotations

import json
from itertools import islice

import pytest

from test.bench.chaos.made_histories import CELL
from tml_ros.bag.bag_error import BagError
from tml_ros.bag.message_types import MessageTypes
from tml_ros.bench.chaos.cdr import Cdr
from tml_ros.bench.chaos.hostile import hostile_messages, hostile_topics
from tml_ros.cell.alarm_status import StatusError, parse_alarm, parse_hazard, parse_transition

COUNT = 3_000


@pytest.fixture(scope="module")
def messages():
    return list(islice(hostile_messages(CELL, seed=1), COUNT))


def _statuses(messages, topic):
    types = MessageTypes()
    for message in messages:
        if message.topic == topic:
            try:
                told = types.deserialise(message.data, message.msgtype)
            except BagError:
                continue
            for status in told.status:
                yield status.hardware_id, {pair.key: pair.value for pair in status.values}


def test_the_same_seed_gives_the_same_messages():
    first, again, other = (
        list(islice(hostile_messages(CELL, seed=seed), 200)) for seed in (7, 7, 8)
    )
    assert first == again != other


def test_every_topic_gets_its_share(messages):
    topics = [topic.topic for topic in hostile_topics(CELL)]
    assert len(set(topics)) == len(topics)
    for topic in topics:
        assert sum(message.topic == topic for message in messages) >= COUNT // len(topics) - 1


def test_every_topic_gets_messages_that_can_be_read_and_such_that_cannot(messages):
    types, fixed = MessageTypes(), ("std_msgs/msg/Empty", "std_msgs/msg/UInt64")
    for topic in hostile_topics(CELL):
        if topic.msgtype in fixed or topic.msgtype not in types:
            continue
        readable = set()
        for message in messages:
            if message.topic == topic.topic:
                try:
                    types.deserialise(message.data, message.msgtype)
                    readable.add(True)
                except BagError:
                    readable.add(False)
        assert readable == {True, False}, topic


def test_no_hazard_among_them_could_raise_an_alarm(messages):
    count = 0
    for _, values in _statuses(messages, "hazards"):
        count += 1
        try:
            hazard = parse_hazard(values)
        except StatusError:
            continue
        assert hazard.score < 0.5, values
    assert count > 50


@pytest.mark.parametrize("topic", ["alarms", "alarms/events"])
def test_nothing_on_the_alarm_topics_is_of_this_cell_or_an_alarm(messages, topic):
    count = 0
    for hardware, values in _statuses(messages, topic):
        count += 1
        assert hardware != CELL.cell
        with pytest.raises(StatusError):
            parse_transition(values) if topic == "alarms/events" else parse_alarm(values)
    assert count > 50


def test_they_are_not_so_large_that_only_their_size_would_be_tried(messages):
    sizes = [len(message.data) for message in messages]
    assert sum(sizes) / COUNT < 100_000
    assert max(sizes) < 5_000_000


def test_what_is_written_right_reads_back_right():
    types = MessageTypes()
    data = (
        Cdr()
        .header((7, 8), "hall")
        .whole(1)
        .status(2, "name", "words", "press", [("key", "value"), ("é", "🦾")])
        .done()
    )
    told = types.deserialise(data, "diagnostic_msgs/msg/DiagnosticArray")
    assert (told.header.stamp.sec, told.header.stamp.nanosec, told.header.frame_id) == (
        7,
        8,
        "hall",
    )
    (status,) = told.status
    assert (status.level, status.name, status.hardware_id) == (2, "name", "press")
    assert [(pair.key, pair.value) for pair in status.values] == [("key", "value"), ("é", "🦾")]
    sound = Cdr().whole(1).text("frames").whole(3, 3).whole(0).array(b"\1\0\2\0\3\0", size=2).done()
    told = types.deserialise(sound, "std_msgs/msg/Int16MultiArray")
    assert list(told.data) == [1, 2, 3]
    assert types.deserialise(Cdr().long(2**63).done(), "std_msgs/msg/UInt64").data == 2**63


def test_texts_that_no_serialiser_would_write_are_written():
    assert b"\xed\xa0\x80" in Cdr().text("\ud800").done()
    assert json.loads("[" * 10 + "]" * 10)
