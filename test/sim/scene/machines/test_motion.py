"""The clock of a machine: what pictures show and sound follows."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.sim.scenario.scenario import MachineKind, MachinePart
from tml_ros.sim.scene.machines import motion

KINDS = st.sampled_from(MachineKind)
STOPS = st.lists(
    st.tuples(st.floats(0, 40), st.floats(0, 40)).map(lambda ends: (min(ends), max(ends))),
    max_size=4,
).map(tuple)


@st.composite
def parts(draw: st.DrawFn, kind: MachineKind | None = None) -> MachinePart:
    """Machines that stop now and then."""
    return MachinePart(
        kind=kind or draw(KINDS),
        at=(draw(st.floats(-5, 5)), draw(st.floats(-5, 5))),
        period=draw(st.floats(1, 20)),
        stops=draw(STOPS),
    )


@given(part=parts())
def test_the_cycle_goes_on_evenly_while_it_runs_and_halts_while_it_is_stopped(
    part: MachinePart,
) -> None:
    times = np.linspace(0, 45, 901)
    done = motion.cycles(part, times)
    steps = np.diff(done) * part.period
    runs = np.array([motion.moving(part, time) for time in times])
    assert np.all(steps >= -1e-9)
    assert np.all(steps <= 0.05 + 1e-9)
    stopped_all_along = [
        any(begin <= a and b <= end for begin, end in part.stops) for a, b in pairwise(times)
    ]
    assert np.allclose(steps[stopped_all_along], 0, atol=1e-9)
    stood = sum(0.05 - step for step in steps)
    covered = np.zeros(45_000, bool)
    for begin, end in part.stops:
        covered[round(begin * 1000) : round(end * 1000)] = True
    assert stood == pytest.approx(covered.sum() / 1000, abs=0.02)
    assert np.all(motion.loads(part, times)[~runs] == 0)


@given(part=parts(MachineKind.CONVEYOR))
def test_boxes_pass_as_often_as_the_cycle_comes_round_and_none_while_it_is_stopped(
    part: MachinePart,
) -> None:
    passes = motion.box_passes(part, 45.0)
    done = motion.cycles(part, np.array([0.0, 45.0]))
    assert len(passes) in {
        int(np.floor(end)) - int(np.ceil(begin)) + 1
        for begin in (done[0] - 1e-6, done[0] + 1e-6)
        for end in (done[1] - 1e-6, done[1] + 1e-6)
    }
    for time in passes:
        assert motion.cycle(part, time) == pytest.approx(round(motion.cycle(part, time)), abs=1e-6)
        # Rounding may put a pass a hair before the end of a stop.
        assert motion.moving(part, time) or motion.moving(part, time + 1e-6)


@pytest.mark.parametrize(
    ("kind", "shares"),
    [
        (MachineKind.PRESS, [motion.STRIKE]),
        (MachineKind.CONVEYOR, [0.0]),
        (MachineKind.ROBOT_ARM, [motion.GRIP, motion.RELEASE]),
    ],
)
def test_strokes_come_in_order_at_their_share_of_the_cycle(
    kind: MachineKind, shares: list[float]
) -> None:
    part = MachinePart(kind=kind, at=(1, 2), period=3.0, stops=((7.0, 12.0),))
    times = motion.stroke_times(part, 60.0)
    assert list(times) == sorted(times)
    # 55 s of running.
    assert abs(len(times) - len(shares) * 55 / 3) <= len(shares)
    found = [motion.cycle(part, time) % 1.0 for time in times]
    nearest = [min(abs((one - share + 0.5) % 1 - 0.5) for share in shares) for one in found]
    assert max(nearest) < 1e-9


def test_machines_that_stand_elsewhere_are_not_in_step() -> None:
    first = {
        motion.stroke_times(MachinePart(kind=MachineKind.PRESS, at=(x, 0.0)), 10)[0]
        for x in (0.0, 1.0, 2.0)
    }
    assert len(first) == 3


def test_boxes_pass_on_conveyors_only() -> None:
    with pytest.raises(ValueError, match="not on a press"):
        motion.box_passes(MachinePart(kind=MachineKind.PRESS, at=(0, 0)))


@pytest.mark.parametrize("kind", MachineKind)
def test_the_load_is_a_share_and_a_press_works_hardest_when_it_strikes(kind: MachineKind) -> None:
    part = MachinePart(kind=kind, at=(0, 0), period=4.0)
    loads = motion.loads(part, np.arange(0, 8, 0.01))
    assert loads.min() > 0
    assert loads.max() <= 1
    if kind is MachineKind.PRESS:
        strike = motion.stroke_times(part, 8.0)[0]
        assert motion.load(part, strike + 0.01) == pytest.approx(loads.max())
