"""Making `Says` rules: groups of words that mean the same, and what a text is about.

Broad on purpose: whoever says the right thing in other words is right. Knows nothing of scenarios.
Pure functions.
"""

from __future__ import annotations

import itertools
import math
from typing import Final

from tml_ros.sim.talk.numbers import number_of, number_variants
from tml_ros.sim.truth.expectation import Says, plain_words

TELLING: Final = 0.7
"""Share of a text's content words that must be said for it to have been said."""
LONGEST_TEXT: Final = 8

_EMPTY: Final = frozenset(
    (
        *("a", "about", "above", "after", "again", "all", "also", "am", "an", "and", "any", "are"),
        *("as", "at", "be", "been", "but", "by", "can", "could", "did", "do", "does", "for"),
        *("from", "had", "has", "have", "he", "her", "here", "his", "how", "i", "if", "in"),
        *("into", "is", "it", "its", "just", "let", "may", "me", "my", "near", "now", "of", "off"),
        *("on", "or", "our", "out", "please", "she", "should", "so", "some", "than", "that"),
        *("the", "their", "them", "then", "there", "these", "they", "this", "to", "up", "very"),
        *("was", "we", "were", "what", "when", "where", "which", "who", "why", "will", "with"),
        *("would", "yes", "you", "your", "since", "because", "finding", "message", "notice"),
        *("attention",),
    )
)


def one_of(*words: str) -> Says:
    """Any of these words or phrases."""
    return Says((tuple(dict.fromkeys(words)),))


def either(*rules: Says) -> Says:
    """What fulfils one of the rules more or less: one of all their words."""
    return one_of(*(words for rule in rules for group in rule.all_of for words in group))


def content_words(text: str) -> tuple[tuple[str, ...], ...]:
    """The words of a text that carry what it says, each with its spellings, the telling ones first.

    Numbers come first, then long words; of words that say nothing by themselves there are none.
    """
    words = plain_words(text).split()
    found: list[tuple[str, ...]] = []
    place = 0
    while place < len(words):
        length, number = _number_at(words, place)
        if number is not None:
            found.append(number_variants(number))
        elif words[place] not in _EMPTY:
            found.append((words[place],))
        place += length
    ordered = sorted(
        dict.fromkeys(found), key=lambda spelled: (len(spelled) == 1, -len(spelled[0]))
    )
    return tuple(ordered)


def content_says(text: str) -> Says:
    """All numbers and most of the other content words of a text; anything where it has none.

    At least k of n words are said if and only if one of each n - k + 1 of them is: these are the
    groups. Of a long text the LONGEST_TEXT longest words count, so that there are few groups.
    """
    words = content_words(text)
    numbers = [spelled for spelled in words if len(spelled) > 1]
    others = [spelled for spelled in words if len(spelled) == 1][:LONGEST_TEXT]
    needed = math.ceil(TELLING * len(others))
    groups = itertools.combinations(others, len(others) - needed + 1) if others else ()
    return Says((*numbers, *(tuple(itertools.chain(*group)) for group in groups)))


def part_says(text: str) -> Says:
    """Any of the content words of a text: a part of it was said."""
    words = content_words(text)
    return one_of(*(form for spelled in words for form in spelled)) if words else Says()


def _number_at(words: list[str], place: int) -> tuple[int, int | None]:
    """The longest number that begins there, and how many words it takes."""
    for end in range(min(len(words), place + 6), place, -1):
        number = number_of(" ".join(words[place:end]))
        if number is not None:
            return end - place, number
    return 1, None
