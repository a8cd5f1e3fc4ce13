"""Whatever a disk does: nothing raises, nothing waits for it, and the loss is accounted for."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tml_ros.audit.record_log import RecordLimits
from tml_ros.audit.record_reader import files_set_aside

PATIENCE = 20.0
DISK_VICTIM = Path(__file__).with_name("disk_victim.py")


def filled(place, count=5):
    log = place.open()
    for number in range(count):
        log.write(number, "speech", {"number": number})
    log.remember("the alarms")
    log.close()
    return log.status().head


def numbers(place):
    return [body["number"] for body in place.bodies("speech")]


def test_a_file_that_is_not_ours_is_kept_and_the_new_log_names_the_old_ones_last_seal(place):
    head = filled(place)
    file = place.folder / "record.sqlite"
    file.write_text("meeting notes " * 1_000)
    log = place.open()
    assert log.recalled() == "the alarms"
    log.write(9, "speech", {"number": 9})
    log.close()
    status = log.status()
    assert not status.failing
    assert "record.sqlite.damaged-1" in status.set_aside
    (start,) = place.bodies("start")
    assert start["previous"]["log"] == head.log
    assert (start["previous"]["seq"], start["previous"]["seal"]) == (head.seq, head.seal)
    assert "record.sqlite.damaged-1" in start["previous"]["reason"]
    assert start["clean"] is False
    assert files_set_aside(place.folder) == ["record.sqlite.damaged-1"]
    assert (numbers(place), place.check()[0].intact) == ([9], True)


def test_damage_met_while_writing_begins_a_new_log_and_loses_nothing_that_waits(place, wait_until):
    log = place.open()
    log.write(0, "speech", {"number": 0})
    assert log.flush(PATIENCE)
    head = log.status().head
    with contextlib.closing(sqlite3.connect(place.folder / "record.sqlite")) as other:
        # Somebody else's record where the next one belongs.
        other.execute("INSERT INTO records VALUES (?, 1, 'speech', '{}', 'x')", (head.seq + 1,))
        other.commit()
    log.write(1, "speech", {"number": 1})
    wait_until(lambda: log.status().set_aside and log.status().waiting == 0)
    log.close()
    assert place.bodies("start")[0]["previous"]["seal"] == head.seal
    assert (numbers(place), place.check()[0].intact) == ([1], True)


@pytest.mark.parametrize("what", ["folder", "file", "folder moved away"])
def test_a_record_that_vanishes_is_begun_anew_and_says_what_was_before(place, wait_until, what):
    log = place.open()
    log.write(0, "speech", {"number": 0})
    log.remember("the alarms")
    assert log.flush(PATIENCE)
    head = log.status().head
    if what == "folder":
        shutil.rmtree(place.folder)
    elif what == "file":
        (place.folder / "record.sqlite").unlink()
    else:
        place.folder.rename(place.folder.with_name("elsewhere"))
    log.write(1, "speech", {"number": 1})
    wait_until(lambda: log.status().set_aside and log.status().waiting == 0)
    wait_until(lambda: not log.status().failing)
    log.close()
    assert numbers(place) == [1]
    assert place.bodies("start")[0]["previous"]["seal"] == head.seal
    assert "taken away" in place.bodies("start")[0]["previous"]["reason"]
    assert place.check()[0].intact
    assert place.open().recalled() == "the alarms"


def test_a_place_where_nothing_can_be_written_holds_nobody_up_and_is_tried_again(place, wait_until):
    place.folder.parent.mkdir(exist_ok=True)
    place.folder.touch()
    log = place.open(limits=RecordLimits(waiting=8))
    for number in range(20):
        log.write(100 + number, "speech", {"number": number})
    for number in range(3):
        log.write(200 + number, "transition", {"event": "raised"})
    wait_until(lambda: log.status().failing)
    status = log.status()
    assert str(place.folder) in status.reason
    assert (status.waiting, status.lost) == (8, 15)
    place.folder.unlink()
    assert log.flush(PATIENCE)
    wait_until(lambda: not log.status().failing)
    log.close()
    assert numbers(place) == list(range(6))
    (gap,) = place.bodies("gap")
    assert (gap["count"], gap["kinds"]) == (15, {"speech": 14, "transition": 1})
    assert (gap["first_ns"], gap["last_ns"]) == (106, 202)
    (verdict,) = place.check()
    assert verdict.intact
    assert "15 records could not be written" in verdict.found[0].text


def test_what_waited_and_what_was_lost_outlives_the_process(place, run_process):
    (place.folder / "record.sqlite").mkdir(parents=True)
    log = place.open(limits=RecordLimits(waiting=8))
    for number in range(9):
        log.write(number, "speech", {"number": number})
    log.remember("the alarms")
    assert log.status().waiting == 6
    log.close()
    assert log.status().failing
    (place.folder / "record.sqlite").rmdir()
    again = place.open()
    assert again.recalled() == "the alarms"
    again.close()
    assert numbers(place) == list(range(6))
    assert [gap["count"] for gap in place.bodies("gap")] == [3]
    assert [start["recovered"] for start in place.bodies("start")] == [7]
    third = place.open()
    third.close()
    assert [gap["count"] for gap in place.bodies("gap")] == [3]
    assert place.check()[0].intact


def test_a_file_that_another_process_holds_is_waited_for(place, wait_until):
    filled(place)
    with contextlib.closing(
        sqlite3.connect(place.folder / "record.sqlite", isolation_level=None)
    ) as other:
        other.execute("BEGIN IMMEDIATE")
        log = place.open()
        assert log.recalled() == "the alarms"
        log.write(5, "speech", {"number": 5})
        wait_until(lambda: log.status().failing)
        assert "locked" in log.status().reason
        other.execute("ROLLBACK")
    assert log.flush(PATIENCE)
    log.close()
    assert (numbers(place), files_set_aside(place.folder)) == (list(range(6)), [])
    assert place.check()[0].intact


def test_a_file_that_gets_locked_later_is_waited_for(place, wait_until):
    log = place.open()
    assert log.flush(PATIENCE)
    with contextlib.closing(
        sqlite3.connect(place.folder / "record.sqlite", isolation_level=None)
    ) as other:
        other.execute("BEGIN IMMEDIATE")
        log.write(0, "speech", {"number": 0})
        wait_until(lambda: log.status().failing)
        other.execute("ROLLBACK")
    wait_until(lambda: not log.status().failing)
    log.close()
    assert (numbers(place), len(place.bodies("start"))) == ([0], 1)


def test_without_a_usable_key_it_fails_and_goes_on_once_there_is_one(place, wait_until):
    place.key.parent.mkdir()
    place.key.write_text("short")
    log = place.open()
    log.write(0, "speech", {"number": 0})
    assert log.recalled() is None
    wait_until(lambda: log.status().failing)
    assert str(place.key) in log.status().reason
    assert place.key.read_text() == "short"
    place.key.write_text("ab" * 32)
    place.key.chmod(0o600)
    assert log.flush(PATIENCE)
    log.close()
    assert (numbers(place), place.check()[0].intact) == ([0], True)


@pytest.mark.parametrize("how", ["replaced", "gone"])
def test_another_key_begins_another_log(place, how):
    head = filled(place)
    old = place.key.read_text()
    if how == "replaced":
        place.key.write_text("ab" * 32)
    else:
        place.key.unlink()
    log = place.open()
    log.write(9, "speech", {"number": 9})
    assert log.recalled() is None
    log.close()
    (start,) = place.bodies("start")
    assert "is sealed with the key" in start["previous"]["reason"]
    assert start["previous"]["seal"] == head.seal
    assert start["key"] in start["previous"]["reason"]
    assert place.check()[0].intact
    place.key.write_text(old)
    assert not place.check()[0].intact


def test_a_record_whose_end_was_cut_off_is_set_aside_and_not_gone_on_with(place):
    head = filled(place)
    with contextlib.closing(sqlite3.connect(place.folder / "record.sqlite")) as other:
        other.execute("DELETE FROM records WHERE seq > 3")
        other.commit()
    assert not place.check()[0].intact
    log = place.open()
    log.close()
    previous = place.bodies("start")[0]["previous"]
    assert (previous["seq"], previous["seal"]) == (head.seq, head.seal)
    assert f"ends at record 3, and record {head.seq} was written" in previous["reason"]
    assert len(files_set_aside(place.folder)) == 1


def test_an_anchor_that_cannot_be_written_is_told_and_caught_up_with(place, wait_until):
    place.anchor.mkdir(parents=True)
    log = place.open()
    log.write(0, "speech", {"number": 0})
    assert log.flush(PATIENCE)
    wait_until(lambda: log.status().failing)
    assert str(place.anchor) in log.status().reason
    place.anchor.rmdir()
    wait_until(lambda: not log.status().failing)
    log.close()
    assert place.check()[0].anchored_seq == 3


def test_without_a_journal_records_are_written_all_the_same(place, wait_until):
    (place.folder / "record.journal").mkdir(parents=True)
    log = place.open()
    log.write(0, "speech", {"number": 0})
    assert log.flush(PATIENCE)
    assert "record.journal" in log.status().reason
    (place.folder / "record.journal").rmdir()
    wait_until(lambda: not log.status().failing)
    log.close()
    assert numbers(place) == [0]


def test_what_is_remembered_is_not_believed_when_it_was_edited(place):
    filled(place)
    (place.folder / "record.journal").unlink()
    with contextlib.closing(sqlite3.connect(place.folder / "record.sqlite")) as other:
        other.execute("UPDATE memory SET body = 'no alarms'")
        other.commit()
    assert place.check()[0].counts
    log = place.open()
    assert log.recalled() is None
    assert any("not sealed" in problem for problem in log.status().problems)


def test_a_view_that_tells_another_story_is_found(place):
    filled(place)
    assert place.check()[0].intact
    with contextlib.closing(sqlite3.connect(place.folder / "record.sqlite")) as other:
        other.execute("DROP VIEW speech")
        other.execute("CREATE VIEW speech AS SELECT 1")
        other.commit()
    assert not place.check()[0].intact


@pytest.mark.parametrize("how", ["limit", "tmpfs", "read only"])
def test_a_disk_that_is_full_or_read_only_loses_nothing_once_it_is_not(tmp_path, how):
    program = [sys.executable, str(DISK_VICTIM), str(tmp_path), how]
    if how != "limit":
        unshare = shutil.which("unshare")
        if unshare is None or subprocess.run([unshare, "-m", "true"], check=False).returncode:
            pytest.skip("mounting a small disk is not permitted here")
        program = [unshare, "-m", *program]
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    done = subprocess.run(
        program, capture_output=True, text=True, check=False, env=environment, timeout=60
    )
    if "no mount" in done.stderr:
        pytest.skip("mounting a small disk is not permitted here")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["before"] == [False, 0]
    assert told.get("recalled", "m") == "m"
    assert told["while"][0] is True
    assert told["while"][1]
    assert told["slowest_ms"] < 500
    assert told["after"] == [False, 0]
    assert told["written"] == told["taken"]
    assert told["flaws"] == {"gap": told["lost"]} if told["lost"] else told["flaws"] == {}
