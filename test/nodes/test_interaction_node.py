"""The interaction in a process of its own, over real DDS."""

from __future__ import annotations

import signal
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("rclpy", reason="no ROS 2 here")

from diagnostic_msgs.msg import DiagnosticArray
from lifecycle_msgs.srv import GetState
from rclpy.qos import QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import Image
from std_msgs.msg import Int16MultiArray, String

from tml_ros.background.contracts import Delegation, Finding
from tml_ros.cell.alarm_status import WARN
from tml_ros.nodes import qos
from tml_ros.nodes.messages import audio_message, image_message
from tml_ros.nodes.status_messages import statuses_of

CELL = """
cell: press
cameras:
  front: {}
microphones:
  hall: {}
"""
BLOCK = np.zeros(3200, np.int16)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "press.yaml"
    path.write_text(CELL)
    return path


@pytest.fixture
def start_with(run_process, tmp_path):
    """The node with a model of the tests that behaves as its name says."""
    pytest.importorskip("torch", reason="no model can be opened here")

    def start(manner, more=""):
        path = tmp_path / "press.yaml"
        path.write_text(f"{CELL}model: {manner}.yaml\n{more}")
        argv = ["python", str(Path(__file__).with_name("model_of_tests.py")), "--ros-args"]
        return run_process([*argv, "-r", "__ns:=/press", "-p", f"cell:={path}"])

    return start


@pytest.fixture
def start(run_process):
    def start(path):
        argv = ["python", "-m", "tml_ros.nodes.interaction_node", "--ros-args"]
        return run_process([*argv, "-r", "__ns:=/press", "-p", f"cell:={path}"])

    return start


class Seen:
    """Heartbeats and diagnostics that came, and the ways to feed the node."""

    def __init__(self, node):
        self.node = node
        self.beats, self.diagnostics = [], {}
        self.hazards, self.said = set(), []
        node.create_subscription(
            DiagnosticArray,
            "/press/hazards",
            lambda message: self.hazards.update(
                status.values["kind"] for status in statuses_of(message)
            ),
            qos.HAZARDS,
        )
        node.create_subscription(
            String, "/press/speech/text", lambda message: self.said.append(message.data), qos.SPEECH
        )
        node.create_subscription(
            DiagnosticArray,
            "/press/heartbeat",
            lambda message: self.beats.append(statuses_of(message)[0].values),
            qos.HEARTBEAT,
        )
        node.create_subscription(
            DiagnosticArray,
            "/diagnostics",
            lambda message: self.diagnostics.update(
                {status.name: status for status in statuses_of(message)}
            ),
            qos.DIAGNOSTICS,
        )
        self.sound = node.create_publisher(Int16MultiArray, "/press/audio", qos.AUDIO)
        self.images = node.create_publisher(Image, "/press/front/image", qos.CAMERA_IMAGE)
        self.text = node.create_publisher(String, "/press/text", qos.TEXT)

    def feed(self):
        self.sound.publish(audio_message(BLOCK))
        now_ns = self.node.get_clock().now().nanoseconds
        self.images.publish(image_message(np.zeros((48, 64, 3), np.uint8), now_ns, "front"))
        self.text.publish(String(data="is it safe to enter?"))


@pytest.fixture
def seen(ros_node):
    return Seen(ros_node)


def test_it_beats_and_takes_turns_even_without_a_model(seen, start, path, wait_until):
    process = start(path)
    wait_until(lambda: seen.beats, what="the first heartbeat")
    wait_until(lambda: seen.feed() or int(seen.beats[-1]["turns"]) >= 5, what="5 turns")
    beats = list(seen.beats)
    for beat in beats:
        # Turns may have begun before the first heartbeat that was heard.
        assert (beat["last_turn_age_ms"] == "none") == (beat["turns"] == "0")
    assert float(beat["last_turn_age_ms"]) < 5000
    assert float(beat["turn_p50_ms"]) <= float(beat["turn_p99_ms"])
    assert int(beat["deadline_misses"]) < int(beat["turns"])
    assert beat["model_faults"] == "0"
    sequence = [int(beat["sequence"]) for beat in beats]
    # Only the newest waits for who is slow to look.
    assert all(earlier < later for earlier, later in pairwise(sequence))
    wait_until(lambda: "press/interaction: turns" in seen.diagnostics)
    wait_until(
        lambda: int(seen.diagnostics["press/interaction: microphone hall"].values["received"]) > 0
    )
    process.signal(signal.SIGINT)
    assert process.wait() == 0, process.output()


def test_it_tells_what_the_turns_lacked(seen, start, path, wait_until):
    start(path)
    wait_until(lambda: seen.beats, what="the first heartbeat")
    wait_until(lambda: int(seen.beats[-1].get("gap frame_missing front", 0)) >= 6)
    wait_until(seen.images.get_subscription_count)

    def show_late():
        stamp_ns = seen.node.get_clock().now().nanoseconds - 800_000_000
        seen.images.publish(image_message(np.zeros((48, 64, 3), np.uint8), stamp_ns, "front"))

    wait_until(lambda: show_late() or int(seen.beats[-1].get("late_frames", 0)) > 0)
    turns = "press/interaction: turns"
    wait_until(
        lambda: (
            turns in seen.diagnostics and "gap audio_missing hall" in seen.diagnostics[turns].values
        )
    )


