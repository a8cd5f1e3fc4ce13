"""The moshi package's language model beside ours, measured in an environment of its own.

Moshi's requirements contradict ours, so it lives in `.venv-moshi` (`tools/install_moshi.py`) and is
timed by `moshi_stream` in a process of that environment's Python. Knows nothing of torch or of how
figures are shown. That moshi is not there, or does not run, is an answer and not an error: the
measurement that asked goes on without it. The calling thread waits for the process.
"""

from __future__ import annotations

import math
import os
import subprocess
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tml_ros.bench import moshi_stream

ENVIRONMENT = Path(__file__).resolve().parents[2] / ".venv-moshi"
INSTALL = "python3 tools/install_moshi.py"
TIMEOUT_SECONDS = 600.0

Milliseconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class StepTimes(_Strict):
    """Milliseconds of one 80 ms step."""

    p50: Milliseconds
    p99: Milliseconds


class MoshiFigures(_Strict):
    """What moshi's language model costs.

    steps: timed, of 80 ms of stream each. ms_per_second: of computing per second of stream.
    torch, moshi: their versions. notes: what exactly was timed and what it leaves out.
    """

    steps: Annotated[int, Field(ge=1)]
    step_ms: StepTimes
    ms_per_second: Milliseconds
    parameters: Annotated[int, Field(ge=1)]
    torch: str
    moshi: str
    notes: str


class MoshiAbsent(_Strict):
    """There is no figure. reason: why. remedy: the command, or the next step, that gets one."""

    reason: str
    remedy: str


class MoshiOutputError(ValueError):
    """What the process wrote is not one object of figures; the message says what is wrong."""


def measure(
    *,
    width: int,
    layers: int,
    heads: int,
    hidden: int,
    seconds: float,
    threads: int,
    vocabulary: int = 2048,
    memory_seconds: float = 60.0,
    environment: Path = ENVIRONMENT,
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> MoshiFigures | MoshiAbsent:
    """Time moshi's language model at this size over so many seconds of stream, its memory full.

    hidden: width inside a feed-forward block. vocabulary: of text. Before the first timed step
    `memory_seconds` of stream are run, untimed. timeout_seconds: for all of it.
    Raises ValueError for a size that moshi cannot be built at.
    """
    counts = {
        "width": width,
        "layers": layers,
        "heads": heads,
        "hidden": hidden,
        "threads": threads,
        "vocabulary": vocabulary,
    }
    spans = {"seconds": seconds, "memory_seconds": memory_seconds}
    _check(counts, spans)
    python = environment / "bin" / "python"
    # Isolated, because the script's own folder must not shadow modules that it imports.
    command = [str(python), "-I", str(Path(moshi_stream.__file__).resolve())]
    command += [f"--{name}={value}" for name, value in {**counts, **spans}.items()]
    run = _run(command, threads=threads, timeout_seconds=timeout_seconds)
    if isinstance(run, MoshiAbsent):
        return run
    if run.returncode == moshi_stream.NOT_IMPORTED:
        return MoshiAbsent(reason=_last_line(run.stderr), remedy=INSTALL)
    by_hand = f"see what it says: {' '.join(command)}"
    if run.returncode != 0:
        reason = f"moshi ended with status {run.returncode}: {_last_line(run.stderr)}"
        return MoshiAbsent(reason=reason, remedy=by_hand)
    try:
        return parse_figures(run.stdout)
    except MoshiOutputError as error:
        return MoshiAbsent(reason=str(error), remedy=by_hand)


def parse_figures(text: str) -> MoshiFigures:
    """The figures that `moshi_stream` wrote. Raises MoshiOutputError for anything else."""
    try:
        return MoshiFigures.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "output"
        raise MoshiOutputError(f"moshi's figures cannot be read: {where}: {first['msg']}") from None


def _run(
    command: list[str], *, threads: int, timeout_seconds: float
) -> subprocess.CompletedProcess[str] | MoshiAbsent:
    if not Path(command[0]).exists():
        return MoshiAbsent(reason=f"there is no {command[0]}", remedy=INSTALL)
    try:
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **_threads(threads)},
            timeout=timeout_seconds,
        )
    except subprocess.TimeoutExpired:
        return MoshiAbsent(
            reason=f"moshi did not finish within {timeout_seconds:g} s",
            remedy="measure fewer seconds, or on a machine that is less busy",
        )
    except OSError as error:
        return MoshiAbsent(reason=f"{command[0]} does not start: {error}", remedy=INSTALL)


def _check(counts: dict[str, int], spans: dict[str, float]) -> None:
    """Raises ValueError naming what does not fit and what would."""
    for name, count in counts.items():
        if count < 1:
            raise ValueError(f"{name} must be >= 1, got {count}")
    for name, span in spans.items():
        if not (math.isfinite(span) and span > 0):
            raise ValueError(f"{name} must be > 0 and finite, got {span}")
    width, heads = counts["width"], counts["heads"]
    if width % (2 * heads) or width < 4:
        raise ValueError(
            f"width must be a multiple of twice the {heads} heads and >= 4, got {width}"
        )


def _threads(count: int) -> dict[str, str]:
    """Environment in which numeric libraries start with so many threads."""
    names = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    return dict.fromkeys(names, str(count))


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1][:300] if lines else "it said nothing"
