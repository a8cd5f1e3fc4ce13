"""Lessons of one course, made from rendered scenarios as they are asked for.

Opened in the process that uses it: until then it holds the files' names alone, which are those
that were there when it was made. One thread owns it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tml_ros.cell.session_layout import session_layout
from tml_ros.model.layout import SessionLayout
from tml_ros.model.preset import Preset
from tml_ros.model.turn_tokens import TurnTokens
from tml_ros.sim.render.array_file import SUFFIX, ShardError
from tml_ros.sim.render.shard import RenderedScenario, Shard, read_shard
from tml_ros.sim.split import Split
from tml_ros.training.courses.silence import silence
from tml_ros.training.courses.windows import Window, Windows
from tml_ros.training.lesson import Lesson
from tml_ros.training.sensing.cell_sound import cell_sound, hall_sound
from tml_ros.training.sensing.own_speech import RenderedSpeech, Speech, own_speech
from tml_ros.training.sensing.sensed_scene import SensedScene, sensed_scene
from tml_ros.training.sensing.variety import USUAL, Variety
from tml_ros.training.teaching.script import Script

Teacher = Callable[[RenderedScenario, Preset, np.random.Generator], Script]
"""What is right to say in a scenario; picklable."""

WINDOW = 20
"""Turns of a lesson of sight: 4 s."""
_TRIES = 4


class Course(str, Enum):
    """Kinds of lessons."""

    SIGHT = "sight"
    """Short: what is seen and heard; nothing is said."""
    TALK = "talk"
    """Whole scenarios: who has the floor, what is said, what is heard; without pictures."""
    BOTH = "both"
    """Whole scenarios with pictures."""


def say_nothing(scene: RenderedScenario, preset: Preset, rng: np.random.Generator) -> Script:
    """A teacher who teaches nothing."""
    del rng
    return silence(preset, scene.entry.turns)


class ShardLessons:
    """See `LessonSource`.

    folders: with shards; all of them count as one. course: `Course` or its name. window: turns of
    a lesson, WINDOW of sight and else the whole scenario; longer than a scenario is the whole of
    it. teacher: of what is said. speech: how the session's own words sound. looks: those of the
    shards. seeds: only scenarios with seeds from the first on, below the second.

    Raises ShardError where there are no shards or they are not for this preset and course, OSError.
    """

    def __init__(
        self,
        folders: Path | Sequence[Path],
        preset: Preset,
        *,
        course: Course | str,
        window: int | None = None,
        variety: Variety = USUAL,
        teacher: Teacher = say_nothing,
        speech: Speech | None = None,
        looks: Split = Split.TRAIN,
        seeds: tuple[int, int] | None = None,
    ) -> None:
        """Note which files there are."""
        some = (folders,) if isinstance(folders, Path) else tuple(folders)
        self.files = tuple(
            path for folder in some for path in sorted(folder.glob(f"[!.]*{SUFFIX}"))
        )
        if not self.files:
            raise ShardError(f"no shards in {', '.join(map(str, some))}")
        self.course = Course(course)
        self._preset, self._variety = preset, variety
        self._window = WINDOW if window is None and self.course is Course.SIGHT else window
        self._teacher, self._looks, self._seeds = teacher, looks, seeds
        self._speech: Speech = RenderedSpeech() if speech is None else speech
        self._warning: Speech = RenderedSpeech()
        self._opened: _Opened | None = None

    @property
    def preset(self) -> Preset:
        """The model they are for."""
        return self._preset

    def __len__(self) -> int:
        """How many there are in an epoch."""
        opened = self._open()
        return len(opened.scenes if opened.windows is None else opened.windows)

    def lesson(self, index: int, seed: int) -> Lesson:
        """One of them; see `LessonSource`. Raises IndexError."""
        if not 0 <= index < len(self):
            raise IndexError(f"lesson {index} of {len(self)}")
        rng = np.random.default_rng([index, seed])
        windows = self._open().windows
        if windows is not None:
            return self._of_sight(windows.window(index, rng), rng)
        return self._of_talk(index, rng)

    def __getstate__(self) -> dict[str, Any]:
        """Without what is open."""
        return {**vars(self), "_opened": None}

    def _of_sight(self, window: Window, rng: np.random.Generator) -> Lesson:
        opened = self._open()
        scene, turns = opened.scenes[window.scene], window.turns
        script = opened.silent(self._preset, len(turns))
        sensed = self._sensed(
            window.scene, turns, hall_sound(scene, turns), rng, under=self._under(turns, rng)
        )
        about = f"{scene.entry.name} of {scene.entry.suite.value} from turn {turns.start} on"
        return _lesson(about, sensed, script)

    def _of_talk(self, index: int, rng: np.random.Generator) -> Lesson:
        scene = self._open().scenes[index]
        script = self._teacher(scene, self._preset, rng)
        turns = range(min(scene.entry.turns, len(script.dialogue), self._window or 1 << 30))
        own = own_speech(script, len(turns), self._speech, self._warning)
        sound = cell_sound(scene, len(turns), own, script.line_starts)
        sensed = self._sensed(index, turns, sound, rng, under=None)
        return _lesson(f"{scene.entry.name} of {scene.entry.suite.value}", sensed, script)

    def _sensed(
        self,
        number: int,
        turns: range,
        sound: dict[str, NDArray[np.float32]],
        rng: np.random.Generator,
        *,
        under: NDArray[np.float32] | None,
    ) -> SensedScene:
        opened = self._open()
        layout = opened.layout(number)
        if self.course is Course.TALK:
            layout = SessionLayout({}, layout.microphones)
        return sensed_scene(
            opened.scenes[number],
            turns,
            sound,
            layout,
            self._preset,
            variety=self._variety,
            rng=rng,
            under=under,
        )

    def _under(self, turns: range, rng: np.random.Generator) -> NDArray[np.float32] | None:
        """Sound of another scenario in which no hazard is heard."""
        if rng.random() >= self._variety.mixed:
            return None
        scenes = self._open().scenes
        for _ in range(_TRIES):
            scene = scenes[int(rng.integers(len(scenes)))]
            room = scene.entry.turns - len(turns)
            if room < 0:
                continue
            first = int(rng.integers(room + 1))
            part = range(first, first + len(turns))
            if not scene.heard[part.start : part.stop].any():
                return next(iter(hall_sound(scene, part).values()), None)
        return None

    def _open(self) -> _Opened:
        if self._opened is None:
            shards = tuple(read_shard(path) for path in self.files)
            for shard in shards:
                self._check(shard)
            scenes = tuple(shard[number] for shard in shards for number in range(len(shard)))
            if self._seeds is not None:
                first, last = self._seeds
                scenes = tuple(scene for scene in scenes if first <= scene.entry.seed < last)
            if not scenes:
                raise ShardError(f"no scenario of {self.files[0].parent} has seeds {self._seeds}")
            windows = None
            if self.course is Course.SIGHT:
                windows = Windows(scenes, self._window or WINDOW)
            self._opened = _Opened(scenes, windows, {}, {})
        return self._opened

    def _check(self, shard: Shard) -> None:
        plan, sight = shard.header.plan, self._preset.sight
        for wrong, why in (
            (plan.looks is not self._looks, f"has {plan.looks.value} looks"),
            (not plan.sound, "was rendered without sound"),
            (self.course is not Course.TALK and not plan.pictures, "was rendered without pictures"),
            (
                self.course is not Course.TALK and plan.patches != (sight.columns, sight.rows),
                f"has {plan.patches} patches where the model has {(sight.columns, sight.rows)}",
            ),
        ):
            if wrong:
                raise ShardError(
                    f"{shard.path} {why}; it cannot be used for the course {self.course.value} "
                    f"of {self._preset.name} with {self._looks.value} looks"
                )


@dataclass(slots=True)
class _Opened:
    """What is known of the shards in the process that reads them."""

    scenes: tuple[RenderedScenario, ...]
    windows: Windows | None
    layouts: dict[int, SessionLayout]
    silences: dict[int, Script]

    def layout(self, number: int) -> SessionLayout:
        """Of a scenario's cell."""
        if number not in self.layouts:
            self.layouts[number] = session_layout(self.scenes[number].cell())
        return self.layouts[number]

    def silent(self, preset: Preset, turns: int) -> Script:
        """A script of nothing."""
        if turns not in self.silences:
            self.silences[turns] = silence(preset, turns)
        return self.silences[turns]


def _lesson(about: str, sensed: SensedScene, script: Script) -> Lesson:
    turns = len(sensed.tokens)
    return Lesson(
        about=about,
        turns=tuple(
            TurnTokens(number, sensors, dialogue)
            for number, (sensors, dialogue) in enumerate(
                zip(sensed.tokens, script.dialogue, strict=False)
            )
        ),
        hazards=sensed.hazards,
        things=sensed.things,
        smoke=sensed.smoke,
        floor=script.floor[:turns],
        floor_weight=script.floor_weight[:turns],
        text=script.text[:turns],
        text_weight=script.text_weight[:turns],
    )
