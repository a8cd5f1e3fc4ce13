"""What was judged of the machines, which alarms there were, and what the machines are: on disk.

So that a question is answered after a restart, and from a copy of the files. Bounded: the newest
are kept. Knows nothing of who judges or raises alarms. One thread at a time.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from tml_ros.background.alarm_note import AlarmNote
from tml_ros.background.condition import Condition, State
from tml_ros.background.machine import Limits, Machine
from tml_ros.settings.store_file import StoreFile, is_damage

MAX_CONDITIONS: Final = 5_000
MAX_PARTS: Final = 1_000
"""Judgements with a picture: the newest of each machine, part and method."""
MAX_ALARMS: Final = 20_000
MAX_READ: Final = 500
WORST_FIRST: Final = (State.FAULT, State.WATCH, State.UNKNOWN, State.NORMAL)
_APPLICATION: Final = 0x746D6C52
_SCHEMA: Final = """
CREATE TABLE condition (id INTEGER PRIMARY KEY, machine TEXT, part TEXT, method TEXT,
    state TEXT, defect TEXT, stamp_ns INTEGER, body TEXT);
CREATE INDEX condition_of ON condition (machine, stamp_ns);
CREATE TABLE newest (machine TEXT, part TEXT, method TEXT, number INTEGER, body TEXT, picture BLOB,
    PRIMARY KEY (machine, part, method));
CREATE TABLE alarm (id INTEGER PRIMARY KEY, kind TEXT, zone TEXT, state TEXT, stamp_ns INTEGER,
    event TEXT, priority TEXT);
CREATE INDEX alarm_at ON alarm (stamp_ns);
CREATE TABLE present (kind TEXT, zone TEXT, state TEXT, stamp_ns INTEGER, event TEXT,
    priority TEXT, PRIMARY KEY (kind, zone));
