"""The speaker node in a process of its own, spoken to over real DDS."""

from __future__ import annotations

import signal

import numpy as np
import pytest

pytest.importorskip("rclpy", reason="no ROS 2 here")

import rclpy
from diagnostic_msgs.msg import DiagnosticArray
from std_msgs.msg import Empty, Int16MultiArray, MultiArrayDimension, String, UInt64

from tml_ros.cell.alarm_status import OK, WARN
from tml_ros.cell.heartbeat import parse_heartbeat
from tml_ros.devices.portaudio import SoundDeviceError, load_portaudio
from tml_ros.devices.wav_file import read_wav
from tml_ros.nodes import qos
from tml_ros.nodes.exit_codes import FAILED, STOPPED
from tml_ros.nodes.messages import audio_message
from tml_ros.nodes.speaker_node import SpeakerNode
from tml_ros.nodes.status_messages import statuses_of

RATE = 16_000


@pytest.fixture
def speaker(ros_node, run_process, wait_until, tmp_path):
    """Starts the node with a wav file for a sink; speaks to it and gives what it reports."""

    class Speaker:
        wav = tmp_path / "speech.wav"

        def __init__(self):
            self.played, self.statuses = [], []
            self.audio = ros_node.create_publisher(
                Int16MultiArray, "/cell/speech/audio", qos.SPEECH
            )
            self.text = ros_node.create_publisher(String, "/cell/speech/text", qos.SPEECH)
            self.flush = ros_node.create_publisher(Empty, "/cell/speech/flush", qos.SPEECH)
            self.warning = ros_node.create_publisher(
                Int16MultiArray, "/cell/speech/warning", qos.SPEECH
            )
            self.beats = []
            ros_node.create_subscription(
                DiagnosticArray,
                "/cell/heartbeat",
                lambda message: self.beats.append(parse_heartbeat(statuses_of(message)[0].values)),
                qos.HEARTBEAT,
            )
            ros_node.create_subscription(
                UInt64,
                "/cell/speech/playback",
                lambda message: self.played.append(message.data),
                qos.PLAYBACK,
            )
            ros_node.create_subscription(
                DiagnosticArray,
                "/diagnostics",
                lambda message: self.statuses.extend(
                    status for status in statuses_of(message) if status.name == "cell/speaker: sink"
                ),
                qos.DIAGNOSTICS,
            )

        def launch(self, *parameters):
            argv = ["python", "-m", "tml_ros.nodes.speaker_node", "--ros-args"]
            argv += ["-r", "__ns:=/cell"]
            for parameter in parameters:
                argv += ["-p", parameter]
            self.process = run_process(argv)
            return self.process

        def start(self, *parameters):
            process = self.launch(f"sink:={self.wav}", *parameters)
            publishers = (self.audio, self.text, self.flush, self.warning)
            wait_until(lambda: all(each.get_subscription_count() for each in publishers))
            wait_until(lambda: self.played)
            return process

        def say(self, samples):
            self.audio.publish(audio_message(samples))

        def loud(self):
            samples = read_wav(self.wav)[1][:, 0]
            found = np.flatnonzero(samples)
            return samples[found[0] : found[-1] + 1] if len(found) else samples[:0]

        def newest(self):
            return self.statuses[-1] if self.statuses else None

    return Speaker()


def test_what_was_said_is_in_the_file_sample_by_sample(speaker, wait_until):
    speaker.start()
    sound = np.arange(1, 9_601, dtype=np.int16)
    for piece in np.split(sound, 3):
        speaker.say(piece)
    speaker.text.publish(String(data="Attention. Person in zone gate."))
    wait_until(lambda: speaker.played[-1] == 9_600)
    assert speaker.played == sorted(speaker.played)
    wait_until(lambda: len(speaker.loud()) == 9_600)
    assert np.array_equal(speaker.loud() * 32_768, sound)
    wait_until(lambda: speaker.newest() and speaker.newest().values["played"] == "9600")
    status = speaker.newest()
    assert (status.name, status.level) == ("cell/speaker: sink", OK)
    assert status.values["last_text"] == "Attention. Person in zone gate."


def test_volume_makes_it_softer(speaker, wait_until):
    speaker.start("volume:=0.5")
    speaker.say(np.full(800, 16_384, np.int16))
    wait_until(lambda: len(speaker.loud()) == 800)
    assert set(speaker.loud()) == {np.float32(0.25)}


def test_a_flush_forgets_what_waits_and_later_speech_is_heard(speaker, wait_until):
    speaker.start()
    speaker.say(np.full(20 * RATE, 3_277, np.int16))
    wait_until(lambda: speaker.played[-1] > 0)
    before = speaker.played[-1]
    speaker.flush.publish(Empty())
    wait_until(lambda: speaker.newest() and int(speaker.newest().values["flushed"]) > 0)
    speaker.say(np.full(160, 9_830, np.int16))
    wait_until(lambda: len(speaker.loud()) and speaker.loud()[-1] > 0.2)
    heard = speaker.loud()
    assert (heard > 0.2).sum() == 160
    assert np.count_nonzero(heard) - 160 < before + 5 * RATE
    flushed = int(speaker.newest().values["flushed"])
    wait_until(lambda: speaker.played[-1] == 20 * RATE - flushed + 160)


