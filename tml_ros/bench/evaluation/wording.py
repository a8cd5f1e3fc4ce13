"""Rules, faults and hazards in words that somebody reads who has not read the code."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from tml_ros.bench.judge.outcome import Fault
from tml_ros.sim.truth.expectation import Rule

RULES: Final = MappingProxyType(
    {
        Rule.WARN: ("warns", "Says what the danger is and where, in time, also over others."),
        Rule.ANSWER: ("answers", "The right answer to a question, soon after it."),
        Rule.HOLD: ("waits", "Leaves somebody alone who pauses in thought."),
        Rule.FALL_SILENT: ("falls silent", "Stops when it is interrupted."),
        Rule.KEEP_ON: ("keeps on", "Does not stop for a sign of listening or for chatter."),
        Rule.RESUME: ("takes up again", "Goes on where it was cut short, once it is told to."),
        Rule.BACKCHANNEL: ("shows it listens", "A sign of listening in a long story, no more."),
        Rule.QUIET: ("keeps quiet", "Nothing at all to talk that is not meant for it."),
        Rule.ACKNOWLEDGE: ("acknowledges", "Confirms, and acknowledges the alarm."),
        Rule.DELEGATE: ("asks the background", "Says that it will look, and does ask."),
        Rule.SAY_FINDING: ("passes on", "Says what it was handed, when nobody else speaks."),
        Rule.AT_TIME: ("keeps time", "Speaks at a time that was set."),
        Rule.COUNT: ("counts", "Names the right number, aloud."),
        Rule.CUE: ("waits for a cue", "Tells once what it was to wait for has happened."),
    }
)
"""What each rule asks for: in two words, and in a sentence."""

FAULTS: Final = MappingProxyType(
    {
        Fault.SILENT: "said nothing",
        Fault.EARLY: "too early",
        Fault.LATE: "too late",
        Fault.SAID_OTHERWISE: "said something else",
        Fault.OFF_BY_ONE: "off by one",
        Fault.SHARED: "one reply for two",
        Fault.OVER_SPEECH: "began over somebody",
        Fault.NO_REQUEST: "said so, did not do it",
        Fault.SPOKE: "spoke",
        Fault.WENT_ON: "went on",
        Fault.BROKE_OFF: "broke off",
    }
)


def plain(name: str) -> str:
    """A name without underlines."""
    return name.replace("_", " ")


def capital(text: str) -> str:
    """With a capital first."""
    return text[:1].upper() + text[1:]
