from __future__ import annotations

import pytest

from tml_ros.bench.cascade.grammar import Phrase
from tml_ros.bench.cascade.rules import Response, Rules
from tml_ros.bench.cascade.world_view import UNKNOWN, Present, WorldView, view_of
from tml_ros.model.layout import SessionLayout
from tml_ros.safety.alarm import Alarm, AlarmState, Priority
from tml_ros.sim.talk import replies
from tml_ros.sim.talk.act import Act
from tml_ros.turn.hazard import HazardKind
from tml_ros.turn.micro_turn import SAMPLE_RATE

ZONES = ("press_area", "robot_area")
PERSON = Present(HazardKind.PERSON_IN_ZONE, "robot_area")
SMOKE = Present(HazardKind.SMOKE_OR_FIRE, "press_area")
CLEAR = WorldView(frozenset(ZONES))
SOMEBODY = WorldView(frozenset(ZONES), (PERSON,))
BURNING = WorldView(frozenset(ZONES), (SMOKE, PERSON))


def rules(view=UNKNOWN):
    return Rules(ZONES, "mic", lambda: view)


def asked(act, about="", text="so it was said", view=UNKNOWN):
    return rules(view).understood(Phrase(text, act, about), end=0)


@pytest.mark.parametrize(
    ("act", "about", "view", "right"),
    [
        (Act.ASK_SAFE, "press_area", CLEAR, replies.is_safe("press_area", zones=ZONES)),
        (Act.ASK_SAFE, "press_area", SOMEBODY, replies.is_safe("press_area", zones=ZONES)),
        (Act.ASK_SAFE, "robot_area", SOMEBODY, replies.is_not_safe("robot_area", zones=ZONES)),
        (Act.ASK_SAFE, "press_area", BURNING, replies.is_not_safe("press_area", zones=ZONES)),
        (Act.INSTEAD, "robot_area", SOMEBODY, replies.is_not_safe("robot_area", zones=ZONES)),
        (Act.ASK_WHO, "robot_area", SOMEBODY, replies.somebody_is_in("robot_area", zones=ZONES)),
        (Act.ASK_WHO, "press_area", SOMEBODY, replies.nobody_is_in("press_area", zones=ZONES)),
        (Act.ASK_ALARM, "", CLEAR, replies.alarms(())),
        (Act.ASK_ALARM, "", SOMEBODY, replies.alarms(((PERSON.kind, PERSON.zone),))),
        (
            Act.ASK_ALARM,
            "",
            BURNING,
            replies.alarms(((SMOKE.kind, SMOKE.zone), (PERSON.kind, PERSON.zone))),
        ),
        (Act.ASK_LISTENING, "", UNKNOWN, replies.listening()),
        (Act.ACKNOWLEDGE, "", UNKNOWN, replies.acknowledged()),
        (Act.ASK_WHY, "press", UNKNOWN, replies.checking("press")),
        (Act.CRY_FOR_HELP, "", UNKNOWN, replies.warning(HazardKind.CRY_FOR_HELP, "mic")),
    ],
)
def test_what_it_answers_is_what_is_right_to_say(act, about, view, right):
    said = asked(act, about, view=view).say
    assert right.says.holds(said), said


@pytest.mark.parametrize("kind", [*HazardKind])
def test_every_alarm_has_a_name(kind):
    view = WorldView(present=(Present(kind, "press_area"),))
    said = asked(Act.ASK_ALARM, view=view).say
    assert said.endswith(".") and "_" not in said and "no alarm" not in said.lower()


@pytest.mark.parametrize("act", [Act.ASK_SAFE, Act.ASK_WHO, Act.ASK_ALARM, Act.CUE])
def test_where_nobody_knows_it_says_that_it_cannot_tell(act):
    assert asked(act, "press_area").say == "I cannot tell."


