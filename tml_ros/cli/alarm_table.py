"""The alarms of a cell as a table for people. Main thread."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tml_ros.cli.live_table import PRIORITY_SIGNS, STATE_STYLES
from tml_ros.safety.alarm import Alarm, Withholding

_COLUMNS = {"alarm": 19, "priority": 0, "state": 14, "since": 0, "withheld": 18}
"""The least width of what may wrap; what may not, 0. In all they fit into 80 columns."""
_SINCE_THEN_NS = 1_000_000_000 * 1_000_000_000
"""In 2001. A clock that shows less is that of a simulation or a recording, and no time of day."""


def show_alarms(cell: str, alarms: Iterable[Alarm], now_ns: int) -> None:
    """Print them, in the order given. now_ns: wall clock; of its day only the time is shown."""
    console = Console(highlight=False)
    table = Table(box=None, pad_edge=False)
    for name, width in _COLUMNS.items():
        table.add_column(name, header_style="dim", min_width=width, no_wrap=not width)
    for alarm in alarms:
        sign, style = PRIORITY_SIGNS[alarm.priority]
        chatters = " chattering" if alarm.chattering else ""
        table.add_row(
            Text(f"{alarm.kind.value} {alarm.zone}", style="bold"),
            Text(f"{sign} {alarm.priority.value}", style=style),
            Text(alarm.state.value.replace("_", " ") + chatters, style=STATE_STYLES[alarm.state]),
            _when(alarm.raised_ns, now_ns),
            Text("; ".join(_withheld(one, now_ns) for one in alarm.withheld)),
        )
    if table.row_count:
        console.print(table)
    else:
        console.print(f"no alarm in cell {cell}", style="green", markup=False)


def _withheld(holding: Withholding, now_ns: int) -> str:
    words = holding.how.value.replace("_", " ")
    if holding.until_ns is not None:
        words += f" until {_when(holding.until_ns, now_ns)}"
    by = ": ".join(part for part in (holding.operator, holding.reason) if part)
    return f"{words} ({by})" if by else words


def _when(stamp_ns: int, now_ns: int) -> str:
    if stamp_ns < _SINCE_THEN_NS:
        return f"{stamp_ns / 1e9:.1f} s"
    moment, today = (datetime.fromtimestamp(ns / 1e9).astimezone() for ns in (stamp_ns, now_ns))
    return moment.strftime("%H:%M:%S" if moment.date() == today.date() else "%Y-%m-%d %H:%M")
