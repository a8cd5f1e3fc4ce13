"""Lessons from labelled recordings: windows of stretches, those with a hazard as often as without.

A lesson begins a little before what it teaches, with turns that a session would still remember;
nothing is learnt from those, nor from anything that is said: a recording teaches hazards alone.
Belongs to the thread or process that first asks it for a lesson.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from tml_ros.model.conversation import Conversation
from tml_ros.model.dialogue_tokens import DialogueTokens
from tml_ros.model.floor_policy import FLOORS
from tml_ros.model.preset import Preset
from tml_ros.model.tokenizer import HOLD, load_tokenizer
from tml_ros.model.turn_tokens import TurnTokens
from tml_ros.training.bags.stretch_file import StretchFile
from tml_ros.training.bags.token_variation import varied
from tml_ros.training.lesson import THINGS, Lesson
from tml_ros.turn.turn_output import Floor

WINDOW = 24
"""Turns that a lesson teaches: 4.8 s."""
MOST_REPEATED = 8
"""A window with a hazard comes at most so often in an epoch, however rare such windows are."""


class _Window(NamedTuple):
    stretch: int
    begin: int
    """The first turn to be learnt from."""


class BagLessons:
    """A `LessonSource`; see `prepare` for where its files come from.

    window: turns that each lesson teaches. vary: give the same turns in another light, mirrored
        and louder each time; without, lessons are the recording itself, and each window comes once:
        for examining.

    Raises ValueError where the files have nothing to be learnt.
    """

    def __init__(
        self, files: Sequence[Path], preset: Preset, *, window: int = WINDOW, vary: bool = True
    ) -> None:
        """Nothing is opened yet."""
        if window < 1 or not files:
            raise ValueError(f"{len(files)} stretches in windows of {window} turns are no lessons")
        self._files, self._preset = tuple(files), preset
        self._window, self._vary = window, vary

    @property
    def preset(self) -> Preset:
        """The model they are for."""
        return self._preset

    def __len__(self) -> int:
        """How many there are in an epoch."""
        return len(self._windows)

    def lesson(self, index: int, seed: int) -> Lesson:
        """See `LessonSource`. Raises ShardError, OSError, IndexError."""
        window = self._windows[index]
        stretch = self._stretches[window.stretch]
        rng = np.random.default_rng((seed, index))
        begin, turns = window.begin, min(self._window, len(stretch) - stretch.lead)
        if self._vary:
            # Not always the same turn first; half of what the window held is still in it.
            begin += int(rng.integers(-(turns // 2), turns // 2 + 1))
            begin = min(max(begin, stretch.lead), len(stretch) - turns)
        first = max(0, begin - self._preset.memory.sensor_turns)
        sensors = [stretch.sensors(turn) for turn in range(first, begin + turns)]
        hazards = np.array(stretch.hazards[first : begin + turns])
        hazards[: begin - first] = -1
        if self._vary:
            sensors, hazards = varied(sensors, hazards, self._preset, rng)
        count, patches = len(sensors), sum(len(turn.rgb) for turn in sensors)
        return Lesson(
            about=f"{stretch.about} + {begin} turns",
            turns=tuple(
                TurnTokens(number, of_turn, dialogue)
                for number, (of_turn, dialogue) in enumerate(
                    zip(sensors, self._dialogue, strict=False)
                )
            ),
            hazards=hazards,
            things=np.full((patches, THINGS), -1, np.int8),
            smoke=np.full(patches, -1, np.float32),
            floor=np.full(count, FLOORS.index(Floor.LISTEN), np.int64),
            floor_weight=np.zeros(count, np.float32),
            text=np.full((count, self._preset.text.out_per_turn), HOLD, np.int64),
            text_weight=np.zeros(count, np.float32),
        )

    @cached_property
    def _stretches(self) -> list[StretchFile]:
        return [StretchFile(path, self._preset) for path in self._files]

    @cached_property
    def _windows(self) -> list[_Window]:
        """Of an epoch, in the order of the files."""
        plain: list[_Window] = []
        there: list[_Window] = []
        for number, stretch in enumerate(self._stretches):
            last = max(stretch.lead, len(stretch) - self._window)
            begins = {min(at, last) for at in range(stretch.lead, len(stretch), self._window)}
            for begin in sorted(begins):
                labels = stretch.hazards[begin : begin + self._window]
                if (labels == 1).any():
                    there.append(_Window(number, begin))
                elif (labels == 0).any():
                    plain.append(_Window(number, begin))
        wanted = round(len(plain) / len(there)) if there and self._vary else 1
        return sorted(plain + there * min(max(wanted, 1), MOST_REPEATED))

    @cached_property
    def _dialogue(self) -> list[DialogueTokens]:
        """What a session that says nothing and is told nothing takes in, turn by turn."""
        vocabulary = self._preset.text.vocabulary
        conversation = Conversation(self._preset, load_tokenizer(vocabulary=vocabulary))
        listen = np.array([40.0 * (floor is Floor.LISTEN) for floor in FLOORS], np.float32)
        taken = []
        for turn in range(self._preset.memory.sensor_turns + self._window):
            taken.append(conversation.take_in((), turn=turn))
            conversation.decide(listen)
            conversation.say(())
        return taken

    def __getstate__(self) -> dict[str, Any]:
        """What another process opens it by."""
        kept = ("_files", "_preset", "_window", "_vary")
        return {name: vars(self)[name] for name in kept}