def test_a_zone_that_no_working_camera_looks_at_is_not_called_clear():
    layout = SessionLayout(
        cameras={"a": {"press_area": ()}, "b": {"press_area": (), "robot_area": ()}}
    )
    lost = Alarm(
        HazardKind.CAMERA_LOST, "b", AlarmState.ACTIVE_UNACKNOWLEDGED, Priority.HIGH, "guard", 0, 0
    )
    view = view_of([lost], layout)
    assert view.occupied("press_area") is False
    assert view.occupied("robot_area") is None


def test_an_alarm_that_has_returned_is_not_present():
    gone = Alarm(
        *(HazardKind.PERSON_IN_ZONE, "press_area", AlarmState.RETURNED_UNACKNOWLEDGED),
        *(Priority.HIGH, "guard", 0, 0),
    )
    assert view_of([gone], SessionLayout()).present == ()


@pytest.mark.parametrize(
    ("act", "kind"), [(Act.ACKNOWLEDGE, "acknowledge"), (Act.ASK_WHY, "question")]
)
def test_what_needs_others_is_requested_in_the_words_it_was_asked(act, kind):
    response = asked(act, text="why did the press stop")
    assert (response.kind, response.question) == (kind, "why did the press stop")
    assert response.say


@pytest.mark.parametrize("act", [Act.THANKS, Act.CHATTER, Act.NEAR_MISS, Act.LONG_STORY])
def test_what_asks_for_nothing_gets_nothing(act):
    assert asked(act) == Response()


@pytest.mark.parametrize("act", [Act.COUNT, Act.FINISH_COUNT])
def test_it_does_not_pretend_to_count(act):
    said = asked(act, "boxes").say
    assert "not" in said and not any(character.isdigit() for character in said)


def test_it_does_not_pretend_to_watch_vehicles_nor_is_its_refusal_taken_for_the_cue():
    said = asked(Act.CUE, "forklift", view=CLEAR).say
    assert said and not replies.gone("the forklift").says.holds(said)


def test_a_cue_comes_when_the_zone_is_clear_and_only_once():
    view = SOMEBODY
    waiting = Rules(ZONES, "mic", lambda: view)
    assert waiting.understood(Phrase("tell me", Act.CUE, "robot_area"), end=0).say == "Okay."
    assert waiting.due(1) == []
    view = CLEAR
    (due,) = waiting.due(2)
    assert replies.free("robot_area", zones=ZONES).says.holds(due.text)
    assert waiting.due(3) == []


def test_a_cue_for_a_zone_that_is_clear_already_comes_at_once():
    said = asked(Act.CUE, "robot_area", view=CLEAR).say
    assert replies.free("robot_area", zones=ZONES).says.holds(said)


def test_calls_every_so_often_end_with_stop_and_reminders_with_their_own_command():
    dialogue = rules()
    dialogue.understood(Phrase("", Act.EVERY, "5"), end=SAMPLE_RATE)
    dialogue.understood(Phrase("", Act.REMIND, "8"), end=SAMPLE_RATE)
    assert [due.at for due in dialogue.due(7 * SAMPLE_RATE)] == [6 * SAMPLE_RATE]
    assert dialogue.understood(Phrase("stop", Act.STOP, ""), end=0) == Response(hush=True)
    assert [due.at for due in dialogue.due(20 * SAMPLE_RATE)] == [9 * SAMPLE_RATE]
    dialogue.understood(Phrase("", Act.REMIND, "8"), end=20 * SAMPLE_RATE)
    dialogue.understood(Phrase("", Act.STOP_EVERY, ""), end=0)
    assert dialogue.due(60 * SAMPLE_RATE) == []


def test_reset_forgets_timers_and_cues():
    dialogue = rules(SOMEBODY)
    dialogue.understood(Phrase("", Act.EVERY, "5"), end=0)
    dialogue.understood(Phrase("", Act.CUE, "robot_area"), end=0)
    dialogue.reset()
    assert dialogue.due(60 * SAMPLE_RATE) == []
