import numpy as np
import pytest
import torch

from tml_ros.model.interaction_net import fresh_net
from tml_ros.training.voice.voice_learner import VoiceLearner, VoiceSettings, told
from tml_ros.training.voice.voice_lessons import voice_lessons

SETTINGS = VoiceSettings(steps=50, batch=8, warmup=5, learning_rate=1e-2, average=0.9)


@pytest.fixture(scope="module")
def lessons(preset, tokenizer, tones):
    return voice_lessons(["Step back.", "One box."], tones, preset=preset, tokenizer=tokenizer)


def learner_of(preset, lessons, settings=SETTINGS):
    learner = VoiceLearner(fresh_net(preset), settings)
    learner.set_level(lessons)
    return learner


def taught(learner, lessons, numbers):
    return [learner.step(number, lessons, lessons.chances(0.5)) for number in numbers]


def test_it_learns_to_say_what_it_is_taught(preset, lessons):
    net = fresh_net(preset)
    learner = VoiceLearner(net, SETTINGS)
    learner.set_level(lessons)
    losses = taught(learner, lessons, range(SETTINGS.steps))
    assert np.mean(losses[-10:]) < 0.5 * np.mean(losses[:10])
    net.load_state_dict(learner.averaged(), strict=False)
    rows = np.arange(len(lessons))
    with torch.inference_mode():
        text, seconds, valid = told(lessons, rows, rows < 0)
        act = torch.zeros(len(rows), preset.transformer.width)
        mel = net.voice.sample(
            net.voice_text(text, seconds, valid, act), torch.randn(len(rows), 8, 80), 2
        )
    wrong = (mel - torch.from_numpy(lessons.mel.astype(np.float32))).square().mean()
    spread = lessons.mel.astype(np.float32).var()
    assert float(wrong) < 0.6 * float(spread)


def test_it_goes_on_from_what_it_kept_as_if_it_had_never_stopped(preset, lessons):
    whole = learner_of(preset, lessons)
    losses = taught(whole, lessons, range(6))
    first = learner_of(preset, lessons)
    taught(first, lessons, range(3))
    kept = {name: tensor.clone() for name, tensor in first.tensors().items()}
    second = learner_of(preset, lessons)
    second.restore(kept)
    assert taught(second, lessons, range(3, 6)) == losses[3:]
    for name, tensor in whole.tensors().items():
        assert torch.equal(second.tensors()[name], tensor), name


def test_what_it_says_does_not_depend_on_the_transformer(preset, lessons):
    net = fresh_net(preset)
    learner = VoiceLearner(net, SETTINGS)
    taught(learner, lessons, range(3))
    text, seconds, valid = told(lessons, np.arange(2), np.array([True, False]))
    with torch.inference_mode():
        one, other = (
            net.voice_text(text, seconds, valid, scale * torch.randn(2, preset.transformer.width))
            for scale in (1.0, 50.0)
        )
    assert torch.equal(one, other)


def test_nothing_but_the_voice_is_touched(preset, lessons):
    net = fresh_net(preset)
    taught(VoiceLearner(net, SETTINGS), lessons, range(2))
    untouched = fresh_net(preset).state_dict()
    changed = {
        name.split(".")[0]
        for name, tensor in net.state_dict().items()
        if not torch.equal(tensor, untouched[name])
    }
    assert changed == {"voice", "voice_text"}


def test_free_speech_and_text_that_was_handed_over_are_told_apart(lessons):
    last = np.arange(1)
    handed_over, free = (told(lessons, last, np.array([flag]))[2] for flag in (False, True))
    assert handed_over.sum() > free.sum()


def test_weights_of_another_voice_are_refused(preset, lessons):
    small, large = (
        learner_of(preset.changed(voice={"width": width}), lessons) for width in (16, 32)
    )
    with pytest.raises(ValueError, match="there is no weights/"):
        large.restore(small.tensors())


def test_a_loss_that_is_not_finite_changes_nothing(preset, lessons):
    learner = learner_of(preset, lessons)
    broken = lessons.mel.copy()
    broken[:] = np.nan
    before = {name: tensor.clone() for name, tensor in learner.tensors().items()}
    with pytest.raises(FloatingPointError, match="step 0"):
        learner.step(
            0,
            type(lessons)(
                lessons.handed_over,
                lessons.handed_over_s,
                lessons.free,
                lessons.free_s,
                broken,
                lessons.fixed,
            ),
            lessons.chances(0.5),
        )
    assert all(torch.equal(tensor, before[name]) for name, tensor in learner.tensors().items())


@pytest.mark.parametrize(
    ("step", "rate"), [(0, 1e-4), (9, 1e-3), (10, 1e-3), (55, 5.25e-4), (100, 5e-5), (500, 5e-5)]
)
def test_the_rate_rises_then_falls(step, rate):
    settings = VoiceSettings(steps=100, warmup=10, learning_rate=1e-3)
    assert settings.rate(step) == pytest.approx(rate)


@pytest.mark.parametrize(
    "wrong", [{"steps": 0}, {"batch": 0}, {"free": 1.5}, {"average": 1.0}, {"learning_rate": 0}]
)
def test_settings_that_cannot_be_are_refused(wrong):
    with pytest.raises(ValueError, match="wanted"):
        VoiceSettings(**wrong)
