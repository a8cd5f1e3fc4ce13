"""Vibration from a file: .npz, .npy, .wav or .csv, one channel of it as a waveform.

Knows nothing of what is done with it. Nothing in a file is executed (no pickles). Reads one file;
any thread.
"""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tml_ros.devices.wav_file import WavFile

KINDS: Final = (".npz", ".npy", ".wav", ".csv")
MAX_BYTES: Final = 1 << 30
_DELIMITERS = ",;\t "


class VibrationFileError(ValueError):
    """The file cannot be used as asked; the message says what is there."""


Channels = Mapping[str, NDArray[np.float32]]


def read_channels(path: Path) -> tuple[Channels, float | None]:
    """All channels of a file by name, float32 [n], and its sample rate where it says one.

    .npz: its arrays of more than one number. .npy: a row, or columns named "0", "1" ... .wav:
    channels "0", "1" ..., -1..1. .csv: columns by their heading, or "0", "1" ... without one.

    Raises VibrationFileError, OSError.
    """
    kind = path.suffix.lower()
    if kind not in KINDS:
        raise VibrationFileError(f"{path}: cannot be read; there are {', '.join(KINDS)}")
    if path.stat().st_size > MAX_BYTES:
        raise VibrationFileError(f"{path}: larger than 1 GiB; cut it down to some minutes")
    rate: float | None = None
    if kind == ".wav":
        channels, rate = _wav(path)
    elif kind == ".csv":
        channels = _csv(path)
    else:
        channels = _numpy(path)
    if not channels:
        raise VibrationFileError(f"{path}: there is no row of numbers in it")
    return channels, rate


def pick_channel(path: Path, channels: Channels, wanted: str | None) -> str:
    """The channel asked for, or the only one. Raises VibrationFileError that says what is there."""
    if wanted is None:
        if len(channels) == 1:
            return next(iter(channels))
        raise VibrationFileError(
            f"{path} has the channels {_listed(channels)}: choose one with --channel"
        )
    if wanted in channels:
        return wanted
    alike = [name for name in channels if name.lower() == wanted.lower()]
    if len(alike) == 1:
        return alike[0]
    raise VibrationFileError(f"{path} has no channel {wanted!r}; it has {_listed(channels)}")


def _listed(channels: Channels) -> str:
    return ", ".join(f"{name} ({len(samples)} samples)" for name, samples in channels.items())


def _numpy(path: Path) -> Channels:
    try:
        loaded = np.load(path, allow_pickle=False)
        arrays = {"": loaded} if isinstance(loaded, np.ndarray) else dict(loaded.items())
    except (ValueError, EOFError, KeyError, zipfile.BadZipFile) as error:
        raise VibrationFileError(f"{path}: not a plain {path.suffix} file ({error})") from None
    channels: dict[str, NDArray[np.float32]] = {}
    for name, array in arrays.items():
        if array.size < 2 or array.dtype.kind not in "fiu":
            continue
        for place, column in enumerate(_columns(path, array)):
            several = column.size != array.size
            channels[f"{name}{place}" if several or not name else name] = column
    return channels


def _columns(path: Path, array: NDArray[np.generic]) -> list[NDArray[np.float32]]:
    """The channels of one array: samples are what there is more of."""
    if array.ndim > 2:
        raise VibrationFileError(f"{path}: an array of shape {array.shape} is no signal")
    table = array.reshape(-1, 1) if array.ndim < 2 else array
    if table.shape[0] < table.shape[1]:
        table = table.T
    return [np.ascontiguousarray(column, np.float32) for column in table.T]


def _wav(path: Path) -> tuple[Channels, float]:
    with WavFile(path) as wav:
        samples = wav.read(wav.frames)
        rate = float(wav.rate)
    return {str(k): np.ascontiguousarray(column) for k, column in enumerate(samples.T)}, rate


def _csv(path: Path) -> Channels:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise VibrationFileError(f"{path}: not a text file in UTF-8") from None
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if not lines:
        return {}
    delimiter = max(_DELIMITERS, key=lambda mark: (lines[-1].count(mark), mark != " "))
    rows = list(csv.reader(lines, delimiter=delimiter, skipinitialspace=True))
    heading = None if _numbers(rows[0]) else [word.strip() for word in rows.pop(0)]
    width = len(rows[0]) if rows else 0
    for place, row in enumerate(rows):
        if len(row) != width or not _numbers(row):
            line = place + 1 + (heading is not None)
            raise VibrationFileError(f"{path}: line {line} is not {width} numbers")
    if not rows:
        return {}
    names = heading if heading and len(heading) == width else [str(k) for k in range(width)]
    table = np.array(rows, np.float32)
    return {name: np.ascontiguousarray(table[:, k]) for k, name in enumerate(names)}


def _numbers(row: list[str]) -> bool:
    try:
        for word in row:
            float(word)
    except ValueError:
        return False
    return bool(row)
