import wave

import numpy as np
import pytest

from tml_ros.devices.captured_block import MicrophoneSourceError
from tml_ros.devices.microphone_source import open_microphone
from tml_ros.devices.source_state import SourceState

MS = 1_000_000


def make_wav(path, sound, rate=16_000):
    with wave.open(str(path), "wb") as out:
        out.setparams((1, 2, rate, 0, "NONE", ""))
        out.writeframes(sound.astype("<i2").tobytes())
    return str(path)


def all_blocks(microphone):
    blocks = []
    while microphone.status.state is SourceState.RUNNING or blocks[-1:] != [None]:
        blocks.append(microphone.read(0.5))
    microphone.close()
    return [block for block in blocks if block is not None]


def test_a_wav_file_sounds_in_20_ms_blocks_on_one_time_line(tmp_path):
    sound = np.arange(3_300, dtype=np.int16)
    blocks = all_blocks(open_microphone(make_wav(tmp_path / "a.wav", sound)))
    assert np.array_equal(np.concatenate([block.samples for block in blocks])[:, 0], sound)
    starts = [(block.start_ns - blocks[0].start_ns) / MS for block in blocks]
    assert starts == pytest.approx([20 * index for index in range(11)], abs=0.001)
    assert not blocks[0].samples.flags.writeable


def test_a_wav_file_that_ends_says_so(tmp_path):
    microphone = open_microphone(make_wav(tmp_path / "a.wav", np.zeros(400, np.int16)))
    assert len(all_blocks(microphone)) == 2
    assert microphone.read(30.0) is None
    assert microphone.status.state is SourceState.CLOSED


def test_a_looping_wav_file_goes_on(tmp_path):
    path = make_wav(tmp_path / "a.wav", np.arange(320, dtype=np.int16))
    microphone = open_microphone(path, loop=True)
    blocks = [microphone.read(5.0) for _ in range(4)]
    microphone.close()
    assert all(np.array_equal(block.samples, blocks[0].samples) for block in blocks)
    assert microphone.status.state is SourceState.CLOSED


def test_a_file_is_converted_to_the_asked_rate_and_channels(tmp_path):
    path = make_wav(tmp_path / "a.wav", np.zeros(4_800, np.int16), rate=48_000)
    microphone = open_microphone(path, rate=8_000, channels=2)
    assert {block.samples.shape for block in all_blocks(microphone)} == {(160, 2)}


def test_a_file_cut_short_is_played_as_far_as_it_goes_and_reported(tmp_path):
    path = tmp_path / "cut.wav"
    make_wav(path, np.ones(640, np.int16))
    path.write_bytes(path.read_bytes()[:-200])
    microphone = open_microphone(str(path))
    assert "100 frames are missing" in microphone.status.last_error
    assert sum(len(block.samples) for block in all_blocks(microphone)) == 540


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "does not exist"), (b"", "is not a wav file"), (b"RIFF1234WAVE", "no fmt chunk")],
)
def test_a_file_that_cannot_be_played_is_a_named_error(tmp_path, content, words):
    path = tmp_path / "sound.WAV"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(MicrophoneSourceError, match=words):
        open_microphone(str(path))


def test_channels_that_do_not_fit_are_a_named_error(tmp_path):
    path = tmp_path / "two.wav"
    with wave.open(str(path), "wb") as out:
        out.setparams((2, 2, 16_000, 0, "NONE", ""))
        out.writeframes(b"\0" * 40)
    with pytest.raises(MicrophoneSourceError, match="has 2 channels, asked for are 4"):
        open_microphone(str(path), channels=4)
