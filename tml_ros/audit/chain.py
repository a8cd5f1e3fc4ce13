"""Records and the seals that chain them.

The seal of a record is HMAC-SHA256 over the seal before it and the record's canonical JSON, so that
nothing can be changed, taken out, put in or reordered without the key. Knows nothing of files.
Stateless; any thread.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Final

FORMAT: Final = 1
KINDS: Final = (
    "start",
    "end",
    "transition",
    "command",
    "refusal",
    "finding",
    "speech",
    "summary",
    "gap",
    "setting",
    "anchor",
)
"""Of what is recorded. gap: what could not be."""
_GENESIS: Final = b"tml_ros record 1\n"


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that happened.

    seq: from 1, without gaps within one log. stamp_ns: cell time. body: canonical JSON, a map.
    seal: 64 hexadecimal digits.
    """

    seq: int
    stamp_ns: int
    kind: str
    body: str
    seal: str


@dataclass(frozen=True, slots=True)
class Head:
    """The newest record of a log; whoever knows it can tell that nothing before it was changed.

    log: the random id of the log. seq 0: there is no record yet; the seal is that of the id.
    """

    log: str
    seq: int
    stamp_ns: int
    seal: str


def record_bytes(seq: int, stamp_ns: int, kind: str, body: str) -> bytes:
    """The canonical JSON of a record. body: as in `Record`."""
    name = json.dumps(kind, ensure_ascii=False)
    text = f'{{"body":{body},"kind":{name},"seq":{seq},"stamp_ns":{stamp_ns}}}'
    return text.encode("utf-8", "surrogatepass")


def seal_of(key: bytes, before: str, record: bytes) -> str:
    """The seal of a record after the one with the seal `before`, as hexadecimal digits."""
    return hmac.digest(key, bytes.fromhex(before) + record, "sha256").hex()


def genesis_seal(key: bytes, log: str) -> str:
    """What stands before the first record of the log with this id."""
    return tag_of(key, _GENESIS, log.encode("utf-8", "surrogatepass"))


def tag_of(key: bytes, purpose: bytes, content: bytes) -> str:
    """An HMAC for anything but a record; purposes end in a line break."""
    return hmac.digest(key, purpose + content, "sha256").hex()


def key_id_of(key: bytes) -> str:
    """Eight hexadecimal digits that tell keys apart and tell nothing about them."""
    return hashlib.sha256(key).hexdigest()[:8]
