"""What a running cell looks like at one moment, for whoever draws it.

Types only.
"""

from __future__ import annotations

from dataclasses import dataclass

from tml_ros.report.session_log import SpeechRecord
from tml_ros.safety.alarm import Alarm, AlarmTransition


@dataclass(frozen=True, slots=True)
class StreamView:
    """A camera or microphone. rate: messages per second of late; age_s: since the newest."""

    name: str
    kind: str
    messages: int
    rate: float
    age_s: float | None


@dataclass(frozen=True, slots=True)
class LiveView:
    """One moment of a run.

    began_ns: when the first frame or sound arrived, None before it.
    alarms: those not normal, in the guardian's order. raised: how often one was raised.
    changes: the newest changes of alarms, oldest first; of_changes: how many there were in all.
    said: the newest utterance, as far as it has come.
    p50_ms, p95_ms: frame stamp to alarm received, None before any.
    alive: the names of the nodes heard of.
    """

    began_ns: int | None
    streams: tuple[StreamView, ...]
    alarms: tuple[Alarm, ...]
    raised: int
    changes: tuple[AlarmTransition, ...]
    of_changes: int
    said: SpeechRecord | None
    p50_ms: float | None
    p95_ms: float | None
    turns: int
    alive: frozenset[str]
