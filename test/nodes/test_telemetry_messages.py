"""What genuine telemetry messages say, with their units and stamps, and what is left out."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest

pytest.importorskip("rclpy", reason="no ROS 2 here")

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from hypothesis import given
from hypothesis import strategies as st
from rclpy.serialization import deserialize_message, serialize_message
from sensor_msgs.msg import BatteryState, FluidPressure, Imu, JointState, Temperature
from std_msgs.msg import Float64, Float64MultiArray, MultiArrayDimension

from tml_ros.background import telemetry_source as kinds
from tml_ros.background.reading import Reading, Waveform
from tml_ros.background.state_event import StateEvent
from tml_ros.background.telemetry_source import TelemetrySource
from tml_ros.nodes.messages import time_message
from tml_ros.nodes.telemetry_messages import MAX_NAME, MAX_VALUES, observations

NOW_NS = 1_800_000_000_000_000_000
STAMP_NS = NOW_NS - 40_000_000


def _source(kind, **changes):
    options = {"quantity": "load"} if kind == kinds.NUMBER else {}
    if kind == kinds.BLOCK:
        options = {"rate": 1_000.0, "unit": "g", "quantity": "de"}
    return TelemetrySource("probe", "press/probe", kind, "press", **{**options, **changes})


def _observed(message, source, counts=None):
    """What becomes of the message when it was sent."""
    carried = deserialize_message(serialize_message(message), type(message))
    return observations(carried, source, NOW_NS, counts=counts)


def _stamped(message, stamp_ns=STAMP_NS):
    message.header.stamp = time_message(stamp_ns)
    return message


def _values(found):
    return {reading.quantity: (reading.value, reading.unit) for reading in found}


def test_a_temperature():
    found = _observed(_stamped(Temperature(temperature=61.5)), _source(kinds.TEMPERATURE))
    assert found == [Reading("press", "temperature", 61.5, "degC", STAMP_NS)]


def test_a_pressure_under_a_name_of_its_own():
    source = _source(kinds.PRESSURE, quantity="oil_pressure")
    found = _observed(_stamped(FluidPressure(fluid_pressure=2.5e5)), source)
    assert found == [Reading("press", "oil_pressure", 2.5e5, "Pa", STAMP_NS)]


@pytest.mark.parametrize(
    ("value", "unit", "kept"),
    [
        (3.5, "kN", (3.5, "kN")),
        (300.0, "K", (pytest.approx(26.85), "degC")),
        (212.0, "degF", (pytest.approx(100.0), "degC")),
        (5.0, "", (5.0, "")),
    ],
)
def test_a_number_has_the_unit_of_its_source_and_comes_when_it_comes(value, unit, kept):
    (found,) = _observed(Float64(data=value), _source(kinds.NUMBER, unit=unit))
    assert ((found.value, found.unit), found.quantity, found.stamp_ns) == (kept, "load", NOW_NS)


def test_joints_by_name():
    message = JointState(name=["J1", "Arm/Wrist 2"], position=[0.5, -1.0], velocity=[2.0, 3.0])
    assert _values(_observed(_stamped(message), _source(kinds.JOINTS))) == {
        "position_j1": (0.5, "rad"),
        "position_arm_wrist_2": (-1.0, "rad"),
        "velocity_j1": (2.0, "rad/s"),
        "velocity_arm_wrist_2": (3.0, "rad/s"),
    }


def test_names_can_be_given_and_values_left_out():
    message = JointState(name=["j1"], position=[0.5], velocity=[2.0], effort=[7.0])
    source = _source(
        kinds.JOINTS, quantity="spindle_", names={"velocity_j1": "speed", "position_j1": ""}
    )
    assert _values(_observed(_stamped(message), source)) == {
        "spindle_speed": (2.0, "rad/s"),
        "spindle_effort_j1": (7.0, "N m"),
    }


def test_joints_without_as_many_values_as_names_say_nothing_of_that_field():
    counts = Counter()
    message = JointState(name=["j1", "j2"], position=[0.5], velocity=[1.0, 2.0])
    found = _observed(_stamped(message), _source(kinds.JOINTS), counts)
    assert set(_values(found)) == {"velocity_j1", "velocity_j2"}
    assert counts == {"mismatched": 1}


def test_an_imu():
    message = Imu()
    message.angular_velocity.z = 0.1
    message.linear_acceleration.z = 9.81
    message.orientation.z = message.orientation.w = math.sqrt(0.5)
    found = _values(_observed(_stamped(message), _source(kinds.IMU)))
    assert len(found) == 9
    assert found["angular_velocity_z"] == (0.1, "rad/s")
    assert found["linear_acceleration_z"] == (9.81, "m/s2")
    assert found["yaw"] == (pytest.approx(math.pi / 2), "rad")
    assert found["roll"] == found["pitch"] == (pytest.approx(0.0), "rad")


def test_an_imu_says_which_of_it_is_not_there():
    message = Imu()
    message.orientation_covariance[0] = message.angular_velocity_covariance[0] = -1.0
    found = _values(_observed(_stamped(message), _source(kinds.IMU)))
    assert set(found) == {f"linear_acceleration_{axis}" for axis in "xyz"}
    message = Imu()
    message.orientation.w = 0.0
    assert "yaw" not in _values(_observed(_stamped(message), _source(kinds.IMU)))


def test_a_battery_says_what_it_measures():
    counts = Counter()
    message = BatteryState(
        voltage=24.5, current=-2.0, temperature=math.nan, charge=math.nan, percentage=0.5
    )
    found = _values(_observed(_stamped(message), _source(kinds.BATTERY), counts))
    assert found == {"voltage": (24.5, "V"), "current": (-2.0, "A"), "percentage": (50.0, "%")}
    assert not counts


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (kinds.TEMPERATURE, lambda value: Temperature(temperature=value)),
        (kinds.PRESSURE, lambda value: FluidPressure(fluid_pressure=value)),
        (kinds.NUMBER, lambda value: Float64(data=value)),
        (kinds.JOINTS, lambda value: JointState(name=["a", "b"], position=[value, 1.0])),
        (kinds.BLOCK, lambda value: Float64MultiArray(data=[0.0, value, 1.0])),
    ],
)
def test_what_is_no_finite_number_is_left_out_and_counted(kind, message, value):
    counts = Counter()
    found = _observed(message(value), _source(kind), counts)
    assert counts["not_finite"] == 1
    assert [one.quantity for one in found] == (["position_b"] if kind == kinds.JOINTS else [])


@pytest.mark.parametrize(
    ("stamp_ns", "kept_ns", "counted"),
    [
        (STAMP_NS, STAMP_NS, None),
        (NOW_NS + 29_000_000_000, NOW_NS + 29_000_000_000, None),
        (0, NOW_NS, "unstamped"),
        (5_000_000_000, NOW_NS, "foreign_stamp"),
        (NOW_NS - 31_000_000_000, NOW_NS, "foreign_stamp"),
        (NOW_NS + 31_000_000_000, NOW_NS, "foreign_stamp"),
    ],
)
def test_header_stamps_count_where_they_make_sense(stamp_ns, kept_ns, counted):
    counts = Counter()
    message = _stamped(Temperature(temperature=1.0), stamp_ns)
    (found,) = _observed(message, _source(kinds.TEMPERATURE), counts)
    assert (found.stamp_ns, list(counts)) == (kept_ns, [counted] if counted else [])


def _status(*pairs, level=0, name="Drive: Left", message="fine"):
    return DiagnosticStatus(
        level=bytes([level]),
        name=name,
        message=message,
        values=[KeyValue(key=key, value=value) for key, value in pairs],
    )


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("41.5", (41.5, "")),
        (" -3e2 ", (-300.0, "")),
        ("12 V", (12.0, "V")),
        ("12.5%", (12.5, "%")),
        ("40 °C", (40.0, "degC")),
        ("300 K", (pytest.approx(26.85), "degC")),
        ("5 apples", None),
        ("3 of 5", None),
        ("0x1f", None),
        ("1_000", None),
        ("2024-11-26", None),
        ("10.0.0.1", None),
        ("True", None),
        ("", None),
        ("v2", None),
    ],
)
def test_diagnostic_values_that_are_numbers_become_readings(text, kept):
    message = DiagnosticArray(status=[_status(("Motor Temp.", text))])
    found = _observed(_stamped(message), _source(kinds.DIAGNOSTICS))
    readings = [one for one in found if isinstance(one, Reading)]
    assert _values(readings) == ({} if kept is None else {"drive_left_motor_temp": kept})


@pytest.mark.parametrize("text", ["nan", "inf", "-Infinity", "1e999"])
def test_diagnostic_values_that_are_not_finite_are_counted(text):
    counts = Counter()
    message = DiagnosticArray(status=[_status(("load", text))])
    found = _observed(_stamped(message), _source(kinds.DIAGNOSTICS), counts)
    assert (len(found), counts) == (1, {"not_finite": 1})


@pytest.mark.parametrize(("level", "word"), [(0, "ok"), (1, "warn"), (2, "error"), (3, "stale")])
def test_a_status_becomes_a_state_event(level, word):
    message = DiagnosticArray(status=[_status(level=level, message="too hot")])
    found = _observed(_stamped(message), _source(kinds.DIAGNOSTICS))
    assert found == [StateEvent("press", "Drive: Left", word, "too hot", STAMP_NS)]


def test_a_status_of_no_level_or_name_says_nothing():
    message = DiagnosticArray(status=[_status(level=9), _status(name="")])
    assert _observed(_stamped(message), _source(kinds.DIAGNOSTICS)) == []


def test_what_one_message_can_bring_is_bounded():
    counts = Counter()
    pairs = [(f"value {number}", "1") for number in range(MAX_VALUES + 7)]
    message = DiagnosticArray(status=[_status(*pairs, name="x" * 1000, message="y" * 1000)])
    found = _observed(_stamped(message), _source(kinds.DIAGNOSTICS), counts)
    assert (len(found), counts["too_many"]) == (1 + MAX_VALUES, 7)
    assert max(len(one.quantity) for one in found[1:]) == MAX_NAME


def test_a_block_becomes_a_waveform_stamped_at_its_first_sample():
    samples = np.linspace(-1, 1, 500)
    (found,) = _observed(Float64MultiArray(data=samples.tolist()), _source(kinds.BLOCK, rpm=1797.0))
    assert isinstance(found, Waveform)
    np.testing.assert_array_equal(found.samples, samples.astype(np.float32))
    assert (found.machine, found.sensor, found.rate, found.unit, found.rpm) == (
        "press",
        "de",
        1_000.0,
        "g",
        1797.0,
    )
    assert found.stamp_ns == NOW_NS - 500_000_000
    assert not found.samples.flags.writeable


def _labelled(data, *dimensions):
    message = Float64MultiArray(data=list(map(float, data)))
    message.layout.dim = [MultiArrayDimension(label=label, size=size) for label, size in dimensions]
    return message


@pytest.mark.parametrize(
    "message",
    [
        _labelled([1, 10, 2, 20, 3, 30]),
        _labelled([1, 10, 2, 20, 3, 30], ("samples", 6)),
        _labelled([1, 10, 2, 20, 3, 30], ("frames", 3), ("channels", 2)),
        _labelled([1, 2, 3, 10, 20, 30], ("channels", 2), ("frames", 3)),
    ],
)
def test_channels_of_a_block_are_told_apart(message):
    source = _source(kinds.BLOCK, channels=("de", "fe"))
    found = {waveform.sensor: waveform.samples.tolist() for waveform in _observed(message, source)}
    assert found == {"de": [1.0, 2.0, 3.0], "fe": [10.0, 20.0, 30.0]}


@pytest.mark.parametrize(
    "message",
    [
        _labelled([]),
        _labelled([1, 2, 3]),
        _labelled([1, 2, 3, 4], ("frames", 4), ("channels", 1)),
        _labelled([1, 2, 3, 4], ("frames", 3), ("channels", 2)),
        _labelled([1, 2], ("a", 1), ("b", 2), ("c", 1)),
        _labelled([], ("frames", 0), ("channels", 2)),
    ],
)
def test_blocks_that_contradict_themselves_are_left_out_and_counted(message):
    counts = Counter()
    assert _observed(message, _source(kinds.BLOCK, channels=("de", "fe")), counts) == []
    assert counts == {"mismatched": 1}


def test_the_offset_of_a_block_is_passed_over():
    message = Float64MultiArray(data=[9.0, 9.0, 1.0, 2.0])
    message.layout.data_offset = 2
    (found,) = _observed(message, _source(kinds.BLOCK))
    assert found.samples.tolist() == [1.0, 2.0]


@given(st.floats(), st.integers(-(2**31), 2**31 - 1), st.integers(0, 2**62))
def test_no_temperature_makes_anything_but_sane_readings(value, seconds, arrival_ns):
    message = Temperature(temperature=value)
    message.header.stamp.sec = seconds
    for reading in observations(message, _source(kinds.TEMPERATURE), arrival_ns):
        assert math.isfinite(reading.value)
        assert reading.stamp_ns >= 0
        assert abs(reading.stamp_ns - arrival_ns) <= _source(kinds.TEMPERATURE).max_skew_ns


@given(st.text(max_size=30), st.text(max_size=30), st.integers(0, 255))
def test_no_diagnostic_text_is_an_error(key, value, level):
    message = DiagnosticArray(status=[_status((key, value), level=level)])
    for found in observations(message, _source(kinds.DIAGNOSTICS), NOW_NS):
        if isinstance(found, Reading):
            assert math.isfinite(found.value)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"type": "sensor_msgs/Image"}, "type"),
        ({"topic": ""}, "topic"),
        ({"type": kinds.BLOCK}, "rate"),
        ({"type": kinds.BLOCK, "rate": -1.0}, "rate"),
        ({"type": kinds.NUMBER}, "quantity"),
        ({"rpm": math.nan}, "rpm"),
        ({"max_skew_ns": -1}, "max_skew_ns"),
    ],
)
def test_a_source_that_says_too_little_is_refused(changes, named):
    options = {"name": "a", "topic": "b", "type": kinds.JOINTS, "machine": "c", **changes}
    with pytest.raises(ValueError, match=named):
        TelemetrySource(**options)
