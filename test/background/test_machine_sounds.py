"""A machine's sound is learned, kept over a restart, and judged by the minute."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tml_ros.background.condition import Condition, State
from tml_ros.background.history import History
from tml_ros.background.learned_store import LearnedStore
from tml_ros.background.machine import Machine
from tml_ros.background.machine_sounds import MachineSounds
from tml_ros.background.reading import Reading, Waveform
from tml_ros.sim.machine_sound import SoundFault, machine_sound

SECOND = 1_000_000_000
START = 1_772_452_800 * SECOND
RATE = 2_000.0
BLOCK_S = 2.0


class Hall:
    """One machine, a microphone and a clock; windows of eight seconds so that hours are short."""

    def __init__(self, path: Path | None = None) -> None:
        self.history = History(None)
        self.store = LearnedStore(path)
        self.now_ns = START
        machine = Machine("press_1", running="running")
        self.sounds = MachineSounds([machine], self.store, self.history, learn_s=600, window_s=8)

    def hear(
        self,
        seconds: float,
        *,
        take: int = 1,
        fault: SoundFault = SoundFault.NONE,
        gain_db: float = 0.0,
        machine: str = "press_1",
    ) -> list[Condition]:
        sound = machine_sound(
            machine=3, take=take, seconds=seconds, rate=RATE, fault=fault, fault_db=3.0,
            gain_db=gain_db,
        )  # fmt: skip
        length = round(BLOCK_S * RATE)
        judged: list[Condition] = []
        for begin in range(0, len(sound) - length + 1, length):
            self.now_ns += 10 * SECOND
            block = Waveform(machine, "hall", sound[begin : begin + length], RATE, "", self.now_ns)
            judged += self.sounds(block)
        return judged


def states(judged: list[Condition]) -> set[State]:
    return {one.state for one in judged}


def test_nothing_is_judged_while_it_learns_and_then_normal_sound_is_normal() -> None:
    hall = Hall()
    learning = hall.hear(592)
    assert states(learning) == {State.UNKNOWN}
    assert "9.9 of 10.0 minutes" in learning[-1].sentence
    judged = hall.hear(160)[1:]
    assert states(judged) == {State.NORMAL}
    assert judged[-1].method == "acoustic"


def test_a_new_sound_is_first_worth_watching_then_a_fault_with_a_picture() -> None:
    hall = Hall()
    hall.hear(608)
    judged = hall.hear(48, fault=SoundFault.KNOCK)
    assert judged[0].state is State.WATCH
    assert judged[-1].state is State.FAULT
    assert judged[-1].defect == "acoustic_change"
    assert judged[-1].picture.startswith(b"\x89PNG")


def test_what_was_learned_outlives_a_restart(tmp_path: Path) -> None:
    hall = Hall(tmp_path / "learned.sqlite")
    hall.hear(608)
    again = Hall(tmp_path / "learned.sqlite")
    assert states(again.hear(16)) == {State.NORMAL}
    assert State.FAULT in states(again.hear(48, fault=SoundFault.KNOCK))


def test_a_machine_that_stands_is_neither_learned_nor_judged() -> None:
    hall = Hall()
    hall.hear(608)
    for value, heard in ((1.0, 1), (0.0, 0)):
        hall.history.add(Reading("press_1", "running", value, "", hall.now_ns))
        assert len(hall.hear(10)) == heard


def test_much_less_sound_is_not_called_another_sound() -> None:
    hall = Hall()
    hall.hear(608)
    (judged,) = hall.hear(8, fault=SoundFault.KNOCK, gain_db=-30)
    assert judged.state is State.UNKNOWN
    assert "quieter" in judged.sentence


def test_other_machines_and_vibration_are_left_alone() -> None:
    hall = Hall()
    assert hall.hear(400, machine="pump_2") == []
    shaken = Waveform("press_1", "x", np.zeros(80_000, np.float32), RATE, "g", START)
    assert hall.sounds(shaken) == ()
