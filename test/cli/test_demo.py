"""The whole demo as a user runs it: a cell in processes of its own over real DDS."""

from __future__ import annotations

import json
import signal
import wave
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import psutil
import pytest

pytest.importorskip("rclpy", reason="no ROS 2 here")

from tml_ros.bag.bag_reader import open_bag
from tml_ros.cell.alarm_status import parse_transition
from tml_ros.safety.alarm import AlarmEvent
from tml_ros.turn.hazard import HazardKind

pytestmark = pytest.mark.usefixtures("ros_domain")

FRAMES, RATE = 60, 10.0
DARK = range(25, 45)
CELL = """
cell: press_2
cameras:
  gate:
    size: [160, 120]
    zones: {press_area: {units: fractions, polygon: [[0.1, 0.5], [0.9, 0.5], [0.9, 0.9]]}}
alarms:
  camera_dark: {on_delay: 0.2, off_delay: 0.2, warning: "The gate is dark."}
"""


@pytest.fixture
def cell_path(tmp_path: Path) -> Path:
    path = tmp_path / "press_2.yaml"
    path.write_text(CELL)
    return path


@pytest.fixture
def video(tmp_path: Path) -> Path:
    """6 s of a noisy pattern that goes black for 2 s."""
    path = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), RATE, (160, 120))
    noise = np.random.default_rng(5)
    squares = np.kron(noise.integers(60, 200, (12, 16)), np.ones((10, 10)))[..., None]
    for index in range(FRAMES):
        level = 0.0 if index in DARK else 1.0
        picture = level * squares + noise.normal(0, 4, (120, 160, 3))
        writer.write(np.clip(picture, 0, 255).astype(np.uint8))
    writer.release()
    return path


@pytest.fixture
def start_demo(run_process: Callable[..., object], tmp_path: Path) -> Callable[..., object]:
    def start(*options: str) -> object:
        argv = ["python", "-m", "tml_ros.cli.main", "demo", "--out", str(tmp_path / "out")]
        return run_process([*argv, *options])

    return start


def processes_of(folder: Path) -> list[list[str]]:
    """Command lines of all processes that were given a path in `folder`."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        words = process.info["cmdline"] or []
        if any(str(folder) in word for word in words):
            found.append(words)
    return found


def test_a_demo_leaves_bag_report_summary_and_speech_and_no_process(
    start_demo, video: Path, cell_path: Path, tmp_path: Path
) -> None:
    running = start_demo("--video", str(video), "--cell", str(cell_path))
    assert running.wait(100) == 0, running.output()
    out = tmp_path / "out"

    told = json.loads((out / "summary.json").read_text())
    assert told["alarms_raised"] == {"camera_dark": 1}
    assert told["active_at_end"] == []
    assert told["seconds"] == pytest.approx(FRAMES / RATE, abs=0.7)
    assert told["cameras"]["gate"]["frames"] >= 0.8 * FRAMES
    assert told["latency_ms"]["count"] >= 1
    assert told["turns"] > 20
    assert told["verdict"].startswith("1 alarm in ")
    assert told["verdict"] in running.output().replace("\n", "")
    assert "raised    camera gate dark" in running.output()

    page = (out / "report.html").read_text()
    assert "1 alarm in" in page
    assert 'id="alarm-1"' in page
    assert "data:image/jpeg;base64," in page

    topics = {}
    with open_bag(out / "session.mcap") as bag:
        for topic, _, log_ns, message in bag:
            topics.setdefault(topic, []).append((log_ns, message))
    assert len(topics["/press_2/gate/image"]) == told["cameras"]["gate"]["frames"]
    events = [
        parse_transition({pair.key: pair.value for pair in status.values})
        for _, message in topics["/press_2/alarms/events"]
        for status in message.status
    ]
    raised = [event for event in events if event.event is AlarmEvent.RAISED]
    assert [event.alarm.kind for event in raised] == [HazardKind.CAMERA_DARK]
    began_ns = topics["/press_2/gate/image"][0][0]
    assert DARK[0] / RATE < (raised[0].stamp_ns - began_ns) / 1e9 < DARK[-1] / RATE + 0.5
    assert {"/press_2/alarms", "/press_2/heartbeat", "/diagnostics"} <= topics.keys()

    with wave.open(str(out / "speech.wav")) as speech:
        samples = np.frombuffer(speech.readframes(speech.getnframes()), "<i2")
    if "no warnings will be spoken" not in (out / "logs" / "guardian.log").read_text():
        assert told["spoken"] == 1
        assert np.abs(samples).max() > 1_000
        assert "The gate is dark." in page
        assert "/press_2/speech/warning" in topics

    assert processes_of(tmp_path) == []


def test_ctrl_c_ends_an_endless_demo_and_keeps_what_was(
    start_demo, video: Path, cell_path: Path, tmp_path: Path, wait_until
) -> None:
    cell_path.write_text(
        CELL.replace("  gate:\n", f"  gate:\n    source: {video.name}\n    loop: true\n", 1)
    )
    first = start_demo("--cell", str(cell_path))
    log = tmp_path / "out" / "logs" / "camera_gate.log"
    wait_until(lambda: log.exists() and "running" in log.read_text(), 60, "the camera")

    second = start_demo("--cell", str(cell_path), "--out", str(tmp_path / "second"))
    assert second.wait() == 2
    assert "cell 'press_2' is running already" in second.output()

    first.signal(signal.SIGINT)
    assert first.wait() == 0, first.output()
    told = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert told["cameras"]["gate"]["frames"] > 0
    assert processes_of(tmp_path) == []


def test_a_node_that_fails_is_named_with_its_last_words(
    start_demo, video: Path, cell_path: Path, tmp_path: Path
) -> None:
    source = f"  gate:\n    source: {video.name}\n"
    cell_path.write_text(
        CELL.replace("  gate:\n", source, 1)
        + "microphones:\n  hall: {source: a device that is not there}\n"
    )
    running = start_demo("--cell", str(cell_path))
    assert running.wait(100) == 1, running.output()
    assert "node microphone_hall failed" in running.output()
    assert "a device that is not there" in running.output()
    assert (tmp_path / "out" / "summary.json").exists()
    assert processes_of(tmp_path) == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--video", "missing.mp4"], "--cell"),
        (["--cell", "missing.yaml"], "missing.yaml"),
        (["--video", "missing.mp4", "--cell", "CELL"], "missing.mp4 does not exist"),
    ],
)
def test_a_mistake_is_told_in_one_line(
    start_demo, cell_path: Path, options: list[str], words: str
) -> None:
    running = start_demo(*(option.replace("CELL", str(cell_path)) for option in options))
    assert running.wait() == 2
    assert words in running.output()
    assert "Traceback" not in running.output()
