"""Sound files of the layout: written at 16 kHz and 16 bit, read in any common form. One thread."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import soxr

from tml_ros.bench.duplex.layout_json import SampleFileError
from tml_ros.bench.duplex.sample import Samples
from tml_ros.devices.wav_file import WavFile, WavFileError
from tml_ros.devices.wav_writer import WavWriter
from tml_ros.turn.micro_turn import SAMPLE_RATE

LONGEST_S: Final = 900.0


def write_sound(path: Path, samples: Samples) -> None:
    """Write float32 [n], mono, 16 kHz. Raises OSError."""
    writer = WavWriter(path, rate=SAMPLE_RATE)
    try:
        writer.write(samples)
    finally:
        writer.close()


def read_sound(path: Path) -> Samples:
    """float32 [n], mono, 16 kHz, read-only; of several channels the mean.

    Raises SampleFileError for files that are broken, empty, cut off or longer than `LONGEST_S`.
    """
    try:
        with WavFile(path) as wav:
            if wav.frames > LONGEST_S * wav.rate:
                raise SampleFileError(f"{path.name} is longer than {LONGEST_S:.0f} s")
            if wav.missing or not wav.frames:
                raise SampleFileError(
                    f"{path.name} is cut off: it lacks {wav.missing} of "
                    f"{wav.frames + wav.missing} samples"
                    if wav.missing
                    else f"{path.name} is empty"
                )
            rate, sound = wav.rate, wav.read(wav.frames)
    except WavFileError as problem:
        reason = str(problem).replace(str(path), path.name)
        raise SampleFileError(reason) from problem
    except OSError as problem:
        raise SampleFileError(f"{path.name} cannot be read: {problem.strerror}") from problem
    mono: Samples = sound.mean(axis=1, dtype=np.float32)
    if rate != SAMPLE_RATE:
        mono = soxr.resample(mono, rate, SAMPLE_RATE, quality="HQ")
    mono = np.ascontiguousarray(mono, np.float32)
    mono.flags.writeable = False
    return mono
