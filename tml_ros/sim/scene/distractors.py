"""What of a scenario's events there is to see, beside smoke: most of it is there to fool an eye.

A gate, warning lamps, swinging loads, shadows and patches of sun that move, and puddles. Knows
nothing of lamps that go out, of smoke, or of sounds.
"""

from __future__ import annotations

from tml_ros.sim.scenario.scenario import EventKind, Scenario
from tml_ros.sim.scene.beacon import beacon
from tml_ros.sim.scene.door import door
from tml_ros.sim.scene.event_draws import EventDraws
from tml_ros.sim.scene.moving_shadow import moving_shadow
from tml_ros.sim.scene.prop import Prop
from tml_ros.sim.scene.spill import spill
from tml_ros.sim.scene.sun_patch import sun_patch
from tml_ros.sim.scene.swinging_load import swinging_load

_MAKERS = {
    EventKind.BLINKING: beacon,
    EventKind.SWINGING: swinging_load,
    EventKind.SHADOW: moving_shadow,
    EventKind.REFLECTION: sun_patch,
    EventKind.SPILL: spill,
}


def distractors(scenario: Scenario) -> tuple[Prop, ...]:
    """One prop per event that is seen, and one for the gate, whose names of bodies begin with
    "event-"; no machine, vehicle or person can be called so.
    """
    props: list[Prop] = []
    gate = [(i, event) for i, event in enumerate(scenario.events) if event.kind is EventKind.DOOR]
    if gate:
        draws = EventDraws.of(scenario, gate[0][0])
        props.append(door(scenario, [event for _, event in gate], draws))
    for index, event in enumerate(scenario.events):
        if event.kind in _MAKERS:
            draws = EventDraws.of(scenario, index)
            props.append(_MAKERS[event.kind](f"event-{index}", scenario, event, draws))
    return tuple(props)
