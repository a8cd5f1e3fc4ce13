"""How right the judgement of bearings is: on recordings, and on machines that are made up.

    python tools/measure_bearing.py recordings [FOLDER]
    python tools/measure_bearing.py mfpt FOLDER
    python tools/measure_bearing.py simulated [--cases 1200] [--first 50000]
    python tools/measure_bearing.py confidence [--cases 2400] [--first 10000]

`recordings` wants the files of Case Western Reserve University as .npz (1797_Normal, 1797_IR_...);
it also cuts, drowns, resamples them and gives a wrong speed. `mfpt` wants those of the Society for
Machinery Failure Prevention Technology as .mat. `confidence` fits the constants of
`bearing_verdict` on seeds that `simulated` does not use. Prints Markdown tables.
"""

from __future__ import annotations

import argparse
import math
import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import io, optimize, signal

from tml_ros.background.condition import Condition, State
from tml_ros.background.reading import Waveform
from tml_ros.background.vibration.bearing import bearing_condition
from tml_ros.background.vibration.bearing_geometry import BEARINGS, BearingGeometry, named_bearing
from tml_ros.background.vibration.defect_lines import turns_to_tell
from tml_ros.sim.bearing_signal import DEFECTS, bearing_waveform

Signal = NDArray[np.float32]
RPM = 1797.0
KINDS = {"Normal": "", "IR": "inner_race", "OR": "outer_race", "B": "ball"}
SEVERITIES = (0.15, 0.3, 0.5, 0.7, 1.0)


@dataclass(frozen=True, slots=True)
class Recording:
    """One channel of one file. defect: what it truly has."""

    name: str
    channel: str
    samples: Signal
    rate: float
    defect: str


def judge(samples: Signal, rate: float, rpm: float, geometry: BearingGeometry) -> Condition:
    """The condition of the bearing."""
    return bearing_condition(Waveform("", "", samples, rate, "g", 0, rpm), geometry)


def outcome(found: Condition, defect: str) -> str:
    """right, missed, wrong name, false alarm, or unknown."""
    if found.state is State.UNKNOWN:
        return "unknown"
    if found.defect == defect:
        return "right"
    if not defect:
        return "false alarm"
    return "missed" if not found.defect else "wrong name"


# ---- recordings


def recordings(folder: Path) -> Iterator[Recording]:
    """All channels of all files; the normal one is of the 48 kHz family."""
    for path in sorted(folder.glob("1797_*.npz")):
        kind = path.stem.split("_")[1]
        with np.load(path, allow_pickle=False) as arrays:
            for channel in sorted(arrays):
                samples = arrays[channel].ravel().astype(np.float32)
                rate = 48_000.0 if kind == "Normal" else 12_000.0
                yield Recording(path.stem, channel, samples, rate, KINDS[kind])


def variants(one: Recording) -> Iterator[tuple[str, Signal, float, float]]:
    """What is done to a recording: name, samples, rate, speed that is given."""
    yield "as it is", one.samples, one.rate, RPM
    for seconds in (2.0, 1.0, 0.5):
        size = round(seconds * one.rate)
        for start in range(0, len(one.samples) - size + 1, size):
            yield f"pieces of {seconds:g} s", one.samples[start : start + size], one.rate, RPM
    for decibel in (0, -5, -10):
        for seed in range(3):
            rng = np.random.default_rng(seed)
            level = float(one.samples.std()) * 10 ** (-decibel / 20)
            noise = level * rng.standard_normal(len(one.samples))
            yield f"noise, {decibel} dB", (one.samples + noise).astype(np.float32), one.rate, RPM
    for up, down in ((5, 6), (2, 3), (1, 2)):
        moved = signal.resample_poly(one.samples, up, down).astype(np.float32)
        yield f"resampled to {up}/{down} of the rate", moved, one.rate * up / down, RPM
    for percent in (1, 2, 3):
        for sign in (-1, 1):
            yield (
                f"speed wrong by {percent} %",
                one.samples,
                one.rate,
                RPM * (1 + sign * percent / 100),
            )


