"""How often a simulated machine's changed sound is noticed, and how often an unchanged one is.

Knows nothing of how results are shown. Each machine is learned from recordings of its own and
judged by others. Run on the calling thread.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tml_ros.background.condition import State
from tml_ros.background.reading import Waveform
from tml_ros.background.trend.acoustic_normal import AcousticNormal
from tml_ros.bench.history_scores import share
from tml_ros.sim.machine_sound import SoundFault, machine_sound, with_event

RATE = 16_000.0
STATED = 0.01
"""The false-alarm rate that is asked for."""
FIRST_MACHINE = 50
"""Nothing was chosen by looking at machines from here on."""
_LEARN_S, _TAKE_S, _JUDGED_S = 640.0, 40.0, 4.0
_LEVELS_DB = (-10.0, -15.0, -20.0)


def bench_sounds(
    *, machines: int, takes: int, progress: Callable[[str, float], None]
) -> dict[str, Any]:
    """machines: how many; takes: recordings of each kind and machine. Groups of figures."""
    kinds: dict[str, dict[str, Any]] = {
        "normal": {},
        "microphone +12 dB": {"gain_db": 12.0},
        "microphone -12 dB": {"gain_db": -12.0},
        "loud event of 1.2 s": {},
    }
    for fault in (SoundFault.HISS, SoundFault.SQUEAL, SoundFault.KNOCK):
        for level in _LEVELS_DB:
            kinds[f"{fault.value} at {level:.0f} dB"] = {"fault": fault, "fault_db": level}
    found = dict.fromkeys(kinds, 0)
    for number in range(machines):
        machine = FIRST_MACHINE + number
        progress("sound", number / machines)
        normal = _learned(machine)
        for kind, how in kinds.items():
            for take in range(takes):
                sound = machine_sound(machine=machine, take=10_000 + take, seconds=_JUDGED_S, **how)
                if kind.startswith("loud"):
                    sound = with_event(sound, RATE, take=take)
                judged = normal.judge(_waveform(sound), picture=False)
                found[kind] += judged.state in (State.WATCH, State.FAULT)
    return {kind: share(count, machines * takes) for kind, count in found.items()}


def _learned(machine: int) -> AcousticNormal:
    normal = AcousticNormal("machine", learn_s=_LEARN_S, false_alarm_rate=STATED)
    _, needed = normal.learned_s()
    for take in range(int(needed / _TAKE_S) + 1):
        sound = machine_sound(machine=machine, take=take, seconds=_TAKE_S)
        normal.learn(_waveform(sound))
    return normal


def _waveform(sound: NDArray[np.float32]) -> Waveform:
    return Waveform("machine", "microphone", sound, RATE, "", 0)
