"""The kinds of fault that are done to a running cell, and what has to come of each.

Knows nothing of how a fault is done, nor of ROS or clocks. Pure; any thread.

| fault | done to | must be alarmed as (any of) | within |
|---|---|---|---|
| kill, stop, hang | each node but the guardian | node_lost or _hung, model or stream lost | 1 s |
| kill, stop, hang | the guardian | silence of its own topic, seen by its readers | 1 s |
| slow | each node | nothing: it may be late, and must go on | |
| camera_cut, microphone_cut | a stream | camera_lost, microphone_lost | its lost_after |
| camera_freeze, camera_black | a stream | camera_frozen, camera_dark | patience and on-delay |
| camera_stale | a stream | camera_stale | 1 s after pictures are 1 s old |
| microphone_mute | a stream | microphone_lost | 1 s |
| disk_full | the guardian | record_failed, evidence_failed | 3 s |
| clock_stop | all | clock_stopped | 1 s |
| clock_jump, malformed | all | nothing: all go on | |
| alarm_flood | the guardian | each of its hazards | 1 s and the on-delay |

To each limit but 1 s comes `MARGIN_NS`, for a stream's period and the guardian's tick.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from tml_ros.cell.cell_description import CellDescription, policies
from tml_ros.cell.cell_nodes import Role, cell_nodes
from tml_ros.turn.hazard import HazardKind

SECOND = 1_000_000_000
PROCESS_NS = SECOND
"""Within which the loss of a process is to be known."""
SILENCE_NS = SECOND
"""Within which readers of `alarms` are to know that the guardian is silent: its deadline."""
MARGIN_NS = 300_000_000
STALE_AFTER_NS = 2 * SECOND
"""Pictures that come at half their pace are 1 s old after so long."""
FROZEN_NS = SECOND
DARK_NS = SECOND // 2
MUTE_NS = SECOND + SECOND // 10
"""Sound is looked at every tenth of a second."""
RECORD_NS = 3 * SECOND
RESTART_NS = 40 * SECOND
"""A process, its imports and its model on a busy machine."""
BACK_NS = 8 * SECOND
FLOODED = 40
"""Hazards of one flood."""
FLOOD_ZONE = "chaos_"
"""What the zones of hazards that were made up begin with."""

Place = tuple[HazardKind, str]
"""An alarm, by kind and zone."""
DISK_PLACE: Place = (HazardKind.PERSON_IN_ZONE, f"{FLOOD_ZONE}disk")
"""Alarmed while the disk is full, so that there is something to write."""

_KIND = HazardKind
_CAMERA_KINDS = frozenset(kind for kind in HazardKind if kind.value.startswith("camera_"))
_MICROPHONE_KINDS = frozenset(kind for kind in HazardKind if kind.value.startswith("microphone_"))
_NODE_KINDS = frozenset(kind for kind in HazardKind if kind.value.startswith("node_"))
_MODEL_KINDS = frozenset({_KIND.MODEL_LOST, _KIND.MODEL_LATE})
_KEPT_KINDS = frozenset({_KIND.RECORD_FAILED, _KIND.EVIDENCE_FAILED})
HEALTH_KINDS = frozenset(
    {*_CAMERA_KINDS, *_MICROPHONE_KINDS, *_NODE_KINDS, *_MODEL_KINDS, *_KEPT_KINDS}
) | {_KIND.CLOCK_STOPPED}
"""What a cell says of itself. All others are about the scene, and none of a fault's."""
LOAD_KINDS = frozenset({_KIND.NODE_LATE, _KIND.MODEL_LATE})
"""What a busy machine explains at any time."""


class FaultKind(str, Enum):
    """What is done."""

    KILL = "kill"
    """SIGKILL; whoever supervises starts it again."""
    STOP = "stop"
    """SIGSTOP, later SIGCONT: it is there and does nothing."""
    HANG = "hang"
    """SIGSTOP for good: whoever supervises has to end it and to start it again."""
    SLOW = "slow"
    """Stopped most of the time: it gets a share of its processor."""
    CAMERA_FREEZE = "camera_freeze"
    CAMERA_BLACK = "camera_black"
    CAMERA_CUT = "camera_cut"
    CAMERA_STALE = "camera_stale"
    MICROPHONE_MUTE = "microphone_mute"
    MICROPHONE_CUT = "microphone_cut"
    DISK_FULL = "disk_full"
    CLOCK_STOP = "clock_stop"
    CLOCK_JUMP = "clock_jump"
    ALARM_FLOOD = "alarm_flood"
    MALFORMED = "malformed"

    @property
    def of_process(self) -> bool:
        """Whether it is done to a process by signals."""
        return self in (FaultKind.KILL, FaultKind.STOP, FaultKind.HANG, FaultKind.SLOW)


