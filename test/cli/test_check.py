"""`tml-ros check`: the verdict, the exit code, and zones drawn over real pictures."""

from __future__ import annotations

import json
import sys
import types
from pathlib import Path

import cv2
import numpy as np
import pytest
import yaml

from tml_ros.cli.main import main
from tml_ros.model import interface
from tml_ros.model.layout import SessionLayout, SessionLayoutError
from tml_ros.turn.hazard import HazardKind

CELLS = Path(__file__).resolve().parents[2] / "config" / "cells"
ZONE = {"polygon": [[0, 0], [0.5, 0], [0.5, 1], [0, 1]], "units": "fractions"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


@pytest.fixture
def clip(folder: Path) -> Path:
    """A video whose first picture is red and whose others are blue, 64x48."""
    path = folder / "clip.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 10, (64, 48))
    for colour in [(0, 0, 255)] + [(255, 0, 0)] * 4:
        writer.write(np.full((48, 64, 3), colour, np.uint8))
    writer.release()
    return path


def write(folder: Path, **changes: object) -> Path:
    path = folder / "cell.yaml"
    description = {"cell": "press", "cameras": {"hall": {"zones": {"line": ZONE}}}, **changes}
    path.write_text(yaml.safe_dump(description))
    return path


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["check", *map(str, arguments)])
    code = ended.value.code
    return code if isinstance(code, int) else 0


def picture(path: Path) -> np.ndarray:
    read = cv2.imread(str(path))
    assert read is not None
    return cv2.cvtColor(read, cv2.COLOR_BGR2RGB)


def is_about(colour: np.ndarray, wanted: tuple[int, int, int]) -> bool:
    return bool((np.abs(colour.astype(int) - wanted) < 40).all())


def test_a_good_cell_is_right_and_its_zones_are_drawn_here(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(write(folder)) == 0
    printed = capsys.readouterr().out
    assert "cell.yaml: right" in printed
    assert "persons in line" in printed
    assert "topic hall/image" in printed
    assert picture(folder / "press_zones.png").shape[0] > 500


def test_zones_are_drawn_over_the_first_picture_of_a_video(folder: Path, clip: Path) -> None:
    cell = write(folder, cameras={"hall": {"source": clip.name, "zones": {"line": ZONE}}})
    out = folder / "deep" / "zones.png"
    assert run(cell, "--out", out) == 0
    drawn = picture(out)
    assert is_about(drawn[300, -60], (255, 0, 0))
    assert not is_about(drawn[500, 60], (255, 0, 0))


def test_a_camera_without_source_is_drawn_on_the_picture_given(folder: Path, clip: Path) -> None:
    photo = folder / "photo.png"
    cv2.imwrite(str(photo), np.full((48, 64, 3), (0, 200, 0), np.uint8))
    for file, colour in ((photo, (0, 200, 0)), (clip, (255, 0, 0))):
        assert run(write(folder), "--picture", f"hall={file}") == 0
        assert is_about(picture(folder / "press_zones.png")[300, -60], colour)


@pytest.mark.parametrize("given", ["hall", "attic=x.png", "hall=absent.png"])
def test_a_picture_that_cannot_be_used_is_a_mistake_of_the_caller(
    given: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(write(folder), "--picture", given) == 2
    assert given.partition("=")[2] in capsys.readouterr().err


def test_every_mistake_is_listed_with_its_place_and_the_exit_code_says_so(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cell = write(folder, cell="Press", alarms={"person_in_zon": {}})
    assert run(cell) == 1
    printed = capsys.readouterr().out
    for expected in ("cell", "'Press'", "alarms.person_in_zon", "did you mean", "2 mistakes"):
        assert expected in printed
    assert not (folder / "press_zones.png").exists()


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"cameras": {"hall": {"source": "absent.mp4"}}}, "cameras.hall.source"),
        ({"cameras": {"hall": {"source": "cell.yaml"}}}, "cameras.hall.source"),
        ({"microphones": {"ear": {"source": "absent.wav"}}}, "microphones.ear.source"),
        ({"microphones": {"ear": {"source": "cell.yaml"}}}, "microphones.ear.source"),
    ],
)
def test_a_file_that_is_missing_or_of_the_wrong_kind_is_a_mistake(
    changes: dict, place: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(write(folder, **changes), "--json") == 1
    verdict = json.loads(capsys.readouterr().out)
    assert [problem["path"] for problem in verdict["problems"]] == [place]


class Model:
    """A model that has room for two cameras."""

    def __init__(self, name: str, *, sessions: int = 1) -> None:
        self.name = Path(name).stem
        self.trained = self.name == "trained"
        self.trusted_kinds = frozenset({HazardKind.SIREN} if self.trained else ())
        self.trusted_speech = self.trained

    def open_session(self, layout: SessionLayout, *, seed: int = 0) -> Model:
        if len(layout.cameras) > 2:
            raise SessionLayoutError(f"room for 2 cameras, the cell has {len(layout.cameras)}")
        return self

    def close(self) -> None: ...


@pytest.fixture
def models(monkeypatch: pytest.MonkeyPatch) -> None:
    """Models of the tests in place of the native ones."""
    native = types.ModuleType("tml_ros.model.native_model")
    native.open_native = Model  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, native.__name__, native)
    monkeypatch.setattr(interface, "PACKAGES", ())


