"""All machines of a scenario as props.

Knows nothing of the hall. Machines are named as in the scenario.
"""

from __future__ import annotations

from tml_ros.sim.scenario.scenario import MachineKind, Scenario
from tml_ros.sim.scene.machines.conveyor import conveyor
from tml_ros.sim.scene.machines.machine_looks import MachineDraws
from tml_ros.sim.scene.machines.press import press
from tml_ros.sim.scene.machines.robot_arm import robot_arm
from tml_ros.sim.scene.prop import Prop

_MAKERS = {
    MachineKind.PRESS: press,
    MachineKind.CONVEYOR: conveyor,
    MachineKind.ROBOT_ARM: robot_arm,
}


def machines(scenario: Scenario) -> tuple[Prop, ...]:
    """One prop per machine, in the scenario's order."""
    return tuple(
        _MAKERS[part.kind](name, part, MachineDraws.of(scenario.seed, name, scenario.looks))
        for name, part in scenario.machines.items()
    )
