"""What really happens in a simulated clip, as its maker wrote it down.

A JSON file: {"spans": [{"kind": "person_in_zone", "zone": "press_area", "start_s": 12.2,
"end_s": 19.1}, ...]}, seconds since the first frame. Knows nothing of how it came about.
"""

from __future__ import annotations

import json
from pathlib import Path

from tml_ros.report.session_log import TruthSpan
from tml_ros.turn.hazard import HazardKind


class TruthFileError(ValueError):
    """The file is no truth of a clip; the message says why."""


def read_truth(path: Path, started_ns: int, seconds: float) -> tuple[TruthSpan, ...]:
    """The spans that begin within a run that started at `started_ns` and lasted `seconds`.

    Raises TruthFileError, also where the file cannot be read.
    """
    try:
        spans = [
            (HazardKind(span["kind"]), str(span["zone"]), span["start_s"], span["end_s"])
            for span in json.loads(path.read_text(encoding="utf-8"))["spans"]
        ]
        return tuple(
            TruthSpan(kind, zone, _ns(started_ns, start), _ns(started_ns, min(end, seconds)))
            for kind, zone, start, end in spans
            if start < seconds
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TruthFileError(f"{path}: {type(error).__name__}: {error}") from error


def _ns(started_ns: int, seconds: float) -> int:
    return started_ns + round(seconds * 1e9)
