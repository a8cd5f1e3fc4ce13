"""Letterboxing: sizes against arithmetic, pixels against area means, zones against drawn shapes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tml_ros.model.letterbox import GREY, letterbox, place

SIZES = st.integers(1, 5000)


@pytest.mark.parametrize(
    ("frame", "picture", "left_top", "inner"),
    [
        ((240, 160), (240, 160), (0, 0), (240, 160)),
        ((480, 320), (240, 160), (0, 0), (240, 160)),
        ((640, 480), (240, 160), (13, 0), (213, 160)),
        ((480, 270), (480, 280), (0, 5), (480, 270)),
        ((1920, 1080), (480, 280), (0, 5), (480, 270)),
        ((60, 40), (240, 160), (0, 0), (240, 160)),
        ((100, 1), (40, 40), (0, 19), (40, 1)),
        ((1, 4000), (80, 40), (39, 0), (1, 40)),
    ],
)
def test_a_frame_is_as_large_as_fits_and_lies_in_the_middle(
    frame: tuple[int, int],
    picture: tuple[int, int],
    left_top: tuple[int, int],
    inner: tuple[int, int],
) -> None:
    placed = place(*frame, width=picture[0], height=picture[1])
    assert (placed.left, placed.top) == left_top
    assert (placed.inner_width, placed.inner_height) == inner


@given(SIZES, SIZES, st.integers(1, 600), st.integers(1, 600))
def test_aspect_is_kept_to_a_pixel(w: int, h: int, width: int, height: int) -> None:
    placed = place(w, h, width=width, height=height)
    scale = min(width / w, height / h)
    assert abs(placed.inner_width - max(1, w * scale)) <= 0.51
    assert abs(placed.inner_height - max(1, h * scale)) <= 0.51
    right = width - placed.left - placed.inner_width
    below = height - placed.top - placed.inner_height
    assert 0 <= right - placed.left <= 1
    assert 0 <= below - placed.top <= 1
    assert placed.inner_width == width or placed.inner_height == height


def test_sizes_without_pixels_are_refused() -> None:
    with pytest.raises(ValueError, match="0x5"):
        place(0, 5, width=40, height=40)


def test_a_frame_of_the_right_size_is_not_copied() -> None:
    rgb = np.zeros((160, 240, 3), np.uint8)
    assert letterbox(rgb, place(240, 160, width=240, height=160)) is rgb


@settings(max_examples=40, deadline=None)
@given(SIZES.filter(lambda n: n < 900), SIZES.filter(lambda n: n < 900), st.integers(0, 255))
def test_one_colour_stays_that_colour_within_grey_whatever_the_size(
    w: int, h: int, level: int
) -> None:
    placed = place(w, h, width=80, height=40)
    picture = letterbox(np.full((h, w, 3), level, np.uint8), placed)
    expected = np.full((40, 80, 3), GREY, np.uint8)
    rows = slice(placed.top, placed.top + placed.inner_height)
    expected[rows, placed.left : placed.left + placed.inner_width] = level
    np.testing.assert_array_equal(picture, expected)


@pytest.mark.parametrize("frame", [(70000, 1), (1, 70000)])
def test_a_thread_of_pixels_is_a_picture_too(frame: tuple[int, int]) -> None:
    rgb = np.full((frame[1], frame[0], 3), 9, np.uint8)
    picture = letterbox(rgb, place(*frame, width=80, height=40))
    assert (picture == 9).any()


@pytest.mark.parametrize("factor", [2, 4, 8])
def test_shrinking_by_a_power_of_two_gives_area_means(factor: int) -> None:
    rgb = np.random.default_rng(factor).integers(0, 256, (40 * factor, 80 * factor, 3), np.uint8)
    picture = letterbox(rgb, place(80 * factor, 40 * factor, width=80, height=40))
    means = rgb.reshape(40, factor, 80, factor, 3).mean(axis=(1, 3))
    assert np.abs(picture - means).max() <= 0.5 * np.log2(factor) + 1e-9


@pytest.mark.parametrize("size", [(640, 480), (641, 479), (1919, 1081), (333, 77)])
def test_shrinking_leaves_what_is_smooth_where_it_is(size: tuple[int, int]) -> None:
    w, h = size
    x = (np.arange(w) + 0.5) / w
    y = (np.arange(h) + 0.5) / h
    ramp = np.stack(np.broadcast_arrays(x[None, :], y[:, None], 0.5), axis=2) * 255
    placed = place(w, h, width=240, height=160)
    picture = letterbox(np.rint(ramp).astype(np.uint8), placed)
    rows = slice(placed.top, placed.top + placed.inner_height)
    seen = picture[rows, placed.left : placed.left + placed.inner_width]
    x = (np.arange(placed.inner_width) + 0.5) / placed.inner_width * 255
    y = (np.arange(placed.inner_height) + 0.5) / placed.inner_height * 255
    pixel = 255 / min(placed.inner_width, placed.inner_height)
    assert np.abs(seen[:, :, 0] - x[None, :]).max() <= 2 + pixel
    assert np.abs(seen[:, :, 1] - y[:, None]).max() <= 2 + pixel


@pytest.mark.parametrize("size", [(640, 480), (480, 270), (100, 300)])
def test_a_zone_lies_where_the_camera_shows_it(size: tuple[int, int]) -> None:
    w, h = size
    rgb = np.zeros((h, w, 3), np.uint8)
    rgb[h // 4 : h // 2, w // 5 : w * 3 // 5] = 255
    x0, x1 = (w // 5) / w, (w * 3 // 5) / w
    y0, y1 = (h // 4) / h, (h // 2) / h
    placed = place(w, h, width=240, height=160)
    shown = letterbox(rgb, placed)[:, :, 0]
    mask = placed.mask(((x0, y0), (x1, y0), (x1, y1), (x0, y1)))
    assert (mask[shown == 255] == 1).all()
    # What lies two pixels from anything white is outside.
    near = np.zeros_like(mask, bool)
    for down, across in np.argwhere((shown > 0) & (shown != GREY)):
        near[max(0, down - 2) : down + 3, max(0, across - 2) : across + 3] = True
    assert not mask[~near].any()


def test_a_zone_never_reaches_into_the_padding() -> None:
    placed = place(100, 300, width=240, height=160)
    mask = placed.mask(((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)))
    assert mask.sum() == placed.inner_width * placed.inner_height
    assert mask[:, placed.left : placed.left + placed.inner_width].all()
