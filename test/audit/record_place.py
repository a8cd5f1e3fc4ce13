"""Where a test's record lies, and what can be asked about it."""

from __future__ import annotations

import contextlib
import json
import sqlite3

from tml_ros.audit.anchor import read_anchors
from tml_ros.audit.record_key import load_key
from tml_ros.audit.record_log import RecordLog
from tml_ros.audit.record_reader import RecordEmptyError, check_place, open_log, record_files


class Place:
    """Where a test's record lies."""

    def __init__(self, folder):
        self.folder = folder / "record"
        self.key = folder / "keys" / "key"
        self.anchor = folder / "keys" / "anchor"
        self.logs = []

    def open(self, **changes):
        self.logs.append(RecordLog(self.folder, self.key, self.anchor, **changes))
        return self.logs[-1]

    def check(self):
        """Every verdict, with key and anchors."""
        heads, wrong = read_anchors(self.anchor)
        assert wrong == []
        return [one.verdict for one in check_place(self.folder, load_key(self.key), heads)]

    def records(self):
        found = []
        for path in record_files(self.folder):
            with contextlib.suppress(RecordEmptyError), open_log(path) as log:
                found += log.store.records()
        return found

    def bodies(self, kind):
        return [json.loads(one.body) for one in self.records() if one.kind == kind]

    def rows(self, query):
        file = f"file:{self.folder / 'record.sqlite'}?mode=ro"
        with contextlib.closing(sqlite3.connect(file, uri=True)) as database:
            return database.execute(query).fetchall()
