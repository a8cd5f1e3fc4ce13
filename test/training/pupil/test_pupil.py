"""A network that learns: its answers are the network's own, and its losses teach it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from random_lessons import random_lesson
from tiny_model import EXPERTS, tiny_preset

from tml_ros.model.hazard_places import HEARD, SEEN, hazard_count, hazard_index
from tml_ros.model.interaction_net import fresh_net
from tml_ros.model.preset import Preset
from tml_ros.model.sequence import whole
from tml_ros.training.pupil.lesson_batch import LessonBatch, lesson_batch
from tml_ros.training.pupil.loss_weights import LossWeights
from tml_ros.training.pupil.pupil import Pupil, hazard_kinds

PRESET = tiny_preset()
LESSONS = [random_lesson(PRESET, turns, seed=turns) for turns in (12, 20)]
NAMES = {"hazards", "floor", "text", "things", "smoke", "balance"}


@pytest.fixture
def pupil() -> Pupil:
    return Pupil(fresh_net(PRESET, seed=1))


def batch_of(preset: Preset = PRESET) -> LessonBatch:
    return lesson_batch(preset, LESSONS)


def test_it_says_what_its_network_says(pupil: Pupil) -> None:
    with torch.inference_mode():
        answers = pupil.answers(batch_of())
        judged = whole(pupil.net, [lesson.turns for lesson in LESSONS])
    for name in ("hazards", "floor", "act"):
        ours, theirs = getattr(answers.judged, name), getattr(judged, name)
        torch.testing.assert_close(ours, theirs, atol=1e-4, rtol=1e-4)
    assert answers.things.shape == batch_of().things.shape
    assert answers.smoke.shape == batch_of().smoke.shape


def test_it_learns_everything_by_heart(pupil: Pupil) -> None:
    batch = batch_of()
    optimizer = torch.optim.AdamW([weight for _, weight in pupil.taught()], lr=3e-3)
    before = {name: loss.item() for name, loss in pupil.losses(batch).items()}
    for _ in range(40):
        optimizer.zero_grad()
        torch.stack(list(pupil.losses(batch).values())).sum().backward()
        optimizer.step()
    after = {name: loss.item() for name, loss in pupil.losses(batch).items()}
    assert set(before) == NAMES
    for name in ("hazards", "floor", "text", "things"):
        assert after[name] < 0.7 * before[name], name


def test_only_the_voice_has_nothing_to_learn(pupil: Pupil) -> None:
    # Else what asks the patches, which starts at zero, would teach nothing behind it yet.
    torch.nn.init.normal_(pupil.patch_head.weight)
    torch.stack(list(pupil.losses(batch_of()).values())).sum().backward()
    taught = {name for name, _ in pupil.taught()}
    unused = {name for name, weight in pupil.named_parameters() if weight.grad is None}
    assert unused == {name for name, _ in pupil.named_parameters()} - taught
    assert all(name.startswith(("net.voice.", "net.voice_text.")) for name in unused)


def test_it_works_under_autocast_with_losses_in_float32(pupil: Pupil) -> None:
    batch = batch_of()
    exact = pupil.losses(batch)
    with torch.autocast("cpu", torch.bfloat16):
        rough = pupil.losses(batch)
    torch.stack(list(rough.values())).sum().backward()
    for name, loss in rough.items():
        assert loss.dtype == torch.float32
        assert loss.item() == pytest.approx(exact[name].item(), rel=0.05, abs=0.01), name


def test_lessons_without_pictures_or_text_are_learnt_from_too(pupil: Pupil) -> None:
    blind = []
    for lesson in LESSONS:
        turns = []
        for turn in lesson.turns:
            picture = {
                name: getattr(turn.sensors, name)[:0]
                for name in ("rgb", "masks", "difference", "camera", "centre")
            }
            turns.append(replace(turn, sensors=replace(turn.sensors, **picture)))
        nothing = np.zeros_like(lesson.text_weight)
        blind.append(
            replace(
                lesson,
                turns=tuple(turns),
                things=lesson.things[:0],
                smoke=lesson.smoke[:0],
                text_weight=nothing,
            )
        )
    losses = pupil.losses(lesson_batch(PRESET, blind))
    torch.stack(list(losses.values())).sum().backward()
    assert losses["things"].item() == losses["smoke"].item() == losses["text"].item() == 0
    assert losses["hazards"].item() > 0
    assert all(w.grad is None or w.grad.isfinite().all() for _, w in pupil.taught())


def test_experts_are_kept_in_balance() -> None:
    preset = tiny_preset(transformer={"experts": EXPERTS})
    pupil = Pupil(fresh_net(preset), weights=LossWeights(balance=1.0))
    assert pupil.losses(batch_of(preset))["balance"].item() >= 0.99


def test_weights_scale_their_losses(pupil: Pupil) -> None:
    usual = pupil.losses(batch_of())
    pupil.weights = LossWeights(hazards=12.0, text=0.0)
    other = pupil.losses(batch_of())
    assert other["hazards"].item() == pytest.approx(2 * usual["hazards"].item())
    assert other["text"].item() == 0
    assert other["floor"].item() == pytest.approx(usual["floor"].item())


@pytest.mark.parametrize("value", [-0.1, float("nan"), float("inf")])
def test_no_loss_counts_less_than_nothing(value: float) -> None:
    with pytest.raises(ValueError, match="smoke"):
        LossWeights(smoke=value)


def test_each_logit_belongs_to_its_kind() -> None:
    kinds = hazard_kinds(PRESET)
    assert len(kinds) == hazard_count(PRESET)
    for number, kind in enumerate((*SEEN, *HEARD)):
        assert kinds[hazard_index(PRESET, kind, 0)] == number
