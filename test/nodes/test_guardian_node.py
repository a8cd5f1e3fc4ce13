"""The guardian in a process of its own, over real DDS."""

from __future__ import annotations

import array
import json
import os
import signal
import threading

import numpy as np
import pytest

pytest.importorskip("rclpy", reason="no ROS 2 here")

import rclpy
from diagnostic_msgs.msg import DiagnosticArray
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from sensor_msgs.msg import Image
from std_msgs.msg import Int16MultiArray, String

from tml_ros.bench.chaos.recorded import recorded_transitions
from tml_ros.cell.alarm_status import (
    ERROR,
    OK,
    Status,
    hazard_status,
    parse_alarm,
    parse_transition,
)
from tml_ros.cell.guardian import Guardian
from tml_ros.cell.heartbeat import Heartbeat, heartbeat_values
from tml_ros.nodes import guardian_node, qos
from tml_ros.nodes.messages import image_message
from tml_ros.nodes.processes import host_name
from tml_ros.nodes.running import SpinThread
from tml_ros.nodes.status_messages import statuses_message, statuses_of
from tml_ros.safety.alarm import AlarmEvent, AlarmState, Hearing
from tml_ros.turn.hazard import Hazard, HazardKind, HazardSource

ACTIVE, RETURNED = AlarmState.ACTIVE_UNACKNOWLEDGED, AlarmState.RETURNED_UNACKNOWLEDGED
CELL = """
cell: press
cameras:
  front:
    size: [160, 120]
    lost_after: 0.5
    zones:
      gate: {polygon: [[10, 60], [150, 60], [150, 118], [10, 118]]}
microphones:
  hall: {}
speaker: {sink: null}
alarms:
  camera_dark: {on_delay: 0.0, off_delay: 0.0}
  siren: {on_delay: 0.0, off_delay: 0.0, warning: "Siren at {zone}"}
"""


class Cell:
    """The test's end of the cell's topics, with everything that came."""

    def __init__(self, node):
        self.node = node
        self.alarms, self.events, self.diagnostics = [], [], {}
        self.texts, self.sounds, self.results = [], [], []
        self.number = 0
        self.images = node.create_publisher(Image, "/press/front/image", qos.CAMERA_IMAGE)
        self.hazards = node.create_publisher(DiagnosticArray, "/press/hazards", qos.HAZARDS)
        self.commands = node.create_publisher(String, "/press/alarms/command", qos.ALARM_COMMANDS)
        node.create_subscription(
            DiagnosticArray, "/press/alarms/events", self._on_events, qos.ALARM_EVENTS
        )
        node.create_subscription(
            DiagnosticArray, "/diagnostics", self._on_diagnostics, qos.DIAGNOSTICS
        )
        node.create_subscription(
            String, "/press/speech/text", lambda m: self.texts.append(m.data), qos.SPEECH
        )
        node.create_subscription(
            Int16MultiArray,
            "/press/speech/warning",
            lambda m: self.sounds.append(m.data),
            qos.SPEECH,
        )
        self.heart = node.create_publisher(DiagnosticArray, "/press/heartbeat", qos.HEARTBEAT)
        node.create_subscription(
            String,
            "/press/alarms/command/results",
            lambda m: self.results.append(json.loads(m.data)),
            qos.ALARM_COMMAND_RESULTS,
        )
        # The last: a guardian whose alarms come has found all the other readers before.
        self.watch_alarms(self.alarms.append)

    def watch_alarms(self, seen):
        self.node.create_subscription(
            DiagnosticArray,
            "/press/alarms",
            lambda message: seen(self._parsed(message)),
            qos.ALARMS,
        )

    @staticmethod
    def _parsed(message):
        return [parse_alarm(status.values) for status in statuses_of(message)]

    def _on_events(self, message):
        self.events += [parse_transition(status.values) for status in statuses_of(message)]

    def _on_diagnostics(self, message):
        self.diagnostics.update({status.name: status for status in statuses_of(message)})

    def now_ns(self):
        return self.node.get_clock().now().nanoseconds

    def show(self, level, **changes):
        """Publish a picture: a textured scene of that brightness."""
        texture = np.indices((120, 160)).sum(axis=0) % 16
        rgb = np.repeat(np.clip(texture + level, 0, 255)[..., None], 3, axis=2).astype(np.uint8)
        message = image_message(rgb, self.now_ns(), "front")
        for name, value in changes.items():
            setattr(message, name, value)
        self.images.publish(message)

    def judge_siren(self, score):
        hazard = Hazard(HazardKind.SIREN, "hall", score, HazardSource.MODEL, self.now_ns())
        self.hazards.publish(statuses_message([hazard_status(hazard)], self.now_ns()))

    def command(self, command, **fields):
        self.number += 1
        of_all = {"schema_version": 1, "id": f"c{self.number}", "operator": "Ann"}
        told = {**of_all, "command": command, **fields}
        self.commands.publish(String(data=json.dumps(told)))

    def result(self):
        return self.results[-1] if self.results else {}

    def beat(self, **extra):
        """One beat of the interaction."""
        self.number += 1
        me = Heartbeat("interaction", os.getpid(), host_name(), self.number, self.number)
        values = {**heartbeat_values(me), **extra}
        self.heart.publish(statuses_message([Status(OK, "", "", "press", values)], self.now_ns()))

    def states(self):
        """State of every alarm in the newest message, or None before the first."""
        if not self.alarms:
            return None
        return {(alarm.kind, alarm.zone): alarm.state for alarm in self.alarms[-1]}

    def rejected(self, lane):
        status = self.diagnostics.get(f"press/guardian: {lane}")
        return int(status.values["rejected"]) if status else 0

    def connected(self):
        return all(
            publisher.get_subscription_count()
            for publisher in (self.images, self.hazards, self.commands)
        )


