"""What a reasoner may look at: everything of the cell's past and present, and nothing to change it.

The protocols here are all that reasoners know of where things are kept; each has reading methods
alone. Nothing is computed here: `facts` does. Frozen; used by the thread that works on questions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from types import MappingProxyType
from typing import Protocol

from tml_ros.background.alarm_note import AlarmNote
from tml_ros.background.condition import Condition
from tml_ros.background.machine import Machine
from tml_ros.background.manuals import Passage
from tml_ros.background.playbook import Playbook
from tml_ros.background.reading import Reading, Waveform
from tml_ros.background.series import Series
from tml_ros.background.state_event import StateEvent

Analysis = Callable[[Waveform], Sequence[Condition]]
"""Judges one waveform by every method that applies to its sensor."""


class HistoryView(Protocol):
    """Readings; a `History` is one."""

    def machines(self) -> tuple[str, ...]:
        """Machines that have readings."""
        ...

    def quantities(self, machine: str) -> tuple[str, ...]:
        """What of a machine is measured."""
        ...

    def latest(self, machine: str, quantity: str) -> Reading | None:
        """The newest reading."""
        ...

    def series(
        self, machine: str, quantity: str, *, since_ns: int, until_ns: int, points: int = 2000
    ) -> Series:
        """Readings of a span, thinned out to `points`."""
        ...

    def events(self, machine: str, *, since_ns: int, until_ns: int) -> tuple[StateEvent, ...]:
        """What a machine said of itself in words."""
        ...


class WaveformView(Protocol):
    """Blocks of vibration and sound; a `WaveformStore` is one."""

    def sensors(self, machine: str) -> tuple[str, ...]:
        """Sensors that have blocks."""
        ...

    def latest(self, machine: str, sensor: str) -> Waveform | None:
        """The newest block."""
        ...


class RecordView(Protocol):
    """What was judged, and which alarms there were; a `Record` is one."""

    def conditions(self, machine: str) -> tuple[Condition, ...]:
        """The newest judgement of each method and part, worst and newest first."""
        ...

    def judged(self, machine: str, *, since_ns: int, until_ns: int) -> tuple[Condition, ...]:
        """Judgements that differed from the one before, oldest first."""
        ...

    def alarms_now(self) -> tuple[AlarmNote, ...]:
        """Alarms that are not normal."""
        ...

    def alarms(self, *, since_ns: int, until_ns: int) -> tuple[AlarmNote, ...]:
        """Changes of alarms in a span, oldest first."""
        ...


class ManualsView(Protocol):
    """Manuals by search; `Manuals` is one, and one that searches by meaning would be another."""

    def search(self, query: str, limit: int = 3) -> tuple[Passage, ...]:
        """Passages that fit, best first."""
        ...


@dataclass(frozen=True, slots=True)
class Tools:
    """Everything a reasoner may look at; what is None is not there, and answers say so.

    machines: of the cell, by name; machines that only have readings are found besides.
    playbooks: by language. analysis: judges a waveform anew. language: of the cell, "en" or "de",
    for questions that do not tell theirs. zone: for times of day; None: that of this computer.
    """

    history: HistoryView
    waveforms: WaveformView | None = None
    record: RecordView | None = None
    machines: Mapping[str, Machine] = field(default_factory=lambda: MappingProxyType({}))
    playbooks: Mapping[str, Playbook] = field(default_factory=lambda: MappingProxyType({}))
    manuals: ManualsView | None = None
    analysis: Analysis | None = None
    language: str = "en"
    zone: tzinfo | None = None
