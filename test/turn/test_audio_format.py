"""Whatever a microphone delivers becomes 16 kHz mono float, the same however it is cut."""

from __future__ import annotations

import array
import itertools

import numpy as np
import pytest
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st

from tml_ros.turn.audio_format import (
    AudioConverter,
    AudioEncoding,
    AudioFormatError,
    to_int16,
)

DTYPES = {"s16": "<i2", "s32": "<i4", "f32": "<f4", "u8": "u1"}


def converter(rate=16_000, channels=1, encoding="s16"):
    return AudioConverter(rate=rate, channels=channels, encoding=encoding)


def written(samples, encoding):
    """Float samples as a device of that encoding writes them."""
    if encoding == "f32":
        return samples.astype("<f4")
    if encoding == "u8":
        return np.round(samples * 127 + 128).astype("u1")
    scale = {"s16": 32_767, "s32": 2_147_483_647}[encoding]
    return np.round(samples * scale).astype(DTYPES[encoding])


def whole(converter, data):
    return np.concatenate([converter.convert(data), converter.flush()])


@pytest.mark.parametrize(
    ("encoding", "values", "expected"),
    [
        ("s16", [-32_768, 0, 16_384, 32_767], [-1, 0, 0.5, 32_767 / 32_768]),
        ("s32", [-(2**31), 0, 2**30, 2**16], [-1, 0, 0.5, 2**-15]),
        ("f32", [-1, 0, 0.25, 1], [-1, 0, 0.25, 1]),
        ("u8", [0, 128, 192, 255], [-1, 0, 0.5, 127 / 128]),
    ],
)
def test_each_encoding_has_its_own_full_scale(encoding, values, expected):
    data = np.array(values, DTYPES[encoding])
    result = converter(encoding=encoding).convert(data)
    assert result.dtype == np.float32
    assert not result.flags.writeable
    assert result.tolist() == pytest.approx(expected)


@pytest.mark.parametrize(
    "container",
    [
        bytes,
        bytearray,
        memoryview,
        lambda raw: array.array("B", raw),
        lambda raw: array.array("h", raw),
        lambda raw: np.frombuffer(raw, np.uint8),
        lambda raw: np.frombuffer(raw, "<i2"),
        lambda raw: np.frombuffer(raw, "<i2").reshape(-1, 2),
        lambda raw: np.repeat(np.frombuffer(raw, "<i2"), 2)[::2],
    ],
)
def test_data_may_come_in_any_container(container):
    raw = np.array([[1, 3], [-5, -7]], "<i2").tobytes()
    result = converter(channels=2).convert(container(raw))
    assert result.tolist() == [2 / 32_768, -6 / 32_768]


def test_sound_of_16_khz_passes_at_once():
    stream = converter(encoding="f32")
    data = np.linspace(-1, 1, 7, dtype=np.float32)
    result = stream.convert(data)
    assert np.array_equal(result, data)
    assert np.shares_memory(result, data)
    assert stream.delay_ns == 0
    assert len(stream.flush()) == 0