def test_sound_that_contradicts_itself_is_reported_and_survived(seen, start, path, wait_until):
    start(path)
    wait_until(lambda: seen.beats)

    def feed_broken():
        message = audio_message(BLOCK)
        message.layout.dim[1].size = 7
        seen.sound.publish(message)

    def rejected():
        status = seen.diagnostics.get("press/interaction: microphone hall")
        return status is not None and int(status.values["rejected"]) > 0

    wait_until(lambda: feed_broken() or rejected())
    status = seen.diagnostics["press/interaction: microphone hall"]
    assert "7 channels" in status.values["last_error"]
    wait_until(lambda: seen.feed() or int(seen.beats[-1]["turns"]) >= 2)


def test_an_unknown_model_is_one_line_and_code_2(ros_domain, start, tmp_path):
    path = tmp_path / "press.yaml"
    path.write_text(CELL + "model: oracle\n")
    process = start(path)
    assert process.wait() == 2
    (line,) = [line for line in process.output().splitlines() if "cannot start" in line]
    assert "oracle" in line
    assert "Traceback" not in process.output()


def test_an_untrained_model_takes_its_turns_and_nothing_of_it_leaves(seen, start_with, wait_until):
    start_with("untrained")
    wait_until(lambda: seen.beats, what="the first heartbeat")
    wait_until(lambda: seen.feed() or int(seen.beats[-1].get("muted_turns", 0)) >= 5)
    beat = seen.beats[-1]
    told = ("model", "model_trained", "model_trusted")
    assert [beat[key] for key in told] == ["untrained", "false", ""]
    assert int(beat["untrusted_hazards"]) == 2 * int(beat["muted_turns"])
    turns = "press/interaction: turns"
    wait_until(lambda: seen.feed() or "untrained" in seen.diagnostics[turns].message)
    assert seen.diagnostics[turns].level == WARN
    wait_until(lambda: seen.hazards)
    assert seen.hazards == {"model_lost"}
    assert seen.said == []


def test_a_trained_model_speaks_and_states_what_it_is_trusted_with(seen, start_with, wait_until):
    start_with("trained")
    wait_until(lambda: seen.beats, what="the first heartbeat")
    wait_until(lambda: seen.feed() or any("safe to enter" in said for said in seen.said))
    wait_until(lambda: seen.hazards >= {"model_lost", "person_down"})
    assert seen.hazards == {"model_lost", "person_down"}
    # One turn in five is answered late by that model.
    wait_until(lambda: seen.feed() or int(seen.beats[-1]["deadline_misses"]) > 0)
    beat = seen.beats[-1]
    told = ("model", "model_trained", "model_trusted")
    assert [beat[key] for key in told] == ["trained", "true", "person_down"]
    assert int(beat["deadline_misses"]) < int(beat["turns"])
    assert float(beat["turn_p50_ms"]) < 200 < float(beat["turn_p99_ms"])


def test_a_model_that_is_too_slow_leaves_out_what_matters_least(seen, start_with, wait_until):
    process = start_with("slow")
    wait_until(lambda: seen.beats, what="the first heartbeat")
    # On a machine that is busy as well it may be more than its voice.
    enough = ("voice", "some_patches", "patches")
    wait_until(lambda: seen.feed() or seen.beats[-1]["left_out"] in enough)
    wait_until(lambda: seen.feed() or int(seen.beats[-1].get("shed_turns", 0)) > 2)
    assert int(seen.beats[-1]["deadline_misses"]) >= 4
    turns = "press/interaction: turns"
    wait_until(lambda: seen.feed() or "leaves out" in seen.diagnostics[turns].message)
    assert seen.diagnostics[turns].level == WARN
    told = [line for line in process.output().splitlines() if "leaves out" in line]
    assert ["backchannels" in told[0], "voice" in told[1]] == [True, True]


def test_the_smallest_model_takes_its_turns_in_the_graph(seen, start, path, wait_until):
    pytest.importorskip("torch", reason="no model can be opened here")
    path.write_text(f"{CELL}model: nano\n")
    start(path)
    wait_until(lambda: seen.beats, what="the first heartbeat")
    wait_until(lambda: seen.feed() or int(seen.beats[-1]["turns"]) >= 8)
    assert (seen.beats[-1]["model"], seen.beats[-1]["model_faults"]) == ("nano", "0")
    wait_until(lambda: "model_lost" in seen.hazards)


def thinking(path):
    """The cell with something to think about."""
    path.write_text(CELL + "speaker: {}\nmachines: {press_1: {}}\n")
    return path


def test_typed_text_is_handed_to_the_background_with_what_was_said(seen, start, path, wait_until):
    asked = []
    seen.node.create_subscription(
        String,
        "/press/delegations",
        lambda message: asked.append(Delegation.model_validate_json(message.data)),
        qos.DELEGATIONS,
    )
    start(thinking(path))
    wait_until(lambda: seen.feed() or len(asked) >= 2)
    assert asked[0].question == "is it safe to enter?"
    assert (asked[0].kind, asked[0].asked_by) == ("question", "operator")
    assert asked[1].context.conversation[-1].text == "is it safe to enter?"
    assert len({one.id for one in asked}) == len(asked)


