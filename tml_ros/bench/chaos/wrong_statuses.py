"""Hazards, heartbeats, alarms and diagnostics that say nonsense, as DiagnosticArray.

Knows nothing of who reads them. Pure, given the chance.
"""

from __future__ import annotations

import random

from tml_ros.bench.chaos.cdr import Cdr
from tml_ros.bench.chaos.wrong_texts import WRONG_NAMES, WRONG_NUMBERS, WRONG_WHOLES

NOT_OF_THE_CELL = "saboteur"
"""Who `alarms` and `alarms/events` are said to be of, so that nobody takes them for the cell's."""
MANY = 3_000
"""Keys of one status, statuses of one message."""

HEAVY, HEAVY_SHARE = (0, 1, 3), 0.1
"""Shapes that are large, and how many of those that would be are."""

Chance = random.Random
Made = tuple[str, bytes]
Values = dict[str, str]
_STAMPS = ((0, 0), (-1, 0), (2**31 - 1, 2**32 - 1), (1_767_254_400, 1))


def hazards(cell: str, chance: Chance) -> Made:
    """No score is one: none of these can raise an alarm."""
    right = {"kind": "person_in_zone", "zone": "chaos_none", "source": "model", "stamp_ns": "1"}
    values = right | {"score": chance.choice(WRONG_NUMBERS)}
    other = chance.choice(("kind", "zone", "source", "stamp_ns", "box", ""))
    if other:
        values[other] = chance.choice(WRONG_NAMES if other != "stamp_ns" else WRONG_WHOLES)
    return _array("a hazard without a score", values, cell, chance)


def heartbeats(cell: str, chance: Chance) -> Made:
    """Beats of nodes that the cell does not have, or with figures that are none."""
    values = {
        **{"node": f"stranger_{chance.randrange(10**9)}", "pid": "1", "host": "nowhere"},
        **{"sequence": "1", "work": "1", "work_age_ms": "none", "expected": "true"},
        **{"deadline_misses": "0", "step_ms": "0"},
    }
    wrong = "the beat of a stranger"
    if chance.random() < 0.7:
        wrong = "a beat with wrong figures"
        key = chance.choice(list(values))
        values[key] = chance.choice((*WRONG_WHOLES, *WRONG_NUMBERS))
        values["node"] = chance.choice(("guardian", "interaction", "stranger", "\ud800"))
        # One that is right by chance would be somebody else's beat.
        values["sequence"] = chance.choice(("-1", "x", "9" * 5_000))
    if chance.random() < 0.02:
        values |= {f"stream.{i}_age_ms": chance.choice(WRONG_NUMBERS) for i in range(MANY)}
    return _array(wrong, values, cell, chance)


def alarms(chance: Chance) -> Made:
    """Alarms and transitions of nobody, with at least one wrong value."""
    values = {
        **{"kind": "person_in_zone", "zone": "z", "state": "active_unacknowledged"},
        **{"priority": "high", "source": "guard", "raised_ns": "1", "evidence_ns": "1"},
        **{"event": "raised", "due_ns": "1", "acknowledged_by": "", "operator": ""},
        "stamp_ns": chance.choice(WRONG_WHOLES),
    }
    key = chance.choice(("kind", "state", "priority", "raised_ns"))
    values[key] = chance.choice(WRONG_NAMES)
    return _array("an alarm of nobody", values, NOT_OF_THE_CELL, chance)


def diagnostics(cell: str, chance: Chance) -> Made:
    """What a broken node of the cell might say of itself."""
    keys = ("turns", "deadline_misses", "state", "gap lost hall", "")
    values = {key: chance.choice((*WRONG_WHOLES, *WRONG_NUMBERS)) for key in keys}
    return _array("figures that are none", values, cell, chance)


def _array(wrong: str, values: Values, cell: str, chance: Chance) -> Made:
    pairs = list(values.items())
    names: tuple[str, ...] = ("x", *WRONG_NAMES)
    count = 1
    shape = chance.randrange(6)
    if shape in HEAVY and chance.random() > HEAVY_SHARE:
        shape = 5
    if shape == 0:
        wrong, count = f"{wrong}, {MANY} of them", MANY
        pairs = pairs[:2]
        # Many are enough; with long names as well they would be tens of megabytes.
        names = ("x", "")
    elif shape == 1:
        wrong = f"{wrong}, with {MANY} more keys"
        pairs += [(f"key{i}", "") for i in range(MANY)]
    elif shape == 2:
        wrong = f"{wrong}, each key twice"
        pairs += [(key, chance.choice(WRONG_NAMES)) for key in values if key != "score"]
    elif shape == 3:
        wrong = f"{wrong}, with a huge value"
        pairs.append(("note", "x" * 500_000))
    elif shape == 4:
        wrong = f"{wrong}, with keys missing"
        pairs = pairs[: chance.randrange(len(pairs))]
    cdr = Cdr().header(chance.choice(_STAMPS), chance.choice(names)).whole(count)
    for _ in range(count):
        level = chance.choice((0, 1, 2, 3, 4, 255))
        cdr.status(level, chance.choice(names), chance.choice(names), cell, pairs)
    return wrong, cdr.done()
