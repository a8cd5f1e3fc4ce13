from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from made_scenes import IMPACT, IN_ZONE, SIREN, TURNS

from tml_ros.sim.render.shard import RenderedScenario
from tml_ros.sim.render.shard_set import ShardSet
from tml_ros.training.courses.windows import Window, Windows
from tml_ros.turn.hazard import HazardKind

LENGTH = 4


@pytest.fixture(scope="module")
def scenes(folder: Path) -> list[RenderedScenario]:
    return list(ShardSet(folder))


def drawn(scenes: list[RenderedScenario], count: int = 600) -> list[Window]:
    windows = Windows(scenes, LENGTH)
    return [
        windows.window(number % len(windows), np.random.default_rng(number))
        for number in range(count)
    ]


def test_an_epoch_has_as_many_as_fit_side_by_side(scenes: list[RenderedScenario]) -> None:
    assert len(Windows(scenes, LENGTH)) == 3 * (TURNS // LENGTH)
    assert len(Windows(scenes, TURNS)) == 3


def test_every_window_lies_in_its_scenario(scenes: list[RenderedScenario]) -> None:
    for window in drawn(scenes):
        assert len(window.turns) == LENGTH
        assert window.turns.start >= 0
        assert window.turns.stop <= TURNS


def test_every_scenario_and_every_turn_comes(scenes: list[RenderedScenario]) -> None:
    came = {(window.scene, turn) for window in drawn(scenes, 2000) for turn in window.turns}
    assert len(came) == 3 * TURNS


def test_hazards_come_far_more_often_than_they_happen(scenes: list[RenderedScenario]) -> None:
    def shows(window: Window, turns: range) -> bool:
        return bool(set(window.turns) & set(turns))

    windows = drawn(scenes)
    impacts = np.mean([shows(window, IMPACT) for window in windows])
    anywhere = np.mean(
        [
            shows(Window(0, range(first, first + LENGTH)), IMPACT)
            for first in range(TURNS - LENGTH + 1)
        ]
    )
    assert impacts > anywhere + 0.03
    share = np.mean(
        [any(shows(window, one) for one in (IMPACT, SIREN, IN_ZONE)) for window in windows]
    )
    assert 0.5 < share < 0.95


def test_about_every_other_hazard_begins_within_its_window(scenes: list[RenderedScenario]) -> None:
    windows = drawn(scenes, 1500)
    with_siren = [window for window in windows if set(window.turns) & set(SIREN)]
    begins = np.mean([SIREN.start in window.turns[1:] for window in with_siren])
    assert 0.3 < begins < 0.9


def test_kinds_are_counted_by_their_occasions(scenes: list[RenderedScenario]) -> None:
    assert Windows(scenes, LENGTH).occasions == {
        HazardKind.PERSON_IN_ZONE: 3,
        HazardKind.SIREN: 3,
        HazardKind.IMPACT_SOUND: 3,
    }


def test_the_same_source_draws_the_same_windows(scenes: list[RenderedScenario]) -> None:
    assert drawn(scenes, 40) == drawn(scenes, 40)
    assert len(Counter(window.turns.start for window in drawn(scenes, 200))) > 10


def test_scenarios_that_are_too_short_are_refused(scenes: list[RenderedScenario]) -> None:
    with pytest.raises(ValueError, match=f"no scenario has {TURNS + 1} turns"):
        Windows(scenes, TURNS + 1)


@pytest.mark.parametrize("index", [-1, 3 * (TURNS // LENGTH)])
def test_a_window_that_does_not_exist_is_refused(
    scenes: list[RenderedScenario], index: int
) -> None:
    with pytest.raises(IndexError):
        Windows(scenes, LENGTH).window(index, np.random.default_rng(0))
