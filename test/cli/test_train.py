"""`tml-ros train`: what is asked for, what is refused, how a run goes on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tml_ros.cli.main import main

PRESET = """\
name: small
sight: {columns: 2, rows: 1, patches_per_turn: 2, refresh_turns: 3, stem: [4, 8]}
memory: {seconds: 2.0, sensor_seconds: 0.8, text_tokens: 24, sinks: 2}
transformer: {width: 32, layers: 2, heads: 2, kv_heads: 1, head_width: 16, hidden: 48}
voice: {text_width: 16, width: 16, layers: 1, context_tokens: 4}
"""


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return int(ended.value.code or 0)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A preset, and shards of sound for it."""
    folder = tmp_path_factory.mktemp("train")
    (folder / "small.yaml").write_text(PRESET)
    shards = ("--suite", "dialogue", "--seconds", 20, "--no-pictures", "--workers", 1)
    model = ("--model", folder / "small.yaml")
    assert run("sim", "render", "--seeds", "0:2", *shards, *model, "--out", folder / "shards") == 0
    return folder


def train(place: Path, *arguments: object) -> int:
    return run("train", "--preset", place / "small.yaml", "--workers", 0, *arguments)


def test_a_run_is_begun_goes_on_and_is_drawn(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    course = f"talk={place / 'shards'}:1"
    out = tmp_path / "run"
    options = ("--validation", f"talk={place / 'shards'}:1", "--evaluate-every", 2)
    assert train(place, "--course", course, "--steps", 2, *options, "--out", out) == 0
    assert "2 steps" in capsys.readouterr().err
    assert train(place, "--resume", "--steps", 3, "--out", out) == 0
    told = json.loads((out / "run.json").read_text())
    assert [section["step"] for section in told["sections"]] == [0, 2]
    assert told["sections"][1]["settings"]["courses"] == {"talk": 1.0}
    rows = [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]
    assert [row["step"] for row in rows if row["kind"] == "step"] == [0, 1, 2]
    assert [row["step"] for row in rows if row["kind"] == "examined"] == [1]
    assert run("train", "--plot", out) == 0
    assert (out / "curves.png").stat().st_size > 1000


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "--out"),
        (("--out", "RUN", "--steps", 2), "--course"),
        (("--out", "RUN", "--resume"), "has no run.json"),
        (("--out", "RUN", "--course", "talk"), "give a kind"),
        (("--out", "RUN", "--course", "smell=shards:2"), "begins with sight"),
        (("--out", "RUN", "--course", "talk=shards:0"), "give a kind"),
        (("--out", "RUN", "--steps", 2, "--course", "talk=nowhere:1"), "no shards"),
        (("--out", "RUN", "--course", "talk=SHARDS:1"), "steps or hours"),
        (("--plot", "RUN"), "has no run.json"),
    ],
)
def test_a_mistake_is_told_with_what_to_do(
    place: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[object, ...],
    words: str,
) -> None:
    named = {"RUN": str(tmp_path / "run"), "SHARDS": str(place / "shards")}
    given = [str(one) for one in arguments]
    for word, path in named.items():
        given = [one.replace(word, path) for one in given]
    assert train(place, *given) == 2
    assert words in capsys.readouterr().err
