import shutil

import numpy as np
import pytest
from footage import SIZE, index_of, make_uneven_video, make_video

from tml_ros.devices.captured_frame import CameraSourceError
from tml_ros.devices.video_file import VideoFile


def test_a_video_gives_every_frame_with_its_media_time(tmp_path):
    video = VideoFile(make_video(tmp_path / "even.avi", frames=12, rate=20.0))
    frames = list(video)
    assert video.size == SIZE
    assert video.rate == pytest.approx(20.0)
    assert [offset for offset, _ in frames] == [50_000_000 * index for index in range(12)]
    assert [index_of(rgb) for _, rgb in frames] == list(range(12))


def test_pictures_are_red_green_blue_and_read_only(tmp_path):
    _, rgb = next(iter(VideoFile(make_video(tmp_path / "red.avi"))))
    assert (rgb.dtype, rgb.shape) == (np.uint8, (SIZE[1], SIZE[0], 3))
    assert not rgb.flags.writeable
    red, green, blue = rgb[24, 8]
    assert red > 180
    assert max(green, blue) < 80


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="the program ffmpeg is not installed")
def test_uneven_time_stamps_are_kept(tmp_path):
    times_ms = [0, 40, 200, 240, 720, 760]
    video = VideoFile(make_uneven_video(tmp_path / "uneven.mkv", times_ms))
    assert [offset // 1_000_000 for offset, _ in video] == times_ms


def test_a_second_pass_starts_at_the_first_frame(tmp_path):
    video = VideoFile(make_video(tmp_path / "twice.avi", frames=5))
    assert [offset for offset, _ in video] == [offset for offset, _ in video]


def test_pictures_are_fitted_to_the_size_asked_for(tmp_path):
    video = VideoFile(make_video(tmp_path / "small.avi"), size=(32, 20))
    assert video.size == (32, 20)
    assert next(iter(video))[1].shape == (20, 32, 3)


def test_a_missing_file_says_what_to_do(tmp_path):
    with pytest.raises(CameraSourceError, match=r"does not exist; check the path"):
        VideoFile(tmp_path / "gone.mp4")


def test_a_folder_is_not_a_video(tmp_path):
    with pytest.raises(CameraSourceError, match="is not a file"):
        VideoFile(tmp_path)


@pytest.mark.parametrize("content", [b"", b"not a video at all\n" * 50, b"RIFF\0\0\0\0AVI "])
def test_a_file_that_is_no_video_is_a_named_error(tmp_path, content):
    path = tmp_path / "broken.avi"
    path.write_bytes(content)
    with pytest.raises(CameraSourceError, match=r"broken\.avi (is not a video|has no readable)"):
        VideoFile(path)


def test_a_video_cut_short_gives_what_is_there(tmp_path):
    path = make_video(tmp_path / "cut.avi", frames=48)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    indices = [index_of(rgb) for _, rgb in VideoFile(path)][:-1]
    assert 10 <= len(indices) < 24
    assert indices == [index % 12 for index in range(len(indices))]
