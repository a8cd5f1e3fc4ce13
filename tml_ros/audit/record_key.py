"""The key that seals a record: a file of 64 hexadecimal digits that only its owner may read.

Knows nothing of records. Where there is none it is made, whole or not at all; what cannot be used
is never overwritten. Stateless; the thread that writes the record.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tml_ros.audit.chain import key_id_of

KEY_BYTES: Final = 32
MIN_BYTES: Final = 16
_MAX_FILE: Final = 4_096


class RecordKeyError(ValueError):
    """There is no usable key; the message says what to do."""


@dataclass(frozen=True, slots=True)
class RecordKey:
    """A key. warning: that others may know it, or ""."""

    secret: bytes = field(repr=False)
    key_id: str
    made: bool = False
    warning: str = ""


def load_key(path: Path) -> RecordKey:
    """Read a key file. Raises RecordKeyError, also where there is none."""
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_FILE)
            mode = os.fstat(file.fileno()).st_mode
    except FileNotFoundError:
        raise RecordKeyError(f"{path}: there is no key") from None
    except OSError as error:
        raise RecordKeyError(f"{path}: the key cannot be read ({_reason(error)})") from None
    try:
        secret = bytes.fromhex(content.decode("ascii").strip())
    except ValueError:
        raise RecordKeyError(
            f"{path} is no key: allowed are hexadecimal digits, at least {2 * MIN_BYTES}"
        ) from None
    if len(secret) < MIN_BYTES:
        raise RecordKeyError(
            f"{path}: the key has {2 * len(secret)} hexadecimal digits, "
            f"allowed: at least {2 * MIN_BYTES}"
        )
    others = stat.S_IMODE(mode) & 0o077
    warning = f"{path} can be read by others than its owner: chmod 600" if others else ""
    return RecordKey(secret, key_id_of(secret), warning=warning)


def load_or_make_key(path: Path) -> RecordKey:
    """Read a key file, or make one where there is none. Raises RecordKeyError."""
    try:
        os.stat(path)  # noqa: PTH116 - Path.exists hides why it cannot tell
    except FileNotFoundError:
        _make(path)
        return _as_made(load_key(path))
    except OSError as error:
        raise RecordKeyError(f"{path}: the key cannot be read ({_reason(error)})") from None
    return load_key(path)


def _as_made(key: RecordKey) -> RecordKey:
    return RecordKey(key.secret, key.key_id, made=True, warning=key.warning)


def _make(path: Path) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(file, os.urandom(KEY_BYTES).hex().encode() + b"\n")
            os.fsync(file)
        finally:
            os.close(file)
        try:
            # Unlike a renaming this never replaces a key that has come in the meantime.
            os.link(draft, path)
        finally:
            draft.unlink(missing_ok=True)
    except FileExistsError:
        return
    except OSError as error:
        raise RecordKeyError(f"{path}: no key can be made ({_reason(error)})") from None


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
