"""`tml-ros sim`: scenarios listed, told, drawn, exported and rendered."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import pytest

from tml_ros.cli import main as module
from tml_ros.cli.main import main
from tml_ros.devices.speech_renderer import SpeechUnavailableError
from tml_ros.report.truth_file import read_truth
from tml_ros.sim.off_screen import SimulatorMissingError, load_mujoco
from tml_ros.sim.render.facts import unpacked
from tml_ros.sim.render.shard_set import ShardSet
from tml_ros.sim.scenario.scenario_file import load_scenario, shipped_scenarios

OWN = """\
scenario: own
seconds: 2
seed: 5
zones: {press_area: {polygon: [[-1, -1], [1, -1], [1, 1], [-1, 1]]}}
cameras:
  hall: {at: [0, -4, 3], to: [0, 0, 0], size: [120, 80], rate: 5}
  side: {at: [4, -3, 3], to: [0, 0, 0], size: [100, 80], rate: 2.5}
microphones: {hall_mic: {at: [0, 2, 2]}}
people: {worker: {at: [0, 0], stays: true}}
lines:
  - {who: worker, act: ask_safe, at: 0.2, about: press_area, say: "Is it safe?"}
  - {who: worker, act: thanks, into: 0.5}
"""


@pytest.fixture(autouse=True)
def simulated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setitem(module.COMMANDS, "sim", "The simulated factory.")


@pytest.fixture
def own(tmp_path: Path) -> str:
    path = tmp_path / "own.yaml"
    path.write_text(OWN)
    return str(path)


def run(*arguments: str) -> None:
    """Leaves by SystemExit only where something is wrong; skips without MuJoCo or espeak-ng."""
    try:
        main(["sim", *arguments])
    except SystemExit as left:
        if left.code:
            raise


def drawn(*arguments: str) -> None:
    try:
        load_mujoco()
        run(*arguments)
    except (SimulatorMissingError, SpeechUnavailableError) as error:
        pytest.skip(str(error))


def test_every_scenario_that_ships_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    run("list")
    shown = capsys.readouterr().out
    for name in shipped_scenarios():
        (line,) = (one for one in shown.splitlines() if one.startswith(f"{name} "))
        assert f"{load_scenario(name).seconds:g} s" in line
        assert len(line.split()) > 5


@pytest.mark.parametrize("command", ["list", "show", "still", "film", "export", "render"])
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(command, "--help")
    shown = capsys.readouterr().out
    assert f"tml-ros sim {command}" in shown
    assert len(shown.splitlines()) > 8


def test_a_scenario_is_told_in_words(own: str, capsys: pytest.CaptureFixture[str]) -> None:
    run("show", own)
    shown = capsys.readouterr().out
    assert "own, 2 s" in shown
    assert "worker is there, helmet and vest" in shown
    assert 'worker: "Is it safe?" (ask_safe)' in shown
    assert "person_in_zone in press_area, evident from 0.00 s" in shown
    assert "the cell warns (press_area)" in shown
    assert shown.index("after line 1 has begun:") > shown.index("the cell warns")


def test_what_is_printed_as_a_file_is_the_scenario(
    tmp_path: Path, own: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run("show", own, "--yaml")
    again = tmp_path / "again.yaml"
    again.write_text(capsys.readouterr().out)
    assert load_scenario(again) == load_scenario(own)


def test_the_truth_is_printed_as_json(own: str, capsys: pytest.CaptureFixture[str]) -> None:
    run("show", own, "--json")
    told = json.loads(capsys.readouterr().out)
    assert set(told) == {"scenario", "truth", "allowed_speech"}
    assert len(told["truth"]["moments"]) == 10


def test_a_drawn_scenario_is_shown_as_a_named_one_is(capsys: pytest.CaptureFixture[str]) -> None:
    run("show", "--suite", "time", "--seed", "5")
    assert "time_5, 60 s" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("show",), "which scenario?"),
        (("show", "press_visit", "--suite", "time"), "which scenario?"),
        (("show", "nowhere"), "press_visit"),
        (("show", "press_visit", "--yaml", "--json"), "not both"),
        (("still", "press_visit", "--camera", "attic"), "there is hall"),
        (("still", "press_visit", "--out", "still.gif"), ".png"),
        (("film", "press_visit", "--from", "9", "--to", "3"), "--from must be before --to"),
        (("render", "--seeds", "7", "--out", "x"), "0:1000"),
        (("render", "--seeds", "7:7", "--out", "x"), "A < B"),
        (("render", "--seeds", "0:1", "--out", "x", "--size", "240"), "240x160"),
        (("render", "--seeds", "0:1", "--out", "x", "--size", "10x10"), "pixels wide"),
        (("render", "--seeds", "0:1", "--out", "x", "--model", "huge"), "nano"),
        (("render", "--seeds", "0:1", "--out", "x", "--no-sound", "--no-pictures"), "or both"),
    ],
)
def test_mistakes_are_explained(
    arguments: tuple[str, ...],
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as left:
        run(*arguments)
    assert left.value.code == 2
    assert says in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_missing_simulator_is_said_with_what_to_install(
    own: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("tml_ros.sim.off_screen.find_spec", lambda name: None)
    out = tmp_path / "out"
    for arguments in (
        ("still", own, "--out", str(out / "a.png")),
        ("film", own, "--out", str(out / "a.png")),
        ("export", own, "--out", str(out)),
        ("render", "--seeds", "0:1", "--suite", "time", "--out", str(out), "--seconds", "20"),
    ):
        with pytest.raises(SystemExit) as left:
            run(*arguments)
        assert left.value.code == 2
        assert "pip install 'tml_ros[sim]'" in capsys.readouterr().err


@pytest.mark.parametrize(("more", "shape"), [((), (80, 120)), (("--annotate",), (366, 480))])
def test_a_still_is_drawn(
    more: tuple[str, ...], shape: tuple[int, int], own: str, tmp_path: Path
) -> None:
    out = tmp_path / "new" / "still.png"
    drawn("still", own, "--at", "1", "--fast", "--out", str(out), *more)
    picture = cv2.imread(str(out))
    assert picture is not None
    assert picture.shape[:2] == shape
    assert picture.std() > 10


def test_a_film_is_a_sheet_of_pictures(own: str, tmp_path: Path) -> None:
    out = tmp_path / "film.jpg"
    drawn("film", own, "--camera", "side", "--count", "3", "--out", str(out))
    picture = cv2.imread(str(out))
    assert picture is not None
    assert picture.shape[1] == 3 * 480 + 2 * 6


def test_what_is_exported_can_be_played_and_watched(
    own: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # `check` draws the zones into the folder where it is called.
    monkeypatch.chdir(tmp_path)
    out = tmp_path / "out"
    drawn("export", own, "--fast", "--out", str(out))
    printed = capsys.readouterr().out
    names = {"hall.avi", "side.avi", "hall_mic.wav", "truth.json", "scenario.yaml", "cell.yaml"}
    assert {path.name for path in out.iterdir()} == names
    assert all(name in printed for name in names)
    assert "1 of 2 lines wait for the cell" in printed
    (span,) = read_truth(out / "truth.json", 0, 2.0).spans
    assert (span.kind.value, span.zone) == ("person_in_zone", "press_area")
    with pytest.raises(SystemExit) as left:
        main(["check", str(out / "cell.yaml")])
    assert not left.value.code
    assert "right" in capsys.readouterr().out


def test_shards_are_rendered_and_their_rate_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "shards"
    arguments = ["render", "--seeds", "3:4", "--suite", "hazards", "--suite", "time"]
    arguments += ["--seconds", "20", "--size", "80x80", "--rate", "5", "--workers", "1"]
    drawn(*arguments, "--out", str(out), "--verify", "--json")
    rate = json.loads(capsys.readouterr().out)
    assert (rate["scenarios"], rate["turns"], rate["verified"]) == (2, 200, True)
    assert set(rate["shares"]) >= {"sound", "vision", "encoding"}
    names = [one.entry.name for one in ShardSet(out)]
    assert names == ["hazards_3", "time_3"]
    assert unpacked(ShardSet(out)[0].array("facts").tobytes()).scenario.seconds == 20
    run(*arguments, "--out", str(out))
    assert "0 scenarios rendered" in capsys.readouterr().out
