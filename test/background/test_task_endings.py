"""Ids of findings, and what every final finding carries."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.background.contracts import MAX_SAID, MAX_SHOWN, Delegation, Finding, Outcome, Urgency
from tml_ros.background.task_endings import LATE, MAX_ID, cut, final_finding, finding_id
from tml_ros.background.task_record import new_record

LETTERS = "ab.-cut1"
IDS = st.one_of(
    st.text(LETTERS, min_size=1, max_size=5), st.text(LETTERS, min_size=85, max_size=100)
)
SUFFIXES = st.sampled_from(["end", "p1-1", "p1-12", "refused-0123456789ab-9223372036854775807"])


@given(IDS, SUFFIXES, IDS, SUFFIXES)
def test_ids_are_those_of_findings_and_no_two_are_the_same(one, suffix, other, other_suffix):
    first, second = finding_id(one, suffix), finding_id(other, other_suffix)
    Finding(id=first, outcome=Outcome.ANSWERED)
    assert (first == second) == ((one, suffix) == (other, other_suffix))


def test_an_id_made_to_look_like_a_cut_one_is_another():
    long = "a" * MAX_ID
    assert finding_id(finding_id(long, "end").rpartition(".")[0], "end") != finding_id(long, "end")


def asked(**fields):
    return new_record(Delegation(id="a", asked_by="worker", **fields), 1)


def answer(**fields):
    return Finding(id="x", outcome=Outcome.ANSWERED, say="It is fine.", show="Fine", **fields)


@pytest.mark.parametrize(
    ("deadline_ns", "now_ns", "late"), [(None, 10**18, False), (5, 5, False), (5, 6, True)]
)
def test_what_comes_after_the_deadline_says_so(deadline_ns, now_ns, late):
    finding = final_finding(asked(deadline_ns=deadline_ns), answer(), now_ns)
    assert (finding.late, finding.stamp_ns) == (late, now_ns)
    assert finding.say == (LATE if late else "") + "It is fine."
    assert finding.show.startswith("Late by 0 s.") == late


def test_lateness_is_told_in_texts_of_any_length():
    long = answer().model_copy(update={"say": "x" * MAX_SAID, "show": "x" * MAX_SHOWN})
    found = final_finding(asked(deadline_ns=5), long, 10**10)
    assert (len(found.say), len(found.show)) == (MAX_SAID, MAX_SHOWN)
    assert found.show.startswith("Late by 10 s.")
    silent = final_finding(asked(deadline_ns=5), long.model_copy(update={"say": ""}), 10**10)
    assert silent.say == ""


@pytest.mark.parametrize("outcome", [Outcome.CANCELLED, Outcome.SUPERSEDED, Outcome.REFUSED])
def test_nobody_waits_for_what_was_given_up_so_it_is_not_late(outcome):
    found = final_finding(asked(deadline_ns=5), Finding(id="x", outcome=outcome), 6)
    assert not found.late


def test_it_names_who_asked_and_is_not_said_where_they_have_gone():
    here = final_finding(asked(), answer(urgency=Urgency.NOW, asked_by="nobody"), 1)
    gone = final_finding(replace(asked(), orphaned=True), answer(urgency=Urgency.NOW), 1)
    assert (here.id, here.delegation, here.asked_by) == ("a.end", "a", "worker")
    assert (here.urgency, here.orphaned) == (Urgency.NOW, False)
    assert (gone.urgency, gone.orphaned, gone.say) == (Urgency.SILENT, True, "It is fine.")


def test_a_text_is_cut_to_what_there_is_room_for():
    assert [cut("abcdef", most) for most in (6, 5)] == ["abcdef", "ab..."]
