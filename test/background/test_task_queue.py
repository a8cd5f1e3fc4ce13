"""Which task is next, and which goes when there are too many."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.background.contracts import Delegation, Urgency
from tml_ros.background.task_queue import LEAST_FIRST, TaskQueue
from tml_ros.background.task_record import new_record

URGENCIES = {"s": Urgency.SILENT, "f": Urgency.WHEN_FREE, "n": Urgency.NOW}


def record(name, number=1):
    """Named "<letter of its urgency><anything>[@deadline]"."""
    urgency, _, deadline = URGENCIES[name[0]], *name[1:].partition("@")[1:]
    asked = Delegation(
        id=name.replace("@", "-"), urgency=urgency, deadline_ns=int(deadline) if deadline else None
    )
    return new_record(asked, number)


def queue_of(names):
    queue = TaskQueue()
    for number, name in enumerate(names.split()):
        queue.add(record(name, number))
    return queue


@pytest.mark.parametrize(
    ("queued", "now_ns", "first"),
    [
        ("", 0, None),
        ("s1 f1 f2 n1", 0, "n1"),
        ("s1 f1 f2", 0, "f1"),
        ("s1 s2", 0, "s1"),
        ("f1@5 f2", 5, "f1-5"),
        ("f1@5 f2", 6, "f2"),
        ("f1@5 f2@5", 6, "f1-5"),
        ("f1 n1@5", 6, "n1-5"),
        ("f1@9 f2@5 f3@8", 7, "f1-9"),
    ],
)
def test_the_most_urgent_comes_first_then_what_is_in_time_then_the_oldest(queued, now_ns, first):
    assert queue_of(queued).next_id(now_ns) == first


@pytest.mark.parametrize(
    ("queued", "newcomer", "places", "goes"),
    [
        ("f1 f2", "f3", 3, ""),
        ("f1 f2", "f3", 2, "f1"),
        ("f1 f2", "n1", 2, "f1"),
        ("n1 f1 s1 s2", "f2", 4, "s1"),
        ("n1 n2", "n3", 2, "n1"),
        ("n1 n2", "f1", 2, "f1"),
        ("f1 n1", "s1", 2, "s1"),
        ("s1 f1 n1", "f2", 1, "f2"),
        ("s1 f1 n1", "n2", 1, "s1 f1 n1"),
        ("n1", "f1", 0, "f1"),
    ],
)
def test_the_oldest_of_the_least_urgent_goes(queued, newcomer, places, goes):
    gone = queue_of(queued).crowded_out(record(newcomer), places=places, chars=10**9)
    assert " ".join(gone) == goes


def test_what_leaves_anyway_makes_room():
    queue = queue_of("f1 f2")
    leaves, newcomer = record("f2"), record("f3")
    assert queue.crowded_out(newcomer, places=2, chars=10**9, leaves=leaves) == ()
    assert queue.crowded_out(newcomer, places=1, chars=10**9, leaves=leaves) == ("f1",)


def test_long_questions_need_room_too():
    queue = queue_of("s1 f1")
    chars = queue.chars
    assert chars == record("s1").chars + record("f1").chars
    newcomer = record("f2")
    assert queue.crowded_out(newcomer, places=9, chars=chars + newcomer.chars) == ()
    assert queue.crowded_out(newcomer, places=9, chars=chars + newcomer.chars - 1) == ("s1",)
    assert queue.crowded_out(newcomer, places=9, chars=newcomer.chars - 1) == ("f2",)
    queue.remove(record("s1"))
    queue.remove(record("s1"))
    assert (queue.chars, len(queue)) == (record("f1").chars, 1)


@given(st.lists(st.sampled_from("sfn"), max_size=8), st.sampled_from("sfn"), st.integers(0, 9))
def test_nothing_goes_for_what_is_less_urgent_and_no_more_than_must(queued, newcomer, places):
    names = [f"{urgency}{number}" for number, urgency in enumerate(queued)]
    queue, new = queue_of(" ".join(names)), record(f"{newcomer}-new")
    gone = queue.crowded_out(new, places=places, chars=10**9)
    by_hand, left = [], [*names, new.id]
    while len(left) > places and new.id in left:
        by_hand.append(min(left, key=lambda name: LEAST_FIRST.index(URGENCIES[name[0]])))
        left.remove(by_hand[-1])
    assert list(gone) == ([new.id] if new.id in by_hand else by_hand)
