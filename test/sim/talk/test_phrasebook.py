"""Wordings: enough of them, told apart by split, and all of them sayable."""

from __future__ import annotations

import itertools
import re

import pytest

from tml_ros.sim.split import Split
from tml_ros.sim.talk.act import Act
from tml_ros.sim.talk.numbers import number_of
from tml_ros.sim.talk.phrasebook import WORDINGS, filled, grammar_phrases, slots
from tml_ros.sim.truth.expectation import plain_words

MANY = {Act.CHATTER, Act.NEAR_MISS}
ALL = [(act, pool) for act, pools in WORDINGS.items() for pool in pools]


def stems(wording: str) -> set[str]:
    return set(plain_words(re.sub(r"\{\w+\}", " ", wording)).split())


@pytest.mark.parametrize("act", Act)
def test_every_act_has_enough_wordings_of_both_splits(act: Act) -> None:
    for pool in WORDINGS[act]:
        assert len(pool.train) >= (40 if act in MANY else 6)
        assert len(pool.held_out) >= (20 if act in MANY else 3)


def test_no_wording_belongs_to_two_acts() -> None:
    plain = [plain_words(wording) for _, pool in ALL for wording in (*pool.train, *pool.held_out)]
    assert len(set(plain)) == len(plain)


def test_a_held_out_wording_is_another_sentence_than_any_to_learn_from() -> None:
    train = [stems(wording) for _, pool in ALL for wording in pool.train]
    for _, pool in ALL:
        for wording in pool.held_out:
            held = stems(wording)
            alike = max(len(held & other) / len(held | other) for other in train)
            assert alike <= 0.5, wording


@pytest.mark.parametrize(("act", "pool"), ALL)
def test_wordings_have_one_known_slot_at_most_and_are_plain_to_say(act: Act, pool: object) -> None:
    for wording in (*pool.train, *pool.held_out):  # type: ignore[attr-defined]
        assert len(slots(wording)) <= 1
        assert slots(wording) <= {"zone", "machine", "seconds", "thing"}
        said = filled(wording, zone="press_area", machine="press_2", seconds=45)
        assert re.fullmatch(r"[A-Za-z][A-Za-z' ,.!?]*[.!?]", said), said
        assert "..." not in said and "  " not in said
        # A synthesiser spells out what has no vowel.
        assert all(re.search("[aeiouy]", word) for word in plain_words(said).split())


@pytest.mark.parametrize("wording", WORDINGS[Act.LONG_STORY][0].train)
def test_a_long_story_takes_more_than_six_seconds(wording: str) -> None:
    assert len(filled(wording).split()) / 3.0 > 8.0


def test_every_question_of_a_place_names_it() -> None:
    for act in (Act.ASK_SAFE, Act.ASK_WHO, Act.INSTEAD):
        for pool in WORDINGS[act]:
            assert all(slots(wording) == {"zone"} for wording in (*pool.train, *pool.held_out))


def test_the_phrases_of_a_grammar_are_all_and_only_those_of_its_split() -> None:
    names = {"zones": ["press_area", "bay_2"], "machines": ["press_2"], "things": ["forklift"]}
    train = grammar_phrases(Act, split=Split.TRAIN, **names)
    held = grammar_phrases(Act, split=Split.HELD_OUT, **names)
    assert not {phrase.text for phrase in train} & {phrase.text for phrase in held}
    assert {phrase.act for phrase in train} == set(Act)
    assert len(set(train)) == len(train)
    assert ("Is bay two clear?", Act.ASK_SAFE, "bay_2") in train
    assert ("Tell me when the forklift is gone.", Act.CUE, "forklift") in train
    assert ("Tell me when the press area is clear.", Act.CUE, "press_area") in train
    assert ("Remind me in forty five seconds.", Act.REMIND, "45") in train
    assert ("Count the boxes.", Act.COUNT, "boxes") in train
    assert ("Why did press two stop?", Act.ASK_WHY, "press_2") in train
    counts = {act: len(list(group)) for act, group in itertools.groupby(train, lambda p: p.act)}
    assert counts[Act.ASK_SAFE] == 2 * len(WORDINGS[Act.ASK_SAFE][0].train)
    for phrase in train:
        if phrase.act in (Act.REMIND, Act.EVERY):
            assert number_of(phrase.about) is not None
