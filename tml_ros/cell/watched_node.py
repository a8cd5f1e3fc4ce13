"""One node of a cell as its beats show it: lost, hung, idle or late.

Knows nothing of ROS, processes or clocks: it is told beats, steady time, and whether a process is
there. One thread owns it.

| what | since when | until |
|---|---|---|
| lost | beats stay away for 0.45 s and its process is gone; or none came within 5 s | it is back |
| hung | beats stay away for 0.8 s and its process is there, or nobody knows | it is back, or lost |
| idle | a beat says that work is due and that none was done for the node's limit | it works again |
| late | deadline misses, or beats that came late, rose within the last 0.8 s | they rise no more |

Back: beats have come for 1 s without a pause, and work with them where any is due; where it is due
and is not done, idle takes over. Works again: for 1 s, and more than once, or nothing is due.
"""

from __future__ import annotations

from collections.abc import Callable

from tml_ros.cell.freshness import STARTUP_GRACE_NS
from tml_ros.cell.heartbeat import Heartbeat
from tml_ros.turn.hazard import HazardKind

QUIET_NS = 450_000_000
"""Two beats missed: time to ask whether the process is still there."""
SILENT_NS = 800_000_000
"""Without a beat; 0.2 s are left to raise the alarm within a second."""
BACK_NS = 1_000_000_000
"""One stray beat, or piece of work, is no recovery."""
LATE_NS = 800_000_000
KINDS = (HazardKind.NODE_LOST, HazardKind.NODE_HUNG, HazardKind.NODE_IDLE, HazardKind.NODE_LATE)


class WatchedNode:
    """From the first question or beat on; idle_after_ns: how long it may do nothing while due."""

    def __init__(self, *, idle_after_ns: int) -> None:
        """Nothing was heard yet."""
        self._idle_after_ns = idle_after_ns
        self._began_ns: int | None = None
        self._beat: Heartbeat | None = None
        self._heard_ns = 0
        self._looked_again_ns = 0
        self._run_began_ns: int | None = None
        self._due_since_ns = 0
        self._moved_in_run = 0
        self._good_since_ns: int | None = None
        self._moved_while_good = 0
        self._late_until_ns: int | None = None
        self._silence: HazardKind | None = None
        self._idle = False
        self.restarts = 0
        """How often its process has been another one, since the watch began."""

    @property
    def newest(self) -> Heartbeat | None:
        """Its newest beat."""
        return self._beat

    def beat(self, beat: Heartbeat, steady_ns: int) -> None:
        """A beat came. One that came already is no sign of life."""
        before = self._beat
        if before is not None and before.sequence == beat.sequence and _same(before, beat):
            return
        begins = before is None or not _same(before, beat) or beat.sequence < before.sequence
        self._began_ns = steady_ns if self._began_ns is None else self._began_ns
        self.restarts += before is not None and begins
        if begins or self._run_began_ns is None or steady_ns - self._heard_ns > SILENT_NS:
            self._run_began_ns = steady_ns
            self._moved_in_run = 0
        if begins or (beat.expected and before is not None and not before.expected):
            self._due_since_ns = steady_ns
        if before is not None and not begins:
            moved = beat.work > before.work
            self._moved_in_run += moved
            self._moved_while_good += moved
            if _misses(beat) > _misses(before):
                self._late_until_ns = steady_ns + LATE_NS
        self._beat, self._heard_ns = beat, steady_ns
        self._judge_work(beat, steady_ns)

    def excuse(self, steady_ns: int) -> None:
        """Nobody looked for a while until now: beats may have come that were not heard yet."""
        self._looked_again_ns = steady_ns

    def judge(
        self, steady_ns: int, process_alive: Callable[[Heartbeat], bool | None]
    ) -> frozenset[HazardKind] | None:
        """What is so now; None while it still has time to begin and nothing is known of it."""
        if self._began_ns is None:
            self._began_ns = steady_ns
        if self._beat is None:
            if self._silence is None and (
                steady_ns - self._began_ns <= STARTUP_GRACE_NS
                or self._quiet_ns(steady_ns) <= SILENT_NS
            ):
                return None
            self._silence = HazardKind.NODE_LOST
        else:
            self._judge_silence(self._beat, steady_ns, process_alive)
        found = {self._silence} if self._silence is not None else set()
        if self._idle:
            found.add(HazardKind.NODE_IDLE)
        if self._late_until_ns is not None and steady_ns <= self._late_until_ns:
            found.add(HazardKind.NODE_LATE)
        return frozenset(found)

    def _judge_silence(
        self,
        beat: Heartbeat,
        steady_ns: int,
        process_alive: Callable[[Heartbeat], bool | None],
    ) -> None:
        quiet_ns = self._quiet_ns(steady_ns)
        if quiet_ns > QUIET_NS and process_alive(beat) is False:
            self._silence, self._run_began_ns = HazardKind.NODE_LOST, None
        elif quiet_ns > SILENT_NS:
            # What is known to be lost does not turn up again by staying silent.
            self._silence, self._run_began_ns = self._silence or HazardKind.NODE_HUNG, None
        elif self._run_began_ns is not None and self._heard_ns - self._run_began_ns >= BACK_NS:
            works = self._moved_in_run > 0 or not beat.expected
            if works or self._idle:
                self._silence = None

    def _quiet_ns(self, steady_ns: int) -> int:
        return steady_ns - max(self._heard_ns, self._looked_again_ns)

    def _judge_work(self, beat: Heartbeat, steady_ns: int) -> None:
        if self._stands_still(beat, steady_ns):
            self._idle = True
            self._good_since_ns = None
            return
        if self._good_since_ns is None:
            self._good_since_ns = steady_ns
            self._moved_while_good = 0
        works = self._moved_while_good > 1 or not beat.expected
        if works and steady_ns - self._good_since_ns >= BACK_NS:
            self._idle = False

    def _stands_still(self, beat: Heartbeat, steady_ns: int) -> bool:
        if not beat.expected:
            return False
        due_ns = steady_ns - self._due_since_ns
        if beat.work_age_ns is None:
            return due_ns > max(STARTUP_GRACE_NS, self._idle_after_ns)
        return min(beat.work_age_ns, due_ns) > self._idle_after_ns


def _same(one: Heartbeat, other: Heartbeat) -> bool:
    return (one.pid, one.host) == (other.pid, other.host)


def _misses(beat: Heartbeat) -> int:
    return beat.deadline_misses + beat.late_beats
