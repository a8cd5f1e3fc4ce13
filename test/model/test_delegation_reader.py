"""Delegations read token by token: what is one, what is dropped, and how it is counted."""

from __future__ import annotations

import json

import pytest

from tml_ros.model.delegation_reader import LONGEST, DelegationPhase, DelegationReader
from tml_ros.model.tokenizer import ARGUMENT, DELEGATE, END, HOLD, load_tokenizer

TOKENIZER = load_tokenizer()


def ids(*parts):
    """Special tokens as they are, strings as their tokens."""
    return [
        token
        for part in parts
        for token in (TOKENIZER.encode(part) if isinstance(part, str) else [part])
    ]


LONG = " the" * (LONGEST - 2)
TABLE = {
    "one": (ids(DELEGATE, "look_up", ARGUMENT, "Oil?", END), [("look_up", "Oil?")], 0),
    "stripped": (ids(DELEGATE, " a ", ARGUMENT, "  b ", END), [("a", "b")], 0),
    "no question": (ids(DELEGATE, "a", ARGUMENT, END), [("a", "")], 0),
    "with holds": (ids(DELEGATE, HOLD, "a", HOLD, ARGUMENT, "b", HOLD, END), [("a", "b")], 0),
    "two": (ids(DELEGATE, "a", ARGUMENT, END, "x", DELEGATE, "b", ARGUMENT, END), ["a", "b"], 0),
    "only words": (ids("Hello", END, ARGUMENT, "x", END), [], 0),
    "a kind that is no name": (ids(DELEGATE, "Press 1!", ARGUMENT, "b", END), [], 1),
    "no kind": (ids(DELEGATE, ARGUMENT, "b", END), [], 1),
    "kind of 40": (ids(DELEGATE, "a" * 40, ARGUMENT, END), [("a" * 40, "")], 0),
    "kind of 41": (ids(DELEGATE, "a" * 41, ARGUMENT, END), [], 1),
    "no argument": (ids(DELEGATE, "a", END), [], 1),
    "two arguments": (ids(DELEGATE, "a", ARGUMENT, "b", ARGUMENT, "c", END), [], 1),
    "begun anew": (ids(DELEGATE, "a", DELEGATE, "b", ARGUMENT, END), [("b", "")], 1),
    "just fits": (ids(DELEGATE, "a", ARGUMENT, LONG, END), [("a", LONG.strip())], 0),
    "too long": (ids(DELEGATE, "a", ARGUMENT, LONG, " the", END), [], 1),
    "half a character": ([*ids(DELEGATE, "a", ARGUMENT, "温")[:-1], END], [("a", "\ufffd")], 0),
}


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.parametrize("saved_at_each_token", [False, True])
def test_what_is_a_delegation_and_what_is_dropped(name, saved_at_each_token):
    tokens, wanted, dropped = TABLE[name]
    reader = DelegationReader(TOKENIZER, session=3)
    ahead = [reader.phase_after(tokens[:end]) for end in range(1, len(tokens) + 1)]
    found = []
    for token, phase in zip(tokens, ahead, strict=True):
        request = reader.read(token)
        found += [] if request is None else [request]
        assert reader.phase is phase
        if saved_at_each_token:
            facts = json.loads(json.dumps(reader.facts()))
            reader = DelegationReader(TOKENIZER, session=3)
            reader.restore(facts)
    wanted = [one if isinstance(one, tuple) else (one, "") for one in wanted]
    assert [(one.kind, one.question) for one in found] == wanted
    assert [one.id for one in found] == [f"3-{number + 1}" for number in range(len(found))]
    assert (reader.dropped, reader.phase) == (dropped, DelegationPhase.OUTSIDE)


def test_a_saved_reader_that_makes_no_sense_is_refused():
    reader = DelegationReader(TOKENIZER)
    for change in ({"inside": True, "tokens": [END]}, {"tokens": [5]}, {"tokens": [9999]}):
        with pytest.raises(ValueError, match=r"delegation\.tokens"):
            reader.restore(reader.facts() | change)
    with pytest.raises(ValueError, match="within"):
        reader.read(2048)
