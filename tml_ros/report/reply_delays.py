"""How soon a cell began to answer what was said to it.

Says nothing of whether it should have, or of what it said. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tml_ros.report.session_log import SpeechRecord
from tml_ros.report.truth_record import TruthLine

EARLY_NS: Final = 300_000_000
"""An answer may begin so long before the line has quite ended."""
LATEST_NS: Final = 3_000_000_000
"""What begins later after a line is no answer to it."""


def reply_delays(speech: Sequence[SpeechRecord], lines: Sequence[TruthLine]) -> dict[int, float]:
    """For each of the cell's own utterances that answers a line: its place in `speech`, and the
    seconds from the line's end, below zero where it began before.

    Warnings answer nobody. A line is answered once, by the first that begins after it.
    """
    delays: dict[int, float] = {}
    for line in lines:
        if not line.addressed:
            continue
        for place, one in enumerate(speech):
            after_ns = one.stamp_ns - line.end_ns
            own = one.priority is None and place not in delays
            if own and -EARLY_NS <= after_ns <= LATEST_NS:
                delays[place] = after_ns / 1e9
                break
    return delays
