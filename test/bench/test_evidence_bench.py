import numpy as np
import pytest

from tml_ros.bench.evidence_cost import measure_evidence
from tml_ros.bench.evidence_privacy import Figure, PrivacyTally
from tml_ros.bench.evidence_scene import EvidenceScene, standing_still, there_from_the_start
from tml_ros.sim.split import Split


def test_a_person_in_a_picture_is_where_the_hall_is_drawn_otherwise_without_them():
    scenario = there_from_the_start(1, looks=Split.TRAIN).model_copy(update={"seconds": 1.0})
    with EvidenceScene(scenario, rate=2.0) as scene:
        (empty, *_), (seen, *_) = scene.empty_hall(), scene.pictures()
    (person,) = seen.people
    differs = np.abs(seen.rgb.astype(int) - empty.rgb).max(axis=2) > 40
    assert differs[person.pixels].mean() > 0.5
    assert person.pixels.sum() > 500
    rows, columns = np.nonzero(person.pixels)
    head_rows, _ = np.nonzero(person.head)
    assert head_rows.max() < rows.min() + 0.35 * (rows.max() - rows.min())
    assert columns.max() - columns.min() < rows.max() - rows.min()


def test_who_stands_still_comes_and_goes():
    scenario = standing_still(3, looks=Split.HELD_OUT)
    (person,) = scenario.people.values()
    assert [step.stand for step in person.steps] == [None, 180.0, None]
    assert not scenario.vehicles


def test_figures_are_counted_by_story_and_what_somebody_does():
    tally = PrivacyTally()
    for covered, whole in ((1.0, True), (0.9, False)):
        tally.figures.append(Figure("visits", 3, 1.0, "moving", covered, None, whole))
    (row,) = tally.rows()
    assert (row["figures"], row["figures_covered"], row["in_whole_pictures"]) == (2, 0.5, 0.5)
    assert row["pixels_covered"] == pytest.approx(0.95)
    assert [one.covered for one in tally.worst()] == [0.9]


def test_the_cost_of_evidence_is_measured_beside_guarding():
    figures = measure_evidence(cameras=1, seconds=1.0).as_dict()
    assert 0 < figures["frame_cpu_us_p50"] < 5_000
    assert figures["clips"] == 1
