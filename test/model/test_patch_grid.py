"""The grid of patches against plain slicing and plain means."""

from __future__ import annotations

import numpy as np
import pytest

from tml_ros.model.patch_grid import block_means, centres, cut, largest_change, put_blocks

RNG = np.random.default_rng(0)
PICTURE = RNG.integers(0, 256, (80, 120, 3), np.uint8)


def test_patches_are_cut_where_they_lie() -> None:
    chosen = np.array([4, 0, 2])
    patches = cut(PICTURE, chosen)
    assert patches.shape == (3, 40, 40, 3)
    np.testing.assert_array_equal(patches[0], PICTURE[40:80, 40:80])
    np.testing.assert_array_equal(patches[1], PICTURE[0:40, 0:40])
    np.testing.assert_array_equal(patches[2], PICTURE[0:40, 80:120])
    assert not np.shares_memory(patches, PICTURE)


def test_no_patches_are_a_choice_too() -> None:
    assert cut(PICTURE, np.zeros(0, np.int64)).shape == (0, 40, 40, 3)


def test_a_patch_beyond_the_grid_does_not_exist() -> None:
    with pytest.raises(IndexError):
        cut(PICTURE, np.array([6]))


def test_centres_count_from_the_top_left() -> None:
    np.testing.assert_allclose(
        centres(2, 3) * (2, 3),
        [(0.5, 0.5), (1.5, 0.5), (0.5, 1.5), (1.5, 1.5), (0.5, 2.5), (1.5, 2.5)],
        rtol=1e-6,
    )


def test_block_means_are_means_to_the_nearest_level() -> None:
    means = PICTURE.reshape(10, 8, 15, 8, 3).mean(axis=(1, 3))
    assert np.abs(block_means(PICTURE) - means).max() <= 0.5


def test_the_change_of_a_patch_is_that_of_its_most_changed_block_and_colour() -> None:
    before = block_means(PICTURE)
    after = before.copy()
    after[9, 14, 2] = 255 - after[9, 14, 2]
    after[0, 5, 0] ^= 8
    expected = np.zeros(6)
    expected[5] = abs(int(after[9, 14, 2]) - int(before[9, 14, 2]))
    expected[1] = 8
    np.testing.assert_array_equal(largest_change(after, before), expected)


def test_blocks_of_chosen_patches_alone_are_taken_over() -> None:
    means = block_means(PICTURE)
    into = np.zeros_like(means)
    put_blocks(means, np.array([1, 3]), into)
    expected = np.zeros_like(means)
    expected[0:5, 5:10] = means[0:5, 5:10]
    expected[5:10, 0:5] = means[5:10, 0:5]
    np.testing.assert_array_equal(into, expected)
