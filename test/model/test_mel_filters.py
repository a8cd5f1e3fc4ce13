"""The filter bank against its formula, worked out bin by bin."""

import math

import numpy as np
import pytest

from tml_ros.model.mel_filters import channel_edges_hz, mel_filters


def mel(hz):
    return 1127.0 * math.log(1.0 + hz / 700.0)


def triangle(mels, left, top, right):
    hz = 700.0 * (math.exp(mels / 1127.0) - 1.0)
    if not left < hz < right:
        return 0.0
    return (hz - left) / (top - left) if hz < top else (right - hz) / (right - top)


def test_each_filter_is_a_triangle_between_its_neighbours_tops():
    steps = np.linspace(mel(80.0), mel(7600.0), 82)
    edges = [700.0 * (math.exp(step / 1127.0) - 1.0) for step in steps]
    for channel in range(80):
        expected = [triangle(mel(k * 15.625), *edges[channel : channel + 3]) for k in range(513)]
        # 2595 log10 and 1127 ln are the same scale but for its last digits.
        assert mel_filters()[:, channel] == pytest.approx(expected, abs=1e-3)


def test_no_channel_is_deaf():
    assert (mel_filters().sum(axis=0) > 1.0).all()


def test_nothing_outside_80_to_7600_hz_is_heard():
    hz = np.arange(513) * 15.625
    heard = mel_filters().any(axis=1)
    assert not heard[(hz <= 80) | (hz >= 7600)].any()
    assert heard[(hz > 85) & (hz < 7590)].all()


def test_between_the_first_and_the_last_top_the_filters_add_up_to_one():
    hz = np.arange(513) * 15.625
    edges = channel_edges_hz()
    inside = (hz >= edges[1]) & (hz <= edges[-2])
    assert mel_filters()[inside].sum(axis=1) == pytest.approx(1.0, abs=1e-5)


def test_the_filters_cannot_be_changed_by_who_uses_them():
    with pytest.raises(ValueError, match="read-only"):
        mel_filters()[0, 0] = 1.0
