"""Vibration from files of four kinds; mistakes say what is there; nothing is unpickled."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from tml_ros.background.vibration.vibration_file import (
    VibrationFileError,
    pick_channel,
    read_channels,
)

ROW = np.sin(np.arange(50)).astype(np.float32)


def test_arrays_of_an_npz_are_channels_and_single_numbers_are_not(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, DE=ROW.reshape(-1, 1).astype(np.float64), both=np.stack([ROW, -ROW]), RPM=1797)
    channels, rate = read_channels(path)
    assert rate is None
    assert sorted(channels) == ["DE", "both0", "both1"]
    assert channels["DE"] == pytest.approx(ROW)
    assert channels["both1"] == pytest.approx(-ROW)


def test_a_npy_is_one_channel_or_columns(tmp_path: Path) -> None:
    np.save(tmp_path / "row.npy", ROW)
    np.save(tmp_path / "two.npy", np.stack([ROW, 2 * ROW], axis=1))
    assert list(read_channels(tmp_path / "row.npy")[0]) == ["0"]
    assert read_channels(tmp_path / "two.npy")[0]["1"] == pytest.approx(2 * ROW)


def test_a_wav_says_its_rate(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(25_600)
        file.writeframes((np.stack([ROW, -ROW], axis=1) * 32_000).astype("<i2").tobytes())
    channels, rate = read_channels(path)
    assert rate == 25_600
    assert channels["1"] == pytest.approx(-ROW * 32_000 / 32_768, abs=1e-4)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("time,DE\n0,1.5\n1,2.5\n", {"time": [0, 1], "DE": [1.5, 2.5]}),
        ("# a note\nDE;FE\n1;2\n\n3;4\n", {"DE": [1, 3], "FE": [2, 4]}),
        ("1.0\n2.0\n-3e-2\n", {"0": [1, 2, -0.03]}),
        ("1\t2\n3\t4\n", {"0": [1, 3], "1": [2, 4]}),
        ("1 2\n3 4\n", {"0": [1, 3], "1": [2, 4]}),
        ("\ufeffDE\n1\n2\n", {"DE": [1, 2]}),
        ("DE\n1\nnan\n", {"DE": [1, np.nan]}),
    ],
)
def test_columns_of_a_csv_are_channels(
    tmp_path: Path, text: str, expected: dict[str, list[float]]
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    channels, _ = read_channels(path)
    assert {name: list(row) for name, row in channels.items()} == {
        name: pytest.approx(row, nan_ok=True) for name, row in expected.items()
    }


def test_a_channel_is_found_by_name_or_because_there_is_no_other() -> None:
    path, one = Path("a.npz"), {"DE": ROW}
    assert pick_channel(path, one, None) == "DE"
    assert pick_channel(path, {**one, "FE": ROW}, "de") == "DE"
    with pytest.raises(VibrationFileError, match=r"DE \(50 samples\), FE.*--channel"):
        pick_channel(path, {**one, "FE": ROW}, None)
    with pytest.raises(VibrationFileError, match=r"no channel 'BA'; it has DE"):
        pick_channel(path, one, "BA")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.mat", b"", r"\.npz, \.npy, \.wav, \.csv"),
        ("a.npz", b"nonsense", "not a plain .npz file"),
        ("a.npy", b"", "not a plain .npy file"),
        ("a.wav", b"nonsense", "RIFF"),
        ("a.csv", b"\xff\xfe\x00", "UTF-8"),
        ("a.csv", b"a,b\n1,2\n3\n", "line 3 is not 2 numbers"),
        ("a.csv", b"a,b\n1,2\n3,x\n", "line 3 is not 2 numbers"),
        ("a.csv", b"", "no row of numbers"),
        ("a.csv", b"a,b\n", "no row of numbers"),
    ],
)
def test_a_file_that_is_none_says_so(
    tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ValueError, match=reason):
        read_channels(path)


class Trap:
    """Leaves a file where it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self._mark = mark

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (Path.touch, (self._mark,))


@pytest.mark.parametrize("name", ["a.npz", "a.npy"])
def test_nothing_in_a_file_is_executed(tmp_path: Path, name: str) -> None:
    path, mark = tmp_path / name, tmp_path / "sprung"
    trap = np.array([Trap(mark)], object)
    if name.endswith("z"):
        np.savez(path, DE=trap)
    else:
        np.save(path, trap, allow_pickle=True)
    with pytest.raises(VibrationFileError, match="not a plain"):
        read_channels(path)
    assert not mark.exists()
