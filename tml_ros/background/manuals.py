"""Manuals of the machines: folders of Markdown, text and PDF, searched by their words.

SQLite FTS5 with bm25, on disk or in memory; a file is taken in again only when its hash changed.
Finding by meaning (embeddings) would be another class with this `search`; none is built. Knows
nothing of what the passages are for. One thread at a time.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from tml_ros.background.manual_text import (
    SUFFIXES,
    Section,
    UnreadableManualError,
    read_manual,
)
from tml_ros.background.words import words
from tml_ros.settings.store_file import StoreFile, is_damage

MAX_FILES = 1_000
MAX_ENTRIES = 20_000
"""Files of any kind below a folder of manuals."""
MAX_ALL_PASSAGES = 100_000
MAX_QUERY_WORDS = 24
MAX_LIMIT = 20
READER_VERSION: Final = 1
"""Of how files are cut into passages; another one reads every file anew."""
_APPLICATION: Final = 0x746D6C4D
_VERSION: Final = 1
_COMMON: Final = (
    "a an and are as at be by can did do does for from has have how i in is it its me my of on or "
    "our should tell than that the their them then there these they this to was we what when "
    "where which who why will with you your please about give show aber alle als am an auch auf "
    "aus bei bin bis bitte da das dem den der des die dies diese dieser du ein eine einem einen "
    "einer es fuer gib hat habe ich ihr im ist ja kann man mein mich mir mit muss nach nicht noch "
    "oder sich sie sind so soll ueber um und uns von vor wann warum was welche welcher wenn wer "
    "wie wir wird wo zeig zu zum zur"
)
"""Words that say nothing of what is looked for, English and German."""
_STOP_WORDS: Final = frozenset(_COMMON.split())
_SCHEMA: Final = """
CREATE TABLE files(
    id INTEGER PRIMARY KEY, folder TEXT NOT NULL, name TEXT NOT NULL, hash TEXT NOT NULL,
    reader INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, UNIQUE(folder, name));
CREATE VIRTUAL TABLE passages USING fts5(
    section_words, text_words, file UNINDEXED, section UNINDEXED, page UNINDEXED, text UNINDEXED,
    tokenize='porter ascii');