def measure_recordings(folder: Path) -> None:
    """The tables of what is there and of what was done to it."""
    geometry = named_bearing("6205")
    print("| recording | channel | state | defect | confidence | depth | evidence | band, Hz |")
    print("|---|---|---|---|---|---|---|---|")
    tally: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for one in recordings(folder):
        for name, samples, rate, rpm in variants(one):
            found = judge(samples, rate, rpm, geometry)
            column = one.defect or "normal"
            group = name if one.channel == "DE" else f"{name} (FE, BA)"
            tally[group][column][outcome(found, one.defect)] += 1
            if name == "as it is":
                figures = {key: value for key, (value, _) in found.figures.items()}
                print(
                    f"| {one.name} | {one.channel} | {found.state.value} | {found.defect or '-'} "
                    f"| {found.confidence:.2f} | {figures['modulation_depth']:.0f} % "
                    f"| {figures['evidence']:.0f} "
                    f"| {figures['band_low']:.0f}-{figures['band_high']:.0f} |"
                )
    columns = ("normal", "inner_race", "outer_race", "ball")
    print("\n| | " + " | ".join(columns) + " |\n|---|" + "---|" * len(columns))
    for group in sorted(tally, key=lambda name: name.endswith(")")):
        print(f"| {group} | " + " | ".join(_counts(tally[group][c]) for c in columns) + " |")


def _counts(counted: Counter[str]) -> str:
    """7/10 right, then what else."""
    total = sum(counted.values())
    rest = [f"{number} {what}" for what, number in counted.items() if what != "right"]
    return ", ".join([f"{counted['right']}/{total}", *rest]) if total else "-"


def measure_mfpt(folder: Path) -> None:
    """One line a file: another rig, bearing, sensor and sample rate."""
    geometry = BearingGeometry(8, 0.235, 1.245)
    print("| recording | state | defect | confidence | depth | speed, rpm |")
    print("|---|---|---|---|---|---|")
    for path in sorted(folder.rglob("*.mat")):
        if path.stat().st_size == 0:
            continue
        block = io.loadmat(path)["bearing"][0, 0]
        samples = block["gs"].ravel().astype(np.float32)
        found = judge(samples, float(block["sr"][0, 0]), 60 * float(block["rate"][0, 0]), geometry)
        depth, speed = (found.figures[name][0] for name in ("modulation_depth", "speed"))
        print(
            f"| {path.stem} | {found.state.value} | {found.defect or '-'} "
            f"| {found.confidence:.2f} | {depth:.0f} % | {speed:.0f} |"
        )


# ---- made-up machines


@dataclass(frozen=True, slots=True)
class Case:
    """A machine that is made up, and what was said of it."""

    defect: str
    severity: float
    rpm: float
    turns: float
    tellable: bool
    found: Condition


def run_case(seed: int) -> Case:
    """One machine: everything about it follows from the seed."""
    rng = np.random.default_rng([seed, 1])
    defect = str(rng.choice([*DEFECTS, "", "", ""]))
    rpm = float(np.exp(rng.uniform(math.log(600), math.log(3600))))
    rate = float(rng.choice([12_000, 25_600, 48_000]))
    turns = float(np.exp(rng.uniform(math.log(16), math.log(300))))
    seconds = min(turns * 60 / rpm, 20.0 if rate < 20_000 else 8.0)
    turns = seconds * rpm / 60
    severity = float(rng.uniform(0.05, 1.0))
    geometry = BEARINGS[str(rng.choice(["6203", "6204", "6205", "6206", "6304", "6308"]))]
    samples = bearing_waveform(
        defect, rpm=rpm, rate=rate, seconds=seconds, severity=severity, seed=seed, geometry=geometry
    )
    found = judge(samples, rate, rpm * (1 + rng.uniform(-0.01, 0.01)), geometry)
    tellable = not defect or turns >= turns_to_tell(defect, geometry)
    return Case(defect, severity, rpm, turns, tellable, replace(found, picture=b""))


def run_cases(first: int, count: int) -> list[Case]:
    """Many machines, on all cores."""
    with ProcessPoolExecutor(max_workers=os.cpu_count()) as pool:
        return list(pool.map(run_case, range(first, first + count), chunksize=8))


