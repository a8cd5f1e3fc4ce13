"""What is handed to a record is in it, in order, sealed, and comes back after a restart."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from tml_ros.audit.anchor import parse_anchor_line
from tml_ros.audit.record_body import transition_body
from tml_ros.audit.record_log import RecordLimits, RecordLog, RecordPlaceError
from tml_ros.audit.record_watch import SET_ASIDE_NS, RecordWatch
from tml_ros.safety.alarm import (
    Alarm,
    AlarmEvent,
    AlarmState,
    AlarmTransition,
    Priority,
    Withheld,
    Withholding,
)
from tml_ros.turn.hazard import Box, HazardKind

PATIENCE = 20.0


def transition(event=AlarmEvent.RAISED, stamp_ns=5_000_000_000, zone="press"):
    alarm = Alarm(
        HazardKind.PERSON_IN_ZONE,
        zone,
        AlarmState.ACTIVE_UNACKNOWLEDGED,
        Priority.CRITICAL,
        "guard",
        stamp_ns,
        stamp_ns,
        Box("hall", 1, 2, 3, 4),
        withheld=(Withholding(Withheld.SHELVED, 1, 2, "Ann", "cleaning \ud800"),),
    )
    return AlarmTransition(stamp_ns, event, alarm, stamp_ns, "Ann")


def test_a_record_holds_what_was_written_between_a_start_and_an_end(place):
    log = place.open(stamp_ns=7, about={"cell": "press"})
    for number in range(300):
        log.write(number, "speech", {"text": f"sentence {number}"})
    log.close(999)
    records = place.records()
    assert [one.seq for one in records] == list(range(1, 303))
    assert [one.kind for one in records] == ["start", *["speech"] * 300, "end"]
    assert [one.stamp_ns for one in records] == [7, *range(300), 999]
    assert place.bodies("start")[0]["about"] == {"cell": "press"}
    (verdict,) = place.check()
    assert (verdict.intact, verdict.counts, verdict.anchored_seq) == (True, {}, 302)
    status = log.status()
    assert (status.failing, status.waiting, status.lost, status.records) == (False, 0, 0, 302)
    assert (status.head.seq, log.head()) == (302, read_lines(place.anchor)[-1])
    assert parse_anchor_line(log.head()) == status.head


def read_lines(path):
    return path.read_text().splitlines()


def test_the_next_process_goes_on_with_the_log(place):
    for life in range(3):
        log = place.open(stamp_ns=life)
        log.write(life, "command", {"operator": "Ann", "command": "acknowledge"})
        log.close()
    (verdict,) = place.check()
    assert (verdict.intact, verdict.records) == (True, 9)
    assert [one["clean"] for one in place.bodies("start")] == [True] * 3
    assert len({one["log"] for one in place.bodies("start")}) == 1


def test_what_was_remembered_last_comes_back(place):
    log = place.open()
    assert log.recalled() is None
    log.remember("first")
    log.write_all([(1, "transition", {}), (2, "transition", {})], memory="second")
    assert log.recalled() == "second"
    log.close()
    again = place.open()
    assert again.recalled() == "second"
    again.remember("third " * 5_000)
    again.close()
    (place.folder / "record.journal").unlink()
    last = place.open()
    assert last.recalled() == "third " * 5_000
    last.close()
    assert place.check()[0].intact


def test_the_tables_answer_plain_sql_while_the_record_is_being_written(place, wait_until):
    log = place.open()
    log.write(5_000_000_000, "transition", transition_body(transition()))
    answer = {"command": "shelve", "operator": "Ann", "code": "accepted", "id": "c1"}
    log.write(6, "command", {"answer": answer, "sent": {"kind": "siren", "duration": 2.5}})
    log.write(7, "finding", {"id": "f1", "say": "The bearing is worn.", "urgency": "soon"})
    log.write(8, "speech", {"text": "Stand back.", "source": "guardian"})
    assert log.flush(PATIENCE)
    assert place.rows("SELECT utc, event, kind, zone, state, operator FROM transitions") == [
        (
            "1970-01-01T00:00:05Z",
            "raised",
            "person_in_zone",
            "press",
            "active_unacknowledged",
            "Ann",
        )
    ]
    assert place.rows("SELECT command, operator, kind, code FROM commands") == [
        ("shelve", "Ann", "siren", "accepted")
    ]
    assert place.rows("SELECT say FROM findings") == [("The bearing is worn.",)]
    assert place.rows("SELECT text FROM speech") == [("Stand back.",)]
    (plan,) = place.rows(
        "EXPLAIN QUERY PLAN SELECT seq FROM transitions WHERE kind = 'siren' AND zone = 'm'"
    )
    assert "transitions_by_alarm" in plan[3]
    wait_until(lambda: place.check()[0].intact)


def test_a_transition_is_recorded_whole(place):
    log = place.open()
    log.write(1, "transition", transition_body(transition()))
    log.close()
    (body,) = place.bodies("transition")
    assert body["withheld"][0]["reason"] == "cleaning ?"
    assert body["box"] == {"camera": "hall", "edges": [1, 2, 3, 4]}
    assert (body["priority"], body["hearing"]) == ("critical", "announced")


@pytest.mark.parametrize(
    "body", [{"x": 1.5}, {"x": "\ud800"}, {"x": 2**70}, {"x": object()}, {"x": "y" * 100_000}]
)
def test_what_cannot_be_recorded_as_it_is_is_recorded_as_well_as_can_be(place, body):
    log = place.open()
    log.write(1, "refusal", body)
    log.close()
    (found,) = place.bodies("refusal")
    assert found["unrecordable"]
    assert "x" in found
    assert place.check()[0].intact


def test_a_kind_that_is_none_is_the_callers_mistake(place):
    log = place.open()
    with pytest.raises(ValueError, match="allowed: start, end, transition"):
        log.write(1, "gossip", {})


@pytest.mark.parametrize("what", ["key", "anchor"])
def test_neither_key_nor_anchor_may_lie_in_the_folder_of_the_record(tmp_path, what):
    inside, outside = tmp_path / "record" / "deep" / ".." / "x", tmp_path / "y"
    paths = (inside, outside) if what == "key" else (outside, inside)
    with pytest.raises(RecordPlaceError, match="name another folder"):
        RecordLog(tmp_path / "record", *paths)


def test_many_threads_may_write_at_once(place):
    log = place.open()

    def work(name):
        for number in range(200):
            log.write(number, "speech", {"thread": name, "number": number})

    threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log.close()
    bodies = place.bodies("speech")
    for name in range(4):
        assert [one["number"] for one in bodies if one["thread"] == name] == list(range(200))
    assert place.check()[0].intact


def test_a_full_file_is_put_away_and_the_record_goes_on_in_another(place, wait_until):
    log = place.open(limits=RecordLimits(file_bytes=200_000, files=3))
    for number in range(40):
        for _ in range(100):
            log.write(number, "speech", {"text": f"{number} " * 30})
        log.remember(f"memory {number}")
        assert log.flush(PATIENCE)
        if number == 5:
            # Nothing is missing while nothing was deleted.
            assert len(place.bodies("speech")) == 600
            wait_until(lambda: all(verdict.intact for verdict in place.check()))
    log.close()
    names = sorted(path.name for path in place.folder.glob("record*.sqlite"))
    assert len(names) == 4
    assert sum(path.stat().st_size for path in place.folder.glob("*.sqlite*")) < 3_000_000
    verdicts = place.check()
    assert all(verdict.intact for verdict in verdicts)
    assert (log.status().failing, log.status().set_aside) == (False, "")
    (place.folder / names[2]).unlink()
    assert not all(verdict.intact for verdict in place.check())
    assert place.open().recalled() == "memory 39"


def test_after_it_was_closed_nothing_is_taken_in(place):
    log = place.open()
    log.close()
    log.write(1, "speech", {})
    log.close()
    assert log.status().lost == 1
    assert place.bodies("speech") == []


def test_two_processes_do_not_write_one_record(place, wait_until):
    first = place.open()
    second = place.open()
    second.write(1, "speech", {"who": "second"})
    wait_until(lambda: second.status().failing)
    assert "another process" in second.status().reason
    first.write(1, "speech", {"who": "first"})
    first.close()
    wait_until(lambda: not second.status().failing)
    second.close()
    assert [body["who"] for body in place.bodies("speech")] == ["first", "second"]
    assert place.check()[0].intact


def test_a_record_that_fails_is_a_hazard_until_it_no_longer_does(place):
    log, watch = place.open(), RecordWatch()

    def score(status, steady_ns):
        (hazard,) = watch.hazards(status, steady_ns, 1)
        assert hazard.kind is HazardKind.RECORD_FAILED
        return hazard.score

    well = log.status()
    assert score(well, 0) == 0
    assert score(replace(well, failing=True), 1) == 1
    assert score(well, 2) == 0
    aside = replace(well, set_aside="it was renamed")
    assert score(aside, 3) == 1
    assert score(aside, 3 + SET_ASIDE_NS) == 0
    lossy = replace(aside, lost=5)
    assert score(lossy, 4 + SET_ASIDE_NS) == 1
    assert score(lossy, 4 + 2 * SET_ASIDE_NS) == 0
