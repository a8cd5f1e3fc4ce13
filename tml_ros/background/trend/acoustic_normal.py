"""Whether a machine sounds as it has learned that it does: each speed has its own normal.

It listens for as long as it is told to and refuses to judge before. Judged is the shape of the
spectrum, not its loudness: a microphone that was turned up or down is no change, and neither is a
short loud event; a new constant sound is, whether it comes from this machine or from its neighbour.
Bounded memory: 16 speeds of 600 blocks, at most 2 MB. Owned by the thread that hands it the sound.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tml_ros.background.condition import Condition, State
from tml_ros.background.reading import Waveform
from tml_ros.background.trend import acoustic_picture
from tml_ros.background.trend.even_series import Floats
from tml_ros.background.trend.normal_shape import NormalShape, blocks_needed, learn_shape
from tml_ros.background.trend.sound_levels import BLOCK_S, band_centres, block_levels, trouble

METHOD = "acoustic"
MOST_SPEEDS, MOST_BLOCKS = 16, 600
SPEED_STEP = 1.1
"""Speeds within such a factor share one normal."""
PERSISTENT = 3
"""Judgements in a row that must find it changed before it is called a fault."""
FAR = 2.0
"""And so many times the limit, each of them."""


class AcousticNormal:
    """The learned normal of one machine's sound."""

    def __init__(
        self, machine: str, *, learn_s: float = 1_200.0, false_alarm_rate: float = 0.01
    ) -> None:
        """learn_s: seconds of sound per speed before anything is judged; more if the rate needs it.

        false_alarm_rate: of blocks of four seconds of normal sound that may be called changed,
        0.0025 to 0.5. Raises ValueError for values that mean nothing, or a rate that the sound
        that is kept cannot state.
        """
        blocks = blocks_needed(false_alarm_rate) if 0.001 <= false_alarm_rate <= 0.5 else 0
        if not 0 < blocks <= MOST_BLOCKS:
            raise ValueError(f"false_alarm_rate={false_alarm_rate} is not within 0.0025 to 0.5")
        if not 0 < learn_s <= MOST_BLOCKS * BLOCK_S:
            raise ValueError(f"learn_s={learn_s} is not within 0 to {MOST_BLOCKS * BLOCK_S:.0f}")
        self.machine = machine
        self._rate = false_alarm_rate
        self._needed = max(blocks, int(np.ceil(learn_s / BLOCK_S)))
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._sample_rate: float | None = None
        self._levels: dict[str, Floats] = {}
        self._shapes: dict[str, NormalShape] = {}
        self._changed = 0

    def learned_s(self, *, rpm: float | None = None, load: str = "") -> tuple[float, float]:
        """Seconds heard at this speed and load, and seconds needed."""
        known = self._levels.get(_key(rpm, load))
        heard = 0 if known is None else len(known)
        return heard * BLOCK_S, self._needed * BLOCK_S

    def learn(self, waveform: Waveform, *, load: str = "") -> bool:
        """Take a sound as normal; returns whether it was of use.

        load: any name of what the machine does, where that is known. What is silent, overloaded, of
        another sample rate or shorter than two seconds is of no use, and neither is more than is
        needed, nor a seventeenth speed.
        """
        if self._trouble(waveform):
            return False
        key = _key(waveform.rpm, load)
        known = self._levels.get(key)
        if known is None and len(self._levels) >= MOST_SPEEDS:
            return False
        if known is not None and len(known) >= self._needed:
            return False
        levels = block_levels(waveform.samples, waveform.rate)
        if not len(levels):
            return False
        self._sample_rate = waveform.rate
        joined = levels if known is None else np.concatenate([known, levels])
        self._levels[key] = joined[: self._needed]
        return True

    def judge(self, waveform: Waveform, *, load: str = "", picture: bool = True) -> Condition:
        """Compare a sound with normal.

        NORMAL: within the limit. WATCH: beyond it. FAULT: three times in a row, and by twice the
        limit. UNKNOWN: not learned yet at this speed, or the sound says nothing. The figures:
        `distance` and `limit` in standard deviations, `rarity` (of normal blocks that are as far
        away), `level_change` in dB, which is not judged. confidence: 1 less the false-alarm rate.
        """
        reason = self._trouble(waveform)
        key = _key(waveform.rpm, load)
        known = self._levels.get(key)
        if not reason and (known is None or len(known) < self._needed):
            reason = self._still_learning(waveform.rpm, load)
        levels = np.zeros((0, 1)) if reason else block_levels(waveform.samples, waveform.rate)
        if not reason and not len(levels):
            reason = "the sound is shorter than two seconds"
        if reason or known is None:
            return self._unknown(
                waveform, f"{self._name()} cannot be judged by its sound: {reason}."
            )
        shape = self._shape(key, known)
        middle = np.median(levels, axis=0)
        distance = float(np.median(shape.distances(levels)))
        far = distance / shape.limit
        self._changed = self._changed + 1 if far > FAR else 0
        state = State.NORMAL
        if far > 1:
            state = State.FAULT if self._changed >= PERSISTENT else State.WATCH
        off = middle - middle.mean() - shape.centre
        louder = float(np.mean(middle) - np.mean(known))
        view = acoustic_picture.AcousticView(
            name=self._name(),
            centres=band_centres(waveform.rate),
            normal=shape.centre + np.mean(known),
            spread=shape.spread,
            # Shown at the loudness that is normal, since that is not judged.
            present=middle - middle.mean() + np.mean(known),
            off=off,
            distance=distance,
            limit=shape.limit,
            rate=self._rate,
            louder=louder,
        )
        return Condition(
            machine=self.machine,
            method=METHOD,
            state=state,
            stamp_ns=waveform.stamp_ns,
            defect="" if state is State.NORMAL else "acoustic_change",
            confidence=1 - self._rate,
            grade=round(100 * min(max(1.5 - 0.5 * far, 0.0), 1.0)),
            sentence=view.sentence(),
            figures={
                "distance": (distance, "sd"),
                "limit": (shape.limit, "sd"),
                "rarity": (shape.rarity(distance), ""),
                "level_change": (louder, "dB"),
            },
            picture=view.picture() if picture else b"",
        )

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Levels of each speed, float64 [blocks, bands]."""
        return {f"levels.{key}": levels.copy() for key, levels in self._levels.items()}

    def facts(self) -> dict[str, object]:
        """All else, for JSON."""
        return {
            "machine": self.machine,
            "false_alarm_rate": self._rate,
            "needed": self._needed,
            "sample_rate": self._sample_rate,
            "speeds": list(self._levels),
            "changed": self._changed,
        }

    def restore(self, arrays: Mapping[str, NDArray[Any]], facts: Mapping[str, Any]) -> None:
        """Become the one that was saved. Raises ValueError naming what does not fit."""
        for name, own in (("machine", self.machine), ("false_alarm_rate", self._rate)):
            if facts.get(name) != own:
                raise ValueError(f"{name} is {own!r}, the saved one's {facts.get(name)!r}")
        speeds, rate = facts.get("speeds"), facts.get("sample_rate")
        if not isinstance(speeds, list) or len(speeds) > MOST_SPEEDS:
            raise ValueError(f"speeds is {speeds!r}")
        width = len(band_centres(float(rate))) if rate is not None else 0
        found: dict[str, Floats] = {}
        for key in speeds:
            levels = arrays.get(f"levels.{key}")
            if levels is None or levels.ndim != 2 or levels.shape[1] != width:
                raise ValueError(f"levels.{key} is no array [blocks, {width}]")
            found[key] = np.array(levels[:MOST_BLOCKS], np.float64)
        self.reset()
        self._needed = int(facts.get("needed", self._needed))
        self._sample_rate = None if rate is None else float(rate)
        self._levels = found
        self._changed = int(facts.get("changed", 0))

    def _shape(self, key: str, known: Floats) -> NormalShape:
        if key not in self._shapes:
            self._shapes[key] = learn_shape(known, rate=self._rate)
        return self._shapes[key]

    def _trouble(self, waveform: Waveform) -> str:
        if self._sample_rate is not None and waveform.rate != self._sample_rate:
            return f"it is recorded at {waveform.rate:.0f} Hz, not at {self._sample_rate:.0f} Hz"
        if not np.isfinite(waveform.rate) or waveform.rate < 1_000:
            return f"a sample rate of {waveform.rate} Hz leaves too little to hear"
        return trouble(waveform.samples)

    def _still_learning(self, rpm: float | None, load: str) -> str:
        heard, needed = self.learned_s(rpm=rpm, load=load)
        at = "" if rpm is None else f" at about {rpm:.0f} rpm"
        at += f" under {load}" if load else ""
        return (
            f"normal is still being learned{at}, {heard / 60:.1f} of {needed / 60:.1f} minutes "
            "have been heard"
        )

    def _unknown(self, waveform: Waveform, sentence: str) -> Condition:
        return Condition(self.machine, METHOD, State.UNKNOWN, waveform.stamp_ns, sentence=sentence)

    def _name(self) -> str:
        name = self.machine.replace("_", " ") or "the machine"
        return name[:1].upper() + name[1:]


def _key(rpm: float | None, load: str) -> str:
    if rpm is None or not np.isfinite(rpm) or rpm <= 0:
        return f"any|{load}"
    return f"{round(np.log(rpm) / np.log(SPEED_STEP))}|{load}"
