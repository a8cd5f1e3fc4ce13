"""Whatever comes in whatever order, a history says what a plain list of everything says."""

from __future__ import annotations

import math
import shutil
import tempfile
from pathlib import Path

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tml_ros.background.history import History
from tml_ros.background.history_limits import DAY_NS, HOUR_NS, MINUTE_NS, SECOND_NS, HistoryLimits
from tml_ros.background.reading import Reading
from tml_ros.background.series import Series

START_NS = 1_800_000_000 * SECOND_NS + 1_234
LIMITS = HistoryLimits(raw_ns=2 * HOUR_NS, minute_ns=6 * HOUR_NS, hour_ns=400 * DAY_NS)
VALUE = st.floats(-1e6, 1e6)


class PlainHistory:
    """Readings of one quantity: of two of one stamp the first counts."""

    def __init__(self):
        self.values = {}

    def add(self, stamp_ns, value):
        self.values.setdefault(stamp_ns, value)

    def within(self, start_ns, end_ns):
        """Values from start to end, end excluded."""
        return [self.values[stamp] for stamp in sorted(self.values) if start_ns <= stamp < end_ns]

    def stamps(self, start_ns, end_ns):
        return [stamp for stamp in sorted(self.values) if start_ns <= stamp < end_ns]


def check_series(series: Series, plain: PlainHistory, since_ns: int, until_ns: int) -> None:
    """Each point is true to the readings it stands for, and every reading is in one point."""
    covered = []
    for index in range(len(series)):
        width = int(series.width_ns[index])
        if width:
            start = int(series.stamps_ns[index]) - width // 2
            end = start + width
            assert start <= until_ns
            assert end > since_ns
        else:
            start = int(series.stamps_ns[index])
            end = start + 1
        values = plain.within(start, end)
        covered.extend(plain.stamps(start, end))
        assert len(values) == series.count[index]
        assert (series.low[index], series.high[index]) == (min(values), max(values))
        exact = math.fsum(values) / len(values)
        scale = max(map(abs, values))
        assert abs(series.mean[index] - exact) <= (0 if width <= MINUTE_NS else 1e-14 * scale)
    assert (np.diff(series.stamps_ns) > 0).all()
    assert len(covered) == len(set(covered))
    assert set(plain.stamps(since_ns, until_ns + 1)) <= set(covered)


class HistoryAgainstList(RuleBasedStateMachine):
    """One quantity, read with gaps, late, twice, across hours; closed and opened in between."""

    def __init__(self):
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.plain = PlainHistory()
        self.refused = 0

    @initialize()
    def open(self):
        self.history = History(self.folder / "history.db", limits=LIMITS)
        self.now_ns = START_NS
        self.history.compact(self.now_ns)

    def teardown(self):
        for back in (DAY_NS, 3 * HOUR_NS, 20 * MINUTE_NS):
            for points in (1, 3, 10, 2000):
                self._ask(self.now_ns - back, self.now_ns, points)
        self.history.close()
        shutil.rmtree(self.folder)

    def _add(self, stamp_ns, value):
        late = self.history.counts["too_late"]
        self.history.add(Reading("press", "force", value, "N", stamp_ns), now_ns=self.now_ns)
        if self.history.counts["too_late"] > late:
            assert self.now_ns - stamp_ns > LIMITS.raw_ns
        else:
            self.plain.add(stamp_ns, value)

    @rule(values=st.lists(VALUE, min_size=1, max_size=20), step=st.integers(1, 20 * SECOND_NS))
    def readings_come(self, values, step):
        for value in values:
            self.now_ns += step
            self._add(self.now_ns, value)
            self._add(self.now_ns - 3 * step // 2, -value)

    @rule(value=VALUE, age=st.integers(0, 3 * HOUR_NS))
    def one_comes_late(self, value, age):
        self._add(self.now_ns - age, value)

    @rule(value=VALUE, pick=st.integers(0, 10**6))
    def one_comes_twice(self, value, pick):
        if self.plain.values:
            stamps = sorted(self.plain.values)
            self._add(stamps[pick % len(stamps)], value)

    @rule(pause=st.integers(MINUTE_NS, 3 * HOUR_NS), calls=st.integers(1, 5))
    def time_passes(self, pause, calls):
        for _ in range(calls):
            self.now_ns += pause // calls
            self.history.compact(self.now_ns)

    @rule()
    def it_is_opened_again(self):
        self.history.close()
        self.history = History(self.folder / "history.db", limits=LIMITS)

    @rule(
        back=st.integers(0, 12 * HOUR_NS),
        length=st.integers(0, 12 * HOUR_NS),
        points=st.sampled_from([1, 2, 5, 20, 2000]),
    )
    def it_is_asked(self, back, length, points):
        self._ask(self.now_ns - back, self.now_ns - back + length, points)

    def _ask(self, since_ns, until_ns, points):
        series = self.history.series(
            "press", "force", since_ns=since_ns, until_ns=until_ns, points=points
        )
        assert len(series) <= points
        check_series(series, self.plain, since_ns, until_ns)

    @invariant()
    def the_newest_is_at_hand(self):
        newest = self.history.latest("press", "force")
        if not self.plain.values:
            assert newest is None
        else:
            stamp = max(self.plain.values)
            assert (newest.stamp_ns, newest.value) == (stamp, self.plain.values[stamp])

    @invariant()
    def nothing_is_wrong(self):
        assert self.history.problems == ()


def test_a_history_says_what_a_list_of_everything_says():
    run_state_machine_as_test(
        HistoryAgainstList,
        settings=settings(max_examples=25, stateful_step_count=25, deadline=None),
    )
