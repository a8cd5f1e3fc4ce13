"""Lessons of a recording: what a session would have sensed, and what the labels say."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
import torch
from recordings import write_bag

from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.cell_file import load_cell
from tml_ros.cell.session_layout import session_layout
from tml_ros.model.hazard_places import hazard_index
from tml_ros.model.interaction_net import fresh_net
from tml_ros.model.native_model import NativeModel
from tml_ros.model.preset import Preset
from tml_ros.model.preset_file import load_preset
from tml_ros.model.senses import Senses
from tml_ros.model.sequence import whole
from tml_ros.model.tokenizer import load_tokenizer
from tml_ros.model.turn_tokens import SensorTokens
from tml_ros.training.bags.bag_lessons import BagLessons
from tml_ros.training.bags.prepare import prepare
from tml_ros.training.bags.recording import Recording
from tml_ros.training.lesson import Lesson
from tml_ros.training.pupil.lesson_batch import lesson_batch
from tml_ros.training.pupil.pupil import Pupil
from tml_ros.turn.hazard import HazardKind

BOX = HazardKind.PERSON_IN_ZONE
WINDOW = 10
Lessons = Callable[..., BagLessons]


@pytest.fixture
def lessons(
    recordings: Path, cell: CellDescription, preset: Preset, night: Path, tmp_path: Path
) -> Lessons:
    """`lessons(vary=...)`: of the night."""

    def make(labels: Path = night, **options: bool) -> BagLessons:
        found = prepare(recordings, labels, cell, preset, tmp_path / "out")
        return BagLessons(found.files, preset, window=WINDOW, **options)

    return make


def same(ours: SensorTokens, theirs: SensorTokens) -> bool:
    names = [field.name for field in fields(SensorTokens)]
    return all(np.array_equal(getattr(ours, name), getattr(theirs, name)) for name in names)


def alike(ours: Lesson, theirs: Lesson) -> bool:
    pairs = zip(ours.turns, theirs.turns, strict=True)
    labels = np.array_equal(ours.hazards, theirs.hazards)
    return labels and all(same(one.sensors, other.sensors) for one, other in pairs)


def test_unvaried_they_are_what_a_live_session_senses(
    lessons: Lessons, recordings: Path, cell: CellDescription, preset: Preset
) -> None:
    senses = Senses(preset, session_layout(cell))
    with Recording(recordings / "night.mcap", cell) as recording:
        live = [
            senses.take_in(turn, number=number)
            for number, (_, turn) in enumerate(recording.turns())
        ]
    plain = lessons(vary=False)
    assert len(plain) == 6
    lead = preset.memory.sensor_turns
    for index in range(len(plain)):
        lesson = plain.lesson(index, seed=0)
        first = max(0, index * WINDOW - lead)
        assert [turn.turn for turn in lesson.turns] == list(range(len(lesson.turns)))
        for turn, sensed in zip(lesson.turns, live[first : (index + 1) * WINDOW], strict=True):
            assert same(turn.sensors, sensed)


def test_what_a_session_only_remembers_is_not_learnt_from(lessons: Lessons, preset: Preset) -> None:
    lead = preset.memory.sensor_turns
    lesson = lessons(vary=False).lesson(2, seed=0)
    assert (lesson.hazards[:lead] == -1).all()
    told = lesson.hazards[lead:, hazard_index(preset, BOX, 0)]
    assert told.tolist() == [1] * WINDOW
    absent = lesson.hazards[lead:, hazard_index(preset, HazardKind.SIREN, 0)]
    assert absent.tolist() == [0] * WINDOW


def test_they_teach_hazards_and_nothing_that_is_said(lessons: Lessons) -> None:
    lesson = lessons().lesson(0, seed=1)
    assert not lesson.floor_weight.any()
    assert not lesson.text_weight.any()
    assert (lesson.things == -1).all()
    assert (lesson.smoke == -1).all()


def test_the_same_seed_gives_the_same_lesson_in_whichever_process(lessons: Lessons) -> None:
    ours = lessons()
    first = ours.lesson(3, seed=7)
    theirs: BagLessons = pickle.loads(pickle.dumps(ours))  # noqa: S301 - our own
    assert len(theirs) == len(ours)
    assert alike(theirs.lesson(3, seed=7), first)
    assert not alike(ours.lesson(3, seed=8), first)


def test_windows_with_a_hazard_come_as_often_as_those_without(
    lessons: Lessons, labels_of: Callable[..., Path], preset: Preset
) -> None:
    labels = labels_of("night.mcap,4.4,5,person_in_zone,press,", "night.mcap,0,99,none,,")
    rare = lessons(labels)
    at = hazard_index(preset, BOX, 0)
    plain = lessons(labels, vary=False)
    marked = [(plain.lesson(index, 0).hazards[:, at] == 1).any() for index in range(len(plain))]
    assert sum(marked) == 1
    assert len(rare) == 10
    with_hazard = [
        rare.lesson(index, seed).hazards for index in range(len(rare)) for seed in range(3)
    ]
    places = range(preset.sight.zones)
    share = np.mean(
        [
            any((told[:, hazard_index(preset, BOX, place)] == 1).any() for place in places)
            for told in with_hazard
        ]
    )
    assert 0.3 < share < 0.7


def test_a_lesson_never_leaves_what_is_labelled(lessons: Lessons, preset: Preset) -> None:
    varying = lessons()
    most = preset.memory.sensor_turns + WINDOW
    for index in range(len(varying)):
        for seed in range(8):
            lesson = varying.lesson(index, seed)
            assert WINDOW <= len(lesson.turns) <= most
            assert (lesson.hazards >= 0).any()


def test_the_network_says_of_a_lesson_what_it_says_live(
    lessons: Lessons, recordings: Path, cell: CellDescription, preset: Preset
) -> None:
    net = fresh_net(preset, seed=2)
    model = NativeModel(net, load_tokenizer(vocabulary=preset.text.vocabulary), name="taught")
    session = model.open_session(session_layout(cell))
    with Recording(recordings / "night.mcap", cell) as recording:
        live = [session.step(turn).hazards for _, turn in recording.turns()][:WINDOW]
    first = lessons(vary=False).lesson(0, seed=0)
    with torch.inference_mode():
        logits = whole(net, [first.turns]).hazards.numpy()
    scores = 1 / (1 + np.exp(-logits))
    for turn, hazards in enumerate(live):
        for hazard in hazards:
            # The cell has one zone and one microphone, each in the first of its places.
            at = hazard_index(preset, hazard.kind, 0)
            assert scores[turn, at] == pytest.approx(hazard.score, abs=1e-5)


def test_a_network_learns_the_box_from_them(lessons: Lessons, preset: Preset) -> None:
    torch.manual_seed(0)
    learner = Pupil(fresh_net(preset, seed=1))
    varying, plain = lessons(), lessons(vary=False)
    optimizer = torch.optim.AdamW([weight for _, weight in learner.taught()], lr=3e-3)
    for step in range(100):
        made = [varying.lesson((2 * step + one) % len(varying), step) for one in range(2)]
        optimizer.zero_grad()
        learner.losses(lesson_batch(preset, made))["hazards"].backward()
        optimizer.step()
    at = hazard_index(preset, BOX, 0)
    with torch.inference_mode():
        asked = [plain.lesson(index, 0) for index in range(len(plain))]
        logits = torch.cat([whole(learner.net, [one.turns]).hazards[:, at] for one in asked])
    told = np.concatenate([one.hazards[:, at] for one in asked])
    there, absent = logits.numpy()[told == 1], logits.numpy()[told == 0]
    assert (there[:, None] > absent).mean() > 0.95


def test_a_bag_of_the_real_factory_floor_becomes_lessons(
    real_data: Path, tmp_path: Path, labels_of: Callable[..., Path]
) -> None:
    clip = real_data / "worker_zone" / "worker_zone.mp4"
    if not clip.exists():
        pytest.skip(f"no {clip}")
    write_bag(tmp_path / "clip.mcap", clip)
    cell = load_cell(Path(__file__).parents[3] / "config" / "cells" / "worker_zone.yaml")
    labels = labels_of("clip.mcap,2.45,9,person_in_zone,striped_line", "clip.mcap,0,9,none")
    preset = load_preset("nano")
    found = prepare(tmp_path, labels, cell, preset, tmp_path / "out")
    there, absent = found.counts[BOX]
    assert there > 8
    assert absent > 8
    lesson = BagLessons(found.files, preset).lesson(0, seed=1)
    assert len(lesson.turns) > 20
    assert (lesson.hazards == 1).any()
    assert sum(len(turn.sensors.rgb) for turn in lesson.turns) > 100
