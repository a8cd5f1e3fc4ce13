"""Figures of simulated histories belong together; the plain ways' limits are set elsewhere."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy import stats
from typer.testing import CliRunner

from tml_ros.bench.histories import CALIBRATION, HistorySpan
from tml_ros.bench.history_baselines import Course, ewma, factor_for, fixed_limit
from tml_ros.bench.history_scores import delays, rate, share
from tml_ros.cli.bench import app
from tml_ros.sim.machine_history import Event, Quantity, machine_history

DAY_NS = 86_400_000_000_000


def test_the_command_gives_all_groups_as_json():
    result = CliRunner().invoke(app, ["histories", "--quick", "--no-sound", "--json"])
    assert result.exit_code == 0, result.output
    figures = json.loads(result.output)
    ways = {"tml_ros", "fixed_limit", "ewma", "ewma_textbook"}
    assert {name.split()[0] for name in figures["false_alarms"]} == ways
    for group in ("drift_days", "step_days"):
        for row in figures[group].values():
            assert 0 <= row["found"] <= row["of"]
    for row in figures["false_alarms"].values():
        assert row["low"] <= row["per_month"] <= row["high"]
    named = figures["sensor_faults_named"]
    assert set(named) == {"stuck", "spikes", "dropouts", "unit_jump", "sensor_drift"}
    assert figures["histories"] == 20


@pytest.mark.parametrize("seeds", ["20", "a:b", "5:5", "990:1010", "-1:4"])
def test_seeds_that_mean_nothing_or_set_the_limits_are_refused(seeds):
    result = CliRunner().invoke(app, ["histories", f"--seeds={seeds}"])
    assert result.exit_code != 0
    assert "seeds" in str(result.exception)


def test_seeds_are_never_those_that_limits_are_set_on():
    with pytest.raises(ValueError, match="not within"):
        HistorySpan(range(CALIBRATION, CALIBRATION + 1))


def test_rates_and_shares_have_the_intervals_of_the_books():
    found = rate(4, 10.0)
    assert found["per_month"] == 0.4
    # Exactly the rates at which 4 or more, and 4 or fewer, would have a chance of 2.5 %.
    assert stats.poisson.sf(3, found["low"] * 10) == pytest.approx(0.025)
    assert stats.poisson.cdf(4, found["high"] * 10) == pytest.approx(0.025)
    assert rate(0, 10.0)["low"] == 0
    half = share(5, 10)
    assert (half["low"], half["high"]) == pytest.approx((0.2366, 0.7634), abs=1e-4)
    assert share(0, 0)["share"] is None


def test_what_was_never_found_counts_as_endlessly_late():
    found = delays([1.0, 2.0, 3.0], 5)
    assert (found["p50"], found["p90"], found["found"]) == (3.0, None, 3)
    assert delays([], 0)["p50"] is None


def test_an_alarm_that_lasts_is_one_alarm():
    hours = np.arange(200, dtype=np.int64) * 3_600_000_000_000
    out = np.zeros(200)
    out[[10, 11, 20, 100, 101]] = 5.0
    course = Course(hours, out)
    assert len(course.alarms(1.0)) == 2
    assert len(course.alarms(9.0)) == 0


def test_the_limits_allow_as_many_false_alarms_as_they_may():
    healthy = [
        machine_history(Quantity.PRESSURE, Event.HEALTHY, seed=900 + seed, months=4, step_s=3_600)
        for seed in range(4)
    ]
    for baseline in (fixed_limit, ewma(0.05)):
        courses = [baseline(history) for history in healthy]
        for per_month in (0.1, 1.0):
            factor = factor_for(courses, per_month=per_month)
            count = sum(len(course.alarms(factor)) for course in courses)
            months = 4 * (4 - 28 / 30.4375)
            assert count <= per_month * months + 1e-9


def test_the_plain_ways_do_see_a_large_step():
    history = machine_history(Quantity.PRESSURE, Event.HEALTHY, seed=3, months=4, step_s=3_600)
    history.values[history.stamps_ns > 80 * DAY_NS] += 30.0
    for baseline, factor in ((fixed_limit, 1.0), (ewma(0.05), 20.0)):
        (alarm,) = baseline(history).alarms(factor)
        assert 0 < alarm / DAY_NS - 80 < 3
