"""What is open at a machine right now: alarms, judgements, limits, and how fresh all that is.

Shared by the answers about status, restart and what to do. Phrases nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from tml_ros.background.alarm_note import AlarmNote
from tml_ros.background.answers.asked import Asked
from tml_ros.background.condition import Condition, State
from tml_ros.background.reading import Reading
from tml_ros.background.stops import StopSearch, last_stop
from tml_ros.background.time_phrase import DAY_NS


@dataclass(frozen=True, slots=True)
class MachineState:
    """beyond: fresh readings beyond a limit, with it. newest_ns: of its readings, or None.

    troubles: recent judgements that are not normal, worst first. judged: of any kind.
    """

    machine: str
    alarms: tuple[AlarmNote, ...]
    troubles: tuple[Condition, ...]
    judged: tuple[Condition, ...]
    beyond: tuple[tuple[Reading, float], ...]
    readings: tuple[Reading, ...]
    newest_ns: int | None
    fresh: bool
    running: StopSearch
    known: bool

    @property
    def level(self) -> State:
        """The worst of it all."""
        states = {condition.state for condition in self.troubles}
        if State.FAULT in states or any(note.present for note in self.alarms):
            return State.FAULT
        if states or self.beyond or self.alarms:
            return State.WATCH
        return State.NORMAL if self.fresh else State.UNKNOWN


def state_of(asked: Asked, machine: str) -> MachineState:
    """Look at a machine."""
    facts = asked.facts
    readings = facts.readings(machine)
    newest = max((reading.stamp_ns for reading in readings), default=None)
    return MachineState(
        machine,
        alarms_of(asked, machine),
        facts.troubles(machine),
        facts.conditions(machine),
        facts.beyond_limits(machine),
        readings,
        newest,
        newest is not None and facts.fresh(newest),
        last_stop(facts, machine, asked.now_ns - DAY_NS),
        facts.has_data(machine),
    )


def alarms_of(asked: Asked, machine: str | None) -> tuple[AlarmNote, ...]:
    """Alarms that are not normal, of a machine or the cell, also those that only the asker knew."""
    known = {(note.kind, note.zone): note for note in asked.facts.alarms_now(machine)}
    zones = None if machine is None else {machine, *asked.facts.machine(machine).zones}
    for told in asked.alarms:
        if told.state != "normal" and (zones is None or told.zone in zones):
            note = AlarmNote(told.kind, told.zone, told.state, told.since_ns)
            known.setdefault((told.kind, told.zone), note)
    return tuple(known.values())


def alarm_words(asked: Asked, note: AlarmNote) -> str:
    """An alarm as it is said."""
    kind, zone = note.kind.replace("_", " "), note.zone.replace("_", " ")
    place = f" ({zone})" if zone else ""
    return asked(f"alarm {kind}{place}", f"Alarm {_GERMAN.get(note.kind, kind)}{place}")


_GERMAN = {
    "person_in_zone": "Person im Bereich",
    "person_down": "Person am Boden",
    "missing_helmet": "Helm fehlt",
    "vehicle_near_person": "Fahrzeug nahe Person",
    "smoke_or_fire": "Rauch oder Feuer",
    "siren": "Sirene",
    "impact_sound": "Schlag",
    "machine_fault_sound": "Maschinengeräusch",
    "cry_for_help": "Hilferuf",
    "camera_lost": "Kamera ausgefallen",
    "camera_frozen": "Kamerabild steht",
    "camera_dark": "Kamera dunkel",
    "camera_covered": "Kamera verdeckt",
    "camera_moved": "Kamera bewegt",
    "microphone_lost": "Mikrofon ausgefallen",
    "microphone_clipping": "Mikrofon übersteuert",
    "model_late": "Assistent langsam",
    "model_lost": "Assistent ausgefallen",
}
