"""What a machine of the hall sounds like while it runs, and what a fault adds to that.

The clock is that of its picture (`scene.machines.motion`): what strikes is heard when it is seen to
strike, and it is silent while it stands. A bearing's defect rings at its defect rate, modulated by
the shaft (after McFadden and Smith, J. Sound Vib. 96, 1984); a worn gear growls at its tooth mesh
with side bands of the shaft. Knows nothing of places and rooms. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import signal

from tml_ros.sim.scenario.scenario import MachineFault, MachineKind, MachinePart
from tml_ros.sim.scene.machines.motion import loads, stroke_times
from tml_ros.sim.sound.noise import (
    Course,
    Sound,
    convolved,
    noise,
    rms,
    seconds,
    tone,
    turns_of,
    unit,
)
from tml_ros.sim.split import Band, Split
from tml_ros.turn.micro_turn import SAMPLE_RATE

SHAFT_HZ: Final = Band(
    train=((16, 21), (23.5, 26.5), (29, 37)), held_out=((21, 23.5), (26.5, 29), (37, 40))
)
WHINE_HZ: Final = Band(train=((260, 420), (520, 700)), held_out=((420, 520), (700, 800)))
"""Of a robot's servos, at rest; twice to four times that at speed."""
ROLLER_HZ: Final = Band(train=((6, 9), (11, 15)), held_out=((9, 11), (15, 17)))
BODY_HZ: Final = Band(
    train=((300, 520), (700, 1100), (1500, 2200)), held_out=((520, 700), (1100, 1500))
)
"""Where the housing resounds."""
THUD_HZ: Final = Band(train=((46, 58), (66, 80)), held_out=((58, 66), (80, 88)))
BEARING_ORDER: Final = Band(
    train=((2.9, 3.3), (3.8, 4.4), (5.2, 5.6)), held_out=((3.3, 3.8), (4.4, 5.2))
)
"""Strikes per turn of the shaft."""
RING_HZ: Final = Band(train=((1900, 2500), (3100, 4200)), held_out=((2500, 3100), (4200, 5000)))
TEETH: Final = Band(train=((15, 21), (26, 34)), held_out=((21, 26), (34, 40)))
FAULT_DB: Final = Band(train=((-1, 1.5), (3.5, 6)), held_out=((1.5, 3.5), (6, 6.8)))
"""Of a fault to the sound machine, both over their whole spectra."""

_STEP: Final = SAMPLE_RATE // 200
_SPIN_S: Final = 0.25


@dataclass(frozen=True, slots=True)
class MachineSound:
    """own: of the sound machine, RMS 1 while it runs. fault: what its fault adds, or None; silent
    before it. float32 [n] both.
    """

    own: Sound
    fault: Sound | None = None


@dataclass(frozen=True, slots=True)
class _Run:
    """How a machine runs: speed 0..1 and work 0..1, float32 [n]; turns of its shaft."""

    speed: Sound
    work: Sound
    turns: Course
    shaft_hz: float
    strokes: tuple[float, ...]


def machine_sound(
    part: MachinePart, count: int, rng: np.random.Generator, split: Split
) -> MachineSound:
    """So many samples from the beginning of the scenario."""
    run = _run(part, count, rng, split)
    makers = {
        MachineKind.PRESS: _press,
        MachineKind.CONVEYOR: _conveyor,
        MachineKind.ROBOT_ARM: _robot,
    }
    own = makers[part.kind](run, rng, split)
    running = run.speed > 0.5
    level = rms(own[running]) if running.any() else 1.0
    own /= np.float32(level or 1.0)
    if part.fault is None:
        return MachineSound(own)
    fault = (_bearing if part.fault is MachineFault.BEARING else _gear)(run, rng, split)
    if running.any():
        fault /= np.float32(rms(fault[running]) * 10 ** (-FAULT_DB.draw(rng, split) / 20))
    since = np.clip((seconds(count) - part.faulty) / 0.3, 0, 1).astype(np.float32)
    return MachineSound(own, fault * since)


