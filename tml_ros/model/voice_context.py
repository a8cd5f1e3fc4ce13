"""The text around the place that is being said, as the voice sees it: always of one size.

Knows nothing of sound. Frozen; any thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tml_ros.model.tokenizer import HOLD


@dataclass(frozen=True, slots=True)
class VoiceContext:
    """Tokens in the order in which they are said.

    text: int64 [context_tokens]. seconds: float32 [context_tokens], when each begins, from the
    start of this turn; negative: begun before. valid: bool [context_tokens], False where there is
    none (HOLD at 0 s).
    """

    text: NDArray[np.int64]
    seconds: NDArray[np.float32]
    valid: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class TimedToken:
    """A token and when it begins: seconds from the start of its utterance."""

    token: int
    start: float


def begun_places(context_tokens: int) -> int:
    """How many places are for tokens begun by the end of this turn: two thirds, at least one."""
    return max(1, 2 * context_tokens // 3)


def voice_context(
    begun: Sequence[TimedToken],
    to_come: Sequence[TimedToken],
    *,
    now: float,
    context_tokens: int,
) -> VoiceContext:
    """Those nearest to this turn, which starts at `now` seconds of the utterance.

    begun: the last of them end at `begun_places`. to_come: the first of them begin there.
    """
    text = np.full(context_tokens, HOLD, np.int64)
    seconds = np.zeros(context_tokens, np.float32)
    valid = np.zeros(context_tokens, np.bool_)
    middle = begun_places(context_tokens)
    near = [*begun[-middle:], *to_come[: context_tokens - middle]]
    first = middle - min(middle, len(begun))
    for place, timed in enumerate(near, start=first):
        text[place] = timed.token
        seconds[place] = timed.start - now
        valid[place] = True
    for array in (text, seconds, valid):
        array.flags.writeable = False
    return VoiceContext(text, seconds, valid)
