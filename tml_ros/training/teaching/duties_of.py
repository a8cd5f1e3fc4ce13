"""Everything that is right to do in a scenario whose truth is known, with words. Pure."""

from __future__ import annotations

from tml_ros.sim.scenario.scenario import MachineKind, Scenario
from tml_ros.sim.scene.machines.motion import box_passes
from tml_ros.sim.talk.duty import Duty
from tml_ros.sim.talk.expectations import duties
from tml_ros.sim.truth.truth import Truth


def duties_of(scenario: Scenario, truth: Truth) -> tuple[Duty, ...]:
    """Their expectations are those of the truth, in the same order."""
    passes = {
        name: box_passes(machine, scenario.seconds)
        for name, machine in scenario.machines.items()
        if machine.kind is MachineKind.CONVEYOR
    }
    return duties(
        scenario, truth.lines, truth.hazards, truth.moments, passes=passes, doubts=truth.doubts
    )
