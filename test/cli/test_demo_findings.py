"""What the demo asks of the background, and the lines and summary that it ends with."""

from __future__ import annotations

from pathlib import Path

import pytest

from tml_ros.background.contracts import Delegation, Evidence, Finding, Outcome
from tml_ros.cell.cell_file import parse_cell
from tml_ros.cli.demo import _background_lines
from tml_ros.cli.demo_plan import _question
from tml_ros.report.session_log import Provenance, SessionLog, summary

CELL = """
cell: press
language: {language}
cameras: {{front: {{}}}}
{machines}
"""
MACHINES = "machines: {press_1: {telemetry: {temperature: {type: sensor_msgs/Temperature}}}}"
START = 1_772_452_800_000_000_000


def log_of(language: str = "en", machines: str = MACHINES) -> SessionLog:
    text = CELL.format(language=language, machines=machines)
    return SessionLog(parse_cell(text, Path("/p/c.yaml")), Provenance("tml-ros demo"), START)


@pytest.mark.parametrize(
    ("language", "machines", "question"),
    [
        ("en", MACHINES, "what is wrong with press 1?"),
        ("de", MACHINES, "Was ist mit press 1 los?"),
        ("en", "", ""),
    ],
)
def test_the_question_is_about_the_first_machine(
    language: str, machines: str, question: str
) -> None:
    assert _question(log_of(language, machines).cell) == question


@pytest.fixture
def log() -> SessionLog:
    log = log_of()
    log.record_question(Delegation(id="q", question="what is wrong with press 1?"))
    proof = (Evidence(source="press_1/drive_end", text="it rings"),)
    told = Finding(id="n", outcome=Outcome.NOTICED, say="Press 1: bearing.", evidence=proof)
    log.record_finding(START + 5 * 10**9, told)
    answer = Finding(
        id="a", delegation="q", outcome=Outcome.ANSWERED, say="The bearing.", evidence=proof
    )
    log.record_finding(START + 7_250_000_000, answer)
    unasked = Finding(id="o", delegation="other", outcome=Outcome.ANSWERED, say="Of others.")
    log.record_finding(START + 8 * 10**9, unasked)
    return log


def test_each_finding_is_a_line_at_its_time(log: SessionLog) -> None:
    assert list(_background_lines(log)) == [
        "  noticed at 5.0 s: Press 1: bearing.",
        '  asked "what is wrong with press 1?", answered at 7.2 s: The bearing.',
    ]


def test_the_summary_counts_what_was_noticed_and_answered(log: SessionLog) -> None:
    told = summary(log)
    assert told["noticed"] == ["Press 1: bearing."]
    assert told["answered"][0] == {
        "question": "what is wrong with press 1?",
        "outcome": "answered",
        "say": "The bearing.",
        "evidence": 1,
    }
    assert "noticed" not in summary(log_of(machines=""))
