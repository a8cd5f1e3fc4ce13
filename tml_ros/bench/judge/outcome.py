"""What became of one expectation: right, wrong or void, how late, and why in plain words. Types
and their makers only; the rules are in `behaviour` and what it joins.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from tml_ros.bench.judge.window import Window
from tml_ros.sim.truth.expectation import Expectation, Rule


class Verdict(str, Enum):
    """Whether it was right. What is void counts for nothing, neither good nor bad."""

    RIGHT = "right"
    WRONG = "wrong"
    VOID = "void"


class Fault(str, Enum):
    """What was wrong, so that mistakes of one sort can be counted."""

    SILENT = "silent"
    """Nothing was said that could have been meant for it."""
    EARLY = "early"
    LATE = "late"
    SAID_OTHERWISE = "said_otherwise"
    """It spoke in time, but not what is right to say, or also the opposite."""
    OFF_BY_ONE = "off_by_one"
    SHARED = "shared"
    """What would have done was the reply to another question."""
    OVER_SPEECH = "over_speech"
    """It began while somebody was speaking."""
    NO_REQUEST = "no_request"
    """It said so, but nothing went out."""
    SPOKE = "spoke"
    """It spoke where it should not have."""
    WENT_ON = "went_on"
    """It did not stop, or began again at once."""
    BROKE_OFF = "broke_off"


@dataclass(frozen=True, slots=True)
class Outcome:
    """expectation: its index in `Truth.expected`. delay_s: from due to what fulfilled it; None
    where nothing did, or where the rule has no delay. due_s: in the scenario; None where the line
    that it hangs on was never said. over_speech, about: the expectation's own.
    """

    expectation: int
    rule: Rule
    verdict: Verdict
    delay_s: float | None
    why: str
    fault: Fault | None = None
    due_s: float | None = None
    over_speech: bool = False
    about: str = ""


def right(window: Window, why: str, *, at_s: float | None = None) -> Outcome:
    """It was. at_s: when what fulfilled it began."""
    delay_s = None if at_s is None else at_s - window.due_s
    return _outcome(window, Verdict.RIGHT, delay_s, why, None)


def wrong(window: Window, fault: Fault, why: str) -> Outcome:
    """It was not."""
    return _outcome(window, Verdict.WRONG, None, why, fault)


def void(window: Window, why: str) -> Outcome:
    """It cannot be told."""
    return _outcome(window, Verdict.VOID, None, why, None)


def never_came_up(index: int, asked: Expectation) -> Outcome:
    """The line that it hangs on was never said."""
    why = f"line {asked.line} was never said"
    over = asked.over_speech
    return Outcome(index, asked.rule, Verdict.VOID, None, why, over_speech=over, about=asked.about)


def _outcome(
    window: Window, verdict: Verdict, delay_s: float | None, why: str, fault: Fault | None
) -> Outcome:
    asked = window.asked
    return Outcome(
        expectation=window.index,
        rule=asked.rule,
        verdict=verdict,
        delay_s=delay_s,
        why=why,
        fault=fault,
        due_s=window.due_s,
        over_speech=asked.over_speech,
        about=asked.about,
    )
