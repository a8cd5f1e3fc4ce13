"""A conversation: who speaks, what is said, and that it can be saved, reset and flooded."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tml_ros.model.conversation import Conversation, TextChoice, TurnOrderError
from tml_ros.model.dialogue_tokens import TextKind
from tml_ros.model.own_state import OWN_STATE_WIDTH
from tml_ros.model.preset import Preset
from tml_ros.model.tokenizer import (
    ARGUMENT,
    DELEGATE,
    END,
    HOLD,
    AllowedTokens,
    load_tokenizer,
    sound_text,
)
from tml_ros.turn.turn_output import DelegationRequest, Floor

PRESET = Preset(name="tiny")
TOKENIZER = load_tokenizer()
LISTEN, SPEAK, BACKCHANNEL = (np.eye(3, dtype=np.float32) * 20)[:3]
UNSURE = np.zeros(3, np.float32)
WARNING = "Warning. Person in the press area. Step back."


def conversation(session=0, preset=PRESET):
    return Conversation(preset, TOKENIZER, session=session)


def one_turn(talk, turn, logits=UNSURE, texts=(), generated=(HOLD,)):
    taken = talk.take_in(tuple(texts), turn=turn)
    decision = talk.decide(logits)
    return taken, decision, talk.say(() if decision.text is TextChoice.NONE else generated)


def said_until_ended(talk, turn, logits, most=200):
    pieces, voices = [], []
    for number in range(turn, turn + most):
        _, _, said = one_turn(talk, number, logits)
        pieces.append(said.text)
        voices.append(said.voice)
        if said.ended:
            return "".join(pieces), voices
    raise AssertionError("it never ended")


@pytest.mark.parametrize("logits", [LISTEN, SPEAK, UNSURE, np.full(3, np.nan, np.float32)])
@pytest.mark.parametrize("text", [WARNING, "Ja.", "Ölstand 12,5 l/min 温度 👷🏽‍♂️!", "  x  "])
def test_an_urgent_text_comes_out_whole_and_once_whatever_the_model_decides(text, logits):
    talk = conversation()
    one_turn(talk, 0)
    talk.inject(text, how="spoken", urgent=True)
    said, voices = said_until_ended(talk, 1, logits)
    assert said == text.strip()
    assert all(voice is not None for voice in voices)
    assert one_turn(talk, 900, LISTEN)[2].voice is None


def test_a_text_is_said_at_the_presets_pace():
    talk = conversation()
    talk.inject(WARNING, how="spoken", urgent=True)
    _, voices = said_until_ended(talk, 0, UNSURE)
    seconds = len(voices) / 5
    spoken = len(WARNING) / PRESET.text.characters_per_second
    assert spoken <= seconds <= spoken + 0.4 + 1e-9


def test_an_ordinary_text_waits_for_the_model_to_speak():
    talk = conversation()
    talk.inject("All is well.", how="spoken")
    assert [one_turn(talk, turn, LISTEN)[2].voice for turn in range(5)] == [None] * 5
    _, decision, said = one_turn(talk, 5, SPEAK)
    assert (decision.text, decision.floor) == (TextChoice.NONE, Floor.SPEAK)
    assert said.text and said.voice is not None


def test_an_ordinary_text_starts_after_the_patience_and_is_not_cut_by_the_listen_it_began_against():
    talk = conversation()
    talk.inject("All is well.", how="spoken")
    silent = round(PRESET.voice.reply_patience * 5)
    for turn in range(silent):
        assert one_turn(talk, turn, LISTEN)[2].voice is None
    assert said_until_ended(talk, silent, LISTEN)[0] == "All is well."


def test_a_listen_that_rises_breaks_off_a_text_in_that_very_turn_and_noise_does_not():
    talk = conversation()
    talk.inject(WARNING, how="spoken")
    one_turn(talk, 0, SPEAK)
    noise = np.array([0.6, 0.0, 0.5], np.float32)
    assert one_turn(talk, 1, noise)[2].voice is not None
    _, decision, said = one_turn(talk, 2, LISTEN)
    assert decision.floor is Floor.LISTEN
    assert (said.text, said.voice, said.ended) == ("", None, True)
    assert talk.counters["handed_over_cut_short"] == 1
    assert one_turn(talk, 3, LISTEN)[2].ended is False


@pytest.mark.parametrize("urgent", [False, True])
def test_yielding_ends_speech_in_the_same_turn_and_nothing_ordinary_begins(urgent):
    talk = conversation()
    talk.inject(WARNING, how="spoken", urgent=urgent)
    one_turn(talk, 0, SPEAK)
    talk.inject("Something else.", how="spoken")
    talk.yield_floor()
    _, decision, said = one_turn(talk, 1, SPEAK)
    assert decision.floor is Floor.LISTEN
    assert (said.text, said.voice, said.ended) == ("", None, True)
    assert one_turn(talk, 2, SPEAK)[2].text.startswith("So")


def test_after_a_yield_texts_wait_for_their_patience_anew():
    talk = conversation()
    talk.inject("Later.", how="spoken")
    silent = round(PRESET.voice.reply_patience * 5)
    for turn in range(silent):
        one_turn(talk, turn, LISTEN)
    talk.yield_floor()
    one_turn(talk, silent, LISTEN)
    for turn in range(silent + 1, 2 * silent):
        assert one_turn(talk, turn, LISTEN)[2].voice is None
    assert said_until_ended(talk, 2 * silent, LISTEN)[0] == "Later."


def test_an_urgent_text_replaces_an_ordinary_one_at_once_and_another_urgent_one_waits():
    talk = conversation()
    talk.inject("The bearing of press 1 is worn.", how="spoken")
    one_turn(talk, 0, SPEAK)
    talk.inject("Ordinary.", how="spoken")
    talk.inject("Fire!", how="spoken", urgent=True)
    talk.inject("Leave!", how="spoken", urgent=True)
    assert said_until_ended(talk, 1, LISTEN)[0] == "Fire!"
    assert said_until_ended(talk, 50, LISTEN)[0] == "Leave!"


def test_free_speech_says_what_is_generated_and_ends_when_it_has_been_said():
    talk = conversation()
    tokens = [*TOKENIZER.encode("Yes, it is."), END]
    _, decision, said = one_turn(talk, 0, SPEAK, generated=tokens[:4])
    assert decision == type(decision)(Floor.SPEAK, TextChoice.FREE)
    text, turn = said.text, 1
    while not said.ended:
        rest = tokens[4 * turn : 4 * turn + 4] or [HOLD]
        _, _, said = one_turn(talk, turn, UNSURE, generated=rest)
        text, turn = text + said.text, turn + 1
    assert text == "Yes, it is."
    assert turn <= 8
    assert one_turn(talk, turn, LISTEN)[2].voice is None


def test_a_listen_ends_free_speech_in_the_same_turn():
    talk = conversation()
    words = TOKENIZER.encode("Yes, it is.")[:4]
    one_turn(talk, 0, SPEAK, generated=words)
    _, decision, said = one_turn(talk, 1, LISTEN, generated=words)
    assert decision.text is TextChoice.OPENING
    assert (said.text, said.voice, said.ended) == ("", None, True)


def test_free_speech_without_a_word_is_silent_and_ends():
    talk = conversation()
    for turn in range(10):
        _, _, said = one_turn(talk, turn, SPEAK)
        assert said.voice is None
    assert said.ended


def test_free_speech_is_bounded():
    talk = conversation()
    ended = 0
    word = TOKENIZER.encode(" word")[:1] * 4
    for turn in range(200):
        ended += one_turn(talk, turn, SPEAK, generated=word)[2].ended
    assert ended == 1


def test_a_backchannel_is_said_beside_listening_and_is_short():
    talk = conversation()
    _, decision, said = one_turn(talk, 0, BACKCHANNEL, generated=TOKENIZER.encode("Mhm")[:4])
    assert (decision.floor, said.floor) == (Floor.BACKCHANNEL, Floor.BACKCHANNEL)
    assert said.text == "Mhm" and said.voice is not None
    ends = [one_turn(talk, turn, BACKCHANNEL)[2].ended for turn in range(1, 7)]
    assert any(ends)


def test_a_delegation_comes_out_of_silence_and_is_neither_said_nor_shown():
    talk = conversation(session=7)
    ids = [DELEGATE, *TOKENIZER.encode("machine_status"), ARGUMENT]
    ids += [*TOKENIZER.encode("Is press 2 safe? <end>"), END]
    said, turn = [], 0
    for turn, first in enumerate(range(0, len(ids), 4)):
        talk.take_in((), turn=turn)
        choice = talk.decide(LISTEN).text
        assert choice is (TextChoice.INSIDE if turn else TextChoice.OPENING)
        part = ids[first : first + 4]
        for slot, token in enumerate(part):
            assert TOKENIZER.masks[talk.allowed(part[:slot]), token]
        said.append(talk.say(part))
    assert [one.delegations for one in said[:-1]] == [()] * (len(said) - 1)
    wanted = DelegationRequest("7-1", "machine_status", "Is press 2 safe? <end>")
    assert said[-1].delegations == (wanted,)
    assert all(one.text == "" and one.voice is None for one in said)
    own = one_turn(talk, turn + 1)[0]
    assert own.text.tolist() == part
    assert set(own.kind.tolist()) == {TextKind.OWN}


def test_urgent_text_interrupts_a_delegation_which_then_goes_on():
    talk = conversation()
    one_turn(talk, 0, LISTEN, generated=[DELEGATE, *TOKENIZER.encode("look"), ARGUMENT])
    talk.inject("Fire!", how="spoken", urgent=True)
    assert said_until_ended(talk, 1, LISTEN)[0] == "Fire!"
    _, decision, said = one_turn(talk, 20, LISTEN, generated=[*TOKENIZER.encode("up"), END])
    assert decision.text is TextChoice.INSIDE
    assert said.delegations == (DelegationRequest("0-1", "look", "up"),)


def test_what_may_be_generated_depends_on_the_floor_and_on_the_tokens_before():
    talk = conversation()
    talk.take_in((), turn=0)
    talk.decide(LISTEN)
    (letter,) = TOKENIZER.encode("a")
    table = {
        (): AllowedTokens.OPENING,
        (HOLD,): AllowedTokens.NOTHING,
        (DELEGATE,): AllowedTokens.KIND_BEGINS,
        (DELEGATE, letter): AllowedTokens.KIND,
        (DELEGATE, letter, ARGUMENT): AllowedTokens.QUESTION,
        (DELEGATE, letter, ARGUMENT, END): AllowedTokens.OPENING,
    }
    assert {prefix: talk.allowed(prefix) for prefix in table} == table
    talk.say([])
    talk.take_in((), turn=1)
    talk.decide(SPEAK)
    table = {
        (): AllowedTokens.FREE,
        (letter,): AllowedTokens.FREE,
        (letter, END): AllowedTokens.OPENING,
        (DELEGATE, letter, ARGUMENT, END): AllowedTokens.FREE,
    }
    assert {prefix: talk.allowed(prefix) for prefix in table} == table


def test_a_token_that_is_not_allowed_ends_the_turn_and_is_counted():
    talk = conversation()
    words = TOKENIZER.encode("I talk")
    _, _, said = one_turn(talk, 0, LISTEN, generated=words)
    assert (said.text, said.voice) == ("", None)
    assert talk.counters["tokens_refused"] == 1
    assert one_turn(talk, 1)[0].text.size == 0


def test_text_comes_in_with_its_kind_place_order_and_end():
    talk = conversation()
    talk.inject("context", how="silent")
    talk.inject("Speak German.", how="instruction")
    taken, _, _ = one_turn(talk, 0, texts=["Is it safe?", "  "])
    parts = (
        ("Speak German.", TextKind.INSTRUCTION),
        ("Is it safe?", TextKind.TYPED),
        ("context", TextKind.SILENT),
    )
    ids = [[*TOKENIZER.encode(text), END] for text, _ in parts]
    assert taken.text.tolist() == [token for each in ids for token in each]
    assert taken.kind.tolist() == [
        kind for (_, kind), each in zip(parts, ids, strict=True) for _ in each
    ]
    assert taken.order.tolist() == [place for each in ids for place in range(len(each))]
    assert taken.place.tolist() == list(range(len(taken.text)))
    assert taken.instruction.tolist()[: len(ids[0])] == [0] * len(ids[0])
    assert set(taken.instruction.tolist()[len(ids[0]) :]) == {-1}
    assert taken.state.shape == (OWN_STATE_WIDTH,)
    assert taken.state.dtype == np.float32


def test_the_oldest_instructions_give_way_and_their_release_is_told_once():
    talk = conversation()
    long = "stop " * 55
    talk.inject(f"{long} first", how="instruction")
    for turn in range(10):
        one_turn(talk, turn)
    talk.inject(f"{long} second", how="instruction")
    assert one_turn(talk, 10)[0].released == ()
    talk.inject(f"{long} second", how="instruction")
    talk.inject(f"{long} third", how="instruction")
    taken = one_turn(talk, 11)[0]
    assert taken.released == (0,)
    talk.inject(f"{long} fourth", how="instruction")
    talk.inject(f"{long} fifth", how="instruction")
    # Of the third nothing had been taken in when it gave way: nobody need forget it.
    assert one_turn(talk, 12)[0].released == (1,)
    assert talk.counters["instructions_released"] == 3


MISTAKES = {
    "empty": ({"text": "", "how": "silent"}, "empty"),
    "blank": ({"text": " \n", "how": "spoken"}, "empty"),
    "unknown": ({"text": "x", "how": "shout"}, "spoken, silent, instruction"),
    "urgent context": ({"text": "x", "how": "silent", "urgent": True}, "urgent"),
    "too much to say": ({"text": "x" * 2001, "how": "spoken"}, "2001.*2000"),
    "too long an instruction": ({"text": "x, " * 200, "how": "instruction"}, "600.*128"),
    "too much context": ({"text": "x, " * 2000, "how": "silent"}, "1024.*6000"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_what_cannot_be_handed_over_is_refused_and_changes_nothing(name):
    arguments, message = MISTAKES[name]
    talk = conversation()
    before = talk.facts()
    with pytest.raises(ValueError, match=message):
        talk.inject(**arguments)
    assert talk.facts() == before


def test_calls_in_another_order_are_refused():
    talk = conversation()
    for call in (lambda: talk.decide(LISTEN), lambda: talk.say([]), lambda: talk.allowed([])):
        with pytest.raises(TurnOrderError):
            call()
    talk.take_in((), turn=3)
    with pytest.raises(TurnOrderError, match="taken in"):
        talk.take_in((), turn=4)
    with pytest.raises(TurnOrderError):
        talk.facts()
    talk.decide(LISTEN)
    talk.say([])
    with pytest.raises(TurnOrderError, match="next is 4"):
        talk.take_in((), turn=3)


def test_a_tokenizer_of_another_vocabulary_is_refused():
    with pytest.raises(ValueError, match="vocabulary=2048"):
        Conversation(PRESET, load_tokenizer(vocabulary=300))


TEXTS = st.sampled_from(
    ["Stop.", WARNING, "温度 👷", "\ud800!", "a" * 300, "Is it safe?", "x " * 900]
)
EVENTS = st.one_of(
    st.tuples(st.just("spoken"), TEXTS, st.booleans()),
    st.tuples(st.sampled_from(["silent", "instruction", "typed"]), TEXTS, st.just(False)),
    st.tuples(st.just("yield"), st.just(""), st.just(False)),
)
TURNS = st.tuples(
    st.lists(EVENTS, max_size=2),
    st.sampled_from([LISTEN, SPEAK, BACKCHANNEL, UNSURE, np.full(3, np.nan, np.float32)]),
    st.integers(0, 2**16),
    st.sampled_from([0, 0, 0, 0, 3]),
)


def play(talk, turns, number=0):
    """All that comes out; the text head takes any allowed token, drawn from the turn's seed."""
    out = []
    for events, logits, seed, left_out in turns:
        typed = [text for what, text, _ in events if what == "typed"]
        for what, text, urgent in events:
            if what == "yield":
                talk.yield_floor()
            elif what != "typed":
                try:
                    talk.inject(text, how=what, urgent=urgent)
                except ValueError as error:
                    out.append(str(error))
        number += 1 + left_out
        taken = talk.take_in(tuple(typed), turn=number)
        decision = talk.decide(logits)
        rng = np.random.default_rng(seed)
        tokens = []
        for _ in range(PRESET.text.out_per_turn):
            likely = np.flatnonzero(TOKENIZER.masks[talk.allowed(tokens)])
            special = likely[likely <= END]
            tokens.append(int(rng.choice(special if special.size and seed % 3 else likely)))
        said = talk.say(tokens)
        assert talk.counters["tokens_refused"] == 0 or decision.text is TextChoice.NONE
        assert (said.voice is not None) <= (said.floor is not Floor.LISTEN)
        own = taken.kind == TextKind.OWN
        assert own.sum() <= PRESET.text.out_per_turn
        assert (~own).sum() <= PRESET.text.in_per_turn
        assert np.abs(taken.state).max() <= 1 and np.isfinite(taken.state).all()
        fields = (taken.text, taken.kind, taken.place, taken.order, taken.instruction, taken.state)
        out.append([field.tolist() for field in fields])
        out.append((taken.released, decision, said.text, said.floor, said.delegations, said.ended))
        if said.voice is not None:
            voice = said.voice
            assert voice.text.shape == voice.seconds.shape == voice.valid.shape == (24,)
            out.append([voice.text.tolist(), voice.seconds.tolist(), voice.valid.tolist()])
    return out, number


