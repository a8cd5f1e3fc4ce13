"""The judge judged: what agents get that do everything right, nothing, too late, or by chance.

    python tools/judge_table.py [--scenarios 40] [--pieces 30]

Prints a Markdown table, agents beside measures, over scenarios that are made up; the same numbers
every time. Shares are of what could be told, with intervals of 95 %; "-": nothing could.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from tml_ros.bench.judge.agents import AGENTS
from tml_ros.bench.judge.interval import Estimate
from tml_ros.bench.judge.judgement import judge
from tml_ros.bench.judge.made_up import drawn_truth
from tml_ros.bench.judge.totals import HazardTotal, RuleTotal, Totals, total
from tml_ros.sim.truth.expectation import Rule
from tml_ros.turn.hazard import HazardKind


def main() -> None:
    """Read the command line and print."""
    parser = argparse.ArgumentParser(description=__doc__, add_help=True)
    parser.add_argument("--scenarios", type=int, default=40)
    parser.add_argument("--pieces", type=int, default=30, help="of each scenario")
    arguments = parser.parse_args()
    for line in table(scenarios=arguments.scenarios, pieces=arguments.pieces):
        print(line)


def table(*, scenarios: int, pieces: int) -> Iterator[str]:
    """The lines of the table."""
    truths = [drawn_truth(seed, pieces=pieces) for seed in range(scenarios)]
    columns = [
        dict(
            _measures(
                total(
                    judge(truth, agent(truth, seed), scenario=f"{seed:04d}")
                    for seed, truth in enumerate(truths)
                )
            )
        )
        for agent in AGENTS.values()
    ]
    yield f"| | {' | '.join(AGENTS)} |"
    yield "|---" * (len(AGENTS) + 1) + "|"
    for measure in columns[0]:
        yield f"| {measure} | {' | '.join(column[measure] for column in columns)} |"


def _measures(totals: Totals) -> Iterator[tuple[str, str]]:
    rules = {row.rule: row for row in totals.rules}
    for rule in Rule:
        yield rule.value, _share(rules.get(rule))
    answer = rules.get(Rule.ANSWER)
    yield "answer's delay, p50, s", _figure(answer.delay_p50 if answer else None, 2)
    hazards = {row.kind: row for row in totals.hazards}
    visit = hazards.get(HazardKind.PERSON_IN_ZONE)
    yield "person in zone: recall", _percent(visit.recall if visit else None)
    yield "delay, p50, s", _figure(visit.delay_p50 if visit else None, 2)
    yield "false alarms per hour", _figure(visit.false_per_hour if visit else None, 1)
    yield "overlong alarms", _count(visit)
    yield "quiet time with an alarm on", "-" if visit is None else f"{visit.idle_share:.0%}"
    yield "unprovoked speech per hour", _figure(totals.unprovoked_per_hour, 1)


def _share(row: RuleTotal | None) -> str:
    return "-" if row is None else _percent(row.share)


def _percent(found: Estimate | None) -> str:
    if found is None or found.low is None or found.high is None:
        return "-"
    return f"{found.value:.0%} ({found.low:.0%}-{found.high:.0%})"


def _figure(found: Estimate | None, digits: int) -> str:
    if found is None:
        return "-"
    value = round(found.value, digits) + 0.0
    if found.low is None or found.high is None:
        return f"{value:.{digits}f}"
    low, high = round(found.low, digits) + 0.0, round(found.high, digits) + 0.0
    return f"{value:.{digits}f} ({low:.{digits}f}-{high:.{digits}f})"


def _count(row: HazardTotal | None) -> str:
    return "-" if row is None else str(row.overlong)


if __name__ == "__main__":
    main()
