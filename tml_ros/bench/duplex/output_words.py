"""When each word of a model was said: from its pieces of text, or from a file beside a recording.

A model gives out text turn by turn. The characters of a piece are laid evenly over the turn in
which its speech is heard; a piece that holds more than can be said in one turn reaches on, at 12
characters per second, until the next piece or the end of its speech. A word broken over two turns
is one word. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from tml_ros.bench.duplex.sample import Span
from tml_ros.turn.micro_turn import TURN_NS

TURN_S: Final = TURN_NS / 1e9
SLOWEST: Final = 12.0
"""Characters per second."""
SAME_RUN_S: Final = 0.65
"""Pieces that begin closer together belong to one utterance: words may go on over them."""


class Word(NamedTuple):
    """A word, from when to when, s."""

    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Piece:
    """Text whose speech is heard from `start_s` on."""

    start_s: float
    text: str


def words_of(pieces: Sequence[Piece], segments: Sequence[Span]) -> tuple[Word, ...]:
    """The words, in order. segments: when there is sound."""
    found: list[Word] = []
    run: list[Piece] = []
    for piece in (piece for piece in pieces if piece.text):
        if run and piece.start_s - run[-1].start_s > SAME_RUN_S:
            found += _of_run(run, segments)
            run = []
        run.append(piece)
    return (*found, *_of_run(run, segments))


def _of_run(run: Sequence[Piece], segments: Sequence[Span]) -> list[Word]:
    """The words of pieces that follow one another."""
    starts: list[float] = []
    ends: list[float] = []
    for place, piece in enumerate(run):
        following = run[place + 1].start_s if place + 1 < len(run) else None
        limit = _sound_ends(piece.start_s, segments) if following is None else following
        lasts = max(TURN_S, len(piece.text) / SLOWEST)
        end_s = max(piece.start_s + TURN_S, min(limit, piece.start_s + lasts))
        if following is not None:
            end_s = min(end_s, max(following, piece.start_s + TURN_S))
        step = (end_s - piece.start_s) / len(piece.text)
        starts += [piece.start_s + step * number for number in range(len(piece.text))]
        ends += [piece.start_s + step * (number + 1) for number in range(len(piece.text))]
    text = "".join(piece.text for piece in run)
    return [
        Word(word.group(), starts[word.start()], ends[word.end() - 1])
        for word in re.finditer(r"\S+", text)
    ]


def _sound_ends(at_s: float, segments: Sequence[Span]) -> float:
    """When the speech of a turn that begins then is over."""
    ends = (span.end_s for span in segments if span.start_s < at_s + TURN_S and span.end_s > at_s)
    return max(ends, default=at_s + TURN_S)
