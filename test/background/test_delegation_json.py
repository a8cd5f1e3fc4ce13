"""What comes in as JSON is a delegation, or an error that says what is wrong with it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.background.contracts import Delegation, Outcome, Urgency
from tml_ros.background.delegation_json import MAX_BYTES, DelegationError, read_delegation


def test_what_was_written_is_read_again():
    asked = Delegation(id="op-1", question="why did press 2 stop?", deadline_ns=7)
    assert read_delegation(asked.model_dump_json()) == asked
    assert read_delegation(asked.model_dump_json().encode()) == asked


@pytest.mark.parametrize(
    ("text", "words", "delegation"),
    [
        ("", "Invalid JSON", None),
        ('{"id": "a"', "Invalid JSON", None),
        ("[]", "object", None),
        ("null", "object", None),
        ("{}", "id: Field required", None),
        ('{"id": "has spaces"}', "id: ", None),
        ('{"id": "a", "kind": "Not A Kind"}', "kind: ", "a"),
        ('{"id": "a", "asked_ns": -1}', "asked_ns: ", "a"),
        ('{"id": "a", "context": {"readings": {"t": NaN}}}', "finite", "a"),
        ('{"id": "a", "colour": 1, "size": 2}', "colour: ", "a"),
        ('{"id": "a", "schema_version": 2}', "schema_version 2 is not known here", "a"),
        ('{"id": "a", "question": ' + json.dumps("x" * 2_001) + "}", "question: ", "a"),
        (b'{"id": "\xff"}', "Invalid JSON", None),
        ('{"id": "\\ud800"}', "Invalid JSON", None),
        ('{"id": "\ud800"}', "Invalid JSON", None),
        ("[" * 100_000, "Invalid JSON", None),
        ('"' + "x" * MAX_BYTES + '"', "bytes", None),
        (json.dumps({"id": "a"} | {f"f{i}": i for i in range(9)}), "and 4 more", "a"),
    ],
)
def test_what_is_no_delegation_is_refused_with_what_is_wrong(text, words, delegation):
    with pytest.raises(DelegationError, match=words) as raised:
        read_delegation(text)
    finding = raised.value.finding(5)
    assert (finding.outcome, finding.urgency) == (Outcome.REFUSED, Urgency.SILENT)
    assert (finding.delegation, finding.stamp_ns) == (delegation, 5)
    assert words in finding.show


def test_refusals_of_different_texts_have_different_ids():
    found = set()
    for text in ("{}", "{ }", "[]"):
        with pytest.raises(DelegationError) as raised:
            read_delegation(text)
        found |= {raised.value.finding(stamp).id for stamp in (1, 2, 2)}
    assert len(found) == 6


@given(st.one_of(st.text(), st.binary(), st.recursive(st.integers(), st.lists).map(json.dumps)))
def test_any_text_is_read_or_refused(text):
    with pytest.raises(DelegationError):
        read_delegation(text)
