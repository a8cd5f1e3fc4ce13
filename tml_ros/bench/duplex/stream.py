"""A sample played to a model's session, 200 ms at a time.

Open loop, as the public benchmark does it: nobody reacts to what the model says. What it says in a
turn is heard from the end of that turn on, so that one turn is in every latency. The cell has one
microphone and neither cameras nor zones. With `echo`, the model hears itself as a cell does, by the
loudspeaker beside the microphone. Any thread, one run each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from tml_ros.bench.duplex.model_speech import ModelSpeech, model_speech
from tml_ros.bench.duplex.output_words import Piece, Word, words_of
from tml_ros.bench.duplex.sample import HandedOver, Sample, Samples
from tml_ros.bench.duplex.speech_segments import speech_segments
from tml_ros.bench.evaluation.cell_voice import CellVoice
from tml_ros.model.interface import InteractionModel
from tml_ros.model.layout import SessionLayout
from tml_ros.sim.scenario.scenario import MicrophonePart
from tml_ros.sim.sound.echo_path import EchoPath
from tml_ros.turn.micro_turn import SAMPLE_RATE, TURN_NS, TURN_SAMPLES, MicroTurn

MICROPHONE: Final = "cell_mic"
LAYOUT: Final = SessionLayout(microphones=(MICROPHONE,))
_PART: Final = MicrophonePart(at=(0.0, 0.0, 2.0))


@dataclass(frozen=True, slots=True)
class Output:
    """What came back. samples: float32, as long as the input, None where only words are known.
    words: None where only the sound is known.
    """

    samples: Samples | None
    words: tuple[Word, ...] | None
    seconds: float

    @property
    def speech(self) -> ModelSpeech:
        """As stretches of speech."""
        return model_speech(self.samples, self.words, seconds=self.seconds)


@dataclass(frozen=True, slots=True)
class Outputs:
    """To a sample; clean: to the same without the overlap, where there is such."""

    noisy: Output
    clean: Output | None = None


def play(model: InteractionModel, sample: Sample, *, echo: bool = False) -> Outputs:
    """Both inputs of a sample, each to a session of its own."""
    noisy = converse(model, sample.samples, sample.handed_over, seed=sample.seed, echo=echo)
    if sample.clean is None:
        return Outputs(noisy)
    clean = converse(model, sample.clean, sample.handed_over, seed=sample.seed, echo=echo)
    return Outputs(noisy, clean)


def converse(
    model: InteractionModel,
    heard: Samples,
    handed_over: Sequence[HandedOver] = (),
    *,
    seed: int = 0,
    echo: bool = False,
) -> Output:
    """One input, float32 [n], mono, 16 kHz; the last turn is filled up with silence."""
    turns = -(-len(heard) // TURN_SAMPLES)
    padded = np.pad(heard, (0, turns * TURN_SAMPLES - len(heard)))
    voice = CellVoice((turns + 1) * TURN_NS / 1e9)
    path = EchoPath(_PART, seed) if echo else None
    pieces: list[Piece] = []
    waiting = list(handed_over)
    session = model.open_session(LAYOUT, seed=seed)
    try:
        for index in range(turns):
            while waiting and waiting[0].at_s <= index * TURN_NS / 1e9:
                session.inject(waiting.pop(0).text, how="spoken")
            block = padded[index * TURN_SAMPLES : (index + 1) * TURN_SAMPLES].copy()
            if path is not None:
                block += path.heard(voice.heard(index))
                np.clip(block, -1.0, 1.0, out=block)
            block.flags.writeable = False
            output = session.step(MicroTurn(index, index * TURN_NS, {MICROPHONE: block}))
            voice.speak(output)
            if output.text:
                pieces.append(Piece((index + 1) * TURN_NS / 1e9, output.text))
    finally:
        session.close()
    seconds = len(heard) / SAMPLE_RATE
    said = voice.sound[: len(heard)].copy()
    words = words_of(pieces, speech_segments(said))
    return Output(said, tuple(word for word in words if word.start_s < seconds), seconds)
