"""`tml-ros bench delegation`: what a question to the background costs on its way through the graph.

A real background node in a process of its own, over DDS, with its memory on the disk. Main thread.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer
from rich.console import Console

from tml_ros.background.contracts import Delegation, Finding
from tml_ros.cli.dds_profile import NODE, discovery_environment, profile_environment
from tml_ros.cli.mistake import MistakeError
from tml_ros.cli.turn_table import print_figures, rounded
from tml_ros.nodes.exit_codes import PARENT_VARIABLE

if TYPE_CHECKING:
    from tml_ros.nodes.asker import Asker

QUESTION = "how is press 1?"
UP_SECONDS = 30.0
ANSWER_SECONDS = 120.0
ASK_AGAIN_SECONDS = 1.0
PER_KILL = 20
LONGEST_LIFE_S = 0.3
CELL = """cell: {name}
cameras: {{unused: {{}}}}
machines:
  press_1:
    telemetry: {{temperature: {{type: std_msgs/Float64, unit: degC}}}}
background: {{store: store}}
"""


@dataclass(slots=True)
class _Heard:
    """Final findings by what they answer, and when the first came."""

    ends: dict[str, list[Finding]] = field(default_factory=dict)
    at_s: dict[str, float] = field(default_factory=dict)

    def take(self, finding: Finding) -> None:
        if finding.delegation is not None and finding.final:
            self.ends.setdefault(finding.delegation, []).append(finding)
            self.at_s.setdefault(finding.delegation, time.monotonic())


class _Bench:
    """One background node that can be killed and started again, and who asks it."""

    def __init__(self, folder: Path, asker: Asker, name: str) -> None:
        self.asker = asker
        self.heard = _Heard()
        self._path = folder / "cell.yaml"
        self._path.write_text(CELL.format(name=name), encoding="utf-8")
        self._name = name
        self._log = (folder / "node.log").open("wb")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        return 0 if self._process is None else self._process.pid

    def start(self) -> None:
        argv = [sys.executable, "-m", "tml_ros.nodes.background_node", "--ros-args"]
        argv += ["-r", f"__ns:=/{self._name}", "-p", f"cell:={self._path}"]
        env = {**os.environ, **discovery_environment(os.environ)}
        env |= profile_environment(NODE, env)
        env[PARENT_VARIABLE] = str(os.getpid())
        self._process = subprocess.Popen(argv, env=env, stdout=self._log, stderr=self._log)

    def kill(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()
        self._log.close()

    def ask(self, name: str) -> None:
        self.asker.ask(Delegation(id=name, question=QUESTION, asked_by="bench"))

    def listen(self, seconds: float) -> None:
        """Take in what comes within so long, until a moment's silence at most."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            try:
                self.heard.take(self.asker.findings.get(timeout=left))
            except queue.Empty:
                return

    def settle(self, names: list[str]) -> bool:
        """Wait for all answers, asking again under the same ids; whether all came."""
        deadline = time.monotonic() + ANSWER_SECONDS
        asked_s = time.monotonic()
        while any(name not in self.heard.ends for name in names):
            if time.monotonic() > deadline:
                return False
            if time.monotonic() - asked_s > ASK_AGAIN_SECONDS:
                asked_s = time.monotonic()
                for name in names:
                    if name not in self.heard.ends:
                        self.ask(name)
            self.listen(0.02)
        return True


def delegation(
    *,
    questions: Annotated[
        int, typer.Option(metavar="N", min=1, max=100_000, help="Asked one after another.")
    ] = 200,
    flood: Annotated[
        int, typer.Option(metavar="N", min=1, max=1_000, help="Asked all at once.")
    ] = 1_000,
    kills: Annotated[
        int, typer.Option(metavar="N", min=0, max=1_000, help="How often the node is killed.")
    ] = 50,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object and nothing else.")
    ] = False,
) -> None:
    """Ask the background through the graph: round trips, a flood, and what a kill loses.

    The node is killed by SIGKILL in the middle of its work and started again on the same memory;
    who asked asks again under the same id until an answer comes.

    Exit code: 0 nothing was lost, 1 something was.
    """
    try:
        figures = bench_delegation(questions=questions, flood=flood, kills=kills)
    except ImportError as error:
        raise MistakeError(f"this needs ROS 2 for Python ({error}); see `make setup`") from error
    if as_json:
        print(json.dumps(rounded(figures)))
    else:
        print_figures(figures, Console(highlight=False))
    if figures["flood"]["lost"] or figures["kills"]["lost"]:
        raise typer.Exit(1)


