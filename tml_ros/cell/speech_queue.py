"""Which warning is said now: one at a time, the most urgent first.

Knows nothing of topics or clocks: it is told the time and given what publishes. One thread owns it.
"""

from __future__ import annotations

from collections.abc import Callable

from tml_ros.cell.announcer import Announcement
from tml_ros.turn.micro_turn import samples_ns

SETTLE_NS = 60_000_000
"""Between a flush and the next warning: the two travel on different topics, and a flush that comes
second would silence what it was meant to make room for."""
PAUSE_NS = 200_000_000


class SpeechQueue:
    """Says warnings through `say` and cuts a less urgent one short by `flush`.

    What was cut short is said again afterwards. A warning that is waiting or being said already is
    not queued twice, so the queue is never longer than the number of different warnings.
    """

    def __init__(self, *, say: Callable[[Announcement], None], flush: Callable[[], None]) -> None:
        """Start silent."""
        self._say = say
        self._flush = flush
        self._waiting: list[Announcement] = []
        self._current: Announcement | None = None
        self._free_ns = 0

    def add(self, announcement: Announcement, now_ns: int) -> None:
        """Say this as soon as nothing as urgent is being said. now_ns: steady time."""
        self._advance_current(now_ns)
        texts = {waiting.text for waiting in self._waiting}
        if self._current is not None:
            texts.add(self._current.text)
        if announcement.text in texts:
            return
        current = self._current
        if current is not None and current.priority.rank < announcement.priority.rank:
            self._flush()
            self._waiting.append(current)
            self._current = None
            self._free_ns = now_ns + SETTLE_NS
        self._waiting.append(announcement)
        self.advance(now_ns)

    def advance(self, now_ns: int) -> None:
        """Let steady time pass: say the next warning once the last is over."""
        self._advance_current(now_ns)
        if self._current is not None or not self._waiting or now_ns < self._free_ns:
            return
        chosen = max(self._waiting, key=lambda waiting: waiting.priority.rank)
        self._waiting.remove(chosen)
        self._current = chosen
        self._free_ns = now_ns + samples_ns(len(chosen.samples)) + PAUSE_NS
        self._say(chosen)

    def _advance_current(self, now_ns: int) -> None:
        if self._current is not None and now_ns >= self._free_ns:
            self._current = None
