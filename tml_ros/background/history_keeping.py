"""Keeps a history within its limits: makes means that are due, then lets the oldest go.

Works in steps of bounded work, so that whoever takes readings in is never held up for long. Nothing
goes before the mean it belongs to is made. Knows nothing of readings that wait to be written:
steps are taken when none do. Belongs to the `History` that holds it.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from typing import Final

from tml_ros.background.history_limits import HOUR_NS, MINUTE_NS, HistoryLimits
from tml_ros.background.history_means import MAX_MADE, MeanMaker
from tml_ros.background.history_rows import WIDTHS
from tml_ros.background.history_store import HistoryStore
from tml_ros.background.history_track import NEVER_NS, Epoch, Track
from tml_ros.background.series import Tier

MAX_DELETED: Final = 20_000
RAW_COST: Final = 40
LOOK_COST: Final = 10
SPARE_PAGES: Final = 256
SPARED_NS: Final = 10 * MINUTE_NS
"""Readings younger than this never go for want of bytes."""


class HistoryKeeping:
    """What is to be made and to be deleted.

    crowded: in plain words that the byte bound has shortened a tier, or "". behind: whether the
    last step had more to do than fits into one.
    """

    def __init__(self, store: HistoryStore, limits: HistoryLimits, counts: Counter[str]) -> None:
        """Take over a store. counts: where duplicates are counted."""
        self._store = store
        self._limits = limits
        self._sweep: deque[tuple[Tier, Track]] = deque()
        self._queued: set[tuple[Tier, int]] = set()
        self.crowded = ""
        self.behind = False
        self._maker = MeanMaker(store, flood=limits.max_waiting // 2, counts=counts)

    def sweep_all(self, tracks: Sequence[Track]) -> None:
        """Look through every track again for what is too old, as after opening a file."""
        for tier in Tier:
            self._enqueue(tier, tracks)

    def step(
        self,
        epochs: Sequence[Epoch],
        tracks: Sequence[Track],
        clock_ns: int,
        *,
        ageing: bool,
        most: int = MAX_MADE,
    ) -> tuple[set[int], set[int]]:
        """A bounded piece of the work; ids of the tracks and of the epochs that are gone after it.

        epochs: oldest first, the last the present one. tracks: all their fresh readings are in the
        journal. ageing: whether time may end anything now. most: means to be made. Raises
        sqlite3.Error; the next step begins where this one was.
        """
        self.behind = not self._maker.step(epochs[-1], tracks, clock_ns, most=most)
        by_epoch: dict[int, list[Track]] = {epoch.id: [] for epoch in epochs}
        for track in tracks:
            by_epoch[track.epoch.id].append(track)
        if ageing:
            self._age(epochs, by_epoch, clock_ns)
        if not self._sweep:
            self._make_room(epochs, by_epoch, clock_ns)
        self._save(epochs)
        self._delete(min((track.rows[0] for track in tracks if track.rows), default=NEVER_NS))
        self.behind |= bool(self._sweep)
        gone = self._emptied(epochs, by_epoch)
        if self._store.used_bytes(unused=True) > self._most_bytes():
            self._store.give_back(SPARE_PAGES)
        return gone

    def _age(
        self, epochs: Sequence[Epoch], by_epoch: Mapping[int, list[Track]], clock_ns: int
    ) -> None:
        """Each tier begins no earlier than its span before the present.

        What is of an earlier epoch is as old as it was at that epoch's end, and all that has been
        lived through since.
        """
        limits = self._limits
        lived_ns = 0
        for epoch in reversed(epochs):
            now_ns = (clock_ns if epoch is epochs[-1] else epoch.last_ns) + lived_ns
            lived_ns += max(0, epoch.last_ns - epoch.first_ns)
            tracks = by_epoch[epoch.id]
            self._begin(Tier.RAW, epoch, tracks, now_ns - limits.raw_ns)
            self._begin(Tier.MINUTE, epoch, tracks, now_ns - limits.minute_ns)
            self._begin(Tier.HOUR, epoch, tracks, now_ns - limits.hour_ns)
        kept = [epoch for epoch in epochs if epoch.hour_from_ns <= epoch.last_ns]
        if len(kept) > limits.max_epochs:
            shortest = min(kept[:-1], key=lambda epoch: epoch.last_ns - epoch.first_ns)
            for tier in Tier:
                self._begin(tier, shortest, by_epoch[shortest.id], shortest.last_ns + 2 * HOUR_NS)

    def _begin(self, tier: Tier, epoch: Epoch, tracks: Sequence[Track], from_ns: int) -> bool:
        """Let a tier begin at `from_ns` or just before; whether that is later than it was.

        It waits for means that are not made yet. A tier never begins later than the finer one.
        """
        if tier is Tier.RAW:
            start_ns = from_ns // MINUTE_NS * MINUTE_NS
            if start_ns <= epoch.raw_from_ns or _earliest(tracks, Tier.MINUTE) < start_ns:
                return False
            epoch.raw_from_ns = start_ns
        elif tier is Tier.MINUTE:
            start_ns = min(from_ns, epoch.raw_from_ns) // HOUR_NS * HOUR_NS
            if start_ns <= epoch.minute_from_ns or _earliest(tracks, Tier.HOUR) < start_ns:
                return False
            epoch.minute_from_ns = start_ns
        else:
            start_ns = min(from_ns, epoch.minute_from_ns) // HOUR_NS * HOUR_NS
            if start_ns <= epoch.hour_from_ns:
                return False
            epoch.hour_from_ns = start_ns
        epoch.changed = True
        self._enqueue(tier, tracks)
        return True

    def _make_room(
        self, epochs: Sequence[Epoch], by_epoch: Mapping[int, list[Track]], clock_ns: int
    ) -> None:
        """When the file is too large, let the oldest of the finest tier go that has any."""
        most = self._most_bytes()
        if self._store.used_bytes() <= most:
            return
        for tier in Tier:
            for epoch in epochs:
                present = epoch is epochs[-1]
                end_ns = clock_ns - SPARED_NS if present else epoch.last_ns + 2 * HOUR_NS
                if self._shorten(tier, epoch, by_epoch[epoch.id], end_ns):
                    self._tell(most, epoch, tier, clock_ns if present else epoch.last_ns)
                    return
        self.crowded = (
            f"the history holds more than its {most / 1e6:,.0f} MB can: "
            "there are too many quantities for the limit on bytes"
        )

    def _most_bytes(self) -> int:
        if not self._store.file.on_disk:
            return self._limits.memory_bytes
        # The log beside the file counts too.
        most = self._limits.max_bytes
        return most - 2 * self._limits.log_bytes

    def _shorten(self, tier: Tier, epoch: Epoch, tracks: Sequence[Track], end_ns: int) -> bool:
        width_ns = WIDTHS[tier]
        from_ns = epoch.begins_ns(tier)
        found = [
            row
            for track in tracks
            if (row := self._store.oldest(tier, track, from_ns // width_ns)) is not None
        ]
        if not found:
            return False
        oldest_ns = min(found) * width_ns
        if oldest_ns >= end_ns:
            return False
        grain_ns = MINUTE_NS if tier is Tier.RAW else HOUR_NS
        share_ns = max(grain_ns, (end_ns - oldest_ns) // 50)
        return self._begin(tier, epoch, tracks, min(end_ns, oldest_ns + share_ns + grain_ns))

    def _tell(self, most: int, epoch: Epoch, tier: Tier, now_ns: int) -> None:
        asked_ns, what = {
            Tier.RAW: (self._limits.raw_ns, "readings"),
            Tier.MINUTE: (self._limits.minute_ns, "minute means"),
            Tier.HOUR: (self._limits.hour_ns, "hour means"),
        }[tier]
        kept_ns = now_ns - epoch.begins_ns(tier)
        self.crowded = (
            f"the history has reached its limit of {most / 1e6:,.0f} MB: {what} are kept for "
            f"{kept_ns / HOUR_NS:,.1f} h instead of {asked_ns / HOUR_NS:,.1f} h"
        )

    def _save(self, epochs: Sequence[Epoch]) -> None:
        changed = [epoch for epoch in epochs if epoch.changed]
        if not changed:
            return
        # Where a tier begins is on record before anything is deleted: a process killed in between
        # must not take what is half deleted for whole.
        self._store.save_epochs(changed)
        for epoch in changed:
            epoch.changed = False

    def _enqueue(self, tier: Tier, tracks: Sequence[Track]) -> None:
        for track in tracks:
            if (tier, track.id) not in self._queued:
                self._queued.add((tier, track.id))
                self._sweep.append((tier, track))

    def _delete(self, first_row: int) -> None:
        """Delete what its tier has left behind, and the journal up to the first row in use."""
        if not self._store.cut_journal(first_row, limit=MAX_DELETED):
            self.behind = True
        room = MAX_DELETED
        done = 0
        if not self._sweep:
            return
        with self._store.file.transaction():
            while done < len(self._sweep) and room > 0:
                tier, track = self._sweep[done]
                # A minute's readings are pages, its mean is a row in one.
                cost = RAW_COST if tier is Tier.RAW else 1
                end = track.epoch.begins_ns(tier) // WIDTHS[tier]
                deleted = self._store.delete_before(tier, track, end, limit=room // cost + 1)
                # An empty look costs about as much as deleting some rows.
                room -= deleted * cost + LOOK_COST
                done += room > 0
        # Only now is it certain that they are gone.
        for _ in range(done):
            tier, track = self._sweep.popleft()
            self._queued.discard((tier, track.id))

    def _emptied(
        self, epochs: Sequence[Epoch], by_epoch: Mapping[int, list[Track]]
    ) -> tuple[set[int], set[int]]:
        """Earlier epochs of which nothing is left, and their tracks."""
        busy = {track.epoch.id for _, track in self._sweep}
        over = [
            epoch
            for epoch in epochs[:-1]
            if epoch.hour_from_ns > epoch.last_ns and epoch.id not in busy
        ]
        if not over:
            return set(), set()
        tracks = [track for epoch in over for track in by_epoch[epoch.id]]
        with self._store.file.transaction():
            for track in tracks:
                self._store.delete_track(track)
            for epoch in over:
                self._store.delete_epoch(epoch)
        return {track.id for track in tracks}, {epoch.id for epoch in over}


def _earliest(tracks: Sequence[Track], tier: Tier) -> int:
    """When the earliest stretch begins whose mean is yet to be made."""
    if tier is Tier.MINUTE:
        return min(
            (min(track.minutes) * MINUTE_NS for track in tracks if track.minutes), default=NEVER_NS
        )
    return min((min(track.hours) * HOUR_NS for track in tracks if track.hours), default=NEVER_NS)