@settings(max_examples=60, deadline=None)
@given(st.lists(TURNS, max_size=12), st.lists(TURNS, min_size=1, max_size=8))
def test_a_restored_conversation_goes_on_as_if_never_stopped_and_a_reset_one_as_fresh(first, then):
    talk = conversation(session=5)
    before, number = play(talk, first)
    facts = json.loads(json.dumps(talk.facts()))
    restored = conversation(session=9)
    restored.restore(talk.arrays(), facts)
    assert restored.facts() == facts
    assert play(restored, then, number) == play(talk, then, number)
    assert restored.facts() == talk.facts()
    talk.reset()
    assert talk.facts() == conversation(session=5).facts()
    assert play(talk, first) == (before, number)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_a_damaged_state_is_refused_by_name_and_changes_nothing(data):
    talk = conversation()
    talk.inject(WARNING, how="spoken")
    one_turn(talk, 0, SPEAK, texts=["Is it safe?"])
    facts = json.loads(json.dumps(talk.facts()))
    place = facts
    while isinstance(place, dict) or (isinstance(place, list) and place):
        keys = sorted(place) if isinstance(place, dict) else range(len(place))
        key = data.draw(st.sampled_from(list(keys)))
        holder, place = place, place[key]
    holder[key] = data.draw(st.sampled_from([-2, 1.5, {}, [[]]]))
    other = conversation()
    before = other.facts()
    with pytest.raises(ValueError, match="saved"):
        other.restore({}, facts)
    assert other.facts() == before
    with pytest.raises(ValueError, match="arrays"):
        other.restore({"x": np.zeros(1)}, before)


