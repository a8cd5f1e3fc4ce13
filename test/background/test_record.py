"""What was judged, alarms and machines: kept over a restart, bounded, and harmless when damaged."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tml_ros.background import record as record_module
from tml_ros.background.condition import State
from tml_ros.background.machine import Limits, Machine
from tml_ros.background.record import Record

sys.path.insert(0, str(Path(__file__).parent))

from plant import MACHINES, MIN, NOW, S, alarm, damage

NORMAL = damage(state=State.NORMAL, defect="", confidence=0.9, sentence="Nothing.")


def test_everything_is_there_after_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "record.sqlite"
    judged = damage(picture=b"PNG", figures={"bpfi": (162.2, "Hz")})
    record = Record(file)
    record.add(judged, part="drive_end")
    record.add_alarm(alarm("siren", "hall"))
    record.set_machines(MACHINES.values())
    record.close()
    again = Record(file)
    assert again.conditions("press_2") == (judged,)
    assert again.judged("press_2", since_ns=0, until_ns=NOW) == (replace(judged, picture=b""),)
    assert again.alarms_now() == again.alarms(since_ns=0, until_ns=NOW) == (alarm("siren", "hall"),)
    assert {machine.name: machine for machine in again.machines()} == MACHINES
    assert again.newest_ns() == NOW - MIN


def test_the_newest_of_each_method_and_part_counts_the_worst_first() -> None:
    record = Record()
    record.add(damage(), part="drive_end")
    record.add(replace(NORMAL, stamp_ns=NOW), part="drive_end")
    record.add(damage(state=State.WATCH), part="fan_end")
    record.add(damage(method="trend"), part="temperature")
    found = record.conditions("press_2")
    assert [one.state for one in found] == [State.FAULT, State.WATCH, State.NORMAL]
    assert record.conditions("press_1") == ()


def test_only_judgements_that_differ_from_the_one_before_are_history() -> None:
    record = Record()
    for second, judged in enumerate([NORMAL, NORMAL, damage(), damage(), NORMAL]):
        record.add(replace(judged, stamp_ns=NOW + second * S))
    states = [one.state for one in record.judged("press_2", since_ns=NOW, until_ns=NOW + 9 * S)]
    assert states == [State.NORMAL, State.FAULT, State.NORMAL]


def test_an_alarm_that_is_normal_again_is_not_active() -> None:
    record = Record()
    record.add_alarm(alarm("siren", "hall"))
    record.add_alarm(alarm("person_down", "gate"))
    record.add_alarm(alarm("siren", "hall", state="normal"))
    assert [note.kind for note in record.alarms_now()] == ["person_down"]
    assert len(record.alarms(since_ns=0, until_ns=NOW)) == 3
    record.set_alarms([alarm("siren", "door")])
    assert [(note.kind, note.zone) for note in record.alarms_now()] == [("siren", "door")]


def test_it_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MAX_CONDITIONS", "MAX_PARTS", "MAX_ALARMS"):
        monkeypatch.setattr(record_module, name, 5)
    record = Record()
    for number in range(20):
        record.add(damage(stamp_ns=number), part=f"sensor_{number}")
        record.add_alarm(alarm("siren", f"door_{number}", stamp_ns=number))
    assert [one.stamp_ns for one in record.conditions("press_2")] == [19, 18, 17, 16, 15]
    assert len(record.judged("press_2", since_ns=0, until_ns=NOW)) == 5
    assert len(record.alarms(since_ns=0, until_ns=NOW)) == 5


def test_a_damaged_file_is_set_aside(tmp_path: Path) -> None:
    file = tmp_path / "record.sqlite"
    file.write_bytes(b"nothing of ours" * 100)
    record = Record(file)
    record.add(damage())
    assert record.conditions("press_2")
    assert record.problems
    assert (tmp_path / "record.sqlite.damaged-1").exists()


def test_a_file_that_is_only_read_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "record.sqlite"
    writer = Record(file)
    writer.add(damage())
    reader = Record(file, read_only=True)
    assert reader.conditions("press_2") == writer.conditions("press_2") != ()
    reader.add_alarm(alarm("siren", "hall"))
    assert writer.alarms_now() == ()


@pytest.mark.parametrize(
    ("value", "limits", "passed"),
    [(5, Limits(), None), (5, Limits(high=4), 4), (5, Limits(low=6), 6), (5, Limits(5, 6), None),
     (5, Limits(1, 5), None)],
)  # fmt: skip
def test_a_limit_is_passed_beyond_it(value: float, limits: Limits, passed: float | None) -> None:
    assert limits.passed(value) == passed


@pytest.mark.parametrize("wrong", [(4.0, 4.0), (5.0, 4.0), (float("nan"), None)])
def test_limits_that_make_no_sense_are_refused(wrong: tuple[float, float | None]) -> None:
    with pytest.raises(ValueError, match="limit"):
        Limits(*wrong)


def test_a_machine_needs_no_more_than_a_name() -> None:
    assert Machine("press").limits == {}
