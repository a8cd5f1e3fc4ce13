"""A scenario played to a cell, closed loop: the model hears itself, and people react to it.

It is the same guardian, interaction and alarm manager that run live and in replay, on time that the
scenario gives, so that the same arguments give the same conduct. What the cell says in one turn is
heard by its microphones from the next turn on. Any thread, one run each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tml_ros.bench.evaluation.cell_voice import CellVoice
from tml_ros.bench.evaluation.opinions import Opinion, Opinions
from tml_ros.bench.evaluation.trusted import TrustedModel
from tml_ros.bench.judge.conduct import AlarmSpan, Conduct, Request
from tml_ros.cell.announcer import Announcer
from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.replay import Replay, ReplayInput, ReplayRecord
from tml_ros.cell.turn_figures import MODEL_FAULTS
from tml_ros.cell.voice import cell_announcer
from tml_ros.model.interface import NO_MODEL, InteractionModel
from tml_ros.sim.factory import Factory
from tml_ros.sim.sound.echo_path import EchoPath
from tml_ros.sim.talk.waiting_lines import WaitingLines
from tml_ros.turn.hazard import Hazard, HazardKind, HazardSource
from tml_ros.turn.micro_turn import (
    SAMPLE_RATE,
    TURN_NS,
    TURN_SAMPLES,
    AudioBlock,
    samples_ns,
)

Samples = NDArray[np.float32]

BLOCK_SAMPLES = 800
"""Sound comes in blocks of 50 ms, as microphones give it."""


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a scenario.

    conduct: its alarms are those of guards and model together. alarms: by who is believed.
    scores: of the model by kind and zone, float32 [turns]; NaN where it stated nothing.
    voice: what the loudspeaker played; heard: what each microphone took in; float32, 16 kHz.
    faults: turns in which the model failed and was silent instead; first_fault: why, the first.
    """

    conduct: Conduct
    alarms: dict[Opinion, tuple[AlarmSpan, ...]]
    scores: dict[tuple[HazardKind, str], NDArray[np.float32]]
    voice: Samples
    heard: dict[str, Samples]
    faults: int = 0
    first_fault: str = ""


def play(
    factory: Factory,
    model: InteractionModel | None,
    *,
    pictures: bool = True,
    spoken_warnings: bool = True,
) -> Played:
    """Play the scenario to a cell with that model, or with guards alone.

    pictures: False for a cell whose cameras give nothing, and are not missed: for what is judged by
    ear alone. spoken_warnings: False for a cell whose alarms are silent.
    """
    cell = factory.cell(model=NO_MODEL if model is None else model.name)
    if not pictures:
        cell = cell.model_copy(update={"cameras": {}})
    announcer = cell_announcer(cell)[0] if spoken_warnings else None
    return _Player(factory, cell, model, announcer).run()


