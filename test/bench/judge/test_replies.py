"""Rules that speech fulfils: what counts as the right words at the right time."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.bench.judge.behaviour import behaviour
from tml_ros.bench.judge.conduct import Conduct, Request, Speaker, Utterance
from tml_ros.bench.judge.credit import one_each
from tml_ros.bench.judge.outcome import Fault, Outcome, Verdict
from tml_ros.sim.talk.act import Act
from tml_ros.sim.truth.expectation import Expectation, Rule, Says
from tml_ros.sim.truth.truth import SpokenLine, Truth

Judged = Callable[..., Outcome]

YES = Says((("yes", "all clear"),), ("no", "not"))
DANGER = Says((("person",), ("press area",)))
RIGHT, WRONG, VOID = Verdict.RIGHT, Verdict.WRONG, Verdict.VOID


def said(at: float, text: str = "yes", *, by: Speaker = Speaker.MODEL) -> Utterance:
    return Utterance(at, at + 0.8, text, by)


def sign(at: float) -> Utterance:
    return Utterance(at, at + 0.3, "yes", backchannel=True)


@pytest.mark.parametrize(
    ("utterances", "verdict", "delay", "fault"),
    [
        ([said(10.4)], RIGHT, 0.4, None),
        ([said(9.8)], RIGHT, -0.2, None),
        ([said(12.0)], RIGHT, 2.0, None),
        ([], WRONG, None, Fault.SILENT),
        ([said(12.3)], WRONG, None, Fault.LATE),
        ([said(9.3)], WRONG, None, Fault.EARLY),
        ([said(16.0)], WRONG, None, Fault.SILENT),
        ([said(10.4, "hello")], WRONG, None, Fault.SAID_OTHERWISE),
        ([said(10.4, "yes, but not now")], WRONG, None, Fault.SAID_OTHERWISE),
        ([said(10.4, "hello"), said(11.5)], RIGHT, 1.5, None),
        ([said(10.4), said(11.5, "no")], WRONG, None, Fault.SAID_OTHERWISE),
        ([sign(10.4)], WRONG, None, Fault.SILENT),
        ([said(10.4, by=Speaker.GUARDIAN)], WRONG, None, Fault.SILENT),
    ],
)
def test_an_answer_begins_in_time_and_says_the_right_thing(
    judged: Judged,
    utterances: list[Utterance],
    verdict: Verdict,
    delay: float | None,
    fault: Fault | None,
) -> None:
    outcome = judged(Rule.ANSWER, *utterances, says=YES)
    assert (outcome.verdict, outcome.fault) == (verdict, fault)
    assert outcome.delay_s == (None if delay is None else pytest.approx(delay))


@pytest.mark.parametrize(
    ("at", "why"),
    [
        (9.3, "began 0.70 s before the question ended"),
        (12.4, "began 2.40 s after the question ended, 0.40 s too late"),
        (10.25, "began 0.25 s after the question ended"),
    ],
)
def test_why_is_told_in_plain_words(judged: Judged, at: float, why: str) -> None:
    assert judged(Rule.ANSWER, said(at), says=YES).why == why


def test_a_warning_may_come_from_the_guardian_and_over_speech(judged: Judged) -> None:
    talk = SpokenLine(0, "anna", Act.CHATTER, "and so on", 9.0, 8.0)
    warning = said(10.3, "Warning. Person in press_area.", by=Speaker.GUARDIAN)
    outcome = judged(Rule.WARN, warning, says=DANGER, lines=[talk])
    assert (outcome.verdict, outcome.delay_s) == (RIGHT, pytest.approx(0.3))


def test_one_sentence_may_warn_of_two_hazards_and_answer(judged: Judged) -> None:
    fire = Expectation(Rule.WARN, 10.1, 10.0, 12.0, says=Says((("smoke",),)))
    answer = Expectation(Rule.ANSWER, 10.2, 10.0, 12.0, says=Says((("no",),)))
    text = "No. There is a person in the press area, and smoke."
    truth_of = Truth(
        60.0, expected=(Expectation(Rule.WARN, 10.0, 9.8, 12.0, says=DANGER), fire, answer)
    )
    outcomes = behaviour(truth_of, Conduct(60.0, (said(10.5, text),)))
    assert [outcome.verdict for outcome in outcomes] == [RIGHT] * 3


def test_a_reply_is_not_the_reply_to_two_questions() -> None:
    questions = tuple(Expectation(Rule.ANSWER, at, at, at + 3, says=YES) for at in (10.0, 11.0))
    one = behaviour(Truth(60.0, expected=questions), Conduct(60.0, (said(11.5),)))
    assert [outcome.verdict for outcome in one] == [RIGHT, WRONG]
    assert one[1].fault is Fault.SHARED
    two = behaviour(Truth(60.0, expected=questions), Conduct(60.0, (said(11.5), said(12.8))))
    assert [outcome.delay_s for outcome in two] == [pytest.approx(1.5), pytest.approx(1.8)]


def test_who_warns_once_more_has_not_taken_the_answer_back(judged: Judged) -> None:
    clear = Says((("clear",),), ("person", "not"))
    danger = Expectation(Rule.WARN, 5.0, 5.0, 7.0, says=DANGER)
    answer, again = said(10.3, "the robot cell is clear"), said(11.3, "person in the press area")
    outcome = judged(Rule.ANSWER, answer, again, says=clear, others=[danger])
    assert outcome.verdict is RIGHT
    assert judged(Rule.ANSWER, answer, again, says=clear).fault is Fault.SAID_OTHERWISE
    anything = Expectation(Rule.WARN, 5.0, 5.0, 7.0)
    outcome = judged(Rule.ANSWER, answer, again, says=clear, others=[anything])
    assert outcome.fault is Fault.SAID_OTHERWISE


def test_the_answer_to_another_question_takes_nothing_back(judged: Judged) -> None:
    other = Expectation(Rule.ANSWER, 10.5, 10.4, 12.5, says=Says((("no",),)))
    yes, no = said(10.3, "yes"), said(11.3, "no")
    assert judged(Rule.ANSWER, yes, no, says=YES, others=[other]).verdict is RIGHT
    assert judged(Rule.ANSWER, yes, no, says=YES).fault is Fault.SAID_OTHERWISE


def test_a_question_that_only_one_reply_fits_gets_it() -> None:
    anything = Expectation(Rule.ANSWER, 10.0, 10.0, 14.0)
    yes = Expectation(Rule.ANSWER, 11.0, 11.0, 14.0, says=YES)
    conduct = Conduct(60.0, (said(11.5, "yes"), said(13.0, "well")))
    outcomes = behaviour(Truth(60.0, expected=(anything, yes)), conduct)
    assert [outcome.delay_s for outcome in outcomes] == [pytest.approx(3.0), pytest.approx(0.5)]


def test_a_warning_is_no_answer_where_any_answer_would_do() -> None:
    asked = Expectation(Rule.ANSWER, 10.0, 10.0, 14.0)
    danger = Expectation(Rule.WARN, 10.0, 10.0, 14.0, says=DANGER)
    warning = said(10.5, "person in the press area")
    outcomes = behaviour(Truth(60.0, expected=(asked, danger)), Conduct(60.0, (warning,)))
    assert [outcome.verdict for outcome in outcomes] == [WRONG, RIGHT]


@pytest.mark.parametrize(
    ("rule", "kind", "at", "fault"),
    [
        (Rule.ACKNOWLEDGE, "acknowledge", 10.5, None),
        (Rule.ACKNOWLEDGE, "machine_status", 10.5, Fault.NO_REQUEST),
        (Rule.ACKNOWLEDGE, "acknowledge", 13.0, Fault.NO_REQUEST),
        (Rule.DELEGATE, "machine_status", 10.5, None),
        (Rule.DELEGATE, "acknowledge", 10.5, Fault.NO_REQUEST),
    ],
)
def test_saying_so_is_not_doing_so(
    judged: Judged, rule: Rule, kind: str, at: float, fault: Fault | None
) -> None:
    request = Request(at, kind, "")
    assert judged(rule, said(10.4), says=YES, requests=[request]).fault is fault


def test_a_request_without_a_word_is_silence(judged: Judged) -> None:
    outcome = judged(Rule.DELEGATE, says=YES, requests=[Request(10.5, "machine_status", "")])
    assert outcome.fault is Fault.SILENT


def test_a_reply_whose_request_is_missing_is_free_for_another_question() -> None:
    delegate = Expectation(Rule.DELEGATE, 10.0, 10.0, 14.0)
    answer = Expectation(Rule.ANSWER, 11.0, 11.0, 14.0)
    outcomes = behaviour(Truth(60.0, expected=(delegate, answer)), Conduct(60.0, (said(12.0),)))
    assert [outcome.verdict for outcome in outcomes] == [WRONG, RIGHT]


def test_a_finding_waits_until_nobody_speaks(judged: Judged) -> None:
    talk = [SpokenLine(0, "anna", Act.CHATTER, "and so on", 1.5, 9.5, pauses=((0.5, 0.9),))]
    for at, fault in ((10.2, Fault.OVER_SPEECH), (11.0, None), (11.3, None)):
        assert judged(Rule.SAY_FINDING, said(at), says=YES, lines=talk).fault is fault
    later = judged(Rule.SAY_FINDING, said(10.2), said(11.2), says=YES, lines=talk)
    assert later.delay_s == pytest.approx(1.2)


@pytest.mark.parametrize(
    ("utterances", "fault"),
    [
        ([said(10.3, "the forklift is gone")], None),
        ([said(9.0, "the forklift is gone")], Fault.EARLY),
        ([said(5.0, "the forklift is gone"), said(10.3, "the forklift is gone")], Fault.EARLY),
        ([said(1.0, "the forklift is gone"), said(10.3, "the forklift is gone")], None),
        ([said(5.0, "hello"), said(10.3, "the forklift is gone")], None),
    ],
)
def test_a_cue_is_not_told_before_it_comes(
    judged: Judged, utterances: list[Utterance], fault: Fault | None
) -> None:
    asked = [SpokenLine(0, "anna", Act.CUE, "tell me when it is gone", 2.0, 2.0)]
    says = Says((("forklift",), ("gone",)))
    assert judged(Rule.CUE, *utterances, says=says, lines=asked).fault is fault


def test_the_promise_to_tell_is_not_the_telling(judged: Judged) -> None:
    says = Says((("forklift",), ("gone",)))
    promise = said(4.5, "I will tell you when the forklift is gone")
    told = said(10.2, "the forklift is gone")
    asked = [SpokenLine(0, "anna", Act.CUE, "tell me", 2.0, 2.0)]
    wanted = Expectation(Rule.ANSWER, 4.0, 4.0, 6.0, says=Says((("tell you",),)))
    outcome = judged(Rule.CUE, promise, told, says=says, lines=asked, others=[wanted])
    assert outcome.verdict is RIGHT


def test_what_was_cut_short_is_resumed_and_nothing_else(judged: Judged) -> None:
    cut = Utterance(4.0, 6.0, "the press stopped because", cut=True)
    whole = Utterance(4.0, 6.0, "the press stopped")
    assert judged(Rule.RESUME, cut, said(10.5, "of its guard")).verdict is RIGHT
    assert judged(Rule.RESUME, cut).fault is Fault.SILENT
    assert judged(Rule.RESUME, whole, said(10.5, "of its guard")).verdict is VOID


def test_times_count_from_the_line_they_hang_on(judged: Judged) -> None:
    waiting = [SpokenLine(7, "anna", Act.INSTEAD, "and the other one?", 1.0, None, 0.5)]
    relative = {"due": 1.0, "opens": 0.8, "closes": 3.0, "line": 7, "says": YES}
    begun = judged(Rule.ANSWER, said(21.4), lines=waiting, line_starts={7: 20.0}, **relative)
    assert (begun.verdict, begun.due_s, begun.delay_s) == (RIGHT, 21.0, pytest.approx(0.4))
    never = judged(Rule.ANSWER, said(21.4), lines=waiting, **relative)
    assert (never.verdict, never.due_s) == (VOID, None)
    timed = [SpokenLine(7, "anna", Act.INSTEAD, "and the other one?", 1.0, 30.0)]
    fixed = judged(Rule.ANSWER, said(31.4), lines=timed, line_starts={7: 20.0}, **relative)
    assert (fixed.verdict, fixed.due_s) == (RIGHT, 31.0)


@pytest.mark.parametrize("rule", list(Rule))
def test_what_the_run_did_not_see_the_end_of_is_void(judged: Judged, rule: Rule) -> None:
    assert judged(rule, said(10.2), says=YES, number=1, seconds=11.7).verdict is VOID
    assert judged(rule, seconds=11.85).fault is judged(rule).fault


@given(st.lists(st.lists(st.integers(0, 4), max_size=4, unique=True), max_size=5))
def test_as_many_as_possible_are_served(wishes: list[list[int]]) -> None:
    given_out = one_each(dict(enumerate(wishes)))
    assert len(set(given_out.values())) == len(given_out)
    assert all(choice in wishes[who] for who, choice in given_out.items())
    assert len(given_out) == _most(wishes)


def _most(wishes: Sequence[Sequence[int]]) -> int:
    """By trying everything."""
    best = 0
    for picks in itertools.product(*([None, *wish] for wish in wishes)):
        taken = [pick for pick in picks if pick is not None]
        if len(set(taken)) == len(taken):
            best = max(best, len(taken))
    return best
