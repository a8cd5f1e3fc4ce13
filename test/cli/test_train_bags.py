"""`tml-ros train` on a person's own recordings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from recordings import CELL, write_bag, write_video

from tml_ros.cli.main import main
from tml_ros.model.checkpoint import load_checkpoint, save_checkpoint
from tml_ros.model.interaction_net import fresh_net
from tml_ros.model.preset_file import load_preset
from tml_ros.model.tokenizer import load_tokenizer

PRESET = """\
name: small
sight: {columns: 2, rows: 1, patches_per_turn: 2, refresh_turns: 3, stem: [4, 8]}
memory: {seconds: 2.0, sensor_seconds: 0.8, text_tokens: 24, sinks: 2}
transformer: {width: 32, layers: 2, heads: 2, kv_heads: 1, head_width: 16, hidden: 48}
voice: {text_width: 16, width: 16, layers: 1, context_tokens: 4}
"""
LABELS = "recording,start_s,end_s,kind\nhall.mcap,1,2,person_in_zone\nhall.mcap,0,9,none\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds of a hall, its cell and labels."""
    made = tmp_path_factory.mktemp("hall")
    video = write_video(made.parent / "hall.avi", seconds=3)
    write_bag(made / "hall.mcap", video)
    (made / "cell.yaml").write_text(CELL)
    (made / "labels.csv").write_text(LABELS)
    return made


def train(*arguments: object) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["train", *map(str, arguments), "--workers", "0", "--float32"])
    assert ended.value.code == 0


def test_the_last_layer_learns_from_recordings_and_is_examined_by_others(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    preset, first, run = tmp_path / "small.yaml", tmp_path / "first.safetensors", tmp_path / "run"
    preset.write_text(PRESET)
    tokenizer = load_tokenizer(vocabulary=2048)
    net = fresh_net(load_preset(str(preset)), seed=4)
    save_checkpoint(net, first, tokenizer=tokenizer.digest, facts={})
    course = ("--course", f"bags={folder}:1", "--validation", f"bags={folder}:1")
    train(*course, "--preset", preset, "--from", first, "--steps", 2, "--warmup", 0,
          "--evaluate-every", 1, "--last-layers", 1, "--out", run)  # fmt: skip
    assert "person_in_zone 5 there and" in capsys.readouterr().err
    learnt = load_checkpoint(run / "model.safetensors")[0].state_dict()
    moved = {name for name, weight in net.state_dict().items() if not weight.equal(learnt[name])}
    assert {"hazards.weight", "blocks.1.attention.out.weight"} <= moved
    assert all(name.startswith(("hazards.", "blocks.1.")) for name in moved)
    rows = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    assert [row["step"] for row in rows if row["kind"] == "examined"] == [0, 1]
    train("--resume", "--steps", 3, "--out", run)
    settings = json.loads((run / "run.json").read_text())["sections"][-1]["settings"]
    assert (settings["last_layers"], settings["courses"]) == (1, {"bags": 1.0})


def test_a_label_that_does_not_fit_is_one_message_with_its_line(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "wrong"
    wrong.mkdir()
    (wrong / "cell.yaml").write_text(CELL)
    (wrong / "labels.csv").write_text(LABELS + "gone.mcap,0,1,none\n")
    (wrong / "hall.mcap").symlink_to(folder / "hall.mcap")
    with pytest.raises(SystemExit) as ended:
        main(["train", "--course", f"bags={wrong}:1", "--steps", "1", "--out", str(tmp_path / "a")])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert "line 4: recording: found 'gone.mcap'" in said
    assert "Traceback" not in said
