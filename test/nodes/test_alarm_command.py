"""What is an alarm command and what is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.nodes.alarm_command import CommandError, CommandName, parse_alarm_command
from tml_ros.turn.hazard import HazardKind


def test_a_command_names_what_to_do_to_which_alarm_and_who_asks():
    command = parse_alarm_command(
        '{"command": "reset", "kind": "siren", "zone": "hall", "operator": "Ann"}'
    )
    assert command.command is CommandName.RESET
    assert command.kind is HazardKind.SIREN
    assert (command.zone, command.operator) == ("hall", "Ann")


@pytest.mark.parametrize(
    ("text", "complaints"),
    [
        ("acknowledge everything", ["JSON"]),
        ("[]", ["object"]),
        ('{"command": "reset", "kind": "siren", "zone": "hall"}', ["operator: "]),
        ('{"command": "shoot", "kind": "boredom", "operator": "A"}', ["command: ", "kind: "]),
        ('{"command": "reset", "kind": "siren", "operator": ""}', ["operator: "]),
        ('{"command": "reset", "kind": "siren", "operator": "A", "sudo": true}', ["sudo: "]),
        ('{"command": "reset", "kind": "siren", "operator": "A", "zone": 7}', ["zone: "]),
        ("{" * 5000, ["5000 characters"]),
    ],
)
def test_what_is_wrong_is_said_in_one_line(text, complaints):
    with pytest.raises(CommandError) as caught:
        parse_alarm_command(text)
    assert "\n" not in str(caught.value)
    for complaint in complaints:
        assert complaint in str(caught.value)


@given(st.text(max_size=200))
def test_any_text_is_a_command_or_an_error(text):
    try:
        parse_alarm_command(text)
    except CommandError as error:
        assert str(error)
