"""The machines of a cell file: what they become, and every mistake with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from tml_ros.background.telemetry_source import TelemetrySource
from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.cell_file import CellFileError, parse_cell
from tml_ros.cell.machine_description import MAX_MACHINES, telemetry_sources

GOOD = """
cell: press_line
cameras: {front: {}}
microphones: {hall: {}}
machines:
  press_1:
    kind: press
    aliases: [the big press, Presse 1]
    telemetry:
      drive_end: {type: std_msgs/Float64MultiArray, rate: 12000, unit: g, source: a.npz}
      speed: {type: std_msgs/Float64, unit: rpm, topic: /plant/speed}
      arm: {type: sensor_msgs/JointState, names: {velocity_j1: speed}}
    bearing: {name: 6205-2RS, sensor: drive_end}
    speed: {rpm: 1797.0}
    limits: {temperature: 80.0}
    velocity: {limits: [1.4, 2.8, 4.5], source: the maker}
    microphone: hall
background: {store: memory, timezone: Europe/Berlin}
"""


def parsed(text: str) -> CellDescription:
    return parse_cell(text, Path("/plant/cell.yaml"))


def test_telemetry_becomes_what_the_background_takes_in() -> None:
    sources = telemetry_sources(parsed(GOOD).machines)
    block = "std_msgs/Float64MultiArray"
    assert sources == (
        TelemetrySource(
            "press_1/drive_end", "press_1/drive_end", block, "press_1", "drive_end", {}, "g",
            12000.0, (), 1797.0,
        ),
        TelemetrySource(
            "press_1/speed", "/plant/speed", "std_msgs/Float64", "press_1", "speed", {}, "rpm",
            rpm=1797.0,
        ),
        TelemetrySource(
            "press_1/arm", "press_1/arm", "sensor_msgs/JointState", "press_1", "",
            {"velocity_j1": "speed"}, rpm=1797.0,
        ),
    )  # fmt: skip


def test_the_bearing_is_found_by_name_or_geometry() -> None:
    cell = parsed(GOOD)
    named = cell.machines["press_1"].bearing
    assert named is not None
    given = GOOD.replace("name: 6205-2RS", "geometry: [9, 7.94, 39.04]")
    measured = parsed(given).machines["press_1"].bearing
    assert measured is not None
    assert named.described.bpfo == pytest.approx(measured.described.bpfo)


def test_files_are_looked_for_from_the_cell_file() -> None:
    cell = parsed(GOOD)
    assert cell.machines["press_1"].telemetry["drive_end"].source == "/plant/a.npz"
    assert cell.background.store == "/plant/memory"


def test_there_is_a_background_where_there_are_machines_unless_it_is_off() -> None:
    assert parsed(GOOD).has_background
    assert not parsed(GOOD.replace("store: memory", "enabled: false")).has_background
    assert not parsed("cell: bare\ncameras: {front: {}}\n").has_background


@pytest.mark.parametrize(
    ("old", "new", "place", "line", "allowed"),
    [
        ("rate: 12000, ", "", "press_1.telemetry.drive_end.rate", 10, "samples per second"),
        ("a.npz", "a.mat", "press_1.telemetry.drive_end.source", 10, ".npz, .wav, .csv"),
        ("Float64,", "Float65,", "press_1.telemetry.speed.type", 11, "did you mean"),
        ("/plant/speed", "front/image", "press_1.telemetry.speed.topic", 11, "cameras.front"),
        ("/plant/speed", "press_1/arm", "press_1.telemetry.arm.topic", 12, "one type per topic"),
        ("6205-2RS", "69999", "press_1.bearing.name", 13, "text"),
        ("6205-2RS", "F9999", "press_1.bearing.name", 13, "is not in the table"),
        ("name: 6205-2RS, ", "", "press_1.bearing.name", 13, "either the name"),
        ("name: 6205-2RS", "geometry: [9, 8, 9]", "press_1.bearing.geometry", 13, "do not fit"),
        ("sensor: drive_end", "sensor: motor", "press_1.bearing.sensor", 13, "drive_end"),
        ("rpm: 1797.0", "rpm: 1797.0, quantity: speed", "press_1.speed.rpm", 14, "either rpm"),
        ("80.0", "hot", "press_1.limits.temperature.high", 15, "a number"),
        ("80.0", "{low: 9.0, high: 1.0}", "press_1.limits.temperature.low", 15, "less than high"),
        ("microphone: hall", "zones: [pit]", "press_1.zones[0]", 17, "there is none"),
        ("[1.4, 2.8, 4.5]", "[1.4, 4.5, 2.8]", "press_1.velocity.limits", 16, "rise"),
        ("microphone: hall", "microphone: door", "press_1.microphone", 17, "hall"),
    ],
)
def test_a_mistake_is_told_with_its_place(
    old: str, new: str, place: str, line: int, allowed: str
) -> None:
    assert old in GOOD
    with pytest.raises(CellFileError) as caught:
        parsed(GOOD.replace(old, new))
    (problem,) = caught.value.problems
    assert (problem.path, problem.line) == (f"machines.{place}", line)
    assert allowed in problem.allowed


@pytest.mark.parametrize(
    ("text", "place", "allowed"),
    [
        ("{timezone: Mars/Base}", "timezone", "Europe/Berlin"),
        ("{endpoint: {url: ftp://x, model: a}}", "endpoint.url", "http://"),
        (
            "{endpoint: {url: 'http://x', model: a, key_env: sk-1}}",
            "endpoint.key_env",
            "not the key",
        ),
        ("{store: 3}", "store", "text"),
    ],
)
def test_a_mistake_in_the_background_is_told(text: str, place: str, allowed: str) -> None:
    with pytest.raises(CellFileError) as caught:
        parsed(GOOD.replace("{store: memory, timezone: Europe/Berlin}", text))
    (problem,) = caught.value.problems
    assert problem.path == f"background.{place}"
    assert allowed in problem.allowed


def test_no_two_machines_are_called_the_same_and_there_is_a_bound() -> None:
    two = "cell: a\ncameras: {c: {}}\nmachines: {m: {aliases: [x, n]}, n: {aliases: [X]}}\n"
    with pytest.raises(CellFileError) as caught:
        parsed(two)
    assert [problem.path for problem in caught.value.problems] == [
        "machines.m.aliases[1]",
        "machines.n.aliases[0]",
    ]
    many = ", ".join(f"m{number}: {{}}" for number in range(MAX_MACHINES + 1))
    with pytest.raises(CellFileError, match=f"at most {MAX_MACHINES}"):
        parsed(f"cell: a\ncameras: {{c: {{}}}}\nmachines: {{{many}}}\n")
