"""Text that waits to be taken in, a few tokens per turn.

Each kind has a line of its own, so that a flood of one drops none of the others; instructions go
first, then what was typed, what is to be said, and silent context last: nobody who asks waits for
a long finding to be read. Knows nothing of text, only of ids. Owned by the thread of its session.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tml_ros.model.dialogue_tokens import ORDERS, TextKind
from tml_ros.model.saved_facts import Facts, SavedFacts

MAX_TOKENS = 1024
"""Tokens of one kind that can wait."""
LINES = (TextKind.INSTRUCTION, TextKind.TYPED, TextKind.SPOKEN, TextKind.SILENT)


@dataclass(frozen=True, slots=True)
class TakenToken:
    """A token taken in: its id and kind, and the rest as in `DialogueTokens`."""

    token: int
    kind: TextKind
    place: int
    order: int
    instruction: int = -1


@dataclass(slots=True)
class _Text:
    """tokens: those still to be taken in. taken: how many were already."""

    tokens: list[int]
    taken: int
    instruction: int


class IncomingText:
    """Lines of texts, each bounded by `MAX_TOKENS`; of texts not begun the oldest give way."""

    def __init__(self) -> None:
        self.reset()

    @property
    def dropped(self) -> dict[TextKind, int]:
        """Texts, or rests of them, that had to give way, by kind."""
        return {kind: self._dropped[kind] for kind in LINES}

    def __len__(self) -> int:
        """Tokens that wait, of all kinds."""
        return sum(len(text.tokens) for line in self._lines.values() for text in line)

    def reset(self) -> None:
        """Forget everything, as fresh."""
        self._lines: dict[TextKind, list[_Text]] = {kind: [] for kind in LINES}
        self._dropped: Counter[TextKind] = Counter()

    def push(self, kind: TextKind, tokens: Sequence[int], *, instruction: int = -1) -> None:
        """Let a text wait. Raises ValueError for one that is empty or exceeds `MAX_TOKENS`."""
        if not 0 < len(tokens) <= MAX_TOKENS:
            raise ValueError(f"text must have 1..{MAX_TOKENS} tokens, not {len(tokens)}")
        line = self._lines[kind]
        while sum(len(text.tokens) for text in line) + len(tokens) > MAX_TOKENS:
            # The first may be half taken in; its rest goes only where nothing else is left.
            del line[1 if line[0].taken and len(line) > 1 else 0]
            self._dropped[kind] += 1
        line.append(_Text(list(tokens), 0, instruction))

    def take(self, most: int) -> list[TakenToken]:
        """The next tokens, at most so many."""
        taken: list[TakenToken] = []
        for kind in LINES:
            line = self._lines[kind]
            while line and len(taken) < most:
                text = line[0]
                part = text.tokens[: most - len(taken)]
                for token in part:
                    order = text.taken % ORDERS
                    taken.append(TakenToken(token, kind, len(taken), order, text.instruction))
                    text.taken += 1
                del text.tokens[: len(part)]
                if not text.tokens:
                    del line[0]
        return taken

    def withdraw(self, instruction: int) -> bool:
        """Take back what waits of an instruction; whether none of it had been taken in."""
        line = self._lines[TextKind.INSTRUCTION]
        for place, text in enumerate(line):
            if text.instruction == instruction:
                del line[place]
                return text.taken == 0
        return False

    def facts(self) -> Facts:
        """State that survives JSON."""
        texts = [
            {
                "kind": int(kind),
                "tokens": list(text.tokens),
                "taken": text.taken,
                "instruction": text.instruction,
            }
            for kind in LINES
            for text in self._lines[kind]
        ]
        return {"texts": texts, "dropped": [self._dropped[kind] for kind in LINES]}

    def restore(self, facts: object, *, vocabulary: int) -> None:
        """Go on where another one stood. Raises ValueError naming what does not fit."""
        saved = SavedFacts(facts, "incoming", ("texts", "dropped"))
        keys = ("kind", "tokens", "taken", "instruction")
        lines: dict[TextKind, list[_Text]] = {kind: [] for kind in LINES}
        for each in saved.parts("texts", keys, longest=len(LINES) * MAX_TOKENS):
            kind = TextKind(each.whole("kind", high=max(LINES)))
            tokens = each.wholes("tokens", longest=MAX_TOKENS, high=vocabulary - 1)
            lines[kind].append(
                _Text(tokens, each.whole("taken"), each.whole("instruction", low=-1))
            )
        for kind, line in lines.items():
            if not all(text.tokens for text in line):
                raise ValueError(f"saved incoming.texts has an empty one of kind {kind.name}")
            if sum(len(text.tokens) for text in line) > MAX_TOKENS:
                raise ValueError(f"saved incoming.texts exceeds {MAX_TOKENS} of kind {kind.name}")
        dropped = saved.wholes("dropped", longest=len(LINES))
        if len(dropped) != len(LINES):
            raise ValueError(f"saved incoming.dropped must have {len(LINES)} counts")
        self._lines = lines
        self._dropped = Counter(dict(zip(LINES, dropped, strict=True)))
