"""The newest blocks of each sensor, longer waveforms made of them, and their shaft's speed."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tml_ros.background.history import History
from tml_ros.background.history_limits import SECOND_NS
from tml_ros.background.reading import Reading, Waveform
from tml_ros.background.shaft_speed import NEAR_NS, with_speed
from tml_ros.background.waveform_store import WaveformStore

START_NS = 1_800_000_000 * SECOND_NS
RATE = 1_000.0
BLOCK = 500


@pytest.fixture
def path(tmp_path):
    return tmp_path / "waveforms.db"


@pytest.fixture
def store():
    store = WaveformStore(None)
    yield store
    store.close()


def _block(number, *, sensor="de", length=BLOCK, late_ns=0, rate=RATE, **changes):
    """A block of a ramp that goes on from block to block."""
    samples = np.arange(number * BLOCK, number * BLOCK + length, dtype=np.float32)
    stamp_ns = START_NS + round(number * BLOCK / RATE * SECOND_NS) + late_ns
    return Waveform("press", sensor, samples, rate, "g", stamp_ns, **changes)


def _same(found, expected):
    np.testing.assert_array_equal(found.samples, expected.samples)
    for name in ("machine", "sensor", "rate", "unit", "stamp_ns", "rpm"):
        assert getattr(found, name) == getattr(expected, name)


def test_the_newest_block_is_as_it_came(store):
    for number in range(3):
        store.add(_block(number, rpm=1797.0))
    _same(store.latest("press", "de"), _block(2, rpm=1797.0))
    assert not store.latest("press", "de").samples.flags.writeable
    assert (store.machines(), store.sensors("press"), store.sensors("saw")) == (
        ("press",),
        ("de",),
        (),
    )
    assert store.latest("press", "fe") is None


def test_a_block_is_the_stores_own(store):
    block = _block(0)
    store.add(block)
    block.samples[:] = 0
    assert store.latest("press", "de").samples[-1] == BLOCK - 1


def test_consecutive_blocks_make_a_longer_waveform(store):
    jitter = np.random.default_rng(3).integers(-20_000_000, 20_000_000, 6)
    for number in range(6):
        store.add(_block(number, late_ns=int(jitter[number]), rpm=1000.0 + number))
    assert store.seconds("press", "de") == pytest.approx(3.0)
    found = store.latest("press", "de", seconds=1.2)
    np.testing.assert_array_equal(found.samples, np.arange(1_800, 3_000))
    assert found.rpm == 1004.0
    assert found.stamp_ns == pytest.approx(START_NS + 1_800_000_000, abs=20_000_001)
    assert not found.samples.flags.writeable
    assert store.latest("press", "de", seconds=3.0).samples[0] == 0
    assert store.latest("press", "de", seconds=3.01) is None


@pytest.mark.parametrize(
    "odd",
    [
        _block(3),
        _block(2, late_ns=100_000_000),
        _block(2, late_ns=-100_000_000),
        _block(-40),
        _block(2, rate=2 * RATE),
    ],
    ids=["a block is missing", "late", "early", "the clock went back", "another rate"],
)
def test_a_gap_is_never_bridged(store, odd):
    for number in range(2):
        store.add(_block(number))
    store.add(odd)
    assert store.latest("press", "de", seconds=0.9) is None
    assert store.seconds("press", "de") == len(odd.samples) / odd.rate
    _same(store.latest("press", "de"), odd)


def test_a_block_that_comes_twice_counts_once(store):
    for number in (0, 1, 1, 2):
        store.add(_block(number))
    assert store.seconds("press", "de") == pytest.approx(1.5)
    assert store.counts == {"duplicate": 1}


@pytest.mark.parametrize(
    "samples", [[], [1.0, math.nan], [math.inf] * 5], ids=["empty", "nan", "inf"]
)
def test_what_cannot_be_judged_is_not_kept(store, samples):
    block = Waveform("press", "de", np.array(samples, np.float32), RATE, "g", START_NS)
    store.add(block)
    assert (store.latest("press", "de"), store.counts["unusable"]) == (None, 1)


def test_blocks_per_sensor_are_bounded(path):
    store = WaveformStore(path, keep=3, keep_seconds=0)
    for number in range(10):
        store.add(_block(number))
        store.add(_block(number, sensor="fe"))
    assert store.seconds("press", "de") == pytest.approx(1.5)
    assert store.bytes() == 6 * BLOCK * 4
    store.close()


def test_short_blocks_are_kept_until_they_make_some_seconds(store):
    for number in range(100):
        store.add(_block(number))
    assert store.seconds("press", "de") == pytest.approx(10.0)
    for number in range(2_000):
        block = Waveform(
            "press", "fe", np.ones(1, np.float32), RATE, "g", START_NS + number * 10**6
        )
        store.add(block)
    assert store.seconds("press", "fe") <= 0.26


def test_bytes_are_bounded_and_each_sensor_keeps_what_is_fair(path):
    store = WaveformStore(path, max_bytes=6 * BLOCK * 4)
    store.add(_block(0, sensor="fe"))
    for number in range(10):
        store.add(_block(number))
    assert store.bytes() == 6 * BLOCK * 4
    assert store.latest("press", "fe") is not None
    store.add(_block(0, length=7 * BLOCK, sensor="huge"))
    assert store.counts["too_large"] == 1
    store.close()


def test_blocks_are_there_again_after_a_restart(path):
    first = WaveformStore(path, keep=4, keep_seconds=0)
    for number in range(9):
        first.add(_block(number, rpm=900.0))
    first.close()
    second = WaveformStore(path, keep=3, keep_seconds=0)
    _same(second.latest("press", "de"), _block(8, rpm=900.0))
    assert second.seconds("press", "de") == pytest.approx(1.5)
    second.add(_block(9))
    assert second.latest("press", "de", seconds=1.5).samples[0] == 7 * BLOCK
    assert path.stat().st_size < 200_000
    second.close()


def test_a_damaged_file_is_set_aside_and_blocks_go_on(path):
    path.write_text("not a database" * 100)
    store = WaveformStore(path)
    store.add(_block(0))
    assert store.latest("press", "de") is not None
    assert "renamed" in store.problems[0]
    store.close()
    assert path.with_name("waveforms.db.damaged-1").is_file()


def test_a_block_of_nonsense_in_the_file_is_damage(path):
    first = WaveformStore(path)
    first.add(_block(0))
    first._file.connection.execute("UPDATE block SET samples=x'010203'")
    first.close()
    second = WaveformStore(path)
    assert second.latest("press", "de") is None
    assert "is damaged" in second.problems[0]
    second.close()


def test_a_full_disk_leaves_memory(path):
    store = WaveformStore(path, keep=3, keep_seconds=0)
    store.add(_block(0))
    (pages,) = store._file.connection.execute("PRAGMA page_count").fetchone()
    store._file.connection.execute(f"PRAGMA max_page_count={pages}")
    store.add(_block(1, length=50 * BLOCK))
    _same(store.latest("press", "de"), _block(1, length=50 * BLOCK))
    assert "full" in store.problems[0]
    store._file.connection.execute("PRAGMA max_page_count=100000")
    store.add(_block(2))
    assert store.problems == ()
    store.close()


@pytest.mark.parametrize("changes", [{"keep": 0}, {"max_bytes": 0}])
def test_bounds_that_make_no_sense_are_refused(changes):
    with pytest.raises(ValueError, match="must be 1 or more"):
        WaveformStore(None, **changes)


@pytest.fixture
def history():
    history = History(None)
    yield history
    history.close()


@pytest.mark.parametrize(
    ("value", "unit", "rpm"),
    [
        (1797.0, "rpm", 1797.0),
        (-1797.0, "rpm", 1797.0),
        (29.95, "Hz", 1797.0),
        (188.1814, "rad/s", 1797.0),
        (0.0, "rpm", None),
        (5.0, "m/s", None),
    ],
)
def test_the_speed_of_a_block_is_that_of_the_newest_reading_near_it(history, value, unit, rpm):
    history.add(Reading("press", "speed", 333.0, unit, START_NS))
    history.add(Reading("press", "speed", value, unit, START_NS + 1))
    history.add(Reading("press", "speed", 5.0, unit, START_NS + 2 * NEAR_NS))
    found = with_speed(_block(0), history).rpm
    assert found == (None if rpm is None else pytest.approx(rpm, rel=1e-6))


def test_a_speed_of_another_time_is_none_of_the_blocks(history):
    history.add(Reading("press", "speed", 100.0, "rpm", START_NS - NEAR_NS - 1))
    assert with_speed(_block(0), history).rpm is None


def test_a_speed_that_is_known_stays(history):
    history.add(Reading("press", "speed", 100.0, "rpm", START_NS))
    assert with_speed(_block(0, rpm=1797.0), history).rpm == 1797.0
    assert with_speed(_block(0), history, "spindle").rpm is None
