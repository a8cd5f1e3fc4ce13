"""The tasks of the bench, by family. Words only.

The first four are those of Full-Duplex-Bench v1.0 (Lin et al. 2025, arXiv 2503.04721), the next
four the overlaps of its v1.5 (arXiv 2507.23159). The last four are tasks of time, in the manner of
TimeSpeak, CueSpeak, RepCount and temporal localisation, for the ear.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final


class Family(str, Enum):
    """Where a task is defined; also the folder of its samples."""

    V1 = "v1.0"
    V1_5 = "v1.5"
    TIMING = "timing"


class Task(str, Enum):
    """Names as in the public layout's folders, where there are such."""

    PAUSE_HANDLING = "pause_handling"
    """Somebody pauses in thought: do not take over."""
    BACKCHANNEL = "backchannel"
    """Somebody tells for long: listen, and give short signs of it."""
    TURN_TAKING = "smooth_turn_taking"
    """Somebody has finished: answer, soon."""
    INTERRUPTION = "user_interruption"
    """Somebody asks something else over the answer: answer that."""
    OVERLAP_INTERRUPTION = "overlap_user_interruption"
    """The same, as v1.5 looks at it: fall silent and respond."""
    OVERLAP_BACKCHANNEL = "overlap_user_backchannel"
    """Somebody gives a sign of listening: go on."""
    OVERLAP_SIDE_TALK = "overlap_talking_to_other"
    """The same person talks to somebody else: go on."""
    OVERLAP_BACKGROUND = "overlap_background_speech"
    """Other people talk in the background: go on."""
    SET_TIME = "set_time"
    """Speak at a time that was set, or at each of several."""
    CUE = "cue"
    """Speak when a sound begins, or has stopped."""
    COUNT = "count"
    """Say how many times something sounded."""
    HOW_LONG_AGO = "how_long_ago"
    """Say how many seconds ago something sounded."""

    @property
    def family(self) -> Family:
        """Where it is defined."""
        return _FAMILIES[self]

    @property
    def folder(self) -> str:
        """Of its samples: "v1.5/user_interruption"."""
        return f"{self.family.value}/{self.value.removeprefix('overlap_')}"

    @property
    def heading(self) -> str:
        """For people."""
        return _HEADINGS[self]


_FAMILIES: Final[Mapping[Task, Family]] = MappingProxyType(
    {
        task: Family.V1 if place < 4 else Family.V1_5 if place < 8 else Family.TIMING
        for place, task in enumerate(Task)
    }
)
_HEADINGS: Final[Mapping[Task, str]] = MappingProxyType(
    {
        Task.PAUSE_HANDLING: "Pause in thought",
        Task.BACKCHANNEL: "Signs of listening",
        Task.TURN_TAKING: "Turn taking",
        Task.INTERRUPTION: "Interrupted by another question",
        Task.OVERLAP_INTERRUPTION: "Overlap: another question",
        Task.OVERLAP_BACKCHANNEL: "Overlap: a sign of listening",
        Task.OVERLAP_SIDE_TALK: "Overlap: talk to somebody else",
        Task.OVERLAP_BACKGROUND: "Overlap: talk in the background",
        Task.SET_TIME: "At a time that was set",
        Task.CUE: "At a sound",
        Task.COUNT: "Counting sounds",
        Task.HOW_LONG_AGO: "How long ago",
    }
)
OVERLAPS: Final = tuple(task for task in Task if task.family is Family.V1_5)
INTERRUPTIONS: Final = (Task.INTERRUPTION, Task.OVERLAP_INTERRUPTION)
