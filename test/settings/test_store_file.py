"""Whatever lies where a store should be, there is one to work with, and nothing is deleted."""

from __future__ import annotations

import contextlib
import sqlite3

import pytest

from tml_ros.settings.store_file import MAX_PROBLEMS, StoreFile, is_damage

SCHEMA = "CREATE TABLE thing (id INTEGER PRIMARY KEY, name TEXT)"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "deep" / "store.db"


@pytest.fixture
def opened():
    files = []

    def start(path, **changes):
        options = {"schema": SCHEMA, "application_id": 77, "version": 3, **changes}
        files.append(StoreFile(path, **options))
        return files[-1]

    yield start
    for file in files:
        file.close()


def _names(file):
    return [name for (name,) in file.connection.execute("SELECT name FROM thing ORDER BY id")]


def _add(file, name):
    with file.transaction() as connection:
        connection.execute("INSERT INTO thing (name) VALUES (?)", (name,))


def _a_store(opened, path):
    first = opened(path)
    _add(first, "first")
    first.close()


def test_a_new_file_is_made_with_its_folder(opened, path):
    file = opened(path)
    assert (file.on_disk, file.problems, path.is_file()) == (True, [], True)
    assert file.connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert file.bytes() > 0


def test_no_path_is_memory_without_a_complaint(opened):
    file = opened(None)
    _add(file, "a")
    assert (file.on_disk, file.problems, _names(file)) == (False, [], ["a"])
    assert file.bytes() > 0


def test_a_file_is_found_again(opened, path):
    _a_store(opened, path)
    assert _names(opened(path)) == ["first"]


def test_a_failed_transaction_leaves_nothing(opened, path):
    file = opened(path)
    with pytest.raises(sqlite3.IntegrityError), file.transaction() as connection:
        connection.execute("INSERT INTO thing VALUES (1, 'a')")
        connection.execute("INSERT INTO thing VALUES (1, 'b')")
    assert _names(file) == []
    _add(file, "c")
    assert _names(file) == ["c"]


def _foreign_database(path):
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE customers (name TEXT)")


def _other_version(path):
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA application_id=77")
        connection.execute("PRAGMA user_version=99")
        connection.execute("CREATE TABLE thing (id INTEGER)")


STRANGE = {
    "a text": lambda path: path.write_text("meeting notes " * 1000),
    "noise": lambda path: path.write_bytes(bytes(range(256)) * 64),
    "another program's database": _foreign_database,
    "another version": _other_version,
}


@pytest.mark.parametrize("what", STRANGE)
def test_what_is_not_ours_is_renamed_and_a_new_file_begun(opened, path, what):
    path.parent.mkdir()
    STRANGE[what](path)
    before = path.read_bytes()
    file = opened(path)
    _add(file, "new")
    assert (file.on_disk, _names(file)) == (True, ["new"])
    assert path.with_name("store.db.damaged-1").read_bytes() == before
    (problem,) = file.problems
    assert "store.db.damaged-1" in problem


def test_the_second_damaged_file_does_not_replace_the_first(opened, path):
    path.parent.mkdir()
    for number in (1, 2):
        path.write_text(f"nonsense {number} " * 100)
        opened(path).close()
    assert "nonsense 1" in path.with_name("store.db.damaged-1").read_text()
    assert "nonsense 2" in path.with_name("store.db.damaged-2").read_text()


def test_damage_in_the_middle_is_found_when_opened(opened, path):
    file = opened(path)
    for number in range(2000):
        file.connection.execute("INSERT INTO thing (name) VALUES (?)", (f"thing {number}" * 5,))
    file.close()
    with path.open("r+b") as raw:
        raw.seek(8 * 4096)
        raw.write(b"\xaa" * 4 * 4096)
    again = opened(path)
    assert _names(again) == []
    assert "is damaged" in again.problems[0]
    assert path.with_name("store.db.damaged-1").is_file()


def test_half_a_file_is_damaged(opened, path):
    file = opened(path)
    for number in range(500):
        file.connection.execute("INSERT INTO thing (name) VALUES (?)", (f"thing {number}" * 9,))
    file.close()
    path.write_bytes(path.read_bytes()[:10_000])
    assert "damaged" in opened(path).problems[0]


def test_an_empty_file_is_a_new_one(opened, path):
    path.parent.mkdir()
    path.touch()
    file = opened(path)
    assert (file.on_disk, file.problems) == (True, [])


@pytest.mark.parametrize("blocked", ["file as folder", "folder as file"])
def test_where_no_file_can_be_work_goes_on_in_memory(opened, tmp_path, blocked):
    if blocked == "file as folder":
        (tmp_path / "in_the_way").write_text("x")
        path = tmp_path / "in_the_way" / "store.db"
    else:
        path = tmp_path / "store.db"
        path.mkdir()
    file = opened(path)
    _add(file, "a")
    assert (file.on_disk, _names(file)) == (False, ["a"])
    assert "going on in memory" in file.problems[0]


def test_a_file_that_cannot_be_written_is_read_into_memory(opened, path, monkeypatch):
    _a_store(opened, path)
    real = sqlite3.connect

    def read_only(name, **options):
        """What opening a file of a read-only folder comes to, also for root."""
        if not options.get("uri") and name != ":memory:":
            return real(f"{path.as_uri()}?mode=ro", **{**options, "uri": True})
        return real(name, **options)

    monkeypatch.setattr(sqlite3, "connect", read_only)
    file = opened(path)
    assert (file.on_disk, _names(file)) == (False, ["first"])
    _add(file, "second")
    assert _names(file) == ["first", "second"]
    assert "kept in memory" in file.problems[0]
    small = opened(path, memory_bytes=10)
    assert _names(small) == []


def test_a_reader_sees_what_a_writer_has_committed_and_changes_nothing(opened, path):
    writer = opened(path)
    _add(writer, "a")
    reader = opened(path, read_only=True)
    _add(writer, "b")
    assert (reader.on_disk, _names(reader)) == (True, ["a", "b"])
    with pytest.raises(sqlite3.OperationalError):
        _add(reader, "c")


def test_a_reader_leaves_even_a_damaged_file_alone(opened, path):
    path.parent.mkdir()
    path.write_text("nonsense " * 100)
    file = opened(path, read_only=True)
    assert (_names(file), [entry.name for entry in path.parent.iterdir()]) == ([], ["store.db"])
    assert file.problems
    missing = opened(path.with_name("missing.db"), read_only=True)
    assert (_names(missing), len(missing.problems)) == ([], 1)
    assert not path.with_name("missing.db").exists()


def test_a_store_that_another_is_writing_is_no_damage(opened, path):
    first, second = opened(path), opened(path)
    with first.transaction(), pytest.raises(sqlite3.OperationalError) as raised:
        _add(second, "a")
    assert not is_damage(raised.value)


def test_problems_are_bounded(opened, path):
    file = opened(path)
    for _ in range(MAX_PROBLEMS + 5):
        file.set_aside("is damaged (said so)")
    assert len(file.problems) == MAX_PROBLEMS