@pytest.fixture
def cell(ros_node):
    return Cell(ros_node)


@pytest.fixture
def start(cell, run_process, tmp_path):
    path = tmp_path / "press.yaml"

    def start(*parameters, text=CELL, ready="guarding", **environment):
        path.write_text(text)
        argv = ["python", "-m", "tml_ros.nodes.guardian_node", "--ros-args", "-r", "__ns:=/press"]
        for value in (f"cell:={path}", *parameters):
            argv += ["-p", value]
        process = run_process(argv, environment)
        process.wait_for(ready)
        return process

    return start


@pytest.fixture
def guardian(start, cell, wait_until):
    process = start()
    wait_until(lambda: cell.states() is not None and cell.connected(), what="the guardian's topics")
    return process


def test_a_dark_picture_becomes_an_alarm_and_a_bright_one_ends_it(guardian, cell, wait_until):
    dark = (HazardKind.CAMERA_DARK, "front")
    wait_until(lambda: cell.show(120) or cell.diagnostics)
    wait_until(lambda: cell.show(0) or dark in cell.states(), what="camera_dark")

    def of_the_dark():
        return [event for event in cell.events if event.alarm.kind is HazardKind.CAMERA_DARK]

    wait_until(of_the_dark, what="the event")
    raised = of_the_dark()[0]
    assert raised.event is AlarmEvent.RAISED
    assert raised.due_ns <= raised.stamp_ns <= cell.now_ns()
    assert 0 < raised.alarm.evidence_ns <= raised.stamp_ns
    wait_until(
        lambda: cell.show(120) or not cell.states()[dark].condition_present, what="its return"
    )


