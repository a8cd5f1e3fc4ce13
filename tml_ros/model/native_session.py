"""One cell's endless conversation with the model: everything that is its own, but for the weights.

The model steps it in four phases, so that many sessions share each pass: `take_in` a turn, `judge`
what the network said of it, `say` what the text head wrote, `sound` what the voice made of it.
Memory and time of a step do not depend on the session's age. One thread steps a session.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tml_ros.model.conversation import Conversation, Decision, Said
from tml_ros.model.effort import FULL, Effort
from tml_ros.model.flow_noise import turn_noise
from tml_ros.model.hazard_places import hazards_of
from tml_ros.model.interface import InjectMode
from tml_ros.model.layout import SessionLayout
from tml_ros.model.ring_state import RingState
from tml_ros.model.senses import Senses
from tml_ros.model.text_voice import TextVoice
from tml_ros.model.ticker import Stepping, Ticker
from tml_ros.model.turn_tokens import TurnTokens
from tml_ros.model.vocoder import StreamingVocoder
from tml_ros.turn.hazard import Hazard
from tml_ros.turn.micro_turn import MicroTurn
from tml_ros.turn.turn_output import TurnOutput

if TYPE_CHECKING:
    from tml_ros.model.native_model import NativeModel

_LONGEST_LEAP = 1 << 20


class SessionClosedError(RuntimeError):
    """The session was closed and cannot be stepped any more."""


class NativeSession:
    """Made by `NativeModel.open_session`. Not thread-safe.

    seed: of the voice's noise; the same turns then give the same samples.
    """

    def __init__(
        self,
        model: NativeModel,
        ticker: Ticker,
        row: int,
        *,
        layout: SessionLayout | None,
        seed: int,
    ) -> None:
        self.model = model
        self.ticker, self.row, self.seed = ticker, row, seed
        self.layout = layout
        self.ring = RingState(ticker.plan)
        self.senses = Senses(model.preset, layout, sparse=model.sparse)
        self.conversation = Conversation(model.preset, model.tokenizer, session=seed)
        self.vocoder = StreamingVocoder()
        self.closed = False
        self.effort = FULL
        self._text_voice: TextVoice | None = None
        self.reset()

    def step(self, turn: MicroTurn) -> TurnOutput:
        """Take in one turn and give out one. Raises SessionClosedError."""
        return self.model.step_batch([(self, turn)])[0]

    def inject(self, text: str, *, how: InjectMode, urgent: bool = False) -> None:
        """Hand over text; spoken text is said when the floor is free, urgent text at once.

        Raises ValueError for text that is empty or too long, or an unknown `how`.
        """
        self.conversation.inject(text, how=how, urgent=urgent)

    def yield_floor(self) -> None:
        """Be silent from the next turn on; what is being said is given up."""
        self.conversation.yield_floor()

    def spare(self, effort: Effort) -> None:
        """Do so much from the next turn on; `reset` does not change it, no file keeps it."""
        self.effort = effort

    def keep_to_texts(self) -> None:
        """Say nothing of its own accord any more; `reset` does not change it, no file keeps it."""
        self.conversation.keep_to_texts()

    def speak_by(self, voice: TextVoice) -> None:
        """Let this voice say what it has ready when it begins; `reset` does not change it."""
        self._text_voice = voice

    def reset(self) -> None:
        """Forget everything, as if just opened."""
        self.ring.reset()
        self.ticker.clear(self.row)
        self.senses.reset()
        self.conversation.reset()
        self.vocoder.reset()
        self.number = -1
        self._last_index: int | None = None
        self._lent = False

    def close(self) -> None:
        """Give the session's memory to the next one that is opened."""
        if not self.closed:
            self.closed = True
            self.model.give_back(self)

    def save(self, path: Path) -> None:
        """Write everything the session remembers to a file. Raises OSError."""
        from tml_ros.model.session_file import save_session  # noqa: PLC0415 - it imports this

        save_session(self, path)

    def restore(self, path: Path) -> None:
        """Take over what another session of this model saved; as if it had never stopped.

        Raises SessionFileError where the file is damaged or of another model, layout or version;
        the session is then as it was.
        """
        from tml_ros.model.session_file import restore_session  # noqa: PLC0415

        restore_session(self, path)

    def progress(self) -> dict[str, int | None]:
        """How far the session has come, for its file."""
        return {"number": self.number, "last_index": self._last_index, "seed": self.seed}

    def resume(self, progress: Mapping[str, int | None]) -> None:
        """Go on from there. Raises ValueError, KeyError where that is no progress."""
        number, seed, last = (progress[name] for name in ("number", "seed", "last_index"))
        if not isinstance(number, int) or not isinstance(seed, int) or number < -1:
            raise ValueError(f"turn number {number!r} and seed {seed!r}")
        self.number, self.seed, self._last_index = number, seed, last

    @property
    def counters(self) -> dict[str, int]:
        """What could not be used or was given up so far, by reason."""
        counts = {**self.senses.counters, **self.conversation.counters}
        return {name: count for name, count in counts.items() if count}

    def take_in(self, turn: MicroTurn) -> Stepping:
        """First phase: the turn as tokens."""
        leap = 1 if self._last_index is None else turn.index - self._last_index
        self.number += leap if 0 < leap < _LONGEST_LEAP else 1
        self._last_index = turn.index
        tokens = TurnTokens(
            self.number,
            self.senses.take_in(turn, number=self.number, effort=self.effort),
            self.conversation.take_in(turn.texts, turn=self.number),
        )
        return Stepping(self.row, self.ring, tokens)

    def judge(
        self, hazards: NDArray[np.float32], floor: NDArray[np.float32], turn: MicroTurn
    ) -> tuple[tuple[Hazard, ...], Decision]:
        """Second phase: what of the turn is dangerous, and who speaks."""
        found = hazards_of(
            hazards,
            self.model.preset,
            zones=self.senses.zones,
            microphones=self.senses.microphones,
            stamp_ns=turn.end_ns,
        )
        return found, self.conversation.decide(floor, backchannels=self.effort.backchannels)

    def say(self, written: Sequence[int]) -> Said:
        """Third phase: the text of the turn."""
        return self.conversation.say(written)

    def noise(self) -> NDArray[np.float32]:
        """What the voice of this turn begins with: float32 [8, 80]."""
        return turn_noise(self.seed, self.number)

    def lent(self, said: Said) -> NDArray[np.float32] | None:
        """What another voice says in this turn: float32 [3200]; None where the net's own is heard.

        A text is said by one voice from its beginning to its end.
        """
        known, voice = said.known, self._text_voice
        if known is None or voice is None or not (self._lent or known.turn == 0):
            self._lent = False
            return None
        samples = voice.samples(known.text, known.turn)
        self._lent = samples is not None
        return samples

    def sound(
        self, mel: NDArray[np.float32] | None, lent: NDArray[np.float32] | None = None
    ) -> NDArray[np.float32] | None:
        """Fourth phase: float32 [3200] of mel [8, 80], or as lent; None for a silent turn."""
        if mel is None:
            self.vocoder.reset()
            return lent
        return self.vocoder.push(mel)
