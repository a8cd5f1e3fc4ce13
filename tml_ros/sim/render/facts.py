"""A scenario and its truth as bytes, and back to what they were: JSON, deflated.

Times and places keep every bit. Pure.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from typing import Final

from pydantic import TypeAdapter, ValidationError

from tml_ros.sim.render.array_file import ShardError
from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.talk.allowed_speech import SpeechWindow
from tml_ros.sim.truth.truth import Truth

MOST_BYTES: Final = 256 << 20
"""Of the JSON: more is no truth of an hour."""


@dataclass(frozen=True, slots=True)
class Facts:
    """allowed_speech: from when to when speech is no mistake although nothing calls for it."""

    scenario: Scenario
    truth: Truth
    allowed_speech: tuple[SpeechWindow, ...]


_FACTS = TypeAdapter(Facts)


def packed(facts: Facts) -> bytes:
    """As bytes."""
    return zlib.compress(as_text(facts).encode("ascii"), 6)


def as_text(facts: Facts) -> str:
    """As JSON."""
    return json.dumps(_FACTS.dump_python(facts, mode="json"), separators=(",", ":"))


def unpacked(data: bytes) -> Facts:
    """From bytes. Raises ShardError."""
    unzip = zlib.decompressobj()
    try:
        text = unzip.decompress(data, MOST_BYTES)
        if not unzip.eof or unzip.unused_data:
            raise ShardError("the facts of a scenario are cut short")
        return _FACTS.validate_python(json.loads(text))
    except (zlib.error, ValueError, ValidationError, RecursionError) as error:
        if isinstance(error, ShardError):
            raise
        raise ShardError(f"the facts of a scenario cannot be read: {error}") from error
