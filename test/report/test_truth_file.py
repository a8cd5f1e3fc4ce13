from __future__ import annotations

import json
from pathlib import Path

import pytest

from tml_ros.report.session_log import TruthSpan
from tml_ros.report.truth_file import TruthFileError, read_truth
from tml_ros.turn.hazard import HazardKind

SECOND = 1_000_000_000


def span(start: float, end: float, kind: str = "siren") -> dict[str, object]:
    return {"kind": kind, "zone": "mic", "start_s": start, "end_s": end}


def test_spans_are_placed_in_the_run_and_cut_at_its_end(tmp_path: Path) -> None:
    file = tmp_path / "truth.json"
    file.write_text(json.dumps({"seed": 1, "spans": [span(1.5, 2), span(9, 30), span(20, 21)]}))
    assert read_truth(file, 100 * SECOND, 10.0) == (
        TruthSpan(HazardKind.SIREN, "mic", 101_500_000_000, 102 * SECOND),
        TruthSpan(HazardKind.SIREN, "mic", 109 * SECOND, 110 * SECOND),
    )


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"spans": 3}', '{"spans": [{"kind": "siren"}]}', '{"spans": [[]]}'],
)
def test_what_is_no_truth_is_refused_by_name(tmp_path: Path, content: str) -> None:
    file = tmp_path / "truth.json"
    file.write_text(content)
    with pytest.raises(TruthFileError, match=r"truth\.json"):
        read_truth(file, 0, 10.0)


def test_an_unknown_kind_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "truth.json"
    file.write_text(json.dumps({"spans": [span(1, 2, kind="earthquake")]}))
    for path in (file, tmp_path / "none.json"):
        with pytest.raises(TruthFileError):
            read_truth(path, 0, 10.0)
