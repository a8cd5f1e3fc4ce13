"""A bar is met, missed or not measured, and nobody is praised for what was not judged."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tml_ros.bench.judge.interval import Estimate
from tml_ros.bench.model_card.bars import Bar, Measured, Standing, Unit, bars, held_bars
from tml_ros.bench.model_card.evidence import Done, Evaluation, Evidence, read_evaluation
from tml_ros.sim.split import Split
from tml_ros.sim.truth.expectation import Rule

UNTOLD = {"voice: understood, of what is of espeak-ng", "one turn, p99"}


def standings(evidence):
    return {one.bar.what: one.standing for one in held_bars(evidence)}


@pytest.mark.parametrize(
    ("value", "low", "high", "most", "standing"),
    [
        (0.97, 0.96, 0.98, False, Standing.MET),
        (0.97, 0.90, 0.99, False, Standing.UNSURE),
        (0.95, None, None, False, Standing.MET),
        (0.94, 0.90, 0.99, False, Standing.MISSED),
        (0.50, 0.40, 0.90, True, Standing.MET),
        (0.50, 0.40, 3.70, True, Standing.UNSURE),
        (1.50, 0.40, 3.70, True, Standing.MISSED),
    ],
)
def test_the_figure_decides_and_its_interval_tells_how_sure_that_is(
    value, low, high, most, standing
):
    measured = Measured(Estimate(value, low, high), 10, "")
    bar = Bar("a", 0.95, Unit.SHARE, lambda _: measured, most)
    assert bar.held(Evidence()).standing is standing


def test_nothing_is_measured_without_evidence():
    assert {one.standing for one in held_bars(Evidence())} == {Standing.NOT_MEASURED}
    names = [bar.what for bar in bars()]
    assert len(names) == len(set(names))


def test_who_does_everything_right_misses_nothing_and_who_is_mute_what_is_to_be_done(evaluated):
    perfect = standings(Evidence((read_evaluation(evaluated("perfect")),)))
    mute = standings(Evidence((read_evaluation(evaluated("mute")),)))
    assert Standing.MISSED not in perfect.values()
    assert {name for name in UNTOLD if perfect[name] is Standing.NOT_MEASURED} == UNTOLD
    for name in (
        "model alone, person in zone: found",
        "guards and model, person in zone: found",
        "right reply, speech 5 dB or more above all else",
        "right reply, 0 to 5 dB",
        "warns within 0.6 s",
        "speaks within 0.4 s of a time that was set",
        "counts, off by one at most",
    ):
        assert perfect[name] in {Standing.MET, Standing.UNSURE}
        assert mute[name] is Standing.MISSED
    left = {"takes over in a pause for thought", "answers chatter that is not meant for it"}
    assert Standing.MISSED not in {mute[name] for name in left}


def test_who_speaks_all_the_time_misses_what_is_to_be_left(evaluated):
    told = standings(Evidence((read_evaluation(evaluated("chattering")),)))
    for name in ("takes over in a pause for thought", "speaks unasked"):
        assert told[name] is Standing.MISSED
    false = [name for name in told if "false alarms" in name]
    assert Standing.MISSED in {told[name] for name in false}


def test_half_a_second_late_is_too_late_to_warn_and_to_answer(evaluated):
    late = standings(Evidence((read_evaluation(evaluated("0.5 s late")),)))
    assert late["answers begin after a question, p50"] is Standing.MISSED
    assert late["warns within 0.6 s"] is Standing.MISSED


def test_training_looks_meet_no_bar(evaluated):
    known = read_evaluation(evaluated("perfect", looks=Split.TRAIN))
    assert set(standings(Evidence((known,))).values()) == {Standing.NOT_MEASURED}


def test_without_records_only_what_needs_them_is_not_measured(evaluated):
    folder = evaluated("perfect")
    whole = standings(Evidence((read_evaluation(folder),)))
    alone = standings(Evidence((read_evaluation(folder / "summary.json"),)))
    differ = {name for name in whole if whole[name] is not alone[name]}
    assert differ == {
        "right reply, speech 5 dB or more above all else",
        "right reply, 0 to 5 dB",
        "warns within 0.6 s",
    }
    assert {alone[name] for name in differ} == {Standing.NOT_MEASURED}


@pytest.mark.parametrize(
    ("snr_db", "quiet", "noisy"),
    [(5.0, 1, None), (4.9, None, 1), (0.0, None, 1), (-0.1, None, None), (None, None, None)],
)
def test_replies_belong_to_how_loud_they_were_asked_for(evaluated, snr_db, quiet, noisy):
    one = read_evaluation(evaluated("mute", seeds=1))
    done = (Done(Rule.ANSWER, True, 0.2, snr_db), Done(Rule.QUIET, False, None, 20.0))
    held = {one.bar.what: one for one in held_bars(Evidence((replace(one, done=done),)))}
    counts = [
        found.measured and found.measured.count
        for name, found in held.items()
        if name.startswith("right reply")
    ]
    assert counts == [quiet, noisy]


@pytest.mark.parametrize(
    ("right", "originals", "standing"),
    [(95, 95, Standing.MET), (91, 95, Standing.UNSURE), (80, 95, Standing.MISSED)],
)
def test_a_voice_is_held_against_what_is_understood_at_best(evaluated, right, originals, standing):
    one = read_evaluation(evaluated("mute", seeds=1))
    heard = {"count": 96, "right": right, "originals": originals}
    told = {**one.told, "voice": {"understood": {"all": heard}}}
    evidence = Evidence((Evaluation(told),))
    assert standings(evidence)["voice: understood, of what is of espeak-ng"] is standing


def test_of_several_evaluations_the_one_with_most_counts(evaluated):
    few = read_evaluation(evaluated("perfect", seeds=1))
    many = read_evaluation(evaluated("mute", seeds=3))
    told = standings(Evidence((few, many)))
    assert told["counts, off by one at most"] is Standing.MISSED


@pytest.mark.parametrize(("p99", "standing"), [(19.9, Standing.MET), (20.1, Standing.MISSED)])
def test_a_turn_has_its_time(p99, standing):
    told = standings(Evidence(turn={"turn_ms": {"p50": 9.0, "p99": p99}}))
    assert told["one turn, p99"] is standing
