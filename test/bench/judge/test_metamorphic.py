"""What must not change a judgement: when it all happened, in which order it was written down, and
right conduct that has nothing to do with it.
"""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tml_ros.bench.judge.agents import Chance, at_random, perfect
from tml_ros.bench.judge.conduct import AlarmSpan, Conduct, Request, Speaker, TimedWord, Utterance
from tml_ros.bench.judge.credit import QUESTIONS
from tml_ros.bench.judge.judgement import Judgement, judge
from tml_ros.bench.judge.made_up import TIGHT_S, WIDE_S, Piece, Script, made_up_truth
from tml_ros.bench.judge.outcome import Verdict
from tml_ros.sim.talk.act import Act
from tml_ros.sim.truth.expectation import Expectation, Rule, Says
from tml_ros.sim.truth.truth import Doubt, HazardSpan, SpokenLine, Truth
from tml_ros.turn.hazard import HazardKind

# Whole hundredths of a second, so that a sum of them is never a hair's breadth off a limit.
centiseconds = st.integers(100, 5_000).map(lambda hundredths: hundredths / 100)
lengths = st.integers(1, 600).map(lambda hundredths: hundredths / 100)
texts = st.sampled_from(
    ("yes", "no", "two", "three four", "smoke", "", "yes. smoke. no.", "all right. two.")
)
kinds = st.sampled_from((HazardKind.SIREN, HazardKind.PERSON_IN_ZONE))
zones = st.sampled_from(("here", "there"))
says = st.sampled_from((None, Says((("yes",),), ("no",)), Says((("smoke",),)), Says()))

pieces = st.builds(
    Piece,
    st.sampled_from(Script),
    offset_s=st.integers(100, 300).map(lambda hundredths: hundredths / 100),
    window_s=st.sampled_from((TIGHT_S, WIDE_S)),
    worded=st.booleans(),
)


@st.composite
def expectations(draw: st.DrawFn) -> Expectation:
    due = draw(centiseconds)
    return Expectation(
        draw(st.sampled_from(Rule)),
        due,
        round(due - draw(st.sampled_from((0.0, 0.2, 1.0))), 2),
        round(due + draw(lengths), 2),
        line=draw(st.none() | st.integers(0, 3)),
        says=draw(says),
        number=draw(st.none() | st.integers(1, 4)),
        over_speech=draw(st.booleans()),
    )


@st.composite
def spans(draw: st.DrawFn) -> HazardSpan:
    start, length = draw(centiseconds), draw(lengths)
    evident = draw(st.none() | st.just(round(start + length / 2, 2)))
    return HazardSpan(draw(kinds), draw(zones), start, round(start + length, 2), evident)


@st.composite
def truths(draw: st.DrawFn) -> Truth:
    """Anything at all, sensible or not."""
    doubts = draw(st.lists(st.tuples(kinds, zones, centiseconds, lengths), max_size=3))
    starts = draw(st.lists(st.none() | centiseconds, max_size=3))
    acts = st.sampled_from((Act.CHATTER, Act.CUE, Act.THANKS))
    return Truth(
        60.0,
        hazards=tuple(draw(st.lists(spans(), max_size=4))),
        doubts=tuple(
            Doubt(kind, zone, at, round(at + length, 2)) for kind, zone, at, length in doubts
        ),
        lines=tuple(
            SpokenLine(i, "anna", draw(acts), "yes", draw(lengths), start)
            for i, start in enumerate(starts)
        ),
        expected=tuple(draw(st.lists(expectations(), max_size=8))),
    )


@st.composite
def utterances(draw: st.DrawFn) -> Utterance:
    start, text = draw(centiseconds), draw(texts)
    words = tuple(
        TimedWord(word, round(start + 0.4 * i, 2), round(start + 0.4 * i + 0.3, 2))
        for i, word in enumerate(text.split())
    )
    return Utterance(
        start,
        round(start + draw(lengths), 2),
        text,
        draw(st.sampled_from(Speaker)),
        backchannel=draw(st.booleans()),
        cut=draw(st.booleans()),
        words=words if draw(st.booleans()) else (),
    )


@st.composite
def conducts(draw: st.DrawFn) -> Conduct:
    """Anything at all."""
    alarms = draw(st.lists(st.tuples(kinds, zones, centiseconds, st.none() | lengths), max_size=5))
    requests = draw(
        st.lists(st.tuples(centiseconds, st.sampled_from(("acknowledge", "other"))), max_size=3)
    )
    return Conduct(
        60.0,
        tuple(draw(st.lists(utterances(), max_size=8))),
        tuple(
            AlarmSpan(kind, zone, at, None if length is None else round(at + length, 2))
            for kind, zone, at, length in alarms
        ),
        tuple(Request(at, kind, "") for at, kind in requests),
        draw(st.dictionaries(st.integers(0, 3), centiseconds, max_size=2)),
    )


def verdicts(judgement: Judgement) -> list[object]:
    """A judgement without its times of day, and delays to a millionth of a second."""
    rows: list[object] = [
        (o.expectation, o.verdict, o.fault, _round(o.delay_s)) for o in judgement.outcomes
    ]
    rows += [(s.kind, s.zone, s.verdict, _round(s.delay_s)) for s in judgement.spans]
    rows += [(a.kind, a.zone, a.verdict, a.overlong) for a in judgement.alarms]
    rows += [(t.kind, _round(t.open_s), _round(t.idle_s)) for t in judgement.times]
    return [*rows, *((said.text, said.backchannel) for said in judgement.unprovoked)]


def _round(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 5)


