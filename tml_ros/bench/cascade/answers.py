"""What the cascade answers, in words. Pure functions of what it knows; nothing is guessed.

Where the guards know nothing it says that it cannot tell.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from tml_ros.bench.cascade.world_view import WorldView
from tml_ros.sim.talk.names import written_name
from tml_ros.turn.hazard import HazardKind

CANNOT_TELL: Final = "I cannot tell."
LISTENING: Final = "Yes. I am listening."
CHECKING: Final = "Let me check that."
ACKNOWLEDGED: Final = "Alarm acknowledged."
OKAY: Final = "Okay."
NOTHING_SAID: Final = "I have not said anything yet."
NOTHING_LEFT: Final = "There is nothing more to say."
CANNOT_COUNT: Final = "Sorry, I am not able to count."
NOT_COUNTED: Final = "I have not counted anything."
CANNOT_WATCH: Final = "Sorry, I only watch for people in the zones."

_THERE: Final = MappingProxyType(
    {
        HazardKind.PERSON_IN_ZONE: "Person in {}",
        HazardKind.PERSON_DOWN: "Person down in {}",
        HazardKind.MISSING_HELMET: "Helmet missing in {}",
        HazardKind.VEHICLE_NEAR_PERSON: "Vehicle close to a person in {}",
        HazardKind.SMOKE_OR_FIRE: "Smoke or fire in {}",
        HazardKind.SIREN: "Siren",
        HazardKind.IMPACT_SOUND: "Loud impact",
        HazardKind.MACHINE_FAULT_SOUND: "Unusual machine sound",
        HazardKind.CRY_FOR_HELP: "Call for help",
    }
)
_MOST_NAMED: Final = 3


def safety(zone: str, view: WorldView) -> str:
    """Whether it is safe to enter."""
    name = written_name(zone)
    dangers = view.dangers(zone)
    if view.occupied(zone):
        return f"No. Somebody is in {name}."
    if dangers:
        return f"No. {present(dangers[0], zone)}."
    if view.occupied(zone) is None:
        return CANNOT_TELL
    return f"Yes. {name[:1].upper()}{name[1:]} is clear."


def presence(zone: str, view: WorldView) -> str:
    """Whether somebody is there."""
    occupied = view.occupied(zone)
    if occupied is None:
        return CANNOT_TELL
    name = written_name(zone)
    return f"Yes. Somebody is in {name}." if occupied else f"No. Nobody is in {name}."


def alarms(view: WorldView) -> str:
    """What is present; of many the first three, and how many more."""
    if not view.known:
        return CANNOT_TELL
    if not view.present:
        return "There is no alarm."
    named = list(dict.fromkeys(present(one.kind, one.zone) for one in view.present))
    more = len(named) - _MOST_NAMED
    said = [*named[:_MOST_NAMED], f"And {more} more"] if more > 0 else named
    return ". ".join(said) + "."


def clear(zone: str) -> str:
    """What somebody asked to be told."""
    name = written_name(zone)
    return f"{name[:1].upper()}{name[1:]} is clear."


def time_over(seconds: int) -> str:
    """A reminder."""
    return f"Reminder. {_span(seconds)} {'is' if seconds == 1 else 'are'} over."


def time_passed(seconds: int) -> str:
    """A call every so often."""
    return f"{_span(seconds)}."


def present(kind: HazardKind, zone: str) -> str:
    """A hazard, by name."""
    words = _THERE.get(kind, kind.value.replace("_", " ").capitalize() + " at {}")
    return words.format(written_name(zone) if zone else "the hall")


def _span(seconds: int) -> str:
    return f"{seconds} second{'' if seconds == 1 else 's'}"
