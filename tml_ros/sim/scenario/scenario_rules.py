"""What a scenario must fulfil beyond the types of its fields.

Pure functions that raise ValueError in words for whoever writes the file.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import TYPE_CHECKING

from pydantic import BaseModel

if TYPE_CHECKING:
    from tml_ros.sim.scenario.scenario import Scenario, Step


def exactly_one(part: BaseModel, fields: Sequence[str]) -> None:
    """Refuse none or several of the fields."""
    given = [name for name in fields if getattr(part, name) is not None]
    if len(given) != 1:
        raise ValueError(f"exactly one of {', '.join(fields)}; given: {', '.join(given) or 'none'}")


def only_drives(steps: Sequence[Step]) -> None:
    """Refuse a vehicle that crouches or falls."""
    if any(step.walk is None and step.stand is None for step in steps):
        raise ValueError("a vehicle's steps are walk and stand")


def needs_place(kind: str, place: object, needing: Set[str]) -> None:
    """Refuse an event without a place that it needs."""
    if kind in needing and place is None:
        raise ValueError(f"{kind} needs a place: [x, y]")


def fits_together(scenario: Scenario) -> None:
    """Refuse what refers to nothing, or begins after the end."""
    names = [*scenario.people, *scenario.vehicles, *scenario.machines, *scenario.zones]
    names += [*scenario.cameras, *scenario.microphones]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"one name for two things: {', '.join(twice)}")
    for index, line in enumerate(scenario.lines):
        if index == 0 and line.into is not None and not scenario.handed_over:
            raise ValueError("lines.0: `into` needs something that makes the cell speak before it")
    late = [event.kind.value for event in scenario.events if event.at >= scenario.seconds]
    late += [line.act.value for line in scenario.lines if (line.at or 0.0) >= scenario.seconds]
    if late:
        raise ValueError(f"begins after the end at {scenario.seconds:g} s: {', '.join(late)}")
