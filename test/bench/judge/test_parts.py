"""Sentences within an utterance: who warns right after an answer has done both."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.bench.judge.behaviour import behaviour
from tml_ros.bench.judge.conduct import Conduct, TimedWord, Utterance
from tml_ros.bench.judge.outcome import Fault, Outcome, Verdict
from tml_ros.bench.judge.parts import parts_of, timed_words
from tml_ros.sim.truth.expectation import Expectation, Rule, Says
from tml_ros.sim.truth.truth import Truth

Judged = Callable[..., Outcome]
YES = Says((("yes",),), ("no", "person"))
DANGER = Says((("person",), ("press area",)))


def spoken(text: str, *times: float, pieces: list[str] | None = None) -> Utterance:
    words = tuple(
        TimedWord(piece, at, at + 0.2)
        for piece, at in zip(pieces or text.split(), times, strict=True)
    )
    return Utterance(times[0], times[-1] + 0.2, text, words=words)


def test_each_sentence_begins_with_its_first_word() -> None:
    heard = spoken("Yes. All clear! Go on", 9.0, 9.6, 9.8, 10.4, 10.6)
    parts = [(part.start_s, part.first, part.texts) for part in parts_of(0, heard)]
    assert parts == [
        (9.0, True, ("Yes.", "Yes. All clear!", "Yes. All clear! Go on")),
        (9.6, False, ("All clear!", "All clear! Go on")),
        (10.4, False, ("Go on",)),
    ]


def test_pieces_of_words_are_put_together_again() -> None:
    heard = spoken("Yes. Clear now.", 1.0, 1.2, 1.4, 1.6, pieces=["Y", "es.Cle", "ar", "now."])
    times = [(word.word, word.start_s, round(word.end_s, 3)) for word in timed_words(heard)]
    assert times == [("Yes.", 1.0, 1.4), ("Clear", 1.2, 1.6), ("now.", 1.6, 1.8)]


@given(st.text(alphabet="ab. ", max_size=12), st.data())
def test_words_are_found_however_they_were_cut(text: str, data: st.DataObject) -> None:
    letters = "".join(text.split())
    cuts = sorted(data.draw(st.sets(st.integers(1, max(1, len(letters) - 1)))))
    edges = [0, *(cut for cut in cuts if cut < len(letters)), len(letters)]
    pieces = [letters[a:b] for a, b in itertools.pairwise(edges) if a < b]
    words = tuple(TimedWord(piece, float(i), i + 1.0) for i, piece in enumerate(pieces))
    found = timed_words(Utterance(0.0, 20.0, text, words=words))
    assert [word.word for word in found] == text.split()
    at = 0
    for word in found:
        assert pieces[int(word.start_s)] and edges[int(word.start_s)] <= at
        at += len(word.word)
        assert edges[int(word.end_s)] >= at


def test_words_that_are_not_the_text_have_no_times() -> None:
    heard = Utterance(1.0, 3.0, "Yes. No.", words=(TimedWord("Yes.", 1.0, 1.2),))
    assert timed_words(heard) == ()
    (part,) = parts_of(0, heard)
    assert part.texts == ("Yes. No.",)


def test_an_answer_and_a_warning_without_a_pause_are_both_right() -> None:
    both = spoken("Yes. Person in the press area.", 9.0, 10.0, 10.2, 10.3, 10.4, 10.5)
    truth = Truth(
        60.0,
        expected=(
            Expectation(Rule.ANSWER, 8.5, 8.4, 10.4, says=YES),
            Expectation(Rule.WARN, 9.9, 9.9, 12.0, says=DANGER),
        ),
    )
    outcomes = behaviour(truth, Conduct(60.0, (both,)))
    assert [outcome.verdict for outcome in outcomes] == [Verdict.RIGHT] * 2
    assert [outcome.delay_s for outcome in outcomes] == [pytest.approx(0.5), pytest.approx(0.1)]


def test_two_sentences_are_one_reply(judged: Judged) -> None:
    questions = tuple(Expectation(Rule.ANSWER, at, at, at + 3, says=YES) for at in (10.0, 10.5))
    reply = spoken("Yes. Yes.", 11.0, 11.3)
    outcomes = behaviour(Truth(60.0, expected=questions), Conduct(60.0, (reply,)))
    assert [outcome.verdict for outcome in outcomes] == [Verdict.RIGHT, Verdict.WRONG]


def test_yes_and_no_in_one_breath_is_no_answer(judged: Judged) -> None:
    assert judged(Rule.ANSWER, spoken("Yes. No.", 10.3, 10.7), says=YES).fault is (
        Fault.SAID_OTHERWISE
    )


@pytest.mark.parametrize("rule", [Rule.HOLD, Rule.QUIET])
def test_a_sentence_within_an_utterance_begins_nothing(judged: Judged, rule: Rule) -> None:
    report = spoken("It runs. It is warm.", 9.0, 9.3, 10.0, 10.2, 10.4)
    assert judged(rule, report).verdict is Verdict.RIGHT


def test_a_right_second_sentence_does_not_excuse_the_first(judged: Judged) -> None:
    heard = spoken("Well well. Smoke.", 10.2, 10.4, 11.4)
    danger = Expectation(Rule.WARN, 11.2, 11.2, 13.0, says=Says((("smoke",),)))
    assert judged(Rule.HOLD, heard, others=[danger]).fault is Fault.SPOKE
