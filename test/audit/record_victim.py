"""Writes a record in child processes that are killed in the middle of it, again and again.

`python record_victim.py FOLDER KILLS SEED`: each child writes transitions and what is remembered
with them, and only then appends "life number" to FOLDER/published, as a guardian publishes. What a
child recalls at its start goes to FOLDER/recalled. The last child closes the record.
"""

from __future__ import annotations

import os
import random
import signal
import sys
from pathlib import Path

from tml_ros.audit.record_log import RecordLog


def append(path: Path, words: str) -> None:
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(file, f"{words}\n".encode())
    os.close(file)


def work(folder: Path, life: int, *, ends: bool) -> None:
    log = RecordLog(folder / "record", folder / "keys" / "key", folder / "keys" / "anchor")
    append(folder / "recalled", str(log.recalled()))
    published = folder / "published"
    number = 0
    while not ends:
        number += 1
        name = f"{life} {number}"
        log.write_all(
            [(number, "transition", {"name": name}), (number, "speech", {"name": name})],
            memory=name,
        )
        append(published, name)
    log.close()


def main() -> None:
    folder, kills, rng = Path(sys.argv[1]), int(sys.argv[2]), random.Random(int(sys.argv[3]))
    published = folder / "published"
    published.touch()
    for life in range(kills + 1):
        last = life == kills
        enough = published.stat().st_size + rng.randrange(1, 6_000)
        child = os.fork()
        if not child:
            work(folder, life, ends=last)
            os._exit(0)
        if not last:
            while published.stat().st_size < enough:
                assert os.waitpid(child, os.WNOHANG) == (0, 0)
                os.sched_yield()
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        assert not last or status == 0


if __name__ == "__main__":
    main()
