"""Each figure against cases worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tml_ros.bench.duplex.metrics.backchannels import divergence, jsd, shares, signs
from tml_ros.bench.duplex.metrics.behaviour import Behaviour, behaviour
from tml_ros.bench.duplex.metrics.mean import mean
from tml_ros.bench.duplex.metrics.overlap import overlap_times
from tml_ros.bench.duplex.metrics.takeover import (
    after_the_end,
    answers,
    before_the_end,
    in_a_pause,
)
from tml_ros.bench.duplex.metrics.timing import timing
from tml_ros.bench.duplex.model_speech import ModelSpeech, Stretch
from tml_ros.bench.duplex.output_words import Word
from tml_ros.bench.duplex.sample import HandedOver, Sample, Span, Wanted
from tml_ros.bench.duplex.task import Task
from tml_ros.sim.talk.says_words import one_of

SILENCE = np.zeros(16_000 * 20, np.float32)


def said(low: float, high: float, text: str = "one two three four five") -> Stretch:
    words = text.split()
    step = (high - low) / max(len(words), 1)
    timed = (Word(word, low + step * n, low + step * (n + 1)) for n, word in enumerate(words))
    return Stretch(Span(low, high), tuple(timed))


def speech(*stretches: Stretch, has_words: bool = True) -> ModelSpeech:
    return ModelSpeech(stretches, has_words, 20.0)


@pytest.mark.parametrize(
    ("stretches", "took_over", "in_pause"),
    [
        ([], False, False),
        ([said(2.1, 2.5, "mm-hm")], False, False),
        ([said(2.1, 4.0)], True, True),
        ([said(2.1, 2.5, "a b c d")], True, True),
        ([said(1.0, 3.0)], True, False),
        ([said(5.1, 7.0)], False, False),
        ([said(2.1, 2.5, "yes"), said(4.0, 4.4, "okay")], False, False),
    ],
)
def test_taking_over_before_the_end(stretches, took_over: bool, in_pause: bool) -> None:
    assert before_the_end(speech(*stretches), 5.0).took_over is took_over
    assert in_a_pause(speech(*stretches), (Span(2.0, 3.0),)) is in_pause


@pytest.mark.parametrize(
    ("stretches", "took_over", "latency_s", "early", "answer_s"),
    [
        ([], False, None, False, None),
        ([said(5.4, 7.0)], True, 0.4, False, 0.4),
        ([said(1.0, 4.0)], False, None, False, None),
        ([said(1.0, 4.0), said(6.0, 8.0)], True, 1.0, False, 1.0),
        ([said(3.0, 8.0)], True, 0.0, True, 0.0),
        ([said(5.2, 5.5, "okay"), said(7.0, 9.0)], True, 2.0, False, 0.2),
        ([said(5.2, 5.9, "I cannot tell.")], False, None, False, 0.2),
        ([said(4.8, 5.3, "hm")], False, None, False, 0.0),
    ],
)
def test_latency_is_first_word_minus_end(stretches, took_over, latency_s, early, answer_s) -> None:
    found = after_the_end(speech(*stretches), 5.0)
    assert found.took_over is took_over
    assert found.latency_s == (None if latency_s is None else pytest.approx(latency_s))
    assert found.early is early
    assert answers(speech(*stretches), 5.0) == (
        None if answer_s is None else pytest.approx(answer_s)
    )


@pytest.mark.parametrize(
    ("p", "q", "expected"),
    [
        ([1, 0], [1, 0], 0.0),
        ([1, 0], [0, 1], 1.0),
        ([0, 0], [0, 1], 1.0),
        # M = (3/4, 1/4): H(M) - (0 + 1) / 2 with H(M) = 2 - 3/4 log2 3.
        ([1, 0], [0.5, 0.5], 2 - 0.75 * math.log2(3) - 0.5),
    ],
)
def test_divergence_to_base_two(p, q, expected: float) -> None:
    found = jsd(np.array(p, float), np.array(q, float))
    assert found == pytest.approx(expected)
    assert jsd(np.array(q, float), np.array(p, float)) == pytest.approx(expected)


def test_a_window_counts_where_half_of_it_is_covered() -> None:
    assert shares([Span(0.0, 0.3)], 1.0).tolist() == [0.5, 0.5, 0, 0, 0]
    assert shares([Span(0.0, 0.29)], 1.0).tolist() == [1, 0, 0, 0, 0]
    assert shares([], 1.0).sum() == 0


def test_signs_in_their_place_diverge_less_than_elsewhere() -> None:
    ends = (2.0, 6.0)
    listening = speech(said(2.4, 2.8, "mm-hm"), said(6.4, 6.8, "okay"), said(9.0, 12.0))
    # 4 of the reference's 10 windows: P = 1/4 on them, Q = 1/10, M = 7/40 there and 1/20 elsewhere.
    expected = 0.5 * (math.log2(10 / 7) + 0.4 * math.log2(4 / 7) + 0.6)
    assert signs(listening) == ((2.4, 2.8), (6.4, 6.8))
    assert divergence(signs(listening), ends, 15.0) == pytest.approx(expected)
    assert divergence([Span(4.0, 4.4)], ends, 15.0) == 1.0
    assert divergence([], ends, 15.0) == 1.0


@pytest.mark.parametrize(
    ("stretches", "speaking", "stopped", "stop_s", "response_s"),
    [
        ([], False, None, None, None),
        ([said(2.0, 8.4)], True, True, 0.4, None),
        ([said(2.0, 8.4), said(11.0, 12.0)], True, True, 0.4, 1.0),
        ([said(2.0, 15.0)], True, False, 2.0, None),
        ([said(2.0, 7.0), said(10.5, 12.0)], False, None, None, 0.5),
        ([said(8.5, 9.0), said(10.5, 12.0)], False, None, None, 0.5),
    ],
)
def test_stop_and_response_latency(stretches, speaking, stopped, stop_s, response_s) -> None:
    found = overlap_times(speech(*stretches), Span(8.0, 10.0))
    assert (found.speaking, found.stopped) == (speaking, stopped)
    assert found.stop_s == (None if stop_s is None else pytest.approx(stop_s))
    assert found.response_s == (None if response_s is None else pytest.approx(response_s))


REST = "The bearing of the conveyor became louder since Tuesday"


def overlapped(task: Task) -> Sample:
    says = one_of("listening", "here")
    return Sample(
        "1",
        task,
        SILENCE,
        overlap=Span(8.0, 10.0),
        handed_over=(HandedOver(1.0, REST),),
        wanted=(Wanted(10.0, Span(9.9, 12.0), "Yes.", says),),
    )


@pytest.mark.parametrize(
    ("stretches", "interrupted", "otherwise"),
    [
        ([], Behaviour.UNKNOWN, Behaviour.UNKNOWN),
        ([said(10.5, 12, "I am listening")], Behaviour.RESPOND, Behaviour.RESPOND),
        ([said(10.5, 12, "conveyor louder since Tuesday")], Behaviour.RESUME, Behaviour.RESUME),
        ([said(10.5, 12, "Pardon I did not hear that")], Behaviour.UNCERTAIN, Behaviour.UNCERTAIN),
        ([said(10.5, 10.8, "okay")], Behaviour.UNKNOWN, Behaviour.UNKNOWN),
        ([said(10.5, 13, "lunch comes with soup today")], Behaviour.UNKNOWN, Behaviour.RESPOND),
        ([said(2, 15, "and so on and on")], Behaviour.RESUME, Behaviour.RESUME),
        ([said(2, 9), said(10.5, 12, "bearing conveyor")], Behaviour.RESUME, Behaviour.RESUME),
        (
            [said(2, 11, "the conveyor became louder"), said(12, 14, "I am here")],
            Behaviour.RESPOND,
            Behaviour.RESPOND,
        ),
        ([said(2, 11, "the conveyor became louder")], Behaviour.RESUME, Behaviour.RESUME),
    ],
)
def test_classes_of_behaviour(stretches, interrupted, otherwise) -> None:
    found = behaviour(overlapped(Task.OVERLAP_INTERRUPTION), speech(*stretches), None)
    assert found is interrupted
    found = behaviour(overlapped(Task.OVERLAP_SIDE_TALK), speech(*stretches), None)
    assert found is otherwise


def test_going_on_may_be_known_from_the_clean_run_alone_and_needs_words() -> None:
    sample = Sample("1", Task.OVERLAP_BACKCHANNEL, SILENCE, overlap=Span(8.0, 10.0))
    clean = speech(said(2.0, 14.0, "forklifts carry pallets towards gates carefully everywhere"))
    noisy = speech(said(2.0, 8.3), said(10.4, 12, "gates carefully everywhere"))
    assert behaviour(sample, noisy, clean) is Behaviour.RESUME
    assert behaviour(sample, noisy, None) is Behaviour.RESPOND
    assert behaviour(sample, speech(said(10.4, 12), has_words=False), None) is None


TICKS = Sample(
    "1",
    Task.SET_TIME,
    SILENCE,
    wanted=(
        Wanted(5.0, Span(4.6, 5.4), "5 seconds.", one_of("five", "5", "seconds")),
        Wanted(10.0, Span(9.6, 10.4), "10 seconds.", one_of("ten", "10", "seconds")),
    ),
    promise=Span(0.0, 2.5),
)


@pytest.mark.parametrize(
    ("stretches", "on_time", "right"),
    [
        ([], False, False),
        ([said(5.1, 6, "5 seconds"), said(10.2, 11, "10 seconds")], True, True),
        ([said(5.1, 6, "hello"), said(10.2, 11, "10 seconds")], True, False),
        ([said(5.1, 6, "5 seconds")], False, False),
        ([said(5.6, 6.4, "5 seconds"), said(10.2, 11, "10 seconds")], False, False),
        ([said(1, 3, "I will do that for you"), said(5, 6, "5"), said(10, 11, "10")], True, True),
        ([said(5, 6, "5"), said(7, 9, "is it time yet"), said(10, 11, "10")], False, False),
        ([said(5, 6, "5"), said(7, 7.4, "hm"), said(10, 11, "10")], True, True),
        ([said(0, 20)], False, False),
    ],
)
def test_right_words_at_the_right_time_and_no_credit_for_one(stretches, on_time, right) -> None:
    found = timing(TICKS, speech(*stretches))
    assert (found.on_time, found.right) == (on_time, right)
    assert timing(TICKS, speech(*stretches, has_words=False)).right is None


@pytest.mark.parametrize(
    ("text", "right", "said_number", "error"),
    [
        ("Seven beeps.", True, 7, 0),
        ("I counted six of them", False, 6, 1),
        ("I have not counted", False, None, None),
        ("it was 7 or maybe 8", True, 7, 0),
    ],
)
def test_counts(text: str, right: bool, said_number, error) -> None:
    wanted = (Wanted(5.0, Span(4.9, 7.0)),)
    sample = Sample("1", Task.COUNT, SILENCE, wanted=wanted, number=7.0, promise=Span(0, 4.9))
    found = timing(sample, speech(said(2, 2.4, "one"), said(5.3, 6.5, text)))
    assert (found.right, found.said, found.error) == (right, said_number, error)


def test_how_long_ago_is_right_within_the_tolerance() -> None:
    wanted = (Wanted(5.0, Span(4.9, 7.0)),)
    for number, right in ((9.1, True), (8.1, True), (7.9, False), (12.1, False)):
        sample = Sample(
            "1", Task.HOW_LONG_AGO, SILENCE, wanted=wanted, number=number, tolerance=2.0
        )
        found = timing(sample, speech(said(5.3, 6.5, "about ten seconds ago")))
        assert found.right is right
        assert found.error == pytest.approx(abs(10 - number))


def test_the_mean_has_an_interval_about_it_that_shrinks() -> None:
    rng = np.random.default_rng(3)
    few, many = (mean(rng.normal(2.0, 1.0, size).tolist()) for size in (20, 2000))
    assert mean([]) is None
    assert mean([3.0]).low is None
    for found, half in ((few, 1.96 / math.sqrt(20)), (many, 1.96 / math.sqrt(2000))):
        assert found.low < found.value < found.high
        assert found.high - found.low == pytest.approx(2 * half, rel=0.4)
