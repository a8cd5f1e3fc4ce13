"""Whether machines sound as they always have: learned, kept and judged as their sound comes.

Knows nothing of microphones or of how sound is compared. Blocks of a few seconds are put together
to windows of a minute, so that most of a window must sound different before it is said to: what
somebody drops or shouts does not count. A machine that stands still is neither learned nor judged,
where a quantity tells that it does; else sound far below what was learned is not judged.
Bounded memory: one window and one normal per machine. One thread owns it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tml_ros.background.condition import Condition, State
from tml_ros.background.history import History
from tml_ros.background.learned_store import LearnedStore
from tml_ros.background.machine import Machine
from tml_ros.background.reading import Waveform
from tml_ros.background.shaft_speed import NEAR_NS, with_speed
from tml_ros.background.stops import STANDS, telling_quantity
from tml_ros.background.trend.acoustic_normal import SPEED_STEP, AcousticNormal

WINDOW_S: Final = 60.0
LEARN_S: Final = 1_200.0
GAP_NS: Final = 600_000_000_000
"""A window that waits so long for more is begun anew."""
QUIETER_DB: Final = -12.0
DEFECT: Final = "acoustic_change"
"""As playbooks call it."""


@dataclass(slots=True)
class _Heard:
    """One machine. most: the largest value of the quantity that tells whether it runs."""

    normal: AcousticNormal
    blocks: list[Waveform] = field(default_factory=list)
    seconds: float = 0.0
    most: float = 0.0


class MachineSounds:
    """Learns and judges the sound of the machines that are named."""

    def __init__(
        self,
        machines: Iterable[Machine],
        store: LearnedStore,
        history: History,
        *,
        speed_of: Callable[[str], str] = lambda _: "speed",
        learn_s: float = LEARN_S,
        window_s: float = WINDOW_S,
    ) -> None:
        """Take up what was learned before.

        speed_of: the quantity that tells how fast a machine turns: each speed has its own normal.
        learn_s: seconds of sound per speed before anything is judged. window_s: judged at once.
        """
        self._machines = {machine.name: machine for machine in machines}
        self._store = store
        self._history = history
        self._speed_of = speed_of
        self._learn_s = learn_s
        self._window_s = window_s
        self._heard: dict[str, _Heard] = {}

    def __call__(self, block: Waveform) -> tuple[Condition, ...]:
        """Take in a block; what is judged with it: nothing, or one condition."""
        machine = self._machines.get(block.machine)
        if machine is None or block.unit:
            return ()
        heard = self._of(machine)
        if not self._runs(machine, heard, block.stamp_ns):
            _begin_anew(heard)
            return ()
        block = with_speed(block, self._history, self._speed_of(machine.name))
        if heard.blocks and not _together(heard.blocks[-1], block):
            _begin_anew(heard)
        heard.blocks.append(block)
        heard.seconds += len(block.samples) / block.rate
        if heard.seconds < self._window_s:
            return ()
        window = replace(block, samples=_joined(heard.blocks))
        _begin_anew(heard)
        return (self._judged(heard.normal, window),)

    def save(self) -> None:
        """Keep what was learned."""
        self._store.save(self._facts(heard.normal) for heard in self._heard.values())

    def _judged(self, normal: AcousticNormal, window: Waveform) -> Condition:
        known_s, needed_s = normal.learned_s(rpm=window.rpm)
        if known_s < needed_s:
            normal.learn(window)
            self._store.save([self._facts(normal)])
        before = normal.facts()
        condition = normal.judge(window)
        level, _ = condition.figures.get("level_change", (0.0, ""))
        if condition.state in (State.WATCH, State.FAULT) and level < QUIETER_DB:
            return replace(
                condition,
                state=State.UNKNOWN,
                defect="",
                grade=None,
                picture=b"",
                sentence=f"The sound is {-level:.0f} dB quieter than what was learned: the machine "
                "may stand still or the microphone be covered, so it is not judged.",
            )
        if normal.facts() != before:
            self._store.save([self._facts(normal)])
        return replace(condition, defect=DEFECT) if condition.defect else condition

    def _of(self, machine: Machine) -> _Heard:
        if machine.name not in self._heard:
            normal = AcousticNormal(machine.name, learn_s=self._learn_s)
            kept = self._store.load(_name(machine.name))
            if kept is not None:
                try:
                    normal.restore(*kept)
                except (ValueError, TypeError, KeyError):
                    normal.reset()
            self._heard[machine.name] = _Heard(normal)
        return self._heard[machine.name]

    def _runs(self, machine: Machine, heard: _Heard, now_ns: int) -> bool:
        """Whether it runs, as far as a recent reading tells; else yes."""
        quantity = telling_quantity(machine, self._history.quantities(machine.name))
        if not quantity:
            return True
        reading = self._history.nearest(
            machine.name, quantity, since_ns=now_ns - 12 * NEAR_NS, until_ns=now_ns + NEAR_NS
        )
        if reading is None:
            return True
        heard.most = max(heard.most, abs(reading.value))
        return abs(reading.value) > STANDS * heard.most

    @staticmethod
    def _facts(
        normal: AcousticNormal,
    ) -> tuple[str, dict[str, NDArray[np.float64]], dict[str, object]]:
        return _name(normal.machine), normal.arrays(), normal.facts()


def _name(machine: str) -> str:
    return f"sound/{machine}"


def _begin_anew(heard: _Heard) -> None:
    heard.blocks.clear()
    heard.seconds = 0.0


def _together(before: Waveform, block: Waveform) -> bool:
    """Whether two blocks belong into one window: soon after another, and at about one speed."""
    if before.rate != block.rate or not 0 <= block.stamp_ns - before.stamp_ns <= GAP_NS:
        return False
    if before.rpm is None or block.rpm is None:
        return before.rpm is block.rpm
    return abs(math.log(block.rpm / before.rpm)) <= math.log(SPEED_STEP)


def _joined(blocks: list[Waveform]) -> NDArray[np.float32]:
    samples = np.concatenate([block.samples for block in blocks])
    samples.flags.writeable = False
    return samples
