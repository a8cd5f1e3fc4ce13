"""What a cell did in one scenario, whoever drives it. Types only.

Times are seconds since the beginning of the scenario, as they were heard or happened in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from tml_ros.turn.hazard import HazardKind


class Speaker(str, Enum):
    """Who spoke."""

    MODEL = "model"
    GUARDIAN = "guardian"
    """The fixed warnings of the alarms."""


@dataclass(frozen=True, slots=True)
class TimedWord:
    """A word, from when to when."""

    word: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Utterance:
    """From the first sample heard to the last, pauses shorter than 0.6 s within it.

    cut: it broke off in the middle of what it had to say.
    """

    start_s: float
    end_s: float
    text: str
    by: Speaker = Speaker.MODEL
    backchannel: bool = False
    cut: bool = False
    words: tuple[TimedWord, ...] = ()


@dataclass(frozen=True, slots=True)
class AlarmSpan:
    """An alarm's hazard was held for present in [raised_s, gone_s); gone_s None: to the end."""

    kind: HazardKind
    zone: str
    raised_s: float
    gone_s: float | None


@dataclass(frozen=True, slots=True)
class Request:
    """Something asked of the background."""

    at_s: float
    kind: str
    question: str


@dataclass(frozen=True, slots=True)
class Conduct:
    """line_starts: when those lines began that waited for the cell to speak, by index; a line that
    is not in it and has no time of its own was never said.
    """

    seconds: float
    utterances: tuple[Utterance, ...] = ()
    alarms: tuple[AlarmSpan, ...] = ()
    requests: tuple[Request, ...] = ()
    line_starts: Mapping[int, float] = field(default_factory=dict)
