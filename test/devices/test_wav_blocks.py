import wave

import numpy as np
import pytest
from scipy.signal import resample_poly

from tml_ros.devices.wav_blocks import WavBlocks
from tml_ros.devices.wav_file import WavFile


def make_wav(path, sound, rate=16_000):
    """int16 [n] or [n, channels] as a wav file."""
    frames = sound[:, None] if sound.ndim == 1 else sound
    with wave.open(str(path), "wb") as out:
        out.setparams((frames.shape[1], 2, rate, 0, "NONE", ""))
        out.writeframes(frames.astype("<i2").tobytes())
    return path


def blocks_of(path, *, frames=320, limit=1_000, rate=16_000, channels=1, loop=False):
    with WavFile(path) as wav:
        blocks = WavBlocks(wav, rate=rate, channels=channels, loop=loop)
        got = []
        while len(got) < limit and (block := blocks.read(frames)) is not None:
            got.append(block)
        return got


def test_a_file_of_the_asked_rate_comes_out_bit_for_bit(tmp_path):
    sound = np.random.default_rng(1).integers(-32768, 32768, 1_000).astype(np.int16)
    blocks = blocks_of(make_wav(tmp_path / "a.wav", sound))
    assert [len(block) for block in blocks] == [320, 320, 320, 40]
    assert blocks[0].dtype == np.int16
    assert np.array_equal(np.concatenate(blocks)[:, 0], sound)


def test_another_rate_is_resampled_without_seams_between_blocks(tmp_path):
    t = np.arange(44_100) / 44_100
    sound = (8_000 * np.sin(2 * np.pi * 440 * t) * np.hanning(len(t))).astype(np.int16)
    blocks = blocks_of(make_wav(tmp_path / "cd.wav", sound, rate=44_100))
    got = np.concatenate(blocks)[:, 0].astype(float)
    expected = resample_poly(sound.astype(float), 160, 441)
    assert abs(len(got) - 16_000) <= 2
    count = min(len(got), len(expected))
    assert np.abs(got[:count] - expected[:count]).max() < 40


def test_several_channels_are_mixed_to_one(tmp_path):
    sound = np.stack([np.full(320, 1_000), np.full(320, -400)], axis=1).astype(np.int16)
    (block,) = blocks_of(make_wav(tmp_path / "stereo.wav", sound))
    assert (block == 300).all()


def test_one_channel_is_repeated_for_several(tmp_path):
    (block,) = blocks_of(
        make_wav(tmp_path / "mono.wav", np.arange(320, dtype=np.int16)), channels=3
    )
    assert block.shape == (320, 3)
    assert (block == np.arange(320)[:, None]).all()


def test_channels_that_cannot_be_matched_are_named(tmp_path):
    path = make_wav(tmp_path / "two.wav", np.zeros((10, 2), np.int16))
    with pytest.raises(ValueError, match="has 2 channels, asked for are 3"):
        blocks_of(path, channels=3)


def test_a_loop_joins_the_end_to_the_beginning(tmp_path):
    sound = np.arange(500, dtype=np.int16)
    blocks = blocks_of(make_wav(tmp_path / "loop.wav", sound), loop=True, limit=10)
    got = np.concatenate(blocks)[:, 0]
    assert np.array_equal(got, np.resize(sound, 3_200))


@pytest.mark.parametrize("loop", [True, False])
def test_a_file_without_sound_ends_at_once(tmp_path, loop):
    assert blocks_of(make_wav(tmp_path / "empty.wav", np.zeros(0, np.int16)), loop=loop) == []
