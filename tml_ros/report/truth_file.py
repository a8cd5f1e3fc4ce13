"""What really happens in a simulated clip, as its maker wrote it down.

A JSON file; times are seconds since the beginning:
- `spans`: [{"kind": "person_in_zone", "zone": "press_area", "start_s": 12.2, "end_s": 19.1,
  "evident_s": 12.3}, ...]; without `evident_s` it is evident from its start, with null never.
- `doubts`, where there are any: [{"kind", "zone", "start_s", "end_s"}, ...].
- `lines`, where somebody speaks: [{"who", "text", "start_s", "seconds", "addressed"}, ...]; one
  whose `start_s` is null was not said.

Knows nothing of how it came about.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tml_ros.report.truth_record import TruthDoubt, TruthLine, TruthRecord, TruthSpan
from tml_ros.turn.hazard import HazardKind


class TruthFileError(ValueError):
    """The file is no truth of a clip; the message says why."""


def read_truth(path: Path, started_ns: int, seconds: float) -> TruthRecord:
    """What begins within a run that started at `started_ns` and lasted `seconds`, cut at its end.

    Raises TruthFileError, also where the file cannot be read.
    """
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        run = _Run(started_ns, seconds)
        return TruthRecord(
            tuple(run.span(one) for one in told["spans"] if one["start_s"] < seconds),
            tuple(run.doubt(one) for one in told.get("doubts", ()) if one["start_s"] < seconds),
            tuple(
                run.line(one)
                for one in told.get("lines", ())
                if one["start_s"] is not None and one["start_s"] < seconds
            ),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise TruthFileError(f"{path}: {type(error).__name__}: {error}") from error


class _Run:
    def __init__(self, started_ns: int, seconds: float) -> None:
        self._started_ns = started_ns
        self._seconds = seconds

    def span(self, told: dict[str, Any]) -> TruthSpan:
        evident_s = told.get("evident_s", told["start_s"])
        return TruthSpan(
            HazardKind(told["kind"]),
            str(told["zone"]),
            self._ns(told["start_s"]),
            self._ns(told["end_s"]),
            None if evident_s is None else self._ns(evident_s),
        )

    def doubt(self, told: dict[str, Any]) -> TruthDoubt:
        return TruthDoubt(
            HazardKind(told["kind"]),
            str(told["zone"]),
            self._ns(told["start_s"]),
            self._ns(told["end_s"]),
        )

    def line(self, told: dict[str, Any]) -> TruthLine:
        start_s = told["start_s"]
        return TruthLine(
            str(told["who"]),
            str(told["text"]),
            self._ns(start_s),
            self._ns(start_s + told["seconds"]),
            bool(told.get("addressed", True)),
        )

    def _ns(self, seconds: float) -> int:
        return self._started_ns + round(min(seconds, self._seconds) * 1e9)
