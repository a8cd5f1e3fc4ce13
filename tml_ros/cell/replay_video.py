"""A video file, with or without a wav file, as inputs for a cell: time is media time from 0.

Knows nothing of bags and alarms. Owned by the thread that reads it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.replay import ReplayInput
from tml_ros.cell.replay_error import ReplayError
from tml_ros.cell.replay_sound import WavSound
from tml_ros.devices.video_file import VideoFile
from tml_ros.turn.micro_turn import Frame


class VideoInputs:
    """Iterates the frames of a video, and the blocks of sound between them.

    camera: the camera the video is; the cell's only one unless given. sound: ends with the video.

    cell: what is judged, which is the cell without the cameras and microphones that have no
    recording; `notices` name them.

    Raises CameraSourceError for what is no video, ReplayError where the camera is not clear.
    """

    def __init__(
        self,
        path: Path,
        cell: CellDescription,
        *,
        camera: str | None = None,
        sound: WavSound | None = None,
    ) -> None:
        """Look at the file."""
        self._camera = _camera_of(cell, camera)
        self._sound = sound
        heard = {} if sound is None else {sound.microphone: cell.microphones[sound.microphone]}
        self.cell = cell.model_copy(
            update={"cameras": {self._camera: cell.cameras[self._camera]}, "microphones": heard}
        )
        self._video = VideoFile(path)
        absent = [name for name in cell.cameras if name != self._camera]
        absent += [name for name in cell.microphones if name not in heard]
        self.notices = [f"not recorded and therefore not judged: {name}" for name in absent]

    def __iter__(self) -> Iterator[ReplayInput]:
        """See the class; each iteration starts at the beginning."""
        sound = iter(()) if self._sound is None else self._sound.inputs(start_ns=0)
        block = next(sound, None)
        for frame in self._frames():
            # Driven by the frames: a camera is not lost because the sound file is longer.
            while block is not None and block.now_ns <= frame.now_ns:
                yield block
                block = next(sound, None)
            yield frame

    def _frames(self) -> Iterator[ReplayInput]:
        for offset_ns, rgb in self._video:
            yield ReplayInput(offset_ns, Frame(self._camera, offset_ns, rgb))


def _camera_of(cell: CellDescription, camera: str | None) -> str:
    names = ", ".join(cell.cameras) or "none"
    if camera is not None:
        if camera not in cell.cameras:
            raise ReplayError(f"cell {cell.cell!r} has no camera {camera!r}; it has: {names}")
        return camera
    if len(cell.cameras) != 1:
        raise ReplayError(
            f"a video is one camera; cell {cell.cell!r} has: {names}. Say which by --camera NAME"
        )
    return next(iter(cell.cameras))
