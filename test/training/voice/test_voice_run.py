import json

import pytest
import torch

from tml_ros.cell.paced_choice import SpokenKind
from tml_ros.model.interaction_net import fresh_net
from tml_ros.training.graduation.voice_weights import take_voice
from tml_ros.training.voice.voice_learner import VoiceSettings
from tml_ros.training.voice.voice_run import (
    CHECKPOINT,
    LOG,
    WEIGHTS,
    VoiceRun,
    VoiceRunError,
    train_voice,
)
from tml_ros.training.voice.voice_texts import SpokenText

TEXTS = (
    (SpokenText("Step back.", SpokenKind.WARNING), SpokenText("Okay.", SpokenKind.SIGN)),
    (SpokenText("Okay then.", SpokenKind.SIGN),),
)


def run_of(steps: int, *, words: int = 0) -> VoiceRun:
    settings = VoiceSettings(steps=steps, batch=4, warmup=2)
    return VoiceRun(settings, words=words, keep_every=2, examine_every=0)


def lines(folder):
    return [json.loads(line) for line in (folder / LOG).read_text().splitlines()]


def weights(net):
    return {name: one for name, one in net.state_dict().items() if name.startswith("voice")}


def test_a_folder_is_gone_on_with_where_it_stands(tmp_path, preset, tones):
    net = fresh_net(preset)
    train_voice(net, tmp_path, run_of(3), texts=TEXTS, speech=tones)
    seen = []
    train_voice(net, tmp_path, run_of(5), progress=lambda step, _: seen.append(step), speech=tones)
    assert seen == [4, 5]
    assert [line["begins_at"] for line in lines(tmp_path) if "begins_at" in line] == [0, 3]
    assert [line["step"] for line in lines(tmp_path) if "loss" in line] == [2, 3, 4, 5]
    asked = json.loads((tmp_path / "asked.json").read_text())
    assert asked == [["Okay then.", "sign"]]


def test_a_run_goes_on_with_more_words_than_it_began_with(tmp_path, preset, tones):
    net = fresh_net(preset)
    for steps, words in ((1, 0), (2, 5), (3, 5)):
        train_voice(net, tmp_path, run_of(steps, words=words), texts=TEXTS, speech=tones)
    few, more, same = (line["turns"] for line in lines(tmp_path) if "turns" in line)
    assert few < more == same


def test_the_weights_that_are_written_are_those_that_the_network_ends_with(tmp_path, preset, tones):
    net, other = fresh_net(preset), fresh_net(preset, seed=1)
    train_voice(net, tmp_path, run_of(3), texts=TEXTS, speech=tones)
    before = other.floor.weight.clone()
    take_voice(other, tmp_path / WEIGHTS)
    mine, theirs = weights(net), weights(other)
    assert all(torch.equal(one, theirs[name]) for name, one in mine.items())
    assert torch.equal(other.floor.weight, before)


def test_a_damaged_checkpoint_is_said_and_not_trained_over(tmp_path, preset, tones):
    net = fresh_net(preset)
    train_voice(net, tmp_path, run_of(2), texts=TEXTS, speech=tones)
    (tmp_path / CHECKPOINT).write_bytes(b"half")
    with pytest.raises(VoiceRunError, match="cannot be gone on from"):
        train_voice(net, tmp_path, run_of(4), speech=tones)
