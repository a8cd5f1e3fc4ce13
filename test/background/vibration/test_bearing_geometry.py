"""Rates of a bearing follow from its geometry, and nonsense is no bearing."""

from __future__ import annotations

import math

import pytest

from tml_ros.background.vibration.bearing_geometry import (
    BEARINGS,
    BearingGeometry,
    named_bearing,
    parsed_geometry,
)


@pytest.mark.parametrize(
    ("name", "bpfo", "bpfi", "ball", "cage"),
    [
        # As Case Western Reserve University publishes them for its two bearings.
        ("6205", 3.5848, 5.4152, 4.7135, 0.39828),
        ("6203", 3.0530, 4.9469, 3.9874, 0.3817),
    ],
)
def test_rates_are_those_that_are_published(
    name: str, bpfo: float, bpfi: float, ball: float, cage: float
) -> None:
    one = named_bearing(name)
    assert one.bpfo == pytest.approx(bpfo, rel=2e-4)
    assert one.bpfi == pytest.approx(bpfi, rel=2e-4)
    assert 2 * one.bsf == pytest.approx(ball, rel=2e-4)
    assert one.ftf == pytest.approx(cage, rel=2e-4)


@pytest.mark.parametrize("name", sorted(BEARINGS))
def test_balls_pass_both_races_as_often_as_they_pass_anything(name: str) -> None:
    one = BEARINGS[name]
    assert one.bpfo + one.bpfi == pytest.approx(one.balls)
    assert one.bpfo == pytest.approx(one.balls * one.ftf)
    # Rolling without slip: what a ball rolls off is what the race of its circle is long.
    rolled = one.bsf * one.ball_diameter
    inner = one.pitch_diameter - one.ball_diameter * math.cos(math.radians(one.angle))
    assert rolled == pytest.approx((1 - one.ftf) * inner, rel=1e-9)


@pytest.mark.parametrize("name", ["6205-2RS", "SKF 6205", "6205/C3", " 6205 2rs ", "skf6205-2rs"])
def test_suffixes_of_a_name_do_not_count(name: str) -> None:
    assert named_bearing(name) is BEARINGS["6205"]


def test_an_unknown_name_is_answered_with_what_there_is() -> None:
    with pytest.raises(ValueError, match=r"'9999' is not in the table.*6205.*geometry"):
        named_bearing("9999")


@pytest.mark.parametrize(
    ("sizes", "reason"),
    [
        ((2, 1.0, 5.0, 0.0), "3 to 200"),
        ((9, 0.0, 5.0, 0.0), "ball diameter"),
        ((9, 6.0, 5.0, 0.0), "ball diameter"),
        ((9, -1.0, 5.0, 0.0), "ball diameter"),
        ((20, 1.0, 5.0, 0.0), "do not fit"),
        ((9, 1.0, 5.0, 90.0), "angle"),
        ((9, 1.0, 5.0, -1.0), "angle"),
        ((9, math.nan, 5.0, 0.0), "finite"),
        ((9, 1.0, math.inf, 0.0), "finite"),
    ],
)
def test_what_cannot_be_a_bearing_is_refused(
    sizes: tuple[int, float, float, float], reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        BearingGeometry(*sizes)


def test_a_geometry_is_read_with_and_without_its_angle() -> None:
    assert parsed_geometry("9, 7.94,39.04") == BearingGeometry(9, 7.94, 39.04, 0.0)
    assert parsed_geometry("12,25.4,110,40").angle == 40


@pytest.mark.parametrize(
    "text", ["", "9", "9,7.94", "9,7.94,39,0,1", "nine,7.94,39", "9.5,7.94,39"]
)
def test_a_geometry_that_is_none_says_its_form(text: str) -> None:
    with pytest.raises(ValueError, match="BALLS,BALL_DIAMETER,PITCH_DIAMETER"):
        parsed_geometry(text)
