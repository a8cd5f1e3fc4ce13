"""The simulation node in a process of its own, seen over real DDS."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("rclpy", reason="no ROS 2 here")

import rclpy
from diagnostic_msgs.msg import DiagnosticArray
from numpy.typing import NDArray
from rclpy.qos import QoSProfile
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Int16MultiArray, String

from tml_ros.cell.alarm_status import OK
from tml_ros.devices.wav_file import read_wav
from tml_ros.nodes import qos
from tml_ros.nodes.exit_codes import MISCONFIGURED, STOPPED
from tml_ros.nodes.messages import frame_of, samples_of, time_ns
from tml_ros.nodes.simulation_node import CLOCK_BEGINS_S, SimulationNode
from tml_ros.nodes.status_messages import statuses_of
from tml_ros.sim import scenario_clip
from tml_ros.sim.factory import Factory
from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.scenario_clip import ScenarioClip, ensure_scenario_clip
from tml_ros.turn.audio_format import to_int16

BEGIN = CLOCK_BEGINS_S * 1_000_000_000
MS = 1_000_000
SHORT = {
    "scenario": "short",
    "seconds": 3.0,
    "zones": {"floor": {"polygon": [[-1, -1], [1, -1], [1, 1], [-1, 1]]}},
    "cameras": {
        "hall": {"at": [0, -4, 3], "to": [0, 0, 0], "size": [120, 80], "rate": 5},
        "side": {"at": [4, -3, 3], "to": [0, 0, 0], "size": [120, 80], "rate": 2},
    },
    "microphones": {"hall_mic": {"at": [0, 2, 2]}},
    "events": [{"kind": "siren", "at": 1.0, "lasts": 1.0}],
}


def level(index: int) -> int:
    return 40 + 12 * index


class _Painted:
    """Pictures of one grey each, darker first."""

    def frames(self, camera: str) -> int:
        return round(3 * SHORT["cameras"][camera]["rate"])  # type: ignore[index]

    def picture(self, camera: str, index: int) -> NDArray[np.uint8]:
        return np.full((80, 120, 3), level(index), np.uint8)

    def close(self) -> None:
        """Nothing to close."""


class _PaintedFactory(Factory):
    pictures = _Painted()  # type: ignore[assignment]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> ScenarioClip:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scenario_clip, "Factory", _PaintedFactory)
        scenario = Scenario.model_validate(SHORT)
        return ensure_scenario_clip(scenario, tmp_path_factory.mktemp("clips") / "short")


def patient(profile: QoSProfile) -> QoSProfile:
    """The profile with room for everything: nothing is lost on a test that is slow to look."""
    return QoSProfile(depth=10_000, reliability=profile.reliability, durability=profile.durability)


class Listener:
    """Everything that the node publishes in namespace /cell, topic by topic as it came."""

    def __init__(self, node: Any) -> None:
        self.clock: list[int] = []
        self.frames: list[tuple[str, int, int]] = []
        self.sounds: list[NDArray[np.int16]] = []
        self.truths: list[dict[str, Any]] = []
        self.statuses: list[Any] = []
        self.sent: dict[str, list[tuple[int, int]]] = {"clock": [], "image": []}
        """When it was sent, ns of the machine, and the time that it tells or is from."""
        self.node = node
        node.create_subscription(Clock, "/clock", self._on_clock, patient(qos.CLOCK))
        node.create_subscription(
            String, "/cell/simulation/truth", self._on_truth, qos.SIMULATION_TRUTH
        )
        node.create_subscription(
            DiagnosticArray,
            "/diagnostics",
            lambda message: self.statuses.extend(statuses_of(message)),
            qos.DIAGNOSTICS,
        )

    def watch(self, topic: str, camera: str, kind: type = Image) -> None:
        self.node.create_subscription(
            kind,
            topic,
            lambda message, info: self._on_image(camera, message, info),
            patient(qos.CAMERA_IMAGE),
        )

    def listen(self, topic: str, channels: int = 1) -> None:
        self.node.create_subscription(
            Int16MultiArray,
            topic,
            lambda message: self.sounds.append(samples_of(message, channels=channels).copy()),
            patient(qos.AUDIO),
        )

    @property
    def early(self) -> int:
        """Pictures that were sent before their time had been told."""
        return sum(
            not any(sent <= image and told >= stamp for sent, told in self.sent["clock"])
            for image, stamp in self.sent["image"]
        )

    @property
    def over(self) -> bool:
        return any(told["event"] == "end" for told in self.truths)

    def _on_clock(self, message: Clock, info: dict[str, int]) -> None:
        self.clock.append(time_ns(message.clock))
        self.sent["clock"].append((info["source_timestamp"], self.clock[-1]))

    def _on_image(self, camera: str, message: Any, info: dict[str, int]) -> None:
        frame = frame_of(message, camera)
        self.frames.append((camera, frame.stamp_ns, round(float(frame.rgb.mean()))))
        self.sent["image"].append((info["source_timestamp"], frame.stamp_ns))

    def _on_truth(self, message: String) -> None:
        self.truths.append(json.loads(message.data))


@pytest.fixture
def listener(ros_node: Any) -> Listener:
    return Listener(ros_node)


@pytest.fixture
def start(run_process: Callable[..., Any], clip: ScenarioClip) -> Callable[..., Any]:
    def start(*parameters: str, folder: Path = clip.folder) -> Any:
        argv = ["python", "-m", "tml_ros.nodes.simulation_node", "--ros-args", "-r", "__ns:=/cell"]
        for parameter in (f"folder:={folder}", *parameters):
            argv += ["-p", parameter]
        return run_process(argv)

    return start


def test_a_scenario_arrives_whole_in_its_own_time_and_the_node_ends(
    listener: Listener, start: Callable[..., Any], clip: ScenarioClip, wait_until: Any
) -> None:
    listener.watch("/cell/hall/image", "hall")
    listener.watch("/cell/side/image", "side")
    listener.listen("/cell/audio")
    process = start("wait_for_subscribers:=1", "rate:=2.0")
    assert process.wait() == STOPPED, process.output()
    wait_until(lambda: listener.over)

    for camera, rate in (("hall", 5), ("side", 2)):
        seen = [(stamp, grey) for name, stamp, grey in listener.frames if name == camera]
        stamps = [stamp for stamp, _ in seen]
        assert len(seen) >= 3 * rate - 1, "best effort, but nobody is in a hurry here"
        for stamp, grey in seen:
            index, rest = divmod(stamp - BEGIN, 1_000_000_000 // rate)
            assert rest == 0
            assert grey == pytest.approx(level(index), abs=2)
        assert stamps == sorted(stamps)

    sound = np.concatenate(listener.sounds)[:, 0]
    _, written = read_wav(clip.sound("hall_mic"))
    assert np.array_equal(sound, to_int16(written[:, 0]))
    assert {len(block) for block in listener.sounds} == {320}

    assert listener.clock == sorted(listener.clock)
    assert (listener.clock[0], listener.clock[-1]) == (BEGIN, BEGIN + 3_000 * MS)
    assert np.diff(listener.clock).max() <= 50 * MS
    assert listener.early == 0


def test_the_truth_is_told_when_it_changes_and_to_who_comes_late_from_the_beginning(
    listener: Listener, start: Callable[..., Any], ros_node: Any, wait_until: Any
) -> None:
    start("rate:=4.0", "exit_at_end:=false")
    wait_until(lambda: listener.over)
    assert [(told["event"], told["t"]) for told in listener.truths] == [
        ("header", 0.0),
        ("now", 1.0),
        ("now", pytest.approx(1.2, abs=0.5)),
        ("now", pytest.approx(2.0, abs=0.2)),
        ("end", 3.0),
    ]
    for told in listener.truths:
        assert told["stamp_ns"] == BEGIN + round(told["t"] * 1e9)
    header, begins, evident, ends, _ = listener.truths
    assert header["zones"]["hall"].keys() == {"floor"}
    siren = {"kind": "siren", "zone": "hall_mic"}
    assert begins["hazards"] == [siren | {"evident": False}]
    assert evident["hazards"] == [siren | {"evident": True}]
    assert ends["hazards"] == []

    late = Listener(ros_node)
    wait_until(lambda: late.over)
    assert late.truths == listener.truths


def test_it_plays_on_the_topics_and_in_the_form_that_the_cell_says(
    listener: Listener, start: Callable[..., Any], tmp_path: Path, wait_until: Any
) -> None:
    cell = tmp_path / "cell.yaml"
    cell.write_text(
        "cell: cell\n"
        "cameras: {hall: {topic: eyes, compressed: true, size: [60, 40]}, yard: {}}\n"
        "microphones: {hall_mic: {topic: ears, rate: 8000, channels: 2}, roof: {}}\n"
    )
    listener.watch("/cell/eyes", "hall", CompressedImage)
    listener.listen("/cell/ears", channels=2)
    process = start(f"cell:={cell}", "rate:=4.0", "wait_for_subscribers:=1", "start_at:=1.0")
    assert process.wait() == STOPPED, process.output()
    wait_until(lambda: listener.over)
    assert min(stamp for _, stamp, _ in listener.frames) >= BEGIN + 1_000 * MS
    assert {block.shape for block in listener.sounds} == {(160, 2)}
    assert len(listener.sounds) == 100
    topics = {name for name, _ in listener.node.get_topic_names_and_types()}
    assert not topics & {"/cell/side/image", "/cell/yard/image", "/cell/roof/audio"}


def test_a_looping_scenario_goes_on_in_time(
    listener: Listener, start: Callable[..., Any], wait_until: Any
) -> None:
    process = start("rate:=8.0", "loop:=true", "clock:=50")
    wait_until(lambda: sum(told["event"] == "header" for told in listener.truths) >= 3)
    assert process.running()
    headers = [told["stamp_ns"] for told in listener.truths if told["event"] == "header"]
    assert headers[:3] == [50_000 * MS, 53_000 * MS, 56_000 * MS]
    assert listener.clock == sorted(listener.clock)


def test_nothing_happens_before_everybody_listens(
    listener: Listener, start: Callable[..., Any], wait_until: Any
) -> None:
    listener.watch("/cell/hall/image", "hall")
    process = start("wait_for_subscribers:=1")
    wait_until(lambda: listener.statuses)
    assert "waiting for 1 subscribers" in listener.statuses[-1].message
    assert not listener.clock
    listener.watch("/cell/side/image", "side")
    listener.listen("/cell/audio")
    wait_until(lambda: listener.frames)
    wait_until(lambda: listener.statuses[-1].level == OK)
    assert listener.statuses[-1].name == "cell/simulation: scenario"
    assert process.running()


def test_a_folder_without_a_clip_ends_the_node_with_an_exit_code_of_its_own(
    start: Callable[..., Any], tmp_path: Path, ros_domain: int
) -> None:
    process = start(folder=tmp_path)
    assert process.wait() == MISCONFIGURED, process.output()
    assert "holds no rendered scenario" in process.output()


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        (["start_at:=3.0"], "lasts 3 s"),
        (["rate:=0.0"], "rate"),
        (["cell:=CELL"], "has no camera and no microphone of scenario 'short'"),
    ],
)
def test_a_wrong_parameter_is_named(
    ros_domain: int, clip: ScenarioClip, tmp_path: Path, parameters: list[str], words: str
) -> None:
    cell = tmp_path / "cell.yaml"
    cell.write_text("cell: other\ncameras: {yard: {}}\n")
    given = [parameter.replace("CELL", str(cell)) for parameter in parameters]
    arguments = [word for p in (f"folder:={clip.folder}", *given) for word in ("-p", p)]
    rclpy.init(args=["--ros-args", *arguments], domain_id=ros_domain)
    try:
        with pytest.raises(ValueError, match=words):
            SimulationNode()
    finally:
        rclpy.shutdown()
