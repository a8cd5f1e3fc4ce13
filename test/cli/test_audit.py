"""`tml-ros audit` judges, exports and shows a record, also one that is being written."""

from __future__ import annotations

import contextlib
import csv
import json
import sqlite3

import pytest

from tml_ros.audit.record_log import RecordLog
from tml_ros.cli.main import main

CELL = """
cell: press
cameras:
  hall: {{topic: hall/image}}
guardian:
  record: {{folder: {0}/record, key: {0}/keys/press.key, anchor: {0}/keys/press.anchor}}
"""
PATIENCE = 20.0
DAY_NS = 86_400_000_000_000


@pytest.fixture
def cell(tmp_path):
    path = tmp_path / "press.yaml"
    path.write_text(CELL.format(tmp_path))
    return path


@pytest.fixture
def log(cell, tmp_path):
    keys = tmp_path / "keys"
    found = RecordLog(tmp_path / "record", keys / "press.key", keys / "press.anchor", stamp_ns=1)
    for number in range(1, 11):
        body = {"event": "raised", "kind": "siren", "zone": "mic", "operator": f"Ann {number}"}
        found.write(number * DAY_NS, "transition", body)
    found.write(11 * DAY_NS, "speech", {"text": "Stand \x1b[31mback\nnow [/bold]."})
    assert found.flush(PATIENCE)
    yield found
    found.close()


@pytest.fixture
def record(log, tmp_path):
    log.close()
    return tmp_path / "record"


@pytest.fixture
def run(capfd):
    def run(*arguments):
        with pytest.raises(SystemExit) as left:
            main(["audit", *map(str, arguments)])
        out, err = capfd.readouterr()
        return left.value.code or 0, out, err

    return run


def edit(record, statement):
    with contextlib.closing(sqlite3.connect(record / "record.sqlite")) as database:
        database.execute(statement)
        database.commit()


def test_an_untouched_record_is_intact(record, cell, run):
    code, out, _ = run("verify", "--cell", cell)
    assert (code, "intact, 13 records (1 to 13), anchored up to 13" in out) == (0, True)


def test_a_record_is_judged_while_it_is_being_written(log, cell, run):
    code, out, _ = run("verify", "--cell", cell)
    assert (code, "intact, 12 records" in out) == (0, True)


@pytest.mark.parametrize(
    ("statement", "flaw"),
    [
        ("UPDATE records SET stamp_ns = stamp_ns + 1 WHERE seq = 5", "edited"),
        ("UPDATE records SET body = '{}' WHERE seq = 5", "edited"),
        ("UPDATE records SET body = x'ff00' WHERE seq = 12", "edited"),
        ("UPDATE records SET body = CAST(x'ff00' AS TEXT) WHERE seq = 12", "edited"),
        ("UPDATE records SET kind = 'speech' WHERE seq = 5", "edited"),
        ("UPDATE records SET seal = 'no' WHERE seq = 5", "edited"),
        ("UPDATE records SET seq = 99 WHERE seq = 13", "missing"),
        ("DELETE FROM records WHERE seq = 5", "missing"),
        ("DELETE FROM records WHERE seq > 5", "truncated"),
        ("INSERT INTO records SELECT 14, 1, kind, body, seal FROM records WHERE seq = 2", "edited"),
        ("UPDATE log SET id = 'other'", "edited"),
        ("UPDATE log SET key_id = 'ffffffff'", "wrong_key"),
        ("DROP VIEW commands", "changed_file"),
    ],
)
def test_whatever_sqlite_changes_is_found_and_told(record, cell, run, statement, flaw):
    edit(record, statement)
    code, out, _ = run("verify", "--cell", cell, "--json")
    told = json.loads(out)
    assert (code, told["intact"]) == (1, False)
    assert flaw in told["logs"][0]["counts"]
    code, out, _ = run("verify", "--cell", cell)
    assert code == 1
    assert flaw.replace("_", " ") in out


def test_an_anchor_that_is_gone_is_told(record, cell, run, tmp_path):
    (tmp_path / "keys" / "press.anchor").unlink()
    code, out, _ = run("verify", "--cell", cell)
    assert (code, "there is no anchor" in out) == (1, True)
    code, out, _ = run("verify", "--record", record, "--key", tmp_path / "keys" / "press.key")
    assert (code, "no anchor was given" in out) == (0, True)


