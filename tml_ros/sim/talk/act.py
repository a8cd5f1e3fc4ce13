"""What somebody means by what they say.

Words only: which wordings an act has, and what is right to answer, is known elsewhere.
"""

from __future__ import annotations

from enum import Enum


class Act(str, Enum):
    """What is meant. Those up to FINISH_COUNT are for the cell, the others are not."""

    ASK_SAFE = "ask_safe"
    """"Is it safe to enter the press area?" The truth decides: yes while nobody is in the zone and
    nothing dangerous goes on there."""
    ASK_WHO = "ask_who"
    """"Is somebody in the press area?"."""
    ASK_ALARM = "ask_alarm"
    """"What is the alarm?" Name the hazards that are present, or say that there is none."""
    ASK_LISTENING = "ask_listening"
    """"Are you there?"."""
    ASK_WHY = "ask_why"
    """"Why did press 2 stop?" Needs thinking: say so and hand it to the background."""
    ACKNOWLEDGE = "acknowledge"
    """"I have seen it." Confirm, and acknowledge the alarm."""
    STOP = "stop"
    """"Stop", "be quiet": fall silent."""
    CONTINUE = "continue"
    """"Go on": say the rest of what was cut short."""
    REPEAT = "repeat"
    """"Say that again."."""
    REMIND = "remind"
    """"Remind me in 30 seconds."."""
    EVERY = "every"
    """"Tell me every 10 seconds until I say stop."."""
    STOP_EVERY = "stop_every"
    COUNT = "count"
    """"Count the boxes": say the number each time one passes."""
    FINISH_COUNT = "finish_count"
    """"How many were there?"."""
    CUE = "cue"
    """"Tell me when the forklift is gone."."""
    INSTEAD = "instead"
    """Talks over the cell with another question (`about` says of which zone): it falls silent and
    answers that one."""
    LONG_STORY = "long_story"
    """Speaks for long to the cell: it listens, and gives signs that it does."""
    THANKS = "thanks"
    """Nothing needs to be said; a word is no mistake."""
    UH_HUH = "uh_huh"
    """A sign of listening while the cell speaks: it goes on."""
    CHATTER = "chatter"
    """People among themselves."""
    NEAR_MISS = "near_miss"
    """Chatter that sounds like a command: "we had to stop the press yesterday"."""
    CRY_FOR_HELP = "cry_for_help"
    """A call for help: a hazard, and to be answered by a warning."""

    @property
    def addressed(self) -> bool:
        """Whether it is meant for the cell."""
        return self not in _NOT_ADDRESSED


_NOT_ADDRESSED = frozenset({Act.UH_HUH, Act.CHATTER, Act.NEAR_MISS})
