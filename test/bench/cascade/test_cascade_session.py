from __future__ import annotations

import numpy as np
import pytest

from tml_ros.bench.cascade.cascade_session import ComputeTime, SessionClosedError
from tml_ros.bench.cascade.world_view import Present, WorldView
from tml_ros.turn.hazard import HazardKind
from tml_ros.turn.micro_turn import MicroTurn
from tml_ros.turn.turn_output import Floor

SOMEBODY = WorldView(
    frozenset({"press_area", "robot_area"}), (Present(HazardKind.PERSON_IN_ZONE, "robot_area"),)
)
LONG = "The bearing of the conveyor is worn and should be changed before the end of the week."


@pytest.fixture
def session(cascade, stage):
    return cascade.open_session(stage.layout, look=lambda: SOMEBODY)


def test_a_question_is_answered_a_little_later_than_the_silence_that_ends_it(session, stage):
    question = stage.line("Is anyone in the robot area?")
    played = stage.play(session, stage.room(6, [(1.0, question)]))
    (answer,) = played.said
    assert answer.text == "Yes. Somebody is in the robot area."
    delay = answer.heard_s - (1.0 + len(question) / 16_000)
    assert 0.6 < delay < 1.2


def test_a_longer_silence_or_slower_machine_answers_later(cascade, stage):
    sound = stage.room(6, [(1.0, stage.line("Are you there?"))])
    quick, slow = (
        stage.play(
            type(cascade)(
                cascade._voice,
                machines=(),
                things=(),
                look=lambda: SOMEBODY,
                silence_s=silence_s,
                compute=compute,
            ).open_session(stage.layout),
            sound,
        ).said[0]
        for silence_s, compute in ((0.5, ComputeTime(0.0, 0.0)), (0.9, ComputeTime(0.0, 0.5)))
    )
    assert slow.heard_s - quick.heard_s == pytest.approx(0.9, abs=0.21)


def test_told_to_stop_it_stops_and_goes_on_when_asked_to(session, stage):
    session.inject(LONG, how="spoken")
    lines = [(3.0, stage.line("Stop talking.")), (7.0, stage.line("Okay, go ahead."))]
    played = stage.play(session, stage.room(15, lines))
    first, second = played.said
    stopped = first.turn + sum(1 for _ in _run(played.outputs, first.turn))
    assert 3.0 < (stopped + 1) * 0.2 < 3.0 + 0.6
    assert LONG.startswith(first.text) and first.text != LONG
    assert second.text == LONG


def _run(outputs, turn):
    while outputs[turn].floor is Floor.SPEAK:
        yield outputs[turn]
        turn += 1


def test_chatter_and_noise_are_not_answered_and_silence_is_not_broken(session, stage):
    chatter = stage.line("The garden needs water after this heat.")
    sound = stage.room(12, [(2.0, chatter)], noise_db=-40.0)
    rng = np.random.default_rng(2)
    for at in (6.0, 8.0, 10.0):
        begin = round(at * 16_000)
        sound[begin : begin + 4_000] += rng.standard_normal(4_000) * 0.1
    played = stage.play(session, sound)
    assert played.texts == [] and played.requests == []
    assert all(output.floor is Floor.LISTEN and output.speech is None for output in played.outputs)


def test_a_reminder_comes_to_the_sample(session, stage):
    asked = stage.line("Remind me in five seconds.")
    played = stage.play(session, stage.room(11, [(1.0, asked)]))
    okay, reminder = played.said
    assert (okay.text, reminder.text) == ("Okay.", "Reminder. 5 seconds are over.")
    # What is not known is where exactly the voice fades out.
    assert reminder.heard_s == pytest.approx(1.0 + len(asked) / 16_000 + 5.0, abs=0.15)


def test_it_requests_what_needs_others(session, stage):
    lines = [(1.0, stage.line("Why did the press stop?")), (6.0, stage.line("Alarm acknowledged."))]
    played = stage.play(session, stage.room(12, lines))
    assert [(one.id, one.kind) for one in played.requests] == [
        ("0-1", "question"),
        ("0-2", "acknowledge"),
    ]
    assert played.requests[0].question == "why did the press stop"
    assert played.texts == ["Let me check that.", "Alarm acknowledged."]


