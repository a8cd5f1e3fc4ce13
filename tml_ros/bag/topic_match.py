"""Which recorded topic a cell means: names in a bag are absolute and often in a namespace.

Knows nothing of cells and messages.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from tml_ros.bag.bag_error import BagError
from tml_ros.bag.bag_storage import BagTopic

IMAGE = "sensor_msgs/msg/Image"
COMPRESSED_IMAGE = "sensor_msgs/msg/CompressedImage"
IMAGE_TYPES = (IMAGE, COMPRESSED_IMAGE)
INT16_ARRAY = "std_msgs/msg/Int16MultiArray"
AUDIO_DATA_STAMPED = "audio_common_msgs/msg/AudioDataStamped"
RAW_AUDIO = "foxglove_msgs/msg/RawAudio"
AUDIO_TYPES = (INT16_ARRAY, AUDIO_DATA_STAMPED, RAW_AUDIO)
STRING = "std_msgs/msg/String"


def match_topic(
    wanted: str, msgtypes: Collection[str], recorded: Sequence[BagTopic]
) -> BagTopic | None:
    """The recorded topic of that name, else the one that ends in it behind the shortest namespace.

    "hall/image" means "/hall/image", else "/worker_zone/hall/image"; "audio" means "/cell/audio"
    rather than "/cell/speech/audio". An image may also be recorded
    as "<name>/compressed", as image_transport names it. None where there is no such topic.

    Raises BagError where several could be meant.
    """
    name = wanted.lstrip("~/")
    names = [name, f"{name}/compressed"] if COMPRESSED_IMAGE in msgtypes else [name]
    usable = [topic for topic in recorded if topic.msgtype in msgtypes and topic.messages]
    for form in names:
        exact = [topic for topic in usable if topic.topic == f"/{form}"]
        found = exact or _nearest([t for t in usable if t.topic.endswith(f"/{form}")])
        if len(found) > 1:
            meant = ", ".join(f"{topic.topic} ({topic.msgtype})" for topic in found)
            raise BagError(
                f"topic {wanted!r} could be any of {meant}; name it in full in the cell, "
                f"for example topic: {found[0].topic}"
            )
        if found:
            return found[0]
    return None


def _nearest(topics: Sequence[BagTopic]) -> list[BagTopic]:
    """Those with the fewest names before the one wanted."""
    least = min((topic.topic.count("/") for topic in topics), default=0)
    return [topic for topic in topics if topic.topic.count("/") == least]


def namespace_of(topic: BagTopic, wanted: str) -> str:
    """What stands before the cell's name for it: "/worker_zone" or ""."""
    head, found, _ = topic.topic.rpartition("/" + wanted.lstrip("~/"))
    return head if found else ""


def list_topics(recorded: Sequence[BagTopic]) -> str:
    """The topics of a bag, a line each with type and number of messages, for an error message."""
    lines = [f"  {t.topic}  {t.msgtype}  {t.messages} messages" for t in recorded]
    return "\n".join(sorted(lines)) or "  (none)"
