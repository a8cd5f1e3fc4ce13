"""Runs a desk in child processes that are killed in the middle of their work, again and again.

`python desk_victim.py FOLDER KILLS SEED`: the store is FOLDER/tasks.db. Before a child goes on, it
appends to FOLDER/log what it has seen: "accepted ID" or "final ID CONTENT". The last child is left
to finish all there is.
"""

from __future__ import annotations

import hashlib
import os
import random
import signal
import sys
from pathlib import Path

from tml_ros.background.contracts import Delegation, Finding, Outcome
from tml_ros.background.task_desk import TaskDesk
from tml_ros.background.task_store import KeepLimits, TaskStore


def log_to(file: int, *words: str) -> None:
    os.write(file, (" ".join(words) + "\n").encode())


def tell(file: int, findings: tuple[Finding, ...]) -> None:
    for finding in findings:
        content = hashlib.sha256(finding.model_dump_json().encode()).hexdigest()[:16]
        log_to(file, "final", str(finding.delegation), content)


def work(folder: Path, life: int, rng: random.Random, *, asks: bool) -> None:
    file = os.open(folder / "log", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    desk = TaskDesk(TaskStore(folder / "tasks.db", limits=KeepLimits(number=100_000)))
    for problem in desk.problems:
        log_to(file, "problem", problem)
    tell(file, desk.resume(life))
    number = 0
    while True:
        if asks and rng.random() < 0.6:
            number += 1
            names = [f"{life}-{number}-{which}" for which in range(rng.choice([1, 1, 5]))]
            replaced = f"{life}-{number - 1}-0" if number > 1 and rng.random() < 0.2 else None
            asked = [Delegation(id=name, supersedes=replaced) for name in names]
            findings = desk.submit_all(asked, life)
            log_to(file, "accepted", *names)
            tell(file, findings)
        elif (task := desk.next_task(life)) is not None:
            answer = Finding(id="x", outcome=Outcome.ANSWERED, say=f"{os.getpid()}")
            tell(file, desk.conclude(task, answer, life))
        elif not asks:
            break
    desk.close()


def main() -> None:
    folder, kills, rng = Path(sys.argv[1]), int(sys.argv[2]), random.Random(int(sys.argv[3]))
    for life in range(kills + 1):
        seed, last = rng.random(), life == kills
        size = (folder / "log").stat().st_size if life else 0
        child = os.fork()
        if not child:
            work(folder, life, random.Random(seed), asks=not last)
            os._exit(0)
        if not last:
            enough = size + rng.randrange(1, 2_000)
            while not (folder / "log").exists() or (folder / "log").stat().st_size < enough:
                assert os.waitpid(child, os.WNOHANG) == (0, 0)
                os.sched_yield()
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
