"""What a scenario must fulfil beyond the types of its fields.

Pure functions; each names the place of a mistake, what was found and what is allowed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from typing import TYPE_CHECKING

from pydantic import BaseModel

from tml_ros.cell.cell_rules import Mistake, mistake, refuse

if TYPE_CHECKING:
    from tml_ros.sim.scenario.scenario import Scenario, Step


def exactly_one(part: BaseModel, fields: Sequence[str]) -> None:
    """Refuse none or several of the fields."""
    given = [name for name in fields if getattr(part, name) is not None]
    if len(given) != 1:
        found = " and ".join(given) or "none of them"
        refuse([mistake((), found, f"exactly one of {', '.join(fields)}")])


def only_drives(steps: Sequence[Step]) -> None:
    """Refuse a vehicle that crouches or falls."""
    refuse(
        [
            mistake(("steps", index), "crouch or fall", "walk or stand, for a vehicle")
            for index, step in enumerate(steps)
            if step.walk is None and step.stand is None
        ]
    )


def needs_place(kind: str, place: object, needing: Set[str]) -> None:
    """Refuse an event without a place that it needs."""
    if kind in needing and place is None:
        refuse([mistake(("place",), "nothing", f"where on the floor the {kind} is: [x, y]")])


def fits_together(scenario: Scenario) -> None:
    """Refuse what refers to nothing, or begins after the end."""
    refuse([*_names(scenario), *_times(scenario), *_lines(scenario)])


def _names(scenario: Scenario) -> Iterator[Mistake]:
    seen: set[str] = set()
    for part in ("machines", "zones", "cameras", "microphones", "people", "vehicles"):
        for name in getattr(scenario, part):
            if name in seen:
                yield mistake((part, name), "the name a second time", "one name for one thing")
            seen.add(name)


def _times(scenario: Scenario) -> Iterator[Mistake]:
    allowed = f"before the scenario's end at {scenario.seconds:g} s"
    for part in ("events", "lines", "handed_over"):
        for index, one in enumerate(getattr(scenario, part)):
            if one.at is not None and one.at >= scenario.seconds:
                yield mistake((part, index, "at"), one.at, allowed)


def _lines(scenario: Scenario) -> Iterator[Mistake]:
    if scenario.lines and scenario.lines[0].into is not None and not scenario.handed_over:
        allowed = "`at`, because nothing before it makes the cell speak"
        yield mistake(("lines", 0, "into"), scenario.lines[0].into, allowed)
