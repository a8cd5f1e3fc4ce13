"""The program in docs/audit.md, which shares no code with ours, comes to the same verdict."""

from __future__ import annotations

import contextlib
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tml_ros.audit.chain import KINDS
from tml_ros.audit.log_files import MAX_FILE_BYTES, MAX_FILES
from tml_ros.audit.waiting import MAX_WAITING, MAX_WAITING_BYTES

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "audit.md").read_text(encoding="utf-8")
PROGRAM = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[0]


def verdict(place):
    arguments = [place.folder / "record.sqlite", place.key, place.anchor]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def filled(place):
    log = place.open(stamp_ns=5)
    for number in range(100):
        log.write(number, "speech", {"text": f'"Zoë"\n\t\x01\x7f\u2028\U0001f600 \\ {number}'})
    log.close()
    return place


def test_it_finds_a_record_intact(filled):
    assert verdict(filled) == (0, "102 records are as they were written\n")


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE records SET body = '{}' WHERE seq = 50", "record 50 was edited"),
        ("UPDATE records SET stamp_ns = 1 WHERE seq = 50", "record 50 was edited"),
        ("DELETE FROM records WHERE seq = 50", "records 50 to 50 are missing"),
        ("DELETE FROM records WHERE seq > 50", "or was cut off"),
        ("UPDATE log SET key_id = ''", "another key"),
    ],
)
def test_it_finds_what_was_changed(filled, statement, words):
    with contextlib.closing(sqlite3.connect(filled.folder / "record.sqlite")) as database:
        database.execute(statement)
        database.commit()
    code, out = verdict(filled)
    assert (code, words in out) == (1, True), out
    assert not filled.check()[0].intact


def test_it_is_short():
    assert len(PROGRAM.strip().splitlines()) <= 32


def test_the_page_names_every_kind_and_the_real_bounds():
    assert all(f"`{kind}`" in PAGE for kind in KINDS)
    assert f"{MAX_FILES} of {MAX_FILE_BYTES // 10**6} MB" in PAGE
    assert f"{MAX_WAITING:,} records or {MAX_WAITING_BYTES >> 20} MiB" in PAGE
