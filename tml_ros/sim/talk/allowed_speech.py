"""Where speech that nobody asked for is no mistake.

Everywhere else what the cell says was provoked by nothing. Allowed: what is expected, and up to
1.5 s after its window (late is judged as late, not as unprovoked); a word after a line that was
spoken to the cell, from 0.1 s before its end to 3.0 s after it, such as "okay" to a task or a
thank-you, but not after "be quiet"; speaking of a hazard from its beginning to a while after it is
evident, or all the time where it is in doubt; what is handed over just before the end; and up to
1.6 s before the line that ends a counting or a time signal, a last number or call. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.talk.act import Act
from tml_ros.sim.talk.duty import SPEAKS
from tml_ros.sim.talk.expect_hazards import spoken_of
from tml_ros.sim.talk.line_times import Window, merged
from tml_ros.sim.truth.expectation import Expectation
from tml_ros.sim.truth.truth import Doubt, HazardSpan, SpokenLine

LATE_S: Final = 1.5
AFTER_LINE_S: Final = 3.0
_BEFORE_END_S: Final = 0.1
_LAST_S: Final = 8.0
_LAST_CALL_S: Final = 1.6
_LAST_CALL_LATE_S: Final = 0.4


class SpeechWindow(NamedTuple):
    """Speech may begin from `opens_s` to `closes_s`; after the beginning of line `line`, if any."""

    opens_s: float
    closes_s: float
    line: int | None = None


def allowed_speech(
    scenario: Scenario,
    lines: Sequence[SpokenLine],
    expected: Sequence[Expectation],
    *,
    hazards: Sequence[HazardSpan] = (),
    doubts: Sequence[Doubt] = (),
) -> tuple[SpeechWindow, ...]:
    """The windows: those at times of the scenario, merged and in order, then those of lines.

    hazards, doubts: those of the truth; without them speech of a hazard that is in doubt, or too
    late in the scenario to be expected, is not allowed.
    """
    fixed: list[Window] = list(spoken_of(hazards, doubts))
    relative: list[SpeechWindow] = []
    for expectation in expected:
        if expectation.rule in SPEAKS:
            closes = expectation.closes_s + LATE_S
            if expectation.line is None:
                fixed.append((expectation.opens_s, closes))
            else:
                relative.append(SpeechWindow(expectation.opens_s, closes, expectation.line))
    for line in lines:
        window = _after(line)
        if window is None:
            continue
        if line.start_s is None:
            relative.append(SpeechWindow(*window, line.index))
        else:
            fixed.append((line.start_s + window[0], line.start_s + window[1]))
    fixed += _last_calls(lines)
    fixed += [
        (handed.at, scenario.seconds)
        for handed in scenario.handed_over
        if handed.at > scenario.seconds - _LAST_S
    ]
    inside = (
        (max(0.0, opens), min(closes, scenario.seconds))
        for opens, closes in fixed
        if opens < scenario.seconds
    )
    relative.sort(key=lambda window: (window.line or 0, window.opens_s))
    return (*(SpeechWindow(*window) for window in merged(inside)), *relative)


def _last_calls(lines: Sequence[SpokenLine]) -> list[Window]:
    """Before a line that ends what goes on, something of it may just be said."""
    begun = [line.index for line in lines if line.act in (Act.EVERY, Act.COUNT)]
    return [
        (line.start_s - _LAST_CALL_S, line.start_s + _LAST_CALL_LATE_S)
        for line in lines
        if line.start_s is not None
        and line.act in (Act.STOP, Act.STOP_EVERY, Act.FINISH_COUNT)
        and begun
        and min(begun) < line.index
    ]


def _after(line: SpokenLine) -> Window | None:
    """From its beginning."""
    if not line.act.addressed or line.act is Act.STOP:
        return None
    opens = max(0.0, line.seconds - _BEFORE_END_S)
    # A reminder may come up while it is being called off.
    return 0.0 if line.act is Act.STOP_EVERY else opens, line.seconds + AFTER_LINE_S
