"""A network that graduates: only its biases change, by what was found, and it says so."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from random_lessons import random_lesson
from safetensors.torch import save_file
from tiny_model import tiny_preset

from tml_ros.model.checkpoint import load_checkpoint, save_checkpoint
from tml_ros.model.hazard_places import hazard_index
from tml_ros.model.interaction_net import InteractionNet, fresh_net
from tml_ros.training.exams.answer_sheet import AnswerSheet, answered
from tml_ros.training.graduation.graduate import (
    STORED,
    graduate,
    graduation_facts,
    rounded,
)
from tml_ros.training.graduation.voice_weights import VoiceFileError, take_voice
from tml_ros.training.pupil.pupil import Pupil
from tml_ros.turn.hazard import HazardKind

PRESET = tiny_preset()
SIREN = hazard_index(PRESET, HazardKind.SIREN, 0)
ZONES = slice(0, PRESET.sight.zones)


@pytest.fixture
def net() -> InteractionNet:
    net = fresh_net(PRESET, seed=4)
    rounded(net)
    return net


def sheets_of(net: InteractionNet) -> list[AnswerSheet]:
    """Of lessons that know of sirens alone, of which this network tells nothing by itself."""
    lessons = []
    for seed in range(4):
        lesson = random_lesson(PRESET, 60, seed=seed)
        labels = np.full_like(lesson.hazards, -1)
        labels[:, SIREN] = 0
        labels[20:30, SIREN] = 1
        lessons.append(replace(lesson, hazards=labels))
    sheets = answered(Pupil(net), lessons)
    for sheet in sheets:
        sheet.hazards[20:30, SIREN] += 3
    return sheets


def test_scores_of_a_half_are_where_the_alarm_is(net: InteractionNet) -> None:
    before = {name: weight.clone() for name, weight in net.state_dict().items()}
    made = graduate(net, sheets_of(net))
    [siren] = made.kinds
    moved = net.hazards.bias[SIREN] - before["hazards.bias"][SIREN]
    assert moved.item() == pytest.approx(-siren.logit, abs=0.05)
    assert torch.equal(net.hazards.bias[ZONES], before["hazards.bias"][ZONES])
    changed = {name for name, weight in net.state_dict().items() if weight.ne(before[name]).any()}
    assert changed <= {"hazards.bias", "floor.bias"}


def test_eagerness_is_added_to_speaking_alone(net: InteractionNet) -> None:
    other = fresh_net(PRESET, seed=4)
    rounded(other)
    graduate(net, sheets_of(net))
    graduate(other, sheets_of(other), eagerness=1.5)
    assert (other.floor.bias - net.floor.bias).tolist() == pytest.approx([0, 1.5, 0], abs=0.02)


def test_a_recipe_keeps_the_names_of_folders_and_not_their_places(net: InteractionNet) -> None:
    made = graduate(net, sheets_of(net))
    section = {
        "step": 0,
        "settings": {"seed": 3, "validation": {"talk": "/data/v_time,old/v_talk:40"}},
        "origins": {"talk": "/data/time,talk", "bags": "/home/bags?cell=/home/c.yaml&labels=l"},
    }
    recipe = {"steps": 7, "begun_from": "/home/nano.safetensors", "sections": [section]}
    told = graduation_facts(made, {"recipe": recipe}, {})["recipe"]
    assert (told["steps"], told["begun_from"]) == (7, "nano.safetensors")
    assert told["sections"] == [
        {
            "step": 0,
            "settings": {"seed": 3, "validation": {"talk": "v_time,v_talk:40"}},
            "origins": {"talk": "time,talk", "bags": "bags"},
        }
    ]
    assert section["origins"]["talk"] == "/data/time,talk", "the run's own is left alone"


def test_what_is_stored_is_what_was_calibrated(net: InteractionNet, tmp_path: Path) -> None:
    made = graduate(net, sheets_of(net))
    facts = graduation_facts(made, {"recipe": {"steps": 7}, "trained": True}, {"date": "a day"})
    path = tmp_path / "tiny.safetensors"
    save_checkpoint(net, path, tokenizer="t", facts=facts, dtype=STORED)
    again, header = load_checkpoint(path)
    for name, weight in again.state_dict().items():
        assert torch.equal(weight, net.state_dict()[name]), name
    assert json.loads(json.dumps(facts)) == header.facts
    assert header.facts["recipe"] == {"steps": 7}
    assert header.facts["date"] == "a day"
    assert header.facts["trusted_kinds"] == made.trusted_kinds == []
    assert set(header.facts["calibration"]["hazards"]) == {"siren"}


def test_nothing_answered_is_nothing_to_calibrate_by(net: InteractionNet) -> None:
    with pytest.raises(ValueError, match="nothing was answered"):
        graduate(net, [])


def voice_of(net: InteractionNet) -> dict[str, torch.Tensor]:
    return {
        name: weight.clone()
        for name, weight in net.state_dict().items()
        if name.startswith(("voice.", "voice_text."))
    }


def test_a_voice_takes_the_place_of_the_old_one(net: InteractionNet, tmp_path: Path) -> None:
    other = fresh_net(PRESET, seed=9)
    text = net.text.out.weight.clone()
    save_file(voice_of(other), tmp_path / "voice.safetensors")
    take_voice(net, tmp_path / "voice.safetensors")
    for name, weight in voice_of(other).items():
        assert torch.equal(net.state_dict()[name], weight)
    assert torch.equal(net.text.out.weight, text)


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        (lambda voice: voice.pop("voice.mel_in.weight"), "voice.mel_in.weight"),
        (lambda voice: voice.update({"text.bias": torch.zeros(2)}), "text.bias"),
        (lambda voice: voice.update({"voice.mel_in.bias": torch.zeros(2)}), "mel_in.bias"),
        (lambda voice: voice["voice.mel_in.bias"].fill_(torch.nan), "not finite"),
    ],
)
def test_what_is_no_voice_of_this_network_changes_nothing(
    net: InteractionNet, tmp_path: Path, damage: object, named: str
) -> None:
    voice, before = voice_of(fresh_net(PRESET, seed=9)), voice_of(net)
    damage(voice)
    save_file(voice, tmp_path / "voice.safetensors")
    with pytest.raises(VoiceFileError, match=named):
        take_voice(net, tmp_path / "voice.safetensors")
    assert all(torch.equal(weight, voice_of(net)[name]) for name, weight in before.items())


def test_a_file_of_something_else_is_refused(net: InteractionNet, tmp_path: Path) -> None:
    path = tmp_path / "voice.safetensors"
    path.write_text("a voice")
    with pytest.raises(VoiceFileError, match="no safetensors"):
        take_voice(net, path)
