"""The sound of one microphone on the sample grid of one timeline.

Blocks come in any size and, within the jitter budget, in any order; the track lays them end to
end. Knows nothing of turns beyond their length, nor of when to close one. Belongs to the
`Timeline` that owns it.
"""

from __future__ import annotations

from bisect import insort
from collections import Counter, deque

import numpy as np
from numpy.typing import NDArray

from tml_ros.turn.micro_turn import SAMPLE_RATE, TURN_SAMPLES

TOLERANCE_SAMPLES = SAMPLE_RATE // 100
"""10 ms: a block that starts this near to the end of the last one continues it. Stamps wander by
some ms, and sound cards drift; when the drift has grown beyond this, samples are left out or
skipped, once."""
MAX_PENDING_BLOCKS = 8_192
MAX_PENDING_SAMPLES = 10 * SAMPLE_RATE
_HOLES_REMEMBERED = 64


class AudioTrack:
    """Places blocks and gives out slots of 3,200 samples.

    Everything before the frontier is decided; blocks behind a hole wait until the hole is filled
    or its slot is taken. What is laid first stays.

    start_ns: time of sample 0. counts: where late, duplicate, early, refused and non-finite
    samples are counted, under those names.
    """

    def __init__(self, *, start_ns: int, counts: Counter[str]) -> None:
        """Start empty."""
        self._start_ns = start_ns
        self._counts = counts
        self._frontier = 0
        self._sound_end = -1
        self._stamped_end = 0
        self._pending: list[tuple[int, int, NDArray[np.float32]]] = []
        self._pending_samples = 0
        self._arrivals = 0
        self._slots: dict[int, NDArray[np.float32]] = {}
        self._present: Counter[int] = Counter()
        self._holes: deque[tuple[int, int]] = deque(maxlen=_HOLES_REMEMBERED)
        self._late = 0

    @property
    def frontier(self) -> int:
        """First sample that is not decided yet."""
        return self._frontier

    @property
    def end(self) -> int:
        """First sample after everything that has come."""
        return max(
            (self.place_of(start) + len(samples) for start, _, samples in self._pending),
            default=self._frontier,
        )

    def place_of(self, stamp_ns: int) -> int:
        """The sample nearest to a stamp; negative before the timeline."""
        return round((stamp_ns - self._start_ns) * SAMPLE_RATE / 1_000_000_000)

    def push(self, start_ns: int, samples: NDArray[np.float32]) -> None:
        """Take in one block: float32 [1..3200]."""
        pending = self._pending_samples + len(samples)
        if pending > MAX_PENDING_SAMPLES or len(self._pending) >= MAX_PENDING_BLOCKS:
            self._counts["refused_samples"] += len(samples)
            return
        self._pending_samples = pending
        self._arrivals += 1
        insort(self._pending, (start_ns, self._arrivals, samples), key=lambda block: block[:2])
        self._lay_continuous()

    def take(self, slot: int) -> tuple[NDArray[np.float32], int, int]:
        """Close a slot; slots are taken in order.

        Returns its samples, float32 [3200], read-only, zero where nothing came; how many of them
        are missing; and how many late ones came since the last slot was taken.
        """
        end = (slot + 1) * TURN_SAMPLES
        while self._pending and self.place_of(self._pending[0][0]) < end:
            self._leave_hole(self.place_of(self._pending[0][0]))
            self._lay_continuous()
        self._leave_hole(end)
        self._lay_continuous()
        samples = self._slots.pop(slot, None)
        if samples is None:
            samples = np.zeros(TURN_SAMPLES, np.float32)
        samples.flags.writeable = False
        late, self._late = self._late, 0
        return samples, TURN_SAMPLES - self._present.pop(slot, 0), late

    def _leave_hole(self, end: int) -> None:
        if end <= self._frontier:
            return
        start = self._frontier
        if self._holes and self._holes[-1][1] == start:
            start = self._holes.pop()[0]
        self._holes.append((start, end))
        self._frontier = end

    def _lay_continuous(self) -> None:
        while self._pending:
            start_ns, _, samples = self._pending[0]
            place = self.place_of(start_ns)
            stamped_end = place + len(samples)
            ahead = place - self._frontier
            tolerance = 0
            if self._frontier == self._sound_end:
                # Half a block at most: two short blocks must not be taken for each other.
                tolerance = min(TOLERANCE_SAMPLES, len(samples) // 2)
            if ahead > tolerance:
                return
            del self._pending[0]
            self._pending_samples -= len(samples)
            if ahead < -tolerance:
                decided = min(len(samples), -ahead)
                if stamped_end <= self._stamped_end:
                    # A block that comes twice, behind sound that was laid ahead of its stamps.
                    decided = len(samples)
                self._count_decided(place, place + decided)
                samples = samples[decided:]
            if len(samples):
                self._write(samples)
                self._sound_end = self._frontier
                self._stamped_end = stamped_end

    def _count_decided(self, start: int, end: int) -> None:
        """Count what came for places that are decided."""
        early = max(0, min(end, 0) - start)
        late = sum(max(0, min(end, b) - max(start, a)) for a, b in self._holes)
        self._late += late
        self._counts["early_samples"] += early
        self._counts["late_samples"] += late
        self._counts["duplicate_samples"] += end - start - early - late

    def _write(self, samples: NDArray[np.float32]) -> None:
        finite = np.isfinite(samples)
        whole = bool(finite.all())
        if not whole:
            self._counts["nonfinite_samples"] += len(samples) - int(np.count_nonzero(finite))
            samples = np.where(finite, samples, np.float32(0))
        done = 0
        while done < len(samples):
            slot, offset = divmod(self._frontier, TURN_SAMPLES)
            count = min(len(samples) - done, TURN_SAMPLES - offset)
            if slot not in self._slots:
                self._slots[slot] = np.zeros(TURN_SAMPLES, np.float32)
            self._slots[slot][offset : offset + count] = samples[done : done + count]
            self._present[slot] += (
                count if whole else int(np.count_nonzero(finite[done : done + count]))
            )
            self._frontier += count
            done += count
