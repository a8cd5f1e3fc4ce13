"""A cell's background as its file says, judging what its telemetry brings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tml_ros.background.condition import State
from tml_ros.background.contracts import Finding
from tml_ros.background.reading import Reading, Waveform
from tml_ros.cell.cell_background import cell_background
from tml_ros.cell.cell_file import parse_cell
from tml_ros.cell.cell_places import background_folder
from tml_ros.cell.sound_blocks import EVERY_SECONDS, SECONDS, SoundBlocks
from tml_ros.sim.bearing_signal import bearing_waveform
from tml_ros.sim.machine_sound import SoundFault, machine_sound

CELL = """
cell: press
cameras: {front: {}}
microphones: {hall: {rate: 8000, channels: 2}}
machines:
  press_1:
    telemetry: {drive_end: {type: std_msgs/Float64MultiArray, rate: 12000, unit: g}}
    bearing: {name: "6205", sensor: drive_end}
    speed: {quantity: speed}
    limits: {temperature: {low: 10, high: 80}}
    velocity: {limits: [1.4, 2.8, 4.5], source: the maker}
    microphone: hall
"""
START = 1_772_452_800_000_000_000


@pytest.mark.parametrize("speed", [(1797.0, "rpm"), (188.18, "rad/s"), (29.95, "Hz"), None])
def test_the_speed_is_found_among_the_readings_whatever_its_unit(
    speed: tuple[float, str] | None,
) -> None:
    background = cell_background(parse_cell(CELL, Path("/plant/cell.yaml")), None)
    if speed is not None:
        background.observe(Reading("press_1", "speed", *speed, START), START)
    wave = bearing_waveform("outer_race", rpm=1797, rate=12_000, seconds=3, severity=0.8, seed=1)
    background.observe(Waveform("press_1", "drive_end", wave, 12_000.0, "g", START), START)
    for _ in range(4):
        background.advance(START)
    judged = {one.method: one for one in background.record.conditions("press_1")}
    bearing = judged["bearing_envelope"]
    assert bearing.state is (State.FAULT if speed else State.UNKNOWN)
    assert bearing.defect == ("outer_race" if speed else "")
    assert judged["velocity_rms"].state is State.NORMAL
    background.close()


def test_a_limit_that_is_passed_is_judged() -> None:
    background = cell_background(parse_cell(CELL, Path("/plant/cell.yaml")), None)
    now_ns = START
    for minute in range(120):
        now_ns = START + minute * 60_000_000_000
        background.observe(Reading("press_1", "temperature", 95.0, "degC", now_ns), now_ns)
        background.advance(now_ns)
    states = {one.method: one.state for one in background.record.conditions("press_1")}
    assert states["trend"] is State.FAULT
    background.close()


def test_a_machine_that_names_a_microphone_is_noticed_when_it_sounds_different(
    tmp_path: Path,
) -> None:
    cell = parse_cell(CELL, Path("/plant/cell.yaml"))
    found: list[Finding] = []
    now_ns = START
    for fault, seconds in ((SoundFault.NONE, 1_200.0), (SoundFault.KNOCK, 180.0)):
        # A restart in between: what was learned is taken up.
        background = cell_background(cell, tmp_path)
        sound = machine_sound(machine=3, take=1, seconds=seconds, rate=2_000.0, fault=fault,
                              fault_db=3.0)  # fmt: skip
        for block in sound.reshape(-1, 4_000):
            now_ns += 10_000_000_000
            heard = Waveform("press_1", "hall", block, 2_000.0, "", now_ns)
            background.observe(heard, now_ns)
            for _ in range(2):
                found += background.advance(now_ns)
        background.close()
    (noticed,) = found
    assert noticed.say.startswith("Press 1: a sound that is not this machine's usual one")
    assert noticed.evidence[0].source == "press_1/hall (acoustic)"
    assert noticed.evidence[0].picture


def test_the_store_is_where_the_cell_says_or_below_ros(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROS_HOME", "/var/ros")
    assert background_folder(parse_cell(CELL, Path("/p/c.yaml"))) == Path("/var/ros/tml_ros/press")
    named = parse_cell(f"{CELL}background: {{store: memory}}\n", Path("/p/c.yaml"))
    assert background_folder(named) == Path("/p/memory")


def test_a_machine_is_heard_now_and_then() -> None:
    blocks = SoundBlocks(parse_cell(CELL, Path("/p/c.yaml")))
    sound = np.full((800, 2), 16_384, np.int16)
    came = [one for tick in range(600) for one in blocks.take("hall", sound, tick)]
    assert len(came) == 60 / EVERY_SECONDS
    assert {len(one.samples) for one in came} == {round(SECONDS * 8000)}
    assert came[0].machine == "press_1"
    assert float(came[0].samples[0]) == 0.5