@given(truths(), conducts())
@settings(max_examples=100, deadline=None)
def test_anything_can_be_judged(truth: Truth, conduct: Conduct) -> None:
    judgement = judge(truth, conduct)
    assert [o.rule for o in judgement.outcomes] == [asked.rule for asked in truth.expected]
    for outcome in judgement.outcomes:
        assert (outcome.fault is not None) == (outcome.verdict is Verdict.WRONG)
        assert outcome.delay_s is None or outcome.verdict is Verdict.RIGHT
        assert outcome.why
    answered = [o for o in judgement.outcomes if o.rule in QUESTIONS and o.verdict is Verdict.RIGHT]
    speech = [u for u in conduct.utterances if u.by is Speaker.MODEL and not u.backchannel]
    assert len(answered) <= len(speech)
    assert len(judgement.spans) == len(truth.hazards)
    assert len(judgement.alarms) == len(conduct.alarms)


@given(truths(), conducts(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_in_which_it_was_written_down_changes_nothing(
    truth: Truth, conduct: Conduct, order: random.Random
) -> None:
    shuffled = replace(
        conduct,
        utterances=tuple(order.sample(conduct.utterances, len(conduct.utterances))),
        alarms=tuple(order.sample(conduct.alarms, len(conduct.alarms))),
        requests=tuple(order.sample(conduct.requests, len(conduct.requests))),
    )
    turned = replace(truth, hazards=truth.hazards[::-1], doubts=truth.doubts[::-1])
    assert judge(turned, shuffled) == judge(truth, conduct)


@given(truths(), conducts(), st.integers(1, 200))
@settings(max_examples=60, deadline=None)
def test_later_in_the_day_it_is_judged_the_same(
    truth: Truth, conduct: Conduct, seconds: int
) -> None:
    by = float(seconds)
    later = judge(_shifted_truth(truth, by), _shifted_conduct(conduct, by))
    assert verdicts(later) == verdicts(judge(truth, conduct))


@given(st.lists(pieces, min_size=1, max_size=4), st.integers(0, 99), st.data())
@settings(max_examples=60, deadline=None)
def test_a_right_warning_beside_it_makes_nothing_worse(
    written: list[Piece], seed: int, data: st.DataObject
) -> None:
    """Wherever it falls, also into a pause or another's window, unless it is cut off by "stop"."""
    truth = made_up_truth(written)
    conduct = data.draw(
        st.sampled_from((perfect(truth), at_random(truth, seed=seed, chance=Chance(speech=600))))
    )
    hundredths = data.draw(st.integers(300, round(100 * truth.seconds) - 800))
    at = hundredths / 100
    kind, zone = HazardKind.VEHICLE_NEAR_PERSON, "yard"
    by = data.draw(st.sampled_from(Speaker))
    before = judge(truth, conduct)
    after = judge(
        replace(
            truth,
            hazards=(*truth.hazards, HazardSpan(kind, zone, at, at + 4, at)),
            expected=(
                *truth.expected,
                Expectation(Rule.WARN, at, at, at + 2, says=Says((("vehicle",),))),
            ),
        ),
        replace(
            conduct,
            utterances=(*conduct.utterances, Utterance(at, at + 1.2, "vehicle in the yard", by)),
            alarms=(*conduct.alarms, AlarmSpan(kind, zone, at, at + 4)),
        ),
    )
    assert after.outcomes[-1].verdict is Verdict.RIGHT
    worth = {Verdict.WRONG: 0, Verdict.VOID: 1, Verdict.RIGHT: 2}
    for was, now in zip(before.outcomes, after.outcomes, strict=False):
        told_to_stop = was.rule is Rule.FALL_SILENT and by is Speaker.MODEL
        if not told_to_stop:
            assert worth[now.verdict] >= worth[was.verdict], (was, now)
    kept = [alarm for alarm in after.alarms if alarm.zone != zone]
    assert kept == list(before.alarms)
    assert [s for s in after.spans if s.zone != zone] == list(before.spans)
    assert len(after.unprovoked) <= len(before.unprovoked)


def _shifted_truth(truth: Truth, by: float) -> Truth:
    def moved(*times: float | None) -> list[float | None]:
        return [None if time is None else round(time + by, 2) for time in times]

    return replace(
        truth,
        seconds=truth.seconds + by,
        hazards=tuple(
            HazardSpan(s.kind, s.zone, *moved(s.start_s, s.end_s, s.evident_s))
            for s in truth.hazards
        ),
        doubts=tuple(Doubt(d.kind, d.zone, *moved(d.start_s, d.end_s)) for d in truth.doubts),
        lines=tuple(replace(line, start_s=moved(line.start_s)[0]) for line in truth.lines),
        expected=tuple(
            e
            if e.line is not None
            else replace(e, due_s=e.due_s + by, opens_s=e.opens_s + by, closes_s=e.closes_s + by)
            for e in truth.expected
        ),
    )


def _shifted_conduct(conduct: Conduct, by: float) -> Conduct:
    return Conduct(
        conduct.seconds + by,
        tuple(
            replace(
                u,
                start_s=round(u.start_s + by, 2),
                end_s=round(u.end_s + by, 2),
                words=tuple(
                    TimedWord(w.word, round(w.start_s + by, 2), round(w.end_s + by, 2))
                    for w in u.words
                ),
            )
            for u in conduct.utterances
        ),
        tuple(
            replace(
                a,
                raised_s=round(a.raised_s + by, 2),
                gone_s=None if a.gone_s is None else round(a.gone_s + by, 2),
            )
            for a in conduct.alarms
        ),
        tuple(replace(r, at_s=round(r.at_s + by, 2)) for r in conduct.requests),
        {line: round(start + by, 2) for line, start in conduct.line_starts.items()},
    )
