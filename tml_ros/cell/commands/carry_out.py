"""Which act of the guardian each command is.

Knows nothing of who may command. Stateless; belongs to the thread that owns the guardian.
"""

from __future__ import annotations

from tml_ros.cell.commands.alarm_command import (
    Acknowledge,
    AlarmCommand,
    BeginCondition,
    EndCondition,
    FalseAlarm,
    RemoveFromService,
    Reset,
    ReturnToService,
    Shelve,
    Unshelve,
)
from tml_ros.cell.guardian import Guardian
from tml_ros.safety.alarm import AlarmTransition


def carry_out(guardian: Guardian, command: AlarmCommand, now_ns: int) -> list[AlarmTransition]:
    """Have the guardian do it. Raises ValueError for what it does not allow."""
    operator = command.operator
    match command:
        case Acknowledge(kind=kind, zone=zone):
            done = guardian.acknowledge(kind, zone, operator=operator, now_ns=now_ns)
        case Reset(kind=kind, zone=zone):
            done = guardian.reset_alarm(kind, zone, operator=operator, now_ns=now_ns)
        case Shelve(kind=kind, zone=zone, reason=reason):
            done = guardian.shelve(
                kind,
                zone,
                operator=operator,
                reason=reason,
                now_ns=now_ns,
                duration_ns=_ns(command.duration),
            )
        case Unshelve(kind=kind, zone=zone, reason=reason):
            done = guardian.unshelve(kind, zone, operator=operator, now_ns=now_ns, reason=reason)
        case RemoveFromService(kind=kind, zone=zone, reason=reason):
            done = guardian.remove_from_service(
                kind, zone, operator=operator, reason=reason, now_ns=now_ns
            )
        case ReturnToService(kind=kind, zone=zone, reason=reason):
            done = guardian.return_to_service(
                kind, zone, operator=operator, now_ns=now_ns, reason=reason
            )
        case FalseAlarm(kind=kind, zone=zone, reason=reason):
            done = guardian.judge_false(kind, zone, operator=operator, reason=reason, now_ns=now_ns)
        case BeginCondition(condition=name, reason=reason):
            done = guardian.begin_condition(
                name,
                operator=operator,
                reason=reason,
                now_ns=now_ns,
                duration_ns=_ns(command.duration),
            )
        case EndCondition(condition=name, reason=reason):
            done = guardian.end_condition(name, operator=operator, now_ns=now_ns, reason=reason)
        case _:
            raise TypeError(f"nothing is known of {type(command).__name__}")
    return done


def _ns(seconds: int | None) -> int | None:
    return None if seconds is None else seconds * 1_000_000_000
