"""Statuses, hazards, alarms and their transitions as diagnostic_msgs, and back.

The keys and values are those of `cell.alarm_status`, which the bag shares. Knows nothing of nodes,
topics or clocks; belongs to whichever thread calls.
"""

from __future__ import annotations

from collections.abc import Iterable

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue

from tml_ros.cell.alarm_status import Status
from tml_ros.nodes.messages import time_message


def status_message(status: Status) -> DiagnosticStatus:
    """A Status as diagnostic_msgs/DiagnosticStatus."""
    return DiagnosticStatus(
        level=bytes([status.level]),
        name=status.name,
        message=status.message,
        hardware_id=status.hardware_id,
        values=[KeyValue(key=key, value=value) for key, value in status.values.items()],
    )


def status_of(message: DiagnosticStatus) -> Status:
    """diagnostic_msgs/DiagnosticStatus as a Status; of a repeated key the last value counts."""
    return Status(
        level=message.level[0],
        name=message.name,
        message=message.message,
        hardware_id=message.hardware_id,
        values={pair.key: pair.value for pair in message.values},
    )


def statuses_message(statuses: Iterable[Status], stamp_ns: int) -> DiagnosticArray:
    """Several Statuses as one diagnostic_msgs/DiagnosticArray stamped `stamp_ns`."""
    message = DiagnosticArray(status=[status_message(status) for status in statuses])
    message.header.stamp = time_message(stamp_ns)
    return message


def statuses_of(message: DiagnosticArray) -> list[Status]:
    """Every status of a DiagnosticArray."""
    return [status_of(status) for status in message.status]