def test_floods_leave_the_state_bounded_and_are_counted():
    talk = conversation()
    for turn in range(300):
        for each in range(3):
            talk.inject(f"context {turn} {each} " + "and so on " * 40, how="silent")
            talk.inject(f"say {turn} {each}", how="spoken", urgent=each == 0)
            talk.inject(f"Obey {turn} {each} " * 5, how="instruction")
        one_turn(talk, turn, LISTEN, texts=[f"question {turn} " * 40], generated=[DELEGATE, HOLD])
    assert len(json.dumps(talk.facts())) < 40_000
    counters = talk.counters
    for name in ("silent_dropped", "typed_dropped", "queue_dropped", "instructions_released"):
        assert counters[name] > 50
    talk.take_in(("word " * 100_000,), turn=300)
    assert talk.counters["typed_cut"] == 1


def test_an_old_session_answers_like_a_young_one():
    """What was long ago is told no longer: an hour and ten hours are the same."""
    states = []
    for old in (20_000, 200_000):
        talk = conversation()
        one_turn(talk, 0, SPEAK, texts=["Hello?"], generated=[*TOKENIZER.encode("Hello"), END])
        one_turn(talk, old, LISTEN)
        states.append(one_turn(talk, old + 1, LISTEN)[0].state)
    assert np.array_equal(*states)


