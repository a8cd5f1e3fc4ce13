"""The cascade as an interaction model: opens sessions, shares recogniser and voice among them.

Nothing in it was learnt for a cell, so "trained" only says that it means what it says; it judges no
hazards at all, which are the guards' business. One thread steps all sessions of a model.
"""

from __future__ import annotations

from collections.abc import Sequence

from tml_ros.bench.cascade.cascade_session import CascadeSession, ComputeTime
from tml_ros.bench.cascade.grammar import MACHINES, THINGS, phrases_of
from tml_ros.bench.cascade.recogniser import Recogniser, require_pocketsphinx
from tml_ros.bench.cascade.voice import Voice
from tml_ros.bench.cascade.world_view import Look, nothing_known
from tml_ros.devices.speech_renderer import (
    SpeechRenderer,
    SpeechUnavailableError,
    UnknownVoiceError,
)
from tml_ros.model.interface import ModelUnavailableError, Session
from tml_ros.model.layout import SessionLayout
from tml_ros.turn.hazard import HazardKind
from tml_ros.turn.micro_turn import MicroTurn
from tml_ros.turn.turn_output import TurnOutput

NAME = "cascade"


class CascadeModel:
    """Made by `open_cascade`, whose arguments these are."""

    name = NAME
    trained = True
    trusted_kinds: frozenset[HazardKind] = frozenset()
    trusted_speech: bool = True

    def __init__(
        self,
        voice: Voice,
        *,
        machines: Sequence[str],
        things: Sequence[str],
        look: Look,
        silence_s: float,
        compute: ComputeTime,
    ) -> None:
        self._voice = voice
        self._machines, self._things = tuple(machines), tuple(things)
        self._look, self._silence_s, self._compute = look, silence_s, compute
        self._recognisers: dict[tuple[tuple[str, ...], ...], Recogniser] = {}

    def open_session(
        self,
        layout: SessionLayout | None = None,
        *,
        seed: int = 0,
        look: Look | None = None,
        machines: Sequence[str] | None = None,
        things: Sequence[str] | None = None,
    ) -> CascadeSession:
        """A fresh session; its grammar has the names of the layout's zones.

        seed: only numbers the requests; nothing is drawn at random. look, machines, things: of this
        cell, instead of the model's.
        """
        layout = SessionLayout() if layout is None else layout
        names = (
            layout.zones,
            self._machines if machines is None else tuple(machines),
            self._things if things is None else tuple(things),
        )
        if names not in self._recognisers:
            zones, known, movers = names
            self._recognisers[names] = Recogniser(phrases_of(zones, machines=known, things=movers))
        return CascadeSession(
            self._recognisers[names],
            self._voice,
            layout=layout,
            look=self._look if look is None else look,
            seed=seed,
            silence_s=self._silence_s,
            compute=self._compute,
        )

    def step_batch(self, pairs: Sequence[tuple[Session, MicroTurn]]) -> list[TurnOutput]:
        """Step many cells, one after the other."""
        return [session.step(turn) for session, turn in pairs]


def open_cascade(
    *,
    language: str = "en-us",
    machines: Sequence[str] = MACHINES,
    things: Sequence[str] = THINGS,
    look: Look = nothing_known,
    silence_s: float = 0.6,
    compute: ComputeTime | None = None,
) -> CascadeModel:
    """The cascade, ready to open sessions.

    language: voice of espeak-ng that it speaks with; it understands English. machines, things:
    names that may be asked about. look: what the guards say of the cell; without it the cascade
    answers that it cannot tell. silence_s: that ends an utterance. compute: how long its parts
    take.

    Raises ModelUnavailableError where pocketsphinx or espeak-ng is missing.
    """
    require_pocketsphinx()
    try:
        voice = Voice(SpeechRenderer(language).render)
    except (SpeechUnavailableError, UnknownVoiceError) as problem:
        raise ModelUnavailableError(f"the cascade cannot speak: {problem}") from problem
    return CascadeModel(
        voice,
        machines=machines,
        things=things,
        look=look,
        silence_s=silence_s,
        compute=ComputeTime() if compute is None else compute,
    )
