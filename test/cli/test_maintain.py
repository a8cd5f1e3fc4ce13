"""`tml-ros maintain bearing`: text, JSON of one form, a picture, mistakes that help."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from tml_ros.cli.main import main
from tml_ros.sim.bearing_signal import bearing_waveform

KNOWN = ("--rate", "12000", "--rpm", "1797", "--bearing", "6205")


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recordings") / "spindle.npz"
    given = {"rpm": 1797.0, "rate": 12_000.0, "seconds": 4.0, "severity": 0.8}
    np.savez(
        path,
        DE=bearing_waveform("inner_race", seed=3, **given).reshape(-1, 1),
        FE=bearing_waveform("", seed=4, **given),
    )
    return path


def run(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["maintain", "bearing", *map(str, words)])
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


@pytest.mark.parametrize(
    ("channel", "state", "defect"), [("DE", "fault", "inner_race"), ("FE", "normal", None)]
)
def test_json_is_one_object_of_the_agreed_form(
    recording: Path,
    capsys: pytest.CaptureFixture[str],
    channel: str,
    state: str,
    defect: str | None,
) -> None:
    code, out, err = run(capsys, recording, "--channel", channel, *KNOWN, "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert set(found) == {"state", "defect", "confidence", "evidence", "advice"}
    assert (found["state"], found["defect"]) == (state, defect)
    assert 0 < found["confidence"] <= 1
    assert found["evidence"][0]["text"].endswith(".")
    assert {"modulation depth", "speed"} <= {one["text"] for one in found["evidence"]}
    if defect is None:
        assert found["advice"] is None
    else:
        assert found["advice"]["entry"]["action"]


def test_text_says_the_finding_the_advice_and_where_the_picture_is(
    recording: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    png = tmp_path / "new folder" / "spindle.png"
    code, out, _ = run(capsys, recording, "--channel", "DE", *KNOWN, "--picture", png)
    assert code == 0
    assert out.startswith("fault: inner race\n")
    for part in ("BPFI", "confidence", "advice", str(png)):
        assert part in out
    assert cv2.imread(str(png)).shape == (500, 900, 3)


def test_a_geometry_does_as_well_as_a_name(
    recording: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = (recording, "--channel", "DE", "--rate", "12000", "--rpm", "1797", "--json")
    _, named, _ = run(capsys, *given, "--bearing", "6205")
    _, measured, _ = run(capsys, *given, "--geometry", "9,7.94,39.04,0")
    assert json.loads(measured)["defect"] == json.loads(named)["defect"] == "inner_race"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--rate", "12000", "--bearing", "6205"), "shaft speed is not known"),
        (("--rate", "12000", "--rpm", "1797"), "geometry is not known"),
        (("--rate", "200", "--rpm", "1797", "--bearing", "6205"), "samples/s are too few"),
        (("--rate", "12000", "--rpm", "0.5", "--bearing", "6205"), "too short"),
    ],
)
def test_what_cannot_be_judged_is_unknown_with_its_reason_and_exit_code_2(
    recording: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], reason: str
) -> None:
    code, out, _ = run(capsys, recording, "--channel", "DE", *words, "--json")
    found = json.loads(out)
    assert code == 2
    assert (found["state"], found["defect"], found["confidence"]) == ("unknown", None, 0)
    assert reason in found["evidence"][0]["text"]
    code, out, _ = run(capsys, recording, "--channel", "DE", *words)
    assert code == 2
    assert out.startswith("unknown\n")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("nowhere.npz", *KNOWN), "nowhere.npz: no such file"),
        (("RECORDING", *KNOWN), "DE (48000 samples), FE (48000 samples): choose one"),
        (("RECORDING", "--channel", "BA", *KNOWN), "no channel 'BA'; it has DE"),
        (("RECORDING", "--channel", "DE", "--rpm", "1797", "--bearing", "6205"), "give --rate"),
        (
            ("RECORDING", "--channel", "DE", "--rate", "12000", "--rpm", "1797",
             "--bearing", "6999"),
            "'6999' is not in the table (6200,",
        ),
        (("RECORDING", "--channel", "DE", *KNOWN, "--geometry", "9,7.94,39"), "not both"),
        (
            ("RECORDING", "--channel", "DE", "--rate", "12000", "--geometry", "9,40,39"),
            "ball diameter 40",
        ),
        (("RECORDING", "--channel", "DE", *KNOWN, "--picture", "a.jpg"), "must end in .png"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line_that_says_what_there_is(
    recording: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], told: str
) -> None:
    code, out, err = run(capsys, *(recording if word == "RECORDING" else word for word in words))
    assert (code, out) == (2, "")
    assert told in err
    assert len(err.strip().splitlines()) == 1
