"""Rates, latencies and errors of a node's inputs, as it reports them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.cell.alarm_status import OK, WARN
from tml_ros.nodes.input_figures import LOG_EVERY_NS, InputFigures
from tml_ros.nodes.latency_window import LatencyWindow, milliseconds
from tml_ros.nodes.worker import LaneCounts

SECOND = 1_000_000_000
NOTHING = LaneCounts()


@pytest.fixture
def figures():
    return InputFigures("press", "guardian", ("camera front", "commands"), ("camera front",))


def _report(figures, now_ns, camera=NOTHING, commands=NOTHING):
    statuses = figures.statuses({"camera front": camera, "commands": commands}, now_ns)
    return {status.name.removeprefix("press/guardian: "): status for status in statuses}


def test_rates_are_of_the_time_since_the_last_report(figures):
    _report(figures, SECOND, LaneCounts(received=10))
    values = _report(figures, 3 * SECOND, LaneCounts(received=40, dropped=3))["camera front"].values
    assert (values["per_second"], values["received"], values["dropped"]) == ("15.0", "40", "3")


def test_a_silent_stream_is_a_warning_and_a_silent_lane_is_not(figures):
    report = _report(figures, SECOND)
    assert (report["camera front"].level, report["camera front"].message) == (
        WARN,
        "nothing arrives",
    )
    assert report["commands"].level == OK


def test_a_new_failure_is_a_warning_once_and_stays_readable(figures):
    figures.failed("commands", ValueError("not JSON"), 0)
    first = _report(figures, SECOND, commands=LaneCounts(received=1, failed=1))["commands"]
    assert (first.level, first.message) == (WARN, "ValueError: not JSON")
    later = _report(figures, 2 * SECOND, commands=LaneCounts(received=1, failed=1))["commands"]
    assert later.level == OK
    assert later.values["last_error"] == "ValueError: not JSON"
    assert later.values["rejected"] == "1"


def test_failures_are_worth_a_log_line_once_in_a_while_per_lane(figures):
    error = ValueError("again")
    worth = [
        figures.failed("commands", error, now) for now in (0, 1, LOG_EVERY_NS, 1 + LOG_EVERY_NS)
    ]
    line = "commands: ValueError: again"
    assert worth == [line, "", line, ""]
    assert figures.failed("camera front", error, 2)


def test_an_error_that_quotes_much_is_cut_short(figures):
    line = figures.failed("commands", ValueError("x" * 100_000), 0)
    assert len(line) < 400
    report = _report(figures, SECOND, commands=LaneCounts(received=1, failed=1))["commands"]
    assert len(report.message) < 400
    assert len(report.values["last_error"]) < 400


def test_latency_is_reported_of_streams(figures):
    assert _report(figures, SECOND)["camera front"].values["latency_p50_ms"] == "none"
    for latency in range(1, 101):
        figures.took("camera front", latency * 1_000_000)
    values = _report(figures, 2 * SECOND)["camera front"].values
    assert (values["latency_p50_ms"], values["latency_p99_ms"]) == ("50.0", "99.0")
    assert "latency_p50_ms" not in _report(figures, 3 * SECOND)["commands"].values


@given(st.lists(st.integers(0, 10**10), min_size=1, max_size=50), st.integers(1, 100))
def test_percentiles_are_the_nearest_rank_of_the_newest(durations, percent):
    window = LatencyWindow(size=20)
    for duration in durations:
        window.add(duration)
    expected = np.percentile(durations[-20:], percent, method="inverted_cdf")
    assert window.percentile_ms(percent) == pytest.approx(expected / 1e6)


def test_no_duration_has_no_percentile():
    assert LatencyWindow().percentile_ms(50) is None
    assert milliseconds(None) == "none"
    assert milliseconds(1.26) == "1.3"
