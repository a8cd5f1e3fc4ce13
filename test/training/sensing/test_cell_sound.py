from __future__ import annotations

import numpy as np
from made_scenes import MADE, TURNS, WAITING

from tml_ros.sim.render.shard import RenderedScenario
from tml_ros.sim.scenario.scenario import MicrophonePart
from tml_ros.sim.sound.echo_path import EchoPath
from tml_ros.training.sensing.cell_sound import cell_sound, hall_sound
from tml_ros.turn.micro_turn import TURN_SAMPLES

SAMPLES = TURNS * TURN_SAMPLES
NOTHING = np.zeros(SAMPLES, np.float32)


def test_the_hall_is_heard_as_rendered(scene: RenderedScenario) -> None:
    heard = hall_sound(scene, range(3, 5))["mic"]
    whole = scene.sound("mic")
    assert heard.dtype == np.float32
    np.testing.assert_array_equal(heard * 32768, whole[3 * TURN_SAMPLES : 5 * TURN_SAMPLES])
    np.testing.assert_array_equal(cell_sound(scene, TURNS, NOTHING, {})["mic"] * 32768, whole)


def test_a_line_that_waited_is_heard_when_it_is_spoken(scene: RenderedScenario) -> None:
    spoken = cell_sound(scene, TURNS, NOTHING, {1: 2.05})["mic"]
    added = spoken - cell_sound(scene, TURNS, NOTHING, {})["mic"]
    there = np.flatnonzero(added)
    assert (there[0], there[-1]) == (32_800, 32_800 + WAITING - 1)
    np.testing.assert_allclose(added[there], 0.25, atol=1e-6)


def test_a_line_spoken_at_the_very_end_is_cut_off(scene: RenderedScenario) -> None:
    spoken = cell_sound(scene, TURNS, NOTHING, {1: 5.9})["mic"]
    assert len(spoken) == SAMPLES


def test_its_own_voice_comes_back_as_an_echo(scene: RenderedScenario) -> None:
    own = NOTHING.copy()
    own[8_000:24_000] = np.random.default_rng(0).normal(0, 0.3, 16_000)
    silent = cell_sound(scene, TURNS, NOTHING, {})["mic"]
    added = cell_sound(scene, TURNS, own, {})["mic"] - silent
    path = EchoPath(MicrophonePart.model_validate(MADE["microphones"]["mic"]), 0)
    expected = [path.heard(own[at : at + TURN_SAMPLES]) for at in range(0, SAMPLES, TURN_SAMPLES)]
    np.testing.assert_allclose(added, np.concatenate(expected), atol=1e-6)
    # 50 ms, less half of the loudspeaker's filter.
    assert 8_700 < np.flatnonzero(np.abs(added) > 1e-3)[0] < 8_900
