import itertools
import socket
import time

import pytest
from footage import PictureServer, index_of, make_uneven_video, make_video, serving

from tml_ros.devices.camera_source import open_camera
from tml_ros.devices.captured_frame import CameraSourceError
from tml_ros.devices.source_state import SourceState

MS = 1_000_000


@pytest.fixture
def closing():
    """Opens cameras and closes them at the end of the test."""
    cameras = []

    def opened(*args, **options):
        cameras.append(open_camera(*args, **options))
        return cameras[-1]

    yield opened
    for camera in cameras:
        camera.close()


def test_a_file_comes_to_a_clean_end_after_its_last_frame(tmp_path, closing):
    camera = closing(str(make_video(tmp_path / "short.avi", frames=6)))
    frames = list(camera)
    assert frames[-1].offset_ns == 200 * MS
    assert index_of(frames[-1].rgb) == 5
    status = camera.status
    assert (status.state, status.retries, status.last_error) == (SourceState.ENDED, 0, "")
    assert status.frames + status.skipped == 6
    assert camera.read(0.0) is None


def test_a_file_is_paced_by_its_own_uneven_time_stamps(tmp_path, closing):
    times_ms = [0, 40, 200, 240, 520]
    camera = closing(str(make_uneven_video(tmp_path / "uneven.mkv", times_ms)))
    came = [(frame, time.monotonic_ns()) for frame in camera]
    starts = {frame.captured_ns - frame.offset_ns for frame, _ in came}
    assert len(starts) == 1
    assert {frame.offset_ns // MS for frame, _ in came} <= set(times_ms)
    assert all(now >= frame.captured_ns for frame, now in came)


def test_a_looping_file_goes_on_with_rising_media_time(tmp_path, closing):
    camera = closing(str(make_video(tmp_path / "loop.avi", frames=3, rate=50.0)), loop=True)
    frames = list(itertools.islice(camera, 10))
    offsets = [frame.offset_ns for frame in frames]
    assert all(low < high for low, high in itertools.pairwise(offsets))
    assert all(offset % (20 * MS) == 0 for offset in offsets)
    assert [index_of(frame.rgb) for frame in frames] == [
        offset // (20 * MS) % 3 for offset in offsets
    ]
    assert offsets[-1] >= 180 * MS
    assert camera.status.state is SourceState.RUNNING


def test_no_more_than_the_asked_rate_is_delivered(tmp_path, closing):
    camera = closing(str(make_video(tmp_path / "fast.avi", frames=24, rate=60.0)), rate=20.0)
    offsets = [frame.offset_ns for frame in camera]
    assert all(high - low >= 49 * MS for low, high in itertools.pairwise(offsets))
    assert camera.status.frames <= 8


def test_a_slow_reader_gets_the_newest_frame_and_the_others_are_counted(
    tmp_path, closing, wait_until
):
    camera = closing(str(make_video(tmp_path / "clip.avi", frames=12)))
    wait_until(lambda: camera.status.state is SourceState.ENDED)
    frame = camera.read(0.0)
    assert index_of(frame.rgb) == 11
    assert camera.status.replaced == camera.status.frames - 1
    assert camera.read(0.0) is None


def test_frames_are_fitted_to_the_asked_size(tmp_path, closing):
    camera = closing(str(make_video(tmp_path / "clip.avi")), size=(100, 80))
    assert camera.read(5.0).rgb.shape == (80, 100, 3)


def test_a_network_camera_that_goes_away_is_reported_and_taken_up_again(closing, wait_until):
    with PictureServer() as server:
        camera = closing(server.url)
        first = camera.read(10.0)
        wait_until(lambda: camera.status.frames >= 5)
        assert camera.status.state is SourceState.RUNNING
    wait_until(lambda: camera.status.state is SourceState.LOST)
    assert camera.status.last_error
    wait_until(lambda: camera.status.retries >= 1)
    before = camera.status.frames
    while camera.read(0.0) is not None:
        pass
    with PictureServer(server.port):
        again = camera.read(10.0)
        assert again is not None
        wait_until(lambda: camera.status.frames >= before + 5)
        assert camera.status.state is SourceState.RUNNING
    assert again.offset_ns > first.offset_ns
    assert again.captured_ns - first.captured_ns == again.offset_ns - first.offset_ns


def test_a_recording_behind_a_url_is_paced_and_ends(tmp_path, closing):
    served = make_video(tmp_path / "clip.avi", frames=8)
    with serving(tmp_path) as base:
        camera = closing(f"{base}/{served.name}")
        frames = list(camera)
    assert frames[-1].offset_ns == 280 * MS
    assert frames[-1].captured_ns - frames[0].captured_ns == 280 * MS - frames[0].offset_ns
    assert camera.status.state is SourceState.ENDED


def test_a_camera_that_is_not_there_is_retried_and_not_an_error(closing, wait_until):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        camera = closing(f"http://127.0.0.1:{unused.getsockname()[1]}/video")
        wait_until(lambda: camera.status.state is SourceState.LOST)
        assert camera.read(0.0) is None


def test_a_device_that_is_not_there_is_retried(closing, wait_until):
    camera = closing("/dev/video250")
    wait_until(lambda: camera.status.retries >= 1)
    assert camera.status.state is SourceState.LOST


@pytest.mark.parametrize("scheme", ["rtsp", "http"])
def test_close_returns_within_a_second_while_a_server_hangs(scheme):
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen(1)
        camera = open_camera(f"{scheme}://127.0.0.1:{mute.getsockname()[1]}/video")
        connection, _ = mute.accept()
        begin = time.monotonic()
        camera.close()
        assert time.monotonic() - begin < 1.0
        assert camera.status.state is SourceState.CLOSED
        connection.close()


def test_passwords_do_not_show_in_the_status(closing, wait_until):
    camera = closing("http://operator:s3cret@127.0.0.1:9/video")
    wait_until(lambda: camera.status.state is SourceState.LOST)
    assert "s3cret" not in camera.status.last_error
    assert "127.0.0.1:9/video" in camera.status.last_error


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("/nowhere/clip.mp4", "does not exist"),
        ("ftp://user:pw@host/clip.mp4", r"ftp://; allowed are rtsp://"),
        (-1, "negative"),
    ],
)
def test_a_source_that_cannot_ever_work_is_a_named_error(source, words):
    with pytest.raises(CameraSourceError, match=words) as caught:
        open_camera(source)
    assert "pw@" not in str(caught.value)


def test_a_closed_camera_gives_nothing_and_leaves_no_thread(tmp_path):
    with open_camera(str(make_video(tmp_path / "clip.avi")), loop=True) as camera:
        assert camera.read(5.0) is not None
    assert camera.status.state is SourceState.CLOSED
    assert not camera._thread.is_alive()


def test_the_real_clip_plays_in_real_time(real_data, closing):
    camera = closing(str(real_data / "worker_zone" / "worker_zone.mp4"))
    frames = list(itertools.islice(camera, 10))
    assert all(frame.offset_ns % (70 * MS) == 0 for frame in frames)
    assert {frame.captured_ns - frame.offset_ns for frame in frames} == {
        frames[0].captured_ns - frames[0].offset_ns
    }
    assert frames[-1].offset_ns >= 630 * MS
    assert frames[0].rgb.shape == (270, 480, 3)