def test_a_hazard_of_the_model_lives_as_an_alarm_until_acknowledged_and_gone(
    guardian, cell, wait_until
):
    siren = (HazardKind.SIREN, "hall")
    cell.judge_siren(0.9)
    wait_until(lambda: cell.states().get(siren) is AlarmState.ACTIVE_UNACKNOWLEDGED)
    cell.command("acknowledge", kind="siren", zone="hall")
    wait_until(lambda: cell.states().get(siren) is AlarmState.ACTIVE_ACKNOWLEDGED)
    (told,) = [alarm for alarm in cell.alarms[-1] if alarm.kind is HazardKind.SIREN]
    assert told.acknowledged_by == "Ann"
    wait_until(lambda: cell.result().get("code") == "accepted")
    cell.judge_siren(0.0)
    wait_until(lambda: siren not in cell.states())

    def events():
        return [event.event for event in cell.events if event.alarm.kind is HazardKind.SIREN]

    wait_until(lambda: AlarmEvent.CLEARED in events(), what="the last event")
    assert events() == [AlarmEvent.RAISED, AlarmEvent.ACKNOWLEDGED, AlarmEvent.CLEARED]


def test_who_joins_late_gets_the_present_alarms_at_once(guardian, cell, wait_until):
    cell.judge_siren(0.9)
    wait_until(lambda: (HazardKind.SIREN, "hall") in cell.states())
    late = []
    cell.watch_alarms(late.append)
    wait_until(lambda: late)
    assert HazardKind.SIREN in {alarm.kind for alarm in late[0]}


def test_alarms_are_repeated_as_a_sign_of_life(guardian, cell, wait_until):
    before = len(cell.alarms)
    wait_until(lambda: len(cell.alarms) >= before + 2)


def test_a_warning_is_spoken(guardian, cell, wait_until):
    cell.judge_siren(0.9)
    wait_until(lambda: cell.texts and cell.sounds)
    assert cell.texts[0] == "Siren at hall"
    sound = np.frombuffer(cell.sounds[0], np.int16)
    assert 16_000 // 2 < len(sound) < 10 * 16_000
    assert np.abs(sound).max() > 8_000


def test_without_a_speech_program_warnings_are_tones_and_that_is_said(start, cell, wait_until):
    process = start(PATH="/nowhere")
    wait_until(lambda: cell.states() is not None and cell.connected())
    cell.judge_siren(0.9)
    wait_until(lambda: (HazardKind.SIREN, "hall") in cell.states())
    wait_until(lambda: "press/guardian: voice" in cell.diagnostics)
    voice = cell.diagnostics["press/guardian: voice"]
    assert voice.level == ERROR
    assert "espeak-ng" in voice.message
    assert "espeak-ng" in process.output()
    wait_until(lambda: cell.sounds, what="the tone")
    assert cell.texts[0] == "Siren at hall"
    assert 0 < len(cell.sounds[0]) < 2 * 16_000


def test_a_malformed_command_is_answered_and_changes_nothing(guardian, cell, wait_until):
    cell.judge_siren(0.9)
    wait_until(lambda: (HazardKind.SIREN, "hall") in cell.states())
    for number, text in enumerate(("acknowledge everything", "[]", '{"command": "shoot"}'), 1):
        cell.commands.publish(String(data=text))
        wait_until(lambda count=number: len(cell.results) == count)
        assert cell.result()["code"] == "malformed"
    assert "operator" in cell.result()["message"]
    wait_until(lambda: cell.rejected("alarm commands") == 3)
    assert "alarm commands" in guardian.output()
    assert cell.states()[HazardKind.SIREN, "hall"] is AlarmState.ACTIVE_UNACKNOWLEDGED


def test_a_shelved_alarm_is_listed_and_not_spoken(guardian, cell, wait_until):
    cell.command("shelve", kind="siren", zone="hall", reason="drill", duration=60)
    wait_until(lambda: cell.result().get("code") == "accepted")
    cell.judge_siren(0.9)
    siren = (HazardKind.SIREN, "hall")
    wait_until(lambda: cell.states().get(siren) is ACTIVE)
    (told,) = [alarm for alarm in cell.alarms[-1] if (alarm.kind, alarm.zone) == siren]
    assert [one.reason for one in told.withheld] == ["drill"]
    wait_until(lambda: any(event.hearing is Hearing.WITHHELD for event in cell.events))
    cell.command("unshelve", kind="siren", zone="hall")
    wait_until(lambda: "Siren at hall" in cell.texts, what="the warning once it is heard again")
    raised = [event.hearing for event in cell.events if event.event is AlarmEvent.RAISED]
    assert Hearing.WITHHELD in raised


