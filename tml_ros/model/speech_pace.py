"""When each token of a known text is said: so many characters per second, from its first on.

The pace is that of the tokens' characters, but never more tokens in a turn than a turn can give
out; a text whose tokens are smaller than its characters is said more slowly. Pure functions.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tml_ros.model.preset import TURNS_PER_SECOND

TURN_SECONDS = 1 / TURNS_PER_SECOND
TAIL_SECONDS = 0.2
"""Speech lasts so much longer than its last character, for the sound to fade."""


@dataclass(frozen=True, slots=True)
class SpeechPace:
    """A text in time, from the start of the turn in which it begins.

    starts: seconds at which each token begins, ascending. turns: the turn that gives it out.
    end: seconds at which the last character is over.
    """

    starts: tuple[float, ...]
    turns: tuple[int, ...]
    end: float


def begun(piece: bytes) -> int:
    """How many characters begin within these bytes of UTF-8."""
    return sum(byte & 0xC0 != 0x80 for byte in piece)


def speech_pace(
    pieces: Sequence[bytes], *, characters_per_second: float, tokens_per_turn: int
) -> SpeechPace:
    """The pace of a text given as the bytes of its tokens.

    A token begins with its first character; one that begins in the middle of a character, with
    that character.
    """
    starts: list[float] = []
    turns: list[int] = []
    characters = 0
    end = 0.0
    for piece in pieces:
        inside = bool(piece) and piece[0] & 0xC0 == 0x80 and characters > 0
        ideal = (characters - inside) / characters_per_second
        turn = int(ideal * TURNS_PER_SECOND)
        if turns:
            turn = max(turn, turns[-1])
            turn += turns[-tokens_per_turn:].count(turn) >= tokens_per_turn
            ideal = max(ideal, starts[-1])
        starts.append(max(ideal, turn * TURN_SECONDS))
        turns.append(turn)
        characters += begun(piece)
        end = max(end, characters / characters_per_second)
        end = max(end, starts[-1] + begun(piece) / characters_per_second)
    return SpeechPace(tuple(starts), tuple(turns), end)


def turns_until(seconds: float) -> int:
    """Whole turns that so many seconds take."""
    return math.ceil(round(seconds * TURNS_PER_SECOND, 6))