def test_an_export_can_be_verified_and_shows_every_change(record, cell, run, tmp_path):
    shift = tmp_path / "shift.jsonl"
    key = ("--key", tmp_path / "keys" / "press.key")
    assert run("export", "--cell", cell, "--out", shift)[0] == 0
    assert run("verify", shift, *key)[0] == 0
    lines = shift.read_text().splitlines(keepends=True)
    assert len(lines) == 14
    for number in range(1, 14):
        for changed in (
            [*lines[:number], *lines[number + 1 :]] if number < 13 else lines[:1] + lines[2:],
            [*lines[:number], lines[number].replace("i", "j", 1), *lines[number + 1 :]],
            [*lines[:number], lines[number].replace(",", ", ", 1), *lines[number + 1 :]],
            [*lines[: number + 1], lines[number], *lines[number + 1 :]],
            [*lines[:number], "{}\n", *lines[number:]],
        ):
            shift.write_text("".join(changed))
            code, out, err = run("verify", shift, *key)
            assert code == 1, (number, changed, out, err)
    shift.write_text("".join(lines[:-3]))
    assert run("verify", shift, "--cell", cell)[0] == 1


def test_an_export_of_a_part_says_what_it_leaves_out(record, cell, run, tmp_path):
    part = tmp_path / "part.jsonl"
    wanted = ("--kind", "transition", "--since", "1970-01-03", "--until", "1970-01-06T00:00:00Z")
    assert run("export", "--cell", cell, *wanted, "--out", part)[0] == 0
    stamps = [json.loads(line)["stamp_ns"] for line in part.read_text().splitlines()[1:]]
    assert stamps == [number * DAY_NS for number in (2, 3, 4, 5)]
    code, out, _ = run("verify", part, "--cell", cell)
    assert (code, "left out" in out) == (0, True)
    part.write_text(part.read_text().replace("Ann 4", "Bob 4"))
    assert run("verify", part, "--cell", cell)[0] == 1


def test_a_spreadsheet_gets_csv(record, cell, run):
    code, out, _ = run("export", "--record", record, "--csv", "--kind", "speech")
    rows = list(csv.DictReader(out.splitlines(keepends=True)))
    assert (code, [row["seq"] for row in rows]) == (0, ["12"])
    assert "Stand" in json.loads(rows[0]["body"])["text"]


def test_the_newest_records_are_shown_as_lines_that_cannot_steer_a_terminal(record, cell, run):
    code, out, _ = run("tail", "--cell", cell, "-n", "3")
    lines = out.splitlines()
    assert (code, len(lines)) == (0, 3)
    assert "transition" in lines[0]
    assert "raised · siren · mic · by Ann 10" in lines[0]
    assert "Stand  [31mback now [/bold]." in lines[1]
    assert "\x1b" not in out
    _, out, _ = run("tail", "--cell", cell, "--kind", "speech")
    assert len(out.splitlines()) == 1


def test_a_live_record_can_be_followed(log, cell, run_process):
    following = run_process(
        ["python", "-m", "tml_ros.cli.main", "audit", "tail", "-f", "--cell", str(cell)]
    )
    following.wait_for("by Ann 10")
    answer = {"command": "shelve", "operator": "Zoe", "code": "accepted"}
    log.write(12 * DAY_NS, "command", {"answer": answer, "sent": {"kind": "siren"}})
    following.wait_for("shelve · accepted · siren · by Zoe")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["verify"], "give --cell CELL.yaml or --record FOLDER"),
        (["verify", "--record", "."], "give --key FILE"),
        (["verify", "--record", "nowhere", "--key", "{key}"], "no such folder of a record"),
        (["verify", "--record", "{keys}", "--key", "{key}"], "record.sqlite is not there"),
        (["verify", "{cell}", "--key", "{key}"], "neither a record nor an export"),
        (["verify", "--cell", "{cell}", "--key", "{cell}"], "is no key"),
        (["verify", "--cell", "{cell}", "--anchor", "nowhere"], "nowhere: no such file"),
        (["export", "--cell", "{cell}", "--since", "noon"], "--since noon: allowed is a time"),
        (["tail", "--cell", "{cell}", "--kind", "gossip"], "--kind gossip: allowed are start"),
    ],
)
def test_a_mistake_is_told_with_what_to_do(record, cell, run, arguments, words):
    keys = cell.parent / "keys"
    names = {"{cell}": cell, "{keys}": keys, "{key}": keys / "press.key"}
    code, _, err = run(*(names.get(one, one) for one in arguments))
    assert (code, words in err) == (2, True), err
