"""Who has the floor: falling silent when told to, keeping on when not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tml_ros.bench.judge.conduct import Speaker, Utterance
from tml_ros.bench.judge.outcome import Fault, Outcome, Verdict
from tml_ros.sim.truth.expectation import Expectation, Rule, Says

Judged = Callable[..., Outcome]
RIGHT, WRONG, VOID = Verdict.RIGHT, Verdict.WRONG, Verdict.VOID


def said(start: float, end: float, text: str = "well", *, cut: bool = False) -> Utterance:
    return Utterance(start, end, text, cut=cut)


@pytest.mark.parametrize(
    ("utterances", "verdict", "delay"),
    [
        ([], VOID, None),
        ([said(5, 9.9)], VOID, None),
        ([said(5, 10.4, cut=True)], RIGHT, 0.4),
        ([said(5, 12.0, cut=True)], RIGHT, 2.0),
        ([said(5, 12.1, cut=True)], WRONG, None),
        ([said(5, 30.0)], WRONG, None),
        ([said(5, 10.4, cut=True), said(11.5, 13.0)], WRONG, None),
        ([said(5, 10.4, cut=True), said(12.5, 13.0)], WRONG, None),
        ([said(5, 10.4, cut=True), said(11.0, 11.4, "okay")], RIGHT, 0.4),
        ([said(5, 10.4, cut=True), said(14.0, 15.0)], RIGHT, 0.4),
        ([Utterance(5, 20, "warning", Speaker.GUARDIAN)], VOID, None),
        ([Utterance(9.9, 10.3, "mhm", backchannel=True)], VOID, None),
    ],
)
def test_who_is_told_to_is_silent_in_time_and_stays_so(
    judged: Judged, utterances: list[Utterance], verdict: Verdict, delay: float | None
) -> None:
    outcome = judged(Rule.FALL_SILENT, *utterances)
    assert outcome.verdict is verdict
    assert outcome.delay_s == (None if delay is None else pytest.approx(delay))


def test_the_reply_to_what_interrupted_may_begin_at_once(judged: Judged) -> None:
    instead = Expectation(Rule.ANSWER, 11.0, 10.9, 13.0, says=Says((("yes",),)))
    cut, yes, well = said(5, 10.4, cut=True), said(11.2, 13.0, "yes"), said(11.2, 13.0)
    assert judged(Rule.FALL_SILENT, cut, yes, others=[instead]).verdict is RIGHT
    assert judged(Rule.FALL_SILENT, cut, well, others=[instead]).verdict is RIGHT
    assert judged(Rule.FALL_SILENT, cut, well).fault is Fault.WENT_ON


@pytest.mark.parametrize(
    ("utterances", "verdict"),
    [
        ([], VOID),
        ([said(5, 20)], RIGHT),
        ([said(5, 11)], RIGHT),
        ([said(5, 11, cut=True)], WRONG),
        ([said(5, 12.5, cut=True)], RIGHT),
        ([said(5, 9.5, cut=True)], VOID),
    ],
)
def test_who_is_not_told_to_stop_keeps_on(
    judged: Judged, utterances: list[Utterance], verdict: Verdict
) -> None:
    assert judged(Rule.KEEP_ON, *utterances).verdict is verdict


def test_another_reason_to_break_off_is_no_mistake(judged: Judged) -> None:
    broken = said(5, 11, cut=True)
    stop = Expectation(Rule.FALL_SILENT, 10.6, 10.6, 11.6)
    danger = Expectation(Rule.WARN, 11.0, 11.0, 13.0, says=Says((("smoke",),)))
    assert judged(Rule.KEEP_ON, broken, others=[stop]).verdict is VOID
    assert judged(Rule.KEEP_ON, broken, said(11.2, 12, "smoke"), others=[danger]).verdict is VOID
    assert judged(Rule.KEEP_ON, broken, said(11.2, 12, "fog"), others=[danger]).verdict is WRONG


def test_a_right_answer_must_stop_too_and_not_be_begun_again(judged: Judged) -> None:
    asked = Expectation(Rule.ANSWER, 9.0, 9.0, 15.0, says=Says((("yes",),)))
    answer = said(9.2, 14.0, "yes, and so on")
    assert judged(Rule.FALL_SILENT, answer, others=[asked]).fault is Fault.WENT_ON
    cut, again = said(9.2, 10.4, "yes, and", cut=True), said(11.5, 14.0, "as I said")
    assert judged(Rule.FALL_SILENT, cut, again, others=[asked]).fault is Fault.WENT_ON
