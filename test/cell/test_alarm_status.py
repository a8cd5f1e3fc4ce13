"""Alarms, transitions and hazards as text: read back unchanged, or refused by key."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.cell.alarm_status import (
    ALARM_SOURCES,
    ERROR,
    MAX_ZONE,
    OK,
    WARN,
    StatusError,
    alarm_status,
    alarm_values,
    hazard_status,
    hazard_values,
    parse_alarm,
    parse_hazard,
    parse_transition,
    transition_status,
    transition_values,
)
from tml_ros.safety.alarm import (
    Alarm,
    AlarmEvent,
    AlarmState,
    AlarmTransition,
    Hearing,
    Priority,
    Withheld,
    Withholding,
)
from tml_ros.turn.hazard import Box, Hazard, HazardKind, HazardSource

NS = st.integers(-(2**63), 2**63 - 1)
PIXEL = st.integers(-5000, 20000)
BOXES = st.one_of(st.none(), st.builds(Box, st.text(), PIXEL, PIXEL, PIXEL, PIXEL))
WITHHOLDINGS = st.builds(
    Withholding, st.sampled_from(Withheld), NS, st.none() | NS, st.text(), st.text()
)
ALARMS = st.builds(
    Alarm,
    st.sampled_from(HazardKind),
    st.text(),
    st.sampled_from(AlarmState),
    st.sampled_from(Priority),
    st.sampled_from(ALARM_SOURCES),
    NS,
    NS,
    BOXES,
    st.text(),
    st.lists(WITHHOLDINGS, max_size=3).map(tuple),
    st.booleans(),
)
TRANSITIONS = st.builds(
    AlarmTransition,
    NS,
    st.sampled_from(AlarmEvent),
    ALARMS,
    NS,
    st.text(),
    st.text(),
    st.sampled_from(Hearing),
)
HAZARDS = st.builds(
    Hazard,
    st.sampled_from(HazardKind),
    st.text(max_size=MAX_ZONE),
    st.floats(0, 1),
    st.sampled_from(HazardSource),
    NS,
    BOXES,
)
ALARM = Alarm(
    HazardKind.PERSON_IN_ZONE,
    "line",
    AlarmState.ACTIVE_UNACKNOWLEDGED,
    Priority.HIGH,
    "guard",
    1,
    2,
    Box("eye", 3, 4, 5, 6),
)
SHELVED = '[{"how": "shelved", "since_ns": 5, "until_ns": null, "operator": "ann", "reason": ""}]'


@given(ALARMS)
def test_an_alarm_is_read_back_unchanged(alarm: Alarm) -> None:
    values = alarm_values(alarm)
    assert all(isinstance(value, str) for value in values.values())
    assert parse_alarm(values) == alarm


@given(TRANSITIONS)
def test_a_transition_is_read_back_unchanged(transition: AlarmTransition) -> None:
    assert parse_transition(transition_values(transition)) == transition


@given(HAZARDS)
def test_a_hazard_is_read_back_unchanged(hazard: Hazard) -> None:
    assert parse_hazard(hazard_values(hazard)) == hazard


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("kind", "sirens"),
        ("state", ""),
        ("priority", "HIGH"),
        ("source", "camera"),
        ("raised_ns", "1.5"),
        ("evidence_ns", "now"),
        ("event", "gone"),
        ("due_ns", ""),
        ("stamp_ns", "x"),
        ("box", "1 2 3"),
        ("box", "1 2 3 four"),
        ("hearing", ""),
        ("chattering", "True"),
        ("withheld", "shelved"),
        ("withheld", "{}"),
        ("withheld", "[1]"),
        ("withheld", '[{"how": "shelved"}]'),
        ("withheld", SHELVED.replace("shelved", "lost")),
        ("withheld", SHELVED.replace("5", "5.0")),
        ("withheld", SHELVED.replace("5", "true")),
        ("withheld", SHELVED.replace("null", '"never"')),
        ("withheld", SHELVED.replace('"ann"', "[]")),
        ("withheld", SHELVED.replace('"shelved"', "[]")),
        ("withheld", "[" * 50_000 + "]" * 10),
        ("withheld", "[" + "1" * 5000 + "]"),
        ("withheld", "[" + "0," * 100_000 + "0]"),
    ],
)
def test_a_value_that_is_not_of_its_key_is_refused_by_name(key: str, text: str) -> None:
    values = transition_values(AlarmTransition(7, AlarmEvent.RAISED, ALARM, 6))
    with pytest.raises(StatusError, match=f"{key}: found"):
        parse_transition({**values, key: text})


@pytest.mark.parametrize("key", ["kind", "zone", "state", "source", "raised_ns", "box_camera"])
def test_a_missing_key_is_refused_by_name(key: str) -> None:
    values = alarm_values(ALARM)
    del values[key]
    with pytest.raises(StatusError, match=f"{key}: missing"):
        parse_alarm(values)


def test_values_of_writers_that_knew_less_are_read() -> None:
    told = AlarmTransition(7, AlarmEvent.RAISED, ALARM, 6)
    values = transition_values(told)
    for key in ("chattering", "reason", "hearing"):
        del values[key]
    assert "withheld" not in values
    assert parse_transition(values) == told


def test_what_withholds_an_alarm_is_read() -> None:
    (holding,) = parse_alarm({**alarm_values(ALARM), "withheld": SHELVED}).withheld
    assert holding == Withholding(Withheld.SHELVED, 5, None, "ann")


@pytest.mark.parametrize("score", ["nan", "1.5", "-0.1", "high", "inf"])
def test_a_score_outside_its_range_is_refused_by_name(score: str) -> None:
    values = hazard_values(Hazard(HazardKind.SIREN, "ear", 0.5, HazardSource.MODEL, 1))
    with pytest.raises(StatusError, match="score: found"):
        parse_hazard({**values, "score": score})


def test_a_hazard_in_a_place_no_cell_could_name_is_refused() -> None:
    values = hazard_values(Hazard(HazardKind.SIREN, "e" * 65, 0.5, HazardSource.MODEL, 1))
    with pytest.raises(StatusError, match="zone: found 65 characters"):
        parse_hazard(values)


@given(st.dictionaries(st.sampled_from([*alarm_values(ALARM), "event", "score"]), st.text()))
def test_any_values_are_parsed_or_refused_by_name(values: dict[str, str]) -> None:
    for parse in (parse_alarm, parse_transition, parse_hazard):
        with pytest.raises(StatusError):
            parse(values)


@pytest.mark.parametrize(
    ("state", "priority", "level"),
    [
        (AlarmState.NORMAL, Priority.CRITICAL, OK),
        (AlarmState.ACTIVE_UNACKNOWLEDGED, Priority.LOW, WARN),
        (AlarmState.ACTIVE_ACKNOWLEDGED, Priority.MEDIUM, WARN),
        (AlarmState.RETURNED_UNACKNOWLEDGED, Priority.HIGH, ERROR),
        (AlarmState.LATCHED_ACKNOWLEDGED, Priority.CRITICAL, ERROR),
    ],
)
def test_the_level_follows_state_and_priority(
    state: AlarmState, priority: Priority, level: int
) -> None:
    alarm = replace(ALARM, state=state, priority=priority)
    assert alarm_status(alarm).level == level
    assert transition_status(AlarmTransition(1, AlarmEvent.RAISED, alarm, 1)).level == level


def test_an_alarm_that_is_withheld_says_so_and_is_no_error() -> None:
    shelved = Withholding(Withheld.SHELVED, 1, 9, "ann")
    out = Withholding(Withheld.OUT_OF_SERVICE, 1, None, "ann", "broken")
    status = alarm_status(replace(ALARM, withheld=(out, shelved)))
    assert (status.level, status.message) == (
        WARN,
        "active unacknowledged, out of service, shelved",
    )
    normal = replace(ALARM, state=AlarmState.NORMAL, source="", withheld=(shelved,))
    assert alarm_status(normal).level == OK


def test_a_status_names_kind_zone_and_cell() -> None:
    status = alarm_status(ALARM, cell="hall")
    assert (status.name, status.message) == ("person_in_zone: line", "active unacknowledged")
    assert status.hardware_id == "hall"
    hazard = Hazard(HazardKind.MODEL_LOST, "", 0.25, HazardSource.GUARD, 1)
    assert (hazard_status(hazard).name, hazard_status(hazard).level) == ("model_lost", OK)
