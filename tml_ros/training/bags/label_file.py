"""A file of labels: which hazard was where and when in a recording, as a person wrote it down.

CSV as any spreadsheet writes it, one label a row:

    recording,start_s,end_s,kind,place,present
    night.mcap,12.4,18.0,person_in_zone,press,
    night.mcap,0,60,none,,

Knows nothing of recordings but their names. Reads one file; any thread.
"""

from __future__ import annotations

import csv
import difflib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tml_ros.model.hazard_places import HEARD, SEEN
from tml_ros.model.layout import SessionLayout
from tml_ros.settings.problem import Problem
from tml_ros.settings.settings_file import SettingsFileError
from tml_ros.turn.hazard import HazardKind

COLUMNS = ("recording", "start_s", "end_s", "kind")
OPTIONAL = ("place", "present")
NONE = "none"
"""The kind of a row that says: what no other row names was not there."""
MAX_BYTES = 64 << 20
_ANSWERS = {"": True, "yes": True, "no": False}


class LabelFileError(SettingsFileError):
    """The file is no file of labels, or does not fit the cell or the recordings."""


@dataclass(frozen=True, slots=True)
class Label:
    """From `start_s` to `end_s` of a recording a hazard was at a place, or none was.

    recording: its name in the folder of recordings. start_s, end_s: seconds as a replay counts
        them. kinds: one where it was there; those that were looked for where it was not.
    place: of the zone, or the microphone; "" where none of its kinds was anywhere.
    line: of the file, from 1.
    """

    recording: str
    start_s: float
    end_s: float
    kinds: tuple[HazardKind, ...]
    place: str
    present: bool
    line: int


def read_labels(path: Path, layout: SessionLayout) -> tuple[Label, ...]:
    """The labels in a file, in its order; every mistake in it at once.

    layout: whose zones and microphones are meant. Raises LabelFileError.
    """
    try:
        data = path.read_bytes() if path.stat().st_size <= MAX_BYTES else b""
        if not data:
            size = f"an empty file, or more than {MAX_BYTES >> 20} MiB"
            raise _unreadable(path, size, "a file of labels")
        return parse_labels(data.decode("utf-8-sig"), path, layout)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problem = Problem("", f"byte 0x{data[error.start]:02x}", "text in UTF-8", line)
        raise LabelFileError(path, (problem,)) from None
    except OSError as error:
        found = error.strerror or type(error).__name__
        raise _unreadable(path, found.lower(), "the path of a file of labels") from None


def parse_labels(text: str, path: Path, layout: SessionLayout) -> tuple[Label, ...]:
    """The labels in `text`, as if read from `path`. Raises LabelFileError."""
    lines = text.splitlines()
    head = next((line for line in lines if line.strip() and not line.startswith("#")), "")
    # Spreadsheets of countries that write 12,5 part columns by semicolons.
    delimiter = ";" if ";" in head else ","
    labels, problems, columns = [], [], None
    for line, row in _rows(lines, delimiter):
        if columns is None:
            columns = row
            problems += _head_problems(row, line)
            if problems:
                break
            continue
        label, wrong = _label(dict(zip(columns, row, strict=False)), line, layout, delimiter)
        if any(row[len(columns) :]):
            wrong = [Problem("", f"{len(row)} fields", f"{len(columns)}, as in the first line")]
        problems += [Problem(one.path, one.found, one.allowed, line) for one in wrong]
        if label is not None and not wrong:
            labels.append(label)
    if not labels and not problems:
        problems.append(
            Problem("", "no label", f"a row under {','.join(COLUMNS)}", len(lines) or 1)
        )
    if problems:
        raise LabelFileError(path, tuple(problems))
    return tuple(labels)