"""


class ManualsError(ValueError):
    """A folder cannot be taken in; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Words of a manual, as they stand there.

    file: its path in the folder. section: its headings, or "". page: from 1, of a PDF.
    matched: share of the query's words that are in it, 0..1.
    """

    file: str
    section: str
    page: int | None
    text: str
    matched: float = 1.0

    @property
    def citation(self) -> str:
        """File and section or page: "press.md, Care > Lubrication", "pump.pdf, page 12"."""
        place = f"page {self.page}" if self.page is not None else self.section
        return f"{self.file}, {place}" if place else self.file


@dataclass(frozen=True, slots=True)
class FolderIndexed:
    """What `add_folder` did, by the names of files. skipped: and why."""

    added: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    skipped: tuple[tuple[str, str], ...]


class Manuals:
    """An index of passages. Closed by `close`, or as a context manager."""

    def __init__(self, path: Path | None = None, *, read_only: bool = False) -> None:
        """path: of the index, made if it is not there; None: in memory.

        A file that is damaged or something else is set aside and a new index begun; the manuals
        themselves are never touched. read_only: of an index that another process may be writing.
        """
        self._file = StoreFile(
            path,
            schema=_SCHEMA,
            application_id=_APPLICATION,
            version=_VERSION,
            read_only=read_only,
        )

    def __enter__(self) -> Manuals:
        """Itself."""
        return self

    def __exit__(self, *_raised: object) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """Give up the file."""
        self._file.close()

    @property
    def problems(self) -> tuple[str, ...]:
        """What was wrong with the index's file, in plain words."""
        return tuple(self._file.problems)

    @property
    def _db(self) -> sqlite3.Connection:
        return self._file.connection

    def add_folder(self, folder: Path) -> FolderIndexed:
        """Take in every manual below a folder, and drop what is no longer there.

        Hidden files, links that lead out of the folder and files of other kinds are left aside;
        what should have been read and could not is in `skipped`. Raises ManualsError where there
        is no such folder.
        """
        root = Path(folder).resolve()
        if not root.is_dir():
            raise ManualsError(f"{folder}: no such folder of manuals")
        try:
            return self._index(root)
        except sqlite3.Error as error:
            if is_damage(error):
                self._file.set_aside(f"is damaged ({error})")
                with contextlib.suppress(sqlite3.Error):
                    return self._index(root)
            raise ManualsError(f"the index of manuals cannot be written ({error})") from None

    def _index(self, root: Path) -> FolderIndexed:
        known = {
            name: (hashed, reader)
            for name, hashed, reader in self._db.execute(
                "SELECT name, hash, reader FROM files WHERE folder = ?", (str(root),)
            )
        }
        added, unchanged, skipped = [], [], []
        for count, path in enumerate(_manuals_in(root)):
            name = path.relative_to(root).as_posix()
            try:
                if count >= MAX_FILES:
                    raise UnreadableManualError(f"more than {MAX_FILES} files")
                hashed = _hash(path)
                if known.get(name) == (hashed, READER_VERSION):
                    unchanged.append(name)
                    continue
                self._replace(root, name, hashed, read_manual(path))
                added.append(name)
            except UnreadableManualError as error:
                skipped.append((name, str(error)))
            except OSError as error:
                skipped.append((name, error.strerror or type(error).__name__))
        removed = sorted(set(known) - {*added, *unchanged})
        for name in removed:
            self._drop(root, name)
        gone = tuple(name for name in removed if name not in dict(skipped))
        return FolderIndexed(tuple(added), tuple(unchanged), gone, tuple(skipped))

    def search(self, query: str, limit: int = 3) -> tuple[Passage, ...]:
        """The passages that fit a query best, best first; none where too few of its words fit.

        query: anything; it is taken as words, never as search syntax. Two of its words must be in
        a passage, or the only one.
        """
        asked = _content_words(query)
        if not asked:
            return ()
        match = " OR ".join(f'"{word}"' + ("*" if len(word) >= 4 else "") for word in asked)
        try:
            rows = self._db.execute(
                "SELECT file, section, page, text FROM passages WHERE passages MATCH ? "
                "ORDER BY bm25(passages, 3.0, 1.0), rowid LIMIT ?",
                (match, 2 * MAX_LIMIT),
            ).fetchall()
        except sqlite3.Error as error:
            if is_damage(error):
                self._file.set_aside(f"is damaged ({error})")
            return ()
        found = (Passage(f, s, p, t, _share(asked, f"{f} {s} {t}")) for f, s, p, t in rows)
        needed = min(2, len(asked)) / len(asked)
        good = [passage for passage in found if passage.matched >= needed]
        # bm25 lets one rare word outweigh all others; how much of the question is there goes first.
        good.sort(key=lambda passage: -round(passage.matched * 4))
        return tuple(good[: max(0, min(limit, MAX_LIMIT))])

    @property
    def files(self) -> tuple[str, ...]:
        """The names of all files that are taken in, sorted."""
        return tuple(name for (name,) in self._db.execute("SELECT name FROM files ORDER BY name"))

    def _replace(self, root: Path, name: str, hashed: str, passages: tuple[Section, ...]) -> None:
        with self._file.transaction() as run:
            self._delete(root, name)
            (count,) = run.execute(
                "SELECT coalesce(sum(last - first + 1), 0) FROM files"
            ).fetchone()
            if count + len(passages) > MAX_ALL_PASSAGES:
                raise UnreadableManualError(f"the index is full ({MAX_ALL_PASSAGES} passages)")
            (top,) = run.execute("SELECT coalesce(max(last), 0) FROM files").fetchone()
            run.executemany(
                "INSERT INTO passages(rowid, section_words, text_words, file, section, page, text) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    (top + 1 + i, _plain(p.title), _plain(p.text), name, p.title, p.page, p.text)
                    for i, p in enumerate(passages)
                ],
            )
            run.execute(
                "INSERT INTO files(folder, name, hash, reader, first, last) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (str(root), name, hashed, READER_VERSION, top + 1, top + len(passages)),
            )

    def _drop(self, root: Path, name: str) -> None:
        with self._file.transaction():
            self._delete(root, name)

    def _delete(self, root: Path, name: str) -> None:
        for key, first, last in self._db.execute(
            "SELECT id, first, last FROM files WHERE folder = ? AND name = ?", (str(root), name)
        ).fetchall():
            self._db.execute("DELETE FROM passages WHERE rowid BETWEEN ? AND ?", (first, last))
            self._db.execute("DELETE FROM files WHERE id = ?", (key,))


def _manuals_in(root: Path) -> Iterator[Path]:
    paths = sorted(islice(root.rglob("*"), MAX_ENTRIES + 1))
    if len(paths) > MAX_ENTRIES:
        raise ManualsError(f"{root}: more than {MAX_ENTRIES} files; name a folder of manuals alone")
    for path in paths:
        hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
        if hidden or path.suffix.lower() not in SUFFIXES or not path.is_file():
            continue
        if path.resolve().is_relative_to(root):
            yield path


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _content_words(query: str) -> tuple[str, ...]:
    kept = dict.fromkeys(word for word in words(query) if word not in _STOP_WORDS)
    return tuple(kept)[:MAX_QUERY_WORDS]


def _share(asked: tuple[str, ...], text: str) -> float:
    there = words(text)
    begins = [word[: max(4, len(word) - 2)] for word in asked]
    found = (any(one.startswith(begin) for one in there) for begin in begins)
    return sum(found) / len(asked)


def _plain(text: str) -> str:
    """As queries are written too: umlauts and number words made alike."""
    return " ".join(words(text))
