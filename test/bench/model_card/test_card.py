"""The page says what was measured and noted, and what was not."""

from __future__ import annotations

import importlib.util
import json
from dataclasses import replace
from pathlib import Path

import pytest

from tml_ros.bench.model_card.card import card
from tml_ros.bench.model_card.evidence import Evidence, EvidenceError, Weights, read_evaluation
from tml_ros.model.preset import Preset

ROOT = Path(__file__).resolve().parents[3]
FACTS = {
    "trained": True,
    "trusted_kinds": ["siren"],
    "date": "1 December 2026",
    "recipe": {
        "steps": 12_000,
        "turns": 3_400_000,
        "hours": 5.25,
        "sections": [
            {
                "step": 0,
                "settings": {"courses": {"sight": 2.0, "talk": 0.5}, "seed": 7},
                "sizes": {"sight": 6000},
                "origins": {"sight": "shards/hazards"},
            }
        ],
    },
    "calibration": {
        "hazards": {
            "siren": {
                "spans": 40,
                "recall": 0.975,
                "false_per_hour": 0.4,
                "auc": None,
                "trusted": True,
            }
        }
    },
}
WEIGHTS = Weights("nano.safetensors", Preset(name="nano"), FACTS, 18_200_000, "ab12")
VOICE = {
    "rows": [
        {"kind": "reply", "new": True, "count": 20, "handed_over": 19, "free": 18, "original": 20}
    ]
}
TURN = {
    "turn_ms": {"p50": 11.2, "p99": 25.0},
    "machine": {"processor": "a core", "threads": 1, "torch": "2"},
}


def test_without_evidence_everything_is_said_to_be_unknown():
    page = card("nano", Evidence())
    assert page.startswith("# nano: model card\n")
    assert "were not measured.**" in page
    assert "| met" not in page
    for words in ("No weights were given.", "Not measured.", "not noted"):
        assert words in page


def test_what_was_noted_and_measured_is_on_it(evaluated):
    evidence = Evidence((read_evaluation(evaluated("perfect")),), TURN, VOICE, WEIGHTS)
    page = card("nano", evidence)
    for words in (
        "18.2 MB",
        "`ab12`",
        "| steps | 12,000 |",
        "| date | 1 December 2026 |",
        "| 0 | sight | 2 | 6000 | shards/hazards | 7 |",
        "| 0 | talk | 0.5 | not noted | not noted | 7 |",
        "| siren | 40 | 0.975 | 0.4 |  | yes |",
        "| reply | new | 0.950",
        "| One turn, p99 | at most 20 ms | 25.0 ms |  | **missed** |",
        "Missed: one turn, p99.",
        "p50 11.2 ms, p99 25 ms. a core, 1 thread(s), 2 torch.",
        "- `tml-ros evaluate nano --seeds 0:3` (a day; a machine; looks: held-out;",
        "person down, missing helmet",
    ):
        assert words in page
    assert "not shown to be good enough at: person in zone" in page
    assert " siren" not in page.split("not shown to be good enough at:")[1].split(".")[0]


def test_weights_that_were_not_evaluated_are_refused(evaluated):
    one = read_evaluation(evaluated("mute", seeds=1))
    with pytest.raises(EvidenceError, match="was of other weights than nano"):
        Evidence((one,), weights=replace(WEIGHTS, digest="cd34"))


def test_untrained_weights_are_said_to_be(evaluated):
    one = read_evaluation(evaluated("mute", seeds=1))
    assert "are untrained" not in card("nano", Evidence((one,)))
    untrained = replace(one, told={**one.told, "trained": False})
    assert "are untrained" in card("nano", Evidence((untrained,)))


def test_every_row_of_a_table_is_as_wide_as_its_head(evaluated):
    page = card("nano", Evidence((read_evaluation(evaluated("perfect")),), TURN, VOICE, WEIGHTS))
    for block in page.split("\n\n"):
        rows = [line for line in block.splitlines() if line.startswith("|")]
        assert len({row.count(" | ") for row in rows}) <= 1, block


@pytest.fixture
def tool():
    spec = importlib.util.spec_from_file_location("model_card", ROOT / "tools" / "model_card.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_tool_writes_it_and_says_by_its_code_whether_a_bar_is_missed(
    tool, evaluated, tmp_path, capsys
):
    out = tmp_path / "models" / "nano.md"
    turn = tmp_path / "turn.json"
    turn.write_text(json.dumps(TURN))
    given = ["nano", "--out", str(out), "--evaluation", str(evaluated("perfect"))]
    assert tool.main(given) == 0
    first = out.read_text()
    assert tool.main(given) == 0
    assert out.read_text() == first
    assert tool.main([*given, "--turn", str(turn)]) == 1
    assert "**missed**" in out.read_text()
    assert str(out) in capsys.readouterr().out


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("--evaluation", "no evaluation"),
        ("--turn", "no turn_ms"),
        ("--weights", "no safetensors"),
    ],
)
def test_an_input_that_is_something_else_is_one_line_and_code_2(
    tool, tmp_path, capsys, option, words
):
    wrong = tmp_path / "wrong.json"
    wrong.write_text("{}")
    out = tmp_path / "nano.md"
    assert tool.main(["nano", "--out", str(out), option, str(wrong)]) == 2
    assert words in capsys.readouterr().err
    assert not out.exists()
