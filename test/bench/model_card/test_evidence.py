"""What a card is made from is read, and what it is not is refused by name."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest
from tiny_model import tiny_preset

from tml_ros.bench.model_card.evidence import (
    Evaluation,
    EvidenceError,
    read_evaluation,
    read_turn,
    read_voice,
    read_weights,
)
from tml_ros.model.checkpoint import save_checkpoint
from tml_ros.model.interaction_net import fresh_net
from tml_ros.sim.split import Split
from tml_ros.sim.truth.expectation import Rule


def test_things_done_have_the_loudness_of_the_line_they_answer_to(evaluated):
    done = read_evaluation(evaluated("perfect")).done
    answers = [one for one in done if one.rule is Rule.ANSWER]
    assert {one.snr_db for one in answers} == {9.0, 2.0, -6.0}
    assert {one.snr_db for one in done if one.rule is Rule.WARN} == {None}
    assert all(one.right for one in answers)


def test_of_what_json_printed_there_is_the_summary_alone(evaluated):
    one = read_evaluation(evaluated("perfect") / "summary.json")
    assert one.done is None
    assert one.command == "tml-ros evaluate nano --seeds 0:3"


@pytest.mark.parametrize(
    ("model", "looks", "counts"),
    [
        ("nano", Split.HELD_OUT, True),
        ("nano", Split.TRAIN, False),
        ("none", Split.HELD_OUT, False),
        ("cascade", Split.HELD_OUT, False),
    ],
)
def test_bars_are_for_models_on_looks_they_never_saw(evaluated, model, looks, counts):
    assert read_evaluation(evaluated("mute", model=model, looks=looks, seeds=1)).counts is counts


def test_records_of_another_plan_are_refused(evaluated):
    folder = evaluated("mute", seeds=1)
    told = json.loads((folder / "summary.json").read_text())
    told["plan"]["fingerprint"] = "another"
    (folder / "summary.json").write_text(json.dumps(told))
    with pytest.raises(EvidenceError, match="is of another plan"):
        read_evaluation(folder)


@pytest.mark.parametrize(
    ("read", "name", "text", "words"),
    [
        (read_evaluation, "a.json", "{}", "no evaluation, it has no model, plan"),
        (read_evaluation, "a.json", "[1]", "no JSON object"),
        (read_evaluation, "a.json", "{", "no JSON"),
        (read_turn, "a.json", '{"turn_ms": {}}', "no turn_ms"),
        (read_voice, "a.jsonl", '{"step": 1}\n', "no exam of a voice"),
        (read_voice, "a.json", "7", "no exam of a voice"),
    ],
)
def test_what_is_something_else_is_named(tmp_path, read, name, text, words):
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(EvidenceError, match=words) as caught:
        read(path)
    assert name in str(caught.value)


def test_a_checkpoint_is_told_with_its_facts_and_digest(tmp_path):
    path = tmp_path / "mine.safetensors"
    net = fresh_net(tiny_preset())
    save_checkpoint(net, path, tokenizer="t", facts={"trained": True, "trusted_kinds": ["siren"]})
    weights = read_weights(path)
    assert (weights.name, weights.facts["trusted_kinds"]) == ("mine.safetensors", ["siren"])
    assert weights.preset == tiny_preset()
    assert weights.digest == sha256(path.read_bytes()).hexdigest()
    assert weights.size == path.stat().st_size


def test_the_newest_exam_in_a_log_counts(tmp_path):
    lines = [{"step": 1, "exam": {"rows": [1]}}, {"step": 2, "exam": {"rows": [2]}}, {"step": 3}]
    path = tmp_path / "run.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    assert read_voice(path)["rows"] == [2]


def test_a_command_names_weights_wherever_they_lay(evaluated):
    told = dict(read_evaluation(evaluated("perfect") / "summary.json").told)
    told["made"] = {"command": "tml-ros evaluate '/a place/my nano.safetensors' --seeds 0:3"}
    assert Evaluation(told).command == "tml-ros evaluate 'my nano.safetensors' --seeds 0:3"


def test_the_facts_of_an_exam_are_an_exam(tmp_path):
    (tmp_path / "exam.json").write_text('{"voice_choice": [], "voice_exam": {"rows": [1]}}')
    assert read_voice(tmp_path / "exam.json")["rows"] == [1]