def test_what_is_handed_over_waits_until_nobody_speaks_unless_it_is_urgent(cascade, stage):
    talk = stage.line("We painted the kitchen yellow and the new shoes are killing my feet.")
    sound = stage.room(10, [(1.0, talk)])
    spoken_until = 1.0 + len(talk) / 16_000
    for urgent in (False, True):
        session = cascade.open_session(stage.layout)
        played = stage.play(session, sound[:32_000])
        session.inject("The oil is low", how="spoken", urgent=urgent)
        assert played.texts == []
        (said,) = stage.play(session, sound[32_000:]).said
        assert said.text == "The oil is low."
        assert (said.heard_s + 2.0 > spoken_until + 0.5) == (not urgent)


def test_what_is_silent_is_kept_and_not_said(session, stage):
    session.inject("Shift B is on.", how="silent")
    session.inject("Be brief.", how="instruction")
    assert stage.play(session, stage.room(3)).texts == []
    assert session.context == (("silent", "Shift B is on."), ("instruction", "Be brief."))


@pytest.mark.parametrize(
    ("text", "how", "urgent"),
    [
        (" ", "spoken", False),
        ("a" * 1001, "spoken", False),
        ("a", "sung", False),
        ("a", "silent", True),
    ],
)
def test_what_cannot_be_handed_over_is_refused(session, text, how, urgent):
    with pytest.raises(ValueError, match=r"wanted|allowed|urgent"):
        session.inject(text, how=how, urgent=urgent)


def test_told_to_yield_it_is_silent_with_the_next_turn_and_drops_the_rest(session, stage):
    session.inject(LONG, how="spoken")
    assert stage.play(session, stage.room(2)).said
    session.yield_floor()
    later = stage.room(8, [(1.0, stage.line("Please continue."))])
    played = stage.play(session, later)
    assert played.texts == ["There is nothing more to say."]
    assert played.outputs[0].speech is None


def test_what_is_typed_is_answered_too(session):
    quiet = np.zeros(3200, np.float32)
    turns = [MicroTurn(0, 0, {"mic": quiet}, texts=("Is somebody in the press area?", "Hm 12"))]
    turns += [MicroTurn(n, 0, {"mic": quiet}) for n in range(1, 12)]
    text = "".join(session.step(turn).text for turn in turns)
    assert text.strip() == "No. Nobody is in the press area."


def same(one, other):
    return (one.text, one.floor, one.delegations) == (other.text, other.floor, other.delegations) \
        and (one.speech is None) == (other.speech is None) \
        and (one.speech is None or np.array_equal(one.speech, other.speech))  # fmt: skip


def test_equal_turns_give_equal_outputs_after_a_reset_and_in_a_batch(cascade, stage):
    sound = stage.room(8, [(1.0, stage.line("Remind me in five seconds."))], noise_db=-45.0)
    one, two, used = (cascade.open_session(stage.layout) for _ in range(3))
    first = stage.play(one, sound, echo_db=None).outputs
    stage.play(used, stage.room(4, [(1.0, stage.line("Why did the press stop?"))]))
    used.inject("Left over", how="spoken")
    used.reset()
    again = stage.play(used, sound, echo_db=None).outputs
    batch = [
        cascade.step_batch([(two, MicroTurn(n, 0, {"mic": sound[n * 3200 : n * 3200 + 3200]}))])[0]
        for n in range(len(sound) // 3200)
    ]
    assert any(output.text for output in first)
    assert all(map(same, first, again)) and all(map(same, first, batch))


def test_a_turn_without_sound_or_layout_is_a_silent_one(cascade):
    output = cascade.open_session().step(MicroTurn(7, 0))
    assert (output.index, output.speech, output.hazards) == (7, None, ())


def test_a_closed_session_is_not_stepped(session):
    session.close()
    with pytest.raises(SessionClosedError):
        session.step(MicroTurn(0, 0))


def test_it_is_trusted_with_no_hazard(cascade):
    assert (cascade.name, cascade.trained) == ("cascade", True)
    assert cascade.trusted_kinds == frozenset()
