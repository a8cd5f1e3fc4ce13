"""A microphone's sound as blocks of a machine's noise, now and then.

Knows nothing of what is made of them. One thread owns it.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from tml_ros.background.reading import Waveform
from tml_ros.cell.cell_description import CellDescription

SECONDS: Final = 2.0
EVERY_SECONDS: Final = 10.0
"""A machine's sound does not change from one second to the next, and each block is kept."""


class SoundBlocks:
    """Cuts the sound of the microphones that machines name."""

    def __init__(self, cell: CellDescription) -> None:
        """Nothing was heard yet."""
        self._cell = cell
        self._machines: dict[str, list[str]] = {}
        for name, machine in cell.machines.items():
            if machine.microphone is not None:
                self._machines.setdefault(machine.microphone, []).append(name)
        self._kept: dict[str, list[NDArray[np.float32]]] = {name: [] for name in self._machines}
        self._heard = dict.fromkeys(self._machines, 0)

    @property
    def microphones(self) -> tuple[str, ...]:
        """Those that are listened to."""
        return tuple(self._machines)

    def take(
        self, microphone: str, samples: NDArray[np.int16], stamp_ns: int
    ) -> tuple[Waveform, ...]:
        """Sound came, int16 [n, channels], ending at `stamp_ns`; the blocks that are whole now."""
        rate = self._cell.microphones[microphone].rate
        mono = samples.astype(np.float32).mean(axis=1) / np.float32(32_768)
        before = self._heard[microphone]
        self._heard[microphone] = (before + len(mono)) % round(EVERY_SECONDS * rate)
        kept = self._kept[microphone]
        wanted = round(SECONDS * rate)
        if before < wanted:
            kept.append(mono)
        if sum(map(len, kept)) < wanted:
            return ()
        whole = np.ascontiguousarray(np.concatenate(kept)[:wanted], np.float32)
        whole.flags.writeable = False
        kept.clear()
        return tuple(
            Waveform(machine, microphone, whole, float(rate), "", stamp_ns)
            for machine in self._machines[microphone]
        )
