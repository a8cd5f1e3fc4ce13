"""Which alarms chatter: come and go so often that they tell nobody anything.

After EEMUA 191: three times in a minute. Knows nothing of alarms but when they were raised, and
nothing of what comes of it. Times in nanoseconds, never stepping back. Owned by the manager's
thread.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable

from tml_ros.safety.alarm import Place
from tml_ros.safety.alarm_memory import PlaceRaises

MAX_WATCHED = 1024
"""Alarms watched at a time: as many as can be open. Beyond, who was raised longest ago and does not
chatter is forgotten."""


class ChatterWatch:
    """Watches how often each alarm of a cell is raised.

    An alarm chatters from the raise on that is the `count`-th within `window_ns`, and until it was
    not raised for `window_ns`.
    """

    def __init__(self, count: int, window_ns: int) -> None:
        """Nothing was raised."""
        self._count = count
        self._window_ns = window_ns
        self._raised: OrderedDict[Place, deque[int]] = OrderedDict()
        self._chattering: set[Place] = set()

    @property
    def chattering(self) -> tuple[Place, ...]:
        """Who chatters, in order of kind and zone."""
        return tuple(sorted(self._chattering))

    @property
    def next_settle_ns(self) -> int | None:
        """When the next of them will have settled, unless it is raised before."""
        return min((self._settles_ns(place) for place in self._chattering), default=None)

    def chatters(self, place: Place) -> bool:
        """Whether it chatters now."""
        return place in self._chattering

    def raised(self, place: Place, at_ns: int) -> bool:
        """An alarm was raised; answers whether it begins to chatter with that."""
        self._forget(at_ns)
        times = self._raised.get(place)
        if times is None:
            if len(self._raised) >= MAX_WATCHED and not self._make_room():
                return False
            times = self._raised[place] = deque(maxlen=self._count)
        self._raised.move_to_end(place)
        times.append(at_ns)
        if place in self._chattering or len(times) < self._count:
            return False
        if at_ns - times[0] >= self._window_ns:
            return False
        self._chattering.add(place)
        return True

    def take_settled(self, at_ns: int) -> list[Place]:
        """Who was not raised for a whole window by `at_ns`, and so chatters no longer."""
        settled = sorted(p for p in self._chattering if self._settles_ns(p) <= at_ns)
        for place in settled:
            self._chattering.discard(place)
            del self._raised[place]
        return settled

    def shift(self, by_ns: int) -> None:
        """Move every time along with a clock that was set."""
        for place, times in self._raised.items():
            self._raised[place] = deque((t + by_ns for t in times), maxlen=self._count)

    def memory(self) -> tuple[PlaceRaises, ...]:
        """Everything needed to go on after a restart."""
        return tuple(
            PlaceRaises(*place, tuple(times), place in self._chattering)
            for place, times in self._raised.items()
        )

    def recall(self, memory: Iterable[PlaceRaises]) -> None:
        """Go on from a memory."""
        self._raised.clear()
        self._chattering.clear()
        for one in tuple(memory)[-MAX_WATCHED:]:
            if not one.raised_ns:
                continue
            place = (one.kind, one.zone)
            self._raised[place] = deque(one.raised_ns, maxlen=self._count)
            if one.chattering:
                self._chattering.add(place)

    def _settles_ns(self, place: Place) -> int:
        return self._raised[place][-1] + self._window_ns

    def _forget(self, at_ns: int) -> None:
        """Forget who was raised longer than a window ago; they are in that order."""
        for place, times in tuple(self._raised.items()):
            if times[-1] + self._window_ns > at_ns or place in self._chattering:
                return
            del self._raised[place]

    def _make_room(self) -> bool:
        for place in self._raised:
            if place not in self._chattering:
                del self._raised[place]
                return True
        return False
