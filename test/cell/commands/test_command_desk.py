"""Who is obeyed, what comes of it, and that nothing is done twice: with a real guardian."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, rule

from tml_ros.cell.cell_file import parse_cell
from tml_ros.cell.commands.alarm_result import (
    MAX_CHANGES,
    AlarmResult,
    ResultCode,
    command_record,
)
from tml_ros.cell.commands.command_desk import CommandDesk
from tml_ros.cell.commands.command_signing import command_text
from tml_ros.cell.commands.operator_keys import OperatorKeys
from tml_ros.cell.guardian import Guardian
from tml_ros.safety.alarm import AlarmEvent, AlarmState, Withheld
from tml_ros.turn.hazard import Hazard, HazardKind, HazardSource

SECOND = 1_000_000_000
WALL = 1_790_000_000 * SECOND
ANN, BOB = bytes(range(32)), bytes(range(1, 33))
KEYS = OperatorKeys({"Ann": ANN, "Bob": BOB})
SIREN = (HazardKind.SIREN, "hall")
CELL = parse_cell(
    """
cell: press
cameras: {front: {size: [160, 120], zones: {gate: {polygon: [[1, 1], [99, 1], [99, 99]]}}}}
microphones: {hall: {}}
alarms:
  siren: {on_delay: 0.0, off_delay: 0.0, latching: true}
  cry_for_help: {on_delay: 2.0}
guardian:
  shelving: {default: 900, longest: 3600}
  suppression: {maintenance: {kinds: [siren], longest: 600}, cleaning: {}}
