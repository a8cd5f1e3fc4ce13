"""The guardian of a cell: guards, freshness and alarms in one object without ROS or a clock.

Knows nothing of topics, models or loudspeakers. Pictures, sound and hazards come in with the time
of the call; alarm transitions go out. One thread owns a guardian. Given the same calls it gives the
same answers, live or replayed.

What goes wrong around it is data:
- A stream that falls silent, or repeats old stamps, is camera_lost or microphone_lost; one whose
  stamps are far from the time at which they come is camera_stale or microphone_stale.
- A guard that raises is itself a defined outcome: its stream is reported lost, because a picture
  nobody can judge is as good as none, the reason is in `faults`, the guard starts anew, and the
  report is taken back with its next good answer. The other guards do not notice.
- Time that steps back up to a second is waited out. A larger step, or `restart`, begins another
  timeline: guards and freshness forget, alarms stay as they are, and their delays and re-alarm
  times go on from where they were, as if no time had passed in the jump.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from tml_ros.cell.cell_description import CellDescription, policies
from tml_ros.cell.cell_time import JUMP_NS, CellTime
from tml_ros.cell.freshness import Freshness
from tml_ros.cell.guardian_description import alarm_rules
from tml_ros.cell.statements import Statements
from tml_ros.safety.alarm import Alarm, AlarmTransition, Withholding
from tml_ros.safety.alarm_health import AlarmHealth
from tml_ros.safety.alarm_manager import AlarmManager
from tml_ros.safety.alarm_memory import AlarmMemory
from tml_ros.safety.alarm_summary import FloodSummary
from tml_ros.safety.guards.guard import CameraGuard, MicrophoneGuard
from tml_ros.safety.guards.picture import prepare_picture
from tml_ros.turn.hazard import Hazard, HazardKind, HazardSource
from tml_ros.turn.micro_turn import SAMPLE_RATE, AudioBlock, Frame, samples_ns

if TYPE_CHECKING:
    from tml_ros.cell.cell_guards import CellGuards

_Guard = CameraGuard | MicrophoneGuard

MAX_FAULTS = 100
OVERLAP_NS = 20_000_000
"""Stamps of consecutive sound blocks may overlap by so much: jitter of whoever stamped them."""


@dataclass(frozen=True, slots=True)
class GuardFault:
    """A guard failed at `stamp_ns` of its input. guard: "<stream>/<class>"."""

    stamp_ns: int
    guard: str
    reason: str


class Guardian:
    """Guards one cell.

    guards: instead of the cell's usual ones; streams it does not name have none.
    """

    def __init__(self, cell: CellDescription, *, guards: CellGuards | None = None) -> None:
        """Start without alarms; the guards come with `build_guards`."""
        self._cell = cell
        self._guards = guards
        self._camera_freshness = Freshness(
            HazardKind.CAMERA_LOST,
            {name: round(camera.lost_after * 1e9) for name, camera in cell.cameras.items()},
            stale=HazardKind.CAMERA_STALE,
        )
        self._microphone_freshness = Freshness(
            HazardKind.MICROPHONE_LOST,
            {name: round(mic.lost_after * 1e9) for name, mic in cell.microphones.items()},
            stale=HazardKind.MICROPHONE_STALE,
        )
        self._manager = AlarmManager(policies(cell), alarm_rules(cell.guardian))
        self._statements = Statements()
        self._time = CellTime()
        self._jumped = False
        self._newest_frame_ns: dict[str, int] = {}
        self._sound_end_ns: dict[str, int] = {}
        self._faulty: set[str] = set()
        self._faults: deque[GuardFault] = deque(maxlen=MAX_FAULTS)
        self._fault_count = 0
        self._stale_inputs = 0

    @property
    def faults(self) -> tuple[GuardFault, ...]:
        """The newest failures of guards, oldest first, at most `MAX_FAULTS`."""
        return tuple(self._faults)

    @property
    def fault_count(self) -> int:
        """Failures of guards so far."""
        return self._fault_count

    @property
    def stale_inputs(self) -> int:
        """Frames and sound blocks that were not newer than what had been judged; not judged."""
        return self._stale_inputs

    @property
    def refused_hazards(self) -> int:
        """Hazards of others that were dropped because they judged too many places."""
        return self._statements.refused

    def build_guards(self) -> CellGuards:
        """The cell's guards, fresh when this is first called.

        Else they are built when the first picture or sound comes. In a new process that takes a
        third of a second, which the alarms of before need not wait for.
        """
        if self._guards is None:
            from tml_ros.cell.cell_guards import cell_guards  # noqa: PLC0415 - scipy comes with it

            self._guards = cell_guards(self._cell)
        return self._guards

    def observe_frame(self, frame: Frame, now_ns: int) -> list[AlarmTransition]:
        """Judge a picture, of any size. Raises ValueError for a camera the cell does not have."""
        if frame.camera not in self._cell.cameras:
            raise ValueError(_unknown("camera", frame.camera, self._cell.cameras))
        now_ns = self._advance_time(now_ns)
        return self._conclude(self._judge_frame(frame, now_ns), now_ns)

    def observe_audio(self, block: AudioBlock, now_ns: int) -> list[AlarmTransition]:
        """Judge a block of sound. Raises ValueError for a microphone the cell does not have."""
        if block.microphone not in self._cell.microphones:
            raise ValueError(_unknown("microphone", block.microphone, self._cell.microphones))
        now_ns = self._advance_time(now_ns)
        return self._conclude(self._judge_audio(block, now_ns), now_ns)

    def observe_hazards(
        self, hazards: Iterable[Hazard], now_ns: int, *, origin: str = "interaction"
    ) -> list[AlarmTransition]:
        """Take in what others judge. origin: who; its newest statement on a kind and zone counts
        beside those of other origins.
        """
        now_ns = self._advance_time(now_ns)
        return self._conclude(self._statements.state(origin, hazards), now_ns)

    def advance(self, now_ns: int) -> list[AlarmTransition]:
        """Let time pass: streams fall silent, delays and re-alarm times run out."""
        now_ns = self._advance_time(now_ns)
        return self._conclude([], now_ns)

    def acknowledge(
        self, kind: HazardKind, zone: str, *, operator: str, now_ns: int
    ) -> list[AlarmTransition]:
        """An operator has taken notice of an alarm."""
        now_ns = self._advance_time(now_ns)
        return self._manager.acknowledge(kind, zone, operator=operator, now_ns=now_ns)

    def reset_alarm(
        self, kind: HazardKind, zone: str, *, operator: str, now_ns: int
    ) -> list[AlarmTransition]:
        """An operator declares a latched alarm over."""
        now_ns = self._advance_time(now_ns)
        return self._manager.reset(kind, zone, operator=operator, now_ns=now_ns)

    def shelve(
        self,
        kind: HazardKind,
        zone: str,
        *,
        operator: str,
        reason: str,
        now_ns: int,
        duration_ns: int | None = None,
    ) -> list[AlarmTransition]:
        """An operator wants to hear nothing of an alarm for a while; see `AlarmManager.shelve`."""
        return self._manager.shelve(
            kind,
            zone,
            operator=operator,
            reason=reason,
            now_ns=self._advance_time(now_ns),
            duration_ns=duration_ns,
        )

    def unshelve(
        self, kind: HazardKind, zone: str, *, operator: str, now_ns: int, reason: str = ""
    ) -> list[AlarmTransition]:
        """An operator ends a shelving."""
        now_ns = self._advance_time(now_ns)
        return self._manager.unshelve(kind, zone, operator=operator, now_ns=now_ns, reason=reason)

    def remove_from_service(
        self, kind: HazardKind, zone: str, *, operator: str, reason: str, now_ns: int
    ) -> list[AlarmTransition]:
        """An alarm is not heard until somebody puts it back."""
        now_ns = self._advance_time(now_ns)
        return self._manager.remove_from_service(
            kind, zone, operator=operator, reason=reason, now_ns=now_ns
        )

    def return_to_service(
        self, kind: HazardKind, zone: str, *, operator: str, now_ns: int, reason: str = ""
    ) -> list[AlarmTransition]:
        """An alarm is put back."""
        now_ns = self._advance_time(now_ns)
        return self._manager.return_to_service(
            kind, zone, operator=operator, now_ns=now_ns, reason=reason
        )

    def begin_condition(
        self,
        name: str,
        *,
        operator: str,
        reason: str,
        now_ns: int,
        duration_ns: int | None = None,
    ) -> list[AlarmTransition]:
        """A condition of the cell file holds; see `AlarmManager.begin_condition`."""
        return self._manager.begin_condition(
            name,
            operator=operator,
            reason=reason,
            now_ns=self._advance_time(now_ns),
            duration_ns=duration_ns,
        )

    def end_condition(
        self, name: str, *, operator: str, now_ns: int, reason: str = ""
    ) -> list[AlarmTransition]:
        """A condition of the cell file no longer holds."""
        now_ns = self._advance_time(now_ns)
        return self._manager.end_condition(name, operator=operator, now_ns=now_ns, reason=reason)

    def judge_false(
        self, kind: HazardKind, zone: str, *, operator: str, reason: str, now_ns: int
    ) -> list[AlarmTransition]:
        """An operator says that there was no hazard when the alarm was last raised, and why."""
        now_ns = self._advance_time(now_ns)
        return self._manager.judge_false(
            kind, zone, operator=operator, reason=reason, now_ns=now_ns
        )

    def take_summary(self, now_ns: int) -> FloodSummary | None:
        """What was held back and not told yet, once it is time; see `AlarmManager`."""
        return self._manager.take_summary(self._advance_time(now_ns))

    def health(self, now_ns: int) -> AlarmHealth:
        """How the alarms fare."""
        return self._manager.health(self._advance_time(now_ns))

    def memory(self) -> AlarmMemory:
        """Everything of the alarms that is needed to go on after a restart of the process."""
        return self._manager.memory()

    def recall(self, memory: AlarmMemory, now_ns: int) -> list[AlarmTransition]:
        """Go on with the alarms of a memory; what fell due meanwhile. Comes before all else."""
        return self._manager.recall(memory, self._advance_time(now_ns))

    @property
    def conditions(self) -> Mapping[str, Withholding]:
        """The conditions that hold, such as maintenance, by name."""
        return self._manager.conditions

    def alarms(self) -> tuple[Alarm, ...]:
        """Every alarm that is not normal, or shelved, or out of service.

        Highest priority first, then by kind and zone.
        """
        return self._manager.alarms()

    def hazards(self) -> tuple[Hazard, ...]:
        """The newest joint statement per (source, kind, zone), present or not."""
        return self._statements.all()

    def restart(self) -> None:
        """The clock has jumped back: begin another timeline, keep the alarms."""
        self._jumped = True
        self._time.restart()
        self._statements.clear()
        self._camera_freshness.reset()
        self._microphone_freshness.reset()
        for name in (*self._cell.cameras, *self._cell.microphones):
            self._reset_guards(name)

    def _advance_time(self, now_ns: int) -> int:
        if self._time.jumps_back(now_ns):
            self.restart()
        if self._jumped:
            # The manager must hear of the jump before it hears of anything at the new time.
            self._manager.restart(now_ns)
            self._jumped = False
        return self._time.advance(now_ns)

    def _judge_frame(self, frame: Frame, now_ns: int) -> list[Hazard]:
        name = frame.camera
        newest_ns = self._newest_frame_ns.get(name)
        if newest_ns is not None and frame.stamp_ns <= newest_ns:
            if frame.stamp_ns >= newest_ns - JUMP_NS:
                self._stale_inputs += 1
                return []
            self._reset_guards(name)
        self._newest_frame_ns[name] = frame.stamp_ns
        self._camera_freshness.seen(name, now_ns, frame.stamp_ns)
        lost = Hazard(HazardKind.CAMERA_LOST, name, 1.0, HazardSource.GUARD, frame.stamp_ns)
        try:
            picture = prepare_picture(frame)
        except Exception as error:
            return self._fault(f"{name}/picture", lost, error)
        joint = self._recovered(f"{name}/picture", lost)
        for guard in self.build_guards().cameras.get(name, ()):
            joint += self._ask(guard, name, lost, partial(guard.observe_picture, picture))
        return joint

    def _judge_audio(self, block: AudioBlock, now_ns: int) -> list[Hazard]:
        name = block.microphone
        end_ns = self._sound_end_ns.get(name)
        if end_ns is not None and block.start_ns < end_ns - OVERLAP_NS:
            if block.start_ns >= end_ns - JUMP_NS:
                block = _after(block, end_ns)
            else:
                self._reset_guards(name)
        if not len(block.samples):
            self._stale_inputs += 1
            return []
        self._sound_end_ns[name] = block.end_ns
        self._microphone_freshness.seen(name, now_ns, block.end_ns)
        lost = Hazard(HazardKind.MICROPHONE_LOST, name, 1.0, HazardSource.GUARD, block.start_ns)
        joint: list[Hazard] = []
        for guard in self.build_guards().microphones.get(name, ()):
            joint += self._ask(guard, name, lost, partial(guard.observe_audio, block))
        return joint

    def _ask(
        self,
        guard: _Guard,
        stream: str,
        lost: Hazard,
        question: Callable[[], list[Hazard]],
    ) -> list[Hazard]:
        origin = _origin(stream, guard)
        try:
            joint = self._statements.state(origin, question())
        except Exception as error:
            self._reset_guard(origin, guard, lost.stamp_ns)
            return self._fault(origin, lost, error)
        return joint + self._recovered(origin, lost)

    def _fault(self, origin: str, lost: Hazard, error: Exception) -> list[Hazard]:
        self._note(origin, lost.stamp_ns, error)
        self._faulty.add(origin)
        return self._statements.state(f"{origin} failed", [lost])

    def _recovered(self, origin: str, lost: Hazard) -> list[Hazard]:
        if origin not in self._faulty:
            return []
        self._faulty.discard(origin)
        return self._statements.state(f"{origin} failed", [replace(lost, score=0.0)])

    def _note(self, origin: str, stamp_ns: int, error: Exception) -> None:
        self._faults.append(GuardFault(stamp_ns, origin, f"{type(error).__name__}: {error}"))
        self._fault_count += 1

    def _reset_guards(self, stream: str) -> None:
        stamp_ns = self._newest_frame_ns.pop(stream, 0)
        self._sound_end_ns.pop(stream, None)
        for guard in self._guards_of(stream):
            self._reset_guard(_origin(stream, guard), guard, stamp_ns)

    def _guards_of(self, stream: str) -> tuple[_Guard, ...]:
        guards = self.build_guards()
        return (*guards.cameras.get(stream, ()), *guards.microphones.get(stream, ()))

    def _reset_guard(self, origin: str, guard: _Guard, stamp_ns: int) -> None:
        try:
            guard.reset()
        except Exception as error:
            self._note(origin, stamp_ns, error)

    def _conclude(self, joint: list[Hazard], now_ns: int) -> list[AlarmTransition]:
        hazards = joint + self._statements.state(
            "freshness",
            [
                *self._camera_freshness.hazards(now_ns),
                *self._microphone_freshness.hazards(now_ns),
            ],
        )
        return self._manager.observe(hazards, now_ns)


def _origin(stream: str, guard: _Guard) -> str:
    return f"{stream}/{type(guard).__name__}"


def _unknown(what: str, name: str, known: Iterable[str]) -> str:
    return f"the cell has no {what} {name!r}; it has: {', '.join(sorted(known)) or 'none'}"


def _after(block: AudioBlock, start_ns: int) -> AudioBlock:
    """The part of a block from `start_ns` on."""
    skipped = -(-(start_ns - block.start_ns) * SAMPLE_RATE // 1_000_000_000)
    begin_ns = block.start_ns + samples_ns(skipped)
    return AudioBlock(block.microphone, begin_ns, block.samples[skipped:])
