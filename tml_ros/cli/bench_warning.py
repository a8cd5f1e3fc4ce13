"""`tml-ros bench warning`: how soon a critical warning is heard while somebody is speaking.

A real speaker node in a process of its own, over DDS, with a wav file for a sink; a voice that
never stops and does not listen. Main thread.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray
from rich.console import Console

from tml_ros.bench.warning_sound import heard_warning, mixed, speech_sound, warning_sound
from tml_ros.cli.dds_profile import NODE, discovery_environment, profile_environment
from tml_ros.cli.mistake import MistakeError
from tml_ros.cli.turn_table import print_figures, rounded
from tml_ros.devices.wav_writer import HEADER_BYTES
from tml_ros.nodes.exit_codes import PARENT_VARIABLE
from tml_ros.turn.micro_turn import SAMPLE_RATE, TURN_SAMPLES

if TYPE_CHECKING:
    from tml_ros.nodes.warning_probe import WarningProbe

BOUND_MS = 50.0
UP_SECONDS = 30.0
TURN_EVERY_SECONDS = 0.15
"""Speech comes faster than it can be played, so that some of it waits when a warning comes."""
WARNING_SECONDS = 0.3
BETWEEN_S = (0.7, 1.0)
"""From one warning to the next: at no fixed place between two blocks of anything."""
LOOK_SECONDS = 0.0005


@dataclass(frozen=True, slots=True)
class _Written:
    """The file had grown to so many samples by then. at_s: of a steady clock."""

    at_s: float
    samples: int


def warning(
    *,
    warnings: Annotated[
        int, typer.Option(metavar="N", min=1, max=2_000, help="How many, about one a second.")
    ] = 100,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object and nothing else.")
    ] = False,
) -> None:
    """Warn while somebody speaks: how soon it is at the loudspeaker, and whether both are.

    From publishing on speech/warning until its first sample is in the file of the speaker node,
    whose time line is wall time. Speech goes on throughout, as from a model that hangs on to it.

    Exit code: 0 each warning was heard whole, alone and within 50 ms; 1 one was not.
    """
    try:
        figures = bench_warning(warnings)
    except ImportError as error:
        raise MistakeError(f"this needs ROS 2 for Python ({error}); see `make setup`") from error
    if as_json:
        print(json.dumps(rounded(figures)))
    else:
        print_figures(figures, Console(highlight=False))
    if figures["late"] or figures["not_heard_whole"] or figures["overlap_samples"]:
        raise typer.Exit(1)


def bench_warning(number: int, seed: int = 1) -> dict[str, Any]:
    """The figures; times in ms."""
    rng = np.random.default_rng(seed)
    count = round(WARNING_SECONDS * SAMPLE_RATE)
    with tempfile.TemporaryDirectory() as folder, _speaker(Path(folder)) as (probe, file):
        sent_s = []
        with _watched(file) as written, _talking(probe):
            for index in range(number):
                time.sleep(rng.uniform(*BETWEEN_S))
                sound = warning_sound(index, count)
                sent_s.append(time.monotonic())
                probe.warn(sound)
            time.sleep(2 * WARNING_SECONDS)
        heard = np.frombuffer(file.read_bytes()[HEADER_BYTES:], np.int16)
    return _figures(heard, written, sent_s, count)


def _figures(
    heard: NDArray[np.int16], written: list[_Written], sent_s: list[float], count: int
) -> dict[str, Any]:
    took, overlap, broken = [], 0, 0
    grown = [one.samples for one in written]
    for index, at_s in enumerate(sent_s):
        found = heard_warning(heard, index)
        if found is None:
            broken += 1
            continue
        broken += found.samples != count or found.end - found.first != count
        overlap += found.speech
        # The first look at which the file was longer than where the warning begins.
        look = int(np.searchsorted(grown, found.first, side="right"))
        took.append((written[look].at_s - at_s) * 1e3)
    p50, p99 = np.percentile(took, [50, 99]) if took else (0.0, 0.0)
    return {
        "warnings": len(sent_s),
        "heard_after_ms": {"p50": float(p50), "p99": float(p99), "max": max(took, default=0.0)},
        "bound_ms": BOUND_MS,
        "late": sum(one > BOUND_MS for one in took),
        "not_heard_whole": broken,
        "overlap_samples": overlap + mixed(heard, len(sent_s)),
    }


@contextmanager
def _speaker(folder: Path) -> Iterator[tuple[WarningProbe, Path]]:
    from tml_ros.nodes.warning_probe import WarningProbe  # noqa: PLC0415 - wants ROS 2

    os.environ.update(discovery_environment(os.environ))
    name, file = f"bench_{os.getpid()}", folder / "speech.wav"
    argv = [sys.executable, "-m", "tml_ros.nodes.speaker_node", "--ros-args"]
    argv += ["-r", f"__ns:=/{name}", "-p", f"sink:={file}"]
    env = {**os.environ, **profile_environment(NODE, os.environ), PARENT_VARIABLE: str(os.getpid())}
    probe = WarningProbe(name)
    with (folder / "node.log").open("wb") as log:
        process = subprocess.Popen(argv, env=env, stdout=log, stderr=log)
        try:
            if not probe.wait_for_speaker(UP_SECONDS):
                raise MistakeError("the speaker node did not come up")
            yield probe, file
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            probe.close()


@contextmanager
def _watched(file: Path) -> Iterator[list[_Written]]:
    """When the file had grown to what, until the end of the block."""
    written: list[_Written] = []
    over = threading.Event()

    def watch() -> None:
        before = 0
        while not over.is_set():
            samples = (file.stat().st_size - HEADER_BYTES) // 2
            if samples > before:
                written.append(_Written(time.monotonic(), samples))
                before = samples
            time.sleep(LOOK_SECONDS)

    with _thread(watch, over):
        yield written


@contextmanager
def _talking(probe: WarningProbe) -> Iterator[None]:
    """Speech without an end, a turn at a time."""
    over = threading.Event()

    def talk() -> None:
        sound = speech_sound(TURN_SAMPLES)
        while not over.wait(TURN_EVERY_SECONDS):
            probe.say(sound)

    with _thread(talk, over):
        yield


@contextmanager
def _thread(work: Callable[[], None], over: threading.Event) -> Iterator[None]:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
