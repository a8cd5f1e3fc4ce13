"""What `tml-ros replay` prints: one JSON object per line, or a table for people.

The JSON is an interface: keys, their order and the rounding are fixed, and equal replays give equal
bytes.
"""

from __future__ import annotations

import json

from rich.console import Console
from rich.table import Table

from tml_ros.cell.replay import ReplaySummary
from tml_ros.safety.alarm import AlarmEvent, AlarmTransition, Priority

_EVENT_STYLES = {AlarmEvent.RAISED: "bold red", AlarmEvent.REALARMED: "bold red"}
_PRIORITY_STYLES = {Priority.CRITICAL: "bold red", Priority.HIGH: "red", Priority.MEDIUM: "yellow"}


def event_line(transition: AlarmTransition, seconds: float) -> str:
    """One change of an alarm, `seconds` after the start."""
    alarm = transition.alarm
    return _line(
        {
            "t": round(seconds, 3),
            "event": transition.event.value,
            "kind": alarm.kind.value,
            "zone": alarm.zone,
            "source": alarm.source,
            "priority": alarm.priority.value,
            "state": alarm.state.value,
        }
    )


def summary_line(summary: ReplaySummary) -> str:
    """The last line."""
    return _line(
        {
            "summary": {
                "turns": summary.turns,
                "seconds": round(summary.seconds, 3),
                "alarms_raised": {
                    kind.value: count for kind, count in sorted(summary.alarms_raised.items())
                },
                "active_at_end": [[kind.value, zone] for kind, zone in summary.active_at_end],
            }
        }
    )


class EventTable:
    """Collects the events and prints them with the summary."""

    def __init__(self) -> None:
        """Start empty."""
        self._table = Table(box=None, pad_edge=False, header_style="dim")
        self._table.add_column("t", justify="right")
        for column in ("event", "kind", "zone", "source", "priority", "state"):
            self._table.add_column(column)

    def add(self, transition: AlarmTransition, seconds: float) -> None:
        """One change of an alarm, `seconds` after the start."""
        alarm = transition.alarm
        priority = alarm.priority
        self._table.add_row(
            f"{seconds:.3f}",
            f"[{_EVENT_STYLES.get(transition.event, 'default')}]{transition.event.value}",
            alarm.kind.value,
            alarm.zone,
            alarm.source,
            f"[{_PRIORITY_STYLES.get(priority, 'default')}]{priority.value}",
            alarm.state.value.replace("_", " "),
        )

    def print(self, console: Console, summary: ReplaySummary) -> None:
        """Print what was collected."""
        if self._table.row_count:
            console.print(self._table)
        raised = ", ".join(f"{n} {kind.value}" for kind, n in summary.alarms_raised.items())
        active = ", ".join(" ".join(filter(None, pair)) for pair in summary.active_at_end)
        console.print(
            f"{summary.seconds:.1f} s, {summary.turns} turns; raised: {raised or 'nothing'}; "
            f"active at the end: {active or 'nothing'}",
            highlight=False,
        )


def _line(content: dict[str, object]) -> str:
    return json.dumps(content, ensure_ascii=False) + "\n"
