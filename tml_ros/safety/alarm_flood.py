"""Whether alarms come faster than anybody can follow.

After IEC 62682 and EEMUA 191: a flood begins with more than 10 alarms in 10 minutes and ends below
5. Counts raises and knows nothing else of alarms; what a flood means for them is
`AlarmHearing`'s. Times in nanoseconds, never stepping back. Owned by the manager's thread.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from tml_ros.safety.alarm_rules import AlarmRules


class FloodWatch:
    """Counts the raises of a cell within a window that slides. Keeps no more than decide."""

    def __init__(self, rules: AlarmRules) -> None:
        """No alarm was raised."""
        self._rules = rules
        self._raised: deque[int] = deque(maxlen=rules.flood_enter + 1)
        self.began_ns: int | None = None
        """When the flood began that goes on; None where none does."""
        self.floods = 0
        """How many there were, with the one that goes on."""

    @property
    def end_ns(self) -> int | None:
        """When the flood that goes on will end, unless more is raised before; None without one."""
        if self.began_ns is None:
            return None
        leave = self._rules.flood_leave
        # A memory by other rules may hold fewer.
        newest = self._raised[-leave] if len(self._raised) >= leave else self.began_ns
        return newest + self._rules.flood_window_ns

    @property
    def raised_ns(self) -> tuple[int, ...]:
        """The raises that decide, oldest first."""
        return tuple(self._raised)

    def raised(self, at_ns: int) -> bool:
        """An alarm was raised; answers whether a flood begins with it. `end` comes first."""
        self._raised.append(at_ns)
        enough = len(self._raised) > self._rules.flood_enter
        if self.began_ns is not None or not enough:
            return False
        if at_ns - self._raised[0] >= self._rules.flood_window_ns:
            return False
        self.began_ns = at_ns
        self.floods += 1
        return True

    def end(self) -> None:
        """The flood is over: its time has come."""
        self.began_ns = None

    def shift(self, by_ns: int) -> None:
        """Move every time along with a clock that was set."""
        self.recall(
            (t + by_ns for t in tuple(self._raised)),
            None if self.began_ns is None else self.began_ns + by_ns,
            self.floods,
        )

    def recall(self, raised_ns: Iterable[int], began_ns: int | None, floods: int) -> None:
        """Go on from what was remembered."""
        self._raised = deque(raised_ns, maxlen=self._rules.flood_enter + 1)
        self.began_ns = began_ns
        self.floods = floods
