"""Every quantity is watched for changes of level and failing sensors without anybody asking."""

from __future__ import annotations

from pathlib import Path

import pytest

from tml_ros.background.background import Background, Setup
from tml_ros.background.condition import Condition, State
from tml_ros.background.contracts import Finding
from tml_ros.background.learned_store import LearnedStore
from tml_ros.background.machine import Machine
from tml_ros.background.planner import Planner
from tml_ros.background.playbook_file import load_playbook
from tml_ros.background.reading import Reading
from tml_ros.background.reading_watches import ReadingWatches, is_sensor_fault
from tml_ros.sim.machine_history import (
    HOUR_NS,
    Event,
    MachineHistory,
    Quantity,
    machine_history,
)

MINUTE = 60_000_000_000
DAY = 24 * HOUR_NS


def made(event: Event, *, seed: int = 5) -> MachineHistory:
    return machine_history(Quantity.TEMPERATURE, event, seed=seed, months=3, step_s=3_600)


def readings(history: MachineHistory) -> list[Reading]:
    pairs = zip(history.stamps_ns.tolist(), history.values.tolist(), strict=True)
    return [Reading("press_1", "temperature", v, history.unit, stamp) for stamp, v in pairs]


def judged(watches: ReadingWatches, now_ns: int) -> dict[str, Condition]:
    return {one.method: one for one in watches.judge("press_1", "temperature", now_ns)}


@pytest.mark.parametrize(
    ("event", "method", "defect"),
    [
        (Event.STEP, "change_point", "level_shift"),
        (Event.STUCK, "sensor", "stuck"),
        (Event.UNIT_JUMP, "sensor", "unit_jump"),
    ],
)
def test_what_happens_is_seen_by_the_method_that_it_concerns(
    event: Event, method: str, defect: str
) -> None:
    history = made(event)
    watches = ReadingWatches(LearnedStore(None))
    seen_ns = None
    for reading in readings(history):
        watches.observe(reading)
        bad = judged(watches, reading.stamp_ns).get(method)
        if seen_ns is None and bad is not None and bad.defect == defect:
            seen_ns = reading.stamp_ns
            assert bad.picture.startswith(b"\x89PNG")
            assert load_playbook().advise(bad.defect, "press") is not None
    assert seen_ns is not None
    assert history.event_ns is not None
    assert history.event_ns <= seen_ns < history.event_ns + 5 * DAY


def test_nothing_is_said_before_it_is_learned() -> None:
    watches = ReadingWatches(LearnedStore(None))
    history = readings(made(Event.HEALTHY))
    said = []
    for reading in history:
        watches.observe(reading)
        day = (reading.stamp_ns - history[0].stamp_ns) // DAY
        said.append((day, tuple(judged(watches, reading.stamp_ns))))
    assert all(methods == () for day, methods in said if day < 6)
    assert all("change_point" not in methods for day, methods in said if day < 27)
    assert ("sensor", "change_point") in {methods for _, methods in said}


def test_what_was_learned_outlives_a_restart(tmp_path: Path) -> None:
    history = readings(made(Event.STEP))
    half = len(history) // 2
    store = LearnedStore(tmp_path / "learned.sqlite")
    first = ReadingWatches(store)
    for reading in history[:half]:
        first.observe(reading)
    first.save()
    store.close()
    again = ReadingWatches(LearnedStore(tmp_path / "learned.sqlite"))
    for reading in history[half:]:
        first.observe(reading)
        again.observe(reading)
    end_ns = history[-1].stamp_ns
    assert judged(again, end_ns) == judged(first, end_ns)
    assert "change_point" in judged(again, end_ns)


def test_a_sensor_is_silent_only_while_its_machine_tells_something_else() -> None:
    watches = ReadingWatches(LearnedStore(None))
    history = readings(made(Event.HEALTHY))
    for reading in history:
        watches.observe(reading)
    end_ns = history[-1].stamp_ns
    later_ns = end_ns + 2 * DAY
    assert not is_sensor_fault(watches.judge("press_1", "temperature", later_ns))
    watches.observe(Reading("press_1", "speed", 1_480.0, "rpm", later_ns))
    conditions = watches.judge("press_1", "temperature", later_ns)
    assert is_sensor_fault(conditions)
    assert "has sent nothing" in conditions[0].sentence


def test_a_reading_too_soon_or_in_another_unit_is_left_out() -> None:
    watches = ReadingWatches(LearnedStore(None))
    for millis in range(0, 3_000, 10):
        watches.observe(Reading("press_1", "temperature", 1.0, "degC", millis * 1_000_000))
    watches.observe(Reading("press_1", "temperature", 1.0, "K", 9 * MINUTE))
    assert watches.has_news("press_1", "temperature")
    assert not watches.has_news("press_1", "temperature")
    one = watches._watched["press_1", "temperature"]
    assert one.last_ns == 2_000_000_000


def test_a_change_of_level_is_noticed_once_by_the_whole() -> None:
    """Judged every few minutes over weeks, it is told once when it begins."""
    history = made(Event.STEP)
    background = Background(
        Setup(
            machines={"press_1": Machine("press_1", "press")},
            playbooks={"en": load_playbook()},
        ),
        Planner(),
    )
    found: list[Finding] = []
    assert history.event_ns is not None
    for reading in readings(history):
        background.observe(reading, reading.stamp_ns)
        for later in range(3):
            found += background.advance(reading.stamp_ns + later * MINUTE)
        if reading.stamp_ns > history.event_ns + 6 * DAY:
            break
    background.close()
    assert [one.evidence[0].source for one in found] == ["press_1/temperature (change_point)"]
    assert found[0].stamp_ns > history.event_ns
    assert State.WATCH.value in found[0].show
