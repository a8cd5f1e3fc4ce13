from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tml_ros.model.preset import PATCH
from tml_ros.training.sensing.picture_change import (
    MOST_SHIFT,
    MOST_ZOOM,
    PictureChange,
    drawn_picture_change,
)

WIDTH, HEIGHT = 240, 160


def noise_of(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def marked(x: int, y: int) -> NDArray[np.uint8]:
    """Black but for a bright square of 9 pixels about a point."""
    rgb = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    rgb[y - 4 : y + 5, x - 4 : x + 5] = 255
    return rgb


def middle(rgb: NDArray[np.uint8]) -> tuple[float, float]:
    """Where the bright square is, in fractions of the picture."""
    weight = np.maximum(rgb[:, :, 0].astype(float) - 30, 0)
    down, across = np.mgrid[:HEIGHT, :WIDTH] + 0.5
    return (
        float((weight * across).sum() / weight.sum() / WIDTH),
        float((weight * down).sum() / weight.sum() / HEIGHT),
    )


def test_no_change_leaves_every_bit() -> None:
    rgb = noise_of().integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
    polygon = ((0.1, 0.2), (0.7, 0.2), (0.4, 0.9))
    change = PictureChange()
    np.testing.assert_array_equal(change.picture(rgb, noise_of()), rgb)
    assert change.polygon(polygon) == polygon
    assert change.patches(6, 4).tolist() == list(range(24))


@settings(max_examples=60, deadline=None)
@given(
    x=st.integers(20, WIDTH - 20),
    y=st.integers(20, HEIGHT - 20),
    mirrored=st.booleans(),
    zoom=st.floats(1.0, 1.0 + MOST_ZOOM),
    shift=st.tuples(*[st.floats(-MOST_SHIFT, MOST_SHIFT)] * 2),
)
def test_zones_move_with_what_is_in_the_picture(
    x: int, y: int, mirrored: bool, zoom: float, shift: tuple[float, float]
) -> None:
    change = PictureChange(mirrored=mirrored, zoom=zoom, shift=shift)
    ((at_x, at_y),) = change.polygon((((x + 0.5) / WIDTH, (y + 0.5) / HEIGHT),))
    found = middle(change.picture(marked(x, y), noise_of()))
    assert found == pytest.approx((at_x, at_y), abs=0.003)


@pytest.mark.parametrize("mirrored", [False, True])
def test_labels_of_patches_move_with_the_patches(mirrored: bool) -> None:
    change = PictureChange(mirrored=mirrored)
    numbers = np.arange(24, dtype=np.uint8).reshape(4, 6)
    rgb = np.repeat(np.kron(numbers, np.ones((PATCH, PATCH), np.uint8))[:, :, None], 3, axis=2)
    altered = change.picture(rgb, noise_of())
    shown = altered[PATCH // 2 :: PATCH, PATCH // 2 :: PATCH, 0].ravel()
    assert shown.tolist() == change.patches(6, 4).tolist()


def test_a_mirrored_picture_that_is_also_moved_is_still_mirrored() -> None:
    moved = PictureChange(mirrored=True, shift=(0.01, 0.0)).picture(marked(30, 80), noise_of())
    assert middle(moved)[0] == pytest.approx(1 - 30.5 / WIDTH + 0.01, abs=0.003)


def test_noise_is_the_same_field_falling_elsewhere_in_each_picture() -> None:
    change = drawn_picture_change(
        noise_of(3), width=WIDTH, height=HEIGHT, strength=1.0, mirrored=0.0
    )
    grey = np.full((HEIGHT, WIDTH, 3), 128, np.uint8)
    assert change.noise is not None
    rng = noise_of()
    first, second = change.picture(grey, rng), change.picture(grey, rng)
    assert (first != second).any()
    np.testing.assert_array_equal(first, change.picture(grey, noise_of()))


def test_noise_for_smaller_pictures_is_refused() -> None:
    change = PictureChange(noise=np.zeros((20, 20, 3), np.int8))
    with pytest.raises(ValueError, match="too small"):
        change.picture(marked(50, 50), noise_of())


def test_the_same_source_draws_the_same_change_and_another_one_another() -> None:
    def change(seed: int) -> NDArray[np.uint8]:
        drawn = drawn_picture_change(
            noise_of(seed), width=WIDTH, height=HEIGHT, strength=1.0, mirrored=0.5
        )
        return drawn.picture(marked(60, 60), noise_of())

    np.testing.assert_array_equal(change(1), change(1))
    assert (change(1) != change(2)).any()


@pytest.mark.parametrize("seed", range(30))
def test_pictures_stay_recognisable(seed: int) -> None:
    change = drawn_picture_change(
        noise_of(seed), width=WIDTH, height=HEIGHT, strength=1.0, mirrored=0.5
    )
    rgb = np.full((HEIGHT, WIDTH, 3), 70, np.uint8)
    rgb[:, ::2] = 150
    altered = change.picture(rgb, noise_of())
    assert altered.shape == rgb.shape
    assert altered.std() > 8
    assert 20 < altered.mean() < 235


def test_a_while_ago_the_picture_was_nearly_the_same() -> None:
    now = PictureChange(mirrored=True)
    drifted = [now.drifted(noise_of(seed), strength=1.0) for seed in range(20)]
    places = [middle(one.picture(marked(60, 60), noise_of()))[0] for one in drifted]
    assert np.std(places) > 0
    assert np.abs(np.array(places) - (1 - 60.5 / WIDTH)).max() < 0.01
    assert now.drifted(noise_of(), strength=0.0) == now
