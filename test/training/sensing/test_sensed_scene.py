from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from made_scenes import COLUMNS, IN_ZONE, PRESET, ROWS, SMOKE, TURNS, picture, square_at

from tml_ros.cell.session_layout import session_layout
from tml_ros.model.hazard_places import hazard_index
from tml_ros.model.layout import SessionLayout
from tml_ros.model.senses import Senses
from tml_ros.model.turn_tokens import SensorTokens
from tml_ros.sim.render.shard import RenderedScenario
from tml_ros.training.sensing.cell_sound import hall_sound
from tml_ros.training.sensing.sensed_scene import SensedScene, sensed_scene
from tml_ros.training.sensing.sensor_labels import sent_patches
from tml_ros.training.sensing.variety import AS_RENDERED, USUAL, Variety
from tml_ros.turn.hazard import HazardKind
from tml_ros.turn.micro_turn import TURN_SAMPLES, AudioBlock, Frame, samples_ns
from tml_ros.turn.turn_assembler import TurnAssembler

WHOLE = range(TURNS)


def sensed(
    scene: RenderedScenario,
    turns: range = WHOLE,
    *,
    variety: Variety = AS_RENDERED,
    seed: int = 0,
    pictures: bool = True,
) -> SensedScene:
    layout = session_layout(scene.cell())
    if not pictures:
        layout = SessionLayout({}, layout.microphones)
    return sensed_scene(
        scene,
        turns,
        hall_sound(scene, turns),
        layout,
        PRESET,
        variety=variety,
        rng=np.random.default_rng(seed),
    )


def live(scene: RenderedScenario) -> list[SensorTokens]:
    """What a session senses of the same sound and pictures, cut into turns as in a live cell."""
    assembler = TurnAssembler(microphones=("mic",), cameras=("hall",))
    sound = scene.sound("mic").astype(np.float32) / np.float32(32768)
    for turn in WHOLE:
        frame = scene.frame("hall", turn)
        stamp_ns = int(scene.array("frames/hall/stamps")[turn])
        assert frame is not None
        assembler.push_frame(Frame("hall", stamp_ns, frame))
        for first in range(turn * TURN_SAMPLES, (turn + 1) * TURN_SAMPLES, 800):
            block = AudioBlock("mic", samples_ns(first), sound[first : first + 800])
            assembler.push_audio(block)
    turns = assembler.flush()
    assert len(turns) == TURNS
    senses = Senses(PRESET, session_layout(scene.cell()))
    return [senses.take_in(turn, number=turn.index) for turn in turns]


def feet(of: SensedScene) -> list[bool]:
    """Of every patch sent, whether it is said to have feet in it."""
    return (of.things[:, 0] == 1).tolist()


def white(of: SensedScene) -> list[bool]:
    """Of every patch sent, whether the square is in its middle."""
    return [bool(rgb[20, 20].min() > 160) for one in of.tokens for rgb in one.rgb]


def test_tokens_are_byte_for_byte_those_of_a_live_session(scene: RenderedScenario) -> None:
    for found, expected in zip(sensed(scene).tokens, live(scene), strict=True):
        for part in fields(SensorTokens):
            one, other = getattr(found, part.name), getattr(expected, part.name)
            assert (one.dtype, one.shape) == (other.dtype, other.shape)
            assert one.tobytes() == other.tobytes()


def test_labels_are_those_of_the_patches_that_were_sent(scene: RenderedScenario) -> None:
    found = sensed(scene)
    assert len(found.things) == sum(len(one.rgb) for one in found.tokens) < TURNS * 24
    assert feet(found) == white(found)
    assert sum(feet(found)) >= TURNS // 2
    turn = np.repeat(np.arange(TURNS), [len(one.rgb) for one in found.tokens])
    np.testing.assert_allclose(found.smoke, np.isin(turn, SMOKE) * 128 / 255)


def test_patches_are_numbered_row_by_row(scene: RenderedScenario) -> None:
    first = sensed(scene).tokens[0]
    assert sent_patches(first, PRESET).tolist() == list(range(COLUMNS * ROWS))


@pytest.mark.parametrize("seed", range(4))
def test_labels_follow_pictures_that_are_altered(scene: RenderedScenario, seed: int) -> None:
    variety = replace(USUAL, mirrored=float(seed % 2), camera_away=0.0)
    found = sensed(scene, variety=variety, seed=seed)
    square = [rgb[20, 20].astype(int).mean() for one in found.tokens for rgb in one.rgb]
    there = np.array(feet(found))
    assert np.array(square)[there].min() > np.array(square)[~there].max() + 30
    first = next(number for number, one in enumerate(feet(found)) if one)
    assert first == (COLUMNS - 1 if seed % 2 else 0)


