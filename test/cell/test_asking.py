"""A question of the cell takes along what was said lately and which alarms there are."""

from __future__ import annotations

from dataclasses import replace

from tml_ros.background.contracts import MAX_QUESTION, Delegation, Urgency
from tml_ros.cell.asking import CONVERSATION, MAX_ALARMS, OPERATOR, Asking
from tml_ros.safety.alarm import Alarm, AlarmState, Priority
from tml_ros.turn.hazard import HazardKind
from tml_ros.turn.turn_output import DelegationRequest

NOW = 1_772_452_800_000_000_000


def alarm(zone: str) -> Alarm:
    state = AlarmState.ACTIVE_UNACKNOWLEDGED
    return Alarm(HazardKind.SIREN, zone, state, Priority.HIGH, "guard", NOW - 5, NOW)


def test_a_typed_question_becomes_a_delegation_with_its_context() -> None:
    asking = Asking()
    asking.heard("worker", " the press is loud ", NOW - 10)
    asking.heard("cell", "   ", NOW - 9)
    asking.alarms([alarm("hall")])
    asked = asking.typed(" what is wrong with press 1? ", NOW)
    assert asked is not None
    assert (asked.question, asked.asked_by, asked.asked_ns) == (
        "what is wrong with press 1?", OPERATOR, NOW,
    )  # fmt: skip
    assert [(one.who, one.text) for one in asked.context.conversation] == [
        ("worker", "the press is loud")
    ]
    (told,) = asked.context.alarms
    assert (told.kind, told.zone, told.since_ns) == ("siren", "hall", NOW - 5)
    assert Delegation.model_validate_json(asked.model_dump_json()) == asked


def test_a_question_is_part_of_the_conversation_of_the_next_and_has_another_id() -> None:
    asking = Asking()
    first, second = asking.typed("how is press 1?", NOW), asking.typed("and press 2?", NOW)
    assert first is not None
    assert second is not None
    assert first.id != second.id
    assert [one.text for one in second.context.conversation] == ["how is press 1?"]
    earlier = asking.typed("a clock that went back", NOW - 10**9)
    assert earlier is not None
    assert earlier.id not in (first.id, second.id)


def test_no_words_are_no_question_and_too_many_are_cut() -> None:
    asking = Asking()
    assert asking.typed(" \n ", NOW) is None
    long = asking.typed("x" * (MAX_QUESTION + 500), NOW)
    assert long is not None
    assert len(long.question) == MAX_QUESTION


def test_what_a_question_takes_along_is_bounded() -> None:
    asking = Asking()
    for number in range(100):
        asking.heard("worker", f"word {number}", NOW)
    asking.alarms(alarm(f"zone_{number}") for number in range(300))
    asked = asking.typed("how?", NOW)
    assert asked is not None
    assert len(asked.context.conversation) == CONVERSATION
    assert asked.context.conversation[-1].text == "word 99"
    assert len(asked.context.alarms) == MAX_ALARMS


def test_an_alarm_that_is_only_listed_as_shelved_is_not_told_of() -> None:
    asking = Asking()
    asking.alarms([replace(alarm("gate"), state=AlarmState.NORMAL), alarm("press")])
    asked = asking.typed("how?", NOW)
    assert asked is not None
    assert [one.zone for one in asked.context.alarms] == ["press"]


def test_what_a_model_asks_for_waits_until_it_is_free_to_be_said() -> None:
    asking = Asking("shift_lead")
    request = DelegationRequest("r" * 200, "machine_status", "how is press 1?")
    first, second = asking.requested(request, NOW), asking.requested(request, NOW)
    assert (first.kind, first.urgency, first.asked_by) == (
        "machine_status", Urgency.WHEN_FREE, "shift_lead",
    )  # fmt: skip
    assert first.id != second.id
    assert asking.requested(DelegationRequest("r", "", "how?"), NOW).kind == "question"
