"""Which warning is said now, and by whom: one at a time, the most urgent first.

A warning of what the model speaks of itself is left to the model if it begins to speak in time; all
others, and the critical ones always, are the guardian's to say. What is left to the model takes its
turn like what is said here: one more urgent cuts it short, and then it is said here, as it is where
the model fails. Knows nothing of topics or clocks: it is told steady time and given what publishes.
One thread owns it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from tml_ros.cell.announcer import Announcement
from tml_ros.safety.alarm import AlarmEvent, AlarmTransition, Priority
from tml_ros.turn.hazard import HazardKind
from tml_ros.turn.micro_turn import samples_ns

PAUSE_NS: Final = 200_000_000
"""Between two warnings; a critical one does not wait for it."""
FALLBACK_NS: Final = 600_000_000
"""So long a warning waits for the model to begin to speak: three turns."""
BEFORE_NS: Final = 1_000_000_000
"""The model may have begun so long before: it need not wait for the on-delay of an alarm."""
MODEL_PAUSE_NS: Final = 700_000_000
"""Who was silent for so long has ended, and begins anew."""
MODEL_SAYS_NS: Final = 4_000_000_000
"""So long at most what the model says is taken for the warning that was left to it."""
MAX_WAITING: Final = 256
"""More warnings than an announcer has words for; the least urgent gives way."""
MAX_ALARMS: Final = 64

_OVER = (AlarmEvent.RETURNED, AlarmEvent.CLEARED)
_TAKEN_NOTE_OF = (
    AlarmEvent.ACKNOWLEDGED,
    AlarmEvent.SHELVED,
    AlarmEvent.SUPPRESSED,
    AlarmEvent.REMOVED_FROM_SERVICE,
    AlarmEvent.JUDGED_FALSE,
)

_Place = tuple[HazardKind | None, str]
_NEVER_OVER: Final[_Place] = (None, "")


@dataclass(slots=True)
class _Warning:
    """To be said here from `due_ns` on. alarms: those it stands for; none once all are over."""

    announcement: Announcement
    due_ns: int
    alarms: set[_Place] = field(default_factory=set)

    @property
    def rank(self) -> int:
        return self.announcement.priority.rank

    def stand_for(self, alarm: _Place) -> None:
        # Of so many alarms in the same words the end of some says nothing of the rest.
        self.alarms.add(alarm if len(self.alarms) < MAX_ALARMS else _NEVER_OVER)


class WarningVoice:
    """Says warnings through `say`, which puts an end to the one before; `stop` just ends it.

    A warning that waits or is being said is not queued twice. What was cut short is said again,
    unless its alarm is over. Whoever has no alarm behind it, such as a summary, is never over.
    """

    def __init__(self, *, say: Callable[[Announcement], None], stop: Callable[[], None]) -> None:
        """Start silent, without a model."""
        self._say = say
        self._stop = stop
        self._waiting: list[_Warning] = []
        self._current: _Warning | None = None
        self._by_model = False
        self._until_ns = 0
        self._latest_ns = 0
        self._free_ns = 0
        self._trusted: frozenset[HazardKind] = frozenset()
        self._heard_ns: int | None = None
        self._began_ns: int | None = None
        """When the model last began to speak, unless a warning was left to it then."""
        self.said = 0
        """Warnings said here to their end."""
        self.left = 0
        """Warnings left to the model, which said something to its end."""
        self.over = 0
        """Warnings that were not, or not fully, said because their alarms were over."""
        self.left_out = 0
        """Warnings that gave way because too many waited."""

    @property
    def waiting(self) -> int:
        """How many warnings wait."""
        return len(self._waiting)

    @property
    def pending(self) -> int:
        """How many wait or are being said, here or by the model."""
        return len(self._waiting) + (self._current is not None)

    @property
    def saying(self) -> Announcement | None:
        """What is being said here."""
        return None if self._current is None or self._by_model else self._current.announcement

    def take(
        self,
        transitions: Iterable[AlarmTransition],
        announcements: Iterable[Announcement],
        steady_ns: int,
    ) -> None:
        """Alarms changed, and this is to be said of it.

        What is over, or has been taken note of by an operator, need not be said any more; being
        said, it goes on to its end in the first case and falls silent in the second.
        """
        last = {(t.alarm.kind, t.alarm.zone): t.event for t in transitions}
        for (kind, zone), event in last.items():
            if event in _OVER:
                self.ended(kind, zone)
            elif event in _TAKEN_NOTE_OF:
                self.silence(kind, zone, steady_ns)
        done = {place for place, event in last.items() if event in (*_OVER, *_TAKEN_NOTE_OF)}
        for announcement in announcements:
            if (announcement.kind, announcement.zone) in done:
                self.over += 1
            else:
                self.add(announcement, steady_ns)

    def add(self, announcement: Announcement, steady_ns: int) -> None:
        """Have this said, by whoever is to say it."""
        self._settle(steady_ns)
        warning = _Warning(announcement, steady_ns)
        warning.stand_for((announcement.kind, announcement.zone))
        if self._joins(warning):
            return
        if self._may_be_left(announcement):
            warning.due_ns += FALLBACK_NS
        self._waiting.append(warning)
        if len(self._waiting) > MAX_WAITING:
            self._waiting.remove(min(self._waiting, key=lambda waiting: waiting.rank))
            self.left_out += 1
        if self._began_ns is not None and steady_ns - self._began_ns <= BEFORE_NS:
            self._leave(self._began_ns, steady_ns)
        self.advance(steady_ns)

    def model_standing(
        self, trusted: Iterable[HazardKind], *, speaks: bool, healthy: bool, steady_ns: int
    ) -> None:
        """How the model stands. trusted: the kinds it is believed about. speaks: of its own accord.
        healthy: neither late nor lost.
        """
        self._settle(steady_ns)
        self._trusted = frozenset(trusted) if speaks and healthy else frozenset()
        for waiting in self._waiting:
            if not self._may_be_left(waiting.announcement):
                waiting.due_ns = min(waiting.due_ns, steady_ns)
        if not healthy and self._by_model:
            self._give_back(steady_ns)
        self.advance(steady_ns)

    def model_speaks(self, steady_ns: int) -> None:
        """Sound that is not silence came from the interaction."""
        self._settle(steady_ns)
        if self._current is not None and not self._by_model:
            # The loudspeaker lets nobody hear it.
            return
        heard_ns, self._heard_ns = self._heard_ns, steady_ns
        if heard_ns is None or steady_ns - heard_ns >= MODEL_PAUSE_NS:
            self._began_ns = steady_ns
            self._leave(steady_ns, steady_ns)
        elif self._by_model:
            self._until_ns = max(self._until_ns, steady_ns + MODEL_PAUSE_NS)
            self._until_ns = min(self._until_ns, self._latest_ns)

    def ended(self, kind: HazardKind, zone: str) -> None:
        """This alarm is over: it is not said any more; one that is being said goes on."""
        for waiting in list(self._waiting):
            self._strike(waiting, (kind, zone))
        if self._current is not None:
            self._current.alarms.discard((kind, zone))

    def silence(self, kind: HazardKind, zone: str, steady_ns: int) -> None:
        """An operator has taken note of this alarm: it is not said any more, from now on."""
        self._settle(steady_ns)
        self.ended(kind, zone)
        current = self._current
        if current is not None and not current.alarms:
            self.over += 1
            self._fall_silent()
        self.advance(steady_ns)

    def close(self) -> None:
        """Fall silent and forget what waits."""
        self._waiting.clear()
        self._fall_silent()

    def advance(self, steady_ns: int) -> None:
        """Let time pass: say what is due, once nothing as urgent is being said."""
        self._settle(steady_ns)
        due = [waiting for waiting in self._waiting if waiting.due_ns <= steady_ns]
        if not due:
            return
        chosen = max(due, key=lambda waiting: waiting.rank)
        if self._current is not None:
            if self._current.rank >= chosen.rank:
                return
            self._give_back(steady_ns)
        elif steady_ns < self._free_ns and chosen.rank < Priority.CRITICAL.rank:
            return
        self._waiting.remove(chosen)
        self._current, self._by_model = chosen, False
        # Whatever the model was about to say, nobody hears it now.
        self._began_ns = None
        self._until_ns = steady_ns + samples_ns(len(chosen.announcement.samples))
        self._say(chosen.announcement)

    def _may_be_left(self, announcement: Announcement) -> bool:
        critical = announcement.priority is Priority.CRITICAL
        return not critical and announcement.kind in self._trusted

    def _leave(self, began_ns: int, steady_ns: int) -> None:
        """The model began to speak: it says the most urgent warning that waits for it to."""
        hoped = [waiting for waiting in self._waiting if waiting.due_ns > steady_ns]
        if self._current is not None or not hoped or self._heard_ns is None:
            return
        chosen = max(hoped, key=lambda waiting: waiting.rank)
        self._waiting.remove(chosen)
        self._current, self._by_model = chosen, True
        self._latest_ns = began_ns + MODEL_SAYS_NS
        self._until_ns = self._heard_ns + MODEL_PAUSE_NS
        self._began_ns = None

    def _joins(self, warning: _Warning) -> bool:
        """Whether the same is being said, or waits, as urgently; if less so it gives way."""
        text = warning.announcement.text
        current = self._current
        same = [waiting for waiting in self._waiting if waiting.announcement.text == text]
        if current is not None and current.announcement.text == text:
            same.append(current)
        for one in same:
            if one.rank >= warning.rank:
                for alarm in warning.alarms:
                    one.stand_for(alarm)
                return True
            for alarm in one.alarms:
                warning.stand_for(alarm)
            if one is current:
                # It goes on being said until the more urgent one takes its place.
                one.alarms.clear()
            else:
                self._waiting.remove(one)
        return False

    def _strike(self, waiting: _Warning, alarm: _Place) -> None:
        waiting.alarms.discard(alarm)
        if not waiting.alarms:
            self._waiting.remove(waiting)
            self.over += 1

    def _give_back(self, steady_ns: int) -> None:
        """What is being said is cut short: it is to be said again, here and from the beginning."""
        current, self._current, self._by_model = self._current, None, False
        if current is None:
            return
        if current.alarms:
            current.due_ns = steady_ns
            self._waiting.insert(0, current)
        else:
            self.over += 1

    def _fall_silent(self) -> None:
        if self._current is not None and not self._by_model:
            self._stop()
        self._current, self._by_model = None, False

    def _settle(self, steady_ns: int) -> None:
        """What was being said by now has been said."""
        if self._current is None or steady_ns < self._until_ns:
            return
        if not self._by_model:
            self._free_ns = self._until_ns + PAUSE_NS
        self.said += not self._by_model
        self.left += self._by_model
        self._current, self._by_model = None, False
