"""Whether a record is as it was written: every edit, loss, insertion and reordering found in it.

Records are taken one at a time, in the order in which they lie. Knows nothing of where they come
from; see `record_reader`. One thread.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from tml_ros.audit.canonical import CanonicalError, parsed
from tml_ros.audit.chain import Head, Record, genesis_seal, record_bytes, seal_of
from tml_ros.audit.record_key import RecordKey

MAX_FINDINGS: Final = 1_000
_SEAL_DIGITS: Final = frozenset("0123456789abcdef")


class Flaw(str, Enum):
    """What is wrong with a record, or what it says of itself."""

    EDITED = "edited"
    """Its seal is not that of its content after the record before it."""
    MISSING = "missing"
    INSERTED = "inserted"
    """Its number is there twice."""
    REORDERED = "reordered"
    """It lies behind one with a higher number."""
    TRUNCATED = "truncated"
    """An anchor tells of records behind the last one."""
    WRONG_KEY = "wrong_key"
    """The log says that another key sealed it."""
    FOREIGN_ANCHOR = "foreign_anchor"
    """No anchor is of this log, or one is unreadable."""
    ANCHOR_DIFFERS = "anchor_differs"
    """The record that an anchor tells of had another seal."""
    CHANGED_FILE = "changed_file"
    """Tables or views are not as they were made, or the memory is not sealed."""
    GAP = "gap"
    """Declared: so many records could not be written. No tampering."""
    LEFT_OUT = "left_out"
    """Of an export made with a filter: what it leaves out. No tampering."""

    @property
    def is_tampering(self) -> bool:
        """Whether it should not be."""
        return self not in (Flaw.GAP, Flaw.LEFT_OUT)


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One flaw. seq: of the record, or the first of several; 0 where none is meant."""

    flaw: Flaw
    seq: int
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found. counts: of each flaw, also of those that are not listed."""

    log: str
    records: int
    first_seq: int
    last_seq: int
    anchored_seq: int
    found: tuple[Discrepancy, ...]
    counts: dict[Flaw, int]

    @property
    def intact(self) -> bool:
        """Whether nothing was tampered with, as far as key and anchors can tell."""
        return not any(flaw.is_tampering for flaw in self.counts)


class ChainCheck:
    """Follows the records of one log.

    A broken link is reported once: what comes behind it is judged by the seal that lies before it.
    """

    def __init__(
        self,
        key: RecordKey,
        log: str,
        key_id: str,
        *,
        anchors: Sequence[Head] | None = None,
        before: tuple[int, str] | None = None,
        filtered: bool = False,
    ) -> None:
        """log, key_id: as the file says. anchors: None where nobody has any.

        before: number and seal of the record before the first, where a file does not begin with
        the log. filtered: records may be missing, and links be given with each.
        """
        self._key = key.secret
        self._log = log
        self._filtered = filtered
        seq, self._seal = before or (0, genesis_seal(self._key, log))
        self._last = seq
        self._first = 0
        self._records = 0
        self._found: list[Discrepancy] = []
        self._counts: Counter[Flaw] = Counter()
        self._missing: dict[int, int] = {}
        self._anchors: dict[int, list[Head]] = {}
        self._anchored = 0
        self.hopeless = key_id != key.key_id
        if self.hopeless:
            words = f"the log was sealed with the key {key_id[:8]}, this one is {key.key_id}"
            self._tell(Flaw.WRONG_KEY, 0, words)
        for head in anchors or ():
            if head.log == log and head.seq > seq:
                self._anchors.setdefault(head.seq, []).append(head)
        self._foreign = anchors is not None and not any(head.log == log for head in anchors)

    @property
    def seq(self) -> int:
        """The highest number so far."""
        return self._last

    @property
    def flaws(self) -> int:
        """How many of tampering so far."""
        return sum(count for flaw, count in self._counts.items() if flaw.is_tampering)

    def take(self, record: Record, *, before: str | None = None) -> None:
        """The next record as it lies there. before: the seal before it, where the file says it."""
        self._records += 1
        if not _is_whole(record):
            self._tell(Flaw.EDITED, self._last + 1, "what lies there is no record")
            if type(record.seq) is int and record.seq == self._last + 1:
                self._last += 1
            return
        if self._first == 0:
            self._first = record.seq
        linked = True
        if record.seq > self._last:
            linked = record.seq == self._last + 1
            if not linked:
                self._missing[self._last + 1] = record.seq - 1
            self._last = record.seq
        elif self._fills_gap(record.seq):
            self._tell(Flaw.REORDERED, record.seq, f"record {record.seq} lies behind {self._last}")
            self._anchored_here(record)
            return
        else:
            self._tell(Flaw.INSERTED, record.seq, f"there is a second record {record.seq}")
            return
        link = self._seal if linked else before
        if link is not None and not self._sealed_after(link, record):
            self._tell(Flaw.EDITED, record.seq, f"record {record.seq} or the link to it was edited")
        self._seal = record.seal
        self._anchored_here(record)
        if record.kind == "gap":
            self._tell(Flaw.GAP, record.seq, _gap_words(record))

    def end(self) -> Verdict:
        """There are no more records."""
        for first, last in sorted(self._missing.items()):
            words = f"record {first}" if first == last else f"records {first} to {last}"
            flaw = Flaw.LEFT_OUT if self._filtered else Flaw.MISSING
            self._tell(flaw, first, f"{words} missing", last - first + 1)
        if self._foreign and self._records:
            self._tell(Flaw.FOREIGN_ANCHOR, 0, f"no anchor is of the log {self._log[:8]}")
        behind = [seq for seq in self._anchors if seq > self._last]
        if behind and not self._filtered:
            words = f"the record ends at {self._last}, an anchor tells of {max(behind)}"
            self._tell(Flaw.TRUNCATED, self._last + 1, words, max(behind) - self._last)
        return Verdict(
            self._log,
            self._records,
            self._first,
            self._last,
            self._anchored,
            tuple(self._found),
            dict(self._counts),
        )

    def add(self, found: Iterable[Discrepancy]) -> None:
        """What is wrong with the file around the records."""
        for one in found:
            self._tell(one.flaw, one.seq, one.text)

    def copy(self) -> ChainCheck:
        """One that goes on from here by itself."""
        other = object.__new__(ChainCheck)
        other.__dict__.update(self.__dict__)
        other._found, other._counts = list(self._found), Counter(self._counts)
        other._missing = dict(self._missing)
        return other

    def _sealed_after(self, link: str, record: Record) -> bool:
        content = record_bytes(record.seq, record.stamp_ns, record.kind, record.body)
        return seal_of(self._key, link, content) == record.seal

    def _fills_gap(self, seq: int) -> bool:
        """Whether it was missed; it no longer is."""
        for first, last in self._missing.items():
            if first <= seq <= last:
                del self._missing[first]
                if first < seq:
                    self._missing[first] = seq - 1
                if seq < last:
                    self._missing[seq + 1] = last
                return True
        return False

    def _anchored_here(self, record: Record) -> None:
        for head in self._anchors.get(record.seq, ()):
            if (head.seal, head.stamp_ns) == (record.seal, record.stamp_ns):
                self._anchored = max(self._anchored, record.seq)
            else:
                words = f"record {record.seq} is not the one that an anchor tells of"
                self._tell(Flaw.ANCHOR_DIFFERS, record.seq, words)

    def _tell(self, flaw: Flaw, seq: int, text: str, count: int = 1) -> None:
        self._counts[flaw] += count
        if len(self._found) < MAX_FINDINGS:
            self._found.append(Discrepancy(flaw, seq, text))


def _is_whole(record: Record) -> bool:
    """Whether the fields are of the types that they are written with."""
    return (
        type(record.seq) is int
        and type(record.stamp_ns) is int
        and isinstance(record.kind, str)
        and isinstance(record.body, str)
        and isinstance(record.seal, str)
        and len(record.seal) == 64
        and _SEAL_DIGITS.issuperset(record.seal)
    )


def _gap_words(record: Record) -> str:
    try:
        body = parsed(record.body)
    except CanonicalError:
        return "records could not be written"
    if not isinstance(body, dict):
        return "records could not be written"
    return f"{body.get('count')} records could not be written: {body.get('reason')}"
