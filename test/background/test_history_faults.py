"""A full disk, a broken file, a killed process: what a history loses, and what it says."""

from __future__ import annotations

import contextlib
import random
import signal
import sqlite3
import subprocess
import sys

import pytest

from tml_ros.background.history import History
from tml_ros.background.history_intake import RETRY_NS
from tml_ros.background.history_limits import HOUR_NS, MINUTE_NS, SECOND_NS, HistoryLimits
from tml_ros.background.reading import Reading

START_NS = 1_800_000_000 * SECOND_NS
NOISE = random.Random(6)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "history.db"


def _reading(stamp_ns, value=1.0):
    return Reading("press", "force", float(value), "N", stamp_ns)


def _feed(history, first, last, others=0):
    for number in range(first, last):
        stamp_ns = START_NS + number * SECOND_NS
        history.add(_reading(stamp_ns, number), now_ns=stamp_ns)
        for other in range(others):
            history.add(Reading("saw", f"q{other}", NOISE.random(), "", stamp_ns))


def _values(history):
    series = history.series("press", "force", since_ns=0, until_ns=1 << 61, points=1_000_000)
    return series.mean.tolist()


def _fill_disk(history):
    """No page more: SQLite then says what it says when a disk is full."""
    connection = history._store.file.connection
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count={pages}")


def _empty_disk(history):
    history._store.file.connection.execute("PRAGMA max_page_count=1000000")


def test_while_the_disk_is_full_readings_wait_and_then_are_written(path):
    history = History(path)
    _feed(history, 0, 100)
    _fill_disk(history)
    _feed(history, 100, 2_000, others=10)
    assert any("full" in problem for problem in history.problems)
    assert _values(history) == list(map(float, range(2_000)))
    assert history.latest("press", "force").value == 1_999
    minutes = history.series("press", "force", since_ns=0, until_ns=1 << 61, points=100)
    assert (minutes.tier, minutes.count.sum()) == ("minute", 2_000)
    _empty_disk(history)
    history.compact(START_NS + 2_000 * SECOND_NS + RETRY_NS)
    assert history.problems == ()
    history.close()
    again = History(path)
    assert _values(again) == list(map(float, range(2_000)))
    again.close()


def test_what_waits_for_the_disk_is_bounded_and_the_oldest_goes(path):
    history = History(path, limits=HistoryLimits(max_waiting=500))
    _feed(history, 0, 100)
    _fill_disk(history)
    _feed(history, 100, 3_000, others=10)
    values = _values(history)
    assert values[-1] == 2_999
    assert len(values) <= 1_000
    assert any("are lost" in problem for problem in history.problems)
    history.close()


def test_damage_that_shows_later_sets_the_file_aside_and_work_goes_on(path):
    history = History(path)
    _feed(history, 0, 8_000)
    history.compact(START_NS + 8_000 * SECOND_NS)
    connection = history._store.file.connection
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("r+b") as raw:
        raw.seek(4096)
        raw.write(b"\xaa" * 4096 * 10)
    connection.execute("PRAGMA cache_size=0")
    connection.execute("PRAGMA cache_size=-2000")
    _feed(history, 8_000, 8_010)
    _values(history)
    assert any("is damaged" in problem for problem in history.problems)
    _feed(history, 8_010, 8_100)
    assert _values(history)[-90:] == list(map(float, range(8_010, 8_100)))
    assert path.with_name("history.db.damaged-1").stat().st_size > 4096 * 10
    history.close()
    again = History(path)
    assert again.latest("press", "force").value == 8_099
    assert again.problems == ()
    again.close()


def test_tables_with_nonsense_in_them_are_damage(path):
    history = History(path)
    _feed(history, 0, 10)
    history.close()
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO event VALUES (9, 'press', 'drive', 'purple', '', 5)")
    again = History(path)
    assert "is damaged" in again.problems[0]
    _feed(again, 0, 10)
    assert len(_values(again)) == 10
    again.close()


def test_a_folder_that_takes_no_file_is_answered_from_memory(tmp_path):
    (tmp_path / "file").write_text("x")
    history = History(tmp_path / "file" / "history.db")
    _feed(history, 0, 1_000)
    assert len(_values(history)) == 1_000
    assert "going on in memory" in history.problems[0]
    history.close()


def test_a_reader_beside_the_writer_sees_what_is_committed(path):
    writer = History(path)
    _feed(writer, 0, 100)
    reader = History(path, read_only=True)
    assert len(_values(reader)) >= 99
    reader.add(_reading(START_NS + HOUR_NS))
    reader.close()
    assert len(_values(writer)) == 100
    writer.close()


@pytest.mark.parametrize(("on_disk", "lanes"), [(True, 80), (False, 110)])
def test_the_whole_is_bounded_in_bytes_oldest_readings_first(path, on_disk, lanes):
    limits = HistoryLimits(max_bytes=1_000_000, memory_bytes=1_000_000)
    history = History(path if on_disk else None, limits=limits)
    largest = 0
    for second in range(1_300):
        now_ns = START_NS + second * SECOND_NS
        for lane in range(lanes):
            value = NOISE.random()
            history.add(Reading("press", f"q{lane}", value, "N", now_ns), now_ns=now_ns)
        if second % 50 == 0:
            largest = max(largest, history.bytes())
    assert largest <= (limits.max_bytes if on_disk else limits.memory_bytes * 1.1)
    (problem,) = history.problems
    assert "readings are kept for" in problem
    raw = history.series(
        "press", "q1", since_ns=now_ns - 9 * MINUTE_NS, until_ns=now_ns, points=5_000
    )
    assert (raw.tier, len(raw)) == ("raw", 541)
    whole = history.series("press", "q1", since_ns=0, until_ns=now_ns, points=50_000)
    assert whole.count.sum() == 1_300
    history.close()


def test_a_limit_that_is_far_too_small_keeps_the_newest_and_says_so():
    history = History(None, limits=HistoryLimits(memory_bytes=1_000_000))
    for second in range(40):
        now_ns = START_NS + second * SECOND_NS
        for lane in range(1_000):
            history.add(Reading("press", f"q{lane}", 0.1, "N", now_ns), now_ns=now_ns)
    assert "too many quantities" in history.problems[0]
    assert history.latest("press", "q999").stamp_ns == now_ns
    history.close()


_WRITER = """
import sys
from pathlib import Path
from tml_ros.background.history import History
from tml_ros.background.reading import Reading
history = History(Path(sys.argv[1]))
number = int(sys.argv[2])
while True:
    stamp_ns = 1_800_000_000_000_000_000 + number * 10_000_000
    history.add(Reading("press", "force", float(number), "N", stamp_ns), now_ns=stamp_ns)
    number += 1
    if number % 10 == 0:
        print(number, flush=True)
"""


def test_a_killed_process_loses_a_second_at_most_and_damages_nothing(path):
    first = 0
    for kill in range(4):
        process = subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(path), str(first)], stdout=subprocess.PIPE
        )
        lines = iter(process.stdout)
        for _ in range(200 + 90 * kill):
            next(lines)
        process.send_signal(signal.SIGKILL)
        told = [int(line) for line in lines if line.endswith(b"\n")]
        process.wait()
        process.stdout.close()
        history = History(path)
        assert history.problems == ()
        values = _values(history)
        assert values == list(map(float, range(len(values))))
        # 100 readings are a second.
        assert not told or len(values) >= told[-1] - 101
        assert len(values) >= first + 1_800
        first = len(values)
        (verdict,) = history._store.file.connection.execute("PRAGMA integrity_check").fetchone()
        assert verdict == "ok"
        history.close()
