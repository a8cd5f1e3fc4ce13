"""Each visit to a zone is one raise and one return, in any light, on any camera and floor."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
import pytest
from floor_scenes import DARK, GREY, HEIGHT, ORANGE, WIDTH, ZONE, Scene, Walker, visit, visits
from numpy.typing import NDArray

from tml_ros.safety.alarm import AlarmEvent
from tml_ros.safety.alarm_manager import AlarmManager
from tml_ros.safety.default_policies import DEFAULT_POLICIES
from tml_ros.safety.guards.picture import prepare_picture
from tml_ros.safety.guards.zone_occupancy import ZoneOccupancy
from tml_ros.turn.hazard import Hazard, HazardKind
from tml_ros.turn.micro_turn import Frame

TWO = (visit(1, 3), visit(15, 6, where=(140, 180), via=-20))
NOBODY = ()
LEFT_HALF = np.ones((HEIGHT, WIDTH, 1), np.float32)
LEFT_HALF[:, :160] = 0.6

SCENES = {
    "two visits from two sides": Scene(TWO, 32),
    "half a minute of standing still": Scene([visit(1, 30)], 40),
    "grey clothes on a grey floor": Scene([visit(1, 5), Walker(visit(15, 5).way, GREY)], 28),
    "dark clothes": Scene([Walker(visit(1, 5).way, DARK)], 16),
    "a noisy camera": Scene(TWO, 32, noise=9),
    "strong compression": Scene(TWO, 32, quality=35),
    "160x120": Scene(TWO, 32, size=(160, 120)),
    "1920x1080": Scene([visit(0.5, 1)], 10, size=(1920, 1080), rate=6),
    "5 frames/s": Scene(TWO, 32, rate=5),
    "30 frames/s": Scene([visit(1, 3)], 13, rate=30),
    "small figures far away": Scene([visit(1, 3)], 13, scale=0.4),
    "small figures far away at 5 frames/s": Scene([visit(1, 3)], 13, scale=0.4, rate=5),
    "large figures near by": Scene([visit(1, 3)], 13, scale=1.7),
    "slowly changing light": Scene([visit(1, 25)], 36, light=lambda t: 1 + 0.35 * np.sin(t / 6)),
    "light switched off and on while somebody stands": Scene(
        [visit(1, 20)], 32, light=lambda t: 0.5 if 8 < t < 16 else 1.0
    ),
    "half of the lamps fail while somebody stands": Scene(
        [visit(1, 20)], 32, light=lambda t: LEFT_HALF if 8 < t < 16 else 1.0
    ),
    "light switched in an empty cell": Scene(
        NOBODY, 20, light=lambda t: 0.5 if int(t) % 8 > 4 else 1.0
    ),
    "half of the lamps switched in an empty cell": Scene(
        NOBODY, 20, light=lambda t: LEFT_HALF if int(t) % 8 > 4 else 1.0
    ),
    "somebody outside whose shadow falls into the zone": Scene(
        [Walker([(1, -20, 104), (6, 150, 104), (14, 150, 104), (19, 340, 104)])],
        20,
        shadow=(0.3, 0.6),
    ),
    "visits with a shadow": Scene(TWO, 32, shadow=(0.6, 0.6)),
    "somebody nearer to the camera whose head is over the zone": Scene(
        [Walker([(1, -20, 232), (5, 160, 232), (12, 160, 232), (16, 340, 232)])], 18
    ),
    "in view from the first picture, then in": Scene(
        [Walker([(0, 285, 200), (2, 285, 200), (5, 160, 165), (15, 160, 165), (19, 340, 165)])], 22
    ),
    "one stands while others pass behind and in front": Scene(
        [
            visit(1, 25),
            Walker([(9, -20, 108), (15, 340, 108)], ORANGE),
            Walker([(18, 340, 230), (24, -20, 230)], DARK),
        ],
        40,
    ),
    "two come together and one goes": Scene(
        [
            Walker([(1, 340, 165), (5, 150, 165), (22, 150, 165), (26, 340, 165)]),
            Walker([(1, 366, 170), (5, 176, 170), (9, 176, 170), (13, 366, 170)], GREY),
        ],
        32,
    ),
}


def hazards(pictures: Iterable[tuple[float, NDArray[np.uint8]]]) -> list[Hazard]:
    guard = ZoneOccupancy("hall", {"press": ZONE})
    stated: list[Hazard] = []
    for seconds, rgb in pictures:
        stated += guard.observe_picture(prepare_picture(Frame("hall", round(seconds * 1e9), rgb)))
    return stated


def spans(stated: Iterable[Hazard]) -> list[list[float]]:
    """(raised, returned) seconds after the default delays; an open span ends with inf."""
    manager = AlarmManager(DEFAULT_POLICIES)
    found: list[list[float]] = []
    for hazard in stated:
        for transition in manager.observe([hazard], hazard.stamp_ns):
            if transition.event is AlarmEvent.RAISED:
                found.append([transition.stamp_ns * 1e-9, np.inf])
            elif transition.event is AlarmEvent.RETURNED:
                found[-1][1] = transition.stamp_ns * 1e-9
    return found


@pytest.mark.parametrize("name", SCENES)
def test_each_visit_is_one_raise_and_one_return(name: str) -> None:
    scene = SCENES[name]
    policy = DEFAULT_POLICIES[HazardKind.PERSON_IN_ZONE]
    on_s, off_s = policy.on_delay_ns * 1e-9, policy.off_delay_ns * 1e-9
    found, true = spans(hazards(scene.pictures())), visits(scene)
    assert len(found) == len(true), (found, true)
    for (raised, returned), (entered, left) in zip(found, true, strict=True):
        assert -0.4 <= raised - on_s - entered <= 1.0, (found, true)
        assert -0.5 <= returned - off_s - left <= 1.6, (found, true)


def hazards_kind():
    return next(iter(hazards([(0.0, np.zeros((120, 160, 3), np.uint8))]))).kind


def test_the_same_pictures_give_the_same_hazards() -> None:
    scene = Scene([visit(0.5, 2)], 8)
    assert hazards(scene.pictures()) == hazards(scene.pictures())


def test_the_epoch_of_the_stamps_does_not_matter() -> None:
    scene = Scene([visit(0.5, 2)], 8)
    epoch_ns = 1_790_000_000_123_456_789
    guard = ZoneOccupancy("hall", {"press": ZONE})
    later = []
    for seconds, rgb in scene.pictures():
        frame = Frame("hall", round(seconds * 1e9) + epoch_ns, rgb)
        later += [
            (h.stamp_ns - epoch_ns, h.box) for h in guard.observe_picture(prepare_picture(frame))
        ]
    assert later == [(h.stamp_ns, h.box) for h in hazards(scene.pictures())]


def test_after_a_reset_nothing_of_before_is_left() -> None:
    scene = Scene([visit(0.5, 2)], 8)
    fresh = hazards(scene.pictures())
    guard = ZoneOccupancy("hall", {"press": ZONE})
    for seconds, rgb in Scene([visit(0.0, 9, via=300)], 6, seed=2).pictures():
        guard.observe_picture(prepare_picture(Frame("hall", round(seconds * 1e9), rgb)))
    guard.reset()
    again: list[Hazard] = []
    for seconds, rgb in scene.pictures():
        again += guard.observe_picture(prepare_picture(Frame("hall", round(seconds * 1e9), rgb)))
    assert again == fresh


def test_the_box_encloses_whoever_is_in_the_zone_in_pixels_of_the_camera() -> None:
    scene = Scene([visit(0.5, 4)], 6, size=(640, 480))
    walker = scene.walkers[0]
    for hazard in hazards(scene.pictures()):
        place = walker.at(hazard.stamp_ns * 1e-9)
        if hazard.box is None or place is None or place[2]:
            continue
        x, y = place[0] * 2, place[1] * 2
        assert hazard.box.x0 <= x <= hazard.box.x1
        assert abs(hazard.box.y1 - y) < 16
        assert hazard.box.y0 < y - 60


def test_a_camera_that_changes_its_picture_size_begins_anew_and_goes_on() -> None:
    small = list(Scene([], 2, size=(160, 120)).pictures())
    large = [(s + 2, p) for s, p in Scene([visit(0.5, 6)], 9).pictures()]
    found = spans(hazards(small + large))
    assert len(found) == 1
    assert found[0][0] > 2


def test_every_zone_is_stated_in_every_picture() -> None:
    guard = ZoneOccupancy("hall", {"press": ZONE, "robot": ((0, 0), (0.2, 0), (0.2, 0.2))})
    for seconds, rgb in Scene([], 1).pictures():
        stated = guard.observe_picture(prepare_picture(Frame("hall", round(seconds * 1e9), rgb)))
        assert [(h.zone, h.score) for h in stated] == [("press", 0.0), ("robot", 0.0)]


@pytest.mark.parametrize(
    "rgb",
    [
        np.zeros((1, 1, 3), np.uint8),
        np.zeros((2, 900, 3), np.uint8),
        np.full((240, 320, 3), 255, np.uint8),
    ],
    ids=["one pixel", "two rows", "white"],
)
def test_odd_pictures_are_an_empty_zone(rgb: NDArray[np.uint8]) -> None:
    assert all(h.score == 0.0 for h in hazards((i * 0.1, rgb) for i in range(20)))


REAL_ZONE = tuple((x / 480, y / 270) for x, y in [(0, 126), (251, 126), (108, 270), (0, 270)])


@pytest.fixture(scope="session")
def clip(real_data: Path) -> list[NDArray[np.uint8]]:
    capture = cv2.VideoCapture(str(real_data / "worker_zone" / "worker_zone.mp4"))
    pictures = []
    while (read := capture.read())[0]:
        pictures.append(cv2.cvtColor(read[1], cv2.COLOR_BGR2RGB))
    return pictures


def _resized(size: tuple[int, int]):
    return lambda rgb: cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)


def _jpeg(quality: int):
    def through(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        _, data = cv2.imencode(".jpg", rgb, [cv2.IMWRITE_JPEG_QUALITY, quality])
        return cv2.imdecode(data, cv2.IMREAD_COLOR)

    return through


@pytest.mark.parametrize(
    "change",
    [
        lambda rgb: rgb,
        _resized((160, 120)),
        _resized((960, 540)),
        _jpeg(40),
        lambda rgb: (rgb * 0.5).astype(np.uint8),
    ],
    ids=["as it is", "160x120", "960x540", "compressed", "dim"],
)
@pytest.mark.parametrize("every", [1, 3], ids=["14 frames/s", "5 frames/s"])
def test_the_real_worker_is_in_the_zone_once_he_is_over_the_line(clip, change, every) -> None:
    guard = ZoneOccupancy("hall", {"line": REAL_ZONE})
    stated: list[Hazard] = []
    for index in range(0, len(clip), every):
        frame = Frame("hall", index * 70_000_000, change(clip[index]))
        stated += guard.observe_picture(prepare_picture(frame))
    found = spans(stated)
    assert len(found) == 1
    assert 2.15 <= found[0][0] <= 3.25
    assert found[0][1] == np.inf


def test_the_real_worker_who_stands_for_half_a_minute_and_walks_back_is_one_visit(clip) -> None:
    noise = np.random.default_rng(3)
    guard = ZoneOccupancy("hall", {"line": REAL_ZONE})
    stated: list[Hazard] = []
    still = [
        np.clip(clip[-1] + noise.normal(0, 2, clip[-1].shape), 0, 255).astype(np.uint8)
        for _ in range(60)
    ]
    for index, rgb in enumerate(clip + still * 7 + clip[::-1]):
        stated += guard.observe_picture(prepare_picture(Frame("hall", index * 70_000_000, rgb)))
    found = spans(stated)
    out_again_s = (68 + 420 + 68 - 35) * 0.07
    assert len(found) == 1
    assert out_again_s - 0.5 <= found[0][1] - 1.0 <= out_again_s + 1.0
