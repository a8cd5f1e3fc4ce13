"""The newest blocks of vibration and sound of each sensor, and longer waveforms made of them.

All blocks are in memory, within a bound on bytes, and in a SQLite file besides, so that they are
there after a restart; where the file takes none, memory alone is left and `problems` says so. Knows
nothing of ROS or of what the blocks mean. Any thread: calls wait for one another.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

import numpy as np

from tml_ros.background.history_limits import SECOND_NS
from tml_ros.background.reading import Waveform
from tml_ros.settings.store_file import StoreFile, is_damage

KEEP: Final = 8
KEEP_SECONDS: Final = 10.0
MAX_BLOCKS: Final = 256
"""Of a sensor, however short they are."""
MAX_BYTES: Final = 64_000_000
APPLICATION_ID: Final = 0x746D6C57
VERSION: Final = 1
JITTER_NS: Final = 50_000_000
"""Stamps of arrival are off by this; half a block is more than any block may be off."""
_SCHEMA = """
CREATE TABLE block (id INTEGER PRIMARY KEY, machine TEXT, sensor TEXT, samples BLOB, rate REAL,
    unit TEXT, stamp_ns INTEGER, rpm REAL)
"""


@dataclass(frozen=True, slots=True)
class _Block:
    id: int
    waveform: Waveform


class WaveformStore:
    """Blocks by machine and sensor.

    A waveform's stamp is that of its first sample. counts: blocks by why they were not kept:
    "duplicate" (the stamp of the one before), "unusable" (empty, of no rate, or not finite),
    "too_large".
    """

    def __init__(
        self,
        path: Path | None,
        *,
        keep: int = KEEP,
        keep_seconds: float = KEEP_SECONDS,
        max_bytes: int = MAX_BYTES,
        read_only: bool = False,
    ) -> None:
        """Open or create the file; path None: memory alone.

        keep: blocks per sensor, or as many as make `keep_seconds` where they are short. max_bytes:
        of all samples; beyond it the oldest block of the sensor with the most bytes goes.
        read_only: a file that another process may be writing. Raises ValueError where keep or
        max_bytes is below 1.
        """
        if keep < 1 or max_bytes < 1:
            raise ValueError("keep, max_bytes: must be 1 or more")
        self._keep = keep
        self._keep_seconds = keep_seconds
        self._max_bytes = max_bytes
        self._read_only = read_only
        self._lock = threading.RLock()
        self._fault = ""
        self._sensors: dict[tuple[str, str], deque[_Block]] = {}
        self._bytes = 0
        self._next = 1
        self.counts: Counter[str] = Counter()
        self._file = StoreFile(
            path,
            schema=_SCHEMA,
            application_id=APPLICATION_ID,
            version=VERSION,
            memory_bytes=max_bytes,
            read_only=read_only,
        )
        self._load()

    @property
    def problems(self) -> tuple[str, ...]:
        """What stands in the way of keeping blocks over a restart, in plain words."""
        with self._lock:
            fault = [f"{self._file.path}: {self._fault}; blocks are in memory alone"]
            return (*self._file.problems, *(fault if self._fault else ()))

    def add(self, waveform: Waveform) -> None:
        """Take in a block, after those that came before. The samples are copied."""
        with self._lock:
            samples = np.array(waveform.samples, np.float32).reshape(-1)
            usable = len(samples) and waveform.rate > 0 and np.isfinite(samples).all()
            if not usable:
                self.counts["unusable"] += 1
                return
            if samples.nbytes > self._max_bytes:
                self.counts["too_large"] += 1
                return
            key = (waveform.machine, waveform.sensor)
            before = self._sensors.get(key)
            if before and before[-1].waveform.stamp_ns == waveform.stamp_ns:
                self.counts["duplicate"] += 1
                return
            block = _Block(self._next, _like(waveform, samples))
            self._next += 1
            gone = self._put(block)
            self._write(block, gone)

    def latest(self, machine: str, sensor: str, *, seconds: float | None = None) -> Waveform | None:
        """The newest block, or the newest `seconds` of consecutive blocks in one piece.

        None where there is none, or where there are not so many seconds without a gap; see
        `seconds`. The rpm of several blocks is the median of theirs.
        """
        with self._lock:
            blocks = self._sensors.get((machine, sensor))
            if not blocks:
                return None
            newest = blocks[-1].waveform
            if seconds is None:
                return newest
            wanted = max(1, round(seconds * newest.rate))
            run: list[Waveform] = []
            found = 0
            for waveform in _back_to_gap(blocks):
                run.insert(0, waveform)
                found += len(waveform.samples)
                if found >= wanted:
                    return _in_one(run, wanted)
            return None

    def seconds(self, machine: str, sensor: str) -> float:
        """How much there is without a gap, up to the newest sample."""
        with self._lock:
            blocks = self._sensors.get((machine, sensor), ())
            return sum(len(block.samples) / block.rate for block in _back_to_gap(blocks))

    def machines(self) -> tuple[str, ...]:
        """Machines that have blocks, by name."""
        with self._lock:
            return tuple(sorted({machine for machine, _ in self._sensors}))

    def sensors(self, machine: str) -> tuple[str, ...]:
        """Sensors of a machine that have blocks, by name."""
        with self._lock:
            return tuple(sorted(sensor for name, sensor in self._sensors if name == machine))

    def bytes(self) -> int:
        """Of all samples in memory."""
        return self._bytes

    def close(self) -> None:
        """Close the file. Nothing is to be called afterwards."""
        with self._lock:
            self._file.close()

    def _put(self, block: _Block) -> list[int]:
        """Take in a block; ids of those that went for it."""
        waveform = block.waveform
        own = self._sensors.setdefault((waveform.machine, waveform.sensor), deque())
        own.append(block)
        self._bytes += waveform.samples.nbytes
        gone = [self._drop(own).id] if self._too_many(own) else []
        while self._bytes > self._max_bytes:
            key = max(self._sensors, key=lambda sensor: _size(self._sensors[sensor]))
            gone.append(self._drop(self._sensors[key]).id)
            if not self._sensors[key]:
                del self._sensors[key]
        return gone

    def _too_many(self, blocks: Sequence[_Block]) -> bool:
        if len(blocks) <= self._keep:
            return False
        lengths = (len(block.waveform.samples) / block.waveform.rate for block in blocks)
        without_oldest = sum(lengths) - len(blocks[0].waveform.samples) / blocks[0].waveform.rate
        return len(blocks) > MAX_BLOCKS or without_oldest >= self._keep_seconds

    def _drop(self, blocks: deque[_Block]) -> _Block:
        gone = blocks.popleft()
        self._bytes -= gone.waveform.samples.nbytes
        return gone

    def _write(self, block: _Block, gone: Sequence[int]) -> None:
        if self._read_only:
            return
        try:
            with self._file.transaction() as connection:
                connection.executemany("DELETE FROM block WHERE id=?", [(one,) for one in gone])
                connection.execute(
                    "INSERT OR REPLACE INTO block VALUES (?, ?, ?, ?, ?, ?, ?, ?)", _row(block)
                )
            self._file.connection.execute("PRAGMA incremental_vacuum(64)").fetchall()
            self._fault = ""
        except sqlite3.Error as error:
            if is_damage(error):
                self._file.set_aside(f"is damaged ({error})")
            else:
                self._fault = str(error)

    def _load(self) -> None:
        try:
            rows = self._file.connection.execute("SELECT * FROM block ORDER BY id")
            for number, machine, sensor, samples, rate, unit, stamp_ns, rpm in rows:
                data = np.frombuffer(samples, "<f4").astype(np.float32)
                data.flags.writeable = False
                waveform = Waveform(machine, sensor, data, rate, unit, stamp_ns, rpm)
                self._next = number + 1
                # Blocks beyond today's bounds may be left from another setting or a failed write.
                self._put(_Block(number, waveform))
            self._prune()
        except (sqlite3.Error, ValueError, TypeError) as error:
            if isinstance(error, sqlite3.OperationalError) and not is_damage(error):
                self._fault = str(error)
                return
            self._sensors, self._bytes = {}, 0
            self._file.set_aside(f"is damaged ({error})")

    def _prune(self) -> None:
        if self._read_only:
            return
        kept = {block.id for blocks in self._sensors.values() for block in blocks}
        written = {row for (row,) in self._file.connection.execute("SELECT id FROM block")}
        with self._file.transaction() as connection:
            connection.executemany(
                "DELETE FROM block WHERE id=?", [(row,) for row in written - kept]
            )


def _like(waveform: Waveform, samples: np.ndarray[tuple[int], np.dtype[np.float32]]) -> Waveform:
    samples.flags.writeable = False
    return Waveform(
        waveform.machine,
        waveform.sensor,
        samples,
        float(waveform.rate),
        waveform.unit,
        waveform.stamp_ns,
        waveform.rpm,
    )


def _row(block: _Block) -> tuple[object, ...]:
    waveform = block.waveform
    return (
        block.id,
        waveform.machine,
        waveform.sensor,
        waveform.samples.astype("<f4").tobytes(),
        waveform.rate,
        waveform.unit,
        waveform.stamp_ns,
        waveform.rpm,
    )


def _size(blocks: Sequence[_Block]) -> int:
    return sum(block.waveform.samples.nbytes for block in blocks)


def _back_to_gap(blocks: Sequence[_Block]) -> Iterator[Waveform]:
    """From the newest block back to the first that the next one does not follow on at once."""
    after: Waveform | None = None
    for block in reversed(blocks):
        if after is not None and not _follows(block.waveform, after):
            return
        after = block.waveform
        yield after


def _follows(first: Waveform, second: Waveform) -> bool:
    """Whether the second begins where the first ends, as far as stamps of arrival can tell."""
    if (first.rate, first.unit) != (second.rate, second.unit):
        return False
    length_ns = len(first.samples) / first.rate * SECOND_NS
    shorter = min(len(first.samples), len(second.samples)) / first.rate * SECOND_NS
    allowed_ns = max(2 * SECOND_NS / first.rate, min(shorter / 2, JITTER_NS))
    return abs(second.stamp_ns - first.stamp_ns - length_ns) <= allowed_ns


def _in_one(run: Sequence[Waveform], wanted: int) -> Waveform:
    samples = np.concatenate([waveform.samples for waveform in run])
    cut = len(samples) - wanted
    samples = samples[cut:].copy()
    samples.flags.writeable = False
    newest, oldest = run[-1], run[0]
    speeds = [waveform.rpm for waveform in run if waveform.rpm is not None]
    return Waveform(
        newest.machine,
        newest.sensor,
        samples,
        newest.rate,
        newest.unit,
        oldest.stamp_ns + round(cut / newest.rate * SECOND_NS),
        median(speeds) if speeds else None,
    )
