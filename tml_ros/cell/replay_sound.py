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
from tml_ros.turn.audio_format import AudioConverter
from tml_ros.turn.micro_turn import SAMPLE_RATE, AudioBlock

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
            AudioConverter(rate=wav.rate, channels=wav.channels, encoding="f32")

    def inputs(self, *, start_ns: int) -> Iterator[ReplayInput]:
        """Blocks of 40 ms, each at the time its last sample was taken."""
        with WavFile(self._path) as wav:
            converter = AudioConverter(rate=wav.rate, channels=wav.channels, encoding="f32")
            frames, given = 0, 0
            while len(block := wav.read(max(1, wav.rate // BLOCKS_PER_SECOND))):
                frames += len(block)
                samples = converter.convert(block)
                if len(samples):
                    now_ns = start_ns + frames * 1_000_000_000 // wav.rate
                    begin_ns = start_ns + given * 1_000_000_000 // SAMPLE_RATE
                    given += len(samples)
                    yield ReplayInput(now_ns, AudioBlock(self.microphone, begin_ns, samples))


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
