"""`tml-ros train --bags DIR --labels CSV`: trained weights go on with one's own recordings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from recordings import CELL, write_bag, write_video

from tml_ros.cli import train_tuning
from tml_ros.cli.main import main
from tml_ros.cli.train_courses import CourseAsked
from tml_ros.cli.train_run import Asked
from tml_ros.cli.train_tuning import tuned
from tml_ros.model.checkpoint import load_checkpoint, save_checkpoint
from tml_ros.model.interaction_net import fresh_net
from tml_ros.model.preset import Preset
from tml_ros.model.preset_file import load_preset
from tml_ros.model.tokenizer import load_tokenizer

PRESET = """\
name: small
sight: {columns: 2, rows: 1, patches_per_turn: 2, refresh_turns: 3, stem: [4, 8]}
memory: {seconds: 2.0, sensor_seconds: 0.8, text_tokens: 24, sinks: 2}
transformer: {width: 32, layers: 3, heads: 2, kv_heads: 1, head_width: 16, hidden: 48}
voice: {text_width: 16, width: 16, layers: 1, context_tokens: 4}
"""
ROWS = "recording,start_s,end_s,kind\nhall.mcap,1,2,person_in_zone\nhall.mcap,0,9,none\n"
GENTLY = {"learning_rate": 3e-4, "last_layers": 2}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`bags/hall.mcap`, three seconds; beside the folder its cell, labels, a preset and weights."""
    made = tmp_path_factory.mktemp("tuning")
    (made / "bags").mkdir()
    write_bag(made / "bags" / "hall.mcap", write_video(made / "hall.avi", seconds=3))
    (made / "hall.yaml").write_text(CELL)
    (made / "rows.csv").write_text(ROWS)
    (made / "small.yaml").write_text(PRESET)
    net = fresh_net(load_preset(str(made / "small.yaml")), seed=4)
    digest = load_tokenizer(vocabulary=2048).digest
    save_checkpoint(net, made / "first.safetensors", tokenizer=digest, facts={})
    return made


def train(place: Path, line: str) -> int:
    """Exit code of `tml-ros train`, paths being those of the place."""
    words = [str(place / word[2:]) if word.startswith("./") else word for word in line.split()]
    with pytest.raises(SystemExit) as ended:
        main(["train", *words, "--workers", "0", "--float32"])
    return int(ended.value.code or 0)


def test_the_last_layers_of_given_weights_learn_from_recordings_and_the_run_goes_on(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    recorded = "--bags ./bags --labels ./rows.csv --cell ./hall.yaml"
    begun = f"{recorded} --preset ./small.yaml --from ./first.safetensors --steps 2 --warmup 0"
    assert train(place, f"{begun} --out {run}") == 0
    assert "person_in_zone 5 there and" in capsys.readouterr().err
    before, after = (
        load_checkpoint(path)[0].state_dict()
        for path in (place / "first.safetensors", run / "model.safetensors")
    )
    moved = {name for name, weight in before.items() if not weight.equal(after[name])}
    assert {"hazards.weight", "blocks.2.attention.out.weight"} <= moved
    assert all(name.startswith(("hazards.", "blocks.1.", "blocks.2.")) for name in moved)
    assert train(place, f"--resume --steps 3 --out {run}") == 0
    told = json.loads((run / "run.json").read_text())["sections"]
    assert [section["settings"]["courses"] for section in told] == [{"bags": 4.0}] * 2
    assert {section["origins"]["bags"] for section in told} == {
        f"{place}/bags?cell={place}/hall.yaml&labels={place}/rows.csv"
    }


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("--bags ./bags --cell ./hall.yaml", "needs --labels CSV"),
        ("--labels ./rows.csv --out out", "--labels belongs to --bags DIR"),
        ("--cell ./hall.yaml --out out", "--cell belongs to --bags DIR"),
        ("--bags ./bags --labels ./rows.csv", "has no cell.yaml; say by --cell"),
        ("--bags ./bags --labels ./rows.csv --cell ./none.yaml", "none.yaml is no file"),
        ("--bags ./bags --labels ./none.csv --cell ./hall.yaml", "none.csv is no file"),
        ("--bags ./none --labels ./rows.csv --cell ./hall.yaml", "none is not there"),
        ("--bags ./a,b --labels ./rows.csv --cell ./hall.yaml", "a comma parts folders"),
        (
            "--bags ./bags --labels ./rows.csv --cell ./hall.yaml --course bags=other:1",
            "call that one bags-other",
        ),
    ],
)
def test_what_is_missing_is_told_with_what_to_do(
    place: Path, capsys: pytest.CaptureFixture[str], line: str, words: str
) -> None:
    (place / "a,b").mkdir(exist_ok=True)
    assert train(place, line) == 2
    said = capsys.readouterr().err
    assert words in said
    assert "Traceback" not in said


def asked(place: Path, *, resume: bool = False, start: Path | None = None, **settings: object):
    talk = {"talk": CourseAsked("talk", (Path("shards"),), 1.0)}
    given = Asked(Path("out"), Preset(name="small"), talk, settings, resume=resume, start=start)
    files = (place / "bags", place / "rows.csv", place / "hall.yaml")
    return lambda preset: tuned(given, *files, preset=preset)


def test_shards_are_taught_beside_recordings(place: Path) -> None:
    courses = asked(place)("nano").courses
    assert {name: course.number for name, course in courses.items()} == {"talk": 1.0, "bags": 4.0}


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, {"steps": 500, **GENTLY}),
        ({"steps": 9, "last_layers": 0}, {"steps": 9, **GENTLY, "last_layers": 0}),
        ({"hours": 1.0}, {"hours": 1.0, **GENTLY}),
    ],
)
def test_trained_weights_are_taught_gently_unless_told_otherwise(
    place: Path, settings: dict[str, object], expected: dict[str, object]
) -> None:
    start = place / "first.safetensors"
    assert asked(place, start=start, **settings)("small.yaml").settings == expected


def test_it_begins_with_the_weights_of_the_preset_if_there_are_any(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = {"nano": Path("nano.safetensors"), "nano.yaml": Path("never.safetensors")}
    monkeypatch.setattr(train_tuning, "shipped_weights", own.get)
    assert asked(place)("nano").start == own["nano"]
    given = place / "first.safetensors"
    assert asked(place, start=given)("nano").start == given
    for name in ("edge", "nano.yaml"):
        untrained = asked(place)(name)
        assert (untrained.start, untrained.settings) == (None, {"steps": 500})


def test_a_run_that_goes_on_keeps_its_weights_and_settings(place: Path) -> None:
    going = asked(place, resume=True)("nano")
    assert (going.start, going.settings) == (None, {})
    assert set(going.courses) == {"talk", "bags"}
