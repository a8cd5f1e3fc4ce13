"""What a voice learns from: turns of speech, each with all that the voice is told and its mel.

Every text is there twice: as one that was handed over, known as a whole, and as free speech, of
which the model knows no more than it has written. Both have the same sound. Frozen; any thread.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tml_ros.model.dmel import log_mel
from tml_ros.model.flow_head import LOUDEST, QUIETEST
from tml_ros.model.free_speech import FreeSpeech
from tml_ros.model.handed_over_text import HandedOverText
from tml_ros.model.preset import MEL_FRAMES, MELS, Preset
from tml_ros.model.tokenizer import TextTokenizer
from tml_ros.model.voice_context import VoiceContext

Speech = Callable[[str], NDArray[np.float32]]
"""Text to float32 [turns * 3200], as `PacedSpeech` gives it."""


@dataclass(frozen=True, slots=True)
class VoiceLessons:
    """n turns of speech; c is `voice.context_tokens`.

    handed_over, free: int16 [n, c] tokens, HOLD where there is none. handed_over_s, free_s:
    float32 [n, c], when they begin, from the start of the turn; NaN where there is none.
    mel: float16 [n, 8, 80], log10 of magnitude, within what the voice can say.
    fixed: bool [n], whether its text is one that cells say as it is.
    """

    handed_over: NDArray[np.int16]
    handed_over_s: NDArray[np.float32]
    free: NDArray[np.int16]
    free_s: NDArray[np.float32]
    mel: NDArray[np.float16]
    fixed: NDArray[np.bool_]

    def __len__(self) -> int:
        """Turns."""
        return len(self.mel)

    def __post_init__(self) -> None:
        """Refuse parts that do not belong together."""
        sizes = {name.name: len(getattr(self, name.name)) for name in fields(self)}
        if len(set(sizes.values())) > 1:
            raise ValueError(f"parts of voice lessons differ in length: {sizes}")
        if self.mel.shape[1:] != (MEL_FRAMES, MELS):
            raise ValueError(f"mels are {list(self.mel.shape)}, not [n, {MEL_FRAMES}, {MELS}]")

    def level(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Mean and standard deviation of each mel channel, float32 [80] both; none is narrow."""
        mel = self.mel.astype(np.float32).reshape(-1, MELS)
        return mel.mean(0), np.maximum(mel.std(0), 0.1)

    def __add__(self, more: VoiceLessons) -> VoiceLessons:
        """These and then those."""
        return VoiceLessons(
            *(
                np.concatenate([getattr(self, part.name), getattr(more, part.name)])
                for part in fields(self)
            )
        )

    def chances(self, fixed: float) -> NDArray[np.float64]:
        """How often each turn is to be drawn, sum 1: of fixed texts for so much of the time."""
        if self.fixed.all() or not self.fixed.any():
            return np.full(len(self), 1 / len(self))
        rest = ~self.fixed
        return np.where(self.fixed, fixed / self.fixed.sum(), (1 - fixed) / rest.sum())


def voice_lessons(
    texts: Sequence[str],
    speech: Speech,
    *,
    preset: Preset,
    tokenizer: TextTokenizer,
    fixed: Container[str] = (),
) -> VoiceLessons:
    """All turns of these texts, in order; fixed: which of them cells say as they are.

    Raises ValueError where speech has not the turns that a text takes, or for no text.
    """
    if not texts:
        raise ValueError("a voice learns from at least one text")
    handed_over: list[VoiceContext] = []
    free: list[VoiceContext] = []
    mels: list[NDArray[np.float16]] = []
    often: list[NDArray[np.bool_]] = []
    for text in texts:
        known = handed_over_turns(text, preset=preset, tokenizer=tokenizer)
        handed_over += known
        free += free_turns(text, preset=preset, tokenizer=tokenizer)
        mel = log_mel(speech(text)).reshape(-1, MEL_FRAMES, MELS)
        if len(mel) != len(known):
            raise ValueError(f"{text!r} takes {len(known)} turns, its speech {len(mel)}")
        mels.append(mel.clip(QUIETEST, LOUDEST).astype(np.float16))
        often.append(np.full(len(mel), text in fixed))
    return VoiceLessons(
        *(_tokens(handed_over), _seconds(handed_over), _tokens(free), _seconds(free)),
        np.concatenate(mels),
        np.concatenate(often),
    )


def handed_over_turns(text: str, *, preset: Preset, tokenizer: TextTokenizer) -> list[VoiceContext]:
    """What the voice is told in each turn of a text that was handed over."""
    spoken = HandedOverText(text, urgent=False, tokenizer=tokenizer, preset=preset)
    contexts = []
    while not spoken.over:
        spoken.give_out()
        contexts.append(spoken.voice_context())
        spoken.turns += 1
    return contexts


def free_turns(text: str, *, preset: Preset, tokenizer: TextTokenizer) -> list[VoiceContext]:
    """The same where a model writes the text at the pace of one that was handed over.

    As many turns; END comes when there is nothing more to write.
    """
    told = HandedOverText(text, urgent=False, tokenizer=tokenizer, preset=preset)
    spoken = FreeSpeech(backchannel=False, tokenizer=tokenizer, preset=preset)
    contexts = []
    for _ in range(told.lasts):
        for token in told.give_out()[0]:
            if not spoken.closed:
                spoken.add(token)
        context = spoken.voice_context()
        if context is None:
            raise ValueError(f"{text!r} has nothing to say in its first turn")
        contexts.append(context)
        told.turns += 1
        spoken.turns += 1
    return contexts


def save_voice_lessons(lessons: VoiceLessons, path: Path) -> None:
    """Keep them, whole or not at all. Raises OSError."""
    parts = {name.name: getattr(lessons, name.name) for name in fields(lessons)}
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as part:
        np.savez(part, allow_pickle=False, **parts)
    os.replace(part.name, path)  # noqa: PTH105 - one call, whole or not at all


def load_voice_lessons(path: Path) -> VoiceLessons:
    """What was kept. Raises OSError; ValueError where it is something else."""
    try:
        with np.load(path, allow_pickle=False) as kept:
            return VoiceLessons(**{name.name: kept[name.name] for name in fields(VoiceLessons)})
    except (KeyError, EOFError) as error:
        raise ValueError(f"{path} has no voice lessons: {error}") from error


def _tokens(contexts: Sequence[VoiceContext]) -> NDArray[np.int16]:
    return np.stack([context.text for context in contexts]).astype(np.int16)


def _seconds(contexts: Sequence[VoiceContext]) -> NDArray[np.float32]:
    seconds = np.stack([context.seconds for context in contexts])
    valid = np.stack([context.valid for context in contexts])
    return np.where(valid, seconds, np.float32(np.nan))
