"""`tml-ros bench turn` and `age`: figures as JSON or as a table, and mistakes told in a line."""

from __future__ import annotations

import json
import math

import pytest
import torch
import yaml
from rich.console import Console
from tiny_model import tiny_preset

from tml_ros.cli.main import main
from tml_ros.cli.turn_table import print_figures, rounded

STATES = {"listening", "speaking", "speaking_own_words"}


def run(capsys, *arguments):
    with pytest.raises(SystemExit) as ended:
        main(["bench", *arguments])
    captured = capsys.readouterr()
    return ended.value.code or 0, captured.out, captured.err


@pytest.fixture
def preset(tmp_path):
    path = tmp_path / "tiny.yaml"
    path.write_text(yaml.safe_dump(tiny_preset().model_dump(mode="json")), encoding="utf-8")
    return str(path)


def numbers(figures):
    if isinstance(figures, dict):
        return [number for value in figures.values() for number in numbers(value)]
    return [figures] if isinstance(figures, float) else []


def test_a_turn_is_measured_in_every_way(capsys, monkeypatch, preset, tmp_path):
    monkeypatch.setenv("TML_ROS_REAL_DATA", str(tmp_path))
    threads = torch.get_num_threads()
    code, out, err = run(capsys, "turn", "--preset", preset, "--quick", "--json")
    assert (code, err) == (0, "")
    figures = json.loads(out)
    assert next(iter(figures)) == "turn_ms"
    own = figures["steps_ms"]["6_patches"]["float32"]
    for key in ("p50", "p99"):
        assert figures["turn_ms"][key] == max(own[state][key] for state in STATES)
    for group in ("steps_ms", "phases_ms"):
        assert set(figures[group]) == {"6_patches", "84_patches"}
        for size in figures[group].values():
            assert set(size) == {"float32", "bfloat16"}
            assert all(set(states) == STATES for states in size.values())
    assert set(figures["cells_per_core"]) > STATES
    assert figures["bytes_per_session"]["6_patches"]["kv"] > 0
    assert {"ours", "moshi", "growing_cache"} < set(figures["side_by_side"])
    assert "TML_ROS_REAL_DATA" in figures["unchanged_patches"]["real_clip"]["skipped"]
    assert "simulated_cell" in figures["unchanged_patches"]
    assert figures["machine"]["threads"] == 1
    assert figures["machine"]["torch"] == torch.__version__
    assert all(math.isfinite(number) for number in numbers(figures))
    assert all(number > 0 for number in numbers([figures["steps_ms"], figures["side_by_side"]]))
    assert torch.get_num_threads() == threads


def test_a_part_alone_is_a_readable_table(capsys, preset):
    code, out, _ = run(capsys, "turn", "--preset", preset, "--quick", "--only", "bytes")
    assert code == 0
    assert "bytes per session" in out
    assert "84 patches" in out
    assert "cells" not in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--device", "cuda"], "no CUDA device for torch"),
        (["--device", "tpu"], "there are: cpu, cuda"),
        (["--device", "cuda", "--only", "steps"], "are for --device cpu"),
        (["--preset", "nanoo"], "no preset of that name"),
        (["--video", "none.mp4", "--only", "unchanged_patches"], "does not exist"),
    ],
)
def test_what_cannot_be_measured_is_said_in_a_line(capsys, monkeypatch, arguments, said):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    code, out, err = run(capsys, "turn", "--quick", *arguments)
    assert (code, out) == (2, "")
    assert err.startswith("tml-ros: ")
    assert said in err


def test_age_is_told_as_json(capsys):
    code, out, _ = run(capsys, "age", "--turns", "200", "--json")
    assert code == 0
    assert json.loads(out)["turns"] == 200


def test_groups_with_a_figure_in_common_become_lines_of_a_grid(capsys):
    figures = {
        "name": "x",
        "speed": {"slow": {"ms": {"p50": 12.3456}}, "fast": {"ms": {"p50": 0.0001234}, "n": 1_000}},
        "odd": {"one": {"a": 1}, "two": {"b": "words " * 10}},
    }
    print_figures(figures, Console(width=100))
    lines = [line.split() for line in capsys.readouterr().out.splitlines() if line.strip()]
    assert lines[:5] == [
        ["name", "x"], ["speed"], ["ms", "p50", "n"], ["slow", "12.346"],
        ["fast", "0.0001234", "1,000"],
    ]  # fmt: skip
    assert lines[5:8] == [["odd", "/", "one"], ["a", "1"], ["odd", "/", "two"]]


def test_figures_are_rounded_to_what_they_can_say():
    assert rounded({"a": 1234.56789, "b": 0.000123456, "c": 7, "d": None, "e": "x"}) == {
        "a": 1234.568, "b": 0.0001235, "c": 7, "d": None, "e": "x"
    }  # fmt: skip
