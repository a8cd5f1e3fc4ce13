"""Writes one MCAP file as ROS 2's own recorder would: read by `ros2 bag`, Foxglove and us.

Knows nothing of cells. The same calls give the same bytes. Owned by one thread.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from mcap.writer import CompressionType, Writer
from rosbags.interfaces import Qos

from tml_ros.bag.bag_error import BagError
from tml_ros.bag.message_types import DefinitionFormat, MessageTypes
from tml_ros.bag.offered_qos import offered_qos, qos_yaml

FLUSH_NS = 2_000_000_000
"""How much log time a killed process may lose at most."""
LIBRARY = "tml_ros"
METADATA = """version: 8
storage_identifier: mcap
duration: {nanoseconds: 0}
starting_time: {nanoseconds_since_epoch: 0}
message_count: 0
topics_with_message_count: []
compression_format: ""
compression_mode: ""
relative_file_paths: []
files: []
custom_data: {}
ros_distro: jazzy
"""
"""Tells `ros2 bag` how to read the QoS; it takes counts and times from the MCAP statistics."""


class BagWriter:
    """A single MCAP file, finished by `close` (or by leaving the `with` block).

    path: of the file, ending in .mcap; missing folders are made. overwrite: replace an existing
    file. types: share the reader's when messages of types unknown to Jazzy are passed on.

    Raises BagError for a path that cannot be written, or exists while `overwrite` is not set.
    """

    def __init__(
        self, path: Path, *, overwrite: bool = False, types: MessageTypes | None = None
    ) -> None:
        """Open the file and write its header."""
        if path.suffix != ".mcap":
            raise BagError(f"{path}: the name of a bag to write must end in .mcap")
        if path.exists() and not (overwrite and path.is_file()):
            raise BagError(f"{path} exists; remove it or choose another name")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file: io.BufferedWriter = path.open("wb")
        except OSError as error:
            raise BagError(f"{path} cannot be written: {error.strerror}") from None
        self.path = path
        self.types = types or MessageTypes()
        self._writer = Writer(self._file, compression=CompressionType.ZSTD)
        self._writer.start(profile="ros2", library=LIBRARY)
        self._writer.add_metadata("rosbag2", {"serialized_metadata": METADATA})
        self._schemas: dict[str, int] = {}
        self._channels: dict[tuple[str, str], int] = {}
        self._sequences: dict[int, int] = {}
        self._flushed_ns: int | None = None
        self._closed = False

    def declare(
        self,
        topic: str,
        msgtype: str,
        *,
        qos: Sequence[Qos] | None = None,
        definition: str | None = None,
        form: DefinitionFormat = "ros2msg",
    ) -> None:
        """Announce a topic before its first message; `write` does so with the defaults.

        qos: what the publishers offered; reliable, volatile, depth 10 unless given.
        definition: text of the message type in `form`, where it is not to be Jazzy's.

        Raises BagError for a type without a definition.
        """
        if (topic, msgtype) in self._channels:
            return
        metadata = {"offered_qos_profiles": qos_yaml([offered_qos()] if qos is None else qos)}
        if not definition:
            definition, form = self.types.definition(msgtype), "ros2msg"
            metadata["topic_type_hash"] = self.types.type_hash(msgtype)
        if msgtype not in self._schemas:
            self._schemas[msgtype] = self._writer.register_schema(
                name=msgtype, encoding=form, data=definition.encode()
            )
        channel = self._writer.register_channel(
            topic=topic,
            message_encoding="cdr",
            schema_id=self._schemas[msgtype],
            metadata=metadata,
        )
        self._channels[topic, msgtype] = channel
        self._sequences[channel] = 0

    def write(
        self, topic: str, msgtype: str, log_ns: int, message: object | bytes | memoryview
    ) -> None:
        """Append a message: an object with the fields of its type, or its CDR bytes as they are.

        Raises BagError for an unknown type, a message that is not of it, or a full disk.
        """
        self.declare(topic, msgtype)
        if not isinstance(message, bytes | memoryview):
            message = self.types.serialise(message, msgtype)
        channel = self._channels[topic, msgtype]
        self._sequences[channel] += 1
        try:
            self._writer.add_message(
                channel_id=channel,
                log_time=log_ns,
                data=bytes(message),
                publish_time=log_ns,
                sequence=self._sequences[channel],
            )
            if self._flushed_ns is None:
                self._flushed_ns = log_ns
            elif abs(log_ns - self._flushed_ns) >= FLUSH_NS:
                self._flushed_ns = log_ns
                self._writer.flush()  # type: ignore[no-untyped-call]
        except OSError as error:
            raise BagError(f"{self.path} cannot be written: {error.strerror}") from error

    def close(self) -> None:
        """Write the index and close the file; a second call does nothing."""
        if self._closed:
            return
        self._closed = True
        try:
            self._writer.finish()  # type: ignore[no-untyped-call]
        except OSError as error:
            raise BagError(f"{self.path} cannot be written: {error.strerror}") from error
        finally:
            self._file.close()

    def __enter__(self) -> BagWriter:
        """The writer itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Finish the file, after an error too: what was written stays readable."""
        self.close()
