import signal
import sys
import time

import numpy as np
import pytest

from tml_ros.devices.loudspeaker import open_loudspeaker
from tml_ros.devices.loudspeaker_status import LoudspeakerError
from tml_ros.devices.wav_file import WavFile, read_wav

RATE = 16_000


def speech(count):
    """A ramp without zeros, so that silence and every single sample can be told apart."""
    return ((np.arange(count) % 30_000 + 1) / 32_768).astype(np.float32)


def loud_part(samples):
    loud = np.flatnonzero(samples)
    return samples[loud[0] : loud[-1] + 1]


def test_a_wav_sink_holds_what_was_written_unbroken(tmp_path, wait_until):
    sink = open_loudspeaker(str(tmp_path / "speech.wav"))
    sound = speech(5_000)
    for piece in np.split(sound, 5):
        sink.write(piece)
    wait_until(lambda: sink.samples_played == 5_000)
    sink.close()
    rate, samples = read_wav(tmp_path / "speech.wav")
    assert rate == RATE
    assert np.array_equal(loud_part(samples[:, 0]), sound)


def test_the_time_line_of_a_wav_sink_is_wall_time(tmp_path, wait_until):
    path = tmp_path / "speech.wav"
    before = time.monotonic()
    sink = open_loudspeaker(str(path))
    opened = time.monotonic()
    wait_until(lambda: path.stat().st_size > 44 + 2 * 4_000)
    written = time.monotonic()
    sink.write(speech(800))
    wait_until(lambda: sink.samples_played == 800)
    played = time.monotonic()
    sink.close()
    _, samples = read_wav(path)
    start = np.flatnonzero(samples[:, 0])[0] / RATE
    # What a tick takes covers the time since the tick before.
    assert written - opened - 0.1 <= start <= played - before


def test_a_flush_silences_within_50_ms_and_later_sound_is_played(tmp_path, wait_until):
    sink = open_loudspeaker(str(tmp_path / "speech.wav"))
    sink.write(speech(10 * RATE))
    wait_until(lambda: sink.samples_played > 1_000)
    before = sink.samples_played
    sink.flush()
    wait_until(lambda: sink.status.waiting == 0)
    sink.write(np.full(100, 0.99, np.float32))
    wait_until(lambda: (read_wav(tmp_path / "speech.wav")[1] > 0.98).sum() == 100)
    status = sink.status
    sink.close()
    assert status.played - 100 - before <= 0.05 * RATE
    assert status.flushed == 10 * RATE - (status.played - 100)


def test_more_than_a_minute_pushes_out_the_oldest_and_is_counted(wait_until):
    sink = open_loudspeaker(None)
    for _ in range(70):
        sink.write(np.zeros(RATE, np.float32))
    status = sink.status
    sink.close()
    assert status.waiting <= 60 * RATE
    assert status.dropped >= 9 * RATE
    assert status.played + status.waiting + status.dropped == 70 * RATE


def test_a_sink_of_none_plays_in_real_time_unheard(wait_until):
    sink = open_loudspeaker(None)
    begin = time.monotonic()
    sink.write(speech(3_200))
    wait_until(lambda: sink.samples_played == 3_200)
    assert time.monotonic() - begin > 0.15
    sink.close()


def test_a_closed_sink_plays_no_more(tmp_path):
    sink = open_loudspeaker(str(tmp_path / "speech.wav"))
    sink.write(speech(RATE))
    sink.close()
    played, size = sink.samples_played, (tmp_path / "speech.wav").stat().st_size
    sink.write(speech(RATE))
    assert sink.samples_played == played < RATE
    assert (tmp_path / "speech.wav").stat().st_size == size


KILLED = """
import sys, numpy as np
from tml_ros.devices.loudspeaker import open_loudspeaker
sink = open_loudspeaker(sys.argv[1])
sink.write(np.full(16_000 * 30, 0.25, np.float32))
sys.stdin.close()
sink._thread.join()
"""


def test_the_wav_file_of_a_killed_process_is_valid(tmp_path, run_process, wait_until):
    path = tmp_path / "speech.wav"
    process = run_process(["python", "-c", KILLED, str(path)])
    wait_until(lambda: path.exists() and path.stat().st_size > 20_000, 20)
    process.signal(signal.SIGKILL)
    process.wait()
    with WavFile(path) as wav:
        samples = wav.read(wav.frames)
        assert wav.missing == 0
    assert len(samples) > 9_000
    assert set(loud_part(samples[:, 0])) == {np.float32(0.25)}


def test_a_file_that_cannot_be_created_is_a_named_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(LoudspeakerError, match="cannot write"):
        open_loudspeaker(str(tmp_path / "file" / "speech.wav"))


def test_a_disk_without_room_for_a_header_is_a_named_error(tmp_path):
    (tmp_path / "full.wav").symlink_to("/dev/full")
    with pytest.raises(LoudspeakerError, match="No space left"):
        open_loudspeaker(str(tmp_path / "full.wav"))


FULL = """
import resource, sys, numpy as np
from tml_ros.devices.loudspeaker import open_loudspeaker
resource.setrlimit(resource.RLIMIT_FSIZE, (8_000, 8_000))
sink = open_loudspeaker(sys.argv[1])
sink.write(np.full(8_000, 0.25, np.float32))
while sink.samples_played < 8_000:
    sink._stopping.wait(0.01)
print(sink.status.lost, sink.status.last_error)
sink.close()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="limits a file by setrlimit")
def test_a_file_that_can_grow_no_more_is_reported_and_playing_goes_on(tmp_path, run_process):
    path = tmp_path / "speech.wav"
    process = run_process(["python", "-c", FULL, str(path)])
    assert process.wait(20) == 0, process.output()
    assert "True the wav file is no longer written" in process.output()
    with WavFile(path) as wav:
        assert (wav.frames, wav.missing) == (3_978, 0)