def test_a_finding_is_spoken_once_when_the_floor_is_free(seen, start, path, wait_until):
    sound = []
    seen.node.create_subscription(Int16MultiArray, "/press/speech/audio", sound.append, qos.SPEECH)
    findings = seen.node.create_publisher(String, "/press/findings", qos.FINDINGS)
    start(thinking(path))
    wait_until(lambda: findings.get_subscription_count() and seen.beats)
    for name, urgency in (("a", "silent"), ("b", "when_free"), ("b", "when_free")):
        finding = Finding(id=name, outcome="noticed", say=f"Press {name}.", urgency=urgency)
        findings.publish(String(data=finding.model_dump_json()))
    findings.publish(String(data="no finding at all"))
    wait_until(lambda: seen.said)
    last = Finding(id="c", outcome="noticed", say="The end.")
    findings.publish(String(data=last.model_dump_json()))
    wait_until(lambda: "The end." in seen.said)
    assert seen.said == ["Press b.", "The end."]
    assert all(len(message.data) <= 3200 for message in sound)


def test_a_trained_model_says_findings_itself(seen, start_with, wait_until, tmp_path):
    findings = seen.node.create_publisher(String, "/press/findings", qos.FINDINGS)
    start_with("trained", more="speaker: {}\nmachines: {press_1: {}}\n")
    wait_until(lambda: findings.get_subscription_count() and seen.beats)
    finding = Finding(id="a", outcome="noticed", say="The press is well.")
    findings.publish(String(data=finding.model_dump_json()))
    wait_until(lambda: seen.feed() or any("handed over" in said for said in seen.said))


def test_nothing_is_said_while_a_warning_is_played(seen, start_with, wait_until):
    sound = []
    node = seen.node
    node.create_subscription(Int16MultiArray, "/press/speech/audio", sound.append, qos.SPEECH)
    warnings = node.create_publisher(Int16MultiArray, "/press/speech/warning", qos.SPEECH)
    start_with("trained")
    wait_until(lambda: warnings.get_subscription_count() and seen.beats)
    wait_until(lambda: seen.feed() or (sound and seen.said), what="the model's words")

    def let_turns_pass(count):
        until = int(seen.beats[-1]["turns"]) + count
        wait_until(lambda: seen.feed() or int(seen.beats[-1]["turns"]) >= until)

    warnings.publish(audio_message(np.ones(60 * 16_000, np.int16)))
    warnings.publish(Int16MultiArray(data=[1, 2, 3], layout=audio_message(BLOCK).layout))
    failed = "press/interaction: warnings"
    wait_until(lambda: seen.feed() or (failed in seen.diagnostics and told(seen, failed)))
    let_turns_pass(1)
    said = (len(sound), len(seen.said))
    let_turns_pass(5)
    assert (len(sound), len(seen.said)) == said
    warnings.publish(audio_message(np.zeros(0, np.int16)))
    wait_until(lambda: seen.feed() or (len(sound), len(seen.said)) > said)


def told(seen, name):
    """How many messages on a lane made no sense."""
    return int(seen.diagnostics[name].values["rejected"])


def test_a_cell_without_machines_says_once_that_nobody_answers(seen, start, path, wait_until):
    process = start(path)
    wait_until(lambda: seen.feed() or "goes unanswered" in process.output())
    wait_until(lambda: seen.beats)
    wait_until(lambda: seen.feed() or int(seen.beats[-1]["turns"]) >= 5)
    assert process.output().count("goes unanswered") == 1


@pytest.mark.parametrize(
    ("manner", "words"),
    [("narrow", "room for 0 cameras, the cell has 1"), ("broken", "RuntimeError: bad weights")],
)
def test_a_model_that_cannot_serve_the_cell_is_one_line_and_code_2(
    ros_domain, start_with, manner, words
):
    process = start_with(manner)
    assert process.wait() == 2
    (line,) = [line for line in process.output().splitlines() if "cannot start" in line]
    assert words in line
    assert "Traceback" not in process.output()


def test_a_publisher_with_incompatible_qos_is_named_in_the_log(ros_node, start, path):
    unreliable = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
    ros_node.create_publisher(Int16MultiArray, "/press/audio", unreliable)
    process = start(path)
    process.wait_for("incompatible QoS")
    (line,) = [line for line in process.output().splitlines() if "incompatible QoS" in line]
    assert "[press.interaction]" in line
    assert "'audio'" in line
    assert "RELIABILITY" in line


def test_it_is_a_lifecycle_node_that_activates_itself(
    ros_node, start, path, wait_until, ask_service
):
    start(path)
    state = ros_node.create_client(GetState, "/press/interaction/get_state")
    labels = []

    def ask():
        labels.append(ask_service(state, GetState.Request()).current_state.label)
        return labels[-1] == "active"

    wait_until(ask, what=f"active, found {labels}")
