"""How well the cascade understands, by wording, voice and noise: what its figures are made of.

Utterances are spoken by the simulated voices, put into noise and run through endpointing, noise
reduction and recogniser as in a session. Knows nothing of dialogue. The same arguments give the
same figures. Any thread.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from tml_ros.bench.cascade.endpointing import Endpointer, SpeechEnded
from tml_ros.bench.cascade.grammar import COMMANDS, MACHINES, THINGS
from tml_ros.bench.cascade.noise_reduction import reduced
from tml_ros.bench.cascade.recogniser import Guess, Recogniser
from tml_ros.sim.sound.spoken import SPEECH_DB, speak
from tml_ros.sim.sound.voices import drawn_voice
from tml_ros.sim.split import Split
from tml_ros.sim.talk.act import Act
from tml_ros.sim.talk.phrasebook import GrammarPhrase, grammar_phrases
from tml_ros.turn.micro_turn import SAMPLE_RATE

Noise = Literal["white", "pink"]
ZONES: Final = ("press_area", "robot_area", "loading_dock")
ANSWERED: Final = tuple(act for act in COMMANDS if act is not Act.THANKS)
UNANSWERED: Final = (Act.THANKS, Act.UH_HUH, Act.CHATTER, Act.NEAR_MISS, Act.LONG_STORY)
_BEFORE_S, _AFTER_S = 5.0, 1.2


@dataclass(frozen=True, slots=True)
class Trial:
    """One utterance. guesses: one per part in which the endpointer heard it."""

    said: GrammarPhrase
    guesses: tuple[Guess, ...]


def trials(
    recogniser: Recogniser,
    *,
    wordings: Split,
    voices: Split,
    snr_db: float,
    noise: Noise,
    per_act: int,
    seed: int,
    acts: Sequence[Act] = (*ANSWERED, *UNANSWERED),
) -> Iterator[Trial]:
    """So many utterances of each act; of chatter and near misses four times as many."""
    rng = np.random.default_rng(seed)
    for act in acts:
        said = grammar_phrases([act], split=wordings, zones=ZONES, machines=MACHINES, things=THINGS)
        wanted = per_act * (4 if act in (Act.CHATTER, Act.NEAR_MISS) else 1)
        for number in rng.permutation(len(said))[:wanted]:
            speech = speak(said[number].text, drawn_voice(rng, voices)).samples
            yield Trial(said[number], _heard(recogniser, in_noise(speech, snr_db, noise, rng)))


def in_noise(
    speech: NDArray[np.float32], snr_db: float, noise: Noise, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Ordinarily loud speech in noise that is there 5 s before and 1.2 s after it: float32 [n]."""
    before, after = round(_BEFORE_S * SAMPLE_RATE), round(_AFTER_S * SAMPLE_RATE)
    sound = rng.standard_normal(before + len(speech) + after)
    if noise == "pink":
        spectrum = np.fft.rfft(sound)
        bins = np.maximum(np.arange(len(spectrum)), 1)
        sound = np.fft.irfft(spectrum / np.sqrt(bins), len(sound))
    sound *= 10 ** ((SPEECH_DB - snr_db) / 20) / np.sqrt(np.mean(sound**2))
    sound[before : before + len(speech)] += speech
    return np.clip(sound, -1, 1).astype(np.float32)


def _heard(recogniser: Recogniser, sound: NDArray[np.float32]) -> tuple[Guess, ...]:
    ended = [
        event
        for event in Endpointer().push(sound, np.zeros_like(sound))
        if isinstance(event, SpeechEnded)
    ]
    return tuple(recogniser.guess(reduced(e.samples, e.voiced), e.voiced) for e in ended)


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares, 0..1. right: of what wants a reply, act and name were understood. mistaken: it was
    taken for something else that wants one. answered: of what wants none, was taken for something.
    """

    right: float
    mistaken: float
    answered: float
    commands: int
    others: int


def figures(recogniser: Recogniser, made: list[Trial]) -> Figures:
    """What came of the trials."""
    right = mistaken = answered = 0
    commands = [trial for trial in made if trial.said.act in ANSWERED]
    for trial in made:
        taken = [guess.phrase for guess in trial.guesses if recogniser.believes(guess)]
        replies = [p for p in taken if p is not None and p.act in ANSWERED]
        same = [p for p in replies if (p.act, p.about) == (trial.said.act, trial.said.about)]
        if trial.said.act not in ANSWERED:
            answered += bool(replies)
        elif replies and same == replies:
            right += 1
        else:
            mistaken += bool(replies)
    others = len(made) - len(commands)
    return Figures(
        right / max(1, len(commands)),
        mistaken / max(1, len(commands)),
        answered / max(1, others),
        len(commands),
        others,
    )
