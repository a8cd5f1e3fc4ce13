"""Writes a record onto a disk that fills up, or turns read only, and is well again.

`python disk_victim.py FOLDER limit|tmpfs|"read only"`: prints what happened as JSON.
"""

from __future__ import annotations

import contextlib
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

from tml_ros.audit.anchor import read_anchors
from tml_ros.audit.record_key import load_key
from tml_ros.audit.record_log import RecordLimits, RecordLog
from tml_ros.audit.record_reader import check_place, open_log

LIMIT = 20_000_000
TMPFS = "24m"


def mount(disk: Path, *options: str) -> None:
    try:
        subprocess.run(["mount", *options, str(disk)], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        sys.exit("no mount")


def break_disk(how: str, disk: Path) -> None:
    if how == "limit":
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, resource.RLIM_INFINITY))
    elif how == "tmpfs":
        with (disk / "filling").open("wb") as file:
            try:
                while True:
                    file.write(bytes(100_000))
            except OSError:
                pass
            with contextlib.suppress(OSError):
                file.flush()
            # Closing would try to write the rest.
            file.raw.close()
    else:
        mount(disk, "-o", "remount,ro")


def heal_disk(how: str, disk: Path) -> None:
    if how == "limit":
        hard = resource.RLIM_INFINITY
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    elif how == "tmpfs":
        (disk / "filling").unlink()
    else:
        mount(disk, "-o", "remount,rw")


def main() -> None:
    folder, how = Path(sys.argv[1]), sys.argv[2]
    disk = folder / "disk"
    disk.mkdir()
    if how != "limit":
        mount(disk, "-t", "tmpfs", "-o", f"size={TMPFS}", "tmpfs")
    record, key, anchor = disk / "record", folder / "keys" / "key", folder / "keys" / "anchor"
    log = RecordLog(record, key, anchor, limits=RecordLimits(waiting=500))
    taken = 0
    slowest = 0.0

    def write(count: int) -> None:
        nonlocal taken, slowest
        for _ in range(count):
            before, lost = time.perf_counter(), log.status().lost
            log.write_all(
                [(taken, "transition", {"number": taken, "filling": "x" * 1_000})], memory="m"
            )
            slowest = max(slowest, time.perf_counter() - before)
            taken += log.status().lost == lost

    def wait_for(failing: bool) -> list[object]:
        deadline = time.monotonic() + 20
        while log.status().failing is not failing and time.monotonic() < deadline:
            write(1)
            time.sleep(0.02)
        return [log.status().failing, log.status().waiting if not failing else log.status().reason]

    write(50)
    log.flush(10)
    told = {"before": [log.status().failing, log.status().waiting]}
    if how == "read only":
        # A disk with files open for writing does not turn read only.
        log.close()
        break_disk(how, disk)
        log = RecordLog(record, key, anchor, limits=RecordLimits(waiting=500))
        told["recalled"] = log.recalled()
    else:
        break_disk(how, disk)
    write(200)
    told["while"] = wait_for(failing=True)
    write(600)
    heal_disk(how, disk)
    deadline = time.monotonic() + 10
    while (log.status().failing or not log.flush(1)) and time.monotonic() < deadline:
        time.sleep(0.02)
    told["after"] = [log.status().failing, log.status().waiting]
    told["lost"] = log.status().lost and 1
    log.close()
    with open_log(record / "record.sqlite") as opened:
        written = [one for one in opened.store.records() if one.kind == "transition"]
    (checked,) = check_place(record, load_key(key), read_anchors(anchor)[0])
    told["flaws"] = {flaw.value: count for flaw, count in checked.verdict.counts.items()}
    told["taken"], told["written"] = taken, len(written)
    told["slowest_ms"] = slowest * 1_000
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
