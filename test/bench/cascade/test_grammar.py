from __future__ import annotations

import pytest

from tml_ros.bench.cascade.grammar import (
    COMMANDS,
    NOT_FOR_THE_CELL,
    phrases_of,
    plain,
    typed_plain,
)
from tml_ros.bench.cascade.pronunciation import arpabet
from tml_ros.sim.split import Split
from tml_ros.sim.talk.act import Act
from tml_ros.sim.talk.phrasebook import WORDINGS, filled

PHRASES = phrases_of(("press_area", "dock_2"))


def test_every_act_that_is_for_the_cell_can_be_said_and_chatter_beside_it():
    assert {phrase.act for phrase in PHRASES} == {*COMMANDS, *NOT_FOR_THE_CELL}
    assert Act.LONG_STORY not in COMMANDS


def test_no_held_out_wording_is_in_the_grammar():
    known = {phrase.text for phrase in PHRASES}
    for act, pools in WORDINGS.items():
        if act in (Act.UH_HUH, Act.THANKS):
            continue
        for pool in pools:
            for wording in pool.of(Split.HELD_OUT):
                assert plain(filled(wording, zone="press_area", thing="the cart")) not in known


def test_phrases_carry_the_names_of_the_cell():
    about = {(phrase.text, phrase.act): phrase.about for phrase in PHRASES}
    assert about["is anyone in the press area", Act.ASK_WHO] == "press_area"
    assert about["is anyone in dock two", Act.ASK_WHO] == "dock_2"
    assert about["remind me in ten seconds", Act.REMIND] == "10"


def test_each_text_means_one_thing_and_is_plain():
    texts = [phrase.text for phrase in PHRASES]
    assert len(set(texts)) == len(texts)
    assert all(plain(text) == text for text in texts)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Remind me in 30 seconds!", "remind me in thirty seconds"),
        ("Is PRESS 2 fine?", "is press two fine"),
        ("He\u2019s at six o'clock.", "he's at six o'clock"),
        ("99999", ""),
    ],
)
def test_what_is_typed_is_read_as_it_would_be_said(text, said):
    assert typed_plain(text) == said


@pytest.mark.parametrize(
    ("phonemes", "said"),
    [
        (" k@nv'eI3\n", "K AH N V EY ER"),
        ("r'oUbA:t#", "R OW B AA D"),
        ("f'o@klIft", "F AO R K L IH F T"),
        ("tS'aIn", "CH AY N"),
        ("", ""),
    ],
)
def test_phonemes_of_the_speech_program_become_those_of_the_recogniser(phonemes, said):
    assert arpabet(phonemes) == said
