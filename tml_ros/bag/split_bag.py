"""Several files of one recording, read one after the other."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from tml_ros.bag.bag_storage import BagMessage, BagStorage, BagTopic


class SplitBag:
    """Implements BagStorage over its parts, which are in order of time."""

    def __init__(self, parts: Sequence[BagStorage], *, notice: str) -> None:
        """Take over the opened parts, at least one."""
        self._parts = parts
        topics: dict[tuple[str, str], BagTopic] = {}
        for topic in (topic for part in parts for topic in part.topics):
            key = (topic.topic, topic.msgtype)
            before = topics[key].messages if key in topics else 0
            topics[key] = replace(topic, messages=before + topic.messages)
        self.topics = tuple(topics.values())
        with_messages = [part for part in parts if part.end_ns] or list(parts)
        self.start_ns = min(part.start_ns for part in with_messages)
        self.end_ns = max(part.end_ns for part in with_messages)
        self.notices = (notice, *(text for part in parts for text in part.notices))

    def messages(self, topics: Collection[str]) -> Iterator[BagMessage]:
        """See BagStorage."""
        for part in self._parts:
            yield from part.messages(topics)

    def close(self) -> None:
        """See BagStorage."""
        for part in self._parts:
            part.close()
