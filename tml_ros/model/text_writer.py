"""What the text head may generate, and what becomes of it: words that are said, or a delegation.

Knows nothing of who has the floor. Owned by the thread of its session.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from tml_ros.model.delegation_reader import DelegationPhase, DelegationReader
from tml_ros.model.dialogue_tokens import ORDERS, TextKind
from tml_ros.model.free_speech import FreeSpeech
from tml_ros.model.handed_over_text import HandedOverText
from tml_ros.model.incoming_text import TakenToken
from tml_ros.model.saved_facts import Facts, SavedFacts
from tml_ros.model.tokenizer import DELEGATE, END, HOLD, AllowedTokens, TextTokenizer
from tml_ros.model.utterance import Utterance
from tml_ros.turn.turn_output import DelegationRequest


class TextChoice(Enum):
    """What the text head may generate in a turn."""

    NONE = "none"
    """Nothing: text that was handed over is being said. A delegation that is open waits."""
    FREE = "free"
    """Anything."""
    OPENING = "opening"
    """Nothing but a delegation: no words of its own are wanted."""
    INSIDE = "inside"
    """The rest of the delegation that is open, without HOLD, so that it ends."""


@dataclass(frozen=True, slots=True)
class WrittenTurn:
    """own: tokens that the next turn takes in. text: what is said of them."""

    own: tuple[TakenToken, ...]
    text: str
    delegations: tuple[DelegationRequest, ...] = ()


class TextWriter:
    """Follows the tokens of a session, turn by turn."""

    def __init__(self, tokenizer: TextTokenizer, *, session: int) -> None:
        """session: in the ids of its delegations."""
        self._tokenizer = tokenizer
        self._session = session
        self._reader = DelegationReader(tokenizer, session=session)
        self._refused = 0

    @property
    def counters(self) -> dict[str, int]:
        """Delegations dropped, and turns cut at a token that was not allowed."""
        return {"delegations_dropped": self._reader.dropped, "tokens_refused": self._refused}

    @property
    def session(self) -> int:
        """The number in the ids of its delegations."""
        return self._session

    @property
    def delegating(self) -> bool:
        """Whether a delegation is open."""
        return self._reader.inside

    def choice(self, utterance: Utterance | None) -> TextChoice:
        """What may be generated while this is being said."""
        if isinstance(utterance, HandedOverText):
            return TextChoice.NONE
        if self._reader.inside:
            return TextChoice.INSIDE
        return TextChoice.FREE if _takes_text(utterance) else TextChoice.OPENING

    def allowed(self, utterance: Utterance | None, prefix: Sequence[int]) -> AllowedTokens:
        """Which tokens may come next, after these of the turn."""
        if isinstance(utterance, HandedOverText) or HOLD in prefix:
            return AllowedTokens.NOTHING
        phase = self._reader.phase_after(prefix)
        if phase is not DelegationPhase.OUTSIDE:
            return AllowedTokens(phase.value)
        ended = any(
            token == END and self._reader.phase_after(prefix[:place]) is DelegationPhase.OUTSIDE
            for place, token in enumerate(prefix)
        )
        takes_text = _takes_text(utterance) and not ended
        return AllowedTokens.FREE if takes_text else AllowedTokens.OPENING

    def write(self, generated: Sequence[int], utterance: Utterance | None) -> WrittenTurn:
        """Take in a turn's tokens, up to HOLD or the first that is not allowed, which is counted.

        Raises ValueError for an id outside the vocabulary; then nothing has changed.
        """
        tokens = [int(token) for token in generated]
        self._tokenizer.decode(tokens)
        if isinstance(utterance, HandedOverText):
            self._refused += any(token != HOLD for token in tokens)
            first = utterance.given
            given, text = utterance.give_out()
            own = [_own(token, slot, first + slot) for slot, token in enumerate(given)]
            return WrittenTurn(tuple(own), text)
        own, text, delegations = [], "", []
        for slot, token in enumerate(tokens):
            if not self._tokenizer.masks[self.allowed(utterance, ()), token]:
                self._refused += 1
                break
            if token == HOLD:
                break
            if self._reader.inside or token == DELEGATE:
                own.append(_own(token, slot, 0 if token == DELEGATE else self._reader.length + 1))
                if request := self._reader.read(token):
                    delegations.append(request)
            elif utterance is not None:
                own.append(_own(token, slot, utterance.given))
                text += utterance.add(token)
        return WrittenTurn(tuple(own), text, tuple(delegations))

    def facts(self) -> Facts:
        """State that survives JSON."""
        return {
            "session": self._session,
            "delegation": self._reader.facts(),
            "refused": self._refused,
        }

    def restore(self, facts: object) -> None:
        """Go on where another one stood, under its session. Raises ValueError; then of no use."""
        saved = SavedFacts(facts, "writer", ("session", "delegation", "refused"))
        self._session = saved.whole("session")
        self._reader = DelegationReader(self._tokenizer, session=self._session)
        self._reader.restore(saved.part("delegation"))
        self._refused = saved.whole("refused")


def _takes_text(utterance: Utterance | None) -> bool:
    return isinstance(utterance, FreeSpeech) and not utterance.closed


def _own(token: int, slot: int, order: int) -> TakenToken:
    return TakenToken(token, TextKind.OWN, slot, order % ORDERS)
