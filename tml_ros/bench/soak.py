"""A day of a cell in minutes: the same guards, alarms and turns as live, on a scenario in a loop.

Knows nothing of ROS and of printing. Cell time is counted, and nothing waits; only how long each
step takes is read from a clock. One thread.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tml_ros.bench.soak_figures import Growth, Series, process_figures
from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.replay import Replay, ReplayInput
from tml_ros.devices.video_file import VideoFile
from tml_ros.devices.wav_file import WavFile
from tml_ros.model.interface import InteractionModel
from tml_ros.safety.alarm import AlarmEvent, AlarmState
from tml_ros.turn.hazard import HazardKind
from tml_ros.turn.micro_turn import (
    TURN_NS,
    TURN_SAMPLES,
    AudioBlock,
    Frame,
    samples_ns,
)

START_NS = 1_767_254_400_000_000_000
HOUR_NS = 3_600_000_000_000
SAMPLES = 200
"""How often in a run its figures are taken."""
OPERATOR_NS = 600_000_000_000
"""An operator acknowledges and resets what there is so often."""
LONGEST_LOOP = 1_500
"""Pictures of the loop at most: they are kept in memory."""

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class SoakFigures:
    """What came of it.

    hours: of the cell. factor: times real time. memory, p50_us, p99_us: of the process and of its
    steps (a picture, 200 ms of sound), by hour of the cell. raised: alarms by kind. in_memory: most
    alarms that were not normal at once.
    """

    hours: float
    factor: float
    steps: int
    turns: int
    raised: dict[str, int]
    in_memory: int
    memory: Growth | None
    p50_us: Growth | None
    p99_us: Growth | None

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class SoakLoop:
    """What is seen and heard over and over. pictures: uint8 [h, w, 3] each, `rate` in a second."""

    camera: str
    pictures: tuple[NDArray[np.uint8], ...]
    rate: float
    microphone: str
    sound: NDArray[np.float32]


def read_loop(
    cell: CellDescription, film: Path, sound: Path | None, *, rate: float, film_rate: float
) -> SoakLoop:
    """The cell's first camera and microphone, of a film with so many pictures in a second.

    rate: how many of them are looked at. sound: wav, 16 kHz; None for none.
    Raises CameraSourceError, WavFileError.
    """
    every = max(1, round(film_rate / rate))
    pictures = tuple(
        np.ascontiguousarray(rgb)
        for _, rgb in islice(VideoFile(film), 0, LONGEST_LOOP * every, every)
    )
    heard = np.zeros(0, np.float32)
    if sound is not None:
        with WavFile(sound) as wav:
            heard = wav.read(wav.frames)[:, 0].astype(np.float32)
    microphone = next(iter(cell.microphones), "")
    return SoakLoop(next(iter(cell.cameras)), pictures, film_rate / every, microphone, heard)


def loop_inputs(loop: SoakLoop, *, hours: float) -> Iterator[ReplayInput]:
    """Pictures and sound in order of their time, turn by turn."""
    period_ns = round(1e9 / loop.rate)
    pictures = samples = 0
    whole = len(loop.sound) // TURN_SAMPLES * TURN_SAMPLES
    for turn in range(round(hours * HOUR_NS / TURN_NS)):
        end_ns = (turn + 1) * TURN_NS
        while pictures * period_ns < end_ns:
            stamp_ns = START_NS + pictures * period_ns
            rgb = loop.pictures[pictures % len(loop.pictures)]
            pictures += 1
            yield ReplayInput(stamp_ns, Frame(loop.camera, stamp_ns, rgb))
        if whole:
            first = samples % whole
            block = loop.sound[first : first + TURN_SAMPLES]
            stamp_ns = START_NS + samples_ns(samples)
            samples += TURN_SAMPLES
            yield ReplayInput(START_NS + end_ns, AudioBlock(loop.microphone, stamp_ns, block))


def measure_soak(
    cell: CellDescription,
    loop: SoakLoop,
    *,
    hours: float,
    model: InteractionModel | None = None,
    progress: Progress = lambda what, share: None,
) -> SoakFigures:
    """Live through so many hours."""
    replay = Replay(cell, model=model)
    memory, p50, p99 = Series(), Series(), Series()
    raised: Counter[HazardKind] = Counter()
    took: list[int] = []
    steps = most = 0
    every_ns = max(TURN_NS, round(hours * HOUR_NS / SAMPLES))
    due_ns, operator_ns = START_NS + every_ns, START_NS + OPERATOR_NS
    started = before = time.perf_counter_ns()
    for record in replay.run(loop_inputs(loop, hours=hours)):
        took.append(time.perf_counter_ns() - before)
        steps += 1
        raised.update(
            change.alarm.kind for change in record.transitions if change.event is AlarmEvent.RAISED
        )
        if record.now_ns >= operator_ns:
            operator_ns += OPERATOR_NS
            most = max(most, len(replay.guardian.alarms()))
            _operate(replay, record.now_ns)
        if record.now_ns >= due_ns:
            due_ns += every_ns
            _sample(record.now_ns, took, memory, p50, p99)
            took.clear()
            cell_hours = (record.now_ns - START_NS) / HOUR_NS
            progress(f"{cell_hours:.1f} h of the cell", cell_hours / hours)
        before = time.perf_counter_ns()
    elapsed_s = (time.perf_counter_ns() - started) / 1e9
    summary = replay.summary()
    return SoakFigures(
        hours=hours,
        factor=hours * 3600 / elapsed_s,
        steps=steps,
        turns=summary.turns,
        raised={kind.value: count for kind, count in sorted(raised.items())},
        in_memory=most,
        memory=memory.growth(),
        p50_us=p50.growth(),
        p99_us=p99.growth(),
    )


def _sample(now_ns: int, took: list[int], memory: Series, p50: Series, p99: Series) -> None:
    figures = process_figures(os.getpid())
    if figures is not None:
        memory.add(now_ns, figures.resident)
    p50.add(now_ns, float(np.percentile(took, 50)) / 1e3)
    p99.add(now_ns, float(np.percentile(took, 99)) / 1e3)


def _operate(replay: Replay, now_ns: int) -> None:
    for alarm in replay.guardian.alarms():
        change = replay.guardian.acknowledge
        if alarm.state is AlarmState.LATCHED_ACKNOWLEDGED:
            change = replay.guardian.reset_alarm
        change(alarm.kind, alarm.zone, operator="soak", now_ns=now_ns)