def test_a_warning_silences_speech_at_once_and_is_cut_by_no_flush(speaker, wait_until):
    speaker.start()
    speaker.say(np.full(20 * RATE, 3_277, np.int16))
    wait_until(lambda: speaker.played[-1] > 0)
    # Long enough for what is to come while it is played, on a busy machine too.
    lasts = 4 * RATE
    speaker.warning.publish(audio_message(np.full(lasts, 9_830, np.int16)))
    wait_until(lambda: speaker.loud()[-1] > 0.2)
    speaker.flush.publish(Empty())
    speaker.say(np.full(500, 3_277, np.int16))
    wait_until(lambda: speaker.newest() and speaker.newest().values["yielded"] == "500")
    wait_until(lambda: (speaker.loud() > 0.2).sum() == lasts)
    wait_until(lambda: speaker.newest().values["waiting"] == "0")
    speaker.say(np.full(700, 3_277, np.int16))
    wait_until(lambda: 0.05 < speaker.loud()[-1] < 0.2)
    wait_until(lambda: speaker.loud()[-700:].max() < 0.2)
    heard = speaker.loud() > 0.2
    first = int(np.argmax(heard))
    assert heard[first : first + lasts].all(), "nothing but the warning while it is played"
    assert heard.sum() == lasts
    assert speaker.newest().values["warnings"] == "1"


def test_a_warning_without_sound_ends_the_one_being_played(speaker, wait_until):
    speaker.start()
    speaker.warning.publish(audio_message(np.full(20 * RATE, 9_830, np.int16)))
    wait_until(lambda: speaker.newest() and speaker.newest().message == "warning")
    speaker.warning.publish(malformed(channels=2))
    speaker.warning.publish(audio_message(np.zeros(0, np.int16)))
    wait_until(lambda: speaker.newest().values["waiting"] == "0")
    assert speaker.newest().values["malformed"] == "1"
    assert int(speaker.newest().values["flushed"]) > 0
    speaker.say(np.full(500, 3_277, np.int16))
    wait_until(lambda: len(speaker.loud()) and speaker.loud()[-1] < 0.2)


def test_it_beats_and_works_whether_there_is_something_to_say_or_not(speaker, wait_until):
    speaker.start()
    wait_until(lambda: len(speaker.beats) > 2)
    assert {(beat.node, beat.expected) for beat in speaker.beats} == {("speaker", True)}
    works = [beat.work for beat in speaker.beats]
    assert works == sorted(set(works)), "each beat tells of more work"


def malformed(channels=1, frames=320, count=320, offset=0):
    message = Int16MultiArray(data=[1] * count)
    message.layout.dim = [
        MultiArrayDimension(label="frames", size=frames, stride=frames * channels),
        MultiArrayDimension(label="channels", size=channels, stride=channels),
    ]
    message.layout.data_offset = offset
    return message


def test_malformed_sound_is_counted_and_the_next_is_played(speaker, wait_until):
    process = speaker.start()
    for message in (
        malformed(channels=2),
        malformed(frames=7),
        malformed(channels=0),
        malformed(offset=4_000_000_000),
    ):
        speaker.audio.publish(message)
    speaker.audio.publish(Int16MultiArray())
    speaker.say(np.full(500, 1_000, np.int16))
    wait_until(lambda: speaker.played[-1] == 500)
    wait_until(lambda: speaker.newest() and speaker.newest().values["malformed"] == "4")
    assert speaker.newest().level == WARN
    assert "speech/audio is left out" in process.output()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_speaking_speaker_stops_when_told_and_leaves_a_valid_file(speaker, wait_until, number):
    process = speaker.start()
    speaker.say(np.full(20 * RATE, 1_000, np.int16))
    wait_until(lambda: speaker.played[-1] > 0)
    process.signal(number)
    assert process.wait() == STOPPED, process.output()
    assert 0 < len(speaker.loud()) < 20 * RATE


def test_a_sink_of_none_plays_unheard(speaker, wait_until):
    speaker.launch("sink:=none")
    wait_until(speaker.audio.get_subscription_count)
    wait_until(lambda: speaker.played)
    speaker.say(np.ones(100, np.int16))
    wait_until(lambda: speaker.played[-1] == 100)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        (["sink:=/proc/nowhere/speech.wav"], "cannot write /proc/nowhere/speech.wav"),
        (["sink:=none", "volume:=7.0"], "volume"),
    ],
)
def test_a_wrong_parameter_is_named(ros_domain, parameters, words):
    arguments = [word for parameter in parameters for word in ("-p", parameter)]
    rclpy.init(args=["--ros-args", *arguments], domain_id=ros_domain)
    try:
        with pytest.raises(ValueError, match=words):
            SpeakerNode()
    finally:
        rclpy.shutdown()


def test_a_device_that_is_not_there_ends_the_node_in_a_way_worth_a_restart(speaker):
    try:
        load_portaudio()
    except SoundDeviceError as reason:
        pytest.skip(str(reason))
    process = speaker.launch("sink:='no such device'")
    assert process.wait() == FAILED, process.output()
    assert "No output device matching 'no such device'" in process.output()
    assert "Traceback" not in process.output()
