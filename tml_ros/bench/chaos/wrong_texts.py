"""Texts and numbers that nobody means well: what a parser of strangers' words has to survive.

Knows nothing of who parses them. Pure, given the chance.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping

DEEP = 60_000
"""Brackets within brackets; recursion gives up long before."""
HUGE = 300_000
"""Characters of a huge text."""
WRONG_NUMBERS = (
    *("nan", "inf", "-inf", "1e999", "-1", "1.0000000001", "", " ", "0x10", "1_000", "٣", "1,5"),
    *("9" * 5_000, "-" * 100, "None", "true", "[]", "\x00", "1e-999999999999"),
)
WRONG_WHOLES = (
    *("-1", "1.5", "", "nan", "9" * 30, "9" * 5_000, "1e3", "٣", "0b1", " 1", "\ud800"),
    str(2**63),
    str(-(2**63) - 1),
)
WRONG_NAMES = (
    *("", "\x00", "../../etc/passwd", "a" * 10_000, "\ud800", "\u202edrowssap", "é" * 500, "'; --"),
    *("${jndi:ldap://x}", "%s%s%n", "\n\n[ERROR] all is well", "\x1b[2J", "None", "🦾" * 200),
)

Chance = random.Random
JsonText = Callable[[Mapping[str, object], Chance], str | bytes]


def _changed(base: Mapping[str, object], chance: Chance) -> str:
    """One field is something else."""
    things: tuple[object, ...] = (
        *(None, [], {}, -1, 1e308, 2**70, "", "x" * 5_000, [[]] * 1_000, True, "\ud800", 0.5),
        *({"a": {"b": {"c": []}}}, list(range(2_000)), "\x00"),
    )
    told = {**base, chance.choice(list(base)): chance.choice(things)}
    return json.dumps(told)


def _wrong_version(base: Mapping[str, object], chance: Chance) -> str:
    versions = (99, -1, "1", 1.0000001, None, [1], 2**80)
    return json.dumps({**base, "schema_version": chance.choice(versions)})


def _less(base: Mapping[str, object], chance: Chance) -> str:
    gone = chance.choice(list(base))
    return json.dumps({key: value for key, value in base.items() if key != gone})


def _more(base: Mapping[str, object], chance: Chance) -> str:
    count = chance.choice((1, 50, 1_000))
    return json.dumps({**base, **{f"{chance.random()}": i for i in range(count)}})


def _twice(base: Mapping[str, object], chance: Chance) -> str:
    """The same key again, with another value."""
    key = chance.choice(list(base))
    return json.dumps(base)[:-1] + f", {json.dumps(key)}: {chance.choice(('NaN', '-0', '[]'))}}}"


def _cut(base: Mapping[str, object], chance: Chance) -> str:
    text = json.dumps(base)
    return text[: chance.randrange(len(text))]


def _deep(base: Mapping[str, object], chance: Chance) -> str:
    opened, closed = chance.choice((("[", "]"), ('{"a":', "}")))
    ended = chance.random() < 0.5
    return opened * DEEP + ("1" + closed * DEEP if ended else "")


def _deep_inside(base: Mapping[str, object], chance: Chance) -> str:
    key = chance.choice(list(base))
    nested = "[" * DEEP + "]" * DEEP
    return json.dumps(base)[:-1] + f", {json.dumps(key)}: {nested}}}"


def _not_numbers(base: Mapping[str, object], chance: Chance) -> str:
    key = chance.choice(list(base))
    number = chance.choice(("NaN", "Infinity", "-Infinity", "1e400", "9" * 10_000, "-0.0", "01"))
    return json.dumps(base)[:-1] + f", {json.dumps(key)}: {number}}}"


def _other(base: Mapping[str, object], chance: Chance) -> str:
    others = ("", "null", "[]", "0", '"', "{}", "tru", "\ufeff{}", "<a/>", "- a: &x [*x]", "\x00")
    return chance.choice(others)


def _huge(base: Mapping[str, object], chance: Chance) -> str:
    return chance.choice(("x", "\u202e", "🦾", "\\")) * HUGE


def _no_text(base: Mapping[str, object], chance: Chance) -> bytes:
    return chance.randbytes(chance.choice((1, 7, 200, 5_000)))


def _surrogates(base: Mapping[str, object], chance: Chance) -> str:
    key = chance.choice(list(base))
    lone = chance.choice(('"\\ud800"', '"\\udfff\\ud800"', '"\ud800"'))
    return json.dumps(base)[:-1] + f", {json.dumps(key)}: {lone}}}"


LARGE_JSON: tuple[tuple[str, JsonText], ...] = (
    ("nested without end", _deep),
    ("nested without end inside", _deep_inside),
    ("a huge text", _huge),
)
WRONG_JSON: tuple[tuple[str, JsonText], ...] = (
    ("a field of another type", _changed),
    ("another schema version", _wrong_version),
    ("a field less", _less),
    ("fields that nobody knows", _more),
    ("a key twice", _twice),
    ("cut off", _cut),
    ("numbers that are none", _not_numbers),
    ("something else", _other),
    ("bytes that are no text", _no_text),
    ("lone surrogates", _surrogates),
)
"""What is wrong, and how the text of it is made of something right."""
LARGE_SHARE = 0.05


def wrong_json(right: Mapping[str, object], chance: Chance) -> tuple[str, str | bytes]:
    """What is wrong, and the text."""
    large = chance.random() < LARGE_SHARE
    wrong, make = chance.choice(LARGE_JSON if large else WRONG_JSON)
    return wrong, make(right, chance)
