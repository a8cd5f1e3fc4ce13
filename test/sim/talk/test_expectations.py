"""What is right to do, case by case: which rule, which window, which words."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tml_ros.sim.scenario.scenario import EventPart, HandedOver
from tml_ros.sim.talk.act import Act
from tml_ros.sim.truth.expectation import Rule
from tml_ros.turn.hazard import HazardKind

Make = Callable[..., object]
IN_ZONE, SIREN, CRY = HazardKind.PERSON_IN_ZONE, HazardKind.SIREN, HazardKind.CRY_FOR_HELP
IMPACT = HazardKind.IMPACT_SOUND


def windows(duties) -> list[tuple[float, float, float]]:
    return [
        tuple(round(t, 3) for t in (e.due_s, e.opens_s, e.closes_s))
        for e in (duty.expectation for duty in duties)
    ]


def says(duty, text: str) -> bool:
    return duty.expectation.says is None or duty.expectation.says.holds(text)


# Warnings


def test_a_hazard_is_to_be_warned_of_within_two_seconds_of_being_evident(cell: Make) -> None:
    made = cell(hazards=[(IN_ZONE, "press_area", 9.5, 20.0, 10.0)])
    (warn,) = made.of(Rule.WARN)
    assert windows([warn]) == [(10.0, 9.5, 12.0)]
    assert says(warn, "Warning. Person in press area. Step back.")
    assert not says(warn, "Warning. Person in bay 2. Step back.")
    assert warn.text == "Warning. Person in press area. Step back."
    assert not warn.expectation.over_speech


def test_a_hazard_that_is_never_evident_asks_for_nothing(cell: Make) -> None:
    assert cell(hazards=[(IN_ZONE, "press_area", 9.5, 20.0, None)]).of(Rule.WARN) == []


@pytest.mark.parametrize(("gap", "raised"), [(0.5, 1), (1.5, 2)])
def test_a_short_absence_is_the_same_hazard(cell: Make, gap: float, raised: int) -> None:
    first = (IN_ZONE, "press_area", 5.0, 10.0, 5.5)
    again = (IN_ZONE, "press_area", 10.0 + gap, 20.0, 10.2 + gap)
    assert len(cell(hazards=[first, again]).of(Rule.WARN)) == raised


def test_who_is_warned_over_somebody_who_speaks_is_told_apart(cell: Make) -> None:
    made = cell(lines=[(Act.CHATTER, 9.0, {})], hazards=[(SIREN, "mic", 9.5, 14.0, 10.0)])
    assert made.of(Rule.WARN)[0].expectation.over_speech


def test_a_cry_is_a_hazard_and_known_only_once(cell: Make) -> None:
    line = [(Act.CRY_FOR_HELP, 10.0, {})]
    (warn,) = cell(lines=line).of(Rule.WARN)
    assert windows([warn]) == [(11.0, 10.0, 13.0)]
    assert not warn.expectation.over_speech
    assert says(warn, "Emergency! Somebody is calling for help.")
    known = cell(lines=line, hazards=[(CRY, "mic", 10.0, 12.0, 10.8)])
    assert windows(known.of(Rule.WARN)) == [(10.8, 10.0, 12.8)]
    assert cell(lines=line, hazards=[(CRY, "mic", 10.0, 12.0, None)]).of(Rule.WARN) == []


def test_a_second_warning_may_come_after_the_first(cell: Make) -> None:
    hazards = [(IN_ZONE, "press_area", 9.5, 20.0, 10.0), (SIREN, "mic", 10.0, 14.0, 10.5)]
    first, second = cell(hazards=hazards).of(Rule.WARN)
    assert first.expectation.closes_s == 12.0
    assert second.expectation.closes_s == pytest.approx(11.0 + first.takes_s + 2.0)
    assert second.expectation.due_s == 10.5


# Answers


@pytest.mark.parametrize(
    ("act", "inside", "right", "wrong"),
    [
        (Act.ASK_SAFE, [(0, 30)], ["No. Somebody is in the press area."], ["Yes.", "Clear."]),
        (Act.ASK_SAFE, [], ["Yes. The press area is clear."], ["No.", "Somebody is in it."]),
        (Act.ASK_SAFE, [(0, 8)], ["Yes."], ["No."]),
        (Act.ASK_SAFE, [(0, 11.5)], ["Yes.", "No."], ["Hello."]),
        (Act.ASK_SAFE, [(12.5, 40)], ["Yes.", "No."], ["Hello."]),
        (Act.ASK_SAFE, [(13.5, 40)], ["Yes."], ["No."]),
        (Act.INSTEAD, [(0, 30)], ["No. Somebody is in the press area."], ["Yes."]),
        (Act.ASK_WHO, [(0, 30)], ["Yes. Somebody is in the press area."], ["No."]),
        (Act.ASK_WHO, [], ["No. Nobody is in the press area."], ["Yes."]),
        (Act.ASK_WHO, [(0, 12.6)], ["Yes.", "No."], ["Hello."]),
    ],
)
def test_the_truth_at_the_end_of_a_question_decides(
    cell: Make, act: Act, inside: list, right: list[str], wrong: list[str]
) -> None:
    (answer,) = cell(lines=[(act, 10.0, {"about": "press_area"})], inside=inside).of(Rule.ANSWER)
    assert windows([answer]) == [(12.0, 11.9, 14.0)]
    assert answer.expectation.about == "press_area"
    assert all(says(answer, text) for text in (*right, answer.text))
    assert not any(says(answer, text) for text in wrong)


def test_nobody_is_blamed_for_what_can_hardly_be_seen(cell: Make) -> None:
    for act in (Act.ASK_SAFE, Act.ASK_WHO):
        line = (act, 10.0, {"about": "press_area"})
        (answer,) = cell(lines=[line], glimpsed=[(0, 30)]).of(Rule.ANSWER)
        assert says(answer, "Yes.")
        assert says(answer, "No.")


@pytest.mark.parametrize(
    ("hazards", "right", "wrong"),
    [
        ([], ["No alarm.", "Everything is fine."], ["Person in the press area.", "A siren."]),
        (
            [(IN_ZONE, "press_area", 5.0, 20.0, 5.5)],
            ["Somebody is in the press area."],
            ["No alarm.", "A siren."],
        ),
        (
            [(IN_ZONE, "press_area", 5.0, 20.0, 5.5), (SIREN, "mic", 6.0, 20.0, 6.5)],
            ["Person in the press area, and a siren."],
            ["A siren.", "Somebody is in the press area."],
        ),
        ([(IMPACT, "mic", 8.0, 8.5, 8.1)], ["A loud impact.", "No alarm."], ["A siren."]),
        ([(IMPACT, "mic", 0.5, 1.0, 0.6)], ["No alarm."], ["A loud impact."]),
        ([(SIREN, "mic", 8.0, 20.0, None)], ["A siren.", "No alarm."], ["An impact."]),
    ],
)
def test_the_alarm_is_named(cell: Make, hazards, right: list[str], wrong: list[str]) -> None:
    (answer,) = cell(lines=[(Act.ASK_ALARM, 10.0, {})], hazards=hazards).of(Rule.ANSWER)
    assert [text for text in (*right, answer.text) if not says(answer, text)] == []
    assert [text for text in wrong if says(answer, text)] == []


@pytest.mark.parametrize(
    ("act", "rule", "text"),
    [
        (Act.ASK_LISTENING, Rule.ANSWER, "Yes. I am listening."),
        (Act.ACKNOWLEDGE, Rule.ACKNOWLEDGE, "Alarm acknowledged."),
        (Act.ASK_WHY, Rule.DELEGATE, "Let me check press 2."),
        (Act.REPEAT, Rule.ANSWER, "I have not said anything yet."),
    ],
)
def test_other_lines_are_answered_in_the_same_window(
    cell: Make, act: Act, rule: Rule, text: str
) -> None:
    (duty,) = cell(lines=[(act, 10.0, {"about": "press_2"})]).of(rule)
    assert windows([duty]) == [(12.0, 11.9, 14.0)]
    assert duty.text == text


@pytest.mark.parametrize("act", [Act.THANKS, Act.REMIND, Act.COUNT, Act.CONTINUE, Act.STOP_EVERY])
def test_a_line_that_asks_for_no_answer_gets_none(cell: Make, act: Act) -> None:
    assert cell(lines=[(act, 10.0, {"number": 300})]).of(Rule.ANSWER, Rule.RESUME) == []


def test_a_line_that_waits_is_answered_from_its_own_beginning(cell: Make) -> None:
    lines = [(Act.ASK_SAFE, 10.0, {"about": "press_area"}), (Act.INSTEAD, -0.8, {})]
    made = cell(lines=lines, pauses={1: [(0.5, 1.5)]})
    waiting = [duty for duty in made.duties if duty.expectation.line == 1]
    rules = {duty.expectation.rule: windows([duty])[0] for duty in waiting}
    assert rules == {
        Rule.FALL_SILENT: (0.2, 0.2, 1.0),
        Rule.HOLD: (0.6, 0.6, 1.5),
        Rule.ANSWER: (2.0, 1.9, 4.0),
    }
    (answer,) = (duty for duty in waiting if duty.expectation.rule is Rule.ANSWER)
    assert answer.expectation.about == "bay_2"
    assert says(answer, "Yes. Bay 2 is clear.")
    assert not says(answer, "Yes. The press area is clear.")


def test_what_changes_while_a_line_may_be_waiting_is_in_doubt(cell: Make) -> None:
    lines = [(Act.ASK_LISTENING, 10.0, {}), (Act.INSTEAD, -0.8, {"about": "press_area"})]
    answer = cell(lines=lines, inside=[(16.0, 40.0)]).of(Rule.ANSWER)[-1]
    assert says(answer, "Yes.")
    assert says(answer, "No.")


def test_who_is_told_to_be_quiet_before_answering_owes_no_answer(cell: Make) -> None:
    question = (Act.ASK_LISTENING, 10.0, {})
    assert cell(lines=[question, (Act.STOP, 12.5, {})]).of(Rule.ANSWER) == []
    (answer,) = cell(lines=[question, (Act.STOP, 13.5, {})]).of(Rule.ANSWER)
    assert answer.expectation.closes_s == 13.5
    (answer,) = cell(lines=[question, (Act.STOP, 15.0, {})]).of(Rule.ANSWER)
    assert answer.expectation.closes_s == 14.0


def test_a_warning_puts_an_answer_off(cell: Make) -> None:
    made = cell(
        lines=[(Act.ASK_LISTENING, 10.0, {})], hazards=[(IN_ZONE, "press_area", 11.0, 30.0, 11.5)]
    )
    (warn,) = made.of(Rule.WARN)
    (answer,) = made.of(Rule.ANSWER)
    assert answer.expectation.due_s == 12.0
    assert answer.expectation.closes_s == pytest.approx(12.5 + warn.takes_s + 2.0)


@pytest.mark.parametrize(
    ("cutting", "right", "wrong"),
    [
        ([(Act.STOP, -1.0, {"after": 20.0})], ["The bearing"], ["Okay.", ""]),
        ([(Act.STOP, 21.5, {})], ["The bearing"], ["Okay."]),
        ([(Act.STOP, 40.0, {})], ["The bearing of press 2 is worn out."], ["The bearing"]),
        ([(Act.STOP, -1.0, {"after": 40.0})], ["The bearing of press 2 is worn"], ["The bearing"]),
    ],
)
def test_of_what_is_cut_short_only_the_beginning_is_asked(
    cell: Make, cutting: list, right: list[str], wrong: list[str]
) -> None:
    handed = [HandedOver(at=20.0, say="The bearing of press 2 is worn out.")]
    (finding,) = cell(lines=cutting, handed_over=handed).of(Rule.SAY_FINDING)
    assert all(says(finding, text) for text in right)
    assert not any(says(finding, text) for text in wrong)


def test_an_answer_that_is_cut_short_is_right_if_it_was_begun(cell: Make) -> None:
    made = cell(lines=[(Act.ASK_ALARM, 10.0, {}), (Act.INSTEAD, -0.5, {})])
    first, second = made.of(Rule.ANSWER)
    assert first.expectation.says is None
    assert second.expectation.says is not None


# The floor


def test_a_pause_in_thought_is_held_through(cell: Make) -> None:
    made = cell(
        lines=[(Act.ASK_SAFE, 10.0, {}), (Act.CHATTER, 30.0, {})],
        pauses={0: [(0.2, 0.4), (0.7, 1.6)], 1: [(0.5, 1.5)]},
    )
    assert windows(made.of(Rule.HOLD)) == [(10.8, 10.8, 11.6)]


def test_a_warning_may_break_into_a_pause(cell: Make) -> None:
    made = cell(
        lines=[(Act.ASK_SAFE, 10.0, {})],
        pauses={0: [(0.7, 1.9)]},
        hazards=[(SIREN, "mic", 11.2, 15.0, 11.5)],
    )
    assert windows(made.of(Rule.HOLD)) == [(10.8, 10.8, 11.2)]


def test_stop_means_silence_shortly_after_the_word(cell: Make) -> None:
    made = cell(lines=[(Act.STOP, 10.0, {})], seconds={0: 0.5})
    assert windows(made.of(Rule.FALL_SILENT)) == [(10.3, 10.3, 10.9)]


def test_a_warning_that_is_due_need_not_fall_silent(cell: Make) -> None:
    made = cell(
        lines=[(Act.STOP, 10.0, {})],
        seconds={0: 0.5},
        hazards=[(SIREN, "mic", 9.5, 15.0, 10.2)],
    )
    assert made.of(Rule.FALL_SILENT) == []


@pytest.mark.parametrize("act", [Act.UH_HUH, Act.CHATTER, Act.NEAR_MISS])
def test_what_is_meant_for_others_does_not_break_speech_off(cell: Make, act: Act) -> None:
    made = cell(lines=[(act, 10.0, {})])
    assert windows(made.of(Rule.KEEP_ON)) == [(10.0, 10.0, 12.5)]
    ended = cell(lines=[(act, 10.0, {}), (Act.STOP, 11.0, {})])
    assert windows(ended.of(Rule.KEEP_ON)) == [(10.0, 10.0, 11.0)]


def test_a_radio_breaks_nothing_off_and_wakes_nobody(cell: Make) -> None:
    made = cell(events=[EventPart(kind="radio", at=20.0, lasts=10.0)])
    assert windows(made.of(Rule.KEEP_ON)) == [(20.0, 20.0, 23.0)]
    radio = [d for d in made.of(Rule.QUIET) if d.expectation.about == "radio"]
    assert windows(radio) == [(20.0, 20.0, 30.0)]


@pytest.mark.parametrize(("seconds", "expected"), [(12.0, [(12.0, 12.0, 22.0)]), (5.0, [])])
def test_a_long_story_wants_signs_of_listening(cell: Make, seconds: float, expected: list) -> None:
    made = cell(lines=[(Act.LONG_STORY, 10.0, {})], seconds={0: seconds})
    assert windows(made.of(Rule.BACKCHANNEL)) == expected


def test_go_on_means_the_rest_of_what_was_cut_short(cell: Make) -> None:
    made = cell(
        lines=[(Act.STOP, 12.0, {}), (Act.CONTINUE, 16.0, {}), (Act.CONTINUE, 40.0, {})],
        handed_over=[HandedOver(at=10.0, say="The bearing of press 2 is worn out.")],
    )
    resume = made.of(Rule.RESUME)[0]
    assert windows([resume]) == [(18.0, 17.9, 20.0)]
    assert says(resume, "... press two is worn.")
    assert not says(resume, "Okay.")
    assert cell(lines=[(Act.CONTINUE, 16.0, {})]).of(Rule.RESUME) == []


def test_again_means_what_was_said_last(cell: Make) -> None:
    text = "The bearing of press 2 is worn out."
    handed = [HandedOver(at=10.0, say=text)]
    (again,) = cell(lines=[(Act.REPEAT, 20.0, {})], handed_over=handed).of(Rule.ANSWER)
    assert again.text == text
    assert says(again, text)
    assert not says(again, "Okay.")
    both = cell(lines=[(Act.REPEAT, 20.0, {}), (Act.REPEAT, 30.0, {})], handed_over=handed)
    assert [duty.text for duty in both.of(Rule.ANSWER)] == [text, text]


# Quiet


def test_nothing_is_said_to_people_among_themselves_or_to_nobody(cell: Make) -> None:
    made = cell(lines=[(Act.NEAR_MISS, 10.0, {}), (Act.CHATTER, 30.0, {})])
    quiet = [(duty.expectation.about, *windows([duty])[0][1:]) for duty in made.of(Rule.QUIET)]
    assert sorted(quiet, key=lambda window: window[1]) == [
        ("", 0.0, 10.0),
        ("near_miss", 10.0, 14.0),
        ("", 14.0, 30.0),
        ("chatter", 30.0, 34.0),
        ("", 34.0, 60.0),
    ]


def test_a_short_stretch_is_no_quiet_one(cell: Make) -> None:
    made = cell(lines=[(Act.CHATTER, 4.0, {}), (Act.CHATTER, 12.0, {})])
    about = [duty.expectation.about for duty in made.of(Rule.QUIET)]
    assert about == ["chatter", "chatter", ""]


def test_a_hazard_in_doubt_may_be_spoken_of(cell: Make) -> None:
    made = cell(doubts=[(IN_ZONE, "press_area", 20.0, 30.0)])
    assert windows(made.of(Rule.QUIET)) == [(0.0, 0.0, 20.0), (31.0, 31.0, 60.0)]


# Later


def test_a_reminder_is_due_to_the_second(cell: Make) -> None:
    (remind,) = cell(lines=[(Act.REMIND, 10.0, {"number": 30})]).of(Rule.AT_TIME)
    assert windows([remind]) == [(42.0, 41.6, 42.4)]
    assert remind.expectation.number == 30
    assert remind.text == "Reminder: 30 seconds are over."


@pytest.mark.parametrize(
    ("ending", "due"),
    [
        ([], [22, 32, 42, 52]),
        ([(Act.STOP_EVERY, 40.0, {})], [22, 32]),
        ([(Act.STOP, 33.0, {})], [22, 32]),
        ([(Act.STOP_EVERY, 32.2, {})], [22]),
        ([(Act.CHATTER, 33.0, {})], [22, 32, 42, 52]),
    ],
)
def test_every_goes_on_until_it_is_called_off(cell: Make, ending: list, due: list[int]) -> None:
    ticks = cell(lines=[(Act.EVERY, 10.0, {"number": 10}), *ending]).of(Rule.AT_TIME)
    assert windows(ticks) == [(t, pytest.approx(t - 0.4), pytest.approx(t + 0.4)) for t in due]
    assert ticks[0].text == "10 seconds."
    assert says(ticks[0], "Ten.")


def test_boxes_are_counted_from_the_end_of_the_line_on(cell: Make) -> None:
    made = cell(
        lines=[(Act.COUNT, 10.0, {}), (Act.FINISH_COUNT, 30.0, {})],
        passes=[5.0, 11.0, 15.0, 19.0, 23.0, 35.0],
    )
    counts = made.of(Rule.COUNT)
    assert windows(counts) == [(15, 15, 16.2), (19, 19, 20.2), (23, 23, 24.2)]
    assert [duty.expectation.number for duty in counts] == [1, 2, 3]
    assert [duty.text for duty in counts] == ["One.", "Two.", "Three."]
    (total,) = made.of(Rule.ANSWER)
    assert (total.text, total.expectation.number) == ("Three boxes.", 3)
    assert says(total, "I counted 3.")
    assert not says(total, "Four.")


@pytest.mark.parametrize(("passes", "numbers"), [([11.8, 15.0], "12"), ([12.2, 15.0], "12")])
def test_a_box_at_the_end_of_the_line_may_count_or_not(
    cell: Make, passes: list[float], numbers: str
) -> None:
    (count,) = cell(lines=[(Act.COUNT, 10.0, {})], passes=passes).of(Rule.COUNT)
    assert count.expectation.due_s == 15.0
    assert all(says(count, number) for number in numbers)
    assert not says(count, "3")


def test_a_box_that_passes_while_the_total_is_asked_may_be_in_it(cell: Make) -> None:
    lines = [(Act.COUNT, 10.0, {}), (Act.FINISH_COUNT, 30.0, {})]
    (total,) = cell(lines=lines, passes=[15.0, 31.0]).of(Rule.ANSWER)
    assert says(total, "One.")
    assert says(total, "Two.")
    assert not says(total, "Three.")


@pytest.mark.parametrize(
    ("sight", "cue"),
    [
        ([(0, 30)], [(30.0, 30.0, 31.5)]),
        ([(0, 20), (20.6, 30)], [(30.0, 30.0, 31.5)]),
        ([(0, 20), (25, 30)], [(20.0, 20.0, 21.5)]),
        ([(0, 60)], []),
        ([(0, 5)], []),
    ],
)
def test_the_cue_is_when_it_leaves_the_picture(cell: Make, sight: list, cue: list) -> None:
    made = cell(lines=[(Act.CUE, 10.0, {"about": "forklift"})], forklift=sight)
    assert windows(made.of(Rule.CUE)) == cue
    for duty in made.of(Rule.CUE):
        assert says(duty, "The forklift is gone.")
        assert not says(duty, "I will tell you when the forklift is gone.")
    already = [(12.0, 11.9, 14.0)] if sight == [(0, 5)] else []
    assert windows(made.of(Rule.ANSWER)) == already


def test_a_zone_that_becomes_free_is_a_cue(cell: Make) -> None:
    line = (Act.CUE, 10.0, {"about": "press_area"})
    (cue,) = cell(lines=[line], inside=[(0, 30)]).of(Rule.CUE)
    assert windows([cue]) == [(30.0, 30.0, 31.5)]
    assert cue.text == "The press area is clear."
    (answer,) = cell(lines=[line]).of(Rule.ANSWER)
    assert answer.text == "The press area is clear."


@pytest.mark.parametrize(
    ("urgent", "lines", "window"),
    [
        (False, [], (20.0, 20.0, 23.0)),
        (False, [(Act.CHATTER, 19.0, {})], (21.0, 21.0, 24.0)),
        (False, [(Act.CHATTER, 19.0, {}), (Act.CHATTER, 20.5, {})], (22.5, 22.5, 25.5)),
        (False, [(Act.CHATTER, 21.0, {})], (20.0, 20.0, 26.0)),
        (True, [(Act.CHATTER, 19.0, {})], (20.0, 20.0, 20.6)),
    ],
)
def test_what_was_handed_over_is_said_when_the_floor_is_free(
    cell: Make, urgent: bool, lines: list, window: tuple
) -> None:
    text = "The bearing of press 2 is worn out."
    made = cell(lines=lines, handed_over=[HandedOver(at=20.0, say=text, urgent=urgent)])
    (finding,) = made.of(Rule.SAY_FINDING)
    assert windows([finding]) == [window]
    assert finding.text == text
    assert finding.expectation.over_speech == urgent
    assert says(finding, "Press two has a worn bearing.")
    assert not says(finding, "Something is worn.")


def test_what_would_end_after_the_scenario_is_not_asked_for(cell: Make) -> None:
    made = cell(
        lines=[(Act.REMIND, 10.0, {"number": 300}), (Act.ASK_LISTENING, 57.0, {})],
        hazards=[(SIREN, "mic", 58.5, 60.0, 59.0)],
    )
    assert made.of(Rule.AT_TIME, Rule.ANSWER, Rule.WARN) == []
