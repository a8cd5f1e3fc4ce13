"""Texts that wait to be said: order, bounds, and what gives way."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.model.spoken_queue import MAX_CHARACTERS, MAX_TEXTS, SpokenQueue


def texts(queue):
    return [waiting.text for waiting in iter(queue.pop, None)]


def queue_of(*pushed):
    queue = SpokenQueue()
    for text in pushed:
        queue.push(text.rstrip("!"), urgent=text.endswith("!"))
    return queue


ORDINARY = [f"o{number}" for number in range(MAX_TEXTS)]
URGENT = [f"u{number}!" for number in range(MAX_TEXTS)]
BARE = [text[:-1] for text in URGENT]
# pushed, then popped, dropped, repeated
TABLE = {
    "in order": (["a", "b", "c"], ["a", "b", "c"], 0, 0),
    "urgent first": (["a", "b!", "c", "d!"], ["b", "d", "a", "c"], 0, 0),
    "not twice": (["a", "b", "a"], ["a", "b"], 0, 1),
    "urgent again": (["a", "b", "b!"], ["b", "a"], 0, 1),
    "not less urgent": (["a", "b!", "b"], ["b", "a"], 0, 1),
    "full": ([*ORDINARY, "x"], [*ORDINARY[1:], "x"], 1, 0),
    "full, urgent": ([*ORDINARY, "x!"], ["x", *ORDINARY[1:]], 1, 0),
    "full of urgent": ([*URGENT, "x"], BARE, 1, 0),
    "full of urgent, one more": ([*URGENT, "x!"], [*BARE[1:], "x"], 1, 0),
}


@pytest.mark.parametrize("name", TABLE)
def test_what_is_said_first_and_what_gives_way(name):
    pushed, popped, dropped, repeated = TABLE[name]
    queue = queue_of(*pushed)
    assert (queue.dropped, queue.repeated) == (dropped, repeated)
    assert texts(queue) == popped


def test_a_text_too_long_is_refused_and_the_longest_is_not():
    queue = SpokenQueue()
    queue.push("x" * MAX_CHARACTERS)
    with pytest.raises(ValueError, match=r"2001 characters, at most 2000"):
        queue.push("y" * (MAX_CHARACTERS + 1))
    assert len(queue) == 1


def test_waiting_is_counted_from_the_longest_and_begins_anew():
    queue = queue_of("a")
    queue.pass_turns(3)
    queue.push("b")
    queue.pass_turns()
    assert queue.waited == 4
    queue.pop()
    assert queue.waited == 1
    queue.wait_anew()
    assert queue.waited == 0


@given(st.lists(st.tuples(st.integers(0, 30), st.booleans()), max_size=60))
def test_a_restored_queue_is_the_same_and_bounded(pushed):
    queue = SpokenQueue()
    for number, urgent in pushed:
        queue.push(str(number), urgent=urgent)
        queue.pass_turns()
    assert len(queue) <= MAX_TEXTS
    restored = SpokenQueue()
    restored.restore(json.loads(json.dumps(queue.facts())))
    assert restored.facts() == queue.facts()
    assert texts(restored) == texts(queue)