LASTS_NS = {
    FaultKind.KILL: 0,
    FaultKind.STOP: 2 * SECOND,
    FaultKind.HANG: 4 * SECOND,
    FaultKind.SLOW: 4 * SECOND,
    FaultKind.CAMERA_FREEZE: 4 * SECOND,
    FaultKind.CAMERA_BLACK: 4 * SECOND,
    FaultKind.CAMERA_CUT: 3 * SECOND,
    FaultKind.CAMERA_STALE: 6 * SECOND,
    FaultKind.MICROPHONE_MUTE: 3 * SECOND,
    FaultKind.MICROPHONE_CUT: 3 * SECOND,
    FaultKind.DISK_FULL: 4 * SECOND,
    FaultKind.CLOCK_STOP: 3 * SECOND,
    FaultKind.CLOCK_JUMP: 0,
    FaultKind.ALARM_FLOOD: 3 * SECOND,
    FaultKind.MALFORMED: 3 * SECOND,
}
"""How long each lasts, unless a stream's own patience is longer; a hang until it is ended."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. target: name of the node or the stream, "" where it is done to all."""

    kind: FaultKind
    target: str
    lasts_ns: int

    @property
    def words(self) -> str:
        """For people: "camera cut hall"."""
        return f"{self.kind.value.replace('_', ' ')} {self.target}".rstrip()


@dataclass(frozen=True, slots=True)
class Expectation:
    """What has to come of a fault.

    alarms: any one of them tells of it; none where nothing has to. all_of_them: each has to.
    silence: the guardian itself is struck, and its readers are to notice.
    within_ns: from the beginning of the fault to the alarm or the noticed silence.
    gone_within_ns: from its end until none of `alarms` is present and the guardian speaks.
    explains: what may be alarmed meanwhile, by kind, wherever. provokes: what the fault itself
        says there is.
    """

    alarms: frozenset[Place] = frozenset()
    all_of_them: bool = False
    silence: bool = False
    within_ns: int = PROCESS_NS
    gone_within_ns: int = BACK_NS
    explains: frozenset[HazardKind] = frozenset()
    provokes: frozenset[Place] = frozenset()


def possible_faults(cell: CellDescription, *, clock: bool = False) -> tuple[Fault, ...]:
    """Every fault that can be done to the cell, those of one kind together.

    clock: whether its nodes follow a clock that we give out.
    A stream without a source of its own is not ours to break.
    """
    return tuple(_possible(cell, clock=clock))


def expectation(fault: Fault, cell: CellDescription) -> Expectation:
    """What has to come of a fault. Raises ValueError for a target the cell does not have."""
    if fault.kind.of_process:
        return _of_process(fault, cell)
    if fault.kind in _CAMERA_FAULTS:
        return _of_camera(fault, cell)
    if fault.kind in _MICROPHONE_FAULTS:
        return _of_microphone(fault, cell)
    return _of_all(fault, cell)


def flooded_places() -> tuple[Place, ...]:
    """The alarms of a flood."""
    kinds = (_KIND.PERSON_IN_ZONE, _KIND.MISSING_HELMET, _KIND.IMPACT_SOUND, _KIND.SIREN)
    return tuple((kinds[i % len(kinds)], f"{FLOOD_ZONE}{i}") for i in range(FLOODED))


_CAMERA_FAULTS = {
    FaultKind.CAMERA_FREEZE: (_KIND.CAMERA_FROZEN, FROZEN_NS),
    FaultKind.CAMERA_BLACK: (_KIND.CAMERA_DARK, DARK_NS),
    FaultKind.CAMERA_CUT: (_KIND.CAMERA_LOST, 0),
    FaultKind.CAMERA_STALE: (_KIND.CAMERA_STALE, STALE_AFTER_NS + SECOND),
}
_MICROPHONE_FAULTS = {
    FaultKind.MICROPHONE_MUTE: MUTE_NS,
    FaultKind.MICROPHONE_CUT: 0,
}


def _possible(cell: CellDescription, *, clock: bool) -> Iterator[Fault]:
    nodes = [node.name for node in cell_nodes(cell)]
    cameras = [name for name, camera in cell.cameras.items() if camera.source is not None]
    microphones = [name for name, one in cell.microphones.items() if one.source is not None]
    targets: dict[FaultKind, list[str]] = {
        kind: nodes
        if kind.of_process
        else cameras
        if kind in _CAMERA_FAULTS
        else microphones
        if kind in _MICROPHONE_FAULTS
        else [""]
        for kind in FaultKind
    }
    targets[FaultKind.DISK_FULL] = [Role.GUARDIAN.value]
    if not clock:
        targets[FaultKind.CLOCK_STOP] = targets[FaultKind.CLOCK_JUMP] = []
    for kind, names in targets.items():
        for name in names:
            fault = Fault(kind, name, LASTS_NS[kind])
            within_ns = expectation(fault, cell).within_ns
            # It has to last until it is known, or nothing would have to be known.
            lasts_ns = max(fault.lasts_ns, within_ns + SECOND) if fault.lasts_ns else 0
            yield Fault(kind, name, lasts_ns)


