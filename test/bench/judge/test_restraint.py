"""Keeping back: no speech in a pause, none where nobody asked, no more than a sign in a story."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tml_ros.bench.judge.conduct import Speaker, Utterance
from tml_ros.bench.judge.outcome import Fault, Outcome, Verdict
from tml_ros.sim.truth.expectation import Expectation, Rule, Says

Judged = Callable[..., Outcome]
RIGHT, WRONG, VOID = Verdict.RIGHT, Verdict.WRONG, Verdict.VOID


def said(at: float, text: str = "well", seconds: float = 0.8) -> Utterance:
    return Utterance(at, at + seconds, text)


def sign(at: float) -> Utterance:
    return Utterance(at, at + 0.3, "mhm", backchannel=True)


@pytest.mark.parametrize(
    ("utterance", "hold", "quiet", "backchannel"),
    [
        (None, RIGHT, RIGHT, WRONG),
        (said(10.5), WRONG, WRONG, WRONG),
        (said(9.8), WRONG, WRONG, WRONG),
        (said(12.0), WRONG, WRONG, WRONG),
        (said(12.1), RIGHT, RIGHT, WRONG),
        (said(9.5), RIGHT, RIGHT, WRONG),
        (sign(10.5), RIGHT, WRONG, RIGHT),
        (sign(12.5), RIGHT, RIGHT, WRONG),
        (said(2.0, seconds=20.0), WRONG, WRONG, WRONG),
        (said(2.0, seconds=10.0), WRONG, WRONG, WRONG),
        (said(2.0, seconds=9.5), RIGHT, RIGHT, WRONG),
        (Utterance(10.5, 11.0, "warning", Speaker.GUARDIAN), RIGHT, RIGHT, WRONG),
    ],
)
def test_what_begins_when(
    judged: Judged,
    utterance: Utterance | None,
    hold: Verdict,
    quiet: Verdict,
    backchannel: Verdict,
) -> None:
    heard = () if utterance is None else (utterance,)
    found = [judged(rule, *heard).verdict for rule in (Rule.HOLD, Rule.QUIET, Rule.BACKCHANNEL)]
    assert found == [hold, quiet, backchannel]


def test_a_sign_counts_from_when_it_was_called_for(judged: Judged) -> None:
    assert judged(Rule.BACKCHANNEL, sign(10.7), sign(11.4)).delay_s == pytest.approx(0.7)
    assert judged(Rule.BACKCHANNEL, sign(13.0)).fault is Fault.LATE


def test_a_sign_beside_speech_is_not_listening(judged: Judged) -> None:
    outcome = judged(Rule.BACKCHANNEL, sign(10.5), said(11.5))
    assert outcome.fault is Fault.SPOKE


@pytest.mark.parametrize("rule", [Rule.HOLD, Rule.QUIET])
def test_a_right_warning_breaks_no_silence(judged: Judged, rule: Rule) -> None:
    danger = Expectation(Rule.WARN, 10.0, 10.0, 12.0, says=Says((("smoke",),)))
    assert judged(rule, said(10.5, "smoke"), others=[danger]).verdict is RIGHT
    assert judged(rule, said(10.5, "fog"), others=[danger]).verdict is WRONG


@pytest.mark.parametrize("rule", [Rule.HOLD, Rule.QUIET])
def test_who_is_still_answering_can_begin_nothing(judged: Judged, rule: Rule) -> None:
    asked = Expectation(Rule.ANSWER, 6.0, 6.0, 8.0, says=Says((("bearing",),)))
    report = said(7.0, "the bearing of the press", seconds=8.0)
    wrong_words = said(7.0, "all is well here", seconds=8.0)
    assert judged(rule, report, others=[asked]).verdict is VOID
    assert judged(rule, wrong_words, others=[asked]).verdict is VOID
    assert judged(rule, report).fault is Fault.SPOKE
