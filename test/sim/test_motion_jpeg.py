from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from tml_ros.devices.video_file import VideoFile
from tml_ros.sim.motion_jpeg import MotionJpeg, VideoWriteError


@pytest.mark.parametrize("rate", [1.0, 10.0, 12.5, 7.3, 29.97])
def test_a_film_says_its_true_rate(tmp_path: Path, rate: float) -> None:
    path = tmp_path / "film.avi"
    with MotionJpeg(path, rate=rate, size=(81, 95)) as film:
        for level in range(4):
            film.write(np.full((95, 81, 3), 40 * level, np.uint8))
    offsets = [offset for offset, _ in VideoFile(path)]
    assert np.diff(offsets) == pytest.approx(1e9 / rate, rel=1e-4)
    assert len(offsets) == 4


def test_pictures_come_back_in_their_colours(tmp_path: Path) -> None:
    path = tmp_path / "film.avi"
    picture = np.zeros((120, 160, 3), np.uint8)
    picture[:, :80] = (220, 30, 40)
    with MotionJpeg(path, rate=10, size=(160, 120)) as film:
        film.write(picture)
    ((_, seen),) = VideoFile(path)
    assert np.abs(seen[:, 8:72].astype(int) - (220, 30, 40)).max() < 12
    assert seen[:, 88:].max() < 12


def test_where_nothing_can_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(VideoWriteError, match="no_such_folder"):
        MotionJpeg(tmp_path / "no_such_folder" / "film.avi", rate=10, size=(160, 120))


def test_a_file_without_headers_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "film.avi"

    class Writer:
        def __init__(self, *_: object) -> None:
            path.write_bytes(b"nothing of the kind")

        isOpened = staticmethod(lambda: True)  # noqa: N815 - OpenCV's own name
        release = staticmethod(lambda: None)

    Writer.fourcc = staticmethod(cv2.VideoWriter.fourcc)  # type: ignore[attr-defined]
    monkeypatch.setattr(cv2, "VideoWriter", Writer)
    with (
        pytest.raises(VideoWriteError, match="without headers"),
        MotionJpeg(path, rate=7.3, size=(160, 120)),
    ):
        pass
