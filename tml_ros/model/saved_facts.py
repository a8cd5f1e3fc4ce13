"""Small facts of a saved session, read back with the certainty that they fit.

Facts are what survives JSON: numbers, strings, lists, and mappings of these. Whatever does not fit
is refused with a ValueError that names its path. Knows nothing of what the facts mean.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Facts = dict[str, Any]

LARGEST = 2**64
"""Of whole numbers: seeds and counters stay below."""


class SavedFacts:
    """Facts found under `path`, of which exactly `keys` are expected.

    Every reader raises ValueError, naming path and key, where a fact is not what it should be.
    """

    def __init__(self, facts: object, path: str, keys: Sequence[str]) -> None:
        if not isinstance(facts, Mapping):
            raise ValueError(f"saved {path} must be a mapping, not {type(facts).__name__}")
        missing, foreign = set(keys) - set(facts), set(facts) - set(keys)
        if missing or foreign:
            raise ValueError(
                f"saved {path} lacks {sorted(missing)} and has {sorted(map(str, foreign))} besides"
            )
        self._facts = facts
        self._path = path

    def whole(self, key: str, *, low: int = 0, high: int = LARGEST) -> int:
        """A whole number, low..high."""
        return _whole(self._facts[key], self._named(key), low, high)

    def number(self, key: str, *, low: float, high: float) -> float:
        """A finite number, low..high."""
        return _number(self._facts[key], self._named(key), low, high)

    def flag(self, key: str) -> bool:
        """True or false."""
        value = self._facts[key]
        if not isinstance(value, bool):
            raise ValueError(f"{self._named(key)} must be true or false, not {value!r}")
        return value

    def text(self, key: str, *, longest: int) -> str:
        """A string of at most `longest` characters."""
        value = self._facts[key]
        if not isinstance(value, str) or len(value) > longest:
            raise ValueError(f"{self._named(key)} must be a string of at most {longest} characters")
        return value

    def wholes(self, key: str, *, longest: int, high: int = LARGEST) -> list[int]:
        """Whole numbers 0..high, at most `longest` of them."""
        name = self._named(key)
        return [_whole(value, name, 0, high) for value in self._list(key, longest)]

    def numbers(self, key: str, *, longest: int, low: float, high: float) -> list[float]:
        """Finite numbers low..high, at most `longest` of them."""
        name = self._named(key)
        return [_number(value, name, low, high) for value in self._list(key, longest)]

    def part(self, key: str) -> object:
        """Facts that somebody else reads; None where there are none."""
        return self._facts[key]

    def parts(self, key: str, keys: Sequence[str], *, longest: int) -> list[SavedFacts]:
        """A list of at most `longest` mappings, each with exactly `keys`."""
        found = self._list(key, longest)
        return [
            SavedFacts(each, f"{self._path}.{key}[{place}]", keys)
            for place, each in enumerate(found)
        ]

    def _list(self, key: str, longest: int) -> list[object]:
        value = self._facts[key]
        if not isinstance(value, list) or len(value) > longest:
            raise ValueError(f"{self._named(key)} must be a list of at most {longest}")
        return value

    def _named(self, key: str) -> str:
        return f"saved {self._path}.{key}"


def _whole(value: object, name: str, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError(f"{name} must be a whole number within {low}..{high}, not {value!r}")
    return value


def _number(value: object, name: str, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ValueError(f"{name} must be a number within {low}..{high}, not {value!r}")
    return float(value)