def bench_delegation(*, questions: int, flood: int, kills: int, seed: int = 1) -> dict[str, Any]:
    """The figures; times in ms, memory in MB."""
    with tempfile.TemporaryDirectory() as folder, _bench(Path(folder)) as bench:
        return {
            "status_question_ms": _round_trips(bench, questions),
            "flood": _flood(bench, flood),
            "kills": _kills(bench, kills, np.random.default_rng(seed)),
        }


@contextmanager
def _bench(folder: Path) -> Iterator[_Bench]:
    from tml_ros.nodes.asker import Asker  # noqa: PLC0415 - wants ROS 2, help does not

    os.environ.update(discovery_environment(os.environ))
    name = f"bench_{os.getpid()}"
    asker = Asker(name)
    bench = _Bench(folder, asker, name)
    try:
        bench.start()
        if not asker.wait_for_background(UP_SECONDS):
            raise MistakeError("the background node did not come up")
        yield bench
    finally:
        bench.stop()
        asker.close()


def _round_trips(bench: _Bench, number: int) -> dict[str, float]:
    bench.ask("warm-up")
    bench.settle(["warm-up"])
    took = []
    for index in range(number):
        name = f"one-{index}"
        began_s = time.monotonic()
        bench.ask(name)
        while name not in bench.heard.ends:
            bench.heard.take(bench.asker.findings.get(timeout=ANSWER_SECONDS))
        took.append((bench.heard.at_s[name] - began_s) * 1e3)
    p50, p99 = np.percentile(took, [50, 99])
    return {"p50": float(p50), "p99": float(p99), "max": max(took)}


def _flood(bench: _Bench, number: int) -> dict[str, Any]:
    names = [f"flood-{index}" for index in range(number)]
    before = _memory_mb(bench.pid)
    began_s = time.monotonic()
    for name in names:
        bench.ask(name)
    bench.settle(names)
    lost = [name for name in names if name not in bench.heard.ends]
    last_s = max(bench.heard.at_s.get(name, began_s) for name in names)
    refused = sum(bench.heard.ends[name][0].outcome.value == "refused" for name in names
                  if name in bench.heard.ends)  # fmt: skip
    return {
        "asked": number,
        "lost": len(lost),
        "refused": refused,
        "seconds": last_s - began_s,
        "memory_before_mb": before,
        "memory_after_mb": _memory_mb(bench.pid),
    }


def _kills(bench: _Bench, number: int, rng: np.random.Generator) -> dict[str, Any]:
    names: list[str] = []
    for index in range(number):
        fresh = [f"kill-{index}-{place}" for place in range(PER_KILL)]
        for name in fresh:
            bench.ask(name)
        names += fresh
        # Killed while it takes in, works or writes.
        bench.listen(rng.uniform(0.0, LONGEST_LIFE_S))
        bench.kill()
        bench.start()
        bench.settle(fresh[:1])
    bench.settle(names)
    lost = sum(name not in bench.heard.ends for name in names)
    contradicted = sum(
        len({(end.id, end.outcome, end.say) for end in bench.heard.ends.get(name, ())}) > 1
        for name in names
    )
    repeated = sum(len(bench.heard.ends.get(name, ())) > 1 for name in names)
    return {
        "kills": number,
        "asked": len(names),
        "lost": lost,
        "contradicted": contradicted,
        "told_again": repeated,
    }


def _memory_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0
