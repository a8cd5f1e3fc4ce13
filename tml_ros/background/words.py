"""Words of a text, made alike enough to compare: case, accents, umlauts, number words.

For English and German. Knows nothing of what is asked. Pure functions.
"""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher

MAX_WORDS = 400
FUZZY_LENGTH = 5
"""Shorter words must be equal: "halt" and "hall" are not the same."""
ALIKE = 0.8

_NUMBERS = {
    word: str(number)
    for number, spoken in enumerate(
        (
            ("zero", "null"),
            ("one", "eins"),
            ("two", "zwei", "zwo"),
            ("three", "drei"),
            ("four", "vier"),
            ("five", "fuenf"),
            ("six", "sechs"),
            ("seven", "sieben"),
            ("eight", "acht"),
            ("nine", "neun"),
            ("ten", "zehn"),
            ("eleven", "elf"),
            ("twelve", "zwoelf"),
        )
    )
    for word in spoken
}
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_WORD = re.compile(r"\d+(?:[.:,]\d+)*|[a-z]+")


def words(text: str) -> tuple[str, ...]:
    """The words of a text: lower case, umlauts as ae, oe, ue, numbers as digits.

    "Presse zwei läuft" is ("presse", "2", "laeuft"); "press_2" is ("press", "2"). At most
    MAX_WORDS; whatever is neither letter nor digit of Latin script separates.
    """
    plain = unicodedata.normalize("NFC", text[: MAX_WORDS * 20]).casefold().translate(_GERMAN)
    plain = unicodedata.normalize("NFKD", plain)
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    plain = re.sub(r"(?<=[a-z])['\u2019](?=s\b|re\b|ll\b|t\b)", " ", plain)
    found = _WORD.findall(plain)[:MAX_WORDS]
    return tuple(_NUMBERS.get(word, word) for word in found)


def close_enough(wanted: str, found: str) -> bool:
    """Whether two of `words` may be the same word, misheard or in another form.

    Numbers must be equal; so must short words.
    """
    return likeness(wanted, found) >= ALIKE


def likeness(wanted: str, found: str) -> float:
    """How alike two of `words` are, 0..1; 0 for numbers and short words that differ."""
    if wanted == found:
        return 1.0
    if min(len(wanted), len(found)) < FUZZY_LENGTH or wanted[0].isdigit() or found[0].isdigit():
        return 0.0
    shorter, longer = sorted((wanted, found), key=len)
    if longer.startswith(shorter) and len(longer) - len(shorter) <= 2:
        return 0.95
    matcher = SequenceMatcher(None, wanted, found, autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= ALIKE else 0.0
