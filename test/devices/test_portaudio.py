import importlib
import json
import sys

import numpy as np
import pytest

from tml_ros.devices.captured_block import MicrophoneSourceError
from tml_ros.devices.loudspeaker import open_loudspeaker
from tml_ros.devices.loudspeaker_status import LoudspeakerError
from tml_ros.devices.microphone_source import open_microphone
from tml_ros.devices.portaudio import KeptStream, SoundDeviceError, load_portaudio


def portaudio_is_here():
    try:
        load_portaudio()
    except SoundDeviceError:
        return False
    return True


needs_portaudio = pytest.mark.skipif(
    not portaudio_is_here(), reason="PortAudio is not here: apt install libportaudio2"
)
needs_alsa = pytest.mark.skipif(sys.platform != "linux", reason="ALSA is of Linux")


@pytest.mark.parametrize(
    ("module", "words"),
    [
        ("raise OSError('PortAudio library not found')", "apt install libportaudio2"),
        ("raise ImportError('no such module')", "pip install sounddevice"),
    ],
)
def test_a_missing_library_names_its_package(tmp_path, monkeypatch, module, words):
    (tmp_path / "sounddevice.py").write_text(module)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    importlib.invalidate_caches()
    with pytest.raises(LoudspeakerError, match=words):
        open_loudspeaker("default")
    with pytest.raises(MicrophoneSourceError, match=words):
        open_microphone("default")


class PluggedStream:
    """A stream of a device that the test can pull out."""

    latency = 0.2

    def __init__(self):
        self.active = False
        self.aborted = 0

    def start(self):
        self.active = True

    def abort(self):
        self.active = False
        self.aborted += 1

    def close(self):
        self.active = False


@needs_portaudio
def test_a_device_that_goes_away_is_reported_and_reopened(wait_until):
    opened, absent = [], []

    def open_stream():
        if absent:
            raise SoundDeviceError("no such device")
        opened.append(PluggedStream())
        return opened[-1]

    kept = KeptStream(open_stream, watch_s=0.01)
    assert not kept.status.lost
    absent.append(True)
    opened[0].active = False
    wait_until(lambda: kept.status.lost)
    assert kept.status.last_error in ("the device stopped", "no such device")
    absent.clear()
    wait_until(lambda: not kept.status.lost)
    assert kept.status.retries >= 2
    assert opened[-1].active
    kept.close()
    assert not opened[-1].active


@needs_portaudio
@pytest.mark.parametrize(("above_s", "aborted"), [(0.05, 1), (0.5, 0)])
def test_only_a_device_that_buffers_too_much_is_emptied_by_force(above_s, aborted):
    stream = PluggedStream()
    kept = KeptStream(lambda: stream)
    kept.forget_buffered(above_s=above_s)
    assert stream.aborted == aborted
    assert stream.active
    kept.close()


SOUND_SYSTEM = """
pcm.sink {{ type file slave.pcm "nothing" file "{folder}/out.raw" format "raw" }}
pcm.!default {{ type plug slave.pcm "sink" }}
pcm.nothing {{ type null }}
pcm.ear {{ type file slave.pcm "nothing" file "/dev/null" infile "{folder}/in.raw" format "raw" }}
ctl.!default {{ type null }}
"""

SPEAK = """
import json, sys, numpy as np
from tml_ros.devices.loudspeaker import open_loudspeaker
sink = open_loudspeaker("default")
sink.write(((np.arange(4_000) + 1) / 32_768).astype(np.float32))
while sink.samples_played < 4_000:
    sink._stream._stopping.wait(0.001)
status = sink.status
sink.close()
print(json.dumps([status.played, status.waiting, status.lost]))
"""

FLUSH = """
import json, numpy as np
from tml_ros.devices.loudspeaker import open_loudspeaker
sink = open_loudspeaker("default")
sink.write(np.full(60 * 16_000, 0.5, np.float32))
while not sink.samples_played:
    sink._stream._stopping.wait(0.0001)
sink.flush()
played = sink.samples_played
sink.write(np.full(160, 0.25, np.float32))
while sink.status.waiting:
    sink._stream._stopping.wait(0.001)
status = sink.status
sink.close()
print(json.dumps([played, status.played, status.flushed]))
"""

LISTEN = """
import json
from tml_ros.devices.microphone_source import open_microphone
ear = open_microphone("ear", rate=16_000)
blocks = [ear.read(5.0) for _ in range(5)]
status = ear.status
ear.close()
values = sorted({int(value) for block in blocks for value in block.samples.flat})
print(json.dumps([[list(block.samples.shape) for block in blocks], values, status.state.value]))
"""

REFUSED = """
import json
from tml_ros.devices.loudspeaker import open_loudspeaker
from tml_ros.devices.microphone_source import open_microphone
words = []
for attempt in (lambda: open_loudspeaker("nowhere"), lambda: open_microphone(99),
                lambda: open_microphone("ear", channels=500)):
    try:
        attempt()
    except ValueError as problem:
        words.append([type(problem).__name__, str(problem)])
print(json.dumps(words))
"""


@pytest.fixture
def with_sound_system(tmp_path, run_process):
    """Runs a script against PortAudio on ALSA's file and null devices; gives what it prints.

    These devices take and give sound as fast as they can, not in real time.
    """
    (tmp_path / "asoundrc").write_text(SOUND_SYSTEM.format(folder=tmp_path))
    np.full(160_000, 1_234, "<i2").tofile(tmp_path / "in.raw")

    def run(script):
        env = {"ALSA_CONFIG_PATH": str(tmp_path / "asoundrc")}
        process = run_process(["python", "-c", script], env)
        assert process.wait(30) == 0, process.output()
        return json.loads(process.output().splitlines()[-1])

    yield run
    (tmp_path / "out.raw").unlink(missing_ok=True)


@needs_alsa
@needs_portaudio
def test_a_sound_device_gets_every_sample_in_order(tmp_path, with_sound_system):
    assert with_sound_system(SPEAK) == [4_000, 0, False]
    out = np.fromfile(tmp_path / "out.raw", "<f4")
    loud = np.flatnonzero(out)
    assert np.array_equal(out[loud[0] : loud[-1] + 1] * 32_768, np.arange(1, 4_001))


@needs_alsa
@needs_portaudio
def test_a_flushed_sound_device_plays_only_what_comes_afterwards(with_sound_system):
    before, played, flushed = with_sound_system(FLUSH)
    assert played == before + 160
    assert before + flushed == 60 * 16_000


@needs_alsa
@needs_portaudio
def test_a_sound_device_is_heard_in_20_ms_blocks(with_sound_system):
    shapes, values, state = with_sound_system(LISTEN)
    assert shapes == [[320, 1]] * 5
    assert values == [1_234]
    assert state == "running"


@needs_alsa
@needs_portaudio
def test_a_sound_device_that_is_not_there_is_a_named_error(with_sound_system):
    (speaker, first), (ear, second), (_, third) = with_sound_system(REFUSED)
    assert (speaker, ear) == ("LoudspeakerAbsentError", "MicrophoneAbsentError")
    assert "No output device matching 'nowhere'" in first
    assert "python -m sounddevice" in second
    assert "500 channels" in third
