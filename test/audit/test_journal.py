"""What was added to a journal is there after the process was killed, and nothing else is."""

from __future__ import annotations

import json
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from tml_ros.audit.journal import Journal, JournalBusyError, JournalError

KEY = b"k" * 32
AREA = 4_096


@pytest.fixture
def path(tmp_path):
    return tmp_path / "deep" / "record.journal"


def opened(path, key=KEY):
    return Journal(path, key, area_bytes=AREA)


def entry(number, size=0):
    return json.dumps({"number": number, "filling": "x" * size}).encode()


def numbers(journal):
    return [one["number"] for one in journal.entries]


def test_entries_and_what_is_remembered_come_back_in_order(path):
    journal = opened(path)
    assert (journal.entries, journal.remembered) == ([], None)
    journal.add([entry(1), entry(2)])
    journal.remember(b'{"turn":1}')
    journal.add([entry(3)])
    journal.remember(b'{"turn":2}')
    journal.close()
    again = opened(path)
    assert (numbers(again), again.remembered) == ([1, 2, 3], {"turn": 2})
    again.add([entry(4)])
    again.close()
    last = opened(path)
    assert numbers(last) == [1, 2, 3, 4]
    last.close()


def test_after_a_restart_only_what_was_carried_over_is_there(path):
    journal = opened(path)
    for number in range(9):
        journal.add([entry(number)])
    journal.restart([entry(8)])
    journal.add([entry(9)])
    journal.close()
    again = opened(path)
    assert numbers(again) == [8, 9]
    again.restart([])
    again.close()
    empty = opened(path)
    assert empty.entries == []
    empty.close()


def test_a_full_journal_says_so_and_keeps_what_it_has(path):
    journal = opened(path)
    taken = 0
    with pytest.raises(JournalError, match="full"):
        for number in range(1_000):
            journal.add([entry(number, 100)])
            taken += 1
    assert taken > AREA // 250
    with pytest.raises(JournalError, match="full"):
        journal.restart([entry(0, AREA)])
    with pytest.raises(JournalError, match="room"):
        journal.remember(b"x" * (1 << 20))
    journal.close()
    again = opened(path)
    assert numbers(again) == list(range(taken))
    again.close()


def test_another_process_may_not_have_it_at_the_same_time(path):
    journal = opened(path)
    with pytest.raises(JournalBusyError):
        opened(path)
    journal.close()
    opened(path).close()


def test_without_its_key_a_journal_is_renamed_and_a_new_one_begun(path):
    journal = opened(path)
    journal.add([entry(1)])
    journal.close()
    other = opened(path, b"o" * 32)
    assert (other.entries, other.unreadable) == ([], True)
    other.close()
    kept = opened(path.with_name("record.journal.unreadable"))
    assert numbers(kept) == [1]
    kept.close()


@pytest.mark.parametrize("content", [b"", b"meeting notes", bytes(100_000), os.urandom(100_000)])
def test_whatever_lies_there_a_journal_is_opened(path, content):
    path.parent.mkdir()
    path.write_bytes(content)
    journal = opened(path)
    assert journal.entries == []
    journal.add([entry(1)])
    journal.close()
    again = opened(path)
    assert numbers(again) == [1]
    again.close()


def test_its_space_is_taken_beforehand_and_nobody_else_may_read_it(path):
    journal = opened(path)
    found = path.stat()
    assert found.st_blocks * 512 >= found.st_size > 2 * AREA
    assert found.st_mode & 0o077 == 0
    journal.close()


@pytest.mark.parametrize("place", ["file as folder", "folder as file"])
def test_a_place_where_there_can_be_none_is_told(tmp_path, place):
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    where = {"file as folder": "file/record.journal", "folder as file": "folder"}[place]
    with pytest.raises(JournalError):
        opened(tmp_path / where)


def test_that_it_was_taken_away_is_noticed(path):
    journal = opened(path)
    assert journal.still_there()
    path.unlink()
    assert not journal.still_there()
    journal.close()


@pytest.fixture(scope="module")
def torn(tmp_path_factory):
    """A journal's bytes after three entries in its second area, and where they begin."""
    path = tmp_path_factory.mktemp("torn") / "record.journal"
    journal = opened(path)
    journal.add([entry(0)])
    journal.restart([])
    start = 4_096 + (2 << 20) + AREA * journal._area
    for number in (1, 2, 3):
        journal.add([entry(number)])
    used = journal.used_bytes
    journal.close()
    return path, path.read_bytes(), start, used


@settings(max_examples=40)
@given(st.data())
def test_a_torn_or_edited_end_is_no_entry(torn, data):
    path, content, start, used = torn
    place = start + data.draw(st.integers(0, used - 1))
    wrong = bytearray(content)
    wrong[place : place + data.draw(st.sampled_from([1, 7, AREA]))] = data.draw(
        st.binary(min_size=1, max_size=40)
    )
    path.write_bytes(bytes(wrong[: len(content)]))
    journal = Journal(path, KEY, area_bytes=AREA)
    journal.close()
    # The area before it, where the newer one no longer opens.
    assert numbers(journal) in ([0], [], [1], [1, 2], [1, 2, 3])


class JournalMachine(RuleBasedStateMachine):
    """Whatever is done to a journal, opening it again finds what a list would hold."""

    def __init__(self):
        super().__init__()
        import tempfile  # noqa: PLC0415
        from pathlib import Path  # noqa: PLC0415

        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "record.journal"
        self.journal = opened(self.path)
        self.held, self.number, self.memory = [], 0, None

    @rule(count=st.integers(0, 3), size=st.integers(0, 300))
    def add(self, count, size):
        fresh = list(range(self.number, self.number + count))
        self.number += count
        try:
            self.journal.add([entry(number, size) for number in fresh])
            self.held += fresh
        except JournalError:
            pass

    @rule(keep=st.integers(0, 4))
    def restart(self, keep):
        kept = self.held[len(self.held) - min(keep, len(self.held)) :]
        self.journal.restart([entry(number) for number in kept])
        self.held = kept

    @rule(turn=st.integers(1, 9))
    def remember(self, turn):
        turn += (self.memory or {"turn": 0})["turn"]
        self.journal.remember(json.dumps({"turn": turn}).encode())
        self.memory = {"turn": turn}

    @rule()
    def kill(self):
        self.journal.close()
        self.journal = opened(self.path)
        assert numbers(self.journal) == self.held
        assert self.journal.remembered == self.memory

    def teardown(self):
        self.kill()
        self.journal.close()
        self.folder.cleanup()


JournalMachine.TestCase.settings = settings(max_examples=25, stateful_step_count=20)
TestJournalMachine = JournalMachine.TestCase