def _rows(lines: Sequence[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Every row that is no comment and not empty, and the line in which it ends."""
    kept = ("" if line.startswith("#") else line for line in lines)
    reader = csv.reader(kept, delimiter=delimiter, strict=False)
    for row in reader:
        fields = [field.strip() for field in row]
        if any(fields):
            yield reader.line_num, fields


def _head_problems(columns: Sequence[str], line: int) -> list[Problem]:
    allowed = f"{', '.join(COLUMNS)} and, where wanted, {', '.join(OPTIONAL)}"
    missing = [name for name in COLUMNS if name not in columns]
    unknown = [name for name in columns if name not in (*COLUMNS, *OPTIONAL)]
    twice = [name for name in columns if columns.count(name) > 1]
    found = [
        *(f"no column {name}" for name in missing),
        *(f"the unknown column {name!r}" for name in unknown),
        *(f"the column {name} twice" for name in dict.fromkeys(twice) if name not in unknown),
    ]
    return [Problem("", one, allowed, line) for one in found]


def _label(
    row: Mapping[str, str], line: int, layout: SessionLayout, delimiter: str
) -> tuple[Label | None, list[Problem]]:
    """A row as a label, or what is wrong with it."""
    problems: list[Problem] = []
    recording = row.get("recording", "")
    if not recording or "\\" in recording or {".."} & set(recording.split("/")):
        problems.append(Problem("recording", repr(recording), "a name in the folder of recordings"))
    start_s = _seconds(row, "start_s", delimiter, problems)
    end_s = _seconds(row, "end_s", delimiter, problems)
    if start_s is not None and end_s is not None and end_s <= start_s:
        problems.append(Problem("end_s", f"{end_s:g}", f"more than start_s, {start_s:g}"))
    answer = row.get("present", "").lower()
    if answer not in _ANSWERS:
        problems.append(Problem("present", repr(answer), "yes, no, or nothing for yes"))
    kinds = _kinds(row.get("kind", ""), problems)
    named = row.get("kind", "") != NONE
    present = named and _ANSWERS.get(answer, True)
    place = row.get("place", "")
    if kinds:
        place = _place(kinds[0], place, layout, problems, named=named, present=present)
    if problems or start_s is None or end_s is None:
        return None, problems
    return Label(recording, start_s, end_s, kinds, place, present, line), []


def _seconds(
    row: Mapping[str, str], name: str, delimiter: str, problems: list[Problem]
) -> float | None:
    given = row.get(name, "")
    try:
        seconds = float(given.replace(",", ".") if delimiter == ";" else given)
    except ValueError:
        seconds = math.nan
    if math.isfinite(seconds) and seconds >= 0:
        return seconds
    problems.append(Problem(name, repr(given), "seconds from the beginning, such as 12.4"))
    return None


def _kinds(given: str, problems: list[Problem]) -> tuple[HazardKind, ...]:
    offered = {kind.value: (kind,) for kind in (*SEEN, *HEARD)} | {NONE: (*SEEN, *HEARD)}
    if given in offered:
        return offered[given]
    near = difflib.get_close_matches(given, offered, n=1)
    meant = f"{near[0]} (did you mean that?), or " if near else ""
    problems.append(Problem("kind", repr(given), f"{meant}one of {', '.join(offered)}"))
    return ()


def _place(
    kind: HazardKind,
    given: str,
    layout: SessionLayout,
    problems: list[Problem],
    *,
    named: bool,
    present: bool,
) -> str:
    """The place meant: the only one there is where none is given."""
    what, offered = ("zone", layout.zones) if kind in SEEN else ("microphone", layout.microphones)
    listed = ", ".join(offered) or f"none: the cell has no {what}"
    if not named:
        if given:
            problems.append(Problem("place", repr(given), "nothing: `none` is of all places"))
        return ""
    if given and given not in offered:
        problems.append(Problem("place", repr(given), f"a {what} of the cell, {listed}"))
    if given or not present:
        return given
    if len(offered) != 1:
        problems.append(Problem("place", "nothing", f"a {what} of the cell, {listed}"))
        return ""
    return offered[0]


def _unreadable(path: Path, found: str, allowed: str) -> LabelFileError:
    return LabelFileError(path, (Problem("", found, allowed),), readable=False)
