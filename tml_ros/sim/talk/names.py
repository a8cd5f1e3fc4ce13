"""How zones, machines and things of a scenario are called aloud.

"press_area" is "the press area"; what ends in a number or a letter is a name of its own and has no
article: "press_2" is "press two". Pure functions.
"""

from __future__ import annotations

from collections.abc import Iterable

from tml_ros.sim.talk.numbers import number_of, number_variants, number_words

HALL = "hall"
"""What is spoken of where a scenario names no zone."""
_OF_PEOPLE = frozenset(
    {"worker", "visitor", "operator", "driver", "mechanic", "cleaner", "inspector", "technician"}
)


def spoken_name(name: str) -> str:
    """The name as people say it, with its article where it has one."""
    words = _words(name)
    own = len(words) > 1 and (words[-1].isdigit() or len(words[-1]) == 1)
    said = " ".join(number_words(int(word)) if _is_number(word) else word for word in words)
    return said if own else f"the {said}"


def written_name(name: str) -> str:
    """The name as it stands in what the cell says: "the press area", "press 2"."""
    said = " ".join(_words(name))
    return f"the {said}" if spoken_name(name).startswith("the ") else said


def name_variants(name: str) -> tuple[str, ...]:
    """The name without article as a text may spell it: "press 2", "press two"."""
    spelled: list[str] = [""]
    for word in _words(name):
        number = number_of(word) if _is_number(word) else None
        forms = (word,) if number is None else number_variants(number)
        spelled = [f"{before} {form}".strip() for before in spelled for form in forms]
    return tuple(dict.fromkeys(spelled))


def other_names(name: str, names: Iterable[str]) -> tuple[str, ...]:
    """Spellings of those names that cannot be mistaken for a part of this one."""
    mine = name_variants(name)
    others = (spelled for other in names if other != name for spelled in name_variants(other))
    return tuple(s for s in others if not any(f" {s} " in f" {own} " for own in mine))


def person_name(name: str) -> str:
    """What somebody is called by those who do not know them: their trade, or "worker".

    The cell knows nobody, so nobody asks it about people by their names.
    """
    trade = next((word for word in _words(name) if word in _OF_PEOPLE), "worker")
    return f"the {trade}"


def _words(name: str) -> list[str]:
    return name.lower().replace("_", " ").split()


def _is_number(word: str) -> bool:
    return word.isdigit() and number_of(word) is not None
