from __future__ import annotations

import numpy as np

from tml_ros.turn.encoded_picture import jpeg_of, png_of
from tml_ros.turn.image_format import compressed_to_rgb

RED_AND_BLUE = np.zeros((32, 48, 3), np.uint8)
RED_AND_BLUE[:, ::2, 0] = 255
RED_AND_BLUE[:, 1::2, 2] = 255


def test_png_comes_back_as_it_was():
    np.testing.assert_array_equal(compressed_to_rgb(png_of(RED_AND_BLUE)), RED_AND_BLUE)


def test_fine_colours_survive_a_jpeg_of_full_colour_only():
    def error(*, full_colour):
        data = jpeg_of(RED_AND_BLUE, quality=95, full_colour=full_colour)
        assert data.ndim == 1
        return np.abs(compressed_to_rgb(data).astype(int) - RED_AND_BLUE).mean()

    assert 4 * error(full_colour=True) < error(full_colour=False)


def test_a_lower_quality_is_a_smaller_file():
    noise = np.random.default_rng(1).integers(0, 256, (64, 64, 3), np.uint8)
    assert len(jpeg_of(noise, quality=30)) < len(jpeg_of(noise, quality=90))
