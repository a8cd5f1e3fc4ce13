"""What was proven of a broken cell, as a table for people and as JSON for machines.

Knows nothing of ROS and of how it was proven. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from tml_ros.bench.chaos.checker import Outcome, Proof, Row, check
from tml_ros.bench.chaos.history import History, Struck
from tml_ros.bench.chaos.plan import ChaosPlan
from tml_ros.bench.soak_figures import Growth
from tml_ros.cell.cell_description import CellDescription

if TYPE_CHECKING:
    from tml_ros.cli.chaos_run import Moment, Ran

LISTED = 10
"""Of what is wrong, so many lines; all of it is in the JSON."""
LONG_ENOUGH_NS = 300_000_000_000
"""A slope over less says nothing."""
MEMORY_PER_HOUR, MEMORY_GROWN = 20e6, 5e6
"""Bytes by which a process may grow in an hour, and in all."""
DESCRIPTORS_GROWN, THREADS_GROWN = 8, 4
MANY_HOSTILE = 50_000
"""Malformed messages from which on memory has to stay where it is: all kinds have come often."""
HOSTILE_SHARE = 0.05
"""By which memory may grow in the last half of so many."""
HOSTILE_MEMORY = 600e6
"""Bytes that a process may take under malformed messages."""

_COLOURS = {
    Outcome.PROVEN: "green",
    Outcome.LATE: "yellow",
    Outcome.MASKED: "yellow",
    Outcome.NOT_DONE: "yellow",
}
GrowthOf = Mapping[tuple[str, str], Growth]


def moment_line(moment: Moment, faults: int) -> RenderableType:
    """What goes on."""
    alarms = ", ".join(f"{kind.value} {zone}".rstrip() for kind, zone in moment.alarms[:6])
    more = f" and {len(moment.alarms) - 6} more" if len(moment.alarms) > 6 else ""
    return Group(
        Text(f"{moment.done} of {faults}  {moment.doing}", style="bold"),
        Text(f"guardian: {alarms}{more}" if alarms else "guardian: nothing", style="dim"),
    )


def row_line(struck: Struck, history: History, cell: CellDescription) -> str:
    """One fault, as soon as it is over."""
    (row,) = check(replace(history, struck=(struck,)), cell).rows
    colour = _COLOURS.get(row.outcome, "red")
    known = "" if row.after_ns is None else f" after {row.after_ns / 1e6:.0f} ms"
    alarmed = escape(", ".join(row.alarmed_as))
    at = (struck.began_ns - history.began_ns) / 1e9
    outcome = row.outcome.value if row.required else "went on"
    note = f" ({escape(row.note)})" if row.note else ""
    return (
        f"{at:7.1f} s  {escape(struck.fault.words):<32} "
        f"[{colour}]{outcome}[/{colour}] {alarmed}{known}{note}"
    )


def findings_of_growth(growth: GrowthOf, lasted_ns: int, *, hostile: int = 0) -> tuple[str, ...]:
    """What grows and should not; nothing is said of runs that are too short to tell.

    hostile: malformed messages sent; many of them tell within seconds what else takes minutes.
    """
    found = []
    for (node, what), one in sorted(growth.items()):
        if what == "resident":
            problem = _memory_problem(one, lasted_ns, hostile)
            if problem:
                found.append(f"{node}: memory {problem}")
        elif lasted_ns >= LONG_ENOUGH_NS:
            most = DESCRIPTORS_GROWN if what == "descriptors" else THREADS_GROWN
            if one.last - one.first > most:
                found.append(f"{node}: {what} from {one.first:.0f} to {one.last:.0f}")
    return tuple(found)


def _memory_problem(one: Growth, lasted_ns: int, hostile: int) -> str:
    if hostile and one.most > HOSTILE_MEMORY:
        return f"of {one.most / 1e6:.0f} MB, allowed: at most {HOSTILE_MEMORY / 1e6:.0f}"
    if hostile >= MANY_HOSTILE:
        rise = one.last - one.halfway
        if rise > max(MEMORY_GROWN, HOSTILE_SHARE * one.halfway):
            return f"from {one.halfway / 1e6:.1f} to {one.last / 1e6:.1f} MB in the last half"
        return ""
    grows = one.per_hour > MEMORY_PER_HOUR and one.last - one.first > MEMORY_GROWN
    if grows and lasted_ns >= LONG_ENOUGH_NS:
        return f"grows by {one.per_hour / 1e6:.1f} MB an hour"
    return ""


def percentile_ms(values_ns: tuple[int, ...], percent: float) -> float | None:
    """Of values in rising order, the nearest rank; None of none."""
    if not values_ns:
        return None
    rank = max(0, -(-len(values_ns) * percent // 100) - 1)
    return values_ns[int(rank)] / 1e6


def told_plan(plan: ChaosPlan) -> dict[str, Any]:
    """The plan for JSON."""
    return {
        "seed": plan.seed,
        "seconds": plan.lasts_ns / 1e9,
        "faults": [
            {
                "at_s": planned.at_ns / 1e9,
                "kind": planned.fault.kind.value,
                "target": planned.fault.target,
                "lasts_s": planned.fault.lasts_ns / 1e9,
            }
            for planned in plan.faults
        ],
    }


def report(
    proof: Proof, ran: Ran, history: History, plan: ChaosPlan, grown: tuple[str, ...]
) -> tuple[dict[str, Any], list[RenderableType]]:
    """The whole of it: for JSON, and to be printed."""
    restarts = sorted(one.took_ns for one in history.restarts if one.took_ns is not None)
    seconds = (history.ended_ns - history.began_ns) / 1e9
    told: dict[str, Any] = {
        "proven": proof.holds and not grown,
        "seconds": round(seconds, 1),
        "seed": plan.seed,
        "faults": len(proof.rows),
        "had_to_be_alarmed": sum(row.required for row in proof.rows),
        "detection_ms": {
            "p50": percentile_ms(proof.after_ns, 50),
            "p99": percentile_ms(proof.after_ns, 99),
            "most": percentile_ms(proof.after_ns, 100),
        },
        "lost": proof.lost,
        "invented": list(proof.invented),
        "of_load": proof.of_load,
        "events": len(history.seen),
        "not_on_record": None if proof.missing is None else list(proof.missing),
        "only_on_record": proof.only_recorded,
        "illegal": list(proof.illegal),
        "astray": list(proof.astray),
        "crashed": list(proof.crashed),
        "record_problem": proof.record_problem,
        "restarts": len(history.restarts),
        "restart_ms": {
            "p50": percentile_ms(tuple(restarts), 50),
            "p99": percentile_ms(tuple(restarts), 99),
            "most": percentile_ms(tuple(restarts), 100),
        },
        "hostile_messages": ran.hostile,
        "grown": list(grown),
        "rows": [_told_row(row, history) for row in proof.rows],
        "processes": {
            f"{node} {what}": asdict(one) for (node, what), one in sorted(ran.growth.items())
        },
        "latency": {name: asdict(one) for name, one in ran.latency.items()},
    }
    shown: list[RenderableType] = []
    if proof.rows:
        shown += [_rows(proof, history), ""]
    shown += [_summary(told, proof, grown), "", _processes(ran)]
    return told, shown


def _told_row(row: Row, history: History) -> dict[str, Any]:
    return {
        "at_s": round((row.struck.began_ns - history.began_ns) / 1e9, 2),
        "fault": row.struck.fault.kind.value,
        "target": row.struck.fault.target,
        "alarmed_as": list(row.alarmed_as),
        "after_ms": None if row.after_ns is None else round(row.after_ns / 1e6, 1),
        "gone_ms": None if row.gone_ns is None else round(row.gone_ns / 1e6, 1),
        "verdict": row.outcome.value,
        "required": row.required,
        "note": row.note,
    }


def _rows(proof: Proof, history: History) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("at s", "fault", "target", "alarmed as", "after ms", "gone after ms", "verdict"):
        table.add_column(name, justify="right" if name.endswith((" s", " ms")) else "left")
    for row in proof.rows:
        colour = _COLOURS.get(row.outcome, "red")
        verdict = row.outcome.value if row.required else "went on"
        table.add_row(
            f"{(row.struck.began_ns - history.began_ns) / 1e9:.1f}",
            row.struck.fault.kind.value.replace("_", " "),
            row.struck.fault.target,
            ", ".join(row.alarmed_as),
            "" if row.after_ns is None else f"{row.after_ns / 1e6:.0f}",
            "" if row.gone_ns is None else f"{row.gone_ns / 1e6:.0f}",
            Text(f"{verdict}{': ' + row.note if row.note else ''}", style=colour),
        )
    return table


def _summary(told: dict[str, Any], proof: Proof, grown: tuple[str, ...]) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="dim")
    table.add_column()

    def line(about: str, words: str, *, wrong: bool = False) -> None:
        table.add_row(about, Text(words, style="red" if wrong else ""))

    def lines(about: str, wrong: tuple[str, ...]) -> None:
        line(about, str(len(wrong)), wrong=bool(wrong))
        for one in wrong[:LISTED]:
            line("", one, wrong=True)

    detection, restart = told["detection_ms"], told["restart_ms"]
    line("all proven", "yes" if told["proven"] else "no", wrong=not told["proven"])
    line("faults", f"{told['faults']}, {told['had_to_be_alarmed']} of which had to be alarmed")
    line("detection", _three(detection))
    line("faults never alarmed", str(proof.lost), wrong=proof.lost > 0)
    lines("alarms without a cause", proof.invented)
    line("alarms of a busy machine", str(proof.of_load))
    if proof.missing is None:
        line("transitions seen", f"{told['events']}; there is no record to compare them with")
    else:
        line("transitions seen", str(told["events"]))
        lines("of them not on record", proof.missing)
        line("only on record", str(proof.only_recorded))
    lines("illegal transitions", proof.illegal)
    lines("alarms astray", proof.astray)
    lines("crashes", proof.crashed)
    line("restarts", f"{told['restarts']}; {_three(restart)}")
    if told["hostile_messages"]:
        line("malformed messages", str(told["hostile_messages"]))
    if proof.record_problem:
        line("record", proof.record_problem, wrong=True)
    lines("growth", grown)
    return table


def _three(figures: Mapping[str, float | None]) -> str:
    if figures["p50"] is None:
        return "none"
    return (
        f"p50 {figures['p50']:.0f} ms, p99 {figures['p99']:.0f} ms, most {figures['most']:.0f} ms"
    )


def _processes(ran: Ran) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("what each takes, past its first quarter")
    for name in ("from", "to", "most", "an hour"):
        table.add_column(name, justify="right")
    for (node, what), one in sorted(ran.growth.items()):
        scale, unit = (1e6, " MB") if what == "resident" else (1.0, f" {what}")
        digits = 1 if what == "resident" else 0
        table.add_row(
            node,
            *(f"{value / scale:.{digits}f}" for value in (one.first, one.last, one.most)),
            f"{one.per_hour / scale:+.1f}{unit}",
        )
    for name, one in ran.latency.items():
        values = (one.first, one.last, one.most)
        table.add_row(name, *(f"{value:.1f}" for value in values), f"{one.per_hour:+.1f} ms")
    return table
