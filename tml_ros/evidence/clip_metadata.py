"""What lies beside the recording of a clip: rosbag2's metadata, and what the clip is about.

`ros2 bag` reads a folder only with its metadata.yaml. Knows nothing of where either lies. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from tml_ros.safety.alarm import AlarmTransition

MADE_BY = "tml_ros evidence"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class WrittenTopic:
    """One topic of a recording. qos: YAML as in the recording. type_hash: REP 2016."""

    topic: str
    msgtype: str
    messages: int
    qos: str
    type_hash: str


def bag_metadata(file: str, topics: list[WrittenTopic], *, first_ns: int, last_ns: int) -> str:
    """metadata.yaml of a bag of one MCAP file, in version 8: read by Jazzy and later."""
    start = {"nanoseconds_since_epoch": first_ns}
    duration = {"nanoseconds": max(0, last_ns - first_ns)}
    count = sum(topic.messages for topic in topics)
    bag = {
        "version": 8,
        "storage_identifier": "mcap",
        "duration": duration,
        "starting_time": start,
        "message_count": count,
        "topics_with_message_count": [
            {
                "topic_metadata": {
                    "name": topic.topic,
                    "type": topic.msgtype,
                    "serialization_format": "cdr",
                    "offered_qos_profiles": topic.qos,
                    "type_description_hash": topic.type_hash,
                },
                "message_count": topic.messages,
            }
            for topic in topics
        ],
        "compression_format": "",
        "compression_mode": "",
        "relative_file_paths": [file],
        "files": [
            {
                "path": file,
                "starting_time": start,
                "duration": duration,
                "message_count": count,
            }
        ],
        "custom_data": {},
        "ros_distro": "jazzy",
    }
    return _Plain.dumped({"rosbag2_bagfile_information": bag})


def clip_json(
    alarms: tuple[AlarmTransition, ...], facts: Mapping[str, Any], *, more_alarms: int
) -> str:
    """clip.json: the alarms, first the one the clip began with, and the facts as given."""
    told = {
        "made_by": MADE_BY,
        "format": FORMAT,
        "alarms": [_told(transition) for transition in alarms],
        "more_alarms": more_alarms,
        **facts,
    }
    return json.dumps(told, indent=2) + "\n"


def is_ours(text: str) -> bool:
    """Whether this is the clip.json of a clip of ours, of any format."""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(told, dict) and told.get("made_by") == MADE_BY


def _told(transition: AlarmTransition) -> dict[str, Any]:
    alarm = transition.alarm
    box = alarm.box
    return {
        "kind": alarm.kind.value,
        "zone": alarm.zone,
        "priority": alarm.priority.value,
        "source": alarm.source,
        "raised_ns": transition.stamp_ns,
        "evidence_ns": alarm.evidence_ns,
        "hearing": transition.hearing.value,
        "withheld": [one.how.value for one in alarm.withheld],
        "reason": transition.reason,
        "box": None if box is None else [box.camera, box.x0, box.y0, box.x1, box.y1],
    }


class _Plain(yaml.SafeDumper):
    """Without anchors, which other readers of YAML may not know."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ANN401 - whatever is dumped
        return True

    @classmethod
    def dumped(cls, data: object) -> str:
        text: str = yaml.dump(data, Dumper=cls, sort_keys=False)
        return text
