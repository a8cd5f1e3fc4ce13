import numpy as np
import pytest
from clips import SECOND, box, hall

from tml_ros.evidence.evidence_settings import Privacy
from tml_ros.evidence.known_background import ABSORB_S, KNOWN_S
from tml_ros.evidence.privacy_filter import PrivacyFilter

SIZE = (240, 320)
STEP_S = 1.0


def background():
    coarse = hall(24, 32)
    return np.asarray(coarse.repeat(10, axis=0).repeat(10, axis=1), np.uint8)


def figure(picture, x, *, y=60, height=120, width=40):
    """Somebody of fine stripes, whom blocks wipe out."""
    with_figure = picture.copy()
    stripes = np.zeros((height, width, 3), np.uint8)
    stripes[::2], stripes[1::2] = (250, 30, 30), (20, 20, 250)
    with_figure[y : y + height, x : x + width] = stripes
    return with_figure, (slice(y, y + height), slice(x, x + width))


class Camera:
    """Feeds a filter and keeps its time."""

    def __init__(self, privacy=Privacy.PEOPLE):
        self.filter = PrivacyFilter(privacy)
        self.now_s = 100.0

    def see(self, picture, *, after_s=STEP_S, boxes=()):
        self.now_s += after_s
        return self.filter.conceal(picture, round(self.now_s * SECOND), boxes)

    def learn(self, picture, seconds=KNOWN_S + 5):
        for _ in range(round(seconds / STEP_S)):
            self.see(picture)
        return self


def detail(rgb, where):
    """How much neighbouring rows differ: what pixelation takes away."""
    part = rgb[where].astype(int)
    return float(np.abs(np.diff(part, axis=0)).mean())


def test_the_whole_picture_is_pixelated_until_there_is_a_background():
    camera = Camera()
    shown = camera.see(background())
    assert shown.whole
    assert shown.covered().all()
    camera.learn(background())
    assert np.array_equal(camera.see(background()).rgb, background())


def test_somebody_who_comes_is_pixelated_in_the_first_picture():
    camera = Camera().learn(background())
    picture, where = figure(background(), 140)
    shown = camera.see(picture, after_s=0.1)
    assert shown.covered()[where].all()
    assert detail(picture, where) > 100
    assert detail(shown.rgb, where) < 20
    assert np.array_equal(shown.rgb[:, :40], picture[:, :40])
    assert not np.shares_memory(shown.rgb, picture)


def test_somebody_who_stands_still_stays_pixelated_for_half_an_hour():
    camera = Camera().learn(background())
    picture, where = figure(background(), 140)
    for _ in range(round(ABSORB_S / STEP_S) - 5):
        shown = camera.see(picture)
    assert shown.covered()[where].all()


def test_somebody_who_is_there_from_the_start_stays_pixelated_while_they_stir():
    camera = Camera()
    for second in range(round(3 * KNOWN_S)):
        picture, where = figure(background(), 140 + 2 * (second // 20 % 2))
        shown = camera.see(picture)
    assert shown.covered()[where].all()
    assert not shown.covered()[:, :20].any()


def test_what_leaves_is_seen_as_background_again():
    camera = Camera().learn(background())
    camera.see(figure(background(), 140)[0])
    for _ in range(10):
        shown = camera.see(background())
    assert not shown.covered().any()


def test_another_view_is_pixelated_as_a_whole():
    camera = Camera().learn(background())
    assert camera.see(255 - background()).whole
    assert camera.see(np.ascontiguousarray(background()[::2, ::2])).whole


def test_the_box_of_a_hazard_is_pixelated_whatever_is_in_it():
    camera = Camera().learn(background())
    shown = camera.see(background(), boxes=(box(),))
    assert shown.covered()[10:90, 10:40].all()
    assert not shown.covered()[:, 200:].any()


def test_a_box_outside_of_the_picture_is_passed_over():
    camera = Camera().learn(background())
    outside = box().__class__("hall", 5000, 10, 6000, 20)
    backwards = box().__class__("hall", 40, 40, 10, 10)
    assert not camera.see(background(), boxes=(outside, backwards)).covered().any()


def test_of_faces_the_upper_part_of_who_is_upright_is_pixelated():
    camera = Camera(Privacy.FACES).learn(background())
    picture, (rows, columns) = figure(background(), 140, y=80, height=130, width=30)
    covered = camera.see(picture).covered()
    head = slice(rows.start, rows.start + (rows.stop - rows.start) // 5)
    assert covered[head, columns].all()
    assert not covered[rows.stop - 10 : rows.stop, columns].any()


def test_of_somebody_lying_all_is_pixelated_for_faces_too():
    camera = Camera(Privacy.FACES).learn(background())
    picture, where = figure(background(), 80, y=150, height=30, width=120)
    assert camera.see(picture).covered()[where].all()


def test_blocks_are_at_least_a_twelfth_of_the_figure():
    camera = Camera().learn(background())
    picture, where = figure(background(), 140)
    shown = camera.see(picture)
    column = shown.rgb[where][:, 20].astype(int)
    changes = np.flatnonzero(np.abs(np.diff(column, axis=0)).max(axis=1))
    assert np.diff(changes).min() >= 120 / 12 - 1


@pytest.mark.parametrize(("privacy", "same"), [(Privacy.OFF, True), (Privacy.ALL, False)])
def test_off_keeps_pictures_as_they_are_and_all_keeps_none(privacy, same):
    shown = Camera(privacy).see(background())
    assert np.array_equal(shown.rgb, background()) is same
    assert shown.covered().all() is np.bool_(not same)


@pytest.mark.parametrize("size", [(1, 1), (8, 500), (500, 8), (3, 3)])
def test_pictures_of_any_size_pass(size):
    camera = Camera()
    for _ in range(70):
        shown = camera.see(hall(*size))
    assert shown.rgb.shape == (*size, 3)


def test_a_clock_that_jumps_back_begins_anew():
    camera = Camera().learn(background())
    camera.now_s -= 50
    assert camera.see(background()).whole
