"""An MCAP file without its end, as a killed recorder leaves it: read as far as it goes.

Also reads MCAP files that other programs wrote with ROS 2 messages inside but without the "ros2"
profile. Messages come in the order of the file, which is the order of recording.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import IO, cast

from mcap.records import Channel, Chunk, McapRecord, Message, Schema
from mcap.stream_reader import StreamReader, breakup_chunk

from tml_ros.bag.bag_error import BagError
from tml_ros.bag.bag_storage import BagMessage, BagTopic
from tml_ros.bag.message_types import DefinitionFormat


class UnfinishedMcap:
    """Implements BagStorage by reading the file from the front.

    Raises BagError where not one ROS 2 message can be read.
    """

    def __init__(self, path: Path, *, reason: str) -> None:
        """Read the file once for its topics; `reason` says why it is read this way."""
        self._path = path
        self._channels: dict[int, BagTopic] = {}
        counts: Counter[int] = Counter()
        first_ns, last_ns, read = 0, 0, 0
        encodings: set[str] = set()
        schemas: dict[int, Schema] = {}
        for record in self._records():
            if isinstance(record, Schema):
                schemas[record.id] = record
            elif isinstance(record, Channel):
                encodings.add(record.message_encoding)
                if record.message_encoding == "cdr" and record.schema_id in schemas:
                    self._channels[record.id] = _topic(record, schemas[record.schema_id])
            elif isinstance(record, Message):
                counts[record.channel_id] += 1
                first_ns = record.log_time if read == 0 else min(first_ns, record.log_time)
                last_ns = max(last_ns, record.log_time)
                read += 1
        if not any(counts[channel] for channel in self._channels):
            found = f"its messages are {', '.join(sorted(encodings))}" if read else "no message"
            raise BagError(f"{path}: {reason}, and it holds no ROS 2 message ({found})")
        self.topics = tuple(
            BagTopic(t.topic, t.msgtype, counts[channel], t.definition, t.form)
            for channel, t in self._channels.items()
        )
        self.start_ns, self.end_ns = first_ns, last_ns
        self.notices: tuple[str, ...] = (
            f"{path}: {reason}; read as far as it goes: {read} messages, "
            f"{(last_ns - first_ns) / 1e9:.1f} s",
        )

    def messages(self, topics: Collection[str]) -> Iterator[BagMessage]:
        """See BagStorage; what follows the last whole record is left out."""
        wanted = {i: t for i, t in self._channels.items() if t.topic in topics}
        for record in self._records():
            if isinstance(record, Message) and record.channel_id in wanted:
                topic = wanted[record.channel_id]
                yield BagMessage(topic.topic, topic.msgtype, record.log_time, record.data)

    def close(self) -> None:
        """See BagStorage; each reading closes its own file."""

    def _records(self) -> Iterator[McapRecord]:
        limit = self._path.stat().st_size
        with self._path.open("rb") as file:
            stream = StreamReader(
                cast("IO[bytes]", _WholeReads(file)), emit_chunks=True, record_size_limit=limit
            )
            try:
                for record in stream.records:
                    if isinstance(record, Chunk):
                        yield from breakup_chunk(record, validate_crc=True)
                    else:
                        yield record
            except Exception:
                # The end of what can be read; what it ends in depends on where the damage is.
                return


class _WholeReads:
    """Gives all bytes asked for or raises EOFError: half a message must not pass for a whole."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def read(self, length: int) -> bytes:
        data = self._file.read(length)
        if len(data) < length:
            raise EOFError
        return data


def _topic(channel: Channel, schema: Schema) -> BagTopic:
    is_idl = schema.encoding in ("ros2idl", "omgidl")
    form: DefinitionFormat = "ros2idl" if is_idl else "ros2msg"
    return BagTopic(channel.topic, schema.name, 0, schema.data.decode(), form)
