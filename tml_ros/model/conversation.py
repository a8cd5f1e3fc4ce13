"""The text side of a session: what is taken in, said and delegated, and who has the floor.

One turn is `take_in`, the model's pass, `decide`, the text head slot by slot under `allowed`, and
`say`. Depends on what it is told alone; knows nothing of tensors, sensors or sound. Owned by the
thread of its session.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from tml_ros.model.dialogue_tokens import ORDERS, DialogueTokens, TextKind
from tml_ros.model.event_ages import Event, EventAges
from tml_ros.model.floor_keeper import FloorKeeper
from tml_ros.model.floor_policy import FloorStep
from tml_ros.model.handed_over_text import HandedOverText
from tml_ros.model.incoming_text import TakenToken
from tml_ros.model.interface import InjectMode
from tml_ros.model.own_state import OwnState, own_state_features
from tml_ros.model.preset import Preset
from tml_ros.model.saved_facts import Facts, SavedFacts
from tml_ros.model.text_intake import TextIntake
from tml_ros.model.text_voice import KnownText
from tml_ros.model.text_writer import TextChoice, TextWriter
from tml_ros.model.tokenizer import AllowedTokens, TextTokenizer, sound_text
from tml_ros.model.utterance import Utterance
from tml_ros.model.voice_context import VoiceContext
from tml_ros.turn.turn_output import DelegationRequest, Floor

__all__ = ["Conversation", "Decision", "Said", "TextChoice", "TurnOrderError"]


class TurnOrderError(RuntimeError):
    """The calls of a turn came in another order than `take_in`, `decide`, `say`."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What happens in this turn."""

    floor: Floor
    text: TextChoice


@dataclass(frozen=True, slots=True)
class Said:
    """What a turn gives out.

    text: the piece of text being said in this turn. voice: None when silent. ended: own speech is
    over with this turn, by itself, or broken off before it. known: where it was handed over.
    """

    text: str
    floor: Floor
    delegations: tuple[DelegationRequest, ...]
    voice: VoiceContext | None
    ended: bool
    known: KnownText | None = None


class _Phase(Enum):
    BETWEEN = "between turns"
    TAKEN_IN = "taken in"
    DECIDED = "decided"


