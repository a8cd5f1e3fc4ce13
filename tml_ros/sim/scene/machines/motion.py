"""How a machine moves: which cycle it is in, when it is heard to do something, how hard it works.

The one clock that pictures and sound share. A machine that stops halts in its cycle and goes on
from there. Knows nothing of looks. Times: seconds since the beginning of the scenario. Pure.

A cycle is `period` seconds of running. In it, by its share of the cycle:
press: the ram comes down and strikes at STRIKE. conveyor: a box passes the middle at 0. robot arm:
the gripper closes at GRIP and opens at RELEASE.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tml_ros.sim.scenario.scenario import MachineKind, MachinePart

LONGEST_S = 3600.0
"""No scenario lasts longer."""
STRIKE = 0.5
GRIP, RELEASE = 0.22, 0.72
DOWN_S, PRESSING_S, UP_S = 0.5, 0.25, 1.1
"""Of a press's stroke, at most; with short periods these are shares of the cycle."""
DOWN, PRESSING, UP = 0.16, 0.08, 0.30
ARM_KEYS = (0.0, 0.14, GRIP, 0.25, 0.36, 0.56, 0.66, RELEASE, 0.76, 0.86, 1.0)
"""Shares of the cycle at which the arm reaches its next pose: it rests at 0, is above the piece at
0.14, down at GRIP, holds until 0.25, is up at 0.36, has swung over at 0.56, down at 0.66, lets go
at RELEASE, is up again at 0.86, back at 1."""

Times = NDArray[np.float64]


def moving(part: MachinePart, time_s: float) -> bool:
    """Whether the machine runs."""
    return not any(begin <= time_s < end for begin, end in _stops(part))


def cycle(part: MachinePart, time_s: float) -> float:
    """How many cycles it has done, with the share of the one it is in; it begins anywhere in its
    first.
    """
    return float(cycles(part, time_s))


def cycles(part: MachinePart, times: ArrayLike) -> Times:
    """`cycle` for many moments: float64 [n]."""
    return _ran(part, np.asarray(times, np.float64)) / part.period + _first(part)


def load(part: MachinePart, time_s: float) -> float:
    """How hard it works, 0..1; 0 while it stands still."""
    return float(loads(part, time_s))


def loads(part: MachinePart, times: ArrayLike) -> Times:
    """`load` for many moments: float64 [n]."""
    moments = np.asarray(times, np.float64)
    share = cycles(part, moments) % 1.0
    if part.kind is MachineKind.PRESS:
        down, pressing, up = press_shares(part)
        coming = np.clip((share - STRIKE + down) / down, 0.0, 1.0) * (share < STRIKE)
        pushing = (share >= STRIKE) & (share < STRIKE + pressing)
        rising = (share >= STRIKE + pressing) & (share < STRIKE + pressing + up)
        work = 0.2 + 0.4 * coming + 0.8 * pushing + 0.25 * rising
    elif part.kind is MachineKind.ROBOT_ARM:
        keys = np.array(ARM_KEYS)
        leg = np.clip(np.searchsorted(keys, share, side="right") - 1, 0, len(keys) - 2)
        along = (share - keys[leg]) / (keys[leg + 1] - keys[leg])
        work = 0.15 + 0.85 * 4 * along * (1 - along) * ~np.isin(leg, (2, 6, 7))
    else:
        work = np.full(moments.shape, 0.7)
    for begin, end in _stops(part):
        work = np.where((moments >= begin) & (moments < end), 0.0, work)
    return np.asarray(np.clip(work, 0.0, 1.0))


def stroke_times(part: MachinePart, seconds: float) -> tuple[float, ...]:
    """When within the first `seconds` it does what is heard as a blow: the ram strikes, a box
    passes the middle, the gripper closes or opens. In order.
    """
    shares = {
        MachineKind.PRESS: (STRIKE,),
        MachineKind.CONVEYOR: (0.0,),
        MachineKind.ROBOT_ARM: (GRIP, RELEASE),
    }[part.kind]
    last = math.ceil(seconds / part.period) + 1
    ran = sorted(
        (number + share - _first(part)) * part.period
        for number in range(last + 1)
        for share in shares
    )
    times = [_time(part, moment) for moment in ran if moment >= 0.0]
    return tuple(time for time in times if time < seconds)


def box_passes(part: MachinePart, seconds: float = LONGEST_S) -> tuple[float, ...]:
    """When boxes pass the middle of a conveyor, in the first `seconds`. ValueError for others."""
    if part.kind is not MachineKind.CONVEYOR:
        raise ValueError(f"boxes pass on a conveyor, not on a {part.kind.value}")
    return stroke_times(part, seconds)


def press_shares(part: MachinePart) -> tuple[float, float, float]:
    """Shares of a press's cycle in which the ram comes down, presses, and rises."""
    return (
        min(DOWN, DOWN_S / part.period),
        min(PRESSING, PRESSING_S / part.period),
        min(UP, UP_S / part.period),
    )


def _first(part: MachinePart) -> float:
    """Where in its cycle it begins: machines that stand elsewhere are not in step."""
    return (0.3819660 * part.at[0] + 0.7548777 * part.at[1] + 0.25) % 1.0


def _stops(part: MachinePart) -> list[tuple[float, float]]:
    """Its stops in order, those that overlap made one."""
    merged: list[tuple[float, float]] = []
    for begin, end in sorted(part.stops):
        if end <= begin:
            continue
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((begin, end))
    return merged


def _ran(part: MachinePart, times: Times) -> Times:
    """For how many seconds it has run until each time."""
    stood = [np.clip(times - begin, 0.0, end - begin) for begin, end in _stops(part)]
    return times - sum(stood, np.zeros_like(times))


def _time(part: MachinePart, ran: float) -> float:
    """When it will have run for so many seconds."""
    time_s = ran
    for begin, end in _stops(part):
        if time_s >= begin:
            time_s += end - begin
    return time_s
