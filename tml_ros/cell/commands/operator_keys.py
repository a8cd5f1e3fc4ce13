"""The keys by which operators sign: a YAML file of `operator: "key in hexadecimal digits"`.

Knows nothing of commands. Keys never show in a message, a log or a `repr`. Reads one file, and
writes it when an operator is added; any thread.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from tml_ros.cell.commands.alarm_command import MAX_OPERATOR, OperatorName
from tml_ros.settings.yaml_text import YamlDocument, YamlMistake, read_yaml

KEY_BYTES: Final = 32
MAX_KEY_BYTES: Final = 128
MAX_OPERATORS: Final = 1000
MAX_FILE_BYTES: Final = 512 * 1024
PRIVATE: Final = 0o600
OF_OTHERS: Final = 0o077
_NAME: Final[TypeAdapter[str]] = TypeAdapter(OperatorName)
_HEX = re.compile(r"[0-9A-Fa-f]*")
_HEAD = "# The keys by which operators sign. Whoever reads this can command in their names.\n"


class OperatorKeysError(ValueError):
    """The file is no list of operators' keys; the message says what to do, and shows no key."""


class OperatorKeys:
    """Who may command, and by which key."""

    __slots__ = ("_keys",)

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        """keys: by the name of the operator, at least 32 bytes each."""
        self._keys = dict(keys)

    def of(self, operator: str) -> bytes | None:
        """The key of an operator; None for one who has none."""
        return self._keys.get(operator)

    def operators(self) -> tuple[str, ...]:
        """Their names, sorted."""
        return tuple(sorted(self._keys))

    def __repr__(self) -> str:
        """The names alone."""
        return f"OperatorKeys({', '.join(map(repr, self.operators()))})"


def load_operator_keys(path: Path) -> OperatorKeys:
    """The keys in a file that nobody but its owner may read. Raises OperatorKeysError."""
    return parse_operator_keys(_private_text(path), path)


def parse_operator_keys(text: str, path: Path) -> OperatorKeys:
    """The keys in `text`, as if read from `path`. Raises OperatorKeysError."""
    keys = _keys(_document(text, path), path)
    if not keys:
        raise OperatorKeysError(f'{path}: found no operator, expected lines of `name: "key"`')
    return OperatorKeys(keys)


def add_operator(path: Path, operator: str, key: bytes, *, replace: bool = False) -> None:
    """Write an operator's key into the file, which is made where there is none, with mode 0600.

    What else stands in it stays as it is, comments included. replace: the operator may be there
    already. Raises OperatorKeysError, OSError.
    """
    new = path.with_name(f".{path.name}.new")
    try:
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    except FileExistsError:
        raise OperatorKeysError(
            f"{new} is there: an operator is being added at this moment, or adding one was broken "
            "off; in that case remove it"
        ) from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(_with_operator(path, operator, key, replace=replace))
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise


def _with_operator(path: Path, operator: str, key: bytes, *, replace: bool) -> str:
    """The text of the file with the operator in it. JSON's strings are YAML's, too."""
    entry = f'{json.dumps(operator, ensure_ascii=False)}: "{key.hex()}"\n'
    text = _private_text(path) if path.exists() else _HEAD
    document = _document(text, path)
    known = _keys(document, path)
    lines = text.splitlines(keepends=True)
    if operator in known:
        if not replace:
            raise OperatorKeysError(f"{path}: {operator!r} has a key already")
        lines[(document.line_of((operator,)) or 1) - 1] = entry
    else:
        if lines and not lines[-1].endswith("\n"):
            lines[-1] += "\n"
        lines.append(entry)
    changed = "".join(lines)
    if _keys(_document(changed, path), path) != {**known, operator: key}:
        raise OperatorKeysError(
            f"{path}: write every operator on a line of its own, then try again"
        )
    return changed


def _private_text(path: Path) -> str:
    try:
        # Nobody who puts a pipe there keeps the reader waiting.
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        raise OperatorKeysError(
            f"{path}: no such file; `tml-ros operator add NAME --keys {path}` makes it"
        ) from None
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise OperatorKeysError(f"{path}: no ordinary file")
        if found.st_mode & OF_OTHERS:
            mode = stat.S_IMODE(found.st_mode)
            raise OperatorKeysError(
                f"{path}: others may read or write it (mode {mode:04o}), and so command in every "
                f"operator's name; chmod 600 {path}, and make new keys if others could have read it"
            )
        data = os.read(handle, MAX_FILE_BYTES + 1)
    finally:
        os.close(handle)
    if len(data) > MAX_FILE_BYTES:
        raise OperatorKeysError(f"{path}: more than {MAX_FILE_BYTES // 1024} kB")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise OperatorKeysError(f"{path}: no text in UTF-8") from None


def _document(text: str, path: Path) -> YamlDocument:
    try:
        return read_yaml(text, example="")
    except YamlMistake as mistake:
        # What was found there may be part of a key.
        line = f"line {mistake.line}: " if mistake.line else ""
        raise OperatorKeysError(f"{path}: {line}no YAML that can be read") from None


def _keys(document: YamlDocument, path: Path) -> dict[str, bytes]:
    if document.data is None:
        return {}
    if not isinstance(document.data, Mapping):
        raise OperatorKeysError(f'{path}: found no operator, expected lines of `name: "key"`')
    if len(document.data) > MAX_OPERATORS:
        raise OperatorKeysError(f"{path}: more than {MAX_OPERATORS} operators")
    for _, first, second in document.repeated:
        raise OperatorKeysError(f"{path}: line {second}: the operator of line {first} again")
    keys: dict[str, bytes] = {}
    owners: dict[bytes, str] = {}
    for name, value in document.data.items():
        place = f"{path}: line {document.line_of((name,))}"
        keys[name] = key = _key(name, value, place)
        if owners.setdefault(key, name) != name:
            raise OperatorKeysError(f"{place}: {name!r} has the key of {owners[key]!r}")
    return keys


def _key(name: object, value: object, place: str) -> bytes:
    try:
        _NAME.validate_python(name)
    except ValidationError:
        raise OperatorKeysError(
            f"{place}: an operator's name is 1 to {MAX_OPERATOR} printable characters, without "
            "spaces around them and, where it could be a number, in quotes"
        ) from None
    if not isinstance(value, str):
        raise OperatorKeysError(f"{place}: the key of {name!r} is no text; put it in quotes")
    if len(value) % 2 or not _HEX.fullmatch(value):
        raise OperatorKeysError(f"{place}: the key of {name!r} is not pairs of digits 0-9 a-f")
    if not 2 * KEY_BYTES <= len(value) <= 2 * MAX_KEY_BYTES:
        raise OperatorKeysError(
            f"{place}: the key of {name!r} has {len(value)} digits, "
            f"allowed: {2 * KEY_BYTES} to {2 * MAX_KEY_BYTES}"
        )
    return bytes.fromhex(value)
