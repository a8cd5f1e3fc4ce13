"""The tables of the history, and what goes into them as rows.

Knows nothing of connections. Pure; any thread.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tml_ros.background.history_limits import HOUR_NS, MINUTE_NS
from tml_ros.background.history_tiers import Buckets
from tml_ros.background.history_track import Epoch, Track
from tml_ros.background.series import Tier

APPLICATION_ID: Final = 0x746D6C48
VERSION: Final = 1
WIDTHS: Final[Mapping[Tier, int]] = {
    Tier.RAW: MINUTE_NS,
    Tier.MINUTE: MINUTE_NS,
    Tier.HOUR: HOUR_NS,
}
"""What a row stands for; its number counts these since time 0."""

# A track is a lane in an epoch. `raw` is in the order in which minutes ended, so that what goes
# first lies together; `stale` has the hours whose means are to be made anew.
SCHEMA: Final = """
CREATE TABLE epoch (id INTEGER PRIMARY KEY, first_ns INTEGER, last_ns INTEGER,
    raw_from_ns INTEGER, minute_from_ns INTEGER, hour_from_ns INTEGER);
CREATE TABLE track (id INTEGER PRIMARY KEY, machine TEXT, quantity TEXT, unit TEXT, epoch INTEGER,
    first_ns INTEGER, last_ns INTEGER, last_value REAL);
CREATE TABLE journal (id INTEGER PRIMARY KEY, track INTEGER, stamp_ns INTEGER, value REAL);
CREATE TABLE raw (track INTEGER, number INTEGER, count INTEGER, readings BLOB,
    PRIMARY KEY (track, number));
CREATE TABLE minute (track INTEGER, number INTEGER, count INTEGER, mean REAL, low REAL, high REAL,
    PRIMARY KEY (track, number)) WITHOUT ROWID;
CREATE TABLE hour (track INTEGER, number INTEGER, count INTEGER, mean REAL, low REAL, high REAL,
    PRIMARY KEY (track, number)) WITHOUT ROWID;
CREATE TABLE stale (track INTEGER, number INTEGER, PRIMARY KEY (track, number)) WITHOUT ROWID;
CREATE TABLE event (id INTEGER PRIMARY KEY, machine TEXT, subject TEXT, level TEXT, text TEXT,
    stamp_ns INTEGER)
"""


@dataclass(frozen=True, slots=True, eq=False)
class MadeMinute:
    """Readings of a minute in order of time, each stamp once, and their mean.

    duplicates: readings left out because their stamp was there.
    """

    track: Track
    number: int
    stamps_ns: NDArray[np.int64]
    values: NDArray[np.float64]
    mean: Buckets
    duplicates: int


@dataclass(frozen=True, slots=True, eq=False)
class MadeHour:
    """The mean of an hour; empty where nothing is left of it."""

    track: Track
    number: int
    mean: Buckets


def epoch_row(epoch: Epoch) -> tuple[int, ...]:
    """A row of `epoch`."""
    return (
        epoch.id,
        epoch.first_ns,
        epoch.last_ns,
        epoch.raw_from_ns,
        epoch.minute_from_ns,
        epoch.hour_from_ns,
    )


def track_row(track: Track) -> tuple[int | str | float, ...]:
    """A row of `track`."""
    return (
        track.id,
        track.machine,
        track.quantity,
        track.unit,
        track.epoch.id,
        track.first_ns,
        track.last_ns,
        track.last_value,
    )


def journal_rows(tracks: Iterable[Track], row: int) -> Iterator[tuple[int, int, int, float]]:
    """Rows of `journal`, numbered from `row`, for the readings that wait."""
    for track in tracks:
        first = len(track.rows)
        for stamp_ns, value in zip(track.stamps[first:], track.values[first:], strict=True):
            yield row, track.id, stamp_ns, value
            row += 1


def mean_rows(
    made: Iterable[MadeMinute | MadeHour],
) -> list[tuple[int, int, int, float, float, float]]:
    """Rows of `minute` and `hour`."""
    return [
        (
            one.track.id,
            one.number,
            int(one.mean.count[0]),
            float(one.mean.mean[0]),
            float(one.mean.low[0]),
            float(one.mean.high[0]),
        )
        for one in made
    ]
