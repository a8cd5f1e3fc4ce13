"""The simulated hall hears the cell: echoes, answers and findings, over real DDS."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("rclpy", reason="no ROS 2 here")

from numpy.typing import NDArray
from rclpy.qos import QoSProfile
from std_msgs.msg import Empty, Int16MultiArray, String

from tml_ros.background.contracts import Finding, Urgency
from tml_ros.devices.wav_file import read_wav
from tml_ros.nodes import qos
from tml_ros.nodes.messages import audio_message, samples_of
from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.scenario_clip import ScenarioClip, ensure_scenario_clip
from tml_ros.turn.audio_format import to_int16

TALK = {
    "scenario": "talk",
    "seconds": 12.0,
    "microphones": {"hall_mic": {"at": [0, 2, 2], "echo_db": 0, "echo_ms": 40}},
    "people": {"anna": {"at": [0, 0], "steps": [{"stand": 12}]}},
    "lines": [
        {"who": "anna", "act": "stop", "into": 0.4, "say": "Stop."},
    ],
    "handed_over": [
        {"at": 2.0, "say": "The press is well."},
        {"at": 2.5, "say": "Leave the hall.", "urgent": True},
    ],
}


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> ScenarioClip:
    scenario = Scenario.model_validate(TALK)
    return ensure_scenario_clip(scenario, tmp_path_factory.mktemp("clips") / "talk")


class Hall:
    """What comes out of the simulation, and the mouth of a cell."""

    def __init__(self, node: Any) -> None:
        self.sound: list[NDArray[np.int16]] = []
        self.truths: list[dict[str, Any]] = []
        self.findings: list[Finding] = []
        deep = QoSProfile(depth=10_000, reliability=qos.AUDIO.reliability)
        node.create_subscription(
            Int16MultiArray,
            "/cell/audio",
            lambda message: self.sound.append(samples_of(message, channels=1)[:, 0].copy()),
            deep,
        )
        node.create_subscription(
            String,
            "/cell/simulation/truth",
            lambda message: self.truths.append(json.loads(message.data)),
            qos.SIMULATION_TRUTH,
        )
        node.create_subscription(
            String,
            "/cell/findings",
            lambda message: self.findings.append(Finding.model_validate_json(message.data)),
            qos.FINDINGS,
        )
        self.mouth = node.create_publisher(Int16MultiArray, "/cell/speech/audio", qos.SPEECH)
        self.flush = node.create_publisher(Empty, "/cell/speech/flush", qos.SPEECH)
        self.warning = node.create_publisher(Int16MultiArray, "/cell/speech/warning", qos.SPEECH)

    @property
    def spoken(self) -> list[list[str]]:
        """Who was told to be speaking, message by message."""
        return [
            [line["text"] for line in told["speaking"]]
            for told in self.truths
            if told["event"] == "now"
        ]


@pytest.fixture
def hall(ros_node: Any) -> Hall:
    return Hall(ros_node)


@pytest.fixture
def start(run_process: Callable[..., Any]) -> Callable[..., Any]:
    def start(folder: Path, *parameters: str) -> Any:
        argv = ["python", "-m", "tml_ros.nodes.simulation_node", "--ros-args", "-r", "__ns:=/cell"]
        for parameter in (f"folder:={folder}", "wait_for_subscribers:=1", *parameters):
            argv += ["-p", parameter]
        return run_process(argv)

    return start


def rendered(clip: ScenarioClip) -> NDArray[np.int16]:
    return to_int16(read_wav(clip.sound("hall_mic"))[1][:, 0])


def test_the_cell_hears_itself_and_is_answered_and_told_what_to_say(
    hall: Hall, start: Callable[..., Any], clip: ScenarioClip, wait_until: Any
) -> None:
    start(clip.folder)
    tone = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(16_000) / 16_000)
    said_at = [0]

    def speak() -> None:
        # Once a second, because the first may be lost on its way.
        if len(hall.sound) >= said_at[-1] + 50:
            said_at.append(len(hall.sound))
            mouth = hall.mouth if len(said_at) % 2 else hall.warning
            mouth.publish(audio_message(to_int16(tone.astype(np.float32))))

    wait_until(lambda: speak() or ["Stop."] in hall.spoken)
    wait_until(lambda: hall.spoken[-1] == [], what="the end of the answer")
    said = next(told for told in hall.truths if told.get("speaking"))
    assert said["speaking"][0] == {
        "who": "anna",
        "act": "stop",
        "text": "Stop.",
        "addressed": True,
    }

    wait_until(lambda: hall.truths[-1]["event"] == "end")
    heard = np.concatenate(hall.sound)
    wanted = rendered(clip)[: len(heard)]
    differs = np.flatnonzero(heard != wanted)
    first, last = int(differs[0]), int(differs[-1])
    assert np.array_equal(heard[:first], wanted[:first])
    assert np.array_equal(heard[last + 1 :], wanted[last + 1 :]), "and then as it was rendered"
    on_top = (heard.astype(np.float32) - wanted) / 32_768
    echo = on_top[first : first + 4_000]
    spectrum = np.abs(np.fft.rfft(echo * np.hanning(len(echo))))
    assert np.argmax(spectrum) * 16_000 / len(echo) == pytest.approx(1000, abs=10)
    assert (last - first) / 16_000 < 2 + len(said_at)

    assert [(one.say, one.urgency) for one in hall.findings] == [
        ("The press is well.", Urgency.WHEN_FREE),
        ("Leave the hall.", Urgency.NOW),
    ]
    assert len({one.id for one in hall.findings}) == 2


def test_a_cell_that_says_nothing_hears_the_scenario_bit_by_bit_and_a_flush_silences(
    hall: Hall, start: Callable[..., Any], clip: ScenarioClip, wait_until: Any
) -> None:
    start(clip.folder, "rate:=3.0")
    wait_until(lambda: hall.mouth.get_subscription_count() and hall.sound)
    hall.mouth.publish(audio_message(np.zeros(16_000, np.int16)))
    hall.flush.publish(Empty())
    wait_until(lambda: hall.truths and hall.truths[-1]["event"] == "end")
    wait_until(lambda: sum(map(len, hall.sound)) == 12 * 16_000)
    assert np.array_equal(np.concatenate(hall.sound), rendered(clip))
    assert hall.spoken == []