def test_hazards_are_those_of_its_turns(scene: RenderedScenario) -> None:
    in_zone = hazard_index(PRESET, HazardKind.PERSON_IN_ZONE, 0)
    found = sensed(scene, range(8, 18)).hazards[:, in_zone]
    assert found.tolist() == [0, 0, 1, 1, 1, 1, 1, -1, 0, 0]
    other = hazard_index(PRESET, HazardKind.PERSON_IN_ZONE, 1)
    assert not sensed(scene).hazards[:, other].any()
    nowhere = hazard_index(PRESET, HazardKind.PERSON_IN_ZONE, 2)
    assert (sensed(scene).hazards[:, nowhere] == -1).all()


@pytest.mark.parametrize("seed", range(6))
def test_zones_at_other_places_take_masks_and_labels_along(
    scene: RenderedScenario, seed: int
) -> None:
    found = sensed(scene, variety=replace(AS_RENDERED, scattered=1.0), seed=seed)
    plain = sensed(scene)
    columns = [hazard_index(PRESET, HazardKind.PERSON_IN_ZONE, place) for place in range(4)]
    place = next(at for at, one in enumerate(columns) if (found.hazards[:, one] == 1).any())
    assert np.flatnonzero(found.hazards[:, columns[place]] == 1).tolist() == list(IN_ZONE)
    mask, before = found.tokens[0].masks, plain.tokens[0].masks
    np.testing.assert_array_equal(mask[..., place], before[..., 0])
    known = [at for at, one in enumerate(columns) if (found.hazards[:, one] == 0).any()]
    other = next(at for at in known if at != place)
    np.testing.assert_array_equal(mask[..., other], before[..., 1])
    assert mask.any(axis=(0, 1, 2)).sum() == 2


def test_zones_come_to_lie_at_every_place(scene: RenderedScenario) -> None:
    variety = replace(AS_RENDERED, scattered=1.0)
    used = np.zeros(4, np.bool_)
    for seed in range(12):
        tokens = sensed(scene, range(0, 1), variety=variety, seed=seed).tokens[0]
        used |= tokens.masks.any(axis=(0, 1, 2))
    assert used.all()


def test_a_still_scene_shows_no_difference(scene: RenderedScenario) -> None:
    still = sensed(scene, variety=replace(AS_RENDERED, still=1.0))
    assert any(one.difference.any() for one in sensed(scene).tokens)
    assert not any(one.difference.any() for one in still.tokens)


def test_a_scene_that_is_known_shows_at_once_who_is_new_in_it(scene: RenderedScenario) -> None:
    late = range(12, 16)
    first = sensed(scene, late).tokens[0].difference
    new = sensed(scene, late, variety=replace(AS_RENDERED, new=1.0)).tokens[0].difference
    assert first[square_at(12)].max() > 60
    assert not new.any()


def test_without_a_camera_what_is_seen_is_not_learnt(scene: RenderedScenario) -> None:
    found = sensed(scene, pictures=False)
    assert not any(len(one.rgb) for one in found.tokens)
    assert len(found.things) == 0
    seen = [hazard_index(PRESET, HazardKind.PERSON_IN_ZONE, place) for place in range(4)]
    assert (found.hazards[:, seen] == -1).all()
    assert (found.hazards[:, hazard_index(PRESET, HazardKind.SIREN, 0)] == 1).sum() == 5


def test_while_a_camera_is_away_nothing_is_sent_or_learnt_of_it(scene: RenderedScenario) -> None:
    found = sensed(scene, variety=replace(AS_RENDERED, camera_away=1.0), seed=1)
    away = np.array([len(one.rgb) == 0 for one in found.tokens])
    unknown = found.hazards[:, hazard_index(PRESET, HazardKind.PERSON_IN_ZONE, 1)] == -1
    np.testing.assert_array_equal(unknown, away)
    assert away.sum() > 0


def test_while_a_microphone_is_away_nothing_is_heard_or_learnt(scene: RenderedScenario) -> None:
    found = sensed(scene, variety=replace(AS_RENDERED, microphone_away=1.0), seed=1)
    away = np.array([len(one.bins) == 0 for one in found.tokens])
    unknown = found.hazards[:, hazard_index(PRESET, HazardKind.SIREN, 0)] == -1
    np.testing.assert_array_equal(unknown, away)
    assert away.sum() > 0


def test_the_same_source_gives_the_same_bytes(scene: RenderedScenario) -> None:
    one, same, other = (sensed(scene, variety=USUAL, seed=seed) for seed in (5, 5, 6))
    for found, expected in zip(one.tokens, same.tokens, strict=True):
        for part in fields(SensorTokens):
            assert getattr(found, part.name).tobytes() == getattr(expected, part.name).tobytes()
    np.testing.assert_array_equal(one.hazards, same.hazards)
    assert one.tokens[3].bins.tobytes() != other.tokens[3].bins.tobytes()


def test_pictures_of_the_scene_are_what_the_tests_believe(scene: RenderedScenario) -> None:
    frame = scene.frame("hall", 7)
    assert frame is not None
    assert np.abs(frame.astype(int) - picture(7)).mean() < 3
