"""Measures replay: how many times faster than real time, and whether memory stays flat.

Knows nothing of printing. Runs the very path of `tml-ros replay` on a bag it makes.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tml_ros.bag.bag_reader import open_bag
from tml_ros.bag.read_ahead import read_ahead
from tml_ros.bench.looped_bag import write_looped_bag
from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.replay import Replay
from tml_ros.cell.replay_bag import BagInputs

AHEAD, TOGETHER = 32, 8
"""As `tml-ros replay` has it."""
CELL = {
    "cell": "bench",
    "cameras": {
        "hall": {
            "zones": {
                "floor": {
                    "polygon": [[0.3, 0.5], [0.7, 0.5], [0.9, 1.0], [0.1, 1.0]],
                    "units": "fractions",
                }
            }
        }
    },
    "microphones": {"audio": {}},
}


@dataclass(frozen=True, slots=True)
class ReplayBench:
    """What was measured.

    seconds: of the bag. elapsed: seconds the replay took. factor: times real time.
    rss_10, rss_100: resident memory in MB after a tenth and at the end; None where the system
    does not tell.
    """

    seconds: float
    frames: int
    bag_mb: float
    elapsed: float
    factor: float
    turns: int
    alarms_raised: int
    rss_10: float | None
    rss_100: float | None


def bench_replay(*, minutes: float, video: Path | None = None) -> ReplayBench:
    """Make a bag of so many minutes from a clip, and replay it."""
    with TemporaryDirectory(prefix="tml_ros_bench_") as folder:
        path = Path(folder) / "looped.mcap"
        frames = write_looped_bag(path, seconds=minutes * 60, video=video)
        cell = CellDescription.model_validate(CELL)
        replay = Replay(cell)
        rss_10: float | None = None
        with open_bag(path) as bag:
            inputs = BagInputs(bag, cell)
            length = (bag.end_ns - bag.start_ns) / 1e9
            ahead = read_ahead(inputs, depth=AHEAD, together=TOGETHER)
            started = time.perf_counter()
            for record in replay.run(ahead, end_ns=inputs.end_ns):
                if rss_10 is None and record.seconds >= length / 10:
                    rss_10 = resident_mb()
            elapsed = time.perf_counter() - started
        summary = replay.summary()
        return ReplayBench(
            seconds=summary.seconds,
            frames=frames,
            bag_mb=path.stat().st_size / 1e6,
            elapsed=elapsed,
            factor=summary.seconds / elapsed,
            turns=summary.turns,
            alarms_raised=sum(summary.alarms_raised.values()),
            rss_10=rss_10,
            rss_100=resident_mb(),
        )


def resident_mb() -> float | None:
    """This process's resident memory in MB, None where there is no /proc."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return None
    lines = [line for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(lines[0].split()[1]) * 1024 / 1e6 if lines else None
