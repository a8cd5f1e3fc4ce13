"""What is an alarm command and what is not, whoever wrote it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.cell.commands.alarm_command import (
    COMMANDS,
    MAX_CHARACTERS,
    AlarmCommand,
    BeginCondition,
    CommandError,
    Shelve,
    alarm_command_schema,
    parse_alarm_command,
)
from tml_ros.turn.hazard import HazardKind

ALARM = {"kind": "siren", "zone": "hall"}
FIELDS = {
    "acknowledge": ALARM,
    "reset": ALARM,
    "shelve": ALARM,
    "unshelve": ALARM,
    "remove_from_service": {**ALARM, "reason": "siren is being repaired"},
    "return_to_service": ALARM,
    "false_alarm": {**ALARM, "reason": "it was the radio"},
    "begin_condition": {"condition": "maintenance"},
    "end_condition": {"condition": "maintenance"},
}
OPTIONAL = {
    "acknowledge": {"zone", "reason"},
    "reset": {"zone", "reason"},
    "shelve": {"zone", "reason", "duration"},
    "unshelve": {"zone", "reason"},
    "remove_from_service": {"zone"},
    "return_to_service": {"zone", "reason"},
    "false_alarm": {"zone"},
    "begin_condition": {"reason", "duration"},
    "end_condition": {"reason"},
}
HEAD = ("schema_version", "id", "command", "operator")


def fields(command="acknowledge", **changes):
    """The fields of a right command; a change to None leaves one out."""
    all_of_them = {
        "schema_version": 1,
        "id": "panel-7:1",
        "command": command,
        "operator": "Ann",
        **FIELDS.get(command, {}),
        **changes,
    }
    return {key: value for key, value in all_of_them.items() if value is not None}


def complaint(text):
    with pytest.raises(CommandError) as caught:
        parse_alarm_command(text)
    assert "\n" not in str(caught.value)
    assert str(caught.value).encode("utf-8")
    return str(caught.value)


@pytest.mark.parametrize("command", FIELDS)
def test_each_command_is_read_with_the_fields_it_needs(command):
    parsed = parse_alarm_command(json.dumps(fields(command)))
    assert type(parsed) is COMMANDS[command]
    assert (parsed.command, parsed.operator, parsed.id) == (command, "Ann", "panel-7:1")


@pytest.mark.parametrize("command", FIELDS)
def test_each_command_needs_its_fields_and_takes_no_others(command):
    needed = {*HEAD, *FIELDS[command]} - OPTIONAL[command] - {"command"}
    for key in needed:
        assert complaint(json.dumps(fields(command, **{key: None}))).startswith(f"{key}: found ")
    every_field = {key for model in COMMANDS.values() for key in model.model_fields}
    foreign = every_field - {*HEAD, *FIELDS[command], *OPTIONAL[command]}
    for key in {*foreign, "sudo"} - {"cell", "stamp_ns", "mac"}:
        told = complaint(json.dumps(fields(command, **{key: "x"})))
        assert told.startswith(f"{key}: found the unknown key {key}")


def test_what_is_given_is_what_is_read():
    text = json.dumps(
        fields("shelve", duration=900, reason="nesting swallows", cell="press", stamp_ns=5)
    )
    shelve = parse_alarm_command(text)
    assert isinstance(shelve, Shelve)
    assert (shelve.kind, shelve.zone, shelve.duration) == (HazardKind.SIREN, "hall", 900)
    assert (shelve.reason, shelve.cell, shelve.stamp_ns) == ("nesting swallows", "press", 5)
    begin = parse_alarm_command(json.dumps(fields("begin_condition")))
    assert isinstance(begin, BeginCondition)
    assert (begin.condition, begin.duration, begin.reason) == ("maintenance", None, "")


@pytest.mark.parametrize(
    ("changes", "complaints"),
    [
        ({"command": "shoot", "kind": "boredom", "id": ""}, ["command: ", "kind: ", "id: "]),
        ({"schema_version": 2}, ["schema_version: found 2, allowed: 1"]),
        ({"schema_version": True}, ["schema_version: found True"]),
        ({"schema_version": 1.0}, ["schema_version: found 1.0"]),
        ({"id": "x" * 101}, ["id: "]),
        ({"id": "a b"}, ["id: found 'a b', allowed: 1 to 100 of"]),
        ({"operator": ""}, ["operator: "]),
        ({"operator": " Ann"}, ["operator: "]),
        ({"operator": "Ann\nERROR: all is lost"}, ["operator: found 'Ann\\nERROR"]),
        ({"operator": "Ann\u202egnA"}, ["operator: "]),
        ({"operator": "x" * 65}, ["operator: ", "at most 64"]),
        ({"zone": 7}, ["zone: found 7, allowed: text"]),
        ({"zone": ["hall"]}, ["zone: found []"]),
        ({"zone": "x" * 65}, ["zone: "]),
        ({"kind": {"siren": {}}}, ["kind: "]),
        ({"reason": "x" * 501}, ["reason: ", "at most 500"]),
        ({"command": "false_alarm", "reason": "  "}, ["reason: "]),
        ({"command": "shelve", "duration": 0}, ["duration: found 0, allowed: at least 1"]),
        ({"command": "shelve", "duration": 1.5}, ["duration: found 1.5, allowed: a whole number"]),
        ({"command": "shelve", "duration": "9"}, ["duration: "]),
        ({"command": "shelve", "duration": True}, ["duration: "]),
        ({"command": "shelve", "duration": 10**3000}, ["duration: ", "at most 86400"]),
        ({"command": "shelve", "duration": float("nan")}, ["duration: found nan"]),
        ({"stamp_ns": -1}, ["stamp_ns: "]),
        ({"stamp_ns": 2**63}, ["stamp_ns: "]),
        ({"stamp_ns": 1e30}, ["stamp_ns: "]),
        ({"mac": "AB" * 32, "cell": "press", "stamp_ns": 1}, ["mac: "]),
        ({"mac": "ab" * 32}, ["cell: found nothing", "stamp_ns: found nothing"]),
        ({"cell": "Press 7"}, ["cell: "]),
        ({f"key{number}": 1 for number in range(200)}, ["key0: ", " ..."]),
    ],
)
def test_every_wrong_key_is_named_in_one_line(changes, complaints):
    told = complaint(json.dumps(fields(**changes)))
    for expected in complaints:
        assert expected in told
    assert len(told) < MAX_CHARACTERS


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("acknowledge everything", "no JSON"),
        ("", "no JSON"),
        ("[]", "no object"),
        ("null", "no object"),
        ("{" * 5000, "5000 characters"),
        ("[" * 4096, "nest"),
        ('{"a":' * 819, "no"),
        ('{"id": "a\\ud800"}', "surrogate"),
        ('{"\\udfff": 1}', "surrogate"),
        ("\ufeff{}", "no JSON"),
    ],
)
def test_what_is_no_object_is_refused_as_a_whole(text, told):
    assert told in complaint(text)


@pytest.mark.parametrize("depth", range(1, 800, 47))
def test_whatever_is_nested_in_it_however_deep_is_refused(depth):
    nested = "[" * depth + "]" * depth
    assert "zone: found []" in complaint(json.dumps(fields(zone=0)).replace("0", nested))


def test_a_key_written_twice_is_refused_rather_than_chosen_from():
    text = json.dumps(fields()).replace("}", ', "zone": "gate", "operator": "Bob"}')
    told = complaint(text)
    assert "zone: found a second time" in told
    assert "operator: found a second time" in told


def test_an_old_command_is_told_what_it_lacks():
    old = {"command": "acknowledge", "kind": "siren", "zone": "hall", "operator": "Ann"}
    told = complaint(json.dumps(old))
    assert told.startswith("schema_version: found nothing, allowed: 1; id: found nothing")


def test_a_refusal_knows_whose_it_is_as_far_as_that_can_be_read():
    with pytest.raises(CommandError) as caught:
        parse_alarm_command(json.dumps(fields(zone=7)))
    assert (caught.value.id, caught.value.operator) == ("panel-7:1", "Ann")
    with pytest.raises(CommandError) as caught:
        parse_alarm_command(json.dumps(fields(id="no id", operator=["Ann"])))
    assert (caught.value.id, caught.value.operator) == ("", "")


def test_the_schema_tells_the_commands_apart():
    schema = alarm_command_schema()
    assert set(schema["discriminator"]["mapping"]) == set(COMMANDS)
    shelve = schema["$defs"]["Shelve"]
    assert set(shelve["required"]) == {*HEAD, "kind"}
    assert shelve["additionalProperties"] is False
    assert shelve["properties"]["schema_version"]["const"] == 1


def _is_a_command_or_an_error(text):
    try:
        command = parse_alarm_command(text)
    except CommandError as error:
        assert 0 < len(str(error)) < MAX_CHARACTERS
        assert "\n" not in str(error)
        assert str(error).encode("utf-8")
    else:
        assert isinstance(command, AlarmCommand)


HOSTILE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.text(st.characters(categories=["Cs", "Cc", "Cf", "Zl"])),
    st.sampled_from(["siren", "hall", "Ann", "shelve", 1, 10**400, -(2**63), "a" * 500]),
)
DEEP = st.recursive(
    HOSTILE,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.just("a"), inner),
    max_leaves=4,
)


@given(st.text(max_size=MAX_CHARACTERS))
def test_any_text_is_a_command_or_an_error(text):
    _is_a_command_or_an_error(text)


@given(
    st.sampled_from([*COMMANDS]),
    st.dictionaries(
        st.sampled_from([*HEAD, "kind", "zone", "mac", "duration"]) | st.text(), DEEP, max_size=4
    ),
)
def test_anything_put_into_a_command_makes_a_command_or_an_error(command, changes):
    _is_a_command_or_an_error(json.dumps({**fields(command), **changes}))


@given(st.sampled_from([*COMMANDS]), st.data())
def test_a_damaged_command_is_a_command_or_an_error(command, data):
    text = json.dumps(fields(command))
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2)))
    _is_a_command_or_an_error(text[:start] + data.draw(st.text(max_size=10)) + text[end:])
