"""What a warning of each kind of hazard must say.

The canonical texts are those of `safety/warning_text`; other wordings are as good if they name the
danger and, where it was seen, the zone. What is heard comes from a microphone, whose name says
little to people: nobody must say it. Pure functions.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from tml_ros.sim.talk.names import name_variants
from tml_ros.sim.truth.expectation import Says
from tml_ros.turn.hazard import HazardKind

HEARD: Final = frozenset(
    {
        HazardKind.SIREN,
        HazardKind.IMPACT_SOUND,
        HazardKind.MACHINE_FAULT_SOUND,
        HazardKind.CRY_FOR_HELP,
    }
)

DANGER_WORDS: Final[Mapping[HazardKind, tuple[str, ...]]] = MappingProxyType(
    {
        HazardKind.PERSON_IN_ZONE: (
            *("person in", "person is in", "people in", "people are in", "persons in"),
            *("somebody in", "somebody is in", "someone in", "someone is in", "worker in"),
            *("worker is in", "person inside", "somebody inside", "someone inside"),
            *("person entered", "person has entered", "somebody has entered"),
            *("someone has entered", "entered", "step back", "step out", "step away"),
            *("you are in", "you're in", "keep out", "stay out", "get out of", "nobody may be in"),
        ),
        HazardKind.PERSON_DOWN: (
            *("down", "fallen", "fell", "lying", "collapsed", "on the floor", "on the ground"),
            *("has a fall", "had a fall", "fall", "unconscious"),
        ),
        HazardKind.MISSING_HELMET: (
            *("helmet", "helmets", "hard hat", "hard hats", "hardhat", "head protection"),
        ),
        HazardKind.VEHICLE_NEAR_PERSON: (
            *("vehicle", "forklift", "fork lift", "forklift truck", "truck", "cart", "collision"),
        ),
        HazardKind.SMOKE_OR_FIRE: ("smoke", "fire", "burning", "burns", "flames"),
        HazardKind.SIREN: ("siren", "sirens", "alarm signal", "evacuation signal"),
        HazardKind.IMPACT_SOUND: (
            *("impact", "bang", "crash", "blow", "thud", "loud noise", "something fell"),
        ),
        HazardKind.MACHINE_FAULT_SOUND: (
            *("machine sound", "machine noise", "machine sounds", "unusual sound", "unusual noise"),
            *("strange sound", "strange noise", "abnormal sound", "abnormal noise", "bearing"),
            *("gear", "grinding", "machine fault"),
        ),
        HazardKind.CRY_FOR_HELP: (
            *("call for help", "calls for help", "calling for help", "called for help"),
            *("cry for help", "cries for help", "crying for help", "cried for help"),
            *("shout for help", "shouting for help", "shouts for help", "needs help", "scream"),
            *("screaming", "asking for help", "help is needed", "need help"),
        ),
        HazardKind.CAMERA_LOST: ("no picture", "no image", "lost", "offline", "disconnected"),
        HazardKind.CAMERA_FROZEN: ("frozen", "stands still", "freezes", "not updating"),
        HazardKind.CAMERA_DARK: ("dark", "blinded", "too bright", "blind"),
        HazardKind.CAMERA_COVERED: ("covered", "out of focus", "blocked", "dirty"),
        HazardKind.CAMERA_MOVED: ("moved", "turned", "shifted"),
        HazardKind.MICROPHONE_LOST: ("no sound", "no audio", "lost", "silent"),
        HazardKind.MICROPHONE_CLIPPING: ("overdriven", "clipping", "too loud"),
        HazardKind.MODEL_LATE: ("slow", "late"),
        HazardKind.MODEL_LOST: ("stopped", "lost", "guards remain"),
        HazardKind.CAMERA_STALE: ("late", "delayed", "old"),
        HazardKind.MICROPHONE_STALE: ("late", "delayed", "old"),
        HazardKind.NODE_LOST: ("stopped", "lost", "ended", "died"),
        HazardKind.NODE_HUNG: ("not respond", "not responding", "hangs", "hung"),
        HazardKind.NODE_IDLE: ("stands still", "idle", "nothing"),
        HazardKind.NODE_LATE: ("slow", "late"),
        HazardKind.CLOCK_STOPPED: ("stopped", "stands still"),
        HazardKind.RECORD_FAILED: ("not being recorded", "not recorded", "no record"),
        HazardKind.EVIDENCE_FAILED: ("not being kept", "not kept", "not saved"),
    }
)
"""How each kind of danger may be named."""

_PICTURE: Final = ("camera", "picture", "pictures", "image", "images", "video")
_PROGRAM: Final = ("program", "node", "process")
_ASSISTANT: Final = ("assistant", "model")
_OF: Final[Mapping[HazardKind, tuple[str, ...]]] = MappingProxyType(
    {
        HazardKind.CAMERA_FROZEN: _PICTURE,
        HazardKind.CAMERA_STALE: _PICTURE,
        HazardKind.MICROPHONE_STALE: ("microphone", "sound", "audio"),
        HazardKind.MODEL_LATE: _ASSISTANT,
        HazardKind.MODEL_LOST: _ASSISTANT,
        HazardKind.NODE_LOST: _PROGRAM,
        HazardKind.NODE_HUNG: _PROGRAM,
        HazardKind.NODE_IDLE: _PROGRAM,
        HazardKind.NODE_LATE: _PROGRAM,
        HazardKind.CLOCK_STOPPED: ("clock", "time"),
    }
)
"""What must be named as well where several things may stand still, be late or be lost."""
_NAMELESS: Final = HEARD | {
    HazardKind.MODEL_LATE,
    HazardKind.MODEL_LOST,
    HazardKind.CLOCK_STOPPED,
    HazardKind.RECORD_FAILED,
    HazardKind.EVIDENCE_FAILED,
}


def danger_words(kind: HazardKind, zone: str) -> tuple[str, ...]:
    """How this danger in this zone may be named."""
    if kind is not HazardKind.PERSON_IN_ZONE:
        return DANGER_WORDS[kind]
    names = name_variants(zone)
    leave = (f"{verb} {the}{name}" for name in names for the in ("", "the ") for verb in _LEAVE)
    return (*DANGER_WORDS[kind], *leave)


def warning_says(kind: HazardKind, zone: str) -> Says:
    """What a warning of this kind in this zone must say.

    zone: of heard kinds the microphone, which need not be said.
    """
    groups = [danger_words(kind, zone)]
    if kind in _OF:
        groups.append(_OF[kind])
    if kind not in _NAMELESS and zone:
        groups.append(name_variants(zone))
    return Says(tuple(groups))


_LEAVE: Final = ("leave", "clear", "exit", "vacate")
