"""A cell that is played to: sound with lines in it, the cascade's own voice coming back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from tml_ros.bench.cascade.cascade_model import CascadeModel, open_cascade
from tml_ros.bench.cascade.cascade_session import CascadeSession
from tml_ros.devices.speech_renderer import SpeechRenderer, SpeechUnavailableError
from tml_ros.model.interface import ModelUnavailableError
from tml_ros.model.layout import SessionLayout
from tml_ros.sim.sound.spoken import speak
from tml_ros.sim.sound.voices import Voice
from tml_ros.turn.micro_turn import SAMPLE_RATE, TURN_NS, TURN_SAMPLES, MicroTurn
from tml_ros.turn.turn_output import DelegationRequest, Floor, TurnOutput

Samples = NDArray[np.float32]

_SQUARE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0))
LAYOUT = SessionLayout(
    cameras={"gate": {"press_area": _SQUARE, "robot_area": _SQUARE}}, microphones=("mic",)
)


@pytest.fixture(scope="session")
def cascade() -> CascadeModel:
    """The real one."""
    try:
        SpeechRenderer("en-us")
        return open_cascade()
    except (ModelUnavailableError, SpeechUnavailableError) as missing:
        pytest.skip(str(missing))


@dataclass(frozen=True)
class Said:
    """Something the cell said: turn in whose output it begins, sample in it, all its text."""

    turn: int
    sample: int
    text: str

    @property
    def heard_s(self) -> float:
        """When its first sample is heard: outputs are played in the next turn."""
        return (self.turn + 1) * 0.2 + self.sample / SAMPLE_RATE


@dataclass(frozen=True)
class Played:
    outputs: list[TurnOutput]

    @property
    def said(self) -> list[Said]:
        """Runs of turns with speech."""
        found: list[Said] = []
        before = None
        for turn, output in enumerate(self.outputs):
            if output.floor is not Floor.SPEAK or output.speech is None:
                before = None
                continue
            if before is None:
                found.append(Said(turn, int(np.flatnonzero(output.speech)[0]), ""))
            before = output
            found[-1] = Said(found[-1].turn, found[-1].sample, found[-1].text + output.text)
        return [Said(one.turn, one.sample, one.text.strip()) for one in found]

    @property
    def texts(self) -> list[str]:
        return [one.text for one in self.said]

    @property
    def requests(self) -> list[DelegationRequest]:
        return [asked for output in self.outputs for asked in output.delegations]


class Stage:
    """Plays sound to sessions."""

    layout = LAYOUT

    @staticmethod
    def line(text: str, voice: str = "en-us+m3") -> Samples:
        """Somebody says it, ordinarily loud."""
        return speak(text, Voice(voice)).samples

    @staticmethod
    def room(
        seconds: float, lines: Sequence[tuple[float, Samples]] = (), *, noise_db: float = -60.0
    ) -> Samples:
        """What a microphone takes in: float32 [n]. noise_db: of its white noise, of full scale."""
        rng = np.random.default_rng(1)
        sound = rng.standard_normal(round(seconds / 0.2) * TURN_SAMPLES) * 10 ** (noise_db / 20)
        for at, speech in lines:
            begin = round(at * SAMPLE_RATE)
            sound[begin : begin + len(speech)] += speech[: len(sound) - begin]
        return np.clip(sound, -1, 1).astype(np.float32)

    @staticmethod
    def play(session: CascadeSession, sound: Samples, *, echo_db: float | None = -20.0) -> Played:
        """Play the sound to the session, closed loop."""
        outputs: list[TurnOutput] = []
        own = np.zeros(TURN_SAMPLES, np.float32)
        for index in range(len(sound) // TURN_SAMPLES):
            heard = sound[index * TURN_SAMPLES : (index + 1) * TURN_SAMPLES].copy()
            if echo_db is not None:
                heard += own * np.float32(10 ** (echo_db / 20))
            output = session.step(MicroTurn(index, index * TURN_NS, {"mic": heard}))
            own = np.zeros_like(own) if output.speech is None else output.speech
            outputs.append(output)
        return Played(outputs)


@pytest.fixture
def stage() -> Stage:
    return Stage()
