"""Tasks are kept, whatever becomes of the disk; and where they are not, that is said."""

from __future__ import annotations

import os
import resource
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tml_ros.background.contracts import Delegation, Finding, Outcome
from tml_ros.background.task_desk import TaskDesk
from tml_ros.background.task_file import TaskFile
from tml_ros.background.task_record import TaskState, new_record
from tml_ros.background.task_store import RETRY_NS, KeepLimits, TaskStore


def record(name, number=1, **fields):
    return replace(new_record(Delegation(id=name, question="?"), number), **fields)


def ended(name, number, ended_ns, finding="x"):
    return record(
        name,
        number,
        state=TaskState.ENDED,
        ended_number=number,
        ended_ns=ended_ns,
        told=True,
        finding=finding,
    )


def kept(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as database:
        return {name for (name,) in database.execute("SELECT id FROM tasks")}


@contextmanager
def full_disk() -> Iterator[None]:
    """No file of this process can grow, as on a full disk."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_what_was_committed_is_there_at_the_next_start(tmp_path):
    path = tmp_path / "tasks.db"
    store = TaskStore(path)
    records = [ended("b", 2, 7), record("a", 1, orphaned=True, broken=2), record("c", 3, begun=1)]
    for one in records:
        store.put(one)
    store.commit(1)
    assert kept(path) == {"a", "b", "c"}
    store.close()
    again = TaskStore(path)
    assert [again.get(one.id) for one in records] == records
    assert [one.id for one in again.open_records()] == ["a", "c"]
    assert (again.counts, again.next_number(), again.problems) == ((2, 1), 4, ())
    again.close()


@pytest.mark.parametrize(
    ("limits", "left"),
    [
        (KeepLimits(), "abcd"),
        (KeepLimits(number=2), "cd"),
        (KeepLimits(number=0), ""),
        (KeepLimits(age_ns=15), "cd"),
        (KeepLimits(chars=2 * record("a").chars + 2), "cd"),
    ],
)
def test_ended_tasks_are_kept_by_number_age_and_size_and_open_ones_always(tmp_path, limits, left):
    path = tmp_path / "tasks.db"
    store = TaskStore(path, limits=limits)
    store.put(record("open", 9))
    for number, name in enumerate("abcd", 1):
        store.put(ended(name, number, number * 10))
        store.commit(number * 10)
        store.put(ended(name, number, number * 10))
    store.commit(45)
    assert kept(path) == {*left, "open"}
    assert store.counts == (1, len(left))
    store.close()


def test_a_store_without_a_file_keeps_in_memory():
    store = TaskStore(None)
    store.put(record("a"))
    store.commit(1)
    assert (store.get("a"), store.problems) == (record("a"), ())
    store.close()


def test_a_file_that_cannot_be_made_is_said_and_work_goes_on(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    desk = TaskDesk(TaskStore(tmp_path / "file" / "tasks.db"))
    assert desk.resume(0) == ()
    (problem,) = desk.problems
    assert "tasks.db" in problem
    assert "in memory only" in problem
    assert desk.submit(Delegation(id="a"), 1) == ()
    task = desk.next_task(1)
    assert len(desk.conclude(task, Finding(id="x", outcome=Outcome.NO_DATA), 2)) == 1
    desk.close()


def test_a_damaged_file_is_renamed_said_and_begun_anew(tmp_path):
    path = tmp_path / "tasks.db"
    for number in (1, 2):
        path.write_bytes(b"no database at all" * 100)
        store = TaskStore(path)
        (problem,) = store.problems
        assert f"renamed to tasks.db.damaged-{number}" in problem
        store.put(record("a"))
        store.commit(1)
        store.close()
        assert kept(path) == {"a"}
    assert (tmp_path / "tasks.db.damaged-1").read_bytes().startswith(b"no database")


def test_a_file_with_a_damaged_page_is_noticed(tmp_path):
    path = tmp_path / "tasks.db"
    store = TaskStore(path)
    for number in range(100):
        store.put(record(f"task-{number}", number))
    store.commit(1)
    store.close()
    content = bytearray(path.read_bytes())
    content[4096 * 3 : 4096 * 6] = os.urandom(4096 * 3)
    path.write_bytes(content)
    store = TaskStore(path)
    assert "damaged" in store.problems[0]
    assert store.counts == (0, 0)
    store.close()


@pytest.mark.parametrize(
    "change",
    [
        "PRAGMA user_version = 99",
        "UPDATE tasks SET state = 'asleep'",
        "ALTER TABLE tasks RENAME COLUMN told TO heard",
    ],
)
def test_a_file_of_another_program_or_version_is_left_as_it_is(tmp_path, change):
    path = tmp_path / "tasks.db"
    store = TaskStore(path)
    store.put(record("a"))
    store.commit(1)
    store.close()
    with closing(sqlite3.connect(path)) as database:
        database.execute(change)
        database.commit()
    before = path.read_bytes()
    store = TaskStore(path)
    assert "left as it is" in store.problems[0]
    store.put(record("b"))
    store.commit(2 * RETRY_NS)
    store.close()
    assert path.read_bytes() == before


def test_a_strangers_database_is_not_written_into(tmp_path):
    path = tmp_path / "history.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE readings (value REAL)")
    store = TaskStore(path)
    assert "no task store" in store.problems[0]
    store.close()


def test_only_one_process_has_a_store_open(tmp_path):
    path = tmp_path / "tasks.db"
    first, second = TaskStore(path), TaskStore(path)
    assert first.problems == ()
    assert "another background process" in second.problems[0]
    first.close()
    second.close()
    third = TaskStore(path)
    assert third.problems == ()
    third.close()


def test_on_a_full_disk_work_goes_on_and_the_file_catches_up_once_there_is_room(tmp_path):
    path = tmp_path / "tasks.db"
    store = TaskStore(path, limits=KeepLimits(number=1))
    store.put(record("open", 1))
    store.put(record("ends-meanwhile", 2))
    store.commit(0)
    with full_disk():
        store.put(ended("ends-meanwhile", 3, 5))
        store.put(ended("ends-and-is-forgotten", 4, 6))
        store.commit(1)
        assert "cannot be written" in store.problems[0]
        store.put(record("new", 5))
        store.commit(RETRY_NS + 1)
        assert "cannot be written" in store.problems[0]
    store.put(record("newer", 6))
    store.commit(RETRY_NS + 2)
    assert store.problems
    assert kept(path) == {"open", "ends-meanwhile"}
    store.commit(2 * RETRY_NS + 1)
    store.put(record("newest", 7))
    store.commit(2 * RETRY_NS + 1)
    assert store.problems == ()
    assert kept(path) == {"open", "ends-and-is-forgotten", "new", "newer", "newest"}
    store.close()


def test_what_a_full_disk_kept_from_the_file_is_written_at_the_end_if_it_can_be(tmp_path):
    path = tmp_path / "tasks.db"
    store = TaskStore(path)
    with full_disk():
        store.put(record("a"))
        store.commit(0)
    assert store.problems
    store.close()
    assert kept(path) == {"a"}


def test_a_write_that_nobody_waited_for_is_noticed_when_it_failed(tmp_path, wait_until):
    path = tmp_path / "tasks.db"
    store = TaskStore(path)
    store.put(record("a"))
    store.commit(0)
    with full_disk():
        store.put(record("b"))
        store.commit(0, wait=False)
        assert store.problems == ()
        wait_until(lambda: store._writer.idle)
    store.put(record("c"))
    store.commit(1)
    assert store.problems
    assert kept(path) == {"a"}
    store.commit(1 + RETRY_NS)
    store.put(record("d"))
    store.commit(1 + RETRY_NS)
    store.close()
    assert kept(path) == {"a", "b", "c", "d"}


def test_nothing_is_written_after_what_could_not_be(tmp_path, monkeypatch, wait_until):
    path = tmp_path / "tasks.db"
    both_asked, calls = threading.Event(), []
    write = TaskFile.write

    def fail_first(self, records, gone):
        calls.append(records)
        if len(calls) == 1:
            both_asked.wait(10)
            raise OSError(5, "Input/output error")
        write(self, records, gone)

    store = TaskStore(path)
    monkeypatch.setattr(TaskFile, "write", fail_first)
    for name in "ab":
        store.put(record(name))
        store.commit(0, wait=False)
    both_asked.set()
    wait_until(lambda: store._writer.idle)
    assert kept(path) == set()
    store.commit(1)
    assert "input/output error" in store.problems[0]
    store.close()
    assert kept(path) == {"a", "b"}


def test_a_disk_that_does_not_answer_holds_nobody_up(tmp_path, monkeypatch):
    path = tmp_path / "tasks.db"
    answers = threading.Event()
    write = TaskFile.write

    def stuck(self, records, gone):
        answers.wait(10)
        write(self, records, gone)

    store = TaskStore(path, patience_s=0.05)
    monkeypatch.setattr(TaskFile, "write", stuck)
    store.put(record("a"))
    store.commit(0)
    assert "has not answered for 0.05 s" in store.problems[0]
    store.put(record("b"))
    store.commit(RETRY_NS)
    assert "still does not answer" in store.problems[0]
    answers.set()
    store.close()
    reopened = TaskStore(path)
    assert reopened.get("a") == record("a")
    reopened.close()


def test_a_file_damaged_while_in_use_is_replaced_with_all_there_is(tmp_path):
    path = tmp_path / "tasks.db"
    store = TaskStore(path)
    store.put(record("a", 1))
    store.commit(0)
    with full_disk():
        store.put(record("b", 2))
        store.commit(1)
    for file in (path, path.with_name("tasks.db-wal")):
        file.write_bytes(b"no database at all" * 500)
    store.put(record("c", 3))
    store.commit(1 + RETRY_NS)
    assert "damaged" in store.problems[0]
    store.close()
    assert kept(path) == {"a", "b", "c"}


@pytest.mark.parametrize("replaced", [False, True])
def test_a_file_removed_while_in_use_is_noticed_and_written_anew(tmp_path, replaced):
    path = tmp_path / "tasks.db"
    store = TaskStore(path)
    store.put(record("a", 1))
    store.commit(0)
    path.unlink()
    path.with_name("tasks.db-wal").unlink()
    if replaced:
        path.write_bytes(b"")
    store.put(record("b", 2))
    store.commit(1)
    assert "cannot be written" in store.problems[0]
    store.put(record("c", 3))
    store.commit(1 + RETRY_NS)
    assert store.problems == ()
    assert kept(path) == {"a", "b", "c"}
    store.close()
