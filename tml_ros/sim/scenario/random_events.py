"""Draws what is heard and what fools an eye or an ear. Pure; the random source is an argument."""

from __future__ import annotations

from tml_ros.sim.scenario.random_hall import Rng, Site
from tml_ros.sim.scenario.scenario import EventKind, EventPart, MachineFault, MachinePart

SOUNDS = (EventKind.SIREN, EventKind.IMPACT, EventKind.CRY)
FOOL_EYES = (
    EventKind.DOOR,
    EventKind.LAMP_OFF,
    EventKind.BLINKING,
    EventKind.SWINGING,
    EventKind.SHADOW,
    EventKind.REFLECTION,
    EventKind.SPILL,
)
FOOL_EARS = (EventKind.FAN, EventKind.BEEPS, EventKind.RADIO, EventKind.CLATTER)
_LASTS = {
    EventKind.IMPACT: (0.5, 0.5),
    EventKind.CRY: (2.0, 4.0),
    EventKind.CLATTER: (0.5, 2.0),
    EventKind.BEEPS: (2.0, 8.0),
    EventKind.SIREN: (3.0, 9.0),
}
APART_S = 6.0
"""Between two sounds that are hazards, so that each is one alarm."""


def sound_hazards(
    rng: Rng, *, seconds: float, count: float, kinds: tuple[EventKind, ...] = SOUNDS
) -> list[EventPart]:
    """Sirens, impacts and cries: `count` on average, never two close together."""
    events: list[EventPart] = []
    free = float(rng.uniform(3, 8))
    for _ in range(int(rng.poisson(count))):
        kind = kinds[int(rng.integers(len(kinds)))]
        event = _event(rng, kind, free, strength=(0.3, 1.0))
        if event.at + event.lasts > seconds - 2:
            break
        events.append(event)
        free = event.at + event.lasts + APART_S + float(rng.exponential(6.0))
    return events


def distractors(
    rng: Rng, *, seconds: float, difficulty: float, kinds: tuple[EventKind, ...]
) -> list[EventPart]:
    """Each kind with a chance that grows with the difficulty."""
    events = []
    for kind in kinds:
        if rng.uniform() < 0.1 + 0.4 * difficulty:
            at = float(rng.uniform(1.0, max(1.5, seconds - 6.0)))
            events.append(_event(rng, kind, at, strength=(0.2, 0.4 + 0.6 * difficulty)))
    return events


def with_faults(
    rng: Rng, site: Site, *, seconds: float, chance: float, stops: bool
) -> dict[str, MachinePart]:
    """The site's machines, some with a fault for the ear, some standing still for a time."""
    machines = {}
    for name, machine in site.machines.items():
        changes: dict[str, object] = {}
        if rng.uniform() < chance:
            faults = list(MachineFault)
            changes["fault"] = faults[int(rng.integers(len(faults)))]
            changes["faulty"] = round(float(rng.uniform(0.2, 0.5)) * seconds, 1)
        if stops and rng.uniform() < 0.3:
            begin = float(rng.uniform(0.1, 0.7)) * seconds
            changes["stops"] = ((round(begin, 1), round(begin + float(rng.uniform(5, 15)), 1)),)
        machines[name] = machine.model_copy(update=changes)
    return machines


def _event(rng: Rng, kind: EventKind, at: float, *, strength: tuple[float, float]) -> EventPart:
    low, high = _LASTS.get(kind, (5.0, 15.0))
    return EventPart(
        kind=kind,
        at=round(at, 2),
        lasts=round(float(rng.uniform(low, high)), 1),
        place=_floor_place(rng) if kind is EventKind.SPILL else None,
        strength=round(float(rng.uniform(*strength)), 2),
    )


def _floor_place(rng: Rng) -> tuple[float, float]:
    return round(float(rng.uniform(-3, 3)), 2), round(float(rng.uniform(-2.5, 2.5)), 2)
