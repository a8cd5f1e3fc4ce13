"""Whatever a camera delivers becomes RGB, or a named error says why not."""

from __future__ import annotations

import array

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tml_ros.turn.image_format import ImageFormatError, compressed_to_rgb, image_to_rgb

HEIGHT, WIDTH = 6, 8
RGB = np.random.default_rng(0).integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
GREY = RGB[..., 0]
CONTAINERS = [
    bytes,
    bytearray,
    memoryview,
    lambda raw: array.array("B", raw),
    lambda raw: np.frombuffer(raw, np.uint8),
    lambda raw: np.frombuffer(raw, np.uint8).reshape(HEIGHT, -1),
    lambda raw: np.repeat(np.frombuffer(raw, np.uint8), 2)[::2],
]


def packed(encoding):
    """The test picture in an encoding, uint8 [h, bytes per row], and what it shows."""
    alpha = np.full((HEIGHT, WIDTH, 1), 9, np.uint8)
    grey = np.repeat(GREY[..., None], 3, axis=2)
    rows, shown = {
        "rgb8": (RGB, RGB),
        "bgr8": (RGB[..., ::-1], RGB),
        "rgba8": (np.concatenate([RGB, alpha], axis=2), RGB),
        "bgra8": (np.concatenate([RGB[..., ::-1], alpha], axis=2), RGB),
        "mono8": (GREY, grey),
        "mono16": (np.stack([np.full_like(GREY, 77), GREY], axis=2), grey),
        "mono16 big": (np.stack([GREY, np.full_like(GREY, 77)], axis=2), grey),
    }[encoding]
    return np.ascontiguousarray(rows).reshape(HEIGHT, -1), shown


def convert(data, encoding, **changes):
    options = {"height": HEIGHT, "width": WIDTH, "encoding": encoding.split()[0]}
    options |= {"step": len(data) // HEIGHT, "is_bigendian": encoding.endswith("big")}
    return image_to_rgb(data, **(options | changes))


ENCODINGS = ["rgb8", "bgr8", "rgba8", "bgra8", "mono8", "mono16", "mono16 big"]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("padding", [0, 1, 13])
def test_each_encoding_shows_the_same_picture_whatever_the_padding(encoding, padding):
    rows, shown = packed(encoding)
    data = np.pad(rows, ((0, 0), (0, padding)), constant_values=200).tobytes()
    result = convert(data, encoding)
    assert result.dtype == np.uint8
    assert not result.flags.writeable
    assert np.array_equal(result, shown)


@pytest.mark.parametrize("encoding", ["rgb8", "bgr8"])
@pytest.mark.parametrize("container", CONTAINERS)
def test_data_may_come_in_any_container(encoding, container):
    rows, shown = packed(encoding)
    step = rows.shape[1]
    assert np.array_equal(convert(container(rows.tobytes()), encoding, step=step), shown)


def test_rgb8_is_not_copied():
    data = RGB.tobytes()
    assert np.shares_memory(convert(data, "rgb8"), np.frombuffer(data, np.uint8))


def test_the_padding_behind_the_last_row_may_be_missing():
    data = np.pad(packed("bgr8")[0], ((0, 0), (0, 5))).tobytes()[:-5]
    step = WIDTH * 3 + 5
    assert np.array_equal(convert(data, "bgr8", step=step), RGB)


def bt601(luma, blue, red):
    """ITU-R BT.601 with limited range, from its definition."""
    y, u, v = (luma - 16) * 255 / 219, (blue - 128) * 255 / 224, (red - 128) * 255 / 224
    rgb = [y + 1.402 * v, y - 0.344136 * u - 0.714136 * v, y + 1.772 * u]
    return np.clip(np.round(np.stack(rgb, axis=-1)), 0, 255)


@pytest.mark.parametrize(
    ("encoding", "order"),
    [("yuv422", "uyvy"), ("uyvy", "uyvy"), ("yuv422_yuy2", "yuyv"), ("yuyv", "yuyv")],
)
@pytest.mark.parametrize("padding", [0, 6])
def test_yuv_pairs_share_their_colour(encoding, order, padding):
    random = np.random.default_rng(4)
    luma = random.integers(16, 236, (HEIGHT, WIDTH)).astype(np.uint8)
    blue, red = random.integers(90, 166, (2, HEIGHT, WIDTH // 2)).astype(np.uint8)
    parts = {"u": [blue], "v": [red], "y": [luma[:, ::2], luma[:, 1::2]]}
    rows = np.stack([parts[letter].pop(0) for letter in order], axis=2).reshape(HEIGHT, -1)
    data = np.pad(rows, ((0, 0), (0, padding))).tobytes()
    wide = [np.repeat(part, 2, axis=1).astype(float) for part in (blue, red)]
    expected = bt601(luma.astype(float), *wide)
    assert np.abs(convert(data, encoding) - expected).max() <= 2


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"encoding": "bayer_rggb8"}, "'bayer_rggb8' is unknown; allowed: bgr8, bgra8, mono16"),
        ({"encoding": ""}, "'' is unknown"),
        ({"height": 0}, "8x0 pixels"),
        ({"width": 0}, "0x6 pixels"),
        ({"height": -1}, "8x-1 pixels"),
        ({"height": 2**31}, "8x2147483648 pixels"),
        ({"step": 23}, "step is 23 bytes.*at least 24"),
        ({"step": 0}, "step is 0 bytes"),
        ({"step": 25}, "truncated: 144 bytes, expected 150"),
        ({"height": 7}, "truncated: 144 bytes, expected 168"),
        ({"height": 5}, "too long: 144 bytes, expected 120"),
        ({"data": b""}, "truncated: 0 bytes"),
        ({"data": None}, "got NoneType"),
        ({"data": [1, 2]}, "got list"),
        ({"data": "text"}, "got str"),
        ({"encoding": "yuv422", "width": 7, "step": 24}, "in pairs, but the width is 7"),
    ],
)
def test_a_picture_that_does_not_fit_its_description_is_a_named_error(changes, message):
    picture = {"height": 6, "width": 8, "encoding": "rgb8", "step": 24, "data": RGB.tobytes()}
    with pytest.raises(ImageFormatError, match=message):
        image_to_rgb(**(picture | changes))


