"""Vibration of a made-up machine on one bearing, whole or with a defect: acceleration in g.

After McFadden and Smith, Model for the vibration produced by a single point defect in a rolling
element bearing, J. Sound Vib. 96 (1984), and Antoni, Cyclic spectral analysis of rolling-element
bearing signals: facts and fictions, J. Sound Vib. 304 (2007): each strike rings the housing; its
strength follows the load where it strikes; the intervals wander, because balls and cage slip.
Around it a machine drawn from the seed: shaft, gears, mains, flow noise, stray knocks.
Knows nothing of how bearings are judged. Stateless; any thread.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from tml_ros.background.vibration.bearing_geometry import BEARINGS, BearingGeometry

Signal = NDArray[np.float64]

DEFECTS: Final = ("", "inner_race", "outer_race", "ball", "cage")
DEFAULT_BEARING: Final = BEARINGS["6205"]
_FLOOR_G = 0.05
"""RMS of what the machine itself makes, about."""
_WEAKEST_DB, _STRONGEST_DB = -24.0, 4.0
"""Strikes against everything else in the signal, at severity 0+ and 1."""


@dataclass(frozen=True, slots=True)
class Slip:
    """How a rolling element departs from pure rolling.

    mean: share by which the rate is off, throughout. walk: spread of each interval, as a share of
    it; adds up over time. jitter: spread of each strike about its place; does not add up.
    """

    mean: float
    walk: float
    jitter: float


def bearing_waveform(
    defect: str,
    *,
    rpm: float,
    rate: float,
    seconds: float,
    severity: float,
    seed: int,
    geometry: BearingGeometry = DEFAULT_BEARING,
) -> NDArray[np.float32]:
    """The acceleration of the bearing housing in g; float32 [rate * seconds].

    defect: one of DEFECTS, "" for a sound bearing. severity: 0 unnoticeable .. 1 about to fail.
    The same arguments give the same samples.

    Raises ValueError for an unknown defect, or figures without meaning.
    """
    if defect not in DEFECTS:
        raise ValueError(f"defect {defect!r} is not one of {DEFECTS}")
    if not (rpm > 0 and rate > 0 and seconds > 0 and 0 <= severity <= 1):
        raise ValueError("rpm, rate and seconds must be above 0, severity within 0..1")
    rng = np.random.default_rng(seed)
    count = round(rate * seconds)
    turns = _shaft_turns(count, rate, rpm, rng)
    machine = _machine(turns, rate, rpm, rng, geometry)
    machine *= _FLOOR_G / _rms(machine) * math.exp(rng.normal(0, 0.3))
    if not defect or severity == 0:
        return machine.astype(np.float32)
    strikes = _defect(defect, turns, rate, rng, geometry)
    level = _WEAKEST_DB + (_STRONGEST_DB - _WEAKEST_DB) * severity
    strikes *= _rms(machine) / _rms(strikes) * 10 ** (level / 20)
    return (machine + strikes).astype(np.float32)


def _shaft_turns(count: int, rate: float, rpm: float, rng: np.random.Generator) -> Signal:
    """Turns of the shaft at each sample: the speed wanders by a few parts in a thousand."""
    times = np.arange(count) / rate
    wander = np.zeros(count)
    for hertz in rng.uniform(0.05, 0.8, 3):
        share = rng.uniform(0, 0.0008)
        wander += share * np.sin(2 * np.pi * (hertz * times + rng.uniform()))
    return rng.uniform() + np.cumsum(rpm / 60 / rate * (1 + wander))


def _machine(
    turns: Signal, rate: float, rpm: float, rng: np.random.Generator, geometry: BearingGeometry
) -> Signal:
    """Everything but the defect, at any level."""
    count = len(turns)
    noise = _flow_noise(count, rate, rng)
    if rng.uniform() < 0.5:
        # A fan or pump breathes with its shaft.
        depth, blades = rng.uniform(0, 0.5), int(rng.choice([1, 2, 5, 6]))
        noise *= 1 + depth * np.cos(2 * np.pi * blades * turns)
    # Balls pass in a sound bearing too, over races that are not perfectly round.
    for passing in (geometry.bpfo, geometry.bpfi, geometry.ftf):
        noise *= 1 + rng.uniform(0, 0.07) * np.cos(2 * np.pi * passing * turns)
    made = noise / _rms(noise)
    made += rng.uniform(0.1, 1.5) * _unit(_shaft_tones(turns, rate, rpm, rng))
    for _ in range(rng.integers(0, 3)):
        made += rng.uniform(0.05, 1.0) * _unit(_gear(turns, rate, rpm, rng))
    times = np.arange(count) / rate
    mains = float(rng.choice([50.0, 60.0]))
    for multiple in (2, 4, 6, 12):
        if multiple * mains < rate / 2:
            phase = 2 * np.pi * (multiple * mains * times + rng.uniform())
            made += rng.uniform(0, 0.25) / math.sqrt(multiple) * np.sin(phase)
    if rng.uniform() < 0.3:
        made += rng.uniform(0.2, 1.5) * _knocks(count, rate, rng)
    return made


def _flow_noise(count: int, rate: float, rng: np.random.Generator) -> Signal:
    """White noise and what the housing makes of it."""
    white = rng.standard_normal(count)
    heard = rng.uniform(0.2, 1.0) * white
    for _ in range(rng.integers(1, 4)):
        ring = _ring(rate, rng.uniform(0.03, 0.45) * rate, rng.uniform(0.01, 0.1))
        heard += rng.uniform(0.2, 1.0) * _unit(signal.fftconvolve(white, ring)[:count])
    return heard


def _shaft_tones(turns: Signal, rate: float, rpm: float, rng: np.random.Generator) -> Signal:
    tones = np.zeros_like(turns)
    for order in range(1, 1 + int(min(20, 0.45 * rate / (rpm / 60)))):
        strength = rng.lognormal(0, 0.8) / order**0.7
        tones += strength * np.sin(2 * np.pi * (order * turns + rng.uniform()))
    return tones


def _gear(turns: Signal, rate: float, rpm: float, rng: np.random.Generator) -> Signal:
    """A mesh, modulated by its own shaft and by a second one of whatever ratio."""
    teeth, ratio = int(rng.integers(13, 60)), rng.uniform(0.15, 6.0)
    meshes = range(1, 5)
    strengths = rng.lognormal(0, 0.5, 4) / np.arange(1, 5)
    own, other = rng.uniform(0, 0.4, 2)
    sway = rng.uniform(0, 0.3) * np.sin(2 * np.pi * (turns * ratio + rng.uniform()))
    breath = 1 + own * np.cos(2 * np.pi * (turns + rng.uniform()))
    breath *= 1 + other * np.cos(2 * np.pi * (ratio * turns + rng.uniform()))
    mesh = np.zeros_like(turns)
    for multiple, strength in zip(meshes, strengths, strict=True):
        if multiple * teeth * rpm / 60 < 0.45 * rate:
            phase = 2 * np.pi * (multiple * teeth * turns + rng.uniform()) + multiple * sway
            mesh += strength * breath * np.sin(phase)
    return mesh


def _knocks(count: int, rate: float, rng: np.random.Generator) -> Signal:
    """Knocks without any order in time: a loose guard, work going on nearby."""
    beats = np.zeros(count)
    number = max(1, rng.poisson(rng.uniform(0.5, 8) * count / rate))
    np.add.at(beats, rng.integers(0, count, number), rng.lognormal(0, 0.7, number))
    ring = _ring(rate, rng.uniform(0.05, 0.4) * rate, rng.uniform(0.02, 0.1))
    return _unit(signal.fftconvolve(beats, ring)[:count])


def _defect(
    defect: str, turns: Signal, rate: float, rng: np.random.Generator, geometry: BearingGeometry
) -> Signal:
    """The strikes of the defect as the housing passes them on, at any level."""
    if defect == "cage":
        return _cage(turns, rate, rng, geometry)
    slip = Slip(rng.uniform(-0.008, 0.008), rng.uniform(0, 0.006), rng.uniform(0, 0.01))
    if defect == "ball":
        # A ball also turns aside and skids; it strikes the one race, then the other.
        slip = replace(slip, walk=2 * slip.walk, jitter=2 * slip.jitter)
        places = _struck(turns, 2 * geometry.bsf, slip, rng)
        places = _turned_aside(places, geometry, rng)
        strengths = _load(places * geometry.ftf, rng) * _facing(places, rng)
        strengths[::2] *= rng.uniform(0.4, 0.9)
    elif defect == "inner_race":
        places = _struck(turns, geometry.bpfi, slip, rng)
        strengths = _load(places, rng)
    else:
        places = _struck(turns, geometry.bpfo, slip, rng)
        share = rng.uniform(0, 0.3)
        strengths = 1 + share * np.cos(2 * np.pi * (places + rng.uniform()))
    strengths = strengths * rng.lognormal(0, 0.25, len(strengths))
    times = np.interp(places, turns, np.arange(len(turns)))
    beats = _placed(times, strengths, len(turns))
    rung = np.zeros_like(turns)
    for _ in range(rng.integers(1, 4)):
        ring = _ring(rate, rng.uniform(0.08, 0.46) * rate, rng.uniform(0.01, 0.06))
        rung += rng.uniform(0.3, 1.0) * _unit(signal.fftconvolve(beats, ring)[: len(turns)])
    return rung


def _cage(
    turns: Signal, rate: float, rng: np.random.Generator, geometry: BearingGeometry
) -> Signal:
    """A broken cage rubs and knocks once in each of its turns."""
    slip = Slip(rng.uniform(-0.008, 0.008), rng.uniform(0, 0.004), rng.uniform(0, 0.01))
    places = _struck(turns, geometry.ftf, slip, rng)
    times = np.interp(places, turns, np.arange(len(turns)))
    beats = _placed(times, rng.lognormal(0, 0.3, len(places)), len(turns))
    period = 1 / np.diff(turns).mean() / geometry.ftf
    swell = signal.windows.hann(max(3, round(rng.uniform(0.1, 0.5) * period)), sym=True)
    rub = signal.fftconvolve(beats, swell)[: len(turns)] * rng.standard_normal(len(turns))
    ring = _ring(rate, rng.uniform(0.05, 0.4) * rate, rng.uniform(0.02, 0.1))
    knock = signal.fftconvolve(beats, ring)[: len(turns)]
    rung = signal.fftconvolve(rub, ring)[: len(turns)]
    return _unit(rung) + rng.uniform(0, 1) * _unit(knock)


def _struck(turns: Signal, per_turn: float, slip: Slip, rng: np.random.Generator) -> Signal:
    """Turns of the shaft at which a rate of `per_turn` strikes, ascending."""
    interval = 1 / (per_turn * (1 + slip.mean))
    number = int((turns[-1] - turns[0]) / interval * 1.05) + 2
    steps = interval * (1 + slip.walk * rng.standard_normal(number))
    places = turns[0] + rng.uniform(0, interval) + np.cumsum(np.maximum(steps, 0.1 * interval))
    places = np.sort(places + slip.jitter * interval * rng.standard_normal(number))
    inside = places[(places >= turns[0]) & (places < turns[-1])]
    return inside if len(inside) else turns[len(turns) // 2 : len(turns) // 2 + 1]


def _load(angle: Signal, rng: np.random.Generator) -> Signal:
    """Load at an angle in turns, after Stribeck: most at the bottom, none outside of the zone."""
    zone = rng.uniform(0.3, 0.9)
    share = 1 - (1 - np.cos(2 * np.pi * (angle + rng.uniform()))) / (2 * zone)
    floor = rng.uniform(0, 0.3)
    return floor + (1 - floor) * np.maximum(share, 0) ** 1.5


def _facing(places: Signal, rng: np.random.Generator) -> Signal:
    """How much of a ball's defect meets the races: it turns away and comes back."""
    span = rng.uniform(20, 200)
    slow = np.cos(2 * np.pi * (places / span + rng.uniform()))
    lasting = rng.uniform(0.2, 1.0)
    return np.clip(lasting + (1 - lasting) * slow, 0.05, 1)


