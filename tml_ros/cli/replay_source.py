"""What SOURCE is: a bag of any kind or a video, opened for a cell.

Knows nothing of alarms. What is opened belongs to whoever opened it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tml_ros.bag.bag_reader import BAG_SUFFIXES, BagReader, open_bag
from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.replay_bag import BagInputs
from tml_ros.cell.replay_error import ReplayError
from tml_ros.cell.replay_sound import sound_of_cell
from tml_ros.cell.replay_video import VideoInputs

OTHER_BAG_SUFFIXES = (".bag", ".zstd")
"""No bags we read, but the reader says what to do with them."""


@dataclass(frozen=True, slots=True)
class ReplaySource:
    """An opened recording.

    inputs: what to judge; its `notices` tell a person how it was read. cell: what is judged of the
    cell. bag: None for a video. start_ns, end_ns: of a bag, in its own time.
    """

    inputs: BagInputs | VideoInputs
    cell: CellDescription
    bag: BagReader | None
    namespace: str = ""
    start_ns: int = 0
    end_ns: int | None = None

    @property
    def seconds(self) -> float | None:
        """How long it is, None where that is not known before it is read."""
        return None if self.end_ns is None else (self.end_ns - self.start_ns) / 1e9

    def close(self) -> None:
        """Let go of the files."""
        if self.bag is not None:
            self.bag.close()


def open_source(
    path: Path,
    cell: CellDescription,
    *,
    audio: Path | None,
    camera: str | None,
    everything: bool,
) -> ReplaySource:
    """Open a rosbag2 folder, an .mcap or .db3 file, or a video file.

    everything: also give the messages of a bag that the cell does not judge.

    Raises ReplayError, BagError, CameraSourceError or WavFileError, each saying what was found.
    """
    if not path.exists():
        raise ReplayError(
            f"{path} does not exist; SOURCE is a rosbag2 folder, an .mcap or .db3 file, or a video"
        )
    sound = sound_of_cell(cell, audio)
    if not (path.is_dir() or path.suffix in (*BAG_SUFFIXES, *OTHER_BAG_SUFFIXES)):
        video = VideoInputs(path, cell, camera=camera, sound=sound)
        return ReplaySource(video, video.cell, None)
    if camera is not None:
        raise ReplayError("--camera says which camera a video is; a bag has its topics for that")
    bag = open_bag(path)
    try:
        inputs = BagInputs(bag, cell, sound=sound, everything=everything)
    except BaseException:
        bag.close()
        raise
    return ReplaySource(inputs, cell, bag, inputs.namespace, inputs.start_ns, inputs.end_ns)
