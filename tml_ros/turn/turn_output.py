"""What a cell gives out in one micro-turn: speech, text, hazards, requests, and the floor."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from tml_ros.turn.hazard import Hazard


class Floor(str, Enum):
    """Whether the model listens, speaks, or gives a short sign of listening."""

    LISTEN = "listen"
    SPEAK = "speak"
    BACKCHANNEL = "backchannel"


@dataclass(frozen=True, slots=True)
class DelegationRequest:
    """A question handed to the background: its id, kind ("machine_status", ...) and wording."""

    id: str
    kind: str
    question: str


@dataclass(frozen=True, slots=True)
class TurnOutput:
    """The answer to the micro-turn of the same index.

    speech: float32 [3200], mono, 16 kHz, -1..1, or None when silent.
    text: the piece of text being said in this turn.
    hazards: every kind and zone the model judges, each turn, present or not.
    """

    index: int
    speech: NDArray[np.float32] | None = None
    text: str = ""
    hazards: tuple[Hazard, ...] = ()
    delegations: tuple[DelegationRequest, ...] = ()
    floor: Floor = Floor.LISTEN