def test_a_killed_guardian_goes_on_with_its_alarms_and_nothing_is_missing_on_record(
    start, cell, wait_until, tmp_path
):
    first = start()
    wait_until(lambda: cell.states() is not None and cell.connected())
    siren = (HazardKind.SIREN, "hall")
    cell.judge_siren(0.9)
    wait_until(lambda: cell.states().get(siren) is ACTIVE)
    cell.command("acknowledge", kind="siren", zone="hall")
    wait_until(lambda: cell.states().get(siren) is AlarmState.ACTIVE_ACKNOWLEDGED)
    wait_until(lambda: len([e for e in cell.events if e.alarm.kind is HazardKind.SIREN]) == 2)
    first.signal(signal.SIGKILL)
    first.wait()
    cell.alarms.clear()
    second = start()
    wait_until(lambda: cell.alarms)
    assert cell.states()[siren] is AlarmState.ACTIVE_ACKNOWLEDGED
    (told,) = [alarm for alarm in cell.alarms[0] if (alarm.kind, alarm.zone) == siren]
    assert told.acknowledged_by == "Ann"
    second.signal(signal.SIGTERM)
    assert second.wait() == 0, second.output()
    home = tmp_path / "ros" / "tml_ros"
    written, problem = recorded_transitions(
        home / "press" / "record", home / "keys" / "press.key", home / "keys" / "press.anchor"
    )
    assert not problem
    kept = [(t.event, t.alarm.kind, t.alarm.zone, t.stamp_ns) for t in written if t is not None]
    for event in cell.events:
        assert (event.event, event.alarm.kind, event.alarm.zone, event.stamp_ns) in kept


def test_a_node_whose_heart_stops_is_an_alarm_by_its_name(guardian, cell, wait_until):
    hung = (HazardKind.NODE_HUNG, "interaction")
    wait_until(cell.heart.get_subscription_count)

    def present():
        state = (cell.states() or {}).get(hung)
        return state is not None and state.condition_present

    wait_until(lambda: cell.beat() or "press/guardian: nodes" in cell.diagnostics)
    wait_until(present, what="node_hung of a process that is there and does not beat")
    wait_until(lambda: cell.beat() or not present(), what="its return")


def test_pictures_nobody_can_read_are_reported_and_make_a_lost_camera(guardian, cell, wait_until):
    broken = (
        {"encoding": "smell8"},
        {"data": array.array("B", bytes(10))},
        {"step": 3},
        {"height": 0, "width": 0, "step": 0, "data": array.array("B")},
    )
    wait_until(lambda: cell.show(120) or cell.diagnostics)

    def show_broken():
        for changes in broken:
            cell.show(120, **changes)

    lost = (HazardKind.CAMERA_LOST, "front")
    wait_until(lambda: show_broken() or lost in cell.states(), what="camera_lost")
    wait_until(lambda: cell.rejected("camera front") >= len(broken))
    assert guardian.running()
    wait_until(
        lambda: cell.show(120) or not cell.states()[lost].condition_present,
        what="a good picture to bring the camera back",
    )


def test_a_model_whose_heart_stops_is_lost_until_it_beats_again(start, cell, wait_until):
    start(text=CELL + "model: nano\n")
    wait_until(cell.heart.get_subscription_count)
    lost = (HazardKind.MODEL_LOST, "")

    def beat(step_ms="0.0"):
        cell.beat(step_ms=step_ms, deadline_misses="0")

    def is_lost():
        state = (cell.states() or {}).get(lost)
        return state is not None and state.condition_present

    wait_until(lambda: beat() or cell.states() is not None)
    wait_until(lambda: beat() or not is_lost(), what="a heart that beats in time")
    wait_until(is_lost, what="model_lost without a heartbeat")
    wait_until(lambda: beat() or not is_lost(), what="its return")
    cell.alarms.clear()
    wait_until(
        lambda: beat(step_ms="5000.0") or (cell.states() or {}).get(lost, RETURNED) is ACTIVE,
        what="model_lost with a heartbeat and a step that never ends",
    )


