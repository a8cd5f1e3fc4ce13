"""What the cameras see of the hall and of what moves in it."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Mapping

import numpy as np
import pytest

from tml_ros.sim.off_screen import SimulatorMissingError
from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.scene.prop import Block, Body, Placed
from tml_ros.sim.scene.quality import Quality
from tml_ros.sim.scene.stage import Stage, View, camera_view
from tml_ros.sim.split import Split

CAMERAS = {
    "left": {"at": (-4.6, -4.2, 3.6), "to": (0.6, 1.0, 0.6), "fovy": 52.0},
    "right": {"at": (4.8, -3.6, 4.2), "to": (-0.5, 1.0, 0.3), "fovy": 60.0, "size": (160, 120)},
}


def scenario(seed: int = 1, **parts: object) -> Scenario:
    fields: dict[str, object] = {
        "scenario": "test",
        "seconds": 20,
        "seed": seed,
        "hall": {"columns": ((-3.5, 3.0),)},
        "zones": {"press_area": {"polygon": ((0.2, 0.2), (2.9, 0.2), (2.9, 2.2), (0.2, 2.2))}},
        "cameras": CAMERAS,
        "events": ({"kind": "lamp_off", "at": 5, "lasts": 3, "strength": 0.8},),
    }
    return Scenario(**fields | parts)


@dataclasses.dataclass
class Moving:
    """A box with a ball on it that goes round in a circle, one turn in 20 s, rests every other
    second, and is away in the first half second.
    """

    name: str = "mover"
    alpha: float = 1.0
    radius: float = 2.0
    assets: str = ""
    files: Mapping[str, bytes] = dataclasses.field(default_factory=dict)
    shapes: str = ""
    blocks: tuple[Block, ...] = ()

    mark: bool = False

    @property
    def bodies(self) -> tuple[Body, ...]:
        shapes = (
            f'<geom type="box" size="0.3 0.2 0.8" rgba="1 0.4 0.1 {self.alpha}"/>'
            f'<geom type="sphere" pos="0 0 1" size="0.2" rgba="1 0.9 0.1 {self.alpha}"/>'
        )
        if self.mark:
            shapes = '<geom type="plane" pos="0 0 -0.805" size="0.6 0.6 1" rgba="0 0 0 0.6"/>'
        return (Body(f"{self.name}/all", shapes, 1.21),)

    def places(self, time_s: float) -> Mapping[str, Placed]:
        if time_s < 0.5:
            return {}
        angle = 0.1 * math.pi * (time_s // 2 + min(time_s % 2, 1.0))
        cos, sin = math.cos(angle), math.sin(angle)
        place = np.array((0.8 + self.radius * cos, 0.5 + self.radius * sin, 0.81))
        turned = np.array(((cos, -sin, 0.0), (sin, cos, 0.0), (0.0, 0.0, 1.0)))
        return {f"{self.name}/all": Placed(place, turned)}


class Still(Moving):
    """Only what never moves."""

    @property
    def bodies(self) -> tuple[Body, ...]:
        return ()

    def places(self, time_s: float) -> Mapping[str, Placed]:
        return {}


PANE = Still(shapes='<geom type="box" pos="0 0 1" size="1 .02 1" rgba=".6 .8 1 .4"/>')


def opened(
    *props: Moving, quality: Quality = Quality.FAST, seed: int = 1, **parts: object
) -> Stage:
    try:
        return Stage(scenario(seed, **parts), props, quality=quality)
    except SimulatorMissingError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with opened(Moving()) as made:
        yield made


def difference(one: View, two: View) -> int:
    return int(np.abs(one.rgb.astype(int) - two.rgb).max())


@pytest.mark.parametrize(
    "props",
    [
        (Moving(),),
        (Moving(), Moving("ghost", alpha=0.5, radius=-2.0)),
        (Moving(), PANE),
        (Moving(radius=4.5),),
    ],
    ids=[
        "solid",
        "and a ghost",
        "and a pane",
        "out of the picture at times",
    ],
)
def test_a_picture_drawn_in_parts_is_the_whole_picture(props: tuple[Moving, ...]) -> None:
    with opened(*props) as stage:
        for camera in CAMERAS:
            for time_s in (0.0, 0.9, 4.4, 6.0, 9.3, 14.1):
                part, whole = stage.draw(camera, time_s), stage.draw_whole(camera, time_s)
                assert difference(part, whole) <= 2, (camera, time_s)
                assert np.abs(part.depth - whole.depth).max() < 0.01


def test_a_mark_on_the_floor_is_not_seen_through_what_stands_on_it_behind_a_pane() -> None:
    views = []
    for props in ((PANE,), (Moving(), PANE), (Moving(), PANE, Moving("mark", mark=True))):
        with opened(*props) as stage:
            # Nearly behind the pane, as the camera sees it.
            views.append(stage.draw("left", 4.4))
    nothing, unmarked, marked = views
    body = nothing.depth - unmarked.depth > 0.3
    floor = (abs(nothing.depth - marked.depth) < 0.01) & (
        np.abs(unmarked.rgb.astype(int) - marked.rgb).max(axis=2) > 20
    )
    assert body.sum() > 100 and floor.sum() > 20
    assert np.abs(unmarked.rgb.astype(int) - marked.rgb)[body].max() <= 1


def test_a_picture_with_shadows_drawn_in_parts_is_the_whole_picture() -> None:
    with opened(Moving(), PANE, quality=Quality.PRETTY) as stage:
        for time_s in (0.9, 4.4, 9.3):
            part, whole = stage.draw("left", time_s), stage.draw_whole("left", time_s)
            assert difference(part, whole) <= 2, time_s


def test_a_shadow_falls_only_where_there_is_trouble_taken() -> None:
    """The floor around the mover, not itself, gets darker."""
    darker = {}
    for quality in Quality:
        with opened(Moving(), quality=quality) as stage:
            empty, full = stage.draw("left", 0.0), stage.draw("left", 4.4)
        floor = abs(empty.depth - full.depth) < 0.02
        darker[quality] = int((floor & (full.rgb.mean(axis=2) < empty.rgb.mean(axis=2) - 8)).sum())
    assert darker[Quality.FAST] < 30
    assert darker[Quality.PRETTY] > 150


def test_what_moves_is_seen_where_it_is_and_gone_when_it_is_away(stage: Stage) -> None:
    empty = stage.draw("left", 0.2).rgb.astype(int)
    changed = np.abs(stage.draw("left", 4.4).rgb - empty).max(axis=2) > 25
    place = Moving().places(4.4)["mover/all"].position
    ((x, y),) = camera_view(scenario(), "left").project([tuple(place)])
    assert changed[round(y), round(x)]
    rows, columns = np.nonzero(changed)
    assert abs(rows.mean() - y) < 12 and abs(columns.mean() - x) < 8
    assert changed.sum() < 4000


def test_the_order_in_which_pictures_are_asked_for_changes_nothing() -> None:
    times = (0.9, 4.4, 5.5, 9.0, 12.3)
    pictures = []
    for order in (times, times[::-1], (5.5, 0.9, 12.3, 4.4, 9.0)):
        with opened(Moving(), Moving("ghost", alpha=0.5, radius=1.0), PANE) as stage:
            drawn = {time_s: stage.draw("left", time_s) for time_s in order}
            pictures.append([drawn[time_s] for time_s in times])
    for other in pictures[1:]:
        for one, two in zip(pictures[0], other, strict=True):
            assert np.array_equal(one.rgb, two.rgb)
            assert np.array_equal(one.zbuffer, two.zbuffer)


def test_nothing_is_drawn_again_while_nothing_moves(stage: Stage) -> None:
    resting = stage.draw("left", 3.2)
    assert stage.draw("left", 3.9) is resting
    assert stage.draw("left", 4.2) is not resting
    assert not resting.rgb.flags.writeable


def test_the_depth_of_the_floor_is_where_the_line_of_sight_meets_it(stage: Stage) -> None:
    depth = stage.draw("left", 0.0).depth
    assert depth.dtype == np.float32 and depth.shape == (160, 240)
    view = camera_view(scenario(), "left")
    for place in ((0.5, -1.0, 0.0), (1.5, 1.0, 0.0), (-1.0, -2.5, 0.0)):
        ((x, y),) = view.project([place])
        expected = -float((np.subtract(place, view.position)) @ view.axes()[2])
        assert depth[int(y), int(x)] == pytest.approx(expected, rel=0.01)


def test_each_camera_has_its_own_size(stage: Stage) -> None:
    assert stage.draw("left", 1.0).rgb.shape == (160, 240, 3)
    assert stage.draw("right", 1.0).rgb.shape == (120, 160, 3)
    with pytest.raises(KeyError):
        stage.draw("none", 1.0)


def test_it_is_dark_at_once_while_the_lamps_are_off_and_light_again_after(stage: Stage) -> None:
    bright = stage.draw("left", 4.95).rgb.mean()
    dark = stage.draw("left", 5.0).rgb.mean()
    assert dark < 0.75 * bright
    assert stage.draw("left", 7.95).rgb.mean() == pytest.approx(dark, rel=0.03)
    assert stage.draw("left", 9.0).rgb.mean() == pytest.approx(bright, rel=0.03)
    back = {round(float(stage.draw("left", 8.0 + 0.05 * i).rgb.mean())) for i in range(14)}
    assert max(back) - min(back) > 0.2 * bright


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("looks", Split)
def test_the_line_around_a_zone_stands_out(seed: int, looks: Split) -> None:
    """Along it brightness or colour changes more than on the floor beside it."""
    with opened(seed=seed, looks=looks) as stage:
        rgb = stage.draw("left", 0.0).rgb.astype(float)

    def along(y: float) -> np.ndarray:
        places = [(x, y, 0.0) for x in np.linspace(0.3, 2.8, 80)]
        columns, rows = camera_view(scenario(), "left").project(places).astype(int).T
        return rgb[rows, columns]

    assert along(0.28).std(axis=0).max() > 1.8 * along(-0.5).std(axis=0).max()


def test_seeds_give_different_factories() -> None:
    pictures = []
    for seed in range(3):
        with opened(seed=seed) as stage:
            pictures.append(stage.draw("left", 0.0).rgb.astype(int))
    for one, two in ((0, 1), (0, 2), (1, 2)):
        assert np.abs(pictures[one] - pictures[two]).mean() > 10


def test_two_bodies_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="mover/all"):
        opened(Moving(), Moving())


def test_a_camera_that_looks_straight_down_has_the_back_wall_above() -> None:
    down = {"down": {"at": (1.0, 1.0, 4.0), "to": (1.0, 1.0, 0.0)}}
    view = camera_view(scenario(cameras=down), "down")
    (here, towards_wall, right) = view.project([(1, 1, 0), (1, 2, 0), (2, 1, 0)])
    assert here == pytest.approx((120, 80), abs=1)
    assert towards_wall[1] < 60 and right[0] > 140
