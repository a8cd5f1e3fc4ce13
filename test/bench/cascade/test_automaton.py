from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.bench.cascade.automaton import START, automaton

WORDS = st.sampled_from(["is", "it", "safe", "stop", "go", "on"])
TEXTS = st.sets(st.lists(WORDS, min_size=1, max_size=5).map(" ".join), min_size=1, max_size=30)


def accepted(made):
    """Everything that leads from the beginning to the end."""
    found, open_ = set(), [(START, "")]
    while open_:
        state, text = open_.pop()
        if state == made.final:
            found.add(text)
        open_ += [(a.end, f"{text} {a.word}".strip()) for a in made.arcs if a.begin == state]
    return found


@given(TEXTS)
def test_it_accepts_just_the_texts(texts):
    made = automaton(texts)
    assert accepted(made) == texts
    assert set(made.words) == {word for text in texts for word in text.split()}


@given(TEXTS)
def test_no_state_has_two_arcs_of_one_word_and_all_lead_forward(texts):
    made = automaton(texts)
    pairs = [(arc.begin, arc.word) for arc in made.arcs]
    assert len(set(pairs)) == len(pairs)
    assert all(arc.begin < arc.end for arc in made.arcs)


def test_beginnings_and_endings_are_shared():
    made = automaton(f"tell me in {n} seconds" for n in ("one", "two", "three"))
    assert len(made.arcs) == 3 + 3 + 1
    assert made.final == 5


def test_the_order_of_the_texts_does_not_matter():
    assert automaton(["go on", "stop", "stop it"]) == automaton(["stop it", "go on", "stop"])


@pytest.mark.parametrize("texts", [[], [""], ["go on", " "]])
def test_a_grammar_of_nothing_is_refused(texts):
    with pytest.raises(ValueError, match="grammar"):
        automaton(texts)
