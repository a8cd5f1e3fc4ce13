"""`tml-ros graduate`: from weights to weights that say what they can, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from made_scenes import PRESET, write_scenes

from tml_ros.cli.main import main
from tml_ros.model.checkpoint import load_checkpoint, read_checkpoint_header, save_checkpoint
from tml_ros.model.interaction_net import fresh_net
from tml_ros.model.tokenizer import load_tokenizer

SMALL = PRESET.changed(
    transformer={"width": 64, "layers": 2, "heads": 4, "kv_heads": 2, "head_width": 16},
    sight={"stem": (8, 16)},
    voice={"text_width": 16, "width": 16, "layers": 1},
)


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    run = tmp_path / "run"
    run.mkdir()
    digest = load_tokenizer(vocabulary=SMALL.text.vocabulary).digest
    facts = {"trained": True, "trusted_kinds": ["siren"], "recipe": {"steps": 3}}
    save_checkpoint(fresh_net(SMALL), run / "model.safetensors", tokenizer=digest, facts=facts)
    return run


@pytest.fixture
def shards(tmp_path: Path) -> Path:
    write_scenes(tmp_path, range(900_000, 900_003))
    return tmp_path


def graduated(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        main(["graduate", *map(str, words)])
    return int(ended.value.code or 0), capsys.readouterr().err


def test_a_run_becomes_weights_that_are_calibrated(
    capsys: pytest.CaptureFixture[str], weights: Path, shards: Path, tmp_path: Path
) -> None:
    out, more = tmp_path / "out.safetensors", tmp_path / "more.json"
    more.write_text(json.dumps({"hours": 2.5}))
    words = (weights, "--out", out, "--validation", f"both={shards}:9", "--facts", more)
    code, told = graduated(capsys, *words, "--date", "2026-11-23")
    assert code == 0, told
    assert "siren" in told
    header = read_checkpoint_header(out)
    assert header.facts["trusted_kinds"] == []
    assert header.facts["recipe"] == {"steps": 3}
    assert (header.facts["date"], header.facts["hours"]) == ("2026-11-23", 2.5)
    kinds = header.facts["calibration"]["hazards"]
    assert kinds["siren"]["spans"] == kinds["person_in_zone"]["spans"] == 3
    before, after = (load_checkpoint(path)[0] for path in (weights / "model.safetensors", out))
    assert not torch.equal(before.hazards.bias, after.hazards.bias)
    torch.testing.assert_close(before.text.bias, after.text.bias, rtol=0.01, atol=0.01)
    code, told = graduated(capsys, out, "--out", out, "--validation", f"both={shards}:9")
    assert code == 2
    assert "graduated already" in told


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        (("sight={}:9", "{}"), "allowed: both, talk"),
        (("both={}", "{}"), "a number of lessons"),
        (("both={}/nowhere:9", "{}"), "no shards"),
        (("both={}:9", "[]"), "must be an object"),
        (("both={}:9", "so so"), "no JSON"),
        (("both={}:9", '{"trusted_kinds": ["siren"]}'), "found out here"),
    ],
)
def test_a_mistake_is_said_and_nothing_written(
    capsys: pytest.CaptureFixture[str],
    weights: Path,
    shards: Path,
    asked: tuple[str, str],
    named: str,
) -> None:
    out, more = shards / "out.safetensors", shards / "more.json"
    validation, facts = asked
    more.write_text(facts)
    words = ("--validation", validation.format(shards), "--facts", more)
    code, told = graduated(capsys, weights, "--out", out, *words)
    assert code == 2
    assert named in " ".join(told.split())
    assert not out.exists()
