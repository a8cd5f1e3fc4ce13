"""An evaluation on a terminal: what was found, what was said, what it cost.

Knows the results, not how they came about.
"""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tml_ros.bench.evaluation.agent_card import AgentCard
from tml_ros.bench.evaluation.opinions import Opinion
from tml_ros.bench.evaluation.results import FALSE_PER_HOUR, Results
from tml_ros.bench.evaluation.verdict import per_hour, who
from tml_ros.bench.evaluation.voice_suite import VoiceResult
from tml_ros.bench.judge.interval import Estimate
from tml_ros.bench.judge.totals import HazardTotal, RuleTotal
from tml_ros.model.interface import NO_MODEL

_WORST = 2
"""Faults named in a line."""


def print_results(
    results: Results, card: AgentCard, console: Console, *, voice: VoiceResult | None = None
) -> None:
    """Print all tables that have something in them. Figures in brackets: intervals of 95 %."""
    opinions = [Opinion.GUARDS] if card.name == NO_MODEL else list(Opinion)
    if results.every.kinds:
        console.print(_hazards(results, card, opinions))
    if results.every.ranking:
        console.print(_ranking(results))
    if results.every.behaviour.rules and card.name != NO_MODEL:
        console.print(_behaviour(results))
    for line in _lines(results, card, voice):
        console.print(line, soft_wrap=True)


def _hazards(results: Results, card: AgentCard, opinions: list[Opinion]) -> Table:
    table = _table("hazards")
    for opinion in opinions:
        name = who(card, opinion)
        table.add_column(f"{name}\nfound", justify="right")
        table.add_column("\nfalse per hour", justify="right")
        table.add_column("\np50", justify="right")
    for kind in results.every.kinds:
        cells: list[str] = []
        for opinion in opinions:
            row = results.every.hazard(opinion, kind)
            cells += _hazard(row if kind in results.judged[opinion] else None)
        table.add_row(words(kind.value), *cells)
    return table


def _hazard(row: HazardTotal | None) -> tuple[str, str, str]:
    if row is None:
        return "not judged", "", ""
    found = f"{row.found} of {row.spans} {_interval(row.recall)}" if row.spans else "-"
    delay = f"{row.delay_p50.value:.1f} s" if row.delay_p50 else ""
    return found, _rate(row.false_per_hour), delay


def _ranking(results: Results) -> Table:
    table = _table("scores of the model")
    table.add_column("AUC", justify="right")
    table.add_column(f"recall at {FALSE_PER_HOUR:g} false per hour", justify="right")
    for kind, row in results.every.ranking.items():
        recall = row.at_rate.recall
        if row.auc is None and recall is None:
            continue
        table.add_row(
            words(kind.value),
            "-" if row.auc is None else f"{row.auc:.2f}",
            "-" if recall is None else f"{recall.value:.0%} {_interval(recall)}",
        )
    return table


def _behaviour(results: Results) -> Table:
    table = _table("behaviour")
    for heading in ("right", "delay p50", "p95"):
        table.add_column(heading, justify="right")
    table.add_column("most often wrong")
    for row in results.every.behaviour.rules:
        table.add_row(words(row.rule.value), *_rule(row))
    return table


def _rule(row: RuleTotal) -> tuple[str, ...]:
    right = f"{row.right} of {row.count} {_interval(row.share)}" if row.count else "-"
    delays = (f"{one.value:.2f} s" if one else "" for one in (row.delay_p50, row.delay_p95))
    faults = ", ".join(f"{words(fault.value)} {count}" for fault, count in row.faults[:_WORST])
    return right, *delays, faults


def _lines(results: Results, card: AgentCard, voice: VoiceResult | None) -> Iterator[Text]:
    totals = results.every.behaviour
    if totals.unprovoked_per_hour is not None and card.name != NO_MODEL:
        yield Text(f"unasked: spoke {_rate(totals.unprovoked_per_hour)} times an hour")
    if results.cost is not None:
        yield Text(
            f"a turn of the model took {results.cost.p50:.0f} ms (p50), {results.cost.p99:.0f} ms "
            f"(p99) on this machine, of 200 ms that it may"
        )
    if results.faults:
        yield Text(
            f"the model failed in {results.faults} turns and was silent: {results.first_fault}"
        )
    if voice is not None:
        yield Text(voice.sentence(card.called))


def words(name: str) -> str:
    """A name without underlines."""
    return name.replace("_", " ")


def _table(first: str) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False)
    table.add_column(f"\n{first}" if first == "hazards" else first, no_wrap=True, style="bold")
    return table


def _rate(found: Estimate | None) -> str:
    if found is None:
        return "-"
    if found.low is None or found.high is None:
        return per_hour(found.value)
    return f"{per_hour(found.value)} ({per_hour(found.low)}-{per_hour(found.high)})"


def _interval(found: Estimate | None) -> str:
    if found is None or found.low is None or found.high is None:
        return ""
    return f"({found.low:.0%}-{found.high:.0%})"
