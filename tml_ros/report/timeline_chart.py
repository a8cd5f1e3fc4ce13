"""Where everything lies on the report's timeline: lanes, bars and ticks, in percent of the run.

Geometry and words only; the template draws. Knows nothing of SVG.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tml_ros.cell.cell_description import policies
from tml_ros.report.episodes import Episode
from tml_ros.report.session_log import SessionLog
from tml_ros.report.truth_record import TruthRecord
from tml_ros.report.verdict import moment
from tml_ros.safety.alarm import AlarmEvent, AlarmState
from tml_ros.turn.hazard import HazardKind

_STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400)
_MOST_TICKS = 10
_STATE_LOOK = {
    AlarmState.ACTIVE_UNACKNOWLEDGED: "active",
    AlarmState.ACTIVE_ACKNOWLEDGED: "acknowledged",
    AlarmState.RETURNED_UNACKNOWLEDGED: "returned",
    AlarmState.LATCHED_UNACKNOWLEDGED: "returned",
    AlarmState.LATCHED_ACKNOWLEDGED: "returned",
    AlarmState.NORMAL: "returned",
}


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of the time axis. at: percent of the run."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of a row, in percent of the run. look: the CSS classes that say what it is.

    strength: 0..1, how sure (hazards) or 1. number: of the episode it belongs to, 0 for none.
    """

    at: float
    width: float
    look: str
    words: str
    strength: float = 1.0
    number: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One line of bars of the same nature: "alarm", "guard", "model", "hazard" (whose is
    not known) or "truth".
    """

    name: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Lane:
    """All that is known of one kind in one zone."""

    kind: HazardKind
    zone: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class TimelineChart:
    """The whole picture. speech: one thin bar per moment at which the cell said words. lines: what
    people really said.
    """

    ticks: tuple[Tick, ...]
    lanes: tuple[Lane, ...]
    speech: tuple[Bar, ...]
    lines: tuple[Bar, ...] = ()


def lay_out(log: SessionLog, episodes: Iterable[Episode]) -> TimelineChart:
    """Place everything the log holds; lanes in order of priority of what was alarmed, then name."""
    episodes = tuple(episodes)
    keys = {(e.kind, e.zone) for e in episodes}
    keys |= {(lane.kind, lane.zone) for lane, runs in log.hazards.items() if runs.runs}
    truth = log.truth or TruthRecord()
    keys |= {(span.kind, span.zone) for span in truth.spans}
    rank = {(e.kind, e.zone): e.priority.rank for e in episodes}
    ordered = sorted(keys, key=lambda key: (-rank.get(key, -1), key[0].value, key[1]))
    lanes = tuple(_lane(log, episodes, kind, zone) for kind, zone in ordered)
    speech = tuple(
        Bar(_percent(log, s.stamp_ns), 0.0, "speech", f"{moment(log.at(s.stamp_ns))}: {s.text}")
        for s in log.speech
    )
    lines = tuple(
        _bar(
            log,
            line.start_ns,
            line.end_ns,
            "line" if line.addressed else "line aside",
            f"{line.who}: “{line.text}”" + ("" if line.addressed else " (not to the cell)"),
        )
        for line in truth.lines
    )
    return TimelineChart(ticks(log.seconds), lanes, speech, lines)


def ticks(seconds: float) -> tuple[Tick, ...]:
    """At most 11 evenly spaced round moments of a run of that length, the first at 0."""
    if seconds <= 0:
        return (Tick(0.0, "0 s"),)
    step = next((s for s in _STEPS if seconds / s <= _MOST_TICKS), seconds / _MOST_TICKS)
    count = int(seconds / step + 1e-9) + 1
    return tuple(Tick(100 * i * step / seconds, _tick_label(i * step)) for i in range(count))


def _tick_label(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:g} s"
    hours, rest = divmod(round(seconds), 3600)
    minutes, rest = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def _lane(log: SessionLog, episodes: tuple[Episode, ...], kind: HazardKind, zone: str) -> Lane:
    rows = []
    bars = [
        bar
        for episode in episodes
        if (episode.kind, episode.zone) == (kind, zone)
        for bar in _episode_bars(log, episode)
    ]
    rows.append(Row("alarm", tuple(bars)))
    for lane, runs in sorted(log.hazards.items()):
        if (lane.kind, lane.zone) == (kind, zone) and runs.runs:
            rows.append(
                Row(
                    lane.source.value,
                    tuple(
                        _bar(
                            log,
                            run.start_ns,
                            run.end_ns,
                            "hazard",
                            f"{lane.source.value} sure to {run.peak:.2f}",
                            strength=run.peak,
                        )
                        for run in runs.runs
                    ),
                )
            )
    if len(rows) == 1 and bars:
        rows.append(Row("hazard", tuple(_inferred_hazard(log, kind, zone))))
    spans = log.truth.spans if log.truth is not None else ()
    truth = [s for s in spans if (s.kind, s.zone) == (kind, zone)]
    if truth:
        bars = [_bar(log, s.start_ns, s.end_ns, "truth", "what really happened") for s in truth]
        rows.append(Row("truth", tuple(bars)))
    return Lane(kind, zone, tuple(rows))


def _inferred_hazard(log: SessionLog, kind: HazardKind, zone: str) -> Iterable[Bar]:
    """When the hazard itself was there, where only its alarm is known.

    A change is due its on- or off-delay after the observation that decided it.
    """
    policy = policies(log.cell)[kind]
    began_ns: int | None = None
    for record in log.transitions:
        change = record.transition
        if (change.alarm.kind, change.alarm.zone) != (kind, zone):
            continue
        present = change.alarm.state.condition_present
        if change.event is AlarmEvent.RAISED:
            began_ns = change.due_ns - policy.on_delay_ns
        elif began_ns is not None and not present:
            ended_ns = change.due_ns - policy.off_delay_ns
            yield _bar(log, began_ns, ended_ns, "hazard", "hazard seen")
            began_ns = None
    if began_ns is not None:
        yield _bar(log, began_ns, log.ended_ns or began_ns, "hazard", "hazard seen")


def _episode_bars(log: SessionLog, episode: Episode) -> Iterable[Bar]:
    for span in episode.spans:
        end = span.end_ns if span.end_ns is not None else log.ended_ns or span.start_ns
        words = f"alarm {episode.number}, {episode.priority.value}: {span.state.value}"
        yield _bar(
            log,
            span.start_ns,
            end,
            f"{_STATE_LOOK[span.state]} {episode.priority.value}",
            words.replace("_", " "),
            number=episode.number,
        )


def _bar(
    log: SessionLog,
    start_ns: int,
    end_ns: int,
    look: str,
    words: str,
    *,
    strength: float = 1.0,
    number: int = 0,
) -> Bar:
    at, end = _percent(log, start_ns), _percent(log, end_ns)
    told = f"{words}, {moment(log.at(start_ns))} to {moment(log.at(end_ns))}"
    return Bar(at, max(0.25, end - at), look, told, strength, number)


def _percent(log: SessionLog, stamp_ns: int) -> float:
    if log.seconds <= 0:
        return 0.0
    return round(min(100.0, max(0.0, 100 * log.at(stamp_ns) / log.seconds)), 3)
