"""Delegations, read token by token across turns: DELEGATE kind ARGUMENT question END.

What is between DELEGATE and END is never said or shown. Knows nothing of who answers. Owned by the
thread of its session.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum

from tml_ros.model.saved_facts import Facts, SavedFacts
from tml_ros.model.tokenizer import ARGUMENT, DELEGATE, END, HOLD, AllowedTokens, TextTokenizer
from tml_ros.turn.turn_output import DelegationRequest

LONGEST = 64
"""Tokens of kind and question; what grows longer is dropped."""
_KIND = re.compile(r"[a-z][a-z0-9_]{0,39}")


class DelegationPhase(Enum):
    """Where in a delegation the tokens so far have led, and which tokens may follow there."""

    OUTSIDE = None
    KIND_BEGINS = AllowedTokens.KIND_BEGINS
    KIND = AllowedTokens.KIND
    QUESTION = AllowedTokens.QUESTION

    def after(self, token: int) -> DelegationPhase:
        """The phase that a token leads to, whatever its length by then."""
        if token == HOLD:
            return self
        if token == DELEGATE:
            return DelegationPhase.KIND_BEGINS
        if token == END or self is DelegationPhase.OUTSIDE:
            return DelegationPhase.OUTSIDE
        if self is DelegationPhase.QUESTION:
            return self if token != ARGUMENT else DelegationPhase.OUTSIDE
        return DelegationPhase.QUESTION if token == ARGUMENT else DelegationPhase.KIND


class DelegationReader:
    """Takes in every token that the model generates; gives out the requests.

    What is malformed is dropped and counted, never half of it handed on. Ids are
    "<session>-<number>", numbers from 1.
    """

    def __init__(self, tokenizer: TextTokenizer, *, session: int = 0) -> None:
        """session: told apart from others by this number."""
        self._tokenizer = tokenizer
        self._session = session
        self.reset()

    @property
    def phase(self) -> DelegationPhase:
        """Where the tokens so far have led."""
        return self._phase

    @property
    def inside(self) -> bool:
        """Whether a delegation is open."""
        return self._phase is not DelegationPhase.OUTSIDE

    @property
    def length(self) -> int:
        """Tokens since DELEGATE, itself not counted."""
        return len(self._tokens)

    @property
    def dropped(self) -> int:
        """Delegations dropped: too long, broken off, or of a kind that is no name."""
        return self._dropped

    def phase_after(self, tokens: Iterable[int]) -> DelegationPhase:
        """Where further tokens would lead; nothing is taken in."""
        phase, length = self._phase, self.length
        for token in tokens:
            phase = phase.after(token)
            if token == DELEGATE:
                length = 0
            elif token != HOLD and phase is not DelegationPhase.OUTSIDE:
                length += 1
                if length > LONGEST:
                    phase = DelegationPhase.OUTSIDE
        return phase

    def reset(self) -> None:
        """Forget everything, as fresh."""
        self._phase = DelegationPhase.OUTSIDE
        self._tokens: list[int] = []
        self._given = 0
        self._dropped = 0

    def read(self, token: int) -> DelegationRequest | None:
        """Take in one token; the request it completes. Outside of a delegation text is passed by.

        Raises ValueError for an id outside the vocabulary.
        """
        self._tokenizer.piece(token)
        before, self._phase = self._phase, self._phase.after(token)
        if token == HOLD or (before is DelegationPhase.OUTSIDE and token != DELEGATE):
            return None
        if token == END and before is DelegationPhase.QUESTION:
            return self._closed()
        if before is not DelegationPhase.OUTSIDE and (token == DELEGATE or not self.inside):
            self._drop()
        elif token != DELEGATE:
            self._tokens.append(token)
            if len(self._tokens) > LONGEST:
                self._drop()
                self._phase = DelegationPhase.OUTSIDE
        return None

    def _drop(self) -> None:
        self._dropped += 1
        self._tokens = []

    def _closed(self) -> DelegationRequest | None:
        cut = self._tokens.index(ARGUMENT)
        kind = self._tokenizer.decode(self._tokens[:cut]).strip()
        question = self._tokenizer.decode(self._tokens[cut + 1 :]).strip()
        if not _KIND.fullmatch(kind):
            self._drop()
            return None
        self._tokens = []
        self._given += 1
        return DelegationRequest(f"{self._session}-{self._given}", kind, question)

    def facts(self) -> Facts:
        """State that survives JSON."""
        return {
            "inside": self.inside,
            "tokens": list(self._tokens),
            "given": self._given,
            "dropped": self._dropped,
        }

    def restore(self, facts: object) -> None:
        """Go on where another one stood. Raises ValueError naming what does not fit."""
        saved = SavedFacts(facts, "delegation", ("inside", "tokens", "given", "dropped"))
        high = self._tokenizer.vocabulary - 1
        tokens = saved.wholes("tokens", longest=LONGEST, high=high)
        phase = DelegationPhase.KIND_BEGINS if saved.flag("inside") else DelegationPhase.OUTSIDE
        for token in tokens:
            phase = phase.after(token) if token not in (HOLD, DELEGATE) else DelegationPhase.OUTSIDE
            if phase is DelegationPhase.OUTSIDE:
                raise ValueError(f"saved delegation.tokens are not within a delegation: {tokens}")
        self._given, self._dropped = saved.whole("given"), saved.whole("dropped")
        self._tokens, self._phase = tokens, phase
