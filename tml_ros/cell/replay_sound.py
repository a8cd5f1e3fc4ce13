"""A wav file as the sound of one microphone of a replayed cell.

Knows nothing of pictures and bags. Owned by the thread that reads it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.replay import ReplayInput
from tml_ros.cell.replay_error import ReplayError
from tml_ros.devices.wav_file import WavFile
from tml_ros.turn.microphone_sound import MicrophoneSound

BLOCKS_PER_SECOND = 25


class WavSound:
    """The sound of `microphone`, from the start of the replay.

    seconds: how long it is. Raises WavFileError for what is no readable wav, AudioFormatError for
    a rate out of range.
    """

    def __init__(self, path: Path, microphone: str) -> None:
        """Look at the file."""
        self.microphone = microphone
        self._path = path
        with WavFile(path) as wav:
            self.seconds = wav.frames / wav.rate
            # A rate that cannot be converted is found now.
            _sound(microphone, wav)

    def inputs(self, *, start_ns: int) -> Iterator[ReplayInput]:
        """Blocks of 40 ms, each at the time its last sample was taken."""
        with WavFile(self._path) as wav:
            sound = _sound(self.microphone, wav)
            frames = 0
            while len(samples := wav.read(max(1, wav.rate // BLOCKS_PER_SECOND))):
                stamp_ns = start_ns + frames * 1_000_000_000 // wav.rate
                frames += len(samples)
                now_ns = start_ns + frames * 1_000_000_000 // wav.rate
                block = sound.block_of(samples, now_ns, stamp_ns=stamp_ns)
                if block is not None:
                    yield ReplayInput(now_ns, block)


def _sound(microphone: str, wav: WavFile) -> MicrophoneSound:
    return MicrophoneSound(microphone, rate=wav.rate, channels=wav.channels, encoding="f32")


def sound_of_cell(cell: CellDescription, path: Path | None) -> WavSound | None:
    """The wav file as the cell's only microphone; None without a file.

    Raises ReplayError where the cell has no microphone, or several.
    """
    if path is None:
        return None
    if len(cell.microphones) != 1:
        names = ", ".join(cell.microphones) or "none"
        raise ReplayError(
            f"a wav file stands for the one microphone of a cell; cell {cell.cell!r} has: {names}"
        )
    return WavSound(path, next(iter(cell.microphones)))
