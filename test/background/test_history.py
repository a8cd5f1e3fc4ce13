"""What a history keeps, for how long, and what it says of time that went back."""

from __future__ import annotations

import contextlib
import sqlite3

import numpy as np
import pytest

from tml_ros.background.history import History
from tml_ros.background.history_limits import DAY_NS, HOUR_NS, MINUTE_NS, SECOND_NS, HistoryLimits
from tml_ros.background.reading import Reading
from tml_ros.background.series import Tier
from tml_ros.background.state_event import StateEvent

START_NS = 1_800_000_000 * SECOND_NS // HOUR_NS * HOUR_NS
LIMITS = HistoryLimits(raw_ns=2 * HOUR_NS, minute_ns=6 * HOUR_NS, hour_ns=48 * HOUR_NS)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "history.db"


@pytest.fixture
def history(path):
    history = History(path, limits=LIMITS)
    yield history
    history.close()


def _reading(stamp_ns, value=1.0, quantity="force", unit="N", machine="press"):
    return Reading(machine, quantity, float(value), unit, stamp_ns)


def _all(history, **options):
    return history.series("press", "force", since_ns=0, until_ns=1 << 61, **options)


def _run(history, since_ns, until_ns, step_ns, value=lambda stamp_ns: 0.0):
    """Readings every `step_ns`, and the housekeeping that goes with them."""
    for stamp_ns in range(since_ns, until_ns, step_ns):
        history.add(_reading(stamp_ns, value(stamp_ns)), now_ns=stamp_ns)
    for _ in range(20):
        history.compact(until_ns + 6 * SECOND_NS)


