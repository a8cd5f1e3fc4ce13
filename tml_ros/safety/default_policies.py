"""How each kind of hazard becomes an alarm where a cell says nothing else.

Data only; delays follow the guards' own hold times, so that one occurrence is one alarm.
Priorities after ISA-18.2: by what happens if nobody acts, and how soon somebody must.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tml_ros.safety.alarm import AlarmPolicy, Priority
from tml_ros.safety.warning_text import ENGLISH
from tml_ros.turn.hazard import HazardKind

_SECOND = 1_000_000_000


def _policy(
    kind: HazardKind,
    priority: Priority,
    *,
    on: float,
    off: float,
    realarm: float,
    latching: bool = False,
) -> AlarmPolicy:
    """A policy with delays and re-alarm time in seconds and the English warning of its kind."""
    return AlarmPolicy(
        priority=priority,
        on_delay_ns=round(on * _SECOND),
        off_delay_ns=round(off * _SECOND),
        latching=latching,
        realarm_ns=round(realarm * _SECOND),
        warning=ENGLISH[kind],
    )


def _policies() -> dict[HazardKind, AlarmPolicy]:
    kind = HazardKind
    low, medium, high, critical = Priority
    return {
        k: _policy(k, priority, on=on, off=off, realarm=realarm, latching=latching)
        for k, priority, on, off, realarm, latching in (
            # A step over the line counts at once: 0.2 s is two to three pictures. The worker who
            # is lost for a moment behind a column is still the same visit: 1 s.
            (kind.PERSON_IN_ZONE, high, 0.2, 1.0, 60.0, False),
            # Bending down for a tool is not a fall. Latching: somebody must go and look, even
            # when the person has since got up or been carried out of the picture.
            (kind.PERSON_DOWN, critical, 2.0, 3.0, 30.0, True),
            # A rule, not an imminent blow: time to put it on.
            (kind.MISSING_HELMET, medium, 1.0, 3.0, 300.0, False),
            # Closing at walking pace leaves no time for a long delay.
            (kind.VEHICLE_NEAR_PERSON, critical, 0.2, 1.0, 30.0, False),
            # Smoke hides itself: only a person can say that it is over, hence latching.
            (kind.SMOKE_OR_FIRE, critical, 0.6, 5.0, 30.0, True),
            # The guard has already waited for a pattern; 2 s bridge a pause between two bursts.
            (kind.SIREN, high, 0.0, 2.0, 60.0, False),
            # Over in milliseconds: any on-delay longer than the guard's hold would lose it.
            (kind.IMPACT_SOUND, medium, 0.0, 1.0, 0.0, False),
            # A slow judgement about wear: steadiness counts more than speed.
            (kind.MACHINE_FAULT_SOUND, medium, 2.0, 5.0, 600.0, False),
            # Latching: who has stopped calling may need help more than before.
            (kind.CRY_FOR_HELP, critical, 0.4, 2.0, 30.0, True),
            # A blind or deaf cell guards nothing, so losing the stream is high. Freshness has
            # already waited; 1 s of pictures again, before the source counts as back.
            (kind.CAMERA_LOST, high, 0.0, 1.0, 300.0, False),
            (kind.CAMERA_FROZEN, high, 0.0, 1.0, 300.0, False),
            # Lamps flicker, welding blinds, somebody walks close by: those last moments.
            (kind.CAMERA_DARK, medium, 1.0, 2.0, 300.0, False),
            (kind.CAMERA_COVERED, high, 1.0, 2.0, 300.0, False),
            # The zone now lies elsewhere, and stays so until somebody turns the camera back.
            (kind.CAMERA_MOVED, high, 1.0, 2.0, 300.0, False),
            (kind.CAMERA_STALE, high, 0.0, 1.0, 300.0, False),
            (kind.MICROPHONE_LOST, medium, 0.0, 1.0, 300.0, False),
            (kind.MICROPHONE_STALE, medium, 0.0, 1.0, 300.0, False),
            (kind.MICROPHONE_CLIPPING, low, 1.0, 5.0, 0.0, False),
            # The guards go on without the model: a maintenance matter first.
            (kind.MODEL_LATE, low, 1.0, 5.0, 600.0, False),
            (kind.MODEL_LOST, medium, 0.0, 2.0, 600.0, False),
            # The watch has already waited; whoever restarts over and over is one alarm.
            (kind.NODE_LOST, medium, 0.0, 2.0, 600.0, False),
            (kind.NODE_HUNG, medium, 0.0, 2.0, 600.0, False),
            (kind.NODE_IDLE, medium, 0.0, 2.0, 600.0, False),
            (kind.NODE_LATE, low, 1.0, 5.0, 600.0, False),
            # No delay could run out while the clock stands.
            (kind.CLOCK_STOPPED, high, 0.0, 0.0, 0.0, False),
            # The cell guards on, and nobody could prove it afterwards.
            (kind.RECORD_FAILED, high, 0.0, 2.0, 600.0, False),
            (kind.EVIDENCE_FAILED, low, 0.0, 2.0, 3600.0, False),
        )
    }


DEFAULT_POLICIES: Mapping[HazardKind, AlarmPolicy] = MappingProxyType(_policies())
"""One policy for every kind; read-only."""
