"""Words for why: times told beside what they belong to. For people; nothing reads them."""

from __future__ import annotations

from tml_ros.bench.judge.window import Window
from tml_ros.sim.truth.expectation import Rule

LONGEST_QUOTE = 60
NEAR_S = 3.0
"""What comes this near to a window is looked at to tell early or late from nothing at all."""

_EVENTS = {
    Rule.WARN: "the danger showed",
    Rule.ANSWER: "the question ended",
    Rule.HOLD: "the pause began",
    Rule.FALL_SILENT: "it was interrupted",
    Rule.KEEP_ON: "somebody made a sound",
    Rule.RESUME: "it was told to go on",
    Rule.BACKCHANNEL: "the story called for it",
    Rule.QUIET: "the talk began",
    Rule.ACKNOWLEDGE: "the words ended",
    Rule.DELEGATE: "the question ended",
    Rule.SAY_FINDING: "the finding was there",
    Rule.AT_TIME: "the time that was set",
    Rule.COUNT: "the thing to be counted",
    Rule.CUE: "the cue",
}


def event_of(window: Window) -> str:
    """What happens at `due_s`."""
    return _EVENTS[window.asked.rule]


def when(window: Window, time_s: float) -> str:
    """A time beside due: "0.7 s before the question ended"."""
    delay_s = time_s - window.due_s
    side = "before" if round(delay_s, 2) < 0 else "after"
    return f"{abs(delay_s):.2f} s {side} {event_of(window)}"


def late_by(window: Window, time_s: float) -> str:
    """A beginning after the window: "began 2.40 s after the question ended, 0.40 s too late"."""
    return f"began {when(window, time_s)}, {time_s - window.closes_s:.2f} s too late"


def quoted(text: str) -> str:
    """What was said, cut where it is long."""
    short = text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 3] + "..."
    return f'"{short}"'
