"""What would be right to do, and from when to when. Types only; how it is scored is the judge's.

An expectation is made from the truth alone: it knows nothing of what anybody did.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum


class Rule(str, Enum):
    """The kinds of right behaviour; the judge gives each its score.

    Speech is anything but a backchannel. "Begins" is the first sample that is heard.
    """

    WARN = "warn"
    """Speech that says the right thing begins within the window, also over somebody speaking."""
    ANSWER = "answer"
    """Speech begins within the window, and it says the right thing."""
    HOLD = "hold"
    """Somebody pauses in thought: no speech begins within the window."""
    FALL_SILENT = "fall_silent"
    """Who speaks at `due_s` is silent by `closes_s`. Void where nobody speaks at `due_s`."""
    KEEP_ON = "keep_on"
    """Who speaks at `due_s` does not break off within the window. Void where nobody speaks."""
    RESUME = "resume"
    """What was cut short is taken up again within the window."""
    BACKCHANNEL = "backchannel"
    """At least one backchannel within the window, and no speech."""
    QUIET = "quiet"
    """Nothing begins within the window: neither speech nor a backchannel."""
    ACKNOWLEDGE = "acknowledge"
    """Within the window speech that confirms begins, and a request of kind `acknowledge` goes out.
    """
    DELEGATE = "delegate"
    """Within the window a request goes to the background, and speech that says so begins."""
    SAY_FINDING = "say_finding"
    """Speech with what was found begins within the window, and while nobody else speaks."""
    AT_TIME = "at_time"
    """Speech begins within the window around a time that was set."""
    COUNT = "count"
    """Speech within the window names the number; off by one is told apart from worse."""
    CUE = "cue"
    """Speech begins within the window after the cue, and none about it before."""


@dataclass(frozen=True, slots=True)
class Says:
    """What a text must say, apart from its wording: of each group one of the words or phrases, and
    none of `none_of`. Lower case; words are separated by single spaces.
    """

    all_of: tuple[tuple[str, ...], ...] = ()
    none_of: tuple[str, ...] = ()

    def holds(self, text: str) -> bool:
        """Whether the text says it."""
        said = f" {plain_words(text)} "
        return all(any(f" {words} " in said for words in group) for group in self.all_of) and all(
            f" {words} " not in said for words in self.none_of
        )


@dataclass(frozen=True, slots=True)
class Expectation:
    """One thing that is right to do (or not to do) in [opens_s, closes_s].

    due_s: the moment from which a delay is counted. line: index of the line spoken whose beginning
    the three times are relative to; None: they are times of the scenario. says: what is right to
    say; None where anything is. about: zone, machine or thing, for people who read the judgement.
    number: what is to be counted or the seconds that were set.
    over_speech: whether somebody speaks at `due_s`, so that figures can be told apart.
    """

    rule: Rule
    due_s: float
    opens_s: float
    closes_s: float
    line: int | None = None
    says: Says | None = None
    about: str = ""
    number: int | None = None
    over_speech: bool = False


def plain_words(text: str) -> str:
    """Lower-case words and numbers with single spaces between, names' underlines among them gone.

    "Warning. Person in press_area." is "warning person in press area".
    """
    return " ".join(re.findall(r"[^\W_]+(?:'[^\W_]+)?", text.lower()))