class Conversation:
    """One session's conversation; bounded, whatever it is handed."""

    def __init__(self, preset: Preset, tokenizer: TextTokenizer, *, session: int = 0) -> None:
        """session: a number that tells its delegations from other sessions'.

        Raises ValueError where tokenizer and preset have not the same vocabulary.
        """
        if tokenizer.vocabulary != preset.text.vocabulary:
            raise ValueError(
                f"the tokenizer has {tokenizer.vocabulary} ids and the preset "
                f"{preset.text.vocabulary}: load it with vocabulary={preset.text.vocabulary}"
            )
        self._preset = preset
        self._tokenizer = tokenizer
        self._session = session
        self._own_words = True
        self.reset()

    def reset(self) -> None:
        """Forget everything, as fresh."""
        self._intake = TextIntake(self._preset, self._tokenizer)
        self._floor = FloorKeeper(self._preset, self._tokenizer)
        self._writer = TextWriter(self._tokenizer, session=self._session)
        self._ages = EventAges()
        self._own: tuple[TakenToken, ...] = ()
        self._next_turn: int | None = None
        self._started = False
        self._stopped = False
        self._phase = _Phase.BETWEEN

    @property
    def counters(self) -> dict[str, int]:
        """What was dropped, cut or refused since the beginning, by name."""
        return {
            **self._intake.counters,
            **self._floor.counters,
            **self._writer.counters,
        }

    @property
    def utterance(self) -> Utterance | None:
        """What is being said, by the last decision; None while silent. Not to be changed."""
        return self._floor.utterance

    def inject(self, text: str, *, how: InjectMode, urgent: bool = False) -> None:
        """Hand over text: to be spoken, as silent context, or as a standing instruction.

        urgent: spoken text is to be said at once. Raises ValueError for text without a character
        to see, text that is too long, an unknown `how`, and urgency of what is not spoken.
        """
        if how not in get_args(InjectMode):
            raise ValueError(f"how is {how!r}, allowed: {', '.join(get_args(InjectMode))}")
        if urgent and how != "spoken":
            raise ValueError(f"only spoken text can be urgent, not {how}")
        text = sound_text(text).strip()
        if not text:
            raise ValueError("text must not be empty")
        if how == "spoken":
            if self._floor.queue.push(text, urgent=urgent):
                self._intake.to_be_said(text)
            self._ages.happened(Event.HANDED_OVER)
        elif how == "instruction":
            self._intake.instruction(text)
            self._ages.happened(Event.INSTRUCTION)
        else:
            self._intake.silent(text)

    def keep_to_texts(self) -> None:
        """Say what is handed over alone, from the next decision on; `reset` does not change it."""
        self._own_words = False

    def yield_floor(self) -> None:
        """Be silent, from the next decision on; ordinary text waits for its patience anew."""
        self._floor.yield_floor()

    def take_in(self, texts: tuple[str, ...], *, turn: int) -> DialogueTokens:
        """Begin a turn: what its pass takes in. texts: typed by an operator; empty ones are not.

        turn: running number of the session, ascending; in turns left out time goes by, but nothing
            is said. Raises TurnOrderError.
        """
        self._expect(_Phase.BETWEEN)
        left_out = 0 if self._next_turn is None else turn - self._next_turn
        if left_out < 0:
            raise TurnOrderError(f"turn {turn} comes too late: the next is {self._next_turn}")
        self._ages.pass_turns(left_out)
        self._floor.queue.pass_turns(left_out)
        for text in texts:
            if text.strip():
                self._intake.typed(text.strip())
                self._ages.happened(Event.TYPED)
        utterance = self._floor.utterance
        state = OwnState(
            floor=self._floor.floor,
            started=self._started,
            speaking=None if utterance is None else utterance.turns,
            waiting=len(self._floor.queue) > 0,
            urgent=self._floor.queue.urgent,
            told_to_yield=self._floor.told_to_yield,
            delegating=self._writer.delegating,
            ages=self._ages.seconds(),
        )
        tokens = self._intake.take_in(self._own, own_state_features(state))
        self._next_turn = turn + 1
        self._phase = _Phase.TAKEN_IN
        return tokens

    def decide(self, floor_logits: NDArray[np.float32], *, backchannels: bool = True) -> Decision:
        """After the pass: from logits [3] of LISTEN, SPEAK, BACKCHANNEL to what happens.

        backchannels: whether one may begin in this turn.
        Raises TurnOrderError, and ValueError for another shape.
        """
        self._expect(_Phase.TAKEN_IN)
        spoke = self._floor.utterance
        step = self._floor.decide(
            floor_logits, backchannels=backchannels, own_words=self._own_words
        )
        speaks = self._floor.utterance
        self._stopped = step is FloorStep.STOP
        self._started = speaks is not None and speaks is not spoke
        if spoke is not None and speaks is not spoke:
            self._ages.happened(Event.SPEECH_ENDED)
        if self._started:
            self._ages.happened(Event.SPEECH_BEGAN)
        self._phase = _Phase.DECIDED
        choice = self._writer.choice(speaks) if self._own_words else TextChoice.NONE
        return Decision(self._floor.floor, choice)

    def allowed(self, prefix: Sequence[int]) -> AllowedTokens:
        """Which tokens may come next in this turn after these: a row of `TextTokenizer.masks`.

        Raises TurnOrderError before `decide`.
        """
        self._expect(_Phase.DECIDED)
        return self._writer.allowed(self._floor.utterance, prefix)

    def say(self, generated: Sequence[int]) -> Said:
        """Finish the turn with what the text head generated, of which HOLD ends it.

        A token that is not allowed ends it too, and is counted. Raises TurnOrderError before
        `decide`, and ValueError for more tokens than a turn has or an id outside the vocabulary.
        """
        self._expect(_Phase.DECIDED)
        most = self._preset.text.out_per_turn
        if len(generated) > most:
            raise ValueError(f"a turn has at most {most} tokens, not {len(generated)}")
        utterance = self._floor.utterance
        floor = self._floor.floor
        written = self._writer.write(generated, utterance)
        if written.delegations:
            self._ages.happened(Event.DELEGATION)
        voice = None if utterance is None else utterance.voice_context()
        known = utterance.known if isinstance(utterance, HandedOverText) else None
        over = self._floor.pass_turn()
        if over:
            self._ages.happened(Event.SPEECH_ENDED)
        self._ages.pass_turns()
        self._own = written.own
        self._phase = _Phase.BETWEEN
        return Said(written.text, floor, written.delegations, voice, over or self._stopped, known)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Nothing: a conversation is all facts."""
        return {}

    def facts(self) -> Facts:
        """State that survives JSON. Raises TurnOrderError within a turn."""
        self._expect(_Phase.BETWEEN)
        return {
            "tokenizer": self._tokenizer.digest,
            "intake": self._intake.facts(),
            "floor": self._floor.facts(),
            "writer": self._writer.facts(),
            "ages": self._ages.facts(),
            "own": [
                {"token": own.token, "slot": own.place, "order": own.order} for own in self._own
            ],
            "next_turn": -1 if self._next_turn is None else self._next_turn,
            "started": self._started,
        }

    def restore(self, arrays: Mapping[str, object], facts: object) -> None:
        """Go on where another one stood, under its session number.

        Raises ValueError naming what does not fit; then nothing has changed.
        """
        if arrays:
            raise ValueError(f"a saved conversation has no arrays, not {sorted(arrays)}")
        restored = Conversation(self._preset, self._tokenizer)
        restored._take_over(SavedFacts(facts, "conversation", tuple(restored.facts())))
        restored._own_words = self._own_words
        # All or nothing: a session that refuses a file goes on as it was.
        vars(self).update(vars(restored))

    def _take_over(self, saved: SavedFacts) -> None:
        if saved.text("tokenizer", longest=64) != self._tokenizer.digest:
            raise ValueError("saved conversation.tokenizer is another tokenizer than this one")
        self._intake.restore(saved.part("intake"))
        self._floor.restore(saved.part("floor"))
        self._writer.restore(saved.part("writer"))
        self._session = self._writer.session
        self._ages.restore(saved.part("ages"))
        slots = self._preset.text.out_per_turn
        self._own = tuple(
            TakenToken(
                own.whole("token", high=self._tokenizer.vocabulary - 1),
                TextKind.OWN,
                own.whole("slot", high=slots - 1),
                own.whole("order", high=ORDERS - 1),
            )
            for own in saved.parts("own", ("token", "slot", "order"), longest=slots)
        )
        following = saved.whole("next_turn", low=-1)
        self._next_turn = None if following < 0 else following
        self._started = saved.flag("started")

    def _expect(self, phase: _Phase) -> None:
        if self._phase is not phase:
            raise TurnOrderError(f"the turn is {self._phase.value}, it must be {phase.value}")
