"""What a history says of a span of time, put together from its tiers and from what still waits.

Reads only. Knows nothing of limits or of failures. Belongs to the `History` that holds it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tml_ros.background.history_limits import HOUR_NS, MINUTE_NS
from tml_ros.background.history_rows import WIDTHS
from tml_ros.background.history_store import HistoryStore
from tml_ros.background.history_tiers import (
    NOTHING,
    Buckets,
    coarser,
    joined,
    merged,
    of_readings,
    single,
)
from tml_ros.background.history_track import Track
from tml_ros.background.series import Series, Tier


@dataclass(frozen=True, slots=True)
class Span:
    """A track from `since_ns` to `until_ns`, both included."""

    track: Track
    since_ns: int
    until_ns: int


class HistoryQuery:
    """Answers of one store."""

    def __init__(self, store: HistoryStore) -> None:
        """Ask this store."""
        self._store = store

    def series(self, spans: Sequence[Span], points: int, left_out: tuple[int, ...]) -> Series:
        """The finest tier, with coarser ones where it does not reach, that `points` can hold.

        spans: of one unit and of successive epochs; at least one.
        """
        parts = self._parts(spans, points)
        buckets = joined(parts)
        present = [index for index, part in enumerate(parts) if len(part)]
        starts = np.cumsum([0, *map(len, parts)]).tolist()
        newest = spans[present[-1] if present else -1].track
        return Series(
            buckets.start_ns + buckets.width_ns // 2,
            buckets.mean,
            buckets.low,
            buckets.high,
            newest.unit,
            _finest(buckets),
            buckets.count,
            buckets.width_ns,
            newest.epoch.id,
            left_out,
            tuple(starts[index] for index in present[1:]),
        )

    def readings(self, span: Span) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The readings that are kept one by one, each stamp once, in order of time."""
        track = span.track
        since_ns = max(span.since_ns, track.epoch.raw_from_ns)
        stamps, values = np.zeros(0, np.int64), np.zeros(0)
        if since_ns > span.until_ns:
            return stamps, values
        if track.stored:
            first, last = since_ns // MINUTE_NS, span.until_ns // MINUTE_NS
            stamps, values = self._store.readings(track, first, last)
        if track.stamps:
            stamps, values = merged(stamps, values, *track.fresh())
        within = slice(
            np.searchsorted(stamps, since_ns), np.searchsorted(stamps, span.until_ns, "right")
        )
        return stamps[within], values[within]

    def _parts(self, spans: Sequence[Span], points: int) -> list[Buckets]:
        for tier in Tier:
            parts = []
            room = points
            for span in spans:
                part = self._points(tier, span, room)
                if part is None:
                    break
                parts.append(part)
                room -= len(part)
            else:
                return parts
        return _grouped([self._hours(span) for span in spans], points)

    def _points(self, tier: Tier, span: Span, room: int) -> Buckets | None:
        """A span in one tier and what is older in coarser ones; None where it is more than fits."""
        epoch = span.track.epoch
        if tier is Tier.HOUR:
            if self._fewest(Tier.HOUR, span, room) > room:
                return None
            buckets = self._hours(span)
        elif tier is Tier.MINUTE:
            before = _before(span, epoch.minute_from_ns)
            fewest = self._fewest(Tier.MINUTE, span, room)
            if fewest + self._fewest(Tier.HOUR, before, room) > room:
                return None
            buckets = joined([self._hours(before), self._minutes(span)])
        else:
            before = _before(span, epoch.raw_from_ns)
            older = _before(before, epoch.minute_from_ns)
            fewest = self._fewest(Tier.RAW, span, room) + self._fewest(Tier.MINUTE, before, room)
            if fewest + self._fewest(Tier.HOUR, older, room) > room:
                return None
            readings = single(*self.readings(span))
            buckets = joined([self._hours(older), self._minutes(before), readings])
        return buckets if len(buckets) <= room else None

    def _fewest(self, tier: Tier, span: Span, room: int) -> int:
        """At least so many points there are of a tier: those that need not be looked at.

        Counted as far as `room` is passed.
        """
        track = span.track
        if not track.stored:
            return 0
        from_ns = track.epoch.begins_ns(tier)
        width_ns = WIDTHS[tier]
        first = max(span.since_ns, from_ns) // width_ns + 1
        last = span.until_ns // width_ns - 1
        return self._store.count(tier, track, first, last, limit=room + 1)

    def _minutes(self, span: Span) -> Buckets:
        """The minute means of the minutes that the span touches, as far as they are kept."""
        track = span.track
        first = max(span.since_ns, track.epoch.minute_from_ns) // MINUTE_NS
        last = span.until_ns // MINUTE_NS
        if first > last:
            return NOTHING
        written = self._store.means(Tier.MINUTE, track, first, last) if track.stored else NOTHING
        due = sorted(minute for minute in track.minutes if first <= minute <= last)
        if not due:
            return written
        kept = written.where(~np.isin(written.start_ns // MINUTE_NS, np.array(due)))
        made = [
            of_readings(*self.readings(_stretch(track, run, MINUTE_NS)), MINUTE_NS)
            for run in _runs(due)
        ]
        return _in_order(joined([kept, *made]))

    def _hours(self, span: Span) -> Buckets:
        """The hour means of the hours that the span touches, as far as they are kept."""
        track = span.track
        first = max(span.since_ns, track.epoch.hour_from_ns) // HOUR_NS
        last = span.until_ns // HOUR_NS
        if first > last:
            return NOTHING
        written = self._store.means(Tier.HOUR, track, first, last) if track.stored else NOTHING
        due = sorted(hour for hour in track.stale_hours() if first <= hour <= last)
        if not due:
            return written
        kept = written.where(~np.isin(written.start_ns // HOUR_NS, np.array(due)))
        made = [
            coarser(self._minutes(_stretch(track, run, HOUR_NS)), HOUR_NS) for run in _runs(due)
        ]
        return _in_order(joined([kept, *made]))


def _before(span: Span, end_ns: int) -> Span:
    return Span(span.track, span.since_ns, min(span.until_ns, end_ns - 1))


def _stretch(track: Track, run: tuple[int, int], width_ns: int) -> Span:
    return Span(track, run[0] * width_ns, (run[1] + 1) * width_ns - 1)


def _runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """First and last of those that follow one another, of rising numbers; at least one."""
    first = last = numbers[0]
    for number in numbers[1:]:
        if number != last + 1:
            yield first, last
            first = number
        last = number
    yield first, last


def _in_order(buckets: Buckets) -> Buckets:
    return buckets.where(np.argsort(buckets.start_ns, kind="stable"))


def _finest(buckets: Buckets) -> Tier:
    if not len(buckets):
        return Tier.RAW
    width_ns = int(buckets.width_ns.min())
    return Tier.RAW if width_ns == 0 else Tier.MINUTE if width_ns == MINUTE_NS else Tier.HOUR


def _grouped(parts: Sequence[Buckets], points: int) -> list[Buckets]:
    """Hours merged into the shortest stretches of which there are at most `points`.

    Of more epochs than points the oldest are left out.
    """
    chosen = [index for index, part in enumerate(parts) if len(part)][-points:]
    lengths = [
        int(parts[index].start_ns[-1] - parts[index].start_ns[0]) // HOUR_NS + 1 for index in chosen
    ]
    hours = max(1, -(-sum(lengths) // points))
    while sum(-(-length // hours) for length in lengths) > points:
        hours += max(1, hours // 20)
    return [
        coarser(part, hours * HOUR_NS, origin_ns=int(part.start_ns[0]))
        if index in chosen
        else NOTHING
        for index, part in enumerate(parts)
    ]