@pytest.mark.parametrize("encoding", DTYPES)
@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 44_100, 48_000, 96_000, 192_000])
@pytest.mark.parametrize("channels", [1, 2, 7])
def test_a_tone_keeps_its_height_loudness_and_length(encoding, rate, channels):
    times = np.arange(rate // 2) / rate
    tone = 0.5 * np.sin(2 * np.pi * 1_000 * times)
    data = np.repeat(written(tone, encoding), channels)
    result = whole(converter(rate, channels, encoding), data)
    assert len(result) == pytest.approx(8_000, abs=2)
    middle = result[2_000:6_000]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    assert np.argmax(spectrum) * 16_000 / len(middle) == 1_000
    assert np.sqrt(np.mean(middle**2)) == pytest.approx(0.5 / np.sqrt(2), rel=0.01)


def test_resampling_agrees_with_another_resampler():
    random = np.random.default_rng(3)
    noise = scipy.signal.sosfilt(
        scipy.signal.butter(8, 5_000, fs=48_000, output="sos"), random.normal(0, 0.1, 48_000)
    )
    result = whole(converter(48_000, 1, "f32"), noise.astype(np.float32))
    expected = scipy.signal.resample_poly(noise, 1, 3, window=("kaiser", 12.0))
    # libsoxr's engine is 0.1 ms ahead, which is 1.6 samples: compare power, not phase.
    bands = [scipy.signal.welch(x[1_000:15_000], 16_000)[1] for x in (result, expected)]
    heard = slice(2, 80)
    assert np.allclose(10 * np.log10(bands[0][heard] / bands[1][heard]), 0, atol=0.3)


def test_what_16_khz_cannot_hold_is_removed():
    times = np.arange(48_000) / 48_000
    result = whole(converter(48_000, 1, "f32"), np.sin(2 * np.pi * 12_000 * times).astype("f4"))
    assert np.abs(result[1_000:15_000]).max() < 1e-4


def test_channels_are_averaged():
    left, right = np.array([0.5, -0.25, 1], "f4"), np.array([0.25, 0.25, -1], "f4")
    result = converter(channels=2, encoding="f32").convert(np.stack([left, right], axis=1))
    assert result.tolist() == [0.375, 0, 0]


@pytest.mark.parametrize("rate", [8_000, 11_025, 44_100, 48_000, 192_000])
def test_the_delay_tells_where_the_output_stands(rate):
    stream = converter(rate, 1, "f32")
    sound = np.zeros(rate, "f4")
    sound[rate // 2] = 0.9
    pieces = []
    for start in range(0, rate, rate // 50):
        begins_ns = start * 1_000_000_000 / rate - stream.delay_ns
        piece = stream.convert(sound[start : start + rate // 50])
        assert 0 <= stream.delay_ns < 35_000_000
        pieces.append((begins_ns, piece))
    begins_ns, piece = max(pieces, key=lambda item: np.abs(item[1]).max(initial=0))
    peak_ns = begins_ns + int(np.argmax(np.abs(piece))) * 62_500
    assert peak_ns == pytest.approx(500_000_000, abs=200_000)


@settings(max_examples=40, deadline=None)
@given(
    rate=st.sampled_from([8_000, 11_025, 16_000, 44_100, 48_000]),
    channels=st.integers(1, 3),
    encoding=st.sampled_from(sorted(DTYPES)),
    sizes=st.lists(st.integers(0, 3_000), min_size=1, max_size=12),
)
def test_cut_into_any_blocks_a_stream_is_the_same_as_whole(rate, channels, encoding, sizes):
    random = np.random.default_rng(len(sizes))
    samples = random.uniform(-1, 1, (sum(sizes), channels))
    data = written(samples, encoding)
    streamed = converter(rate, channels, encoding)
    edges = np.cumsum([0, *sizes])
    pieces = [
        streamed.convert(data[start:end].tobytes()) for start, end in itertools.pairwise(edges)
    ]
    result = np.concatenate([*pieces, streamed.flush()])
    assert np.array_equal(result, whole(converter(rate, channels, encoding), data))
    assert np.abs(result).max(initial=0) <= 1


def test_what_is_not_finite_is_silent_and_counted_and_does_not_spread():
    stream = converter(48_000, 1, "f32")
    sound = np.zeros(4_800, "f4")
    sound[100:103] = np.nan, np.inf, -np.inf
    assert not whole(stream, sound).any()
    stream.convert(sound)
    assert stream.nonfinite_samples == 3


@pytest.mark.parametrize("rate", [16_000, 48_000])
def test_what_is_louder_than_full_scale_is_limited(rate):
    loud = np.full(4_800, 3e38, "f4")
    loud[::2] = -3e38
    assert np.abs(whole(converter(rate, 2, "f32"), loud)).max() <= 1


def test_after_reset_a_stream_is_as_new():
    noise = np.random.default_rng(1).uniform(-1, 1, 5_000).astype("f4")
    stream = converter(44_100, 1, "f32")
    first = whole(stream, noise)
    stream.convert(noise[:777])
    stream.reset()
    assert stream.delay_ns == 0
    assert np.array_equal(whole(stream, noise), first)


def test_nothing_is_a_block_too():
    for rate in (16_000, 44_100):
        assert len(converter(rate).convert(b"")) == 0


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\0" * 7, r"7 bytes is truncated.*2 channel\(s\) s16 has 4 bytes"),
        (np.zeros(3, "<i2"), "6 bytes is truncated"),
        (np.zeros(4, "f4"), "float32 numbers.*expected bytes or int16"),
        (np.zeros(4, ">i2"), "int16"),
        (np.zeros(4, "<i4"), "int32"),
        ([1, 2, 3], "got list"),
        (None, "got NoneType"),
        ("text", "got str"),
    ],
)
def test_data_that_cannot_be_the_stream_is_a_named_error_and_leaves_the_stream_alone(data, message):
    stream = converter(channels=2)
    with pytest.raises(AudioFormatError, match=message):
        stream.convert(data)
    assert stream.convert(np.array([2, 4], "<i2")).tolist() == [3 / 32_768]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rate": 7_999}, "rate .*8000..192000, got 7999"),
        ({"rate": 192_001}, "rate"),
        ({"rate": 44_100.0}, "rate"),
        ({"channels": 0}, "channels .*1..1024, got 0"),
        ({"channels": True}, "channels"),
        ({"encoding": "mp3"}, "'mp3' is unknown; allowed: s16, s32, f32, u8"),
    ],
)
def test_a_format_that_does_not_exist_is_a_named_error(options, message):
    with pytest.raises(AudioFormatError, match=message):
        converter(**options)


def test_an_encoding_may_be_given_by_name():
    assert converter(encoding=AudioEncoding.U8).convert(b"\x80").tolist() == [0]


def test_samples_beyond_full_scale_are_clipped_and_the_rest_is_exact():
    sound = np.array([-2.0, -1.0, 0.0, 0.5, 1.0, 2.0], np.float32)
    assert to_int16(sound).tolist() == [-32768, -32768, 0, 16384, 32767, 32767]


def test_int16_survives_the_way_there_and_back():
    every = np.arange(-32768, 32768, dtype=np.int16)
    assert np.array_equal(to_int16(every.astype(np.float32) / 32768), every)
