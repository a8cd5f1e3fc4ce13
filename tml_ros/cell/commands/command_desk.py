"""Takes what comes on `alarms/command`, judges it, has the guardian carry it out, and answers.

Knows nothing of ROS, files or clocks: the text comes with the time. One thread owns a desk, the
one that owns its guardian. In this order:

1. Is it a command at all, and of this cell's making: known operator, signed with that operator's
   key? Only a cell with a file of keys asks for that; in any other, whoever says to be Ann is Ann.
2. Did it come before? The same command under the same id gets its first answer again and does
   nothing more; another command under that id is refused.
3. Was it given just now? Of a signed command, the stamp must lie within `freshness` of the wall
   clock, before or after, and after all that may have been forgotten (see `CommandMemory`).
4. Does the cell allow it? Then it is carried out. What comes of it, a refusal included, is
   remembered under its id.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.cell_nodes import cell_nodes
from tml_ros.cell.commands.alarm_command import (
    MAX_COMPLAINT,
    AboutAlarm,
    AlarmCommand,
    BeginCondition,
    CommandError,
    EndCondition,
    RemoveFromService,
    Shelve,
    parse_alarm_command,
)
from tml_ros.cell.commands.alarm_result import (
    AlarmResult,
    CommandResult,
    ResultCode,
    changes_of,
)
from tml_ros.cell.commands.carry_out import carry_out
from tml_ros.cell.commands.command_memory import REMEMBERED, CommandMemory, RememberedCommand
from tml_ros.cell.commands.command_signing import content_digest, is_genuine
from tml_ros.cell.commands.operator_keys import OperatorKeys
from tml_ros.cell.guardian import Guardian
from tml_ros.safety.alarm import Alarm, AlarmTransition
from tml_ros.turn.hazard import HazardKind

MOST_NAMED = 5
MOST_LISTED = 20
UNPROVEN = frozenset(
    {
        ResultCode.MALFORMED,
        ResultCode.UNKNOWN_OPERATOR,
        ResultCode.UNSIGNED,
        ResultCode.FORGED,
    }
)
"""Of these answers nobody knows whose command it was."""


class CommandDesk:
    """The commands to one guardian.

    keys: of the cell's operators; None where anybody may command, unsigned.
    began_ns: the wall clock now. remembered: how many commands are remembered at most.
    """

    def __init__(
        self,
        cell: CellDescription,
        guardian: Guardian,
        keys: OperatorKeys | None,
        *,
        began_ns: int,
        remembered: int = REMEMBERED,
    ) -> None:
        """Remember no command yet."""
        self._cell = cell.cell
        self._conditions = cell.guardian.suppression
        self._freshness_s = cell.guardian.operators.freshness
        self._usual_shelving_s = cell.guardian.shelving.default
        self._places = _places(cell)
        self._guardian = guardian
        self._keys = keys
        self._memory = CommandMemory(began_ns=began_ns, limit=remembered)

    def take(self, text: str, *, wall_ns: int, now_ns: int) -> CommandResult:
        """Do what a text says, or say why not. Never raises for anything that the text may be.

        wall_ns: the wall clock, against which stamps are held. now_ns: cell time.
        """
        try:
            command = parse_alarm_command(text)
        except CommandError as error:
            answer = self._answer(ResultCode.MALFORMED, str(error), wall_ns)
            return CommandResult(
                answer.model_copy(update={"id": error.id, "operator": error.operator})
            )
        refusal = self._unproven(command)
        if refusal is not None:
            return CommandResult(self._answer(*refusal, wall_ns, command), command)
        digest, known = content_digest(command), self._memory.recall(command.id)
        if known is not None and known.digest == digest:
            return known.result
        refusal = self._out_of_time(command, wall_ns)
        if known is not None:
            refusal = (ResultCode.ID_REUSED, f"another command had the id {command.id!r}")
        if refusal is not None:
            return CommandResult(self._answer(*refusal, wall_ns, command), command)
        result = self._carried_out(command, wall_ns, now_ns)
        again = CommandResult(result.answer, command, repeated=True)
        stamp_ns = command.stamp_ns if self._keys is not None else None
        self._memory.remember(command.id, RememberedCommand(digest, again, stamp_ns))
        return result

    def _unproven(self, command: AlarmCommand) -> tuple[ResultCode, str] | None:
        if self._keys is not None:
            key = self._keys.of(command.operator)
            if key is None:
                return (
                    ResultCode.UNKNOWN_OPERATOR,
                    f"{command.operator!r} has no key in cell {self._cell!r}",
                )
            if command.mac is None:
                return ResultCode.UNSIGNED, f"cell {self._cell!r} obeys signed commands only"
            if not is_genuine(command, key):
                return (
                    ResultCode.FORGED,
                    f"not signed with the key of {command.operator!r}, or changed on its way",
                )
        if command.cell not in (None, self._cell):
            return (
                ResultCode.NOT_ALLOWED,
                f"meant for cell {command.cell!r}, this is {self._cell!r}",
            )
        return None

    def _out_of_time(self, command: AlarmCommand, wall_ns: int) -> tuple[ResultCode, str] | None:
        if self._keys is None or command.stamp_ns is None:
            return None
        late_s = (wall_ns - command.stamp_ns) / 1e9
        if abs(late_s) > self._freshness_s:
            when = "before" if late_s > 0 else "after"
            return (
                ResultCode.STALE,
                f"given {abs(late_s):.1f} s {when} the guardian's clock, "
                f"allowed: {self._freshness_s:g} s",
            )
        if command.stamp_ns <= self._memory.forgotten_ns:
            # A memory that begins in the future began by a clock that was set back since.
            first = "restart the guardian, whose clock was set back, "
            return (
                ResultCode.REPLAYED,
                "given before all that the guardian remembers, and perhaps carried out then; "
                f"{first * (wall_ns < self._memory.forgotten_ns)}look at the alarms and give it "
                "anew under another id",
            )
        return None

    def _carried_out(self, command: AlarmCommand, wall_ns: int, now_ns: int) -> CommandResult:
        # What falls due anyway is no work of the command's, and not lost where it is refused.
        due = self._guardian.advance(now_ns)
        held = frozenset(self._guardian.conditions)
        changes: list[AlarmTransition] = []
        refusal = self._unknown(command)
        if refusal is not None:
            code, message = refusal
        else:
            try:
                changes = carry_out(self._guardian, command, now_ns)
            except ValueError as error:
                code, message = self._code_of_refusal(command), str(error)
            else:
                code, message = self._told(command, changes, held)
        answer = self._answer(code, message, wall_ns, command, changes)
        return CommandResult(answer, command, (*due, *changes))

    def _unknown(self, command: AlarmCommand) -> tuple[ResultCode, str] | None:
        """What a command names that the cell does not have."""
        if isinstance(command, (BeginCondition, EndCondition)):
            if command.condition not in self._conditions:
                message = f"the cell file has no condition {command.condition!r}; it has: "
                return ResultCode.UNKNOWN_CONDITION, message + _listed(self._conditions)
        elif isinstance(command, (Shelve, RemoveFromService)) and command.zone not in self._places:
            # Whoever writes the name of a place wrong must not believe that it is withheld.
            zones = {alarm.zone for alarm in self._guardian.alarms()}
            if command.zone not in zones:
                message = f"the cell has no place {command.zone!r}; it has: "
                return ResultCode.NOT_ALLOWED, message + _listed(self._places - {""})
        return None

    def _told(
        self, command: AlarmCommand, changes: list[AlarmTransition], held: frozenset[str]
    ) -> tuple[ResultCode, str]:
        """What came of a command that was allowed. held: the conditions that held before."""
        alarms = f"{len(changes)} alarm{'s' * (len(changes) != 1)}"
        if isinstance(command, BeginCondition):
            holding = self._guardian.conditions[command.condition]
            seconds = ((holding.until_ns or holding.since_ns) - holding.since_ns) / 1e9
            message = f"{command.condition} holds for {seconds:g} s; {alarms} suppressed"
        elif isinstance(command, EndCondition):
            if command.condition not in held:
                return ResultCode.NOTHING_TO_CHANGE, f"{command.condition} does not hold"
            message = f"{command.condition} is over; {alarms} no longer suppressed by it"
        elif isinstance(command, AboutAlarm):
            name = alarm_name(command.kind, command.zone)
            if not changes:
                standing = self._standing(command.kind, command.zone)
                return ResultCode.NOTHING_TO_CHANGE, f"{name} is {standing}"
            events = dict.fromkeys(one.event.value.replace("_", " ") for one in changes)
            message = f"{name} {', '.join(events)}; it is {_state(changes[-1].alarm)}"
        return ResultCode.ACCEPTED, message

    def _code_of_refusal(self, command: AlarmCommand) -> ResultCode:
        """Of what the guardian itself refuses: too long, or too much."""
        if isinstance(command, BeginCondition):
            return ResultCode.DURATION
        if isinstance(command, Shelve) and (command.duration or 0) > self._usual_shelving_s:
            return ResultCode.DURATION
        return ResultCode.NOT_ALLOWED

    def _standing(self, kind: HazardKind, zone: str) -> str:
        alarms = self._guardian.alarms()
        for alarm in alarms:
            if (alarm.kind, alarm.zone) == (kind, zone):
                return _state(alarm)
        named = [alarm_name(alarm.kind, alarm.zone) for alarm in alarms[:MOST_NAMED]]
        if len(alarms) > MOST_NAMED:
            named.append(f"{len(alarms) - MOST_NAMED} more")
        return f"normal; not normal: {', '.join(named) or 'nothing'}"

    def _answer(
        self,
        code: ResultCode,
        message: str,
        wall_ns: int,
        command: AlarmCommand | None = None,
        changes: Sequence[AlarmTransition] = (),
    ) -> AlarmResult:
        return AlarmResult(
            cell=self._cell,
            id=command.id if command else "",
            operator=command.operator if command else "",
            command=command.command if command else "",
            accepted=code is ResultCode.ACCEPTED,
            code=code,
            message=message[:MAX_COMPLAINT],
            verified=self._keys is not None and code not in UNPROVEN,
            changed=len(changes),
            changes=changes_of(changes),
            stamp_ns=max(0, wall_ns),
        )


def _places(cell: CellDescription) -> frozenset[str]:
    """Whatever an alarm can be about."""
    zones = (zone for camera in cell.cameras.values() for zone in camera.zones)
    nodes = (place.name for place in cell_nodes(cell))
    return frozenset({"", *zones, *cell.cameras, *cell.microphones, *cell.machines, *nodes})


def _listed(names: Iterable[str]) -> str:
    known = sorted(names)
    more = [f"{len(known) - MOST_LISTED} more"] if len(known) > MOST_LISTED else []
    return ", ".join(known[:MOST_LISTED] + more) or "none"


def alarm_name(kind: HazardKind, zone: str) -> str:
    """One alarm for people: "siren 'hall'"."""
    return f"{kind.value} {zone!r}" if zone else kind.value


def _state(alarm: Alarm) -> str:
    held = ", ".join(one.how.value for one in alarm.withheld)
    state = f"{alarm.state.value} ({held})" if held else alarm.state.value
    return state.replace("_", " ")
