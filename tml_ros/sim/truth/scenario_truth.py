"""Everything that is true of a scenario, from those who know parts of it. Pure.

What is seen needs no picture and what is heard comes with the sound, so that training and judging
get the truth without drawing anything.
"""

from __future__ import annotations

from collections.abc import Iterable

from tml_ros.sim.scenario.scenario import MachineKind, Scenario
from tml_ros.sim.scene.hall import hall_blocks
from tml_ros.sim.scene.machines.machines import machines
from tml_ros.sim.scene.machines.motion import box_passes
from tml_ros.sim.scene.people import People
from tml_ros.sim.scene.prop import Block
from tml_ros.sim.scene.stage import camera_view
from tml_ros.sim.scene.vehicles import Vehicles
from tml_ros.sim.talk.expectations import expectations
from tml_ros.sim.truth.moments import moments
from tml_ros.sim.truth.seen_hazards import seen_hazards
from tml_ros.sim.truth.truth import Doubt, HazardSpan, SpokenLine, Truth


def truth_of(
    scenario: Scenario,
    *,
    lines: Iterable[SpokenLine],
    heard: Iterable[HazardSpan],
    doubts: Iterable[Doubt],
) -> Truth:
    """The truth of a scenario whose sound is known.

    lines: as they are spoken. heard, doubts: the hazards for the ear.
    """
    people, vehicles = People(scenario), Vehicles(scenario)
    blocks: list[Block] = [*hall_blocks(scenario)]
    blocks += [block for machine in machines(scenario) for block in machine.blocks]
    views = {name: camera_view(scenario, name) for name in scenario.cameras}
    seen, unsure = seen_hazards(scenario, people, vehicles, blocks, views)
    spans = tuple(sorted((*seen, *heard), key=lambda one: (one.start_s, one.kind.value, one.zone)))
    spoken = tuple(lines)
    turns = moments(scenario, people, vehicles, blocks, views)
    passes = {
        name: box_passes(machine, scenario.seconds)
        for name, machine in scenario.machines.items()
        if machine.kind is MachineKind.CONVEYOR
    }
    all_doubts = (*unsure, *doubts)
    return Truth(
        seconds=scenario.seconds,
        hazards=spans,
        doubts=all_doubts,
        lines=spoken,
        expected=expectations(scenario, spoken, spans, turns, passes=passes, doubts=all_doubts),
        moments=turns,
    )
