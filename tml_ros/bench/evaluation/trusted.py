"""A model that is believed in everything, and timed: judged by what it says, not by its card.

A cell withholds what a model was not shown to be good at; whoever is to find that out must not.
Thread rules are the model's.
"""

from __future__ import annotations

from collections.abc import Sequence

from tml_ros.bench.evaluation.lookout import Lookout
from tml_ros.bench.turn_clock import StepTimes
from tml_ros.model.hazard_places import HEARD, SEEN
from tml_ros.model.interface import InjectMode, InteractionModel, Session
from tml_ros.model.layout import SessionLayout
from tml_ros.model.text_voice import TextVoice, VoicedSession
from tml_ros.turn.hazard import HazardKind
from tml_ros.turn.micro_turn import MicroTurn
from tml_ros.turn.turn_output import TurnOutput


class TrustedModel:
    """The model, trained and trusted by decree. times: of all its steps.

    lookout: how a baseline learns of its cell's alarms; whoever plays tells it which cell.
    text_voice: says texts that are handed over where the model's own voice does not do so well.
    """

    trained = True
    trusted_kinds: frozenset[HazardKind] = frozenset((*SEEN, *HEARD))
    trusted_speech = True

    def __init__(
        self,
        model: InteractionModel,
        *,
        lookout: Lookout | None = None,
        text_voice: TextVoice | None = None,
    ) -> None:
        """model: what is really asked."""
        self._model = model
        self.lookout = lookout
        self.text_voice = text_voice
        self.times = StepTimes()

    @property
    def name(self) -> str:
        """The model's own."""
        return self._model.name

    def open_session(self, layout: SessionLayout | None = None, *, seed: int = 0) -> Session:
        """As the model does, and timed."""
        return _TimedSession(self._model.open_session(layout, seed=seed), self.times)

    def step_batch(self, pairs: Sequence[tuple[Session, MicroTurn]]) -> list[TurnOutput]:
        """One after the other: each step is timed."""
        return [session.step(turn) for session, turn in pairs]


class _TimedSession:
    """A session that remembers what its steps cost."""

    def __init__(self, session: Session, times: StepTimes) -> None:
        self._session = session
        self._times = times

    def step(self, turn: MicroTurn) -> TurnOutput:
        with self._times.step():
            return self._session.step(turn)

    def inject(self, text: str, *, how: InjectMode, urgent: bool = False) -> None:
        self._session.inject(text, how=how, urgent=urgent)

    def speak_by(self, voice: TextVoice) -> None:
        if isinstance(self._session, VoicedSession):
            self._session.speak_by(voice)

    def yield_floor(self) -> None:
        self._session.yield_floor()

    def reset(self) -> None:
        self._session.reset()

    def close(self) -> None:
        self._session.close()