def _turned_aside(places: Signal, geometry: BearingGeometry, rng: np.random.Generator) -> Signal:
    """Strikes of a ball that comes into the load with another phase in each turn of the cage."""
    rounds = np.floor(places * geometry.ftf).astype(np.int64)
    rounds -= rounds[0]
    spread = rng.uniform(0, 0.5) / (2 * geometry.bsf)
    moved = places + spread * rng.standard_normal(rounds[-1] + 1)[rounds]
    return np.sort(np.clip(moved, places[0], places[-1]))


def _placed(times: Signal, strengths: Signal, count: int) -> Signal:
    """Strikes at sample times that need not be whole."""
    beats = np.zeros(count + 1)
    whole = np.clip(times.astype(np.int64), 0, count - 1)
    part = times - whole
    np.add.at(beats, whole, strengths * (1 - part))
    np.add.at(beats, whole + 1, strengths * part)
    return beats[:count]


def _ring(rate: float, hertz: float, damping: float) -> Signal:
    """One mode of the housing, struck."""
    length = max(8, min(round(rate * 0.5), round(rate * 6 / (2 * np.pi * hertz * damping))))
    times = np.arange(length) / rate
    decay = np.exp(-2 * np.pi * hertz * damping * times)
    return np.asarray(decay * np.sin(2 * np.pi * hertz * times))


def _unit(wave: Signal) -> Signal:
    return wave / max(_rms(wave), 1e-12)


def _rms(wave: Signal) -> float:
    return float(np.sqrt(np.mean(wave**2)))
