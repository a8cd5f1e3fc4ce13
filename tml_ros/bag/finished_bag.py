"""A bag whose recorder finished it: a rosbag2 folder, an MCAP file or an SQLite file."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from rosbags.interfaces import Connection, ConnectionExtRosbag2, MessageDefinitionFormat
from rosbags.rosbag2 import Reader

from tml_ros.bag.bag_error import BagError
from tml_ros.bag.bag_storage import BagMessage, BagTopic


class FinishedBag:
    """Implements BagStorage on rosbags. Raises BagError with what was found."""

    def __init__(self, path: Path) -> None:
        """Open the bag and read its index."""
        self._path = path
        try:
            self._reader = Reader(path)
            self._reader.open()
        except Exception as error:
            # Damage ends in whatever the parser trips over first: far more than ReaderError.
            raise BagError(f"{path} cannot be read as a bag: {_one_line(error)}") from error
        self.topics = tuple(_topic(connection) for connection in self._reader.connections)
        empty = self._reader.message_count == 0
        self.start_ns = 0 if empty else self._reader.start_time
        self.end_ns = 0 if empty else self._reader.end_time - 1
        self.notices: tuple[str, ...] = ()

    def messages(self, topics: Collection[str]) -> Iterator[BagMessage]:
        """See BagStorage."""
        wanted = [c for c in self._reader.connections if c.topic in topics]
        if not wanted:
            return
        count = 0
        try:
            for connection, log_ns, data in self._reader.messages(wanted):
                yield BagMessage(connection.topic, connection.msgtype, log_ns, data)
                count += 1
        except Exception as error:
            raise BagError(
                f"{self._path} is damaged after {count} messages: {_one_line(error)}"
            ) from error

    def close(self) -> None:
        """See BagStorage."""
        if self._reader.is_open:
            self._reader.close()


def _topic(connection: Connection) -> BagTopic:
    has_definition = connection.msgdef.format is not MessageDefinitionFormat.NONE
    is_idl = connection.msgdef.format is MessageDefinitionFormat.IDL
    ext = connection.ext
    return BagTopic(
        connection.topic,
        connection.msgtype,
        connection.msgcount,
        connection.msgdef.data if has_definition else "",
        "ros2idl" if is_idl else "ros2msg",
        tuple(ext.offered_qos_profiles) if isinstance(ext, ConnectionExtRosbag2) else (),
    )


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
