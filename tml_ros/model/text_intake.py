"""Text on its way into the session: checked, turned into ids, and handed in a few per turn.

Every text is closed by END, so that the model can tell one that is whole from one still coming in.
Knows nothing of what is answered. Owned by the thread of its session.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tml_ros.model.dialogue_tokens import DialogueTokens, TextKind
from tml_ros.model.incoming_text import MAX_TOKENS, IncomingText, TakenToken
from tml_ros.model.preset import Preset
from tml_ros.model.saved_facts import Facts, SavedFacts
from tml_ros.model.standing_instructions import StandingInstructions
from tml_ros.model.tokenizer import END, TextTokenizer

LONGEST = 16 * MAX_TOKENS
"""Characters that are looked at: more than `MAX_TOKENS` tokens in any text."""


class TextIntake:
    """All that was typed or handed over and has not been taken in, and what stands."""

    def __init__(self, preset: Preset, tokenizer: TextTokenizer) -> None:
        self._tokenizer = tokenizer
        self._per_turn = preset.text.in_per_turn
        self._incoming = IncomingText()
        self._standing = StandingInstructions(min(preset.memory.instruction_tokens, MAX_TOKENS))
        self.reset()

    @property
    def counters(self) -> dict[str, int]:
        """What was dropped or cut, and instructions that gave way."""
        dropped = {
            f"{kind.name.lower()}_dropped": count for kind, count in self._incoming.dropped.items()
        }
        released = self._standing.released
        return {**dropped, "typed_cut": self._cut, "instructions_released": released}

    def reset(self) -> None:
        """Forget everything, as fresh."""
        self._incoming.reset()
        self._standing.reset()
        self._released: list[int] = []
        self._cut = 0

    def typed(self, text: str) -> None:
        """An operator typed; of more than `MAX_TOKENS` the rest is cut off and counted."""
        tokens = self._tokens(text)
        self._cut += len(tokens) > MAX_TOKENS
        self._incoming.push(TextKind.TYPED, _cut(tokens))

    def to_be_said(self, text: str) -> None:
        """A text waits to be said: its first `MAX_TOKENS` let the model know what."""
        self._incoming.push(TextKind.SPOKEN, _cut(self._tokens(text)))

    def silent(self, text: str) -> None:
        """Context. Raises ValueError for more than `MAX_TOKENS`."""
        self._incoming.push(TextKind.SILENT, self._tokens(text))

    def instruction(self, text: str) -> None:
        """Stands from now on; one that stands already is not repeated.

        Raises ValueError for one that exceeds the preset's instruction_tokens.
        """
        tokens = self._tokens(text)
        if self._standing.stands(tokens):
            return
        number, given_way = self._standing.add(tokens)
        # What nobody has seen a token of need not be released.
        self._released += [old for old in given_way if not self._incoming.withdraw(old)]
        self._incoming.push(TextKind.INSTRUCTION, tokens, instruction=number)

    def take_in(self, own: Sequence[TakenToken], state: NDArray[np.float32]) -> DialogueTokens:
        """The turn's tokens: those said in the turn before, then what came in."""
        tokens = [*own, *self._incoming.take(self._per_turn)]
        released, self._released = tuple(self._released), []
        return DialogueTokens(
            text=_whole([token.token for token in tokens]),
            kind=_whole([token.kind for token in tokens]),
            place=_whole([token.place for token in tokens]),
            order=_whole([token.order for token in tokens]),
            instruction=_whole([token.instruction for token in tokens]),
            released=released,
            state=state,
        )

    def facts(self) -> Facts:
        """State that survives JSON."""
        return {
            "incoming": self._incoming.facts(),
            "instructions": self._standing.facts(),
            "released": list(self._released),
            "cut": self._cut,
        }

    def restore(self, facts: object) -> None:
        """Go on where another one stood. Raises ValueError; then the state is of no use."""
        saved = SavedFacts(facts, "intake", ("incoming", "instructions", "released", "cut"))
        vocabulary = self._tokenizer.vocabulary
        self._incoming.restore(saved.part("incoming"), vocabulary=vocabulary)
        self._standing.restore(saved.part("instructions"), vocabulary=vocabulary)
        self._released = saved.wholes("released", longest=MAX_TOKENS)
        self._cut = saved.whole("cut")

    def _tokens(self, text: str) -> list[int]:
        return [*self._tokenizer.encode(text[:LONGEST]), END]


def _cut(tokens: list[int]) -> list[int]:
    return tokens if len(tokens) <= MAX_TOKENS else [*tokens[: MAX_TOKENS - 1], END]


def _whole(values: Sequence[int]) -> NDArray[np.int64]:
    array = np.array(values, np.int64)
    array.flags.writeable = False
    return array
