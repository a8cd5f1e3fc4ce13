"""Recorded measurements: npz, csv and wav become finite values, or one line that says why not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tml_ros.devices.telemetry_file import TelemetryFileError, read_telemetry_file
from tml_ros.devices.wav_writer import WavWriter

VALUES = np.linspace(-0.5, 0.5, 11)


@pytest.fixture
def npz(tmp_path: Path) -> Path:
    path = tmp_path / "a.npz"
    np.savez(path, rpm=np.array(1797.0), X097_DE_time=VALUES[:, None], FE=VALUES * 2, name="x")
    return path


@pytest.mark.parametrize(("channel", "factor"), [("", 1), ("DE", 1), ("FE", 2)])
def test_a_channel_of_an_npz_is_read(npz: Path, channel: str, factor: int) -> None:
    read = read_telemetry_file(npz, channel=channel)
    np.testing.assert_allclose(read.values, VALUES * factor, rtol=1e-6)
    assert not read.values.flags.writeable


@pytest.mark.parametrize(
    ("text", "channel"), [("1\n2\n3\n", ""), ("speed,temp\n9,1\n9,2\n\n9,3\n", "temp")]
)
def test_a_column_of_a_csv_is_read(tmp_path: Path, text: str, channel: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text)
    assert read_telemetry_file(path, channel=channel).values.tolist() == [1, 2, 3]


def test_a_wav_tells_its_rate(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    writer = WavWriter(path, rate=12_000)
    writer.write(VALUES.astype(np.float32))
    writer.close()
    read = read_telemetry_file(path)
    assert read.rate == 12_000
    np.testing.assert_allclose(read.values, VALUES, atol=1e-4)


@pytest.mark.parametrize(
    ("name", "content", "channel", "words"),
    [
        ("a.npz", b"no zip", "", "cannot be read"),
        ("a.csv", b"a,b\n1,2\n", "c", "no column 'c'; it has: a, b"),
        ("a.csv", b"a\n1\nx\n", "", "line 3"),
        ("a.csv", b"a\n1\nnan\n", "", "not finite"),
        ("a.csv", b"a\n", "", "0 values"),
        ("a.csv", b"\xff\xfe", "", "cannot be read"),
        ("a.wav", b"RIFF", "", "not a wav"),
        ("a.mat", b"", "", ".npz, .csv, .wav"),
    ],
)
def test_what_cannot_be_played_is_told_in_one_line(
    tmp_path: Path, name: str, content: bytes, channel: str, words: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(TelemetryFileError, match=words) as caught:
        read_telemetry_file(path, channel=channel)
    assert "\n" not in str(caught.value)
    with pytest.raises(TelemetryFileError, match="cannot be read"):
        read_telemetry_file(tmp_path / "absent.npz")


def test_an_array_that_is_not_there_is_told_with_what_is(npz: Path) -> None:
    with pytest.raises(TelemetryFileError, match="it has: rpm, X097_DE_time, FE"):
        read_telemetry_file(npz, channel="BA")
