"""What the history of a cell takes in, what it takes up, and how fast it answers.

    python -m tml_ros.bench.telemetry_history --out FOLDER

Writes readings of 100 quantities, ten per second each, with noise and with stamps that jitter, as a
node does: one by one, with the time. Then a year of one reading per minute, and asks for it.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import sys
import time
from pathlib import Path

import numpy as np

from tml_ros.background.history import History
from tml_ros.background.history_limits import DAY_NS, MINUTE_NS, SECOND_NS
from tml_ros.background.reading import Reading

START_NS = 1_800_000_000 * SECOND_NS
LANES = 100
PER_SECOND = 10


def written(path: Path, count: int, *, decimals: int) -> dict[str, float]:
    """Take in `count` readings rounded to so many decimals; rates, sizes and the longest call."""
    rng = np.random.default_rng(1)
    values = np.round(rng.normal(50, 1, count), decimals).tolist()
    jitter = rng.integers(0, 2_000_000, count).tolist()
    history = History(path)
    calls = []
    step_ns = SECOND_NS // PER_SECOND
    started = time.perf_counter()
    for number, value in enumerate(values):
        now_ns = START_NS + number // LANES * step_ns + step_ns // 2
        lane = number % LANES
        reading = Reading(f"m{lane // 10}", f"q{lane % 10}", value, "N", now_ns - jitter[number])
        before = time.perf_counter()
        history.add(reading, now_ns=now_ns)
        calls.append(time.perf_counter() - before)
    seconds = time.perf_counter() - started
    while_open = history.bytes()
    history.close()
    calls.sort()
    return {
        "readings": count,
        "readings_per_second": round(count / seconds),
        "bytes_per_reading": round(path.stat().st_size / count, 1),
        "megabytes_with_log": round(while_open / 1e6, 1),
        "call_p999_ms": round(calls[-len(calls) // 1000] * 1e3, 2),
        "call_max_ms": round(calls[-1] * 1e3, 1),
    }


def asked(path: Path) -> dict[str, float]:
    """A year of one reading per minute, asked for as a whole and in parts, from the file."""
    history = History(path)
    minutes = 365 * 24 * 60
    rng = np.random.default_rng(2)
    started = time.perf_counter()
    history.extend(
        Reading("press", "temperature", value, "degC", START_NS + minute * MINUTE_NS)
        for minute, value in enumerate(rng.normal(50, 1, minutes).tolist())
    )
    found: dict[str, float] = {"import_seconds": round(time.perf_counter() - started, 1)}
    end_ns = START_NS + minutes * MINUTE_NS
    for name, days, points in (
        ("year_2000_points", 365, 2_000),
        ("year_10000_points", 365, 10_000),
        ("month_of_minutes", 30, 50_000),
        ("day_raw", 1, 2_000),
    ):
        took = []
        for _ in range(20):
            before = time.perf_counter()
            series = history.series(
                "press",
                "temperature",
                since_ns=end_ns - days * DAY_NS,
                until_ns=end_ns,
                points=points,
            )
            took.append(time.perf_counter() - before)
        found[f"{name}_ms"] = round(statistics.median(took) * 1e3, 1)
        found[f"{name}_length"] = len(series)
    history.close()
    found["year_megabytes"] = round(path.stat().st_size / 1e6, 1)
    return found


def main() -> int:
    """Measure and write one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for the files")
    parser.add_argument("--count", type=int, default=1_000_000)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    report = {
        "noise_of_15_digits": written(options.out / "noise.db", options.count, decimals=15),
        "values_of_2_decimals": written(options.out / "coarse.db", options.count, decimals=2),
        "year": asked(options.out / "year.db"),
        "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    sys.stdout.write(json.dumps(report, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
