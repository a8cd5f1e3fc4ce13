"""`tml-ros bench duplex`: a table, JSON and a page; mistakes told in a line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml
from tiny_model import tiny_preset

from tml_ros.cli.main import main

pytestmark = pytest.mark.skipif(
    shutil.which("espeak-ng") is None, reason="people do not speak without espeak-ng"
)


def run(capsys, *arguments):
    with pytest.raises(SystemExit) as ended:
        main(["bench", "duplex", *map(str, arguments)])
    captured = capsys.readouterr()
    return ended.value.code or 0, captured.out, captured.err


@pytest.fixture
def preset(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.yaml"
    path.write_text(yaml.safe_dump(tiny_preset().model_dump(mode="json")), encoding="utf-8")
    return path


def test_a_tiny_model_is_measured_exported_and_measured_again(capsys, preset, tmp_path) -> None:
    export = tmp_path / "export"
    size = ["--tasks", "pause_handling,cue", "--samples", 1, "--baseline", "none"]
    code, out, err = run(capsys, "--model", preset, *size, "--export", export, "--json")
    assert (code, err) == (0, "")
    figures = json.loads(out)
    assert list(figures["models"]) == ["tiny"]
    assert figures["models"]["tiny"]["untrained"]
    assert set(figures["models"]["tiny"]["tasks"]) == {"pause_handling", "cue"}
    assert (export / "tiny/v1.0/pause_handling/1/output.wav").exists()

    out_folder = tmp_path / "out"
    code, out, _ = run(capsys, "--import", export, "--outputs", "--out", out_folder)
    assert code == 0
    assert "Pause in thought" in out
    assert "recorded outputs" in out
    again = json.loads((out_folder / "duplex.json").read_text())
    assert (
        again["models"]["tiny"]["tasks"]["cue"]["figures"]
        == figures["models"]["tiny"]["tasks"]["cue"]["figures"]
    )
    assert "<title>Full-duplex bench: tiny</title>" in (out_folder / "duplex.html").read_text()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--model", "none"], "guards do not talk"),
        (["--model", "nobody"], "nobody"),
        (["--tasks", "chess"], "there is no task 'chess'"),
        (["--tasks", ","], "names no task"),
        (["--outputs"], "--import"),
        (["--import", "/nowhere", "--outputs"], "/nowhere is no folder"),
        (["--import", ".", "--outputs", "--model", "nano"], "runs no model"),
    ],
)
def test_mistakes_are_told_in_a_line(capsys, arguments, told: str) -> None:
    code, out, err = run(capsys, *arguments)
    assert code == 2
    assert out == ""
    assert told in " ".join(err.split())
    assert "Traceback" not in err
