"""Which queued delegation is worked on next, and which must go where there are too many.

Knows nothing of what is asked. Owned by the thread that owns the desk.
"""

from __future__ import annotations

from tml_ros.background.contracts import Urgency
from tml_ros.background.task_record import TaskRecord

LEAST_FIRST = (Urgency.SILENT, Urgency.WHEN_FREE, Urgency.NOW)


class TaskQueue:
    """Queued records: most urgent first, of those what is still in time, of those the oldest."""

    def __init__(self) -> None:
        """Empty."""
        self._queued: dict[Urgency, dict[str, TaskRecord]] = {one: {} for one in LEAST_FIRST}
        self._chars = 0

    def __len__(self) -> int:
        """How many are queued."""
        return sum(map(len, self._queued.values()))

    @property
    def chars(self) -> int:
        """Characters of what they ask."""
        return self._chars

    def add(self, record: TaskRecord) -> None:
        """Queue it, behind all of its urgency."""
        self._queued[record.urgency][record.id] = record
        self._chars += record.chars

    def remove(self, record: TaskRecord) -> None:
        """Take it out, if it is in."""
        found = self._queued[record.urgency].pop(record.id, None)
        self._chars -= 0 if found is None else found.chars

    def next_id(self, now_ns: int) -> str | None:
        """The id of the one to work on, which stays queued; None where there is none.

        What is late waits for all of its urgency that is not: it is late anyway.
        """
        for urgency in reversed(LEAST_FIRST):
            queued = self._queued[urgency].values()
            in_time = (record for record in queued if not record.late(now_ns))
            if (found := next(in_time, next(iter(queued), None))) is not None:
                return found.id
        return None

    def overdue(self, now_ns: int, by_ns: int) -> list[str]:
        """The ids of all whose deadline passed more than `by_ns` ago."""
        return [
            record.id
            for queued in self._queued.values()
            for record in queued.values()
            if record.late(now_ns - by_ns)
        ]

    def crowded_out(
        self,
        newcomer: TaskRecord,
        *,
        places: int,
        chars: int,
        leaves: TaskRecord | None = None,
    ) -> tuple[str, ...]:
        """The ids that must go so that the newcomer fits: each time the oldest of the least urgent.

        That can be the newcomer itself, which then goes alone. places, chars: room in all.
        leaves: one that goes anyway.
        """
        going: list[str] = []
        count, used = len(self) + 1 - places, self._chars + newcomer.chars - chars
        if leaves is not None and leaves.id in self._queued[leaves.urgency]:
            count, used = count - 1, used - leaves.chars
        for urgency in LEAST_FIRST:
            for record in self._queued[urgency].values():
                if count <= 0 and used <= 0:
                    return tuple(going)
                if leaves is None or record.id != leaves.id:
                    going.append(record.id)
                    count, used = count - 1, used - record.chars
            if urgency is newcomer.urgency:
                break
        return tuple(going) if count <= 0 and used <= 0 else (newcomer.id,)
