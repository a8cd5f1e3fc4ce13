"""A plan is the same for the same seed, has each kind first, and leaves time to recover."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from test.bench.chaos.made_histories import CELL
from tml_ros.bench.chaos.faults import SECOND, FaultKind, expectation, possible_faults
from tml_ros.bench.chaos.plan import REST_NS, PlanError, chaos_plan

SEEDS = st.integers(0, 2**32)


@given(seed=SEEDS, seconds=st.floats(1, 900), clock=st.booleans())
def test_faults_follow_one_another_with_pauses_and_end_in_time(seed, seconds, clock):
    plan = chaos_plan(CELL, seed=seed, seconds=seconds, clock=clock)
    over_ns = 0
    for planned in plan.faults:
        assert planned.at_ns >= over_ns
        assert planned.rest_ns >= REST_NS[planned.fault.kind]
        over_ns = planned.over_ns
    assert over_ns <= round(seconds * 1e9) == plan.lasts_ns


@given(seed=SEEDS, number=st.integers(1, 60))
def test_as_many_as_were_asked_for_each_kind_once_before_any_comes_again(seed, number):
    plan = chaos_plan(CELL, seed=seed, number=number)
    assert len(plan.faults) == number
    kinds = [planned.fault.kind for planned in plan.faults]
    there = {fault.kind for fault in possible_faults(CELL)}
    first = kinds[: len(there)]
    assert len(set(first)) == len(first)
    assert plan == chaos_plan(CELL, seed=seed, number=number)


def test_another_seed_is_another_plan():
    assert chaos_plan(CELL, seed=1, number=20) != chaos_plan(CELL, seed=2, number=20)


@given(seed=SEEDS, only=st.sets(st.sampled_from(list(FaultKind)), min_size=1), clock=st.just(True))
def test_only_what_was_asked_for_comes(seed, only, clock):
    plan = chaos_plan(CELL, seed=seed, number=30, only=only, clock=clock)
    assert {planned.fault.kind for planned in plan.faults} <= only


def test_every_fault_lasts_until_it_has_to_be_known():
    for fault in possible_faults(CELL, clock=True):
        assert fault.lasts_ns == 0 or fault.lasts_ns > expectation(fault, CELL).within_ns


def test_streams_of_others_are_left_alone_and_so_is_a_clock_that_nobody_follows():
    faults = possible_faults(CELL)
    assert "gate" not in {fault.target for fault in faults}
    assert FaultKind.CLOCK_STOP not in {fault.kind for fault in faults}
    assert {
        "guardian",
        "interaction",
        "speaker",
        "background",
        "camera_hall",
        "microphone_ear",
    } == {fault.target for fault in faults if fault.kind is FaultKind.KILL}


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({}, "either"),
        ({"seconds": 10, "number": 1}, "either"),
        ({"number": 1, "only": [FaultKind.CLOCK_STOP]}, "clock_stop"),
        ({"number": 1, "only": []}, "how many seconds"),
    ],
)
def test_what_cannot_be_planned_is_refused_with_what_could(asked, words):
    with pytest.raises(PlanError, match=words):
        chaos_plan(CELL, seed=1, **asked)


def test_none_is_a_plan_without_faults():
    plan = chaos_plan(CELL, seed=1, seconds=60, only=[])
    assert (plan.faults, plan.lasts_ns) == ((), 60 * SECOND)
