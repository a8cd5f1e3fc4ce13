"""What a simulated hall answers to the cell: its own voice comes back, and people speak into it.

What was rendered beforehand is not in it and stays as it is; this is what each microphone hears on
top. Knows nothing of topics or clocks: it is told the time, and what the cell says. One thread owns
it. Seconds since the beginning of the scenario.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tml_ros.sim.clip_truth import ToldLine
from tml_ros.sim.live_voice import LiveVoice
from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.sound.echo_path import EchoPath
from tml_ros.sim.sound.factory_sound import FactorySound
from tml_ros.sim.talk.waiting_lines import WaitingLines
from tml_ros.sim.truth.truth import SpokenLine
from tml_ros.turn.micro_turn import SAMPLE_RATE

Sound = NDArray[np.float32]
LineSounds = Mapping[tuple[int, str], Sound]
"""By line and microphone: float32 [n], from the line's beginning on."""


@dataclass(frozen=True, slots=True)
class LiveLine:
    """A line that waited for the cell is being said."""

    index: int
    start_s: float
    end_s: float


class LiveTalk:
    """One play of one scenario.

    told: its lines as they were spoken. sounds: of those that wait, see `line_sounds`; where they
    are missing nobody answers.
    """

    def __init__(self, scenario: Scenario, told: Sequence[ToldLine], sounds: LineSounds) -> None:
        """Nobody has said anything."""
        self.voice = LiveVoice(scenario.seconds)
        self._told = told
        self._lines = WaitingLines(scenario.lines, _spoken(scenario, told)) if sounds else None
        self._sounds = sounds
        self._said: list[LiveLine] = []
        self._echo = {
            name: EchoPath(part, scenario.seed) for name, part in scenario.microphones.items()
        }

    def advance(self, now_s: float) -> None:
        """Let time pass: whose line has come due begins to speak."""
        if self._lines is None:
            return
        for index, at in self._lines.due(now_s, self.voice.begins).items():
            self._said.append(LiveLine(index, at, at + self._told[index].seconds))

    def speaking(self, now_s: float) -> tuple[ToldLine, ...]:
        """The lines being said that had waited for the cell."""
        return tuple(
            self._told[line.index] for line in self._said if line.start_s <= now_s < line.end_s
        )

    def heard(self, microphone: str, first: int, count: int) -> Sound:
        """What comes on top from sample `first` on: float32 [count], 16 kHz.

        Asked for piece after piece, because an echo lasts. Raises KeyError for no microphone.
        """
        heard = self._echo[microphone].back(self.voice.heard(first, count))
        for line in self._said:
            sound = self._sounds[line.index, microphone]
            skipped = first - round(line.start_s * SAMPLE_RATE)
            part = sound[max(0, skipped) : max(0, skipped + count)]
            begin = max(0, -skipped)
            heard[begin : begin + len(part)] += part
        return heard


def line_sounds(
    scenario: Scenario,
    told: Sequence[ToldLine],
    *,
    sounds: Callable[[Scenario, Sequence[str]], FactorySound] = FactorySound,
) -> dict[tuple[int, str], Sound]:
    """How the lines that wait for the cell sound at each microphone; nothing where none waits.

    Raises as `espeak` does.
    """
    waiting = [index for index, line in enumerate(scenario.lines) if line.into is not None]
    if not waiting:
        return {}
    made = sounds(scenario, [line.text for line in told])
    return {
        (index, name): made.line(index, name) for index in waiting for name in scenario.microphones
    }


def _spoken(scenario: Scenario, told: Sequence[ToldLine]) -> tuple[SpokenLine, ...]:
    return tuple(
        SpokenLine(
            index=index,
            who=line.who,
            act=line.act,
            text=line.text,
            seconds=line.seconds,
            start_s=line.start_s,
            into_s=part.into,
        )
        for index, (part, line) in enumerate(zip(scenario.lines, told, strict=True))
    )
