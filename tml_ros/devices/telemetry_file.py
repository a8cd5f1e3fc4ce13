"""A recorded measurement as a file: vibration, speed or temperature, of an npz, wav or csv.

Knows nothing of what is measured or where it goes. The whole file is read at once and bounded; any
thread.
"""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tml_ros.devices.wav_file import WavFile, WavFileError

MAX_VALUES = 50_000_000
MAX_BYTES = 1_000_000_000


class TelemetryFileError(ValueError):
    """A file that holds no measurement we read; the message names it and what would be read."""


_Read = tuple[NDArray[np.float64] | NDArray[np.float32], float | None, str]
_Reader = Callable[[Path, str], _Read]


@dataclass(frozen=True, slots=True)
class RecordedTelemetry:
    """What a file holds. values: float32 [n], n > 0, finite, read-only. rate: of a wav, else None.

    channel: the array, column or channel that they are.
    """

    values: NDArray[np.float32]
    rate: float | None = None
    channel: str = ""


def read_telemetry_file(path: Path | str, *, channel: str = "") -> RecordedTelemetry:
    """Read one channel of a file.

    channel: name of an array in an npz (or the end of it: "DE" finds "X097_DE_time" too, if alone),
        name of a column in a csv, number of a channel in a wav from 0. Without, the first one that
        holds more than one number.
    Raises TelemetryFileError.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    readers: dict[str, _Reader] = {".npz": _npz, ".csv": _csv, ".wav": _wav}
    if suffix not in readers:
        raise TelemetryFileError(f"{path} does not end in {', '.join(readers)}")
    try:
        if path.stat().st_size > MAX_BYTES:
            raise TelemetryFileError(f"{path} has more than {MAX_BYTES} bytes")
        values, rate, name = readers[suffix](path, channel)
    except TelemetryFileError:
        raise
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, EOFError) as error:
        raise TelemetryFileError(f"{path} cannot be read: {error}") from error
    if not 0 < len(values) <= MAX_VALUES:
        raise TelemetryFileError(
            f"{path}: {name or 'it'} has {len(values)} values, 1 to {MAX_VALUES} are read"
        )
    kept = np.array(values, np.float32)
    if not np.isfinite(kept).all():
        raise TelemetryFileError(f"{path}: {name or 'it'} has values that are not finite")
    kept.flags.writeable = False
    return RecordedTelemetry(kept, rate, name)


def _npz(path: Path, channel: str) -> _Read:
    with np.load(path, allow_pickle=False) as arrays:
        names = [name for name in arrays.files if np.issubdtype(arrays[name].dtype, np.number)]
        if channel:
            chosen = [name for name in names if name == channel] or [
                name for name in names if channel in name.split("_")
            ]
        else:
            chosen = [name for name in names if arrays[name].size > 1][:1]
        if len(chosen) != 1:
            there = ", ".join(names) or "none"
            raise TelemetryFileError(
                f"{path} has no array {channel or 'of numbers'}; it has: {there}"
            )
        return np.asarray(arrays[chosen[0]], np.float64).reshape(-1), None, chosen[0]


def _csv(path: Path, channel: str) -> _Read:
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = csv.reader(file)
        first = next(rows, [])
        names = [cell.strip() for cell in first]
        headed = any(not _is_number(name) for name in names)
        if channel and (not headed or channel not in names):
            there = ", ".join(names[:20]) if headed else "none: its first row is numbers"
            raise TelemetryFileError(f"{path} has no column {channel!r}; it has: {there}")
        column = names.index(channel) if channel else 0
        values = [] if headed else [float(first[column])]
        for number, row in enumerate(rows, start=2):
            if not row:
                continue
            if len(row) <= column or not _is_number(row[column]):
                raise TelemetryFileError(f"{path} line {number}: no number in column {column + 1}")
            values.append(float(row[column]))
            if len(values) > MAX_VALUES:
                break
    return np.asarray(values, np.float64), None, names[column] if headed else ""


def _wav(path: Path, channel: str) -> _Read:
    try:
        with WavFile(path) as wav:
            number = int(channel) if channel.isdecimal() else 0
            if number >= wav.channels:
                raise TelemetryFileError(f"{path} has {wav.channels} channels, no channel {number}")
            samples = wav.read(min(wav.frames, MAX_VALUES))
            return samples[:, number], float(wav.rate), str(number)
    except WavFileError as error:
        raise TelemetryFileError(str(error)) from error


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