def stands(name: str, *trusted: str, trained: bool) -> dict[str, object]:
    known = {"name": name, "trained": trained, "trusted": list(trusted)}
    return known | {"speech": trained, "experimental": []}


@pytest.mark.usefixtures("models")
@pytest.mark.parametrize(
    ("model", "told", "verdict"),
    [
        ("none", "guards alone", None),
        ("nano", "untrained and believed", stands("nano", trained=False)),
        ("trained.yaml", "with siren", stands("trained", "siren", trained=True)),
    ],
)
def test_it_tells_which_model_and_how_far_it_is_trusted(
    model: str, told: str, verdict: object, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cell = write(folder, model=model)
    assert run(cell) == 0
    assert told in capsys.readouterr().out
    assert run(cell, "--json") == 0
    assert json.loads(capsys.readouterr().out)["model"] == verdict


@pytest.mark.usefixtures("models")
@pytest.mark.parametrize(
    ("changes", "allowed"),
    [
        ({"model": "oracle"}, "there are: none, "),
        (
            {"model": "nano", "cameras": {"a": {}, "b": {}, "c": {}}},
            "room for this cell (room for 2 cameras, the cell has 3)",
        ),
    ],
)
def test_a_model_that_is_not_there_or_too_small_is_a_mistake(
    changes: dict, allowed: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(write(folder, **changes), "--json") == 1
    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    assert (problem["path"], problem["found"]) == ("model", repr(changes["model"]))
    assert allowed in problem["allowed"]


def test_json_is_one_object_and_nothing_else(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = write(folder), folder / "bad.yaml"
    bad.write_text("cell: hall\ncameras: {eye: {rate: 0}}\n")
    assert run(good, "--json") == 0
    assert json.loads(capsys.readouterr().out) == {
        "file": str(good),
        "ok": True,
        "problems": [],
        "picture": "press_zones.png",
        "model": None,
    }
    assert run(bad, "--json") == 1
    assert json.loads(capsys.readouterr().out) == {
        "file": str(bad),
        "ok": False,
        "problems": [
            {"path": "cameras.eye.rate", "found": "0", "allowed": "more than 0", "line": 2}
        ],
        "picture": None,
        "model": None,
    }


def test_a_cell_that_only_hears_has_no_picture(folder: Path) -> None:
    assert run(write(folder, cameras={}, microphones={"ear": {}})) == 0
    assert not list(folder.glob("*.png"))


def test_markup_in_a_file_is_shown_as_it_is(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(write(folder, language="[red]xx[/red]")) == 1
    assert "[red]xx[/red]" in capsys.readouterr().out


def test_the_zone_of_the_real_clip_is_drawn_over_it(folder: Path, real_data: Path) -> None:
    clip = real_data / "worker_zone" / "worker_zone.mp4"
    assert run(CELLS / "worker_zone.yaml", "--picture", f"hall={clip}") == 0
    assert picture(folder / "worker_zone_zones.png").shape[0] > 500
