"""The suite `voice`: does one understand what a model says when it is handed a phrase to say?

The model is handed each phrase in a quiet cell, urgently, and what it says is recognised by a
closed grammar; so is what espeak-ng makes of the same phrase, which shows what that ear can do at
best. Main thread.
"""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from tml_ros.bench.evaluation.closed_grammar import ClosedGrammar
from tml_ros.bench.evaluation.voice_phrases import VoicePhrase, voice_phrases
from tml_ros.bench.judge.interval import Estimate, share
from tml_ros.bench.judge.judgement import as_plain
from tml_ros.devices.speech_renderer import SpeechRenderer
from tml_ros.model.interface import InteractionModel, Session
from tml_ros.model.layout import SessionLayout
from tml_ros.sim.split import Split
from tml_ros.turn.micro_turn import SAMPLE_RATE, TURN_NS, TURN_SAMPLES, MicroTurn

Samples = NDArray[np.float32]

VOICE_FILE = "voice.json"
AUDIBLE = 1e-3
BEGINS_WITHIN = 15
"""Turns: who has not begun by then, 3 s, says nothing."""
PAUSE = 5
"""Turns of silence after which a phrase is over."""
LONGEST = 60
"""Turns, 12 s."""
SILENT_PHRASES = 5
"""A model that says none of the first so many has no voice."""
_EAR = "ear"


@dataclass(frozen=True, slots=True)
class PhraseOutcome:
    """said, original: what was recognised of the model's speech and of espeak-ng's; "" for nothing.

    begins_s: from handing over to the first sound; None for silence.
    """

    text: str
    names: Split | None
    said: str
    original: str
    begins_s: float | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Understood:
    """right of count phrases, by a voice and, originals, by espeak-ng."""

    count: int
    right: int
    share: Estimate | None
    originals: int
    originals_share: Estimate | None


@dataclass(frozen=True, slots=True)
class VoiceResult:
    """phrases: none for a model without a voice."""

    phrases: tuple[PhraseOutcome, ...]

    @property
    def has_voice(self) -> bool:
        """Whether anything was heard of it."""
        return bool(self.phrases)

    def understood(self, *names: Split | None) -> Understood:
        """Of the phrases with these names in them; of all without an argument."""
        asked = [one for one in self.phrases if not names or one.names in names]
        right = sum(one.said == one.text for one in asked)
        originals = sum(one.original == one.text for one in asked)
        count = len(asked)
        return Understood(count, right, share(right, count), originals, share(originals, count))

    def sentence(self, who: str) -> str:
        """For people."""
        if not self.has_voice:
            return f"no voice: {who}"
        every = self.understood()
        return (
            f"of {every.count} phrases {who} was to say {every.right} were understood; of "
            f"espeak-ng's {every.originals}, by chance 1"
        )


def judge_voice(
    model: InteractionModel,
    *,
    phrases: Sequence[VoicePhrase] | None = None,
    ending: threading.Event | None = None,
    keep: Callable[[int, Samples], None] | None = None,
    progress: Callable[[float], None] | None = None,
) -> VoiceResult | None:
    """Have the model say all phrases; None where `ending` was set before the last.

    keep: is given the number of each phrase and its speech. progress: the share that is done.
    Raises ModelUnavailableError without pocketsphinx, SpeechUnavailableError without espeak-ng.
    """
    asked = voice_phrases() if phrases is None else tuple(phrases)
    ear = ClosedGrammar([phrase.text for phrase in asked])
    original = SpeechRenderer("en-us")
    outcomes: list[PhraseOutcome] = []
    for number, phrase in enumerate(asked):
        if ending is not None and ending.is_set():
            return None
        speech, begins_s = spoken_by(model, phrase.text)
        outcomes.append(
            PhraseOutcome(
                text=phrase.text,
                names=phrase.names,
                said=ear.recognised(speech) or "",
                original=ear.recognised(original.render(phrase.text)) or "",
                begins_s=begins_s,
                seconds=round(len(speech) / SAMPLE_RATE, 2),
            )
        )
        if keep is not None:
            keep(number, speech)
        if progress is not None:
            progress((number + 1) / len(asked))
        if number + 1 == SILENT_PHRASES and all(one.begins_s is None for one in outcomes):
            return VoiceResult(())
    return VoiceResult(tuple(outcomes))


def spoken_by(model: InteractionModel, text: str) -> tuple[Samples, float | None]:
    """What the model says when it is handed the text: float32 [n], with some silence about it, and
    when it begins, s; empty and None where it stays silent.
    """
    session = model.open_session(SessionLayout(microphones=(_EAR,)))
    try:
        return _listened(session, text)
    finally:
        session.close()


def _listened(session: Session, text: str) -> tuple[Samples, float | None]:
    silence = np.zeros(TURN_SAMPLES, np.float32)
    silence.flags.writeable = False
    heard: list[Samples] = []
    begins: float | None = None
    quiet = 0
    for index in itertools.count():
        if index == 1:
            session.inject(text, how="spoken", urgent=True)
        output = session.step(MicroTurn(index, index * TURN_NS, {_EAR: silence}))
        speech = silence if output.speech is None else np.asarray(output.speech, np.float32)
        loud = np.flatnonzero(np.abs(speech) > AUDIBLE)
        heard.append(speech)
        quiet = 0 if len(loud) else quiet + 1
        if begins is None and len(loud):
            # Heard from the end of the turn that answers; handed over at the beginning of turn 1.
            begins = index * TURN_NS / 1e9 + float(loud[0]) / SAMPLE_RATE
            heard = heard[-2:]
        if begins is None and index >= BEGINS_WITHIN:
            return np.zeros(0, np.float32), None
        if (begins is not None and quiet >= PAUSE) or index >= LONGEST:
            break
    keep = len(heard) - max(0, quiet - 1)
    return np.concatenate(heard[:keep]), begins


def voice_as_plain(result: VoiceResult, who: str) -> dict[str, Any]:
    """For `summary.json`: the figures and every phrase."""
    groups = {"all": (), "no_names": (None,), "known_names": (Split.TRAIN,)}
    groups |= {"held_out_names": (Split.HELD_OUT,)}
    return {
        "has_voice": result.has_voice,
        "sentence": result.sentence(who),
        "understood": {name: as_plain(result.understood(*names)) for name, names in groups.items()}
        if result.has_voice
        else {},
        "phrases": [as_plain(one) for one in result.phrases],
    }


def write_voice(result: VoiceResult, folder: Path, *, fingerprint: str) -> None:
    """Keep it for the next time. Raises OSError."""
    plain = {"plan": fingerprint, "phrases": [as_plain(one) for one in result.phrases]}
    part = folder / f"{VOICE_FILE}.part"
    part.write_text(json.dumps(plain), encoding="utf-8")
    part.replace(folder / VOICE_FILE)


def read_voice(folder: Path, *, fingerprint: str) -> VoiceResult | None:
    """What is kept; None where there is nothing, or something else."""
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        plain = json.loads((folder / VOICE_FILE).read_text(encoding="utf-8"))
        if plain["plan"] == fingerprint:
            return VoiceResult(_PHRASES.validate_python(plain["phrases"]))
    return None


_PHRASES = TypeAdapter(tuple[PhraseOutcome, ...])
