"""Packs the readings of minutes that are over and makes the means of minutes and hours.

Works in pieces of bounded size. Knows nothing of how long anything is kept. Belongs to the
`HistoryKeeping` that holds it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from tml_ros.background.history_limits import HOUR_NS, MINUTE_NS, SECOND_NS
from tml_ros.background.history_rows import MadeHour, MadeMinute
from tml_ros.background.history_store import HistoryStore
from tml_ros.background.history_tiers import coarser, merged, of_readings
from tml_ros.background.history_track import NEVER_NS, Epoch, Track, hour_of
from tml_ros.background.series import Tier

MAX_READ: Final = 15_000
"""Readings that one piece of work packs."""
MAX_MADE: Final = 100
GRACE_NS: Final = 5 * SECOND_NS
"""A minute is packed so long after its end: most that comes late has come by then."""
MINUTES_AN_HOUR: Final = HOUR_NS // MINUTE_NS


class MeanMaker:
    """Makes what is due of the tracks it is given.

    flood: fresh readings from which minutes are packed before they are over, and again afterwards.
    counts: where duplicates are counted.
    """

    def __init__(self, store: HistoryStore, *, flood: int, counts: Counter[str]) -> None:
        """Write into this store."""
        self._store = store
        self._flood = flood
        self._counts = counts

    def step(
        self, present: Epoch, tracks: Sequence[Track], clock_ns: int, *, most: int = MAX_MADE
    ) -> bool:
        """Make at most `most` minutes and as many hours; whether nothing is due any more.

        tracks: all their fresh readings are in the journal. Raises sqlite3.Error; what was not
        written is due still.
        """
        closed_ns = clock_ns - GRACE_NS
        flood = sum(len(track.stamps) for track in tracks) >= self._flood
        done = self._minutes(present, tracks, NEVER_NS if flood else closed_ns, most)
        return done and self._hours(present, tracks, closed_ns, most)

    def _minutes(self, present: Epoch, tracks: Sequence[Track], closed_ns: int, most: int) -> bool:
        """Pack the readings of minutes that are over; whether all are packed now."""
        made: list[MadeMinute] = []
        read = 0
        for track in tracks:
            for minute in sorted(track.minutes):
                if track.epoch is present and (minute + 1) * MINUTE_NS > closed_ns:
                    break
                if len(made) >= most or read >= MAX_READ:
                    self._put_minutes(made)
                    return False
                made.append(self._minute(track, minute))
                read += len(made[-1].values)
        self._put_minutes(made)
        return True

    def _minute(self, track: Track, minute: int) -> MadeMinute:
        known = self._store.readings(track, minute, minute)
        fresh, values = track.fresh()
        within = fresh // MINUTE_NS == minute
        stamps, all_values = merged(*known, fresh[within], values[within])
        return MadeMinute(
            track,
            minute,
            stamps,
            all_values,
            of_readings(stamps, all_values, MINUTE_NS),
            len(known[0]) + int(within.sum()) - len(stamps),
        )

    def _put_minutes(self, made: Sequence[MadeMinute]) -> None:
        if not made:
            return
        self._store.put_minutes([one for one in made if len(one.mean)])
        by_track: dict[int, list[int]] = {}
        tracks = {one.track.id: one.track for one in made}
        for one in made:
            by_track.setdefault(one.track.id, []).append(one.number)
            one.track.hours.add(hour_of(one.number))
            self._counts["duplicate"] += one.duplicates
        for number, minutes in by_track.items():
            tracks[number].forget(minutes)

    def _hours(self, present: Epoch, tracks: Sequence[Track], closed_ns: int, most: int) -> bool:
        """Make the means of hours that are over, whose minutes are all made; whether all are."""
        made: list[MadeHour] = []
        done = True
        for track in tracks:
            for hour in sorted(track.hours):
                if track.epoch is present and (hour + 1) * HOUR_NS > closed_ns:
                    break
                if len(made) >= most:
                    done = False
                    break
                first = hour * MINUTES_AN_HOUR
                minutes = self._store.means(Tier.MINUTE, track, first, first + MINUTES_AN_HOUR - 1)
                made.append(MadeHour(track, hour, coarser(minutes, HOUR_NS)))
        if made:
            self._store.put_hours(made)
        for one in made:
            one.track.hours.discard(one.number)
        return done
