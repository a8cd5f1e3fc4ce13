"""Records as JSON lines, which can be verified without the file they come from, or as CSV.

Each log opens with a line of its own,
`{"export":1,"filtered":..,"key":..,"log":..}`; then one line per
record, its body as JSON, with the seal before it (`before`) where the line above is not the record
before it. Knows nothing of the files. Stateless.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from tml_ros.audit.canonical import CanonicalError, canonical
from tml_ros.audit.chain import Record

EXPORT: Final = 1
MAX_LINE: Final = 300_000
CSV_COLUMNS: Final = ("log", "seq", "stamp_ns", "kind", "body", "seal")
_SEAL_DIGITS: Final = 64


class ExportError(ValueError):
    """A line is none of an export; the message says why."""


@dataclass(frozen=True, slots=True)
class RecordFilter:
    """Which records. kinds: all where empty. Stamps in cell time, both ends included."""

    kinds: frozenset[str] = frozenset()
    from_ns: int | None = None
    to_ns: int | None = None

    @property
    def leaves_out(self) -> bool:
        """Whether it may leave anything out."""
        return bool(self.kinds) or self.from_ns is not None or self.to_ns is not None

    def wants(self, record: Record) -> bool:
        """Whether a record is one of them."""
        return (
            (not self.kinds or record.kind in self.kinds)
            and (self.from_ns is None or record.stamp_ns >= self.from_ns)
            and (self.to_ns is None or record.stamp_ns <= self.to_ns)
        )


@dataclass(frozen=True, slots=True)
class LogHeader:
    """The line that opens a log."""

    log: str
    key_id: str
    filtered: bool


def json_lines(
    log: str, key_id: str, records: Iterable[Record], wanted: RecordFilter
) -> Iterator[str]:
    """The lines of one log, without line breaks."""
    yield canonical({"export": EXPORT, "log": log, "key": key_id, "filtered": wanted.leaves_out})
    before, above = "", 0
    for record in records:
        if wanted.wants(record):
            link = None if above == record.seq - 1 else before
            yield _record_line(record, link)
            above = record.seq
        before = record.seal


def csv_lines(log: str, records: Iterable[Record], wanted: RecordFilter) -> Iterator[str]:
    """The rows of one log, without the row of column names and without line breaks."""
    for record in records:
        if wanted.wants(record):
            row = io.StringIO()
            cells = (log, record.seq, record.stamp_ns, record.kind, record.body, record.seal)
            csv.writer(row, lineterminator="").writerow(cells)
            yield row.getvalue()


def parse_line(line: str) -> LogHeader | tuple[Record, str | None]:
    """What a line of JSON says: that a log begins, or a record and the seal before it."""
    try:
        found: Any = json.loads(line)
        if "export" in found:
            return LogHeader(str(found["log"]), str(found["key"]), found["filtered"] is True)
        link = found.get("before")
        body = found["body"]
        text = body if isinstance(body, str) else canonical(body)
        record = Record(found["seq"], found["stamp_ns"], found["kind"], text, found["seal"])
        if _record_line(record, link) != line.rstrip("\n"):
            raise ExportError("not written as an export is")
        return record, None if link is None else _seal(link)
    except (CanonicalError, ValueError, LookupError, TypeError, RecursionError) as error:
        raise ExportError(f"{type(error).__name__}: {error}") from None


def _record_line(record: Record, link: str | None) -> str:
    kind = json.dumps(record.kind, ensure_ascii=False)
    seal = json.dumps(record.seal)
    before = "" if link is None else f'"before":{json.dumps(link)},'
    return (
        f'{{{before}"body":{_one_line(record.body)},"kind":{kind},"seal":{seal},'
        f'"seq":{record.seq},"stamp_ns":{record.stamp_ns}}}'
    )


def _one_line(body: str) -> str:
    """A body that somebody broke is exported as a text, which is not what was sealed."""
    try:
        return body if canonical(json.loads(body)) == body else json.dumps(body)
    except (ValueError, RecursionError):
        return json.dumps(body)


def _seal(text: object) -> str:
    if not isinstance(text, str) or len(bytes.fromhex(text)) * 2 != _SEAL_DIGITS:
        raise ExportError("a seal has 64 hexadecimal digits")
    return text
