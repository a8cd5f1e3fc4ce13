import shutil
import struct
import subprocess
import wave

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.devices.wav_file import WavFile, WavFileError, read_wav


def chunk(name, body):
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def form(*, code=1, channels=1, rate=16_000, bits=16, frame_bytes=None, extra=b""):
    frame_bytes = channels * bits // 8 if frame_bytes is None else frame_bytes
    fields = (code, channels, rate, rate * frame_bytes, frame_bytes, bits)
    return chunk(b"fmt ", struct.pack("<HHIIHH", *fields) + extra)


def riff(*chunks):
    body = b"WAVE" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


EXTENSIBLE = struct.pack("<HHI", 22, 24, 0) + struct.pack("<H", 1) + b"\0" * 14


@pytest.mark.parametrize(
    ("header", "body", "expected"),
    [
        (form(bits=8), bytes([0, 128, 255]), [-1.0, 0.0, 127 / 128]),
        (form(bits=16), struct.pack("<3h", -32768, 0, 16384), [-1.0, 0.0, 0.5]),
        (form(bits=24), b"\x00\x00\x80\x00\x00\x40\x01\x00\x00", [-1.0, 0.5, 2**-23]),
        (form(bits=32), struct.pack("<2i", -(2**31), 2**30), [-1.0, 0.5]),
        (form(code=3, bits=32), struct.pack("<4f", 0.25, 7, -7, np.nan), [0.25, 1, -1, 0]),
        (form(code=3, bits=64), struct.pack("<2d", -0.125, np.inf), [-0.125, 1.0]),
        (form(code=0xFFFE, bits=24, extra=EXTENSIBLE), b"\x00\x00\xc0", [-0.5]),
    ],
    ids=["u8", "s16", "s24", "s32", "f32", "f64", "extensible"],
)
def test_every_plain_encoding_is_read(header, body, expected):
    with WavFile(riff(header, chunk(b"data", body))) as wav:
        samples = wav.read(100)
    assert samples.dtype == np.float32
    assert samples[:, 0].tolist() == pytest.approx(expected, abs=1e-9)


@pytest.mark.skipif(shutil.which("sox") is None, reason="the program sox is not installed")
@pytest.mark.parametrize(
    "encoding",
    [
        ["-b", "8", "-e", "unsigned"],
        ["-b", "16", "-e", "signed"],
        ["-b", "24", "-e", "signed"],
        ["-b", "32", "-e", "signed"],
        ["-b", "32", "-e", "float"],
        ["-b", "64", "-e", "float"],
    ],
)
def test_files_of_another_program_hold_the_tone_they_should(tmp_path, encoding):
    path = tmp_path / "tone.wav"
    tone = ["synth", "0.1", "sine", "1000", "vol", "0.5"]
    make = ["sox", "-D", "-n", "-r", "48000", "-c", "2", *encoding, str(path), *tone]
    subprocess.run(make, check=True)
    rate, samples = read_wav(path)
    assert (rate, samples.shape) == (48_000, (4_800, 2))
    expected = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(4_800) / 48_000)
    assert np.abs(samples - expected[:, None]).max() < 0.01


def test_reading_in_pieces_gives_what_reading_at_once_gives(tmp_path):
    path = tmp_path / "stereo.wav"
    with wave.open(str(path), "wb") as out:
        out.setparams((2, 2, 8_000, 0, "NONE", ""))
        out.writeframes(np.arange(2_000, dtype="<i2").tobytes())
    _, whole = read_wav(path)
    with WavFile(path) as wav:
        pieces = [wav.read(count) for count in (1, 333, 0, 10_000)]
        assert wav.read(5).shape == (0, 2)
        wav.rewind()
        assert np.array_equal(wav.read(7), whole[:7])
    assert whole.shape == (1_000, 2)
    assert np.array_equal(np.concatenate(pieces), whole)


def test_chunks_that_are_not_sound_are_passed_over():
    data = riff(
        chunk(b"LIST", b"odd"), form(bits=8), chunk(b"fact", b"1234"), chunk(b"data", b"\x80\x80")
    )
    with WavFile(data) as wav:
        assert wav.frames == 2


@pytest.mark.parametrize("length", [0, 0x7FFFF000, 0xFFFFFFFF])
def test_a_file_written_to_a_pipe_is_read_to_its_end(length):
    data = riff(form()) + b"data" + struct.pack("<I", length) + b"\1\0" * 50
    with WavFile(data) as wav:
        assert (wav.frames, wav.missing) == (50, 0)


def test_a_file_cut_short_plays_what_is_there_and_says_what_is_missing():
    data = riff(form(), chunk(b"data", b"\1\0" * 100))[:-51]
    with WavFile(data) as wav:
        assert (wav.frames, wav.missing) == (74, 26)
        assert wav.read(1_000).shape == (74, 1)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "does not begin with RIFF/WAVE"),
        (b"OggS" + b"\0" * 60, "does not begin with RIFF/WAVE"),
        (riff(), "no fmt chunk"),
        (riff(form()), "no data chunk"),
        (riff(chunk(b"data", b"")), "data comes before its fmt"),
        (riff(chunk(b"fmt ", b"1234"), chunk(b"data", b"")), "fmt chunk has 4 bytes"),
        (riff(form(code=7, bits=8), chunk(b"data", b"")), "8-bit mu-law; readable are PCM of 8"),
        (riff(form(bits=12), chunk(b"data", b"")), "12-bit PCM"),
        (riff(form(code=0x55, bits=0), chunk(b"data", b"")), "MP3"),
        (riff(form(channels=0), chunk(b"data", b"")), "0 channels"),
        (riff(form(channels=200), chunk(b"data", b"")), "200 channels"),
        (riff(form(rate=0), chunk(b"data", b"")), "at 0 Hz"),
        (riff(form(channels=2, frame_bytes=3), chunk(b"data", b"")), "do not take 3 bytes"),
    ],
)
def test_a_broken_file_is_a_named_error(data, words):
    with pytest.raises(WavFileError, match=words):
        WavFile(data)


def test_a_missing_file_is_a_named_error(tmp_path):
    with pytest.raises(WavFileError, match=r"gone\.wav does not exist"):
        read_wav(tmp_path / "gone.wav")


def test_a_folder_is_a_named_error(tmp_path):
    with pytest.raises(WavFileError, match="cannot be read"):
        read_wav(tmp_path)


@given(
    st.binary(max_size=120),
    st.sampled_from([b"", riff(form())[:20], riff(form()), riff(form(channels=2, bits=24))]),
)
def test_no_bytes_at_all_bring_more_than_a_named_error(tail, head):
    try:
        with WavFile(head + tail) as wav:
            samples = wav.read(1_000)
            assert samples.shape == (wav.frames, wav.channels)
            assert np.abs(samples).max(initial=0.0) <= 1.0
    except WavFileError as problem:
        assert str(problem)