def _run(part: MachinePart, count: int, rng: np.random.Generator, split: Split) -> _Run:
    """At 200 steps per second first: nothing about a machine's speed is faster."""
    steps = -(-count // _STEP) + 1
    times = np.arange(steps) * _STEP / SAMPLE_RATE
    work = loads(part, times)
    running = work > 0
    fade = 1 - np.exp(-_STEP / SAMPLE_RATE / _SPIN_S)
    speed = _smooth(running.astype(np.float64), fade, float(running[0]))
    work = _smooth(work, 4 * fade, float(work[0]))
    shaft_hz = SHAFT_HZ.draw(rng, split)
    wander = 1 + 0.004 * np.sin(2 * np.pi * (times / rng.uniform(4, 11) + rng.uniform()))
    # Under load a motor slips.
    hertz = shaft_hz * speed * wander * (1 - 0.03 * work)
    at = np.arange(count) / _STEP
    turns = rng.uniform() + np.cumsum(_between(hertz, at)) / SAMPLE_RATE
    return _Run(
        _between(speed, at).astype(np.float32),
        _between(work, at).astype(np.float32),
        turns,
        shaft_hz,
        stroke_times(part, count / SAMPLE_RATE),
    )


def _press(run: _Run, rng: np.random.Generator, split: Split) -> Sound:
    """A motor and its flywheel; a valve that hisses while the ram moves; a soft thud below."""
    count = len(run.turns)
    made: Sound = run.speed * (0.7 + 0.6 * run.work) * _motor(run, rng)
    made += 0.5 * run.speed * _housing(count, rng, split)
    hiss = noise(count, rng, ((700, -40), (1600, -8), (3500, 0), (7000, -10)))
    made += 0.55 * np.clip(run.work - 0.22, 0, 1) * hiss
    times = seconds(round(0.5 * SAMPLE_RATE))
    # It swells over a tenth of a second: a pressing, not a blow.
    swell = (times / 0.1) ** 2 * np.exp(2 - 2 * times / 0.1)
    thud = (swell * np.sin(2 * np.pi * THUD_HZ.draw(rng, split) * times)).astype(np.float32)
    _place(made, thud, run.strokes, 2.2, rng)
    return made


def _conveyor(run: _Run, rng: np.random.Generator, split: Split) -> Sound:
    """A drive; rollers that rattle in turn, one of which squeaks; a bump as a box passes."""
    count = len(run.turns)
    rollers = run.turns * (ROLLER_HZ.draw(rng, split) / run.shaft_hz)
    rattle = noise(count, rng, ((120, -12), (500, 0), (1800, -4), (5000, -18), (7600, -30)))
    beat = 1 + 0.55 * tone(rollers, (1.0, 0.5, 0.4))
    made: Sound = run.speed * (0.6 * _motor(run, rng) + 0.8 * rattle * np.clip(beat, 0.1, None))
    squeak = tone(rollers * float(round(rng.uniform(70, 120))), (1.0, 0.4))
    comes = np.clip(tone(rollers / 3, (1.0,)) - 0.75, 0, None)
    made += 0.8 * run.speed * comes * squeak
    made += 0.3 * run.speed * _housing(count, rng, split)
    bump = noise(2400, rng, ((80, 0), (350, 0), (1500, -25), (7600, -50)))
    bump *= np.hanning(2400).astype(np.float32)
    _place(made, bump, run.strokes, 0.9, rng)
    return made


def _robot(run: _Run, rng: np.random.Generator, split: Split) -> Sound:
    """Servos that whine with their speed, a fan in the cabinet, the gripper's puff of air."""
    count = len(run.turns)
    low, span = WHINE_HZ.draw(rng, split), rng.uniform(1.0, 3.0)
    moves = np.clip(run.work - 0.16, 0, 1)
    turns = turns_of(low * (1 + span * moves.astype(np.float64)), count, rng.uniform())
    whine = tone(turns, rng.lognormal(0, 0.3, 6) / np.arange(1, 7) ** 1.2)
    # Each axis has its own gear.
    whine += 0.6 * tone(turns * rng.uniform(1.3, 1.9), (1.0, 0.5, 0.3))
    made: Sound = 0.9 * moves * unit(whine)
    made += moves * 0.4 * noise(count, rng, ((200, -10), (900, 0), (3000, -6), (7600, -20)))
    made += 0.35 * run.speed * (0.5 * _motor(run, rng) + _housing(count, rng, split))
    puff = noise(2600, rng, ((900, -30), (2500, -4), (5000, 0), (7600, -6)))
    puff *= (np.hanning(2600) ** 2).astype(np.float32)
    _place(made, puff, run.strokes, 0.5, rng)
    return made


def _motor(run: _Run, rng: np.random.Generator) -> Sound:
    """Harmonics of the shaft and of the mains' pull; RMS about 1."""
    strengths = rng.lognormal(0, 0.5, 16) / np.arange(1, 17) ** 0.8
    return unit(tone(run.turns, strengths))


def _housing(count: int, rng: np.random.Generator, split: Split) -> Sound:
    """Noise as the housing colours it; RMS 1."""
    first, second = sorted((BODY_HZ.draw(rng, split), 1.13 * BODY_HZ.draw(rng, split)))
    second = max(second, 1.5 * first)
    points = ((60, -12), (0.8 * first, -10), (first, 0), (1.25 * first, -9))
    more = ((0.9 * second, -14), (second, -4), (1.2 * second, -16), (7600, -34))
    ascending = [point for point in more if point[0] > 1.3 * first]
    return noise(count, rng, (*points, *ascending))


def _bearing(run: _Run, rng: np.random.Generator, split: Split) -> Sound:
    """Strikes of a defect, at any level."""
    passed = run.turns * BEARING_ORDER.draw(rng, split)
    strikes = np.flatnonzero(np.diff(np.floor(passed), prepend=np.floor(passed[:1])) > 0)
    # Balls slip: strikes wander about their places by a hundredth of their distance.
    slip = 0.01 * SAMPLE_RATE / (run.shaft_hz * 4)
    moved = strikes + np.rint(rng.normal(0, slip, len(strikes))).astype(np.int64)
    moved = np.clip(moved, 0, len(passed) - 1)
    strength = rng.lognormal(0, 0.25, len(moved)) * run.speed[moved]
    strength *= 1 + rng.uniform(0.3, 0.9) * np.cos(2 * np.pi * run.turns[moved])
    beats = np.zeros(len(passed), np.float32)
    np.add.at(beats, moved, (strength * (0.6 + 0.4 * run.work[moved])).astype(np.float32))
    times = seconds(round(0.03 * SAMPLE_RATE))
    ring = np.zeros(len(times))
    for hertz in (RING_HZ.draw(rng, split), 1.37 * RING_HZ.draw(rng, split)):
        ring += np.exp(-times * rng.uniform(250, 500)) * np.sin(2 * np.pi * hertz * times)
    return convolved(beats, ring.astype(np.float32))[: len(passed)]


def _gear(run: _Run, rng: np.random.Generator, split: Split) -> Sound:
    """The mesh of a worn gear, at any level."""
    teeth = int(TEETH.draw(rng, split))
    sway = 0.15 * tone(run.turns, (1.0,)).astype(np.float64)
    mesh = tone(run.turns * teeth + sway, rng.lognormal(0, 0.3, 5) / np.arange(1, 6) ** 0.7)
    breath = 1 + rng.uniform(0.5, 0.9) * tone(run.turns, (1.0, 0.4))
    made: Sound = (run.speed * (0.5 + 0.5 * run.work) * breath * mesh).astype(np.float32)
    rasp = noise(len(made), rng, ((600, -20), (1800, 0), (3500, -6), (7600, -24)))
    made += np.float32(0.35) * run.speed * np.clip(breath - 1, 0, None).astype(np.float32) * rasp
    return made


def _place(
    made: Sound, sound: Sound, times: tuple[float, ...], strength: float, rng: np.random.Generator
) -> None:
    for time_s in times:
        begin = round(time_s * SAMPLE_RATE)
        part = made[begin : begin + len(sound)]
        part += np.float32(strength * rng.uniform(0.85, 1.15)) * sound[: len(part)]


def _smooth(course: Course, share: float, first: float) -> Course:
    """Each step goes that share of the way to where it should be."""
    out, _ = signal.lfilter([share], [1, share - 1], course, zi=[(1 - share) * first])
    return np.asarray(out)


def _between(course: Course, at: Course) -> Course:
    return np.interp(at, np.arange(len(course)), course)
