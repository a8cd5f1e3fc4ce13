"""One text for one value, and one value for one text."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.audit.canonical import (
    MAX_BYTES,
    MAX_DEPTH,
    CanonicalError,
    canonical,
    parsed,
    recordable,
)

TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
INTEGERS = st.integers(-(2**63), 2**63 - 1)
VALUES = st.recursive(
    st.none() | st.booleans() | INTEGERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def same(one, other):
    """Equality that tells True from 1."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other


@given(VALUES)
def test_a_text_reads_back_as_its_value_and_is_written_again_the_same(value):
    text = canonical(value)
    assert same(parsed(text), value)
    assert canonical(parsed(text)) == text
    assert same(json.loads(text), value)


@given(VALUES, VALUES)
def test_two_values_have_one_text_only_if_they_are_one(one, other):
    assert (canonical(one) == canonical(other)) == same(one, other)


@given(st.dictionaries(TEXTS, INTEGERS, max_size=8), st.randoms())
def test_the_order_in_which_a_map_was_made_does_not_matter(value, random):
    pairs = list(value.items())
    random.shuffle(pairs)
    assert canonical(dict(pairs)) == canonical(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [True, None, -5]}, '{"a":[true,null,-5],"b":1}'),
        ({"\U0001f600": 1, "\uff00": 2}, '{"\uff00":2,"\U0001f600":1}'),
        ({"é": "e\u0301", "z": "\x00\n\x7f"}, '{"z":"\\u0000\\n\x7f","é":"e\u0301"}'),
        ((), "[]"),
        ({}, "{}"),
    ],
)
def test_it_is_written_so(value, text):
    assert canonical(value) == text


def nested(depth):
    value = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        math.nan,
        {"a": [2.5]},
        2**63,
        -(2**63) - 1,
        "\ud800",
        {"\udfff": 1},
        {1: 2},
        {None: 1},
        b"bytes",
        {1, 2},
        object(),
        nested(MAX_DEPTH + 1),
        "x" * MAX_BYTES,
        "ä" * (MAX_BYTES // 2),
        ["x" * 1000] * 100,
    ],
    ids=lambda value: repr(value)[:20],
)
def test_what_has_no_one_text_is_refused_and_can_be_recorded_all_the_same(value):
    with pytest.raises(CanonicalError):
        canonical(value)
    canonical(recordable(value))


def test_the_bounds_themselves_are_allowed():
    canonical(nested(MAX_DEPTH))
    canonical("x" * (MAX_BYTES - 2))
    canonical([-(2**63), 2**63 - 1])


@pytest.mark.parametrize(
    "text",
    ["", "{", '{"b":1,"a":2}', '{"a": 1}', "1.0", "1e3", "NaN", '{"a":1,"a":2}', "[" * 9999, "\t1"],
)
def test_what_is_not_written_so_is_not_read(text):
    with pytest.raises(CanonicalError):
        parsed(text)


@given(
    st.recursive(
        st.floats() | st.text(max_size=5) | st.integers(),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
        ),
    )
)
def test_whatever_strangers_send_can_be_recorded(value):
    assert parsed(canonical(recordable(value))) == recordable(value)
