"""Instructions that stand for the session, within a bound of tokens: the oldest give way whole.

Knows nothing of text, only of ids. Owned by the thread of its session.
"""

from __future__ import annotations

from collections.abc import Sequence

from tml_ros.model.saved_facts import Facts, SavedFacts


class StandingInstructions:
    """Instructions by their running number, from 0; numbers are never used again."""

    def __init__(self, limit: int) -> None:
        """limit: most tokens of all that stand."""
        self._limit = limit
        self.reset()

    @property
    def released(self) -> int:
        """How many had to give way so far."""
        return self._released

    def reset(self) -> None:
        """Forget everything, as fresh."""
        self._standing: dict[int, tuple[int, ...]] = {}
        self._next = 0
        self._released = 0

    def stands(self, tokens: Sequence[int]) -> bool:
        """Whether just this instruction stands already."""
        return tuple(tokens) in self._standing.values()

    def add(self, tokens: Sequence[int]) -> tuple[int, list[int]]:
        """Let an instruction stand: its number, and the numbers of those that give way.

        Raises ValueError for one that exceeds the limit alone.
        """
        if len(tokens) > self._limit:
            raise ValueError(
                f"instruction has {len(tokens)} tokens, its end included; "
                f"at most {self._limit} are allowed"
            )
        released = []
        while sum(map(len, self._standing.values())) + len(tokens) > self._limit:
            oldest = next(iter(self._standing))
            del self._standing[oldest]
            released.append(oldest)
        self._released += len(released)
        number = self._next
        self._next += 1
        self._standing[number] = tuple(tokens)
        return number, released

    def facts(self) -> Facts:
        """State that survives JSON."""
        standing = [
            {"number": number, "tokens": list(tokens)} for number, tokens in self._standing.items()
        ]
        return {"standing": standing, "next": self._next, "released": self._released}

    def restore(self, facts: object, *, vocabulary: int) -> None:
        """Go on where another one stood. Raises ValueError naming what does not fit."""
        saved = SavedFacts(facts, "instructions", ("standing", "next", "released"))
        following = saved.whole("next")
        standing: dict[int, tuple[int, ...]] = {}
        for each in saved.parts("standing", ("number", "tokens"), longest=self._limit):
            number = each.whole("number", low=max(standing, default=-1) + 1, high=following - 1)
            tokens = each.wholes("tokens", longest=self._limit, high=vocabulary - 1)
            standing[number] = tuple(tokens)
        if sum(map(len, standing.values())) > self._limit:
            raise ValueError(f"saved instructions.standing exceeds {self._limit} tokens")
        self._released = saved.whole("released")
        self._standing, self._next = standing, following
