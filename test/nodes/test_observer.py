"""The observer over real DDS: what it records, understands, and survives."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("rclpy", reason="no ROS 2 here")

import rclpy
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import CompressedImage
from std_msgs.msg import Int16MultiArray, String, UInt64

from tml_ros.bag.bag_error import BagError
from tml_ros.bag.bag_reader import open_bag
from tml_ros.bag.bag_writer import BagWriter
from tml_ros.cell.alarm_status import Status, alarm_status, hazard_status, transition_status
from tml_ros.cell.cell_description import CellDescription
from tml_ros.nodes import qos
from tml_ros.nodes.messages import audio_message, compressed_image_message, time_message
from tml_ros.nodes.observer import Observer
from tml_ros.nodes.running import SpinThread
from tml_ros.nodes.status_messages import statuses_message
from tml_ros.report.session_log import ALARM_LATENCY, SessionLog
from tml_ros.safety.alarm import Alarm, AlarmEvent, AlarmState, AlarmTransition, Priority
from tml_ros.turn.hazard import Hazard, HazardKind, HazardSource

STAMP = 1_700_000_000_000_000_000
CELL = CellDescription.model_validate(
    {
        "cell": "press_2",
        "cameras": {"gate": {"compressed": True}},
        "microphones": {"hall": {}},
        "speaker": {},
    }
)
TYPES = {
    "gate/image": (CompressedImage, qos.CAMERA_IMAGE),
    "audio": (Int16MultiArray, qos.AUDIO),
    "alarms": (DiagnosticArray, qos.ALARMS),
    "alarms/events": (DiagnosticArray, qos.ALARM_EVENTS),
    "hazards": (DiagnosticArray, qos.HAZARDS),
    "text": (String, qos.TEXT),
    "speech/text": (String, qos.SPEECH),
    "speech/audio": (Int16MultiArray, qos.SPEECH),
    "speech/warning": (Int16MultiArray, qos.SPEECH),
    "speech/playback": (UInt64, qos.PLAYBACK),
    "/diagnostics": (DiagnosticArray, qos.DIAGNOSTICS),
}

SIMULATED = {
    "/clock": (Clock, qos.CLOCK),
    "simulation/truth": (String, qos.SIMULATION_TRUTH),
}


class Watched:
    """An observer, and a cell that says what the test wants it to."""

    def __init__(
        self, bag: Path, domain: int, wait_until: Callable[..., None], *, simulated: bool = False
    ) -> None:
        self.bag, self.wait_until = bag, wait_until
        self.log = SessionLog(CELL)
        self.context = rclpy.Context()
        rclpy.init(context=self.context, domain_id=domain)
        self.observer = Observer(self.log, bag, simulated=simulated, context=self.context)
        self.cell = rclpy.create_node("cell", namespace="press_2", context=self.context)
        self.publishers = {
            topic: self.cell.create_publisher(kind, topic, profile)
            for topic, (kind, profile) in (TYPES | (SIMULATED if simulated else {})).items()
        }
        self.spinning = SpinThread(self.observer)
        wait_until(
            lambda: all(p.get_subscription_count() for p in self.publishers.values()),
            what="discovery",
        )

    def say(self, topic: str, message: object) -> None:
        self.publishers[topic].publish(message)

    def close(self) -> None:
        if not self.context.ok():
            return
        self.wait_until(self.spinning.stop)
        self.observer.destroy_node()
        self.cell.destroy_node()
        rclpy.try_shutdown(context=self.context)


@pytest.fixture
def watched(ros_domain: int, tmp_path: Path, wait_until: Callable[..., None]) -> Iterator[Watched]:
    watched = Watched(tmp_path / "session.mcap", ros_domain, wait_until)
    yield watched
    watched.close()


@pytest.fixture
def simulated(
    ros_domain: int, tmp_path: Path, wait_until: Callable[..., None]
) -> Iterator[Watched]:
    watched = Watched(tmp_path / "session.mcap", ros_domain, wait_until, simulated=True)
    yield watched
    watched.close()


def raised() -> AlarmTransition:
    kind, state = HazardKind.CAMERA_DARK, AlarmState.ACTIVE_UNACKNOWLEDGED
    alarm = Alarm(kind, "gate", state, Priority.HIGH, "guard", STAMP, STAMP)
    return AlarmTransition(STAMP, AlarmEvent.RAISED, alarm, STAMP)


def test_what_a_cell_says_is_logged_and_recorded_as_it_came(
    watched: Watched, wait_until: Callable[..., None]
) -> None:
    change, log = raised(), watched.log
    jpeg = cv2.imencode(".jpg", np.full((48, 64, 3), 99, np.uint8))[1].tobytes()
    picture = compressed_image_message(jpeg, "jpeg", STAMP, "gate")
    wait_until(lambda: watched.say("gate/image", picture) or "gate" in log.cameras)
    hazard = Hazard(HazardKind.SIREN, "hall", 0.9, HazardSource.MODEL, STAMP)
    watched.say("audio", audio_message(np.zeros(320, np.int16)))
    watched.say("hazards", statuses_message([hazard_status(hazard)], STAMP))
    watched.say("alarms", statuses_message([alarm_status(change.alarm)], STAMP))
    watched.say("alarms/events", statuses_message([transition_status(change)], STAMP))
    watched.say("speech/text", String(data="The gate is dark."))
    watched.say("speech/audio", audio_message(np.full(1600, 0.5, np.float32)))
    watched.say("text", String(data="is it safe?"))
    wait_until(lambda: log.transitions and log.hazards and log.microphones)
    wait_until(lambda: ALARM_LATENCY in log.latencies and watched.observer.speaking())
    watched.say("speech/playback", UInt64(data=1600))
    wait_until(lambda: not watched.observer.speaking(), what="the playback")
    watched.say("speech/warning", audio_message(np.full(800, 0.7, np.float32)))
    wait_until(watched.observer.speaking, what="the warning")
    watched.say("speech/playback", UInt64(data=2400))
    wait_until(lambda: not watched.observer.speaking(), what="the end of the warning")
    assert watched.observer.view().alarms == (change.alarm,)

    watched.observer.end_session()
    assert [(said.text, len(log.clips[said.text])) for said in log.speech] == [
        ("The gate is dark.", 1600)
    ]
    snapshot = log.transitions[0].snapshot
    assert snapshot is not None
    assert (snapshot.camera, snapshot.stamp_ns) == ("gate", STAMP)
    assert not log.counters

    watched.close()
    with open_bag(watched.bag) as bag:
        recorded = {topic: (kind, message) for topic, kind, _, message in bag}
    kind, message = recorded["/press_2/gate/image"]
    assert (kind, bytes(message.data)) == ("sensor_msgs/msg/CompressedImage", jpeg)
    assert recorded["/press_2/text"][1].data == "is it safe?"
    assert {f"/press_2/{topic}" for topic in TYPES if topic[0] != "/"} <= recorded.keys()


def test_what_makes_no_sense_is_counted_and_the_watching_goes_on(
    watched: Watched, wait_until: Callable[..., None]
) -> None:
    nonsense = DiagnosticArray(status=[DiagnosticStatus(name="camera_dark: gate")])
    watched.say("alarms/events", nonsense)
    watched.say("hazards", nonsense)
    wait_until(lambda: watched.log.counters["messages_not_understood"] == 2)
    watched.say("alarms/events", statuses_message([transition_status(raised())], STAMP))
    wait_until(lambda: watched.log.transitions)


def test_only_reports_of_this_cell_are_listened_to(
    watched: Watched, wait_until: Callable[..., None]
) -> None:
    for cell, node in (("press_3", "guardian"), ("press_2", "interaction")):
        status = Status(0, f"{cell}/{node}: turns", "ok", cell, {})
        watched.say("/diagnostics", statuses_message([status], STAMP))
    wait_until(lambda: watched.observer.view().alive)
    assert watched.observer.view().alive == {"interaction"}


def test_a_full_disk_ends_the_recording_and_not_the_watching(
    watched: Watched, wait_until: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise BagError("session.mcap cannot be written: No space left on device")

    monkeypatch.setattr(BagWriter, "write", full)
    for _ in range(2):
        watched.say("audio", audio_message(np.zeros(320, np.int16)))
    wait_until(lambda: "hall" in watched.log.microphones)
    wait_until(lambda: watched.log.microphones["hall"].messages == 2)
    assert "No space left" in watched.observer.bag_fault


def test_the_observer_sees_who_else_is_there(
    watched: Watched, wait_until: Callable[..., None]
) -> None:
    wait_until(lambda: watched.observer.others_of_the_cell() == ["cell"])
    assert watched.observer.has_source("gate/image")
    assert not watched.observer.has_source("alarms/command")
    assert not watched.observer.has_listener("speech/audio")


def test_a_simulated_cell_is_recorded_in_its_own_time_with_its_truth(
    simulated: Watched, wait_until: Callable[..., None]
) -> None:
    observer, log = simulated.observer, simulated.log
    assert observer.now_ns() == 0
    assert observer.others_give_time()
    alive = Status(0, "press_2/guardian: alarms", "ok", "press_2", {})
    simulated.say("/diagnostics", statuses_message([alive], 0))
    wait_until(lambda: observer.view().alive)

    def tell(stamp_ns: int) -> None:
        told = Clock(clock=time_message(stamp_ns))
        wait_until(lambda: simulated.say("/clock", told) or observer.now_ns() >= stamp_ns)

    tell(STAMP)
    told = {"stamp_ns": STAMP, "event": "header", "t": 0.0}
    simulated.say("simulation/truth", String(data=json.dumps(told)))
    wait_until(lambda: log.started_ns == STAMP)
    simulated.say("audio", audio_message(np.zeros(320, np.int16)))
    wait_until(lambda: "hall" in log.microphones)
    assert not observer.scenario_over
    end_ns = STAMP + 5_000_000_000
    tell(end_ns)
    told = {"stamp_ns": end_ns, "event": "end", "t": 5.0}
    simulated.say("simulation/truth", String(data=json.dumps(told)))
    wait_until(lambda: observer.scenario_over)
    observer.end_session()
    assert log.seconds == pytest.approx(5.0, abs=0.03)

    simulated.close()
    with open_bag(simulated.bag) as bag:
        recorded = [(topic, log_ns) for topic, _, log_ns, _ in bag]
    assert {topic for topic, _ in recorded} == {"/press_2/audio", "/press_2/simulation/truth"}
    assert min(log_ns for _, log_ns in recorded) >= STAMP


def test_who_gives_the_time_is_noticed(watched: Watched, wait_until: Callable[..., None]) -> None:
    assert not watched.observer.others_give_time()
    watched.cell.create_publisher(Clock, "/clock", qos.CLOCK)
    wait_until(watched.observer.others_give_time)
