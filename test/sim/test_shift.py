from __future__ import annotations

import numpy as np
import pytest

from tml_ros.sim.floor_plan import in_zone
from tml_ros.sim.shift import SIREN_S, Shift, make_shift, ram_height
from tml_ros.sim.simulated_cell import truth_of
from tml_ros.sim.worker import pose_at

RATE = 15


def shift(seed: int, seconds: float) -> Shift:
    return make_shift(np.random.default_rng(seed), seconds)


def in_zone_spans(made: Shift, seconds: float) -> list[tuple[float, float]]:
    times = np.arange(round(seconds * RATE)) / RATE
    inside = [False]
    for time in times:
        visit = made.visit_at(time)
        inside.append(truth_of(pose_at(visit, time) if visit else None).in_zone)
    changes = np.flatnonzero(np.diff(np.array([*inside, False]).astype(int))) / RATE
    return list(zip(changes[::2].tolist(), changes[1::2].tolist(), strict=True))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("seconds", "visits"), [(15, 1), (40, 2), (48, 2), (90, 4)])
def test_each_visit_is_in_the_zone_once_and_for_a_while(
    seed: int, seconds: int, visits: int
) -> None:
    made = shift(seed, seconds)
    spans = in_zone_spans(made, seconds)
    assert len(made.visits) == len(spans) == visits
    assert all(end - start > 2.5 for start, end in spans)
    assert all(a.end_s < b.start_s for a, b in zip(made.visits, made.visits[1:], strict=False))


@pytest.mark.parametrize("seed", range(6))
def test_siren_and_impact_come_while_nobody_is_in_the_zone(seed: int) -> None:
    made = shift(seed, 40)
    assert made.siren is not None and made.impact is not None
    assert made.siren[1] - made.siren[0] == pytest.approx(SIREN_S)
    for start, end in in_zone_spans(made, 40):
        assert made.siren[1] < start - 1 or made.siren[0] > end + 1
        assert not start - 1 < made.impact < end + 0.5
    assert made.impact < 39.5


def test_the_story_of_forty_seconds() -> None:
    made = shift(1, 40)
    (long_in, long_out), (short_in, short_out) = in_zone_spans(made, 40)
    assert (long_in, short_in) == pytest.approx((10, 32), abs=1.5)
    assert 8 < long_out - long_in < 13
    assert 3 < short_out - short_in < 6
    assert made.siren is not None
    assert made.siren[0] == pytest.approx(24, abs=0.5)


def test_the_same_seed_tells_the_same_story_and_another_tells_another() -> None:
    def told(seed: int) -> list[float]:
        return [time for visit in shift(seed, 40).visits for time in (visit.start_s, visit.end_s)]

    assert told(5) == told(5)
    assert told(5) != told(6)


def test_a_clip_too_short_for_more_has_the_hall_alone() -> None:
    made = shift(1, 2)
    assert (made.visits, made.siren, made.impact) == ((), None, None)


def test_the_ram_moves_without_jumps_between_its_ends() -> None:
    heights = np.array([ram_height(time) for time in np.arange(0, 10, 0.01)])
    assert (heights.min(), heights.max()) == pytest.approx((0, 1), abs=1e-3)
    assert np.abs(np.diff(heights)).max() < 0.05


def test_the_edge_of_the_zone_belongs_to_it() -> None:
    assert in_zone(0.45, 0.30)
    assert not in_zone(0.44, 0.30)
