from __future__ import annotations

import pytest

from tml_ros.devices.source_names import names_sound_file, names_video_file, names_wav_file


@pytest.mark.parametrize(
    ("source", "is_file"),
    [
        ("clip.mp4", True),
        ("no suffix", True),
        ("0", False),
        (0, False),
        (None, False),
        ("/dev/video2", False),
        ("rtsp://10.0.0.7/a.mp4", False),
    ],
)
def test_a_cameras_source_is_a_file_unless_it_is_a_device_or_a_url(source, is_file):
    assert names_video_file(source) is is_file


@pytest.mark.parametrize("name", ["hall.wav", "HALL.WAV", "hall.wave", "/nowhere/hall.wav"])
def test_what_ends_as_a_wav_file_does_is_one_whether_it_exists_or_not(name):
    assert names_wav_file(name)
    assert names_sound_file(name)


@pytest.mark.parametrize("name", [None, 3, "default", "USB Audio", "a\0b", "x" * 5000])
def test_everything_else_is_the_name_of_a_device(name, tmp_path):
    assert not names_wav_file(name)
    assert not names_sound_file(name, tmp_path)


def test_a_file_that_is_there_is_a_sound_source_whatever_it_is_called(tmp_path):
    (tmp_path / "hall.flac").write_bytes(b"")
    assert names_sound_file("hall.flac", tmp_path)
    assert not names_wav_file("hall.flac")