def _of_process(fault: Fault, cell: CellDescription) -> Expectation:
    place = next((node for node in cell_nodes(cell) if node.name == fault.target), None)
    if place is None:
        raise ValueError(f"cell {cell.cell!r} has no node {fault.target!r}")
    explains = _NODE_KINDS | _MODEL_KINDS | LOAD_KINDS
    if place.role is Role.CAMERA:
        explains |= _CAMERA_KINDS
    if place.role is Role.MICROPHONE:
        explains |= _MICROPHONE_KINDS
    guardian = place.role is Role.GUARDIAN
    if guardian:
        # It has just begun, and hears nothing yet: what it says of that is true.
        explains |= {_KIND.CAMERA_LOST, _KIND.MICROPHONE_LOST}
    if guardian and fault.kind is not FaultKind.KILL:
        # What it slept through it takes for silence until it has caught up.
        explains = HEALTH_KINDS
    if fault.kind is FaultKind.SLOW:
        return Expectation(gone_within_ns=BACK_NS, explains=explains)
    gone_ns = BACK_NS if fault.kind is FaultKind.STOP else RESTART_NS
    if guardian:
        return Expectation(
            silence=True,
            within_ns=SILENCE_NS,
            gone_within_ns=gone_ns,
            explains=explains,
        )
    alarms = {(_KIND.NODE_LOST, place.name), (_KIND.NODE_HUNG, place.name)}
    if place.role is Role.INTERACTION and cell.model != "none":
        alarms.add((_KIND.MODEL_LOST, ""))
    if place.role is Role.CAMERA:
        alarms.add((_KIND.CAMERA_LOST, place.serves))
    if place.role is Role.MICROPHONE:
        alarms.add((_KIND.MICROPHONE_LOST, place.serves))
    return Expectation(frozenset(alarms), gone_within_ns=gone_ns, explains=explains)


def _of_camera(fault: Fault, cell: CellDescription) -> Expectation:
    if fault.target not in cell.cameras:
        raise ValueError(f"cell {cell.cell!r} has no camera {fault.target!r}")
    kind, patience_ns = _CAMERA_FAULTS[fault.kind]
    if fault.kind is FaultKind.CAMERA_CUT:
        patience_ns = round(cell.cameras[fault.target].lost_after * 1e9)
    return _of_stream((kind, fault.target), patience_ns, cell, _CAMERA_KINDS)


def _of_microphone(fault: Fault, cell: CellDescription) -> Expectation:
    if fault.target not in cell.microphones:
        raise ValueError(f"cell {cell.cell!r} has no microphone {fault.target!r}")
    patience_ns = _MICROPHONE_FAULTS[fault.kind]
    if fault.kind is FaultKind.MICROPHONE_CUT:
        patience_ns = round(cell.microphones[fault.target].lost_after * 1e9)
    return _of_stream((_KIND.MICROPHONE_LOST, fault.target), patience_ns, cell, _MICROPHONE_KINDS)


def _of_stream(
    alarm: Place, patience_ns: int, cell: CellDescription, explains: frozenset[HazardKind]
) -> Expectation:
    policy = policies(cell)[alarm[0]]
    return Expectation(
        frozenset({alarm}),
        within_ns=patience_ns + policy.on_delay_ns + MARGIN_NS,
        gone_within_ns=policy.off_delay_ns + BACK_NS,
        # Who waits for the stream has nothing to do.
        explains=explains | _NODE_KINDS | LOAD_KINDS,
    )


def _of_all(fault: Fault, cell: CellDescription) -> Expectation:
    if fault.kind is FaultKind.DISK_FULL:
        alarms = frozenset((kind, "") for kind in _KEPT_KINDS)
        return Expectation(
            alarms,
            within_ns=RECORD_NS,
            explains=_KEPT_KINDS | LOAD_KINDS,
            provokes=frozenset({DISK_PLACE}),
        )
    if fault.kind is FaultKind.CLOCK_STOP:
        stopped = frozenset({(_KIND.CLOCK_STOPPED, "")})
        return Expectation(stopped, explains=HEALTH_KINDS)
    if fault.kind is FaultKind.ALARM_FLOOD:
        alarms = frozenset(flooded_places())
        rules = policies(cell)
        return Expectation(
            alarms,
            all_of_them=True,
            within_ns=PROCESS_NS + max(rules[kind].on_delay_ns for kind, _ in alarms),
            gone_within_ns=BACK_NS + max(rules[kind].off_delay_ns for kind, _ in alarms),
            explains=LOAD_KINDS,
        )
    return Expectation(explains=HEALTH_KINDS)