def measure_simulated(first: int, count: int) -> None:
    """False alarms by speed and length, and what is found by severity."""
    cases = [case for case in run_cases(first, count) if case.found.state is not State.UNKNOWN]
    sound = [case for case in cases if not case.defect]
    print("| sound machines | cases | watch | fault |\n|---|---|---|---|")
    groups: list[tuple[str, Callable[[Case], bool]]] = [
        ("all", lambda case: True),
        ("600 to 1200 rpm", lambda case: case.rpm < 1200),
        ("1200 to 3600 rpm", lambda case: case.rpm >= 1200),
        ("below 60 turns", lambda case: case.turns < 60),
        ("60 turns and more", lambda case: case.turns >= 60),
    ]
    for name, belongs in groups:
        some = [case for case in sound if belongs(case)]
        print(
            f"| {name} | {len(some)} | {_share(some, State.WATCH)} | {_share(some, State.FAULT)} |"
        )
    print("\n| defect | severity | cases | named right | wrong name | fault | watch | normal |")
    print("|---|---|---|---|---|---|---|---|")
    for defect in DEFECTS[1:]:
        for low, high in zip((0.0, *SEVERITIES), SEVERITIES, strict=False):
            some = [
                case
                for case in cases
                if case.defect == defect and case.tellable and low < case.severity <= high
            ]
            outcomes = Counter(outcome(case.found, defect) for case in some)
            shares = [_share(some, state) for state in (State.FAULT, State.WATCH, State.NORMAL)]
            right, wrong = (_percent(outcomes[key], len(some)) for key in ("right", "wrong name"))
            print(
                f"| {defect} | {low:g} to {high:g} | {len(some)} | {right} | {wrong} "
                f"| {' | '.join(shares)} |"
            )
    untold = [case for case in cases if case.defect and not case.tellable]
    seen = Counter(outcome(case.found, case.defect) for case in untold)
    print(f"\nToo short for the defect that was there: {_counts(seen)}.")
    _show_confidence(cases)


def _show_confidence(cases: Sequence[Case]) -> None:
    print("\n| confidence said | cases | right |\n|---|---|---|")
    for low, high in ((0.0, 0.6), (0.6, 0.75), (0.75, 0.9), (0.9, 0.97), (0.97, 1.0)):
        some = [case for case in cases if low <= case.found.confidence < high]
        right = sum(case.found.defect == case.defect for case in some)
        print(f"| {low:g} to {high:g} | {len(some)} | {_percent(right, len(some))} |")


def _share(cases: Sequence[Case], state: State) -> str:
    return _percent(sum(case.found.state is state for case in cases), len(cases))


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


def fit_confidence(first: int, count: int) -> None:
    """Logistic fits of how often a defect that was named, and one that was not, is right."""
    cases = [case for case in run_cases(first, count) if case.found.state is not State.UNKNOWN]
    named = [case for case in cases if case.found.defect]
    figures = [case.found.figures for case in named]
    certain = np.array([min(10.0, one["evidence"][0]) for one in figures])
    depth = np.array([min(0.6, one["modulation_depth"][0] / 100) for one in figures])
    doubtful = np.array(["cannot be told from it" in case.found.sentence for case in named])
    right = np.array([case.found.defect == case.defect for case in named])
    rolling = np.array([case.found.defect in {"ball", "cage"} for case in named])
    terms = np.stack([np.ones(len(named)), certain, depth, rolling, doubtful], axis=1)
    weights = np.round(_logistic(terms, right), 2)
    print("named: constant, evidence, depth, ball or cage, doubt:", weights)
    quiet = [case for case in cases if not case.found.defect]
    untold = np.array(["too short to see" in case.found.sentence for case in quiet])
    right = np.array([not case.defect for case in quiet])
    terms = np.stack([np.ones(len(quiet)), untold], axis=1)
    print("not named: constant, untold:", np.round(_logistic(terms, right), 2))
    _show_confidence(cases)


def _logistic(terms: NDArray[np.float64], right: NDArray[np.bool_]) -> NDArray[np.float64]:
    signs = np.where(right, 1.0, -1.0)

    def loss(weights: NDArray[np.float64]) -> float:
        misfit = np.logaddexp(0, -signs * (terms @ weights)).sum()
        return float(misfit + 0.05 * (weights[1:] ** 2).sum())

    return np.asarray(optimize.minimize(loss, np.zeros(terms.shape[1])).x)


def main() -> None:
    """Run what the first argument names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    files = commands.add_parser("recordings")
    default = os.environ.get("TML_ROS_REAL_DATA", "../shared/data")
    files.add_argument("folder", nargs="?", type=Path, default=Path(default, "bearings"))
    other = commands.add_parser("mfpt")
    other.add_argument("folder", type=Path)
    for name, first in (("simulated", 50_000), ("confidence", 10_000)):
        made = commands.add_parser(name)
        made.add_argument("--cases", type=int, default=1200)
        made.add_argument("--first", type=int, default=first)
    given = parser.parse_args()
    if given.command == "recordings":
        measure_recordings(given.folder)
    elif given.command == "mfpt":
        measure_mfpt(given.folder)
    elif given.command == "simulated":
        measure_simulated(given.first, given.cases)
    else:
        fit_confidence(given.first, given.cases)


if __name__ == "__main__":
    main()
