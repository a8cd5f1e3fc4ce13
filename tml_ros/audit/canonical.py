"""One text for one value: the JSON that seals are made of.

Keys sorted by code point, no spaces, UTF-8, nothing escaped but what JSON demands. Strings are
taken as they are, without normalisation. Numbers with a point are refused: there is no one way to
write them. Knows nothing of records. Stateless; any thread.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Final, TypeAlias

JSON: TypeAlias = "bool | int | str | Sequence[JSON] | Mapping[str, JSON] | None"

MAX_BYTES: Final = 65_536
"""Of one value in UTF-8."""
MAX_DEPTH: Final = 16
"""Lists and maps within each other."""
MAX_INTEGER: Final = 2**63 - 1
_CUT: Final = " [cut]"
_MAX_PARTS: Final = 200
_encoder = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False
)


class CanonicalError(ValueError):
    """The value has no canonical text; the message says where and why."""


def canonical(value: JSON) -> str:
    """The text of a value; `canonical(parsed(text)) == text`. Raises CanonicalError."""
    _check(value, "value", MAX_DEPTH, MAX_BYTES)
    text = _encoder.encode(value)
    try:
        size = len(text) if text.isascii() else len(text.encode())
    except UnicodeEncodeError:
        raise CanonicalError("half of a surrogate pair in a text, allowed: Unicode") from None
    if size > MAX_BYTES:
        raise CanonicalError(f"{size} bytes, allowed: at most {MAX_BYTES}")
    return text


def parsed(text: str) -> JSON:
    """The value of a canonical text. Raises CanonicalError where it is not one."""
    try:
        value: JSON = json.loads(text, parse_float=_no_float, parse_constant=_no_float)
        again = canonical(value)
    except (ValueError, RecursionError) as error:
        raise CanonicalError(f"no canonical JSON ({error})") from None
    if again != text:
        raise CanonicalError("JSON, but not written canonically")
    return value


def recordable(value: object, *, max_text: int = 4_000) -> JSON:
    """Whatever it is, as something that has a canonical text; for what strangers sent.

    Numbers with a point become their shortest decimal text, halves of surrogate pairs question
    marks; texts, lists and maps that are too long are cut, texts say so.
    """
    for share in (1, 8, 64):
        plain = _recordable(value, max_text // share, _MAX_PARTS // share, MAX_DEPTH - 2)
        try:
            canonical(plain)
        except CanonicalError:
            continue
        return plain
    return f"a {type(value).__name__} that is too large"


def _check(value: JSON, place: str, depth: int, room: int) -> int:
    """What is left of `room` after the least number of bytes that the value takes."""
    if isinstance(value, str):
        room -= len(value) + 2
    elif value is None or isinstance(value, bool):
        room -= 4
    elif isinstance(value, int):
        if not -MAX_INTEGER - 1 <= value <= MAX_INTEGER:
            raise CanonicalError(f"{place}: an integer of more than 64 bits")
        room -= 1
    elif isinstance(value, (dict, list, tuple)):
        if not depth:
            raise CanonicalError(f"{place}: deeper than {MAX_DEPTH} lists and maps")
        room = _check_parts(value, place, depth - 1, room - 2)
    else:
        allowed = "str, int, bool, None, list, dict"
        raise CanonicalError(f"{place}: a {type(value).__name__}, allowed: {allowed}")
    if room < 0:
        raise CanonicalError(f"more than {MAX_BYTES} bytes")
    return room


def _check_parts(
    value: dict[str, JSON] | list[JSON] | tuple[JSON, ...], place: str, depth: int, room: int
) -> int:
    if isinstance(value, dict):
        for key, one in value.items():
            if not isinstance(key, str):
                raise CanonicalError(f"{place}: the key {key!r:.40}, allowed: texts")
            room = _check(one, key, depth, room - len(key) - 3)
        return room
    for one in value:
        room = _check(one, place, depth, room)
    return room


def _recordable(value: object, text: int, parts: int, depth: int) -> JSON:
    """text: characters at most, half as many in each map or list. parts: of a map or list."""
    if isinstance(value, (Mapping, list, tuple)) and depth:
        if isinstance(value, Mapping):
            return {
                _plain(str(key), text // 8): _recordable(one, text // 2, parts, depth - 1)
                for key, one in islice(value.items(), parts)
            }
        return [_recordable(one, text // 2, parts, depth - 1) for one in value[:parts]]
    if isinstance(value, str):
        return _plain(value, text)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, int) and abs(value) > MAX_INTEGER:
        return f"an integer of {value.bit_length()} bits"
    return value if value is None or isinstance(value, int) else f"a {type(value).__name__}"


def _plain(text: str, most: int) -> str:
    if len(text) > most:
        text = text[:most] + _CUT
    return text.encode("utf-8", "replace").decode()


def _no_float(text: str) -> JSON:
    raise CanonicalError(f"the number {text:.40}, allowed: integers")
