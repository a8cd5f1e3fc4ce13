"""What people said that nobody could know beforehand: lines spoken into what a cell says.

They are told while they are said, in the messages of a simulation's truth. Knows nothing of topics
or of how the lines come about. One thread owns it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from tml_ros.report.truth_record import TruthLine, TruthRecord

MOST_LINES: Final = 1_000
SAME_NS: Final = 300_000_000
"""A line that was written down and begins so near to one that was told is the same."""

_Speaker = tuple[str, str, bool]


class LiveLines:
    """Follows the messages of one run."""

    def __init__(self) -> None:
        """Nobody speaks."""
        self._begun: dict[_Speaker, int] = {}
        self._over: list[TruthLine] = []

    def take(self, speaking: Sequence[Mapping[str, Any]], stamp_ns: int) -> None:
        """Who speaks from now on, each with who, text and addressed.

        Raises KeyError, TypeError for what says something else.
        """
        now = {
            (str(one["who"]), str(one["text"]), bool(one.get("addressed", True)))
            for one in speaking
        }
        for speaker in [speaker for speaker in self._begun if speaker not in now]:
            line = _line(speaker, self._begun.pop(speaker), stamp_ns)
            if len(self._over) < MOST_LINES:
                self._over.append(line)
        for speaker in now:
            self._begun.setdefault(speaker, stamp_ns)

    def lines(self, end_ns: int) -> tuple[TruthLine, ...]:
        """Everything said until then, in order of time."""
        open_lines = [_line(speaker, begun, end_ns) for speaker, begun in self._begun.items()]
        return tuple(sorted([*self._over, *open_lines], key=lambda line: line.start_ns))


def completed(truth: TruthRecord, told: Sequence[TruthLine]) -> TruthRecord:
    """The truth with those of the lines told that are not written down in it."""
    live = [line for line in told if not any(_same(line, known) for known in truth.lines)]
    lines = sorted([*truth.lines, *live], key=lambda line: line.start_ns)
    return replace(truth, lines=tuple(lines))


def _line(speaker: _Speaker, start_ns: int, end_ns: int) -> TruthLine:
    who, text, addressed = speaker
    return TruthLine(who, text, start_ns, end_ns, addressed)


def _same(one: TruthLine, other: TruthLine) -> bool:
    near = abs(one.start_ns - other.start_ns) < SAME_NS
    return near and (one.who, one.text) == (other.who, other.text)
