"""Findings on their way to a voice: once each, with their sound ready, and no turn waits for it."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import pytest

pytest.importorskip("rclpy", reason="no ROS 2 here")

from tml_ros.background.contracts import Finding
from tml_ros.nodes.finding_intake import FindingIntake
from tml_ros.nodes.worker import Worker


class Node:
    """What the intake needs of a node."""

    def __init__(self) -> None:
        self.workers: list[Worker] = []

    def start_worker(self, lanes, *, on_failure):
        self.workers.append(Worker("test", lanes, on_failure=on_failure))
        return self.workers[-1]


class Interaction:
    """Takes everything or nothing."""

    def __init__(self, *, takes: bool = True) -> None:
        self.takes = takes
        self.handed: list[tuple[str, bool, bool]] = []

    def hand_over(self, text: str, *, spoken: bool, urgent: bool = False) -> bool:
        if self.takes:
            self.handed.append((text, spoken, urgent))
        return self.takes


class Speaker:
    """Notes what it is to say."""

    def __init__(self) -> None:
        self.added: list[str] = []

    def add(self, finding: Finding) -> None:
        self.added.append(finding.say)


class Voice:
    """Prepares when it is allowed to."""

    def __init__(self) -> None:
        self.allowed = threading.Event()
        self.prepared: list[str] = []

    def prepare(self, text: str) -> None:
        assert self.allowed.wait(20)
        self.prepared.append(text)

    def samples(self, text: str, turn: int) -> np.ndarray | None:
        return None


@pytest.fixture
def node() -> Iterator[Node]:
    node = Node()
    yield node
    for worker in node.workers:
        worker.close()


def finding(name: str, say: str = "The press is well.", **more: object) -> str:
    return Finding(id=name, outcome="noticed", say=say, **more).model_dump_json()


@pytest.mark.parametrize(
    ("given", "handed"),
    [
        ([finding("a")], [("The press is well.", True, False)]),
        ([finding("a"), finding("a")], [("The press is well.", True, False)]),
        ([finding("a", urgency="now")], [("The press is well.", True, True)]),
        ([finding("a", urgency="silent")], [("The press is well.", False, False)]),
        ([finding("a", say="")], []),
        ([finding("a", orphaned=True)], []),
    ],
)
def test_a_finding_is_handed_over_once_as_its_urgency_says(node, given, handed):
    interaction, speaker = Interaction(), Speaker()
    intake = FindingIntake(node, interaction, text_voice=None, speaker=speaker)
    put = intake.activate(intake.take, on_failure=lambda lane, error: None)
    for text in given:
        put(text)
    assert interaction.handed == handed
    assert (speaker.added, node.workers) == ([], [])


def test_what_the_model_does_not_take_is_said_by_the_speaker_where_there_is_one(node):
    speaker = Speaker()
    FindingIntake(node, Interaction(takes=False), text_voice=None, speaker=speaker).take(
        finding("a")
    )
    assert speaker.added == ["The press is well."]
    FindingIntake(node, Interaction(takes=False), text_voice=None, speaker=None).take(finding("a"))


def test_sound_is_made_by_a_thread_of_its_own_before_the_finding_is_handed_over(node, wait_until):
    voice, came = Voice(), []
    intake = FindingIntake(node, Interaction(), text_voice=voice, speaker=None)
    put = intake.activate(came.append, on_failure=lambda lane, error: None)
    spoken = finding("a", say="71 degrees.")
    put(spoken)
    assert came == [], "nobody waits, and nothing goes on before its time"
    voice.allowed.set()
    wait_until(lambda: came)
    assert (voice.prepared, came) == (["71 degrees."], [spoken])
    silent = finding("b", say="72 degrees.", urgency="silent")
    put(silent)
    wait_until(lambda: len(came) == 2)
    assert voice.prepared == ["71 degrees."]


def test_what_is_no_finding_is_a_failure_and_goes_no_further(node, wait_until):
    voice, came, failed = Voice(), [], []
    intake = FindingIntake(node, Interaction(), text_voice=voice, speaker=None)
    put = intake.activate(came.append, on_failure=lambda lane, error: failed.append(lane))
    put("no finding at all")
    wait_until(lambda: failed)
    assert (failed, came) == (["findings"], [])
