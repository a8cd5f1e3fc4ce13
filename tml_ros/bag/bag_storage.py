"""What a bag is made of, whatever file holds it: topics, and stamped messages as CDR bytes."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Protocol

from rosbags.interfaces import Qos

from tml_ros.bag.message_types import DefinitionFormat


@dataclass(frozen=True, slots=True)
class BagTopic:
    """One topic of a bag.

    messages: how many there are. definition: text of the message type in `form`, "" where the bag
    has none. qos: what the recorded publishers offered.
    """

    topic: str
    msgtype: str
    messages: int
    definition: str = ""
    form: DefinitionFormat = "ros2msg"
    qos: tuple[Qos, ...] = ()


@dataclass(frozen=True, slots=True)
class BagMessage:
    """One message as it was recorded: `data` is its CDR bytes, `log_ns` when it arrived."""

    topic: str
    msgtype: str
    log_ns: int
    data: bytes


class BagStorage(Protocol):
    """One opened bag, or one file of it.

    start_ns, end_ns: log times of the first and the last message, both 0 where there is none.
    notices: what a person should know about how this bag was read.
    """

    topics: tuple[BagTopic, ...]
    start_ns: int
    end_ns: int
    notices: tuple[str, ...]

    def messages(self, topics: Collection[str]) -> Iterator[BagMessage]:
        """The messages of these topics in order of log time.

        Raises BagError at the first that cannot be read.
        """

    def close(self) -> None:
        """Let go of the files."""
