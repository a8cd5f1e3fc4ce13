"""One dialogue for a model to hear, and what would be right to do. Types only.

Times are seconds since the beginning of the input. Knows nothing of how inputs are made or models
run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tml_ros.bench.duplex.task import Task
from tml_ros.sim.truth.expectation import Says
from tml_ros.turn.micro_turn import SAMPLE_RATE

Samples = NDArray[np.float32]


class Span(NamedTuple):
    """From when to when, s."""

    start_s: float
    end_s: float

    @property
    def seconds(self) -> float:
        """How long."""
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True)
class Part:
    """Something said without a pause. who: "user" speaks to the model, "other" does not."""

    text: str
    span: Span
    who: str = "user"


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What the model is given to say at `at_s`, as a cell's background gives it a finding."""

    at_s: float
    text: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Speech that says this begins within the window; `due_s` is the very moment.

    reply: what a well-behaved cell says. says: what any right wording says; None where the wording
    does not matter.
    """

    due_s: float
    window: Span
    reply: str = ""
    says: Says | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """id: unique within its task. samples: what is heard, float32 [n], mono, 16 kHz, read-only.

    parts: all that is said in it, in order. pauses: the user's, in the middle of a turn.
    turn_end_s: when the user has said what they had to say, before any overlap. overlap: who talks
    over the model, from when to when; `wanted` is then what is right to say to that, if anything.
    clean: the same without the overlap, as long. handed_over: in own runs only; recordings know
    nothing of it.

    wanted: what is to be said when. promise: within this, talk is a confirmation and needs no
    reason. number: what is to be counted or located, `tolerance` how far an answer may be off.
    """

    id: str
    task: Task
    samples: Samples
    parts: tuple[Part, ...] = ()
    pauses: tuple[Span, ...] = ()
    turn_end_s: float | None = None
    overlap: Span | None = None
    clean: Samples | None = None
    handed_over: tuple[HandedOver, ...] = ()
    wanted: tuple[Wanted, ...] = ()
    promise: Span | None = None
    number: float | None = None
    tolerance: float = 0.0
    looks: str = ""
    seed: int = 0

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.samples) / SAMPLE_RATE

    @property
    def text(self) -> str:
        """All that is said in it."""
        return " ".join(part.text for part in self.parts)

    @property
    def rest_text(self) -> str:
        """What the model was given to say."""
        return " ".join(handed.text for handed in self.handed_over)
