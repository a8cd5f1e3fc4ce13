"""A background that is killed in the middle of its work loses nothing."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from contextlib import closing
from pathlib import Path

from tml_ros.background.task_store import TaskStore

VICTIM = Path(__file__).with_name("desk_victim.py")
KILLS = 20


def test_what_was_accepted_before_a_kill_is_answered_once_after_it(tmp_path, run_process):
    process = run_process(["python", str(VICTIM), str(tmp_path), str(KILLS), "7"])
    assert process.wait(30) == 0, process.output()
    accepted, told = set(), defaultdict(set)
    for line in (tmp_path / "log").read_text().splitlines():
        word, *names = line.split()
        assert word != "problem", line
        if word == "accepted":
            accepted.update(names)
        else:
            told[names[0]].add(names[1])
    assert len(accepted) > KILLS
    assert accepted <= told.keys()
    assert all(len(contents) == 1 for contents in told.values())
    with closing(sqlite3.connect(tmp_path / "tasks.db")) as database:
        rows = database.execute("SELECT id, state FROM tasks").fetchall()
    assert {name for name, _ in rows} == told.keys()
    assert {state for _, state in rows} == {"ended"}
    store = TaskStore(tmp_path / "tasks.db")
    assert (store.problems, store.untold()) == ((), [])
    store.close()
