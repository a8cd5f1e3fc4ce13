"""Words of the session's own, turn by turn: which tokens are to be written in which.

They keep the pace of text that is handed over. What goes to the background is written first, and
the first word comes in the turn that closes it, if there is room. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tml_ros.model.preset import TextPreset
from tml_ros.model.speech_pace import speech_pace
from tml_ros.model.tokenizer import ARGUMENT, DELEGATE, END, TextTokenizer

Rows = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class SpeechPlan:
    """text: as it is really written. right: what is to be written in each turn of the speech.
    written: what is. asking: turns in which a request is being written.
    """

    text: str
    right: Rows
    written: Rows
    asking: int = 0


def request_tokens(kind: str, question: str, tokenizer: TextTokenizer) -> tuple[int, ...]:
    """What asks the background."""
    asked = (*tokenizer.encode(kind), ARGUMENT, *tokenizer.encode(question))
    return (DELEGATE, *asked, END)


def speech_plan(
    text: str,
    tokenizer: TextTokenizer,
    preset: TextPreset,
    *,
    request: Sequence[int] = (),
    wrong: tuple[int, int] | None = None,
) -> SpeechPlan:
    """The plan of a text.

    request: tokens written before. wrong: place among the text's tokens, and the token that is
        written there instead; a place beyond the text counts from its beginning again.
    """
    most = preset.out_per_turn
    right = [*tokenizer.encode(text), END]
    written = list(right)
    if wrong is not None:
        written[wrong[0] % max(1, len(right) - 1)] = wrong[1]
    pace = speech_pace(
        [tokenizer.piece(token) for token in right],
        characters_per_second=preset.characters_per_second,
        tokens_per_turn=most,
    )
    asking = -(-len(request) // most)
    first = pace.turns.count(0)
    room = asking > 0 and asking * most - len(request) >= first
    begins = asking - room
    turns = begins + pace.turns[-1] + 1

    def rows(tokens: Sequence[int]) -> Rows:
        made: list[list[int]] = [[] for _ in range(turns)]
        for place, token in enumerate(request):
            made[place // most].append(token)
        for token, turn in zip(tokens, pace.turns, strict=True):
            made[begins + turn].append(token)
        return tuple(map(tuple, made))

    return SpeechPlan(
        tokenizer.decode(written) if wrong else text, rows(right), rows(written), asking
    )
