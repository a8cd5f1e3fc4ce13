"""How long each node may get nothing done."""

from __future__ import annotations

import pytest

from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.cell_nodes import cell_nodes
from tml_ros.cell.node_limits import idle_limit_ns


def limits_s(**described: object) -> dict[str, float]:
    cell = CellDescription.model_validate({"cell": "press", **described})
    return {place.name: idle_limit_ns(cell, place) / 1e9 for place in cell_nodes(cell)}


def test_who_works_many_times_a_second_may_stand_still_for_less_than_one() -> None:
    limits = limits_s(
        cameras={"front": {"source": "0"}, "slow": {"source": "1", "lost_after": 10.0}},
        microphones={"hall": {"source": "default"}},
        speaker={},
    )
    assert limits.pop("camera_slow") == 9.7
    assert set(limits) == {
        "guardian",
        "interaction",
        "speaker",
        "camera_front",
        "microphone_hall",
    }
    assert set(limits.values()) == {0.7}


@pytest.mark.parametrize(
    ("played", "limit_s"),
    [
        ([(0.1, True)], 0.7),
        ([(0.1, True), (60.0, True)], 0.7),
        ([(60.0, True)], 120.0),
        ([(0.1, False), (60.0, True)], 120.0),
        ([(0.1, False), (2.0, False)], 4.0),
    ],
)
def test_telemetry_may_stand_still_for_two_periods_of_what_it_plays_to_the_last(
    played: list[tuple[float, bool]], limit_s: float
) -> None:
    telemetry = {
        f"value_{number}": {
            "type": "std_msgs/Float64",
            "source": "a.csv",
            "channel": "a",
            "period": period,
            "loop": loop,
        }
        for number, (period, loop) in enumerate(played)
    }
    limits = limits_s(cameras={"front": {}}, machines={"lathe": {"telemetry": telemetry}})
    assert limits["telemetry_lathe"] == limit_s
    assert limits["background"] == 10.0