CREATE TABLE machine (name TEXT PRIMARY KEY, body TEXT)
"""

_Write = Callable[[sqlite3.Connection], None]


class Record:
    """One file, or memory. Writing that fails is left out and noted in `problems`."""

    def __init__(self, path: Path | None = None, *, read_only: bool = False) -> None:
        """path: of the file, made if it is not there; None: in memory. read_only: see StoreFile."""
        self._file = StoreFile(
            path, schema=_SCHEMA, application_id=_APPLICATION, version=1, read_only=read_only
        )
        self._last_problem = ""

    @property
    def problems(self) -> tuple[str, ...]:
        """What was wrong with the file, in plain words."""
        return (*self._file.problems, *filter(None, [self._last_problem]))

    def close(self) -> None:
        """Give up the file."""
        self._file.close()

    def add(self, condition: Condition, *, part: str = "") -> None:
        """Keep a judgement. part: sensor or quantity that it is about.

        It is the newest of its machine, part and method; among the earlier ones it is kept only
        where state or defect differ from the one before.
        """
        key = (condition.machine, part, condition.method)
        body = _body(condition)

        def write(run: sqlite3.Connection) -> None:
            before = run.execute(
                "SELECT body FROM newest WHERE machine = ? AND part = ? AND method = ?", key
            ).fetchone()
            (number,) = run.execute("SELECT coalesce(max(number), 0) + 1 FROM newest").fetchone()
            run.execute(
                "INSERT OR REPLACE INTO newest VALUES (?, ?, ?, ?, ?, ?)",
                (*key, number, body, condition.picture),
            )
            run.execute(
                "DELETE FROM newest WHERE number <= (SELECT number FROM newest "
                "ORDER BY number DESC LIMIT 1 OFFSET ?)",
                (MAX_PARTS,),
            )
            earlier = None if before is None else _condition(before[0])
            new = (condition.state, condition.defect)
            if earlier is not None and (earlier.state, earlier.defect) == new:
                return
            run.execute(
                "INSERT INTO condition(machine, part, method, state, defect, stamp_ns, body) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                (*key, condition.state.value, condition.defect, condition.stamp_ns, body),
            )
            run.execute(
                "DELETE FROM condition WHERE id <= (SELECT max(id) FROM condition) - ?",
                (MAX_CONDITIONS,),
            )

        self._write(write)

    def add_alarm(self, note: AlarmNote) -> None:
        """Keep a change of an alarm."""
        row = (note.kind, note.zone, note.state, note.stamp_ns, note.event, note.priority)

        def write(run: sqlite3.Connection) -> None:
            run.execute(
                "INSERT INTO alarm(kind, zone, state, stamp_ns, event, priority) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                row,
            )
            run.execute(
                "DELETE FROM alarm WHERE id <= (SELECT max(id) FROM alarm) - ?", (MAX_ALARMS,)
            )
            _present(run, note)

        self._write(write)

    def set_alarms(self, notes: Iterable[AlarmNote]) -> None:
        """These are all the alarms that are not normal now, as the topic `alarms` gives them."""
        listed = tuple(notes)

        def write(run: sqlite3.Connection) -> None:
            run.execute("DELETE FROM present")
            for note in listed:
                _present(run, note)

        self._write(write)

    def set_machines(self, machines: Iterable[Machine]) -> None:
        """Keep what the machines of the cell are, instead of what was kept before."""
        rows = [(machine.name, _machine_body(machine)) for machine in machines]

        def write(run: sqlite3.Connection) -> None:
            run.execute("DELETE FROM machine")
            run.executemany("INSERT OR REPLACE INTO machine VALUES (?, ?)", rows)

        self._write(write)

    def machines(self) -> tuple[Machine, ...]:
        """The machines of the cell, by name."""
        rows = self._read("SELECT body FROM machine ORDER BY name", ())
        return tuple(_machine(body) for (body,) in rows)

    def conditions(self, machine: str) -> tuple[Condition, ...]:
        """The newest judgement of each method and part, worst and newest first, with pictures."""
        rows = self._read(
            "SELECT body, picture FROM newest WHERE machine = ? ORDER BY number DESC LIMIT ?",
            (machine, MAX_READ),
        )
        found = [replace(_condition(body), picture=picture or b"") for body, picture in rows]
        found.sort(key=lambda one: (WORST_FIRST.index(one.state), -one.stamp_ns))
        return tuple(found)

    def judged(self, machine: str, *, since_ns: int, until_ns: int) -> tuple[Condition, ...]:
        """Judgements that differed from the one before, oldest first, without pictures."""
        rows = self._read(
            "SELECT body FROM condition WHERE machine = ? AND stamp_ns BETWEEN ? AND ? "
            "ORDER BY stamp_ns DESC, id DESC LIMIT ?",
            (machine, since_ns, until_ns, MAX_READ),
        )
        return tuple(_condition(body) for (body,) in reversed(rows))

    def alarms_now(self) -> tuple[AlarmNote, ...]:
        """Alarms that are not normal, newest first."""
        rows = self._read("SELECT * FROM present ORDER BY stamp_ns DESC LIMIT ?", (MAX_READ,))
        return tuple(AlarmNote(*row) for row in rows)

    def alarms(self, *, since_ns: int, until_ns: int) -> tuple[AlarmNote, ...]:
        """Changes of alarms in a span, oldest first; of very many the newest."""
        rows = self._read(
            "SELECT kind, zone, state, stamp_ns, event, priority FROM alarm "
            "WHERE stamp_ns BETWEEN ? AND ? ORDER BY stamp_ns DESC, id DESC LIMIT ?",
            (since_ns, until_ns, MAX_READ),
        )
        return tuple(AlarmNote(*row) for row in reversed(rows))

    def newest_ns(self) -> int | None:
        """The newest stamp of all."""
        rows = self._read(
            "SELECT max(s) FROM (SELECT max(stamp_ns) AS s FROM condition "
            "UNION ALL SELECT max(stamp_ns) FROM alarm)",
            (),
        )
        return rows[0][0] if rows else None

    def _write(self, write: _Write) -> None:
        try:
            with self._file.transaction() as run:
                write(run)
        except sqlite3.Error as error:
            self._failed(error)

    def _read(self, statement: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        try:
            return self._file.connection.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            self._failed(error)
            return []

    def _failed(self, error: sqlite3.Error) -> None:
        if is_damage(error):
            self._file.set_aside(f"is damaged ({error})")
        else:
            self._last_problem = f"{self._file.path}: {error}"


def _present(run: sqlite3.Connection, note: AlarmNote) -> None:
    run.execute("DELETE FROM present WHERE kind = ? AND zone = ?", (note.kind, note.zone))
    if not note.normal:
        run.execute(
            "INSERT INTO present VALUES (?, ?, ?, ?, ?, ?)",
            (note.kind, note.zone, note.state, note.stamp_ns, note.event, note.priority),
        )


def _body(condition: Condition) -> str:
    """Everything but the picture, as JSON."""
    return json.dumps(
        {
            "machine": condition.machine,
            "method": condition.method,
            "state": condition.state.value,
            "stamp_ns": condition.stamp_ns,
            "defect": condition.defect,
            "confidence": condition.confidence,
            "grade": condition.grade,
            "sentence": condition.sentence,
            "figures": {name: list(figure) for name, figure in condition.figures.items()},
        }
    )


def _condition(body: str) -> Condition:
    told = json.loads(body)
    figures = {name: (value, unit) for name, (value, unit) in told.pop("figures").items()}
    return Condition(**{**told, "state": State(told["state"]), "figures": figures})


def _machine_body(machine: Machine) -> str:
    limits = {name: [limit.low, limit.high] for name, limit in machine.limits.items()}
    return json.dumps(
        {
            "name": machine.name,
            "kind": machine.kind,
            "aliases": machine.aliases,
            "zones": machine.zones,
            "limits": limits,
            "running": machine.running,
        }
    )


def _machine(body: str) -> Machine:
    told = json.loads(body)
    limits = {name: Limits(low, high) for name, (low, high) in told["limits"].items()}
    return Machine(
        told["name"],
        told["kind"],
        tuple(told["aliases"]),
        tuple(told["zones"]),
        limits,
        told["running"],
    )
