"""A running cell in the terminal: a live table, or plain lines where there is no terminal.

Knows nothing of ROS and processes: it is shown one `LiveView` after another. Main thread.
"""

from __future__ import annotations

from types import TracebackType

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from tml_ros.cli.told_words import ToldWords
from tml_ros.report.live_view import LiveView, StreamView
from tml_ros.report.verdict import phrase, span_of_time
from tml_ros.safety.alarm import Alarm, AlarmState, AlarmTransition, Priority

LINE_EVERY_S = 10.0
FRESH_S = 1.0

PRIORITY_SIGNS = {
    Priority.CRITICAL: ("▲▲", "bold magenta"),
    Priority.HIGH: ("▲", "bold red"),
    Priority.MEDIUM: ("◆", "yellow"),
    Priority.LOW: ("●", "blue"),
}
STATE_STYLES = {
    AlarmState.ACTIVE_UNACKNOWLEDGED: "bold red",
    AlarmState.ACTIVE_ACKNOWLEDGED: "red",
    AlarmState.RETURNED_UNACKNOWLEDGED: "yellow",
    AlarmState.LATCHED_UNACKNOWLEDGED: "bold yellow",
    AlarmState.LATCHED_ACKNOWLEDGED: "yellow",
    AlarmState.NORMAL: "green",
}


class LiveTable:
    """Shows a run of `total_s` seconds (None: without an end of its own) within a `with` block."""

    def __init__(self, console: Console, cell: str, total_s: float | None) -> None:
        """Show nothing yet."""
        self._console = console
        self._cell = cell
        self._total_s = total_s
        self._told_changes = 0
        self._told_words = ToldWords()
        self._told_s = 0.0
        self._live = Live(console=console, auto_refresh=False, transient=True)

    def __enter__(self) -> LiveTable:
        """Take over the terminal, if there is one."""
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the terminal back."""
        self._live.stop()

    def waiting(self, for_what: str) -> None:
        """Say what the run is waiting for."""
        if self._console.is_terminal:
            self._live.update(Text(f"waiting for {for_what} ...", style="dim"), refresh=True)

    def say(self, line: str) -> None:
        """Print a line that stays."""
        self._console.print(line, highlight=False, markup=False, soft_wrap=True)

    def show(self, view: LiveView, elapsed_s: float) -> None:
        """Show how the cell stands `elapsed_s` seconds after it began to see and hear."""
        if self._console.is_terminal:
            picture = draw(view, self._cell, elapsed_s, self._total_s)
            self._live.update(picture, refresh=True)
        else:
            self._tell(view, elapsed_s)

    def _tell(self, view: LiveView, elapsed_s: float) -> None:
        for change in fresh_changes(view, self._told_changes):
            self.say(change_line(change, view.began_ns))
        self._told_changes = view.of_changes
        for stamp_ns, text in self._told_words.take(view.said):
            self.say(f"{_at(stamp_ns, view.began_ns)}  says      “{text}”")
        if elapsed_s - self._told_s >= LINE_EVERY_S:
            self._told_s = elapsed_s
            rates = ", ".join(f"{s.name} {s.rate:.1f}/s" for s in view.streams)
            self.say(f"{elapsed_s:7.1f} s  {rates}; {len(view.alarms)} alarms")


def fresh_changes(view: LiveView, told: int) -> tuple[AlarmTransition, ...]:
    """The changes after the first `told` ones, as far as the view still has them."""
    fresh = min(view.of_changes - told, len(view.changes))
    return view.changes[len(view.changes) - fresh :] if fresh > 0 else ()


def change_line(change: AlarmTransition, began_ns: int | None) -> str:
    """One change as a line for people: "    2.6 s  raised    person in striped_line (high)"."""
    alarm = change.alarm
    what = phrase(alarm.kind, alarm.zone)
    return f"{_at(change.stamp_ns, began_ns)}  {change.event.value:<9} {what}" + (
        f" ({alarm.priority.value})" if alarm.state.condition_present else ""
    )


def draw(view: LiveView, cell: str, elapsed_s: float, total_s: float | None) -> RenderableType:
    """The whole picture of one moment."""
    head = Table.grid(padding=(0, 2))
    time = f"{elapsed_s:.0f} s"
    if total_s is None:
        head.add_row(time, Text("Ctrl-C ends", style="dim"))
    else:
        done = min(elapsed_s, total_s)
        bar = ProgressBar(total=max(total_s, 0.001), completed=done, width=40)
        head.add_row(f"{time} of {span_of_time(total_s)}", bar, Text("Ctrl-C ends", style="dim"))
    foot = Table.grid(padding=(0, 2))
    foot.add_column(style="dim")
    foot.add_column()
    said = "nothing yet" if view.said is None else f"“{view.said.text}”"
    foot.add_row("said last", Text(said))
    if view.p50_ms is None or view.p95_ms is None:
        latency = "no alarm yet"
    else:
        latency = f"p50 {view.p50_ms:.0f} ms, p95 {view.p95_ms:.0f} ms"
    foot.add_row("frame to alarm", latency)
    foot.add_row("micro-turns", f"{view.turns}")
    parts: list[RenderableType] = [
        head,
        "",
        _streams(view.streams),
        "",
        _alarms(view, view.alarms),
        "",
        foot,
    ]
    return Panel(Group(*parts), title=f"cell [bold]{escape(cell)}[/bold]", title_align="left")


def _streams(streams: tuple[StreamView, ...]) -> Table:
    table = Table(box=None, pad_edge=False)
    for name, justify in (("stream", "left"), ("kind", "left"), ("per second", "right")):
        table.add_column(name, justify=justify, header_style="dim")  # type: ignore[arg-type]
    table.add_column("total", justify="right", header_style="dim")
    table.add_column("newest", justify="right", header_style="dim")
    for stream in streams:
        age = "never" if stream.age_s is None else f"{stream.age_s * 1000:.0f} ms ago"
        fresh = stream.age_s is not None and stream.age_s < FRESH_S
        table.add_row(
            Text(stream.name),
            stream.kind,
            f"{stream.rate:.1f}",
            f"{stream.messages}",
            Text(age, style="green" if fresh else "red"),
        )
    return table


def _alarms(view: LiveView, alarms: tuple[Alarm, ...]) -> RenderableType:
    if not alarms:
        return Text(f"no alarm now; {view.raised} raised so far", style="green")
    table = Table(box=None, pad_edge=False)
    for name in ("alarm", "priority", "state", "since"):
        table.add_column(name, header_style="dim")
    for alarm in alarms:
        sign, style = PRIORITY_SIGNS[alarm.priority]
        table.add_row(
            Text(phrase(alarm.kind, alarm.zone), style="bold"),
            Text(f"{sign} {alarm.priority.value}", style=style),
            Text(_state_words(alarm), style=STATE_STYLES[alarm.state]),
            _at(alarm.raised_ns, view.began_ns).strip(),
        )
    return table


def _state_words(alarm: Alarm) -> str:
    how = dict.fromkeys(holding.how.value for holding in alarm.withheld)
    return ", ".join((alarm.state.value, *how)).replace("_", " ")


def _at(stamp_ns: int, began_ns: int | None) -> str:
    return f"{max(0, stamp_ns - (began_ns or stamp_ns)) / 1e9:7.1f} s"
