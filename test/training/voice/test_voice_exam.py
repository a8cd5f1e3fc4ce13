import json
import shutil

import pytest

from tml_ros.cell.paced_choice import SpokenKind, VoiceChoice
from tml_ros.model.interaction_net import fresh_net
from tml_ros.training.voice import voice_exam as module
from tml_ros.training.voice.voice_exam import VoiceExam, VoiceRow, said, voice_exam
from tml_ros.training.voice.voice_texts import SpokenText
from tml_ros.turn.micro_turn import TURN_SAMPLES


def row(kind, *, new=False, handed_over=20, free=20, original=20):
    return VoiceRow(kind, new, 20, handed_over, free, original)


@pytest.mark.parametrize(
    ("rows", "own"),
    [
        ((row(SpokenKind.COUNT),), {SpokenKind.COUNT}),
        ((row(SpokenKind.COUNT, handed_over=18),), set()),
        ((row(SpokenKind.COUNT, free=18),), set()),
        # Where espeak-ng is not understood either, a voice need not be better.
        ((row(SpokenKind.COUNT, handed_over=18, free=18, original=18),), {SpokenKind.COUNT}),
        ((row(SpokenKind.COUNT, handed_over=0, free=0, original=0),), set()),
        ((row(SpokenKind.COUNT), row(SpokenKind.COUNT, new=True, free=3)), set()),
        ((row(SpokenKind.COUNT), row(SpokenKind.CUE, free=3)), {SpokenKind.COUNT}),
    ],
)
def test_a_kind_is_said_with_the_own_voice_where_all_of_it_is_understood(rows, own):
    assert VoiceExam(rows, ()).choice().own == own


def test_the_share_is_that_of_the_originals():
    rows = (row(SpokenKind.COUNT, handed_over=10), row(SpokenKind.CUE, original=10, handed_over=5))
    assert VoiceExam(rows, ()).share() == pytest.approx(0.5)
    assert VoiceExam((), ()).share() == 0


def test_what_is_kept_with_the_weights_is_read_by_who_opens_them():
    exam = VoiceExam((row(SpokenKind.COUNT), row(SpokenKind.CUE, free=3)), (("One.", ""),))
    facts = json.loads(json.dumps(exam.as_facts()))
    assert VoiceChoice.from_facts(facts) == exam.choice()
    assert [one["free"] for one in facts["voice_exam"]["rows"]] == [20, 3]


def test_a_text_takes_its_turns_and_the_same_seed_says_it_alike(preset):
    net = fresh_net(preset)
    one, other = said(net, "Step back."), said(net, "Step back.")
    assert len(one) == 5 * TURN_SAMPLES
    assert (one == other).all()
    assert len(said(net, "Step back.", free=True)) == len(one)


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
def test_a_voice_that_was_not_taught_is_not_understood(preset, monkeypatch):
    pytest.importorskip("pocketsphinx")
    monkeypatch.setattr(module, "_EACH", 1)
    exam = voice_exam(fresh_net(preset), (SpokenText("The old gate is clear.", SpokenKind.CUE),))
    assert exam.share() < 0.3
    assert exam.choice().own == frozenset()
    assert {one.kind for one in exam.rows} == set(SpokenKind)
    assert [one.count for one in exam.rows if one.new] == [1]
    assert sum(one.original for one in exam.rows) >= 0.6 * sum(one.count for one in exam.rows)