class _Player:
    """One run."""

    def __init__(
        self,
        factory: Factory,
        cell: CellDescription,
        model: InteractionModel | None,
        announcer: Announcer | None,
    ) -> None:
        scenario = factory.scenario
        self._factory = factory
        self._turns = scenario.turns
        self._seconds = self._turns * TURN_NS / 1e9
        self._frames = factory.frames() if cell.cameras else iter(())
        text_voice = model.text_voice if isinstance(model, TrustedModel) else None
        self._replay = Replay(cell, model=model, announcer=announcer, text_voice=text_voice)
        if isinstance(model, TrustedModel) and model.lookout is not None:
            model.lookout.attend(cell, self._replay.guardian)
        self._voice = CellVoice(self._seconds + 10.0)
        self._opinions = Opinions(cell)
        self._lines = WaitingLines(scenario.lines, factory.truth.lines)
        self._heard = {
            name: np.array(factory.sound(name)[: self._turns * TURN_SAMPLES])
            for name in scenario.microphones
        }
        self._echo = {
            name: EchoPath(part, scenario.seed) for name, part in scenario.microphones.items()
        }
        self._handed = list(scenario.handed_over)
        self._requests: list[Request] = []
        self._scores: dict[tuple[HazardKind, str], NDArray[np.float32]] = {}

    def run(self) -> Played:
        """Play it to the end."""
        for record in self._replay.run(self._inputs(), end_ns=self._turns * TURN_NS):
            self._take(record)
        conduct = Conduct(
            seconds=self._seconds,
            utterances=tuple(
                one for one in self._voice.utterances() if one.start_s < self._seconds
            ),
            alarms=self._opinions.spans(Opinion.BOTH),
            requests=tuple(self._requests),
            line_starts=self._lines.starts,
        )
        return Played(
            conduct=conduct,
            alarms={opinion: self._opinions.spans(opinion) for opinion in Opinion},
            scores=self._scores,
            voice=self._voice.sound[: self._turns * TURN_SAMPLES],
            heard=self._heard,
            faults=self._replay.interaction.figures.counts.get(MODEL_FAULTS, 0),
            first_fault=next((one.reason for one in self._replay.interaction.faults), ""),
        )

    def _inputs(self) -> Iterator[ReplayInput]:
        """What comes in, turn by turn; what the cell has said until then is heard in it."""
        frame = next(self._frames, None)
        for turn in range(self._turns):
            self._begin(turn)
            for block in self._blocks(turn):
                while frame is not None and frame.stamp_ns <= block.end_ns:
                    yield ReplayInput(frame.stamp_ns, frame)
                    frame = next(self._frames, None)
                yield ReplayInput(block.end_ns, block)

    def _begin(self, turn: int) -> None:
        """What the cell's own voice and those who answer to it add to the turn's sound."""
        now_ns = turn * TURN_NS
        self._voice.advance(now_ns)
        for index, at in self._lines.due(now_ns / 1e9, self._voice.begins()).items():
            for name, heard in self._heard.items():
                _mix(heard, self._factory.sounds.line(index, name), round(at * SAMPLE_RATE))
        own = self._voice.heard(turn)
        for name, heard in self._heard.items():
            _mix(heard, self._echo[name].heard(own), turn * TURN_SAMPLES)
        while self._handed and self._handed[0].at <= now_ns / 1e9:
            given = self._handed.pop(0)
            self._replay.interaction.hand_over(given.say, spoken=True, urgent=given.urgent)

    def _blocks(self, turn: int) -> Iterator[AudioBlock]:
        for first in range(turn * TURN_SAMPLES, (turn + 1) * TURN_SAMPLES, BLOCK_SAMPLES):
            for name, heard in self._heard.items():
                samples = np.clip(heard[first : first + BLOCK_SAMPLES], -1.0, 1.0)
                samples.flags.writeable = False
                yield AudioBlock(name, samples_ns(first), samples)

    def _take(self, record: ReplayRecord) -> None:
        """What the cell made of it."""
        if record.announcements:
            self._voice.warn(record.announcements, record.now_ns)
        stated: list[Hazard] = [
            one for one in self._replay.guardian.hazards() if one.source is HazardSource.GUARD
        ]
        for turn, output in record.turns:
            self._voice.speak(output)
            end_s = turn.end_ns / 1e9
            self._requests += [
                Request(end_s, asked.kind, asked.question) for asked in output.delegations
            ]
            for hazard in output.hazards:
                if hazard.source is HazardSource.MODEL:
                    stated.append(hazard)
                    self._note(hazard, output.index)
        self._opinions.observe(stated, record.now_ns)

    def _note(self, hazard: Hazard, turn: int) -> None:
        key = (hazard.kind, hazard.zone)
        if key not in self._scores:
            self._scores[key] = np.full(self._turns, np.nan, np.float32)
        if turn < self._turns:
            self._scores[key][turn] = hazard.score


def _mix(into: Samples, sound: Samples, begin: int) -> None:
    """Add a sound from a sample on, as far as there is room."""
    room = into[begin : begin + len(sound)]
    room += sound[: len(room)]
