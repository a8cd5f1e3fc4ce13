"""What one session senses: a micro-turn to the sensor half of its tokens.

Holds everything that hearing and seeing remember between turns. A stream that is absent, late or
unusable costs no tokens and is told on the boundary token; nothing that comes in raises here. Of
the thread that steps the session.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tml_ros.model.ear import Ear
from tml_ros.model.effort import FULL, Effort
from tml_ros.model.layout import SessionLayout, SessionLayoutError
from tml_ros.model.preset import Preset
from tml_ros.model.session_arrays import named, part
from tml_ros.model.sight import Sight
from tml_ros.model.turn_tokens import SensorTokens
from tml_ros.turn.micro_turn import TURN_NS, GapKind, MicroTurn

_LONGEST_SECONDS = 3600.0
"""From here on how long ago something was makes no difference."""


class Senses:
    """Ears and eyes of a session.

    layout: None where names are not known yet: microphones and cameras then take their places in
        the order in which they first appear.

    Raises SessionLayoutError where the preset has no room for the layout.
    """

    def __init__(
        self, preset: Preset, layout: SessionLayout | None = None, *, sparse: bool = True
    ) -> None:
        self._room = preset.hearing.microphones
        given = () if layout is None else layout.microphones
        if len(given) > self._room:
            raise SessionLayoutError(
                f"model {preset.name} hears {self._room} microphones, the cell has {len(given)}"
            )
        self._given = layout is not None
        self._zones = () if layout is None else layout.zones
        self._fixed = given
        self._ears = [Ear(preset.hearing) for _ in range(self._room)]
        self._sight = Sight(preset.sight, layout, sparse=sparse)
        self.reset()

    def reset(self) -> None:
        """Nothing was ever sensed."""
        self._microphones = list(self._fixed)
        self._unheard = 0
        for ear in self._ears:
            ear.reset()
        self._sight.reset()

    @property
    def microphones(self) -> tuple[str, ...]:
        """Names, in their places."""
        return tuple(self._microphones)

    @property
    def zones(self) -> tuple[str, ...]:
        """Names, in their places."""
        return self._zones

    @property
    def counters(self) -> dict[str, int]:
        """What could not be used so far, by reason."""
        counts = Counter(
            pictures_of_unknown_camera=self._sight.ignored_frames,
            unusable_pictures=self._sight.unusable_frames,
        )
        for ear in self._ears:
            counts.update(ear.counters)
        counts["sound_of_unknown_microphone"] += self._unheard
        return {name: count for name, count in counts.items() if count}

    def take_in(self, turn: MicroTurn, *, number: int, effort: Effort = FULL) -> SensorTokens:
        """The sensor half of a turn. number: the session's running number of it."""
        self._meet(turn)
        missing = {
            gap.stream: gap.missing_ns / TURN_NS
            for gap in turn.gaps
            if gap.kind is GapKind.AUDIO_MISSING
        }
        bins, whose, state = [], [], []
        for place, ear in enumerate(self._ears):
            name = self._microphones[place] if place < len(self._microphones) else None
            samples = None if name is None else turn.audio.get(name)
            heard = ear.hear(samples, missing=missing.get(name or "", 0.0))
            state += [float(name is not None), heard.missing, _age(heard.seconds_since_sound)]
            bins.append(heard.bins)
            whose.append(np.full(len(heard.bins), place, np.int64))
        seen = self._sight.see(turn.frames, turn=number, end_ns=turn.end_ns, effort=effort)
        for camera in seen.cameras:
            state += [float(camera.present), float(camera.fresh), _age(camera.age_seconds)]
        return SensorTokens(
            bins=np.concatenate(bins),
            microphone=np.concatenate(whose),
            sound_place=np.concatenate([np.arange(len(one), dtype=np.int64) for one in bins]),
            rgb=seen.rgb,
            masks=seen.masks,
            difference=seen.difference,
            camera=seen.camera,
            centre=seen.centre,
            state=np.array(state, np.float32),
        )

    def arrays(self) -> dict[str, NDArray[Any]]:
        """State of ears and eyes."""
        ears = [named(ear.arrays(), f"ear{place}") for place, ear in enumerate(self._ears)]
        return {key: value for state in (*ears, named(self._sight.arrays(), "sight"))
                for key, value in state.items()}  # fmt: skip

    def facts(self) -> dict[str, Any]:
        """The rest of the state."""
        return {
            "microphones": self._microphones,
            "unheard": self._unheard,
            "ears": [ear.facts() for ear in self._ears],
            "sight": self._sight.facts(),
        }

    def restore(self, arrays: dict[str, NDArray[Any]], facts: dict[str, Any]) -> None:
        """Take over a saved state. Raises ValueError where it does not fit."""
        for place, (ear, of_ear) in enumerate(zip(self._ears, facts["ears"], strict=True)):
            ear.restore(part(arrays, f"ear{place}"), of_ear)
        self._sight.restore(part(arrays, "sight"), facts["sight"])
        self._microphones = [str(name) for name in facts["microphones"]]
        self._unheard = int(facts["unheard"])

    def _meet(self, turn: MicroTurn) -> None:
        for name in turn.audio:
            if name in self._microphones:
                continue
            if self._given or len(self._microphones) == self._room:
                self._unheard += 1
            else:
                self._microphones.append(name)


def _age(seconds: float | None) -> float:
    """0 now .. 1 an hour ago or never."""
    if seconds is None:
        return 1.0
    return min(1.0, math.log1p(max(0.0, seconds)) / math.log1p(_LONGEST_SECONDS))
