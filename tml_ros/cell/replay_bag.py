"""A bag as inputs for a cell: which topic is which camera, microphone or text, and in what order.

Knows nothing of alarms. Owned by the thread that reads it; `notices` are complete at the end.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from itertools import groupby, takewhile
from operator import attrgetter

from tml_ros.bag.bag_error import BagError
from tml_ros.bag.bag_reader import BagReader
from tml_ros.bag.bag_storage import BagMessage, BagTopic
from tml_ros.bag.topic_match import (
    AUDIO_TYPES,
    IMAGE_TYPES,
    STRING,
    list_topics,
    match_topic,
    namespace_of,
)
from tml_ros.cell.cell_description import CellDescription, camera_topic, microphone_topic
from tml_ros.cell.replay import ReplayInput
from tml_ros.cell.replay_sound import WavSound
from tml_ros.cell.replay_streams import (
    RecordedStream,
    StreamFaults,
    camera_stream,
    microphone_stream,
    text_stream,
)

TEXT_TOPIC = "text"


class BagInputs:
    """Iterates the inputs of a bag in order of log time; can be iterated once.

    sound: replaces the bag's own sound of the cell's only microphone; ends with the bag.
    everything: also give, without content, the messages that the cell does not judge.

    cell: what is judged. namespace: what stands before the cell's topics in the bag.
    start_ns, end_ns: log times of the first and last message of the bag.

    Raises BagError where a topic of the cell is missing or could be several.
    """

    def __init__(
        self,
        bag: BagReader,
        cell: CellDescription,
        *,
        sound: WavSound | None = None,
        everything: bool = False,
    ) -> None:
        """Find the cell's topics in the bag."""
        self.cell = cell
        self.namespace = ""
        self.start_ns, self.end_ns = bag.start_ns, bag.end_ns
        self._bag = bag
        self._sound = sound
        self._everything = everything
        self._notices: list[str] = list(bag.notices)
        self._faults = StreamFaults()
        self._streams = self._find_streams()

    @property
    def notices(self) -> list[str]:
        """What a person should know about how the bag was read."""
        return [*self._notices, *self._faults.notices()]

    def __iter__(self) -> Iterator[ReplayInput]:
        """See the class; raises BagError where the bag is damaged."""
        recorded = self._recorded()
        if self._sound is None:
            return recorded
        heard = takewhile(
            lambda block: block.now_ns <= self.end_ns, self._sound.inputs(start_ns=self.start_ns)
        )
        return heapq.merge(recorded, heard, key=attrgetter("now_ns"))

    def _recorded(self) -> Iterator[ReplayInput]:
        topics = None if self._everything else set(self._streams)
        messages = self._bag.messages(topics)
        for _, together in groupby(messages, key=attrgetter("log_ns")):
            # Storages disagree on the order of messages with one stamp; the answer must not.
            for message in sorted(together, key=attrgetter("topic")):
                yield self._input(message)

    def _input(self, message: BagMessage) -> ReplayInput:
        stream = self._streams.get(message.topic)
        if stream is None:
            return ReplayInput(message.log_ns, None, message, judged=False)
        return stream.take(message)

    def _find_streams(self) -> dict[str, RecordedStream]:
        types, faults = self._bag.types, self._faults
        streams: dict[str, RecordedStream] = {}
        for name in self.cell.cameras:
            wanted = camera_topic(self.cell, name)
            topic = self._find("camera", name, wanted, IMAGE_TYPES)
            self.namespace = self.namespace or namespace_of(topic, wanted)
            streams[topic.topic] = camera_stream(name, types, faults)
        for name, microphone in self.cell.microphones.items():
            if self._sound is not None and self._sound.microphone == name:
                continue
            wanted = microphone_topic(self.cell, name)
            topic = self._find("microphone", name, wanted, AUDIO_TYPES)
            streams[topic.topic] = microphone_stream(name, microphone, types, faults)
        text = match_topic(TEXT_TOPIC, (STRING,), self._bag.connections)
        if text is not None:
            streams[text.topic] = text_stream(types, faults)
        return streams

    def _find(self, what: str, name: str, wanted: str, msgtypes: tuple[str, ...]) -> BagTopic:
        recorded = self._bag.connections
        topic = match_topic(wanted, msgtypes, recorded)
        if topic is None and what == "camera" and len(self.cell.cameras) == 1:
            images = [t for t in recorded if t.msgtype in IMAGE_TYPES and t.messages]
            if len(images) == 1:
                topic = images[0]
                self._notices.append(
                    f"the bag has no topic {wanted!r}; its only image topic {topic.topic} "
                    f"is taken for camera {name!r}"
                )
        if topic is None:
            way_out = " or give its sound by --audio WAV" if what == "microphone" else ""
            raise BagError(
                f"{self._bag.path} has no topic {wanted!r} of type {' or '.join(msgtypes)} "
                f"for {what} {name!r}; set its topic in the cell{way_out}. The bag has:\n"
                f"{list_topics(recorded)}"
            )
        if not self._bag.learn_type(topic.msgtype):
            raise BagError(
                f"{self._bag.path} has {topic.topic} of type {topic.msgtype} without a definition"
            )
        return topic
