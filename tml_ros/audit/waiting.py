"""What waits to be written, bounded, and an account of what found no room.

Knows nothing of threads or files: whoever holds it locks it.
"""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

MAX_WAITING: Final = 10_000
MAX_WAITING_BYTES: Final = 16 << 20
VITAL: Final = frozenset({"start", "end", "transition", "command", "refusal", "setting", "gap"})
"""Kinds that may fill the last quarter, which the others leave free."""
_FIXED_BYTES: Final = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """A record to be.

    session, number: of the process that took it in, and its place among what that process took in;
    0 for what never was in the journal.
    """

    session: str
    number: int
    stamp_ns: int
    kind: str
    body: str

    def to_json(self) -> dict[str, Any]:
        """For the journal."""
        return {
            "session": self.session,
            "number": self.number,
            "stamp_ns": self.stamp_ns,
            "kind": self.kind,
            "body": self.body,
        }

    def to_bytes(self) -> bytes:
        """`to_json` as text."""
        return json.dumps(self.to_json(), ensure_ascii=False).encode()

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Entry:
        """Back from the journal."""
        return cls(
            str(content["session"]),
            int(content["number"]),
            int(content["stamp_ns"]),
            str(content["kind"]),
            str(content["body"]),
        )

    @property
    def cost(self) -> int:
        """Bytes of memory, about."""
        return len(self.body) + _FIXED_BYTES


@dataclass(slots=True)
class Lost:
    """What had to be dropped: how many of each kind, between which stamps, why."""

    kinds: Counter[str] = field(default_factory=Counter)
    first_ns: int = 0
    last_ns: int = 0
    reason: str = ""

    def __bool__(self) -> bool:
        """Whether anything was."""
        return bool(self.kinds)

    @property
    def count(self) -> int:
        """Of all kinds."""
        return self.kinds.total() if hasattr(self.kinds, "total") else sum(self.kinds.values())

    def add(self, kind: str, stamp_ns: int, reason: str) -> None:
        """One more."""
        if not self.kinds:
            self.first_ns = self.last_ns = stamp_ns
        self.first_ns, self.last_ns = min(self.first_ns, stamp_ns), max(self.last_ns, stamp_ns)
        self.kinds[kind] += 1
        self.reason = reason

    def merge(self, other: Lost) -> None:
        """All of the other's as well."""
        if not other:
            return
        if self.kinds:
            self.first_ns = min(self.first_ns, other.first_ns)
            self.last_ns = max(self.last_ns, other.last_ns)
        else:
            self.first_ns, self.last_ns = other.first_ns, other.last_ns
        self.kinds.update(other.kinds)
        self.reason = self.reason or other.reason

    def to_json(self) -> dict[str, Any]:
        """The body of a gap record."""
        return {
            "count": self.count,
            "kinds": dict(self.kinds),
            "first_ns": self.first_ns,
            "last_ns": self.last_ns,
            "reason": self.reason,
        }

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Lost:
        """Back from what `to_json` made."""
        kinds = Counter({str(kind): int(count) for kind, count in content["kinds"].items()})
        first_ns, last_ns = int(content["first_ns"]), int(content["last_ns"])
        return cls(kinds, first_ns, last_ns, str(content["reason"]))


class Waiting:
    """First in, first out; what does not fit is lost and accounted for."""

    def __init__(
        self, *, max_entries: int = MAX_WAITING, max_bytes: int = MAX_WAITING_BYTES
    ) -> None:
        """Empty."""
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._entries: deque[Entry] = deque()
        self._bytes = 0

    def __len__(self) -> int:
        """How many wait."""
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        """Oldest first."""
        return iter(self._entries)

    def has_room(self, kind: str, cost: int) -> bool:
        """Whether one more of this kind may wait."""
        share = 4 if kind in VITAL else 3
        return (
            4 * len(self._entries) < share * self._max_entries
            and 4 * (self._bytes + cost) <= share * self._max_bytes
        )

    def append(self, entry: Entry) -> None:
        """Let it wait, last of all."""
        self._entries.append(entry)
        self._bytes += entry.cost

    def insert(self, entries: Iterable[Entry], *, after: int = 0) -> None:
        """Let them wait behind the first `after`, whether there is room or not."""
        for place, entry in enumerate(entries, after):
            self._entries.insert(place, entry)
            self._bytes += entry.cost

    def first(self, most: int) -> list[Entry]:
        """The oldest, which go on waiting."""
        return list(islice(self._entries, most))

    def remove_first(self, count: int) -> None:
        """They are written."""
        for _ in range(count):
            self._bytes -= self._entries.popleft().cost

    def forget(self, written: dict[str, int]) -> None:
        """Drop what a file has already. written: the last number of each session."""
        kept = [
            entry
            for entry in self._entries
            if not entry.number or entry.number > written.get(entry.session, 0)
        ]
        self._entries = deque(kept)
        self._bytes = sum(entry.cost for entry in kept)
