"""What a cell may ask of its model that it was not shown to be good enough at. Types only."""

from __future__ import annotations

from enum import Enum

from tml_ros.turn.hazard import HazardKind


class Experiment(str, Enum):
    """Words of its own, or a kind of hazard that models judge."""

    SPEECH = "speech"
    PERSON_IN_ZONE = HazardKind.PERSON_IN_ZONE.value
    PERSON_DOWN = HazardKind.PERSON_DOWN.value
    MISSING_HELMET = HazardKind.MISSING_HELMET.value
    VEHICLE_NEAR_PERSON = HazardKind.VEHICLE_NEAR_PERSON.value
    SMOKE_OR_FIRE = HazardKind.SMOKE_OR_FIRE.value
    SIREN = HazardKind.SIREN.value
    IMPACT_SOUND = HazardKind.IMPACT_SOUND.value
    MACHINE_FAULT_SOUND = HazardKind.MACHINE_FAULT_SOUND.value
    CRY_FOR_HELP = HazardKind.CRY_FOR_HELP.value

    @property
    def kind(self) -> HazardKind | None:
        """The kind of hazard, None for speech."""
        return None if self is Experiment.SPEECH else HazardKind(self.value)