""",
    Path("press.yaml"),
)


class Desk:
    """A desk, its guardian, and the two clocks."""

    def __init__(self, keys=None, **options):
        self.guardian = Guardian(CELL)
        self.desk = CommandDesk(CELL, self.guardian, keys, began_ns=WALL - 1, **options)
        self.wall_ns, self.now_ns, self.number = WALL, 10 * SECOND, 0

    def siren(self, score=0.9, zone="hall"):
        hazard = Hazard(HazardKind.SIREN, zone, score, HazardSource.MODEL, self.now_ns)
        return self.guardian.observe_hazards([hazard], self.now_ns)

    def give(self, command, *, key=None, **fields):
        return self.take(self.text(command, key=key, **fields))

    def text(self, command, *, key=None, **fields):
        self.number += 1
        given = {"schema_version": 1, "id": f"c{self.number}", "operator": "Ann"}
        if key is not None:
            given |= {"cell": "press", "stamp_ns": self.wall_ns}
        if "condition" not in fields:
            given |= {"kind": "siren", "zone": "hall"}
        return command_text({**given, "command": command, **fields}, key)

    def take(self, text):
        return self.desk.take(text, wall_ns=self.wall_ns, now_ns=self.now_ns)

    def state(self):
        return {(alarm.kind, alarm.zone): alarm.state for alarm in self.guardian.alarms()}

    def held(self):
        (alarm,) = (alarm for alarm in self.guardian.alarms() if alarm.kind is HazardKind.SIREN)
        return [one.how for one in alarm.withheld]


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def signed():
    return Desk(KEYS)


def test_an_alarm_is_acknowledged_and_reset_by_whom_the_command_names(desk):
    desk.siren()
    done = desk.give("acknowledge", operator="Bob", reason="seen")
    assert (done.accepted, done.code, done.id) == (True, ResultCode.ACCEPTED, "c1")
    (change,) = done.transitions
    assert (change.event, change.operator) == (AlarmEvent.ACKNOWLEDGED, "Bob")
    assert done.answer.changes[0].state is AlarmState.ACTIVE_ACKNOWLEDGED
    assert desk.guardian.alarms()[0].acknowledged_by == "Bob"
    desk.siren(0.0)
    assert desk.give("reset").answer.changes[0].event is AlarmEvent.CLEARED
    assert SIREN not in desk.state()


def test_an_alarm_is_shelved_for_as_long_as_asked_and_unshelved(desk):
    desk.siren()
    assert desk.give("shelve", duration=60, reason="swallows").accepted
    (alarm,) = (alarm for alarm in desk.guardian.alarms() if alarm.zone == "hall")
    (shelved,) = alarm.withheld
    assert (shelved.operator, shelved.reason) == ("Ann", "swallows")
    assert shelved.until_ns == desk.now_ns + 60 * SECOND
    assert desk.give("unshelve").answer.changes[0].event is AlarmEvent.UNSHELVED
    assert desk.held() == []


def test_an_alarm_is_taken_out_of_service_and_returned(desk):
    desk.siren()
    done = desk.give("remove_from_service", reason="being repaired")
    assert done.transitions[-1].reason == "being repaired"
    assert desk.held() == [Withheld.OUT_OF_SERVICE]
    assert "out of service" in desk.give("reset").message
    assert desk.give("return_to_service").accepted
    assert desk.held() == []


def test_an_alarm_is_judged_false_for_a_reason(desk):
    desk.siren()
    (judged,) = desk.give("false_alarm", reason="it was the radio").transitions
    assert (judged.event, judged.reason) == (AlarmEvent.JUDGED_FALSE, "it was the radio")


def test_a_condition_holds_from_its_beginning_to_its_end(desk):
    begun = desk.give("begin_condition", condition="maintenance", duration=300)
    assert begun.accepted
    assert "holds for 300 s; 0 alarms" in begun.message
    desk.siren()
    assert desk.held() == [Withheld.SUPPRESSED]
    ended = desk.give("end_condition", condition="maintenance")
    assert ended.accepted
    assert ended.answer.changes[0].event is AlarmEvent.UNSUPPRESSED
    assert desk.held() == []


@pytest.mark.parametrize(
    ("command", "fields", "told"),
    [
        ("acknowledge", {"zone": "hal"}, "siren 'hal' is normal; not normal: siren 'hall'"),
        ("reset", {}, "siren 'hall' is active unacknowledged"),
        ("unshelve", {}, "siren 'hall' is active unacknowledged"),
        ("return_to_service", {}, "siren 'hall' is active unacknowledged"),
        ("false_alarm", {"kind": "impact_sound", "reason": "x"}, "impact_sound 'hall' is normal"),
        ("end_condition", {"condition": "maintenance"}, "maintenance does not hold"),
    ],
)
def test_where_nothing_is_to_change_it_is_told_how_things_stand(desk, command, fields, told):
    desk.siren()
    done = desk.give(command, **fields)
    assert (done.accepted, done.code) == (False, ResultCode.NOTHING_TO_CHANGE)
    assert told in done.message
    assert done.answer.changed == 0


@pytest.mark.parametrize(
    ("command", "fields", "code", "told"),
    [
        ("shelve", {"duration": 3601}, ResultCode.DURATION, "3600"),
        ("begin_condition", {"condition": "cooking"}, ResultCode.UNKNOWN_CONDITION, "cleaning"),
        ("end_condition", {"condition": "cooking"}, ResultCode.UNKNOWN_CONDITION, "maintenance"),
        (
            "begin_condition",
            {"condition": "maintenance", "duration": 601},
            ResultCode.DURATION,
            "600",
        ),
        ("shelve", {"zone": "hal"}, ResultCode.NOT_ALLOWED, "no place 'hal'; it has: front, gate"),
        (
            "remove_from_service",
            {"zone": "hal", "reason": "x"},
            ResultCode.NOT_ALLOWED,
            "no place 'hal'",
        ),
        ("acknowledge", {"cell": "lathe"}, ResultCode.NOT_ALLOWED, "meant for cell 'lathe'"),
        ("acknowledge", {"kind": "boredom"}, ResultCode.MALFORMED, "kind: found 'boredom'"),
        ("shelve", {"condition": "cleaning"}, ResultCode.MALFORMED, "kind: found nothing"),
    ],
)
def test_what_the_cell_does_not_allow_is_refused_with_the_reason(desk, command, fields, code, told):
    desk.siren()
    before = desk.guardian.alarms()
    done = desk.give(command, **fields)
    assert (done.accepted, done.code, done.transitions) == (False, code, ())
    assert told in done.message
    assert done.id == "c1"
    assert desk.guardian.alarms() == before


def test_what_stands_may_be_shelved_wherever_it_is(desk):
    desk.siren(zone="yard")
    assert desk.give("shelve", zone="yard").accepted


@pytest.mark.parametrize(
    ("command", "fields"),
    [
        ("shelve", {"duration": 3601}),
        ("begin_condition", {"condition": "cooking"}),
        ("acknowledge", {"zone": "nowhere"}),
        ("acknowledge", {}),
    ],
)
def test_what_falls_due_at_the_moment_of_a_command_is_told_whatever_comes_of_it(command, fields):
    desk = Desk()
    cry = Hazard(HazardKind.CRY_FOR_HELP, "hall", 1.0, HazardSource.MODEL, desk.now_ns)
    desk.guardian.observe_hazards([cry], desk.now_ns)
    desk.siren()
    desk.now_ns += 5 * SECOND
    done = desk.give(command, **fields)
    events = [(t.event, t.alarm.kind) for t in done.transitions]
    assert (AlarmEvent.RAISED, HazardKind.CRY_FOR_HELP) in events
    assert HazardKind.CRY_FOR_HELP not in {change.kind for change in done.answer.changes}


def test_a_cell_with_keys_obeys_who_signs(signed):
    signed.siren()
    done = signed.give("acknowledge", key=ANN)
    assert (done.code, done.answer.verified) == (ResultCode.ACCEPTED, True)


@pytest.mark.parametrize(
    ("fields", "key", "code"),
    [
        ({}, None, ResultCode.UNSIGNED),
        ({"operator": "Eve"}, None, ResultCode.UNKNOWN_OPERATOR),
        ({"operator": "Eve"}, ANN, ResultCode.UNKNOWN_OPERATOR),
        ({"operator": "Bob"}, ANN, ResultCode.FORGED),
        ({}, bytes(32), ResultCode.FORGED),
    ],
)
def test_a_cell_with_keys_obeys_nobody_else(signed, fields, key, code):
    signed.siren()
    done = signed.give("acknowledge", key=key, **fields)
    assert (done.code, done.answer.verified, done.transitions) == (code, False, ())
    assert signed.state()[SIREN] is AlarmState.ACTIVE_UNACKNOWLEDGED


def test_what_is_signed_for_another_cell_is_refused(signed):
    done = signed.give("acknowledge", key=ANN, cell="lathe")
    assert (done.code, done.answer.verified) == (ResultCode.NOT_ALLOWED, True)


def test_a_cell_without_keys_takes_signed_commands_but_does_not_vouch_for_them(desk):
    desk.siren()
    done = desk.give("acknowledge", key=bytes(32), stamp_ns=1)
    assert (done.code, done.answer.verified) == (ResultCode.ACCEPTED, False)


@pytest.mark.parametrize(
    ("late_s", "code"),
    [
        (0.0, ResultCode.ACCEPTED),
        (10.0, ResultCode.ACCEPTED),
        (10.1, ResultCode.STALE),
        (1e6, ResultCode.STALE),
        (-10.0, ResultCode.ACCEPTED),
        (-10.1, ResultCode.STALE),
    ],
)
def test_a_stamp_lies_within_the_freshness_of_the_wall_clock_both_ways(late_s, code):
    desk = Desk(KEYS)
    desk.siren()
    text = desk.text("acknowledge", key=ANN, stamp_ns=desk.wall_ns + 100 * SECOND)
    desk.wall_ns += 100 * SECOND + round(late_s * 1e9)
    done = desk.take(text)
    assert done.code is code
    assert ("allowed: 10 s" in done.message) == (code is ResultCode.STALE)


def test_what_was_given_before_the_guardian_began_may_have_been_done_before(signed):
    done = signed.give("acknowledge", key=ANN, stamp_ns=WALL - 1)
    assert done.code is ResultCode.REPLAYED
    assert "restart" not in done.message


def test_a_guardian_that_began_by_a_wrong_clock_says_so(signed):
    signed.wall_ns -= 3600 * SECOND
    done = signed.give("acknowledge", key=ANN)
    assert done.code is ResultCode.REPLAYED
    assert "restart the guardian" in done.message


@pytest.mark.parametrize("keys", [None, KEYS])
def test_the_same_command_again_gets_its_first_answer_and_does_nothing_more(keys):
    desk = Desk(keys)
    desk.siren()
    text = desk.text("shelve", key=ANN if keys else None, duration=60)
    first = desk.take(text)
    assert (first.accepted, first.repeated) == (True, False)
    desk.wall_ns += 500 * SECOND
    desk.now_ns += 500 * SECOND
    desk.guardian.advance(desk.now_ns)
    again = desk.take(json.dumps(json.loads(text), indent=2))
    assert (again.answer, again.repeated, again.transitions) == (first.answer, True, ())
    assert desk.held() == []


def test_a_refusal_by_the_guardian_is_remembered_too(desk):
    text = desk.text("acknowledge")
    first = desk.take(text)
    assert first.code is ResultCode.NOTHING_TO_CHANGE
    desk.siren()
    again = desk.take(text)
    assert (again.answer, again.repeated) == (first.answer, True)
    assert desk.state()[SIREN] is AlarmState.ACTIVE_UNACKNOWLEDGED


def test_another_command_under_the_same_id_is_refused(signed):
    signed.siren()
    assert signed.give("acknowledge", key=ANN, id="one").accepted
    done = signed.give("acknowledge", key=BOB, id="one", operator="Bob")
    assert (done.code, done.transitions) == (ResultCode.ID_REUSED, ())
    assert signed.give("acknowledge", key=ANN, id="one", stamp_ns=WALL + 1).code is done.code


def test_who_cannot_prove_who_they_are_learns_nothing_and_takes_no_id(signed):
    signed.siren()
    assert signed.give("acknowledge", id="one").code is ResultCode.UNSIGNED
    assert signed.give("acknowledge", key=ANN, id="one").accepted
    assert signed.give("acknowledge", id="one").code is ResultCode.UNSIGNED
    assert signed.give("acknowledge", key=bytes(32), id="one").code is ResultCode.FORGED


def test_what_had_to_be_forgotten_is_refused_rather_than_done_again():
    desk = Desk(KEYS, remembered=3)
    texts = [
        desk.text("begin_condition", condition="cleaning", key=ANN, stamp_ns=WALL + number)
        for number in (3, 1, 4, 2, 5)
    ]
    assert all(desk.take(text).accepted for text in texts)
    codes = [desk.take(text).code for text in texts]
    assert [desk.take(text).repeated for text in texts] == [True, False, True, False, True]
    assert codes[1] is codes[3] is ResultCode.REPLAYED
    assert desk.give("unshelve", key=ANN, stamp_ns=WALL + 2).code is ResultCode.REPLAYED
    assert desk.give("unshelve", key=ANN, stamp_ns=WALL + 6).code is ResultCode.NOTHING_TO_CHANGE


def test_a_cell_without_keys_forgets_the_first_commands_first():
    desk = Desk(remembered=3)
    texts = [desk.text("begin_condition", condition="cleaning") for _ in range(5)]
    assert all(desk.take(text).accepted for text in texts)
    assert [desk.take(text).repeated for text in reversed(texts)] == [
        True,
        True,
        True,
        False,
        False,
    ]


def test_an_answer_is_json_of_limited_length_whatever_it_changed(desk):
    for number in range(60):
        desk.siren(zone=f"z{number}")
    done = desk.give("begin_condition", condition="maintenance")
    assert (done.answer.changed, len(done.answer.changes)) == (60, MAX_CHANGES)
    text = done.answer.model_dump_json()
    assert len(text) < 6000
    assert AlarmResult.model_validate_json(text) == done.answer


def test_the_record_keeps_what_was_sent_and_what_was_answered(signed):
    signed.siren()
    text = signed.text("acknowledge", key=ANN)
    kind, body = command_record(signed.take(text), text)
    assert (kind, body["sent"], body["answer"]["code"]) == (
        "command",
        json.loads(text),
        "accepted",
    )
    assert ANN.hex() not in json.dumps(body)
    unsigned = signed.text("acknowledge")
    kind, body = command_record(signed.take(unsigned), unsigned)
    assert (kind, body["answer"]["code"]) == ("refusal", "unsigned")
    kind, body = command_record(signed.take("x" * 9999), "x" * 9999)
    assert (kind, body["text"], body["answer"]["code"]) == ("refusal", "x" * 500, "malformed")


@given(st.text(max_size=200), st.booleans(), st.integers(0, 2**62))
def test_any_text_is_answered(text, with_keys, wall_ns):
    desk = Desk(KEYS if with_keys else None)
    done = desk.desk.take(text, wall_ns=wall_ns, now_ns=desk.now_ns)
    assert done.code is ResultCode.MALFORMED
    assert json.loads(done.answer.model_dump_json())["message"]


class Replays(RuleBasedStateMachine):
    """However the clock is set and whatever is sent again, no signed command is done twice."""

    texts = Bundle("texts")

    def __init__(self):
        super().__init__()
        self.desk = Desk(KEYS, remembered=2)
        self.done = []

    @rule(target=texts, age_s=st.integers(-11, 11), name=st.integers(0, 5))
    def write(self, age_s, name):
        stamp_ns = max(0, self.desk.wall_ns - age_s * SECOND)
        return self.desk.text(
            "begin_condition", condition="cleaning", key=ANN, id=f"i{name}", stamp_ns=stamp_ns
        )

    @rule(text=texts)
    def send(self, text):
        result = self.desk.take(text)
        if result.accepted and not result.repeated:
            assert text not in self.done
            self.done.append(text)
        if result.repeated:
            assert text in self.done

    @rule(seconds=st.integers(-30, 30))
    def set_the_clock(self, seconds):
        self.desk.wall_ns += seconds * SECOND

    @rule(seconds=st.integers(0, 5))
    def wait(self, seconds):
        self.desk.wall_ns += seconds * SECOND
        self.desk.now_ns += seconds * SECOND


TestReplays = Replays.TestCase
