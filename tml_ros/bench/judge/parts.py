"""What is said within an utterance, and when: its words, and the sentences that begin in it.

An utterance has no pauses of 0.6 s in it, so that who warns right after an answer has said both in
one. Where its words have times, each sentence can be judged by when it begins. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

from tml_ros.bench.judge.conduct import TimedWord, Utterance

ENDINGS = (".", "!", "?")


@dataclass(frozen=True, slots=True)
class Part:
    """An utterance from the beginning of one of its sentences on.

    of: the utterance, by its index. first: whether it begins with this. texts: what is said from
    here to the end of each sentence that follows, the shortest first.
    """

    of: int
    first: bool
    start_s: float
    texts: tuple[str, ...]


def parts_of(index: int, utterance: Utterance) -> tuple[Part, ...]:
    """One for each of its sentences; one for all where its words have no times."""
    words = timed_words(utterance)
    if not words:
        return (Part(index, True, utterance.start_s, (utterance.text,)),)
    begins = [0] + [i + 1 for i, word in enumerate(words[:-1]) if word.word.endswith(ENDINGS)]
    ends = [*begins[1:], len(words)]
    return tuple(
        Part(
            index,
            place == 0,
            utterance.start_s if place == 0 else words[begin].start_s,
            tuple(" ".join(word.word for word in words[begin:end]) for end in ends[place:]),
        )
        for place, begin in enumerate(begins)
    )


def timed_words(utterance: Utterance) -> tuple[TimedWord, ...]:
    """The words of its text, each with the times of the pieces that it was said in.

    Whoever speaks as it thinks gives pieces of words ("cle", "ar."); the text has the whole ones.
    None where the pieces do not make up the text.
    """
    pieces = [piece for piece in utterance.words if piece.word]
    if "".join(piece.word for piece in pieces) != "".join(utterance.text.split()):
        return ()
    ends = list(accumulate(len(piece.word) for piece in pieces))
    found: list[TimedWord] = []
    at = first = 0
    for word in utterance.text.split():
        while ends[first] <= at:
            first += 1
        at += len(word)
        last = first
        while ends[last] < at:
            last += 1
        found.append(TimedWord(word, pieces[first].start_s, pieces[last].end_s))
    return tuple(found)
