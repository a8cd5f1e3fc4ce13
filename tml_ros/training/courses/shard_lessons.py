"""Lessons of one course, made from rendered scenarios as they are asked for.

Opened in the process that uses it: until then it holds the files' names alone, which are those
that were there when it was made. One thread owns it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tml_ros.model.preset import Preset
from tml_ros.model.tokenizer import TextTokenizer, load_tokenizer
from tml_ros.model.turn_tokens import TurnTokens
from tml_ros.sim.render.array_file import SUFFIX, ShardError
from tml_ros.sim.render.shard import RenderedScenario
from tml_ros.sim.split import Split
from tml_ros.training.courses.course import Course
from tml_ros.training.courses.open_shards import OpenShards
from tml_ros.training.courses.silence import silence
from tml_ros.training.courses.voices import Voices
from tml_ros.training.courses.windows import Window, Windows
from tml_ros.training.lesson import Lesson
from tml_ros.training.sensing.cell_sound import cell_sound, hall_sound
from tml_ros.training.sensing.loudspeaker import played
from tml_ros.training.sensing.sensed_scene import SensedScene, sensed_scene
from tml_ros.training.sensing.variety import USUAL, Variety
from tml_ros.training.teaching.script import Script
from tml_ros.training.teaching.teacher import teach

Sound = NDArray[np.float32]
Teacher = Callable[[RenderedScenario, Preset, TextTokenizer, np.random.Generator], Script]
"""What is right to say in a scenario; picklable."""

WINDOW: Final = 20
"""Turns of a lesson of sight: 4 s."""
_TRIES = 4


class ShardLessons:
    """See `LessonSource`.

    folders: with shards; all of them count as one. course: `Course` or its name. window: turns of
    a lesson, WINDOW of sight and else the whole scenario, of which it may not be longer than some.
    teacher: of what is said. looks: those of the shards. seeds: only scenarios with seeds from the
    first on, below the second. voices: folder where the session's own speech is kept for other
    processes and the next time.

    Raises ShardError where there are no shards, and when they are opened, at the first call, where
    they are not for this preset and course; OSError, SpeechUnavailableError.
    """

    def __init__(
        self,
        folders: Path | Sequence[Path],
        preset: Preset,
        *,
        course: Course | str,
        teacher: Teacher = teach,
        window: int | None = None,
        variety: Variety = USUAL,
        looks: Split = Split.TRAIN,
        seeds: tuple[int, int] | None = None,
        voices: Path | None = None,
    ) -> None:
        """Note which files there are."""
        some = (folders,) if isinstance(folders, Path) else tuple(folders)
        self.files = tuple(
            path for folder in some for path in sorted(folder.glob(f"[!.]*{SUFFIX}"))
        )
        if not self.files:
            raise ShardError(f"no shards in {', '.join(map(str, some))}")
        self.course = Course(course)
        if window is not None and window < 1:
            raise ValueError(f"a lesson has at least one turn, not {window}")
        self._preset, self._variety, self._teacher = preset, variety, teacher
        self._window, self._looks, self._seeds = window, looks, seeds
        self._voices = voices
        self._open: _Open | None = None

    @property
    def preset(self) -> Preset:
        """The model they are for."""
        return self._preset

    def __len__(self) -> int:
        """How many there are in an epoch."""
        opened = self._opened()
        return len(opened.shards if opened.windows is None else opened.windows)

    def lesson(self, index: int, seed: int) -> Lesson:
        """One of them; see `LessonSource`. Raises IndexError."""
        if not 0 <= index < len(self):
            raise IndexError(f"lesson {index} of {len(self)}")
        rng = np.random.default_rng([index, seed])
        opened = self._opened()
        if opened.windows is None:
            return self._of_talk(opened, index, rng)
        return self._of_sight(opened, opened.windows.window(index, rng), rng)

    def __getstate__(self) -> dict[str, Any]:
        """Without what is open."""
        return {**vars(self), "_open": None}

    def _of_sight(self, opened: _Open, window: Window, rng: np.random.Generator) -> Lesson:
        scene, turns = opened.shards[window.scene], window.turns
        under = _under(opened.shards, turns, rng) if self._mixes(rng) else None
        sound = hall_sound(scene, turns)
        sensed = self._sensed(opened, window, sound, rng, under=under)
        about = f"{scene.entry.name} of {scene.entry.suite.value} from turn {turns.start} on"
        return _lesson(about, sensed, opened.silence)

    def _of_talk(self, opened: _Open, index: int, rng: np.random.Generator) -> Lesson:
        scene = opened.shards[index]
        script = self._teacher(scene, self._preset, opened.tokenizer, rng)
        length = min(scene.entry.turns, len(script.dialogue), self._window or scene.entry.turns)
        own = played(script, length, speech=opened.voices.speech, warning=opened.voices.warning)
        sound = cell_sound(scene, length, own, script.line_starts)
        sensed = self._sensed(opened, Window(index, range(length)), sound, rng, under=None)
        return _lesson(f"{scene.entry.name} of {scene.entry.suite.value}", sensed, script)

    def _sensed(
        self,
        opened: _Open,
        window: Window,
        sound: Mapping[str, Sound],
        rng: np.random.Generator,
        *,
        under: Sound | None,
    ) -> SensedScene:
        return sensed_scene(
            opened.shards[window.scene],
            window.turns,
            sound,
            opened.shards.layout(window.scene),
            self._preset,
            variety=self._variety,
            rng=rng,
            under=under,
        )

    def _mixes(self, rng: np.random.Generator) -> bool:
        return bool(rng.random() < self._variety.mixed)

    def _opened(self) -> _Open:
        if self._open is None:
            shards = OpenShards(
                self.files,
                self._preset,
                course=self.course,
                looks=self._looks,
                seeds=self._seeds,
            )
            tokenizer = load_tokenizer(vocabulary=self._preset.text.vocabulary)
            window = self._window or WINDOW
            self._open = _Open(
                shards,
                Windows(shards, window) if self.course is Course.SIGHT else None,
                tokenizer,
                silence(self._preset, tokenizer, window),
                Voices(self._preset, tokenizer, folder=self._voices),
            )
        return self._open


@dataclass(frozen=True, slots=True)
class _Open:
    """What a process has that makes lessons."""

    shards: OpenShards
    windows: Windows | None
    tokenizer: TextTokenizer
    silence: Script
    voices: Voices


def _under(scenes: OpenShards, turns: range, rng: np.random.Generator) -> Sound | None:
    """Sound of so many turns of another scenario in which no hazard is heard."""
    for _ in range(_TRIES):
        scene = scenes[int(rng.integers(len(scenes)))]
        room = scene.entry.turns - len(turns)
        if room >= 0:
            first = int(rng.integers(room + 1))
            part = range(first, first + len(turns))
            if not scene.heard[part.start : part.stop].any():
                return next(iter(hall_sound(scene, part).values()), None)
    return None


def _lesson(about: str, sensed: SensedScene, script: Script) -> Lesson:
    turns = len(sensed.tokens)
    return Lesson(
        about=about,
        turns=tuple(
            TurnTokens(number, sensors, script.dialogue[number])
            for number, sensors in enumerate(sensed.tokens)
        ),
        hazards=sensed.hazards,
        things=sensed.things,
        smoke=sensed.smoke,
        floor=script.floor[:turns],
        floor_weight=script.floor_weight[:turns],
        text=script.text[:turns],
        text_weight=script.text_weight[:turns],
    )
