"""Opens a bag of any kind by looking at what the path really holds.

Knows nothing of cells. Owned by one thread.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from tml_ros.bag.bag_error import BagError
from tml_ros.bag.bag_storage import BagMessage, BagStorage, BagTopic
from tml_ros.bag.finished_bag import FinishedBag
from tml_ros.bag.message_types import MessageTypes
from tml_ros.bag.split_bag import SplitBag
from tml_ros.bag.unfinished_mcap import UnfinishedMcap

MCAP_MAGIC = b"\x89MCAP0\r\n"
SQLITE_MAGIC = b"SQLite format 3\x00"
ROS1_MAGIC = b"#ROSBAG V"
BAG_SUFFIXES = (".mcap", ".db3")


class BagReader:
    """An open bag. Iterating gives `(topic, msgtype, log_ns, message)` in order of log time.

    connections: the topics, one entry per topic and message type.
    notices: what a person should know about how this bag was read; empty for a sound bag.
    start_ns, end_ns: log times of the first and the last message.
    types: the message types, those that the bag brings along included.
    """

    def __init__(self, path: Path, storage: BagStorage) -> None:
        """Take over an opened storage; `open_bag` is the way here."""
        self.path = path
        self._storage = storage
        self.connections: tuple[BagTopic, ...] = storage.topics
        self.notices: tuple[str, ...] = storage.notices
        self.start_ns, self.end_ns = storage.start_ns, storage.end_ns
        self.types = MessageTypes()

    def messages(self, topics: Collection[str] | None = None) -> Iterator[BagMessage]:
        """The messages as they were recorded, of all topics unless some are named.

        Raises BagError at the first that cannot be read.
        """
        names = {c.topic for c in self.connections} if topics is None else topics
        return self._storage.messages(names)

    def learn_type(self, msgtype: str) -> bool:
        """Whether messages of this type can be read; takes in the bag's definition if need be."""
        for connection in self.connections:
            if connection.msgtype == msgtype and connection.definition:
                try:
                    self.types.learn(msgtype, connection.definition, form=connection.form)
                except BagError:
                    continue
        return msgtype in self.types

    def __iter__(self) -> Iterator[tuple[str, str, int, Any]]:
        """Every message of a known type, its large arrays being views; others are left out."""
        known = {c.msgtype for c in self.connections if self.learn_type(c.msgtype)}
        topics = {c.topic for c in self.connections if c.msgtype in known}
        for message in self._storage.messages(topics):
            if message.msgtype in known:
                content = self.types.deserialise(message.data, message.msgtype)
                yield message.topic, message.msgtype, message.log_ns, content

    def close(self) -> None:
        """Let go of the files."""
        self._storage.close()

    def __enter__(self) -> BagReader:
        """The reader itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()


def open_bag(path: Path) -> BagReader:
    """Open a rosbag2 folder, an .mcap or a .db3 file.

    Raises BagError, which says what was found instead.
    """
    if not path.exists():
        raise BagError(f"{path} does not exist")
    return BagReader(path, _open_folder(path) if path.is_dir() else _open_file(path))


def _open_folder(path: Path) -> BagStorage:
    if (path / "metadata.yaml").exists():
        return FinishedBag(path)
    files = sorted(
        (f for f in path.iterdir() if f.suffix in BAG_SUFFIXES and f.stat().st_size > 0),
        key=lambda f: (len(f.name), f.name),
    )
    if not files:
        found = ", ".join(sorted(f.name for f in path.iterdir())[:8]) or "nothing"
        raise BagError(
            f"{path} is no bag: it has neither metadata.yaml nor .mcap or .db3 files, but {found}"
        )
    notice = f"{path} has no metadata.yaml (the recorder was killed?): reading its files one by one"
    return SplitBag([_open_file(file) for file in files], notice=notice)


def _open_file(path: Path) -> BagStorage:
    with path.open("rb") as file:
        head = file.read(16)
    if not head:
        raise BagError(f"{path} is empty (0 bytes)")
    if head.startswith(MCAP_MAGIC):
        return _open_mcap(path)
    if head.startswith(ROS1_MAGIC):
        raise BagError(f"{path} is a ROS 1 bag; convert it: rosbags-convert --src {path} --dst DIR")
    if head.startswith(SQLITE_MAGIC) and path.suffix == ".db3":
        return FinishedBag(path)
    if path.suffix == ".zstd":
        raise BagError(f"{path} is one compressed file of a bag; give the folder it lies in")
    kind = "file name does not end in .db3" if head.startswith(SQLITE_MAGIC) else repr(head[:8])
    raise BagError(f"{path} is no bag: neither MCAP nor rosbag2 SQLite, it begins with {kind}")


def _open_mcap(path: Path) -> BagStorage:
    try:
        return FinishedBag(path)
    except BagError as error:
        size = path.stat().st_size
        with path.open("rb") as file:
            file.seek(max(0, size - len(MCAP_MAGIC)))
            finished = size > 2 * len(MCAP_MAGIC) and file.read() == MCAP_MAGIC
        reason = (
            str(error.__cause__ or error) if finished else "it was not finished (recorder killed?)"
        )
        return UnfinishedMcap(path, reason=reason.rstrip("."))
