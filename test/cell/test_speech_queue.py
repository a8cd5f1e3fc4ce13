"""One warning at a time, the most urgent first."""

from __future__ import annotations

import numpy as np
import pytest

from tml_ros.cell.announcer import Announcement
from tml_ros.cell.speech_queue import PAUSE_NS, SETTLE_NS, SpeechQueue
from tml_ros.safety.alarm import Priority

SECOND = 1_000_000_000


def _warning(text, priority, seconds=2):
    return Announcement(0, text, priority, np.zeros(seconds * 16_000, np.float32))


@pytest.fixture
def speech():
    done = []
    queue = SpeechQueue(
        say=lambda announcement: done.append(announcement.text), flush=lambda: done.append("flush")
    )
    queue.done = done
    return queue


def test_a_warning_is_said_at_once(speech):
    speech.add(_warning("a", Priority.LOW), 0)
    assert speech.done == ["a"]


def test_equally_urgent_warnings_follow_each_other(speech):
    speech.add(_warning("a", Priority.HIGH), 0)
    speech.add(_warning("b", Priority.HIGH), 1)
    speech.add(_warning("c", Priority.LOW), 2)
    speech.advance(2 * SECOND + PAUSE_NS - 1)
    assert speech.done == ["a"]
    speech.advance(2 * SECOND + PAUSE_NS)
    assert speech.done == ["a", "b"]
    speech.advance(9 * SECOND)
    assert speech.done == ["a", "b", "c"]


def test_a_more_urgent_warning_cuts_a_lesser_one_short_which_is_said_again(speech):
    speech.add(_warning("lesser", Priority.MEDIUM), 0)
    speech.add(_warning("urgent", Priority.CRITICAL), SECOND)
    assert speech.done == ["lesser", "flush"]
    speech.advance(SECOND + SETTLE_NS)
    assert speech.done == ["lesser", "flush", "urgent"]
    speech.advance(SECOND + SETTLE_NS + 2 * SECOND + PAUSE_NS)
    assert speech.done == ["lesser", "flush", "urgent", "lesser"]


def test_what_is_over_is_not_cut_short(speech):
    speech.add(_warning("a", Priority.LOW), 0)
    speech.add(_warning("b", Priority.CRITICAL), 2 * SECOND + PAUSE_NS)
    assert speech.done == ["a", "b"]


def test_the_same_warning_is_not_queued_twice(speech):
    for _ in range(5):
        speech.add(_warning("a", Priority.LOW), 0)
        speech.add(_warning("b", Priority.LOW), 0)
    for step in range(20):
        speech.advance(step * SECOND)
    assert speech.done == ["a", "b"]


def test_the_most_urgent_of_those_waiting_comes_first(speech):
    speech.add(_warning("now", Priority.CRITICAL), 0)
    for priority in Priority:
        speech.add(_warning(priority.value, priority), 1)
    for step in range(1, 20):
        speech.advance(step * SECOND)
    assert speech.done == ["now", "critical", "high", "medium", "low"]