def test_without_a_model_nobody_misses_its_heartbeat(guardian, cell, wait_until):
    wait_until(lambda: any(alarm.kind is HazardKind.CAMERA_LOST for alarm in cell.alarms[-1]))
    assert (HazardKind.MODEL_LOST, "") not in cell.states()


def test_a_guardian_that_hangs_says_so_while_it_does(
    cell, ros_domain, tmp_path, wait_until, monkeypatch
):
    going_on = threading.Event()
    monkeypatch.setattr(Guardian, "observe_frame", lambda *_: going_on.wait() and [])
    monkeypatch.setattr(guardian_node, "SILENT_NS", 300_000_000)
    path = tmp_path / "press.yaml"
    path.write_text(CELL)
    rclpy.init(args=["--ros-args", "-r", "__ns:=/press", "-p", f"cell:={path}"])
    node = guardian_node.GuardianNode()
    spinning = SpinThread(node)
    try:
        alarms = "press/guardian: alarms"
        wait_until(
            lambda: (
                cell.show(120)
                or (alarms in cell.diagnostics and cell.diagnostics[alarms].level == ERROR)
            ),
            what="an error on /diagnostics",
        )
        assert "nothing was judged for" in cell.diagnostics[alarms].message
    finally:
        going_on.set()
        wait_until(spinning.stop)
        node.destroy_node()
        rclpy.try_shutdown()


def test_a_clean_end_on_sigterm(guardian):
    guardian.signal(signal.SIGTERM)
    assert guardian.wait() == 0, guardian.output()
    assert "Traceback" not in guardian.output()


def test_a_wrong_cell_file_is_one_line_and_code_2(ros_domain, run_process, tmp_path):
    (tmp_path / "bad.yaml").write_text("cell: Press!\ncameras: {front: {rate: -1}}\n")
    process = run_process(
        [
            *("python", "-m", "tml_ros.nodes.guardian_node", "--ros-args"),
            *("-p", f"cell:={tmp_path / 'bad.yaml'}"),
        ]
    )
    assert process.wait() == 2
    (line,) = [line for line in process.output().splitlines() if "cannot start" in line]
    assert "cameras" in line
    assert "Press!" in line
    assert "Traceback" not in process.output()


def test_told_not_to_start_itself_it_follows_its_lifecycle(
    start, cell, ros_node, wait_until, ask_service
):
    process = start("autostart:=false", ready="waiting to be configured")
    change = ros_node.create_client(ChangeState, "/press/guardian/change_state")
    # What it cannot do may be asked more than once; its answer shows that it finds the way back.
    unknown = ChangeState.Request(transition=Transition(label="stand on your head"))
    assert not ask_service(change, unknown).success

    def transition(number):
        future = change.call_async(ChangeState.Request(transition=Transition(id=number)))
        wait_until(future.done)
        return future.result().success

    assert cell.images.get_subscription_count() == 0
    assert transition(Transition.TRANSITION_CONFIGURE)
    assert cell.images.get_subscription_count() == 0
    for _ in range(2):
        assert transition(Transition.TRANSITION_ACTIVATE)
        wait_until(cell.connected)
        cell.alarms.clear()
        wait_until(lambda: cell.alarms)
        assert transition(Transition.TRANSITION_DEACTIVATE)
        wait_until(lambda: cell.images.get_subscription_count() == 0)
    assert transition(Transition.TRANSITION_CLEANUP)
    process.signal(signal.SIGINT)
    assert process.wait() == 0, process.output()
