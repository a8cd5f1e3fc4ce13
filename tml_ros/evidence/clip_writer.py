"""Writes one clip into a folder of its own, message by message; what is unfinished stays unnamed.

Knows nothing of alarms and of when a clip is over. Owned by one thread.
"""

from __future__ import annotations

import os
from collections import Counter
from contextlib import suppress
from pathlib import Path

from rosbags.interfaces import Qos

from tml_ros.bag.bag_error import BagError
from tml_ros.bag.bag_writer import BagWriter
from tml_ros.bag.offered_qos import offered_qos, qos_yaml
from tml_ros.bag.topic_match import COMPRESSED_IMAGE
from tml_ros.evidence.clip_metadata import WrittenTopic, bag_metadata
from tml_ros.evidence.kept import Kept

METADATA, ABOUT, PREVIEW = "metadata.yaml", "clip.json", "preview.jpg"


class ClipWriter:
    """folder: made by this, and to be given its name once the clip is finished. name: of the clip.

    Raises OSError and BagError where the disk does not let it.
    """

    def __init__(self, folder: Path, name: str) -> None:
        """Begin the recording."""
        self.folder, self.name = folder, name
        folder.mkdir()
        self._bag = BagWriter(folder / recording_of(name))
        self._counts: Counter[tuple[str, str]] = Counter()
        self._times: tuple[int, int] | None = None
        self.bytes = 0
        """Of the messages so far, before they are compressed."""

    def write(self, kept: Kept) -> None:
        """Append a message. Raises OSError, BagError."""
        self._bag.declare(kept.topic, kept.msgtype, qos=[_qos(kept.msgtype)])
        self._bag.write(kept.topic, kept.msgtype, kept.came_ns, kept.cdr)
        self._counts[kept.topic, kept.msgtype] += 1
        first, last = self._times or (kept.came_ns, kept.came_ns)
        self._times = min(first, kept.came_ns), max(last, kept.came_ns)
        self.bytes += len(kept.cdr)

    def finish(self, about: str, preview: bytes) -> None:
        """Complete it, on the disk too. about: clip.json. Raises OSError, BagError."""
        self._bag.close()
        recording = recording_of(self.name)
        first_ns, last_ns = self._times or (0, 0)
        metadata = bag_metadata(recording, self._topics(), first_ns=first_ns, last_ns=last_ns)
        (self.folder / METADATA).write_text(metadata, encoding="utf-8")
        if preview:
            (self.folder / PREVIEW).write_bytes(preview)
        (self.folder / ABOUT).write_text(about, encoding="utf-8")
        for path in self.folder.iterdir():
            sync(path)
        sync(self.folder)

    def give_up(self) -> None:
        """Let go of the file; what there is of it is for somebody else to remove."""
        with suppress(OSError, BagError):
            self._bag.close()

    def _topics(self) -> list[WrittenTopic]:
        return [
            WrittenTopic(
                topic,
                msgtype,
                count,
                qos_yaml([_qos(msgtype)]),
                self._bag.types.type_hash(msgtype),
            )
            for (topic, msgtype), count in self._counts.items()
        ]


def recording_of(name: str) -> str:
    """The file of a clip that holds its messages, as rosbag2 names it."""
    return f"{name}_0.mcap"


def sync(path: Path) -> None:
    """Have a file or folder written through to the disk. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _qos(msgtype: str) -> Qos:
    return offered_qos(reliable=False, depth=2) if msgtype == COMPRESSED_IMAGE else offered_qos()
