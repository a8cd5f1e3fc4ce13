"""Malformed and hostile messages for every topic of a cell: the same for the same seed.

Each is the very bytes of a message, so that also what no serialiser would write is sent. Knows
nothing of ROS. An endless row; owned by one thread.

None is a right one by chance: a hazard's score is never one, what is said on `alarms` is never of
this cell. So nothing of them may ever become an alarm, apart from what a stream's guards make of
its pictures and sound.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from tml_ros.bench.chaos import wrong_pictures, wrong_statuses
from tml_ros.bench.chaos.cdr import HEADER, Cdr
from tml_ros.bench.chaos.wrong_texts import WRONG_NAMES, wrong_json
from tml_ros.cell.cell_description import CellDescription, camera_topic, microphone_topic
from tml_ros.cell.machine_description import telemetry_sources

IMAGE, COMPRESSED_IMAGE = "sensor_msgs/msg/Image", "sensor_msgs/msg/CompressedImage"
SOUND, STRING, STATUSES = (
    "std_msgs/msg/Int16MultiArray",
    "std_msgs/msg/String",
    "diagnostic_msgs/msg/DiagnosticArray",
)
EMPTY, COUNT = "std_msgs/msg/Empty", "std_msgs/msg/UInt64"
RAW_SHARE = 0.15
"""Of messages whose very bytes are cut off, changed or made up."""

COMMAND: dict[str, object] = {
    **{"schema_version": 1, "id": "chaos-1", "command": "acknowledge", "kind": "person_in_zone"},
    **{"zone": "chaos_0", "operator": "saboteur", "reason": "none"},
}
DELEGATION: dict[str, object] = {
    **{"schema_version": 1, "id": "chaos-1", "kind": "question", "question": "what is wrong?"},
    **{"asked_by": "saboteur", "asked_ns": 1, "urgency": "silent", "context": {}},
}
FINDING: dict[str, object] = {
    **{"schema_version": 1, "id": "chaos-1", "delegation": "chaos-0", "outcome": "answered"},
    **{"say": "", "urgency": "silent", "stamp_ns": 1},
}

HEAVY_SHARE = 0.005
"""Of messages of sound that are large."""
_MANY_DIMENSIONS = tuple((f"d{i}", 1, 1) for i in range(100))

Chance = random.Random
Made = tuple[str, bytes]
"""What is wrong with it, and its bytes."""


@dataclass(frozen=True, slots=True)
class HostileTopic:
    """A topic as the cell names it, its type, and how a wrong message for it is made."""

    topic: str
    msgtype: str
    make: Callable[[Chance], Made]


@dataclass(frozen=True, slots=True)
class HostileMessage:
    """The bytes of one message. wrong: what is, for people."""

    topic: str
    msgtype: str
    wrong: str
    data: bytes


def hostile_topics(cell: CellDescription) -> tuple[HostileTopic, ...]:
    """Every topic on which nodes of this cell listen."""
    return tuple(_topics(cell))


def hostile_messages(cell: CellDescription, *, seed: int) -> Iterator[HostileMessage]:
    """Messages for all topics in turn, without end."""
    topics, chance = hostile_topics(cell), random.Random(seed)  # noqa: S311 - repeatable, no secret
    while True:
        for topic in topics:
            wrong, data = topic.make(chance)
            if chance.random() < RAW_SHARE:
                wrong, data = _raw(data, chance)
            yield HostileMessage(topic.topic, topic.msgtype, wrong, data)


def _topics(cell: CellDescription) -> Iterator[HostileTopic]:
    for name, camera in cell.cameras.items():
        topic = camera_topic(cell, name)
        if camera.compressed:
            yield HostileTopic(topic, COMPRESSED_IMAGE, wrong_pictures.compressed)
        else:
            yield HostileTopic(topic, IMAGE, wrong_pictures.image)
    for name in cell.microphones:
        yield HostileTopic(microphone_topic(cell, name), SOUND, _sound)
    for name in ("speech/audio", "speech/warning"):
        yield HostileTopic(name, SOUND, _sound)
    for name in ("text", "speech/text"):
        yield HostileTopic(name, STRING, _words)
    yield HostileTopic("speech/flush", EMPTY, lambda chance: ("an extra flush", _empty()))
    yield HostileTopic("speech/playback", COUNT, _count)
    for name, right in (
        ("alarms/command", COMMAND),
        *((("delegations", DELEGATION), ("findings", FINDING)) if cell.has_background else ()),
    ):
        yield HostileTopic(name, STRING, partial(_json, right))
    yield HostileTopic("hazards", STATUSES, partial(wrong_statuses.hazards, cell.cell))
    yield HostileTopic("heartbeat", STATUSES, partial(wrong_statuses.heartbeats, cell.cell))
    for name in ("alarms", "alarms/events"):
        yield HostileTopic(name, STATUSES, wrong_statuses.alarms)
    yield HostileTopic("/diagnostics", STATUSES, partial(wrong_statuses.diagnostics, cell.cell))
    for source in telemetry_sources(cell.machines):
        yield HostileTopic(source.topic, source.type.replace("/", "/msg/"), _telemetry)


def _raw(data: bytes, chance: Chance) -> Made:
    """The bytes of a message, cut off, changed here and there, or none of a message at all."""
    body = bytearray(data[len(HEADER) :][:2_000])
    choice = chance.randrange(4)
    if choice == 0:
        return "bytes cut off", HEADER + bytes(body[: chance.randrange(len(body) + 1)])
    if choice == 1:
        return "bytes made up", HEADER + chance.randbytes(chance.randrange(1, 400))
    if choice == 2:
        return "lengths beyond all memory", HEADER + b"\xff" * chance.randrange(4, 100)
    for _ in range(chance.randrange(1, 20)):
        if body:
            body[chance.randrange(len(body))] = chance.randrange(256)
    return "bytes changed", HEADER + bytes(body)


def _sound(chance: Chance) -> Made:
    """std_msgs/Int16MultiArray: dimensions that lie, no samples, far too many."""
    samples = chance.randbytes(2 * chance.choice((0, 1, 319, 320, 8_000)))
    count = len(samples) // 2
    wrong, dimensions, offset = chance.choice(
        (
            ("more frames than samples", (("frames", count + 7, 1), ("channels", 1, 1)), 0),
            ("other channels", (("frames", count, 3), ("channels", 3, 3)), 0),
            ("no channels", (("frames", count, 0), ("channels", 0, 0)), 0),
            ("billions of frames", (("frames", 2**32 - 1, 1), ("channels", 2**32 - 1, 1)), 0),
            ("an offset behind its end", (("frames", count, 1),), 2**31),
            ("dimensions without a name", (("", count, 1), ("", 1, 1)), 0),
            ("a hundred dimensions", _MANY_DIMENSIONS, 0),
            ("a name twice", (("frames", 2, 1), ("frames", 3, 1), ("channels", 5, 1)), 1),
        )
    )
    cdr = Cdr().whole(len(dimensions))
    for label, size, stride in dimensions:
        cdr.text(label).whole(size, stride)
    if chance.random() < HEAVY_SHARE:
        samples = bytes(2_000_000)
        wrong = "a minute in one message"
    return wrong, cdr.whole(offset).array(samples, size=2).done()


def _words(chance: Chance) -> Made:
    """std_msgs/String for people and models."""
    wrong, text = _any_text(chance)
    return wrong, Cdr().text(text).done()


def _any_text(chance: Chance) -> tuple[str, str | bytes]:
    if chance.random() < 0.5:
        return "strange words", chance.choice(WRONG_NAMES)
    return wrong_json(DELEGATION, chance)


def _json(right: dict[str, object], chance: Chance) -> Made:
    wrong, text = wrong_json(right, chance)
    return wrong, Cdr().text(text).done()


def _count(chance: Chance) -> Made:
    return "samples never sent", Cdr().long(chance.choice((0, 2**63, 2**64 - 1))).done()


def _empty() -> bytes:
    return Cdr().byte(0).done()


def _telemetry(chance: Chance) -> Made:
    """Numbers that are none, for whatever type: its first fields are a header or a number."""
    cdr = Cdr()
    for _ in range(chance.randrange(1, 40)):
        cdr.number(chance.choice((float("nan"), float("inf"), -1e308, 1e-320)))
    return "numbers that are none", cdr.done()
