from collections import Counter

import numpy as np
import pytest

from tml_ros.bench.evaluation.voice_phrases import EARS, MACHINES, ZONES
from tml_ros.cell.paced_choice import SpokenKind
from tml_ros.safety.warning_text import warning_text
from tml_ros.sim.scenario.random_exchanges import FINDINGS
from tml_ros.sim.scenario.random_hall import MACHINE_NAMES, ZONE_NAMES
from tml_ros.sim.split import Split
from tml_ros.sim.talk import replies
from tml_ros.sim.talk.names import written_name
from tml_ros.training.voice.voice_texts import drawn_texts, fixed_texts, made_up_texts, texts_of
from tml_ros.training.voice.voice_words import GENERAL
from tml_ros.turn.hazard import HazardKind

FIXED = {one.text for one in fixed_texts()}


@pytest.mark.parametrize(
    "text",
    [
        *replies.BACKCHANNELS,
        replies.CONFIRMATION,
        *(replies.is_safe(zone).text for zone in ZONE_NAMES.values()),
        *(replies.nobody_is_in(zone).text for zone in ZONE_NAMES.values()),
        *(warning_text(HazardKind.PERSON_IN_ZONE, zone) for zone in ZONE_NAMES.values()),
        *(replies.checking(f"{name}_1").text for name in MACHINE_NAMES.values()),
        *(replies.counting(number).text for number in (1, 12, 100)),
        replies.reminder(30).text,
        replies.tick(10, 40).text,
        *FINDINGS,
    ],
)
def test_whatever_a_cell_says_in_a_scenario_is_taught(text):
    assert text in FIXED


def test_the_same_source_gives_the_same_texts():
    one, other = (drawn_texts(np.random.default_rng(5), 60) for _ in range(2))
    assert one == other
    assert drawn_texts(np.random.default_rng(6), 60) != one


def test_all_kinds_and_made_up_sentences_are_drawn_and_no_text_twice():
    drawn = drawn_texts(np.random.default_rng(0), 200)
    assert {one.kind for one in drawn} == {*SpokenKind, None}
    assert len({one.text for one in drawn}) == len(drawn) == 200


def test_what_is_asked_in_an_exam_as_new_is_not_taught():
    taught, asked = texts_of(0, 400)
    assert {one.kind for one in asked} == set(SpokenKind)
    assert not {one.text for one in asked} & {one.text for one in taught}


def test_made_up_sentences_say_every_word_equally_often():
    sentences = made_up_texts(np.random.default_rng(0), 700)
    assert sentences == made_up_texts(np.random.default_rng(0), 700)
    said = Counter(" ".join(sentences).lower().replace(".", "").split())
    alone = [word for word in GENERAL if " " not in word]
    counts = [said[word.lower()] for word in alone]
    assert min(counts) >= 2


def test_names_that_the_bench_holds_out_are_never_said_but_their_words_are_known():
    taught, asked = texts_of(1, 1500)
    texts = [one.text.lower() for one in (*taught, *asked)]
    texts += [text.lower() for text in made_up_texts(np.random.default_rng(0), 2500)]
    for pool in (ZONES, MACHINES, EARS):
        for name in pool.of(Split.HELD_OUT):
            told = written_name(name) if pool is not EARS else name.replace("_", " ")
            assert not any(told in text for text in texts), told
            assert set(name.split("_")) <= set(GENERAL)
