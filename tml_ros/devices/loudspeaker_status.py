"""How a loudspeaker is doing, and its named error. Types only."""

from __future__ import annotations

from dataclasses import dataclass

QUEUE_S = 60
"""How much sound may wait; the oldest gives way to more."""


class LoudspeakerError(ValueError):
    """A sink that cannot be opened; the message says which and what to do."""


class LoudspeakerAbsentError(LoudspeakerError):
    """The sound device is not there or refuses now; it may be plugged in later."""


@dataclass(frozen=True, slots=True)
class LoudspeakerStatus:
    """How a loudspeaker is doing.

    played: samples that really went out; waiting: queued; flushed: thrown away by `flush`;
    dropped: the oldest ones, thrown away because too much was waiting.
    lost: the device is gone and being retried, or the file can no longer be written.
    taken: samples that the sink has asked for, silence included; it stands still with the sink.
    """

    played: int
    waiting: int
    flushed: int = 0
    dropped: int = 0
    lost: bool = False
    retries: int = 0
    last_error: str = ""
    taken: int = 0
