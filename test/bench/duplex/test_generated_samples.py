"""Generated dialogues keep what their marks promise."""

from __future__ import annotations

import numpy as np
import pytest

from tml_ros.bench.duplex import wordings
from tml_ros.bench.duplex.samples.script import NOISE_DB
from tml_ros.bench.duplex.task import OVERLAPS, Family, Task
from tml_ros.sim.split import Band, Pool, Split
from tml_ros.sim.truth.expectation import plain_words
from tml_ros.turn.micro_turn import SAMPLE_RATE

PAUSE_DB = -40.0
"""People speak at -23; the loudest hall is at -43."""


def level_db(samples: np.ndarray) -> float:
    return 10 * np.log10(np.mean(np.square(samples, dtype=np.float64)) + 1e-12)


@pytest.mark.parametrize("task", Task)
def test_every_mark_lies_within_the_sound(make, task: Task) -> None:
    for number in range(3):
        sample = make(task, number)
        spans = [*sample.pauses, *(part.span for part in sample.parts)]
        spans += [sample.overlap] if sample.overlap else []
        spans += [wanted.window for wanted in sample.wanted]
        assert sample.parts
        for low, high in spans:
            assert 0 <= low < high <= sample.seconds + 1e-3
        assert sample.turn_end_s is not None
        assert sample.turn_end_s <= sample.seconds + 1e-3
        assert sample.samples.dtype == np.float32
        assert not sample.samples.flags.writeable
        assert np.abs(sample.samples).max() <= 1


@pytest.mark.parametrize("task", Task)
def test_the_same_seed_gives_the_same_bits_and_another_one_others(make, task: Task) -> None:
    again = make(task, 0, quiet=False)
    assert np.array_equal(make(task, 0).samples, again.samples)
    other = make(task, 0, seed=1)
    assert len(other.samples) != len(again.samples) or (other.samples != again.samples).any()


@pytest.mark.parametrize("task", [Task.PAUSE_HANDLING, Task.BACKCHANNEL])
def test_pauses_are_silent_and_long_and_the_input_ends_with_the_turn(make, task: Task) -> None:
    for number in range(4):
        sample = make(task, number)
        assert sample.pauses
        assert sample.seconds == pytest.approx(sample.turn_end_s, abs=1e-3)
        for low, high in sample.pauses:
            inside = sample.samples[round(low * SAMPLE_RATE) : round(high * SAMPLE_RATE)]
            assert high - low >= 0.8
            assert level_db(inside) < PAUSE_DB


def test_people_are_louder_than_the_hall_where_they_speak(make) -> None:
    for number in range(4):
        sample = make(Task.TURN_TAKING, number)
        low, high = sample.parts[0].span
        said = sample.samples[round(low * SAMPLE_RATE) : round(high * SAMPLE_RATE)]
        before = sample.samples[: round(low * SAMPLE_RATE)]
        assert level_db(said) > level_db(before) + 12


def test_without_a_hall_only_the_microphone_is_heard(make) -> None:
    quiet, loud = make(Task.TURN_TAKING, 1, quiet=True), make(Task.TURN_TAKING, 1)
    assert quiet.text == loud.text
    assert level_db(quiet.samples[-8000:]) < -75
    assert level_db(loud.samples[-8000:]) > -60


@pytest.mark.parametrize("task", OVERLAPS)
def test_the_clean_input_differs_in_the_overlap_alone(make, task: Task) -> None:
    sample = make(task)
    low, high = (round(time_s * SAMPLE_RATE) for time_s in sample.overlap)
    differs = np.flatnonzero(sample.samples != sample.clean)
    assert len(sample.clean) == len(sample.samples)
    assert low <= differs[0]
    assert differs[-1] < high + 1
    assert sample.handed_over[0].at_s < sample.overlap.start_s - 7


def test_both_versions_have_the_same_interruptions(make) -> None:
    one, other = make(Task.INTERRUPTION, 2), make(Task.OVERLAP_INTERRUPTION, 2)
    assert np.array_equal(one.samples, other.samples)
    assert one.overlap == other.overlap


def test_who_talks_in_the_background_is_somebody_else_and_softer(make) -> None:
    sample = make(Task.OVERLAP_BACKGROUND)
    assert [part.who for part in sample.parts][-1] == "other"
    low, high = (round(time_s * SAMPLE_RATE) for time_s in sample.overlap)
    first = sample.parts[0].span
    user = sample.samples[round(first.start_s * SAMPLE_RATE) : round(first.end_s * SAMPLE_RATE)]
    assert level_db(sample.samples[low:high]) < level_db(user) - 3
    assert {part.who for part in make(Task.OVERLAP_SIDE_TALK).parts} == {"user"}


@pytest.mark.parametrize("task", Task)
def test_what_a_well_behaved_cell_says_is_right(make, task: Task) -> None:
    for number in range(6):
        for wanted in make(task, number).wanted:
            assert wanted.reply
            assert wanted.says is None or wanted.says.holds(wanted.reply)


@pytest.mark.parametrize("task", OVERLAPS)
def test_going_on_is_not_taken_for_an_answer(make, task: Task) -> None:
    for number in range(6):
        sample = make(task, number)
        for wanted in sample.wanted:
            assert not wanted.says.holds(sample.rest_text)


def test_as_many_sounds_are_heard_as_are_to_be_counted(make) -> None:
    for number in range(4):
        sample = make(Task.COUNT, number, quiet=True)
        begin, end = sample.parts[0].span.end_s + 2.0, sample.parts[-1].span.start_s
        heard = sample.samples[round(begin * SAMPLE_RATE) : round(end * SAMPLE_RATE)]
        steps = np.abs(heard[: len(heard) // 160 * 160].reshape(-1, 160)).max(axis=1)
        loud = np.flatnonzero(steps > 0.6 * steps.max())
        assert 1 + int((np.diff(loud) > 90).sum()) == sample.number


def test_words_and_levels_of_both_splits_are_apart(make) -> None:
    pools = [value for value in vars(wordings).values() if isinstance(value, Pool)]
    assert len(pools) == 5
    for pool in pools:
        train, held_out = (
            {plain_words(text) for text in part} for part in (pool.train, pool.held_out)
        )
        assert not train & held_out
    assert isinstance(NOISE_DB, Band)
    said = {
        split: {
            make(task, n, looks=split).text for task in (Task.CUE, Task.COUNT) for n in range(4)
        }
        for split in Split
    }
    assert not said[Split.TRAIN] & said[Split.HELD_OUT]


def test_each_family_has_its_four_tasks_and_each_task_its_folder() -> None:
    assert [sum(task.family is family for task in Task) for family in Family] == [4, 4, 4]
    assert len({task.folder for task in Task}) == len(Task)
