"""What one session keeps in memory, part by part.

Knows nothing of time. Of the thread that steps the session.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

import numpy as np
from pydantic import BaseModel

from tml_ros.model.native_session import NativeSession


def session_bytes(session: NativeSession) -> dict[str, int]:
    """Bytes: keys and values, arrays of the other parts, and the conversation's facts as JSON.

    What Python itself needs for objects is not counted.
    """
    parts = {
        "kv": session.ticker.rings.bytes_per_row,
        "ring": array_bytes(session.ring),
        "senses": array_bytes(session.senses),
        "vocoder": array_bytes(session.vocoder),
        "conversation": len(json.dumps(session.conversation.facts()).encode()),
    }
    return {**parts, "total": sum(parts.values())}


def array_bytes(thing: object) -> int:
    """Bytes of all arrays that a thing holds, however deep; each memory is counted once."""
    seen: set[int] = set()
    found = 0
    waiting = [thing]
    while waiting:
        one = waiting.pop()
        while isinstance(one, np.ndarray) and isinstance(one.base, np.ndarray):
            one = one.base
        if id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, np.ndarray):
            found += one.nbytes
        else:
            waiting += _inside(one)
    return found


def _inside(thing: object) -> Iterable[object]:
    """What a thing of this package, or a container, holds; a preset is everybody's."""
    if isinstance(thing, dict):
        return thing.values()
    if isinstance(thing, (list, tuple)):
        return thing
    if isinstance(thing, BaseModel) or not type(thing).__module__.startswith("tml_ros."):
        return ()
    slots = [getattr(thing, name) for name in getattr(type(thing), "__slots__", ())]
    return [*getattr(thing, "__dict__", {}).values(), *slots]