def _rows(path, query):
    """What another reader of the file counts."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        (count,) = connection.execute(query).fetchone()
        return count


def _sawtooth(stamp_ns):
    return (stamp_ns // SECOND_NS) * 7919 % 1009


def test_a_reading_is_there_at_once(history):
    history.add(_reading(START_NS, 3.5), now_ns=START_NS)
    series = _all(history)
    assert (series.stamps_ns.tolist(), series.mean.tolist()) == ([START_NS], [3.5])
    assert (series.unit, series.tier, series.count.tolist()) == ("N", Tier.RAW, [1])
    assert history.latest("press", "force") == _reading(START_NS, 3.5)


def test_what_is_not_there_is_empty_and_not_an_error(history):
    assert len(_all(history)) == 0
    assert history.latest("press", "force") is None
    assert (history.machines(), history.quantities("press"), history.events()) == ((), (), ())


def test_machines_and_quantities_are_by_name(history):
    for machine, quantity in (("saw", "speed"), ("press", "force"), ("press", "current")):
        history.add(_reading(START_NS, machine=machine, quantity=quantity))
    assert history.machines() == ("press", "saw")
    assert history.quantities("press") == ("current", "force")


@pytest.mark.parametrize("points", [0, -3])
def test_no_points_are_refused(history, points):
    with pytest.raises(ValueError, match="points"):
        _all(history, points=points)


@pytest.mark.parametrize("stamp_ns", [-1, 1 << 62])
def test_a_stamp_that_is_no_time_is_refused(history, stamp_ns):
    with pytest.raises(ValueError, match="stamp_ns"):
        history.add(_reading(stamp_ns))


@pytest.mark.parametrize(
    ("points", "tier", "count"),
    [(1000, Tier.RAW, 720), (720, Tier.RAW, 720), (719, Tier.MINUTE, 120), (100, Tier.HOUR, 2)],
)
def test_the_finest_tier_that_fits_is_taken(history, points, tier, count):
    _run(history, START_NS, START_NS + 2 * HOUR_NS, 10 * SECOND_NS)
    series = _all(history, points=points)
    assert (series.tier, len(series), series.count.sum()) == (tier, count, 720)


def test_tiers_are_joined_without_a_reading_lost_or_counted_twice(history):
    end_ns = START_NS + 20 * HOUR_NS
    _run(history, START_NS, end_ns, 10 * SECOND_NS, _sawtooth)
    series = _all(history, points=5_000)
    widths = {
        width: (series.width_ns == width_ns)
        for width, width_ns in (("raw", 0), ("minute", MINUTE_NS), ("hour", HOUR_NS))
    }
    assert [int(mask.sum()) for mask in widths.values()] == [720, 240, 14]
    assert series.count.sum() == 20 * 360
    assert series.tier is Tier.RAW
    stamps = np.arange(START_NS, end_ns, 10 * SECOND_NS)
    values = np.array([_sawtooth(stamp) for stamp in stamps.tolist()], np.float64)
    for index in range(len(series)):
        start_ns = series.stamps_ns[index] - series.width_ns[index] // 2
        end = start_ns + max(1, series.width_ns[index])
        chosen = values[(stamps >= start_ns) & (stamps < end)]
        assert series.mean[index] == pytest.approx(chosen.mean(), rel=1e-14)
        assert (series.low[index], series.high[index]) == (chosen.min(), chosen.max())


def test_each_tier_is_bounded_in_time(history, path):
    _run(history, START_NS, START_NS + 4 * DAY_NS, 5 * MINUTE_NS)
    series = _all(history, points=100_000)
    assert series.count.sum() == 48 * 12
    assert (series.width_ns == 0).sum() == 24
    assert (series.width_ns == MINUTE_NS).sum() == 4 * 12
    assert (series.width_ns == HOUR_NS).sum() == 42
    counts = [
        _rows(path, "SELECT sum(count) FROM raw"),
        _rows(path, "SELECT count(*) FROM minute"),
        _rows(path, "SELECT count(*) FROM hour"),
    ]
    assert counts == [24, 6 * 12, 48]


def test_the_newest_reading_outlives_its_tier(history):
    history.add(_reading(START_NS, 7.0), now_ns=START_NS)
    for hours in range(100):
        history.compact(START_NS + hours * HOUR_NS)
    assert len(_all(history)) == 0
    assert history.latest("press", "force") == _reading(START_NS, 7.0)


def test_late_readings_find_their_place_and_change_the_means(history):
    stamps = range(START_NS, START_NS + HOUR_NS, 10 * SECOND_NS)
    for stamp_ns in stamps:
        history.add(_reading(stamp_ns, 1.0), now_ns=stamp_ns)
    late_ns = START_NS + 10 * MINUTE_NS + 1
    history.add(_reading(late_ns, 8.0), now_ns=START_NS + HOUR_NS)
    history.compact(START_NS + 2 * HOUR_NS - 1)
    minutes = _all(history, points=100)
    at = minutes.stamps_ns == late_ns - 1 + MINUTE_NS // 2
    assert (minutes.mean[at].tolist(), minutes.high[at].tolist()) == ([2.0], [8.0])
    (hour,) = _all(history, points=1).mean
    assert hour == pytest.approx((360 + 8) / 361, rel=1e-15)
    assert np.diff(_all(history).stamps_ns).min() == 1


def test_a_reading_later_than_readings_are_kept_is_refused_and_counted(history):
    _run(history, START_NS, START_NS + 3 * HOUR_NS, MINUTE_NS)
    before = _all(history, points=1).count.sum()
    history.add(_reading(START_NS + 1))
    assert history.counts["too_late"] == 1
    assert _all(history, points=1).count.sum() == before


def test_a_reading_from_the_future_is_refused_and_counted(history):
    history.add(_reading(START_NS, 1.0), now_ns=START_NS)
    history.add(_reading(START_NS + DAY_NS, 2.0), now_ns=START_NS)
    assert history.counts["ahead"] == 1
    assert history.latest("press", "force").value == 1.0


def test_of_two_readings_of_one_stamp_the_first_counts(history):
    history.add(_reading(START_NS, 1.0), now_ns=START_NS)
    history.add(_reading(START_NS, 2.0), now_ns=START_NS)
    assert _all(history).mean.tolist() == [1.0]
    history.compact(START_NS + SECOND_NS)
    history.add(_reading(START_NS, 3.0))
    history.compact(START_NS + 70 * SECOND_NS)
    history.add(_reading(START_NS, 4.0))
    assert _all(history).mean.tolist() == [1.0]
    history.compact(START_NS + 71 * SECOND_NS)
    assert _all(history).mean.tolist() == [1.0]
    assert history.latest("press", "force").value == 1.0
    assert history.counts["duplicate"] == 3


def test_nothing_goes_before_its_mean_is_made(history):
    lanes = [f"q{number}" for number in range(700)]
    for lane in lanes:
        history.add(_reading(START_NS, 5.0, quantity=lane), now_ns=START_NS)
    for minutes in range(180, 200):
        history.compact(START_NS + minutes * MINUTE_NS)
        for lane in (lanes[0], lanes[-1]):
            series = history.series("press", lane, since_ns=0, until_ns=1 << 61)
            assert series.mean.tolist() == [5.0]
    assert series.tier is Tier.MINUTE


def test_a_restart_never_makes_a_mean_of_a_part(path):
    limits = HistoryLimits(raw_ns=MINUTE_NS, minute_ns=6 * HOUR_NS, hour_ns=48 * HOUR_NS)
    first = History(path, limits=limits)
    for second in range(0, 700, 10):
        first.compact(START_NS - 700 * SECOND_NS + second * SECOND_NS)
    for offset_s, quantity, value in ((1, "force", 0), (61, "speed", 1), (2, "force", 10)):
        reading = _reading(START_NS + offset_s * SECOND_NS, value, quantity=quantity)
        first.add(reading, now_ns=START_NS + 2 * SECOND_NS)
    for second in range(60, 123):
        first.compact(START_NS + second * SECOND_NS)
    first.close()
    second_run = History(path, limits=limits)
    for second in range(123, 140):
        second_run.compact(START_NS + second * SECOND_NS)
    assert _all(second_run).mean.tolist() == [5.0]
    second_run.close()


def test_what_is_of_an_earlier_epoch_ages_by_what_was_lived_since(history, path):
    _run(history, START_NS, START_NS + HOUR_NS, MINUTE_NS)
    for minute in range(4 * 60):
        history.compact(START_NS - DAY_NS + minute * MINUTE_NS)
    assert _rows(path, "SELECT count(*) FROM raw") == 0
    assert _rows(path, "SELECT count(*) FROM minute") == 60


def test_a_clock_that_leaps_for_a_moment_costs_nothing(history):
    _run(history, START_NS, START_NS + HOUR_NS, MINUTE_NS)
    for second in range(60):
        history.compact(START_NS + 3650 * DAY_NS + second * SECOND_NS)
    history.compact(START_NS + HOUR_NS)
    assert _all(history, joined=True).count.sum() == 60


def test_a_looping_recording_is_not_taken_for_one_long_one(history):
    for loop in range(3):
        for second in range(60):
            stamp_ns = START_NS + second * SECOND_NS
            history.add(_reading(stamp_ns, loop), now_ns=stamp_ns)
    series = _all(history)
    assert (series.epoch, history.epoch) == (2, 2)
    assert series.mean.tolist() == [2.0] * 60
    assert (series.left_out, series.breaks) == ((0, 1), ())


def test_epochs_are_joined_only_when_asked_and_never_overlap(history):
    for offset in (0, 30):
        for second in range(60):
            stamp_ns = START_NS + (offset + second) * SECOND_NS
            history.add(_reading(stamp_ns, offset), now_ns=stamp_ns)
    alone, joined = _all(history), _all(history, joined=True)
    assert (len(alone), alone.left_out) == (60, (0,))
    assert joined.mean.tolist() == [0.0] * 30 + [30.0] * 60
    assert (joined.breaks, joined.left_out, joined.epoch) == ((30,), (), 1)
    assert (np.diff(joined.stamps_ns) > 0).all()


def test_jitter_of_the_clock_is_no_new_epoch(history):
    for second in range(20):
        history.add(
            _reading(START_NS + second * SECOND_NS),
            now_ns=START_NS + second * SECOND_NS - (second % 2) * 900_000_000,
        )
    assert (history.epoch, len(_all(history))) == (0, 20)


def test_a_clock_that_begins_anew_after_a_restart_is_a_new_epoch(path):
    first = History(path)
    first.add(_reading(START_NS, 1.0), now_ns=START_NS)
    first.close()
    second = History(path)
    second.compact(0)
    assert second.epoch == 0
    second.add(_reading(5 * SECOND_NS, 2.0), now_ns=5 * SECOND_NS)
    assert (second.epoch, _all(second).mean.tolist()) == (1, [2.0])
    second.close()


def test_many_epochs_are_bounded_and_the_longest_stay(path):
    limits = HistoryLimits(max_epochs=3)
    history = History(path, limits=limits)
    _run(history, START_NS, START_NS + HOUR_NS, MINUTE_NS, lambda _: -1.0)
    for loop in range(40):
        for minute in range(12):
            stamp_ns = START_NS - DAY_NS + minute * MINUTE_NS
            history.add(_reading(stamp_ns, loop), now_ns=stamp_ns)
    for _ in range(20):
        history.compact(START_NS - DAY_NS + 12 * MINUTE_NS)
    assert history.epoch == 40
    assert 0 in _all(history).left_out
    history.close()
    assert _rows(path, "SELECT count(*) FROM epoch") == 3
    assert _rows(path, "SELECT count(*) FROM track") == 3
    assert _rows(path, "SELECT sum(count) FROM raw") == 60 + 2 * 12 - 1


def test_units_are_never_mixed(history):
    history.add(_reading(START_NS, 20.0, unit="degC"))
    history.add(_reading(START_NS + 1, 293.15, unit="K"))
    series = _all(history)
    assert (series.unit, series.mean.tolist()) == ("K", [293.15])
    assert any("degC" in problem and "'K'" in problem for problem in history.problems)


def test_quantities_are_bounded(path):
    history = History(path, limits=HistoryLimits(max_lanes=5))
    for number in range(8):
        history.add(_reading(START_NS, quantity=f"q{number}"))
    assert len(history.quantities("press")) == 5
    assert any("3 readings of others were refused" in problem for problem in history.problems)
    history.close()


def test_everything_is_there_again_after_a_restart(path):
    first = History(path, limits=LIMITS)
    _run(first, START_NS, START_NS + 9 * HOUR_NS, 30 * SECOND_NS, _sawtooth)
    first.add_event(StateEvent("press", "drive", "warn", "hot", START_NS))
    before = _all(first, points=3_000)
    newest = first.latest("press", "force")
    first.close()
    second = History(path, limits=LIMITS)
    after = _all(second, points=3_000)
    for column in ("stamps_ns", "mean", "low", "high", "count", "width_ns"):
        np.testing.assert_array_equal(getattr(before, column), getattr(after, column))
    assert second.latest("press", "force") == newest
    assert second.events() == (StateEvent("press", "drive", "warn", "hot", START_NS),)
    second.close()


def test_what_is_at_hand_is_taken_in_at_one_go(path):
    history = History(path)
    history.extend(_reading(START_NS + n * MINUTE_NS, n) for n in range(10_000))
    assert _all(history, points=1).count.sum() == 10_000
    history.close()


def test_a_year_of_hours_fits_into_few_points(history):
    limits = HistoryLimits()
    year = History(None, limits=limits)
    year.extend(_reading(START_NS + n * HOUR_NS // 2, n % 7) for n in range(2 * 8760))
    series = _all(year, points=500)
    assert 250 <= len(series) <= 500
    assert series.count.sum() == 2 * 8760
    assert (series.tier, series.width_ns.min() > HOUR_NS) == (Tier.HOUR, True)
    year.close()


def test_events_are_of_a_span_and_bounded(path):
    history = History(path, limits=HistoryLimits(max_events=10))
    for second in range(25):
        machine = "press" if second % 2 else "saw"
        history.add_event(
            StateEvent(
                machine,
                "drive",
                ("ok", "warn")[second // 2 % 2],
                str(second),
                START_NS + second * SECOND_NS,
            ),
            now_ns=START_NS + second * SECOND_NS,
        )
    assert [event.text for event in history.events()] == [str(n) for n in range(15, 25)]
    assert [event.text for event in history.events("saw", since_ns=START_NS + 20 * SECOND_NS)] == [
        "20",
        "22",
        "24",
    ]
    history.close()
    again = History(path)
    assert len(again.events()) == 10
    again.close()


def test_a_part_that_goes_on_saying_the_same_is_one_event(history):
    for second, level in enumerate(("ok", "ok", "warn", "warn", "ok")):
        history.add_event(StateEvent("press", "drive", level, "", START_NS + second))
        history.add_event(StateEvent("press", "valve", "ok", "", START_NS + second))
    assert [(event.subject, event.level) for event in history.events("press")] == [
        ("drive", "ok"),
        ("valve", "ok"),
        ("drive", "warn"),
        ("drive", "ok"),
    ]


def test_the_nearest_reading_of_a_span_is_its_newest(history):
    for second in range(10):
        history.add(_reading(START_NS + second * SECOND_NS, second))
    since_ns = START_NS + 2 * SECOND_NS
    found = history.nearest("press", "force", since_ns=since_ns, until_ns=since_ns + SECOND_NS)
    assert found == _reading(START_NS + 3 * SECOND_NS, 3.0)
    assert history.nearest("press", "force", since_ns=0, until_ns=1) is None


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"raw_ns": 1}, "raw_ns"),
        ({"raw_ns": 2 * DAY_NS, "minute_ns": DAY_NS}, "minute_ns"),
        ({"max_bytes": 10}, "max_bytes"),
        ({"max_epochs": 0}, "max_epochs"),
        ({"step_back_ns": -1}, "step_back_ns"),
    ],
)
def test_limits_that_make_no_sense_are_named(changes, named):
    with pytest.raises(ValueError, match=named):
        HistoryLimits(**changes)
