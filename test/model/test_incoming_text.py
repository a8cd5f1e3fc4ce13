"""Text on its way in: who goes first, what gives way, and instructions that stand."""

from __future__ import annotations

import json

import pytest

from tml_ros.model.dialogue_tokens import ORDERS, TextKind
from tml_ros.model.incoming_text import MAX_TOKENS, IncomingText
from tml_ros.model.standing_instructions import StandingInstructions


def taken(incoming, most=16):
    return [(token.token, token.kind, token.order) for token in incoming.take(most)]


def test_a_question_overtakes_a_long_context_which_then_goes_on():
    incoming = IncomingText()
    incoming.push(TextKind.SILENT, range(10))
    assert [token for token, _, _ in taken(incoming, 4)] == [0, 1, 2, 3]
    incoming.push(TextKind.TYPED, [50, 51])
    incoming.push(TextKind.INSTRUCTION, [60], instruction=3)
    (first, *rest) = incoming.take(5)
    assert (first.token, first.kind, first.instruction) == (60, TextKind.INSTRUCTION, 3)
    assert [token.token for token in rest] == [50, 51, 4, 5]
    assert [token.place for token in rest] == [1, 2, 3, 4]
    assert [token.order for token in rest] == [0, 1, 4, 5]
    assert {token.instruction for token in rest} == {-1}


def test_order_is_counted_modulo_and_all_tokens_come_once():
    incoming = IncomingText()
    incoming.push(TextKind.TYPED, range(200))
    found = [each for _ in range(20) for each in taken(incoming)]
    assert [token for token, _, _ in found] == list(range(200))
    assert [order for _, _, order in found] == [number % ORDERS for number in range(200)]


def test_the_oldest_texts_not_begun_give_way_and_other_kinds_do_not():
    incoming = IncomingText()
    incoming.push(TextKind.TYPED, [7])
    for text in range(4):
        incoming.push(TextKind.SILENT, [text] * 300)
        if text == 0:
            taken(incoming, 2)
    assert incoming.dropped[TextKind.SILENT] == 1
    silent = [token for _ in range(100) for token, _, _ in taken(incoming)]
    assert sorted(set(silent)) == [0, 2, 3]
    assert silent[0] == 0
    incoming.push(TextKind.SILENT, range(MAX_TOKENS))
    with pytest.raises(ValueError, match=r"1\.\.1024 tokens, not 1025"):
        incoming.push(TextKind.SILENT, range(MAX_TOKENS + 1))
    with pytest.raises(ValueError, match="not 0"):
        incoming.push(TextKind.SILENT, [])


def test_a_rest_gives_way_where_there_is_nothing_else():
    incoming = IncomingText()
    incoming.push(TextKind.SILENT, [1] * 600)
    taken(incoming)
    incoming.push(TextKind.SILENT, [2] * MAX_TOKENS)
    assert (incoming.dropped[TextKind.SILENT], len(incoming)) == (1, MAX_TOKENS)


def test_what_is_saved_is_restored_and_what_does_not_fit_is_refused():
    incoming = IncomingText()
    incoming.push(TextKind.SILENT, range(30))
    incoming.push(TextKind.INSTRUCTION, range(5), instruction=1)
    taken(incoming, 9)
    facts = json.loads(json.dumps(incoming.facts()))
    restored = IncomingText()
    restored.restore(facts, vocabulary=30)
    assert taken(restored, 99) == taken(incoming, 99)
    with pytest.raises(ValueError, match=r"incoming\.texts\[0\]\.tokens"):
        restored.restore(facts, vocabulary=29)
    text = {"kind": 2, "tokens": [1] * 600, "taken": 0, "instruction": -1}
    for texts in ([text, text], [text | {"tokens": []}]):
        with pytest.raises(ValueError, match="kind SILENT"):
            restored.restore(facts | {"texts": texts}, vocabulary=30)


def test_instructions_stand_within_their_bound_and_the_oldest_give_way():
    standing = StandingInstructions(10)
    assert standing.add([1, 2, 3, 4]) == (0, [])
    assert standing.add([5] * 6) == (1, [])
    assert standing.stands([1, 2, 3, 4])
    assert standing.add([6]) == (2, [0])
    assert standing.add([7] * 10) == (3, [1, 2])
    assert not standing.stands([6])
    with pytest.raises(ValueError, match=r"11 tokens.*at most 10"):
        standing.add([8] * 11)
    restored = StandingInstructions(10)
    restored.restore(json.loads(json.dumps(standing.facts())), vocabulary=9)
    assert restored.add([8]) == (4, [3])
    assert restored.released == 4
    smaller = StandingInstructions(9)
    with pytest.raises(ValueError, match=r"instructions\.standing"):
        smaller.restore(standing.facts(), vocabulary=9)