def encoded(extension, picture, *options):
    return cv2.imencode(extension, picture, options)[1].tobytes()


BLOCKS = np.kron(RGB, np.ones((16, 16, 1), np.uint8))
BGR = BLOCKS[..., ::-1]
BLOCKS_GREY = BLOCKS[..., :1].repeat(3, axis=2)


@pytest.mark.parametrize(
    ("data", "shown", "tolerance"),
    [
        (encoded(".png", BGR), BLOCKS, 0),
        (encoded(".png", BLOCKS[..., 0]), BLOCKS_GREY, 0),
        (encoded(".png", np.dstack([BGR, BLOCKS[..., 1]])), BLOCKS, 0),
        (encoded(".png", BLOCKS[..., 0].astype(np.uint16) * 256 + 255), BLOCKS_GREY, 0),
        (encoded(".png", BGR.astype(np.uint16) * 256 + 7), BLOCKS, 0),
        (encoded(".jpg", BGR, cv2.IMWRITE_JPEG_QUALITY, 100), BLOCKS, 60),
        (encoded(".jpg", BLOCKS[..., 0], cv2.IMWRITE_JPEG_QUALITY, 100), BLOCKS_GREY, 3),
        (encoded(".jpg", BGR, cv2.IMWRITE_JPEG_PROGRESSIVE, 1), BLOCKS, 90),
        (encoded(".jpg", BGR, cv2.IMWRITE_JPEG_RST_INTERVAL, 2), BLOCKS, 90),
    ],
    ids=[
        "png",
        "grey png",
        "png with alpha",
        "16-bit grey png",
        "16-bit png",
        "jpeg",
        "grey jpeg",
        "progressive jpeg",
        "jpeg with restart markers",
    ],
)
def test_a_compressed_picture_shows_what_was_compressed(data, shown, tolerance):
    result = compressed_to_rgb(data)
    assert result.dtype == np.uint8
    assert not result.flags.writeable
    assert result.shape == shown.shape
    middle = np.s_[8::16, 8::16]
    assert np.abs(result[middle].astype(int) - shown[middle]).max() <= tolerance


@pytest.mark.parametrize("container", CONTAINERS[:5])
def test_compressed_data_may_come_in_any_container(container):
    assert np.array_equal(compressed_to_rgb(container(encoded(".png", BGR))), BLOCKS)


def test_an_orientation_in_the_metadata_does_not_turn_the_picture():
    plain = encoded(".jpg", BGR)
    tiff = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    exif = b"Exif\0\0" + tiff
    turned = plain[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + plain[2:]
    assert np.array_equal(compressed_to_rgb(turned), compressed_to_rgb(plain))


@settings(max_examples=60, deadline=None)
@given(kind=st.sampled_from([".jpg", ".png"]), share=st.floats(0, 1, exclude_max=True))
def test_a_truncated_file_is_refused_wherever_it_was_cut(kind, share):
    data = encoded(kind, BGR)
    with pytest.raises(ImageFormatError):
        compressed_to_rgb(data[: int(share * (len(data) - 1))])


@settings(max_examples=200, deadline=None)
@given(
    kind=st.sampled_from([".jpg", ".png"]),
    changes=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=5),
    tail=st.binary(max_size=20),
)
def test_a_damaged_file_is_a_picture_or_a_named_error(kind, changes, tail):
    data = bytearray(encoded(kind, BGR) + tail)
    for place, value in changes:
        data[int(place * (len(data) - 1))] = value
    try:
        result = compressed_to_rgb(bytes(data))
    except ImageFormatError:
        return
    assert result.ndim == 3


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"]))
def test_no_bytes_whatever_are_taken_for_a_picture(data, start):
    with pytest.raises(ImageFormatError):
        compressed_to_rgb(start + data)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "0 bytes starts with nothing; expected JPEG or PNG"),
        (b"GIF89a", "starts with 47 49 46 38 39 61; expected JPEG or PNG"),
        (encoded(".bmp", BGR), "starts with 42 4d"),
        (None, "got NoneType"),
    ],
)
def test_another_format_is_named_by_what_it_starts_with(data, message):
    with pytest.raises(ImageFormatError, match=message):
        compressed_to_rgb(data)
