"""The table of the judge judged."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tml_ros.bench.judge.agents import AGENTS
from tml_ros.sim.truth.expectation import Rule

TOOL = Path(__file__).resolve().parents[3] / "tools" / "judge_table.py"


def test_the_tool_prints_every_agent_and_rule() -> None:
    command = [sys.executable, str(TOOL), "--scenarios", "6", "--pieces", "12"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in printed.splitlines()]
    assert rows[0][1:] == list(AGENTS)
    assert {len(row) for row in rows} == {len(AGENTS) + 1}
    perfect = {row[0]: row[1] for row in rows[2:]}
    assert all(perfect[rule.value].startswith("100% (") for rule in Rule)
    assert perfect["false alarms per hour"].startswith("0.0 (0.0-")
