from __future__ import annotations

import json
from pathlib import Path

import pytest

from tml_ros.report.truth_file import TruthFileError, read_truth
from tml_ros.report.truth_record import TruthDoubt, TruthLine, TruthSpan
from tml_ros.turn.hazard import HazardKind

SECOND = 1_000_000_000


def span(start: float, end: float, kind: str = "siren", **more: object) -> dict[str, object]:
    return {"kind": kind, "zone": "mic", "start_s": start, "end_s": end, **more}


def test_spans_are_placed_in_the_run_and_cut_at_its_end(tmp_path: Path) -> None:
    file = tmp_path / "truth.json"
    file.write_text(json.dumps({"seed": 1, "spans": [span(1.5, 2), span(9, 30), span(20, 21)]}))
    truth = read_truth(file, 100 * SECOND, 10.0)
    assert truth.spans == (
        TruthSpan(HazardKind.SIREN, "mic", 101_500_000_000, 102 * SECOND, 101_500_000_000),
        TruthSpan(HazardKind.SIREN, "mic", 109 * SECOND, 110 * SECOND, 109 * SECOND),
    )
    assert (truth.doubts, truth.lines) == ((), ())


def test_when_it_was_evident_what_was_in_doubt_and_what_was_said(tmp_path: Path) -> None:
    file = tmp_path / "truth.json"
    line = {"who": "worker", "text": "is it safe?", "seconds": 1.5}
    told = {
        "spans": [span(1, 2, evident_s=1.25), span(3, 4, evident_s=None)],
        "doubts": [span(5, 6), span(11, 12)],
        "lines": [
            line | {"start_s": 2.0},
            line | {"start_s": 9.0, "addressed": False},
            line | {"start_s": None},
            line | {"start_s": 10.5},
        ],
    }
    file.write_text(json.dumps(told))
    truth = read_truth(file, 0, 10.0)
    assert [one.evident_ns for one in truth.spans] == [1_250_000_000, None]
    assert truth.doubts == (TruthDoubt(HazardKind.SIREN, "mic", 5 * SECOND, 6 * SECOND),)
    assert truth.lines == (
        TruthLine("worker", "is it safe?", 2 * SECOND, 3_500_000_000, True),
        TruthLine("worker", "is it safe?", 9 * SECOND, 10 * SECOND, False),
    )


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "3",
        "{}",
        '{"spans": 3}',
        '{"spans": [], "lines": [{}]}',
        '{"spans": [{"kind": "siren"}]}',
        '{"spans": [[]]}',
    ],
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