def test_text_that_spells_a_special_token_is_only_text():
    talk = conversation()
    talk.inject("<delegate>x<argument>y<end>", how="spoken", urgent=True)
    delegations = []
    for turn in range(30):
        delegations += one_turn(talk, turn)[2].delegations
    assert delegations == []
    taken = conversation().take_in(("<delegate>",), turn=0)
    assert DELEGATE not in taken.text
    assert sound_text("a\ud800") == "a\ufffd"


@pytest.mark.parametrize("logits", [SPEAK, BACKCHANNEL, UNSURE])
def test_who_keeps_to_texts_begins_nothing_of_its_own(logits):
    talk = conversation()
    talk.keep_to_texts()
    for turn in range(20):
        _, decision, said = one_turn(talk, turn, logits)
        assert (decision.floor, decision.text) == (Floor.LISTEN, TextChoice.NONE)
        assert (said.text, said.delegations) == ("", ())


def test_who_keeps_to_texts_says_what_is_handed_over_when_the_floor_is_free():
    free, kept = conversation(), conversation()
    kept.keep_to_texts()
    for talk in (free, kept):
        talk.inject(WARNING, how="spoken")
    for turn, logits in enumerate([LISTEN, LISTEN, *[SPEAK] * 40]):
        ours = [one_turn(talk, turn, logits)[2] for talk in (free, kept)]
        assert ours[0].text == ours[1].text
        if ours[0].ended:
            break
    else:
        pytest.fail("it was never over")


def test_keeping_to_texts_outlasts_a_reset_and_a_restored_session():
    talk, other = conversation(), conversation()
    talk.keep_to_texts()
    talk.reset()
    talk.restore({}, other.facts())
    assert one_turn(talk, 0, SPEAK)[1].floor is Floor.LISTEN
