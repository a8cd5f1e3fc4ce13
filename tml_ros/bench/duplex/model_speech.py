"""What a model said in one sample: stretches of speech, each with its words. Types and joining.

A stretch is a segment of sound (`speech_segments`: pauses in it are shorter than 0.5 s) with the
words whose middle lies in it or nearest to it. Where there are no words (a recording without a
transcript) only its times are known; where there is no sound, words less than 0.5 s apart are a
stretch. Words that nothing sounds for were not said.

Taking over. Full-Duplex-Bench v1.0 (Lin et al. 2025, section 3; the definitions of its public
evaluation): a reply takes the turn over unless it is a backchannel: shorter than 1 s and of three
words at most. The public scripts apply it to all that is said in a sample at once; here it is
applied to each stretch, so that two short signs of listening do not add up to a turn. Without words
the length alone decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tml_ros.bench.duplex.output_words import Word
from tml_ros.bench.duplex.sample import Samples, Span
from tml_ros.bench.duplex.speech_segments import merged, speech_segments

SHORT_S: Final = 1.0
FEW_WORDS: Final = 3
NEAR_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class Stretch:
    """Speech without a longer pause."""

    span: Span
    words: tuple[Word, ...] = ()

    @property
    def text(self) -> str:
        """All of it."""
        return " ".join(word.text for word in self.words)

    @property
    def takes_over(self) -> bool:
        """Whether it is more than a sign of listening."""
        return self.span.seconds >= SHORT_S or len(self.words) > FEW_WORDS

    def from_s(self, time_s: float) -> Stretch | None:
        """What of it is said from then on; a word that has begun before is not."""
        if self.span.end_s <= time_s:
            return None
        if self.span.start_s >= time_s:
            return self
        words = tuple(word for word in self.words if word.start_s >= time_s)
        return Stretch(Span(time_s, self.span.end_s), words)


@dataclass(frozen=True, slots=True)
class ModelSpeech:
    """stretches: in order. has_words: whether it is known what was said. seconds: how long the
    output is.
    """

    stretches: tuple[Stretch, ...]
    has_words: bool
    seconds: float

    def from_s(self, time_s: float) -> tuple[Stretch, ...]:
        """What was said from then on, what goes on then cut in two."""
        parts = (stretch.from_s(time_s) for stretch in self.stretches)
        return tuple(part for part in parts if part is not None)

    def speaking_at(self, time_s: float) -> Stretch | None:
        """The stretch that is being said then."""
        spans = (one for one in self.stretches if one.span.start_s < time_s < one.span.end_s)
        return next(spans, None)


def model_speech(
    samples: Samples | None, words: Sequence[Word] | None, *, seconds: float
) -> ModelSpeech:
    """From the sound, the words, or both. Raises ValueError for neither."""
    if samples is None and words is None:
        raise ValueError("speech is known from sound or from words, and there is neither")
    if samples is not None:
        spans = speech_segments(samples)
    else:
        spans = tuple(merged([Span(word.start_s, word.end_s) for word in words or ()]))
    own: list[list[Word]] = [[] for _ in spans]
    for word in words or ():
        middle = (word.start_s + word.end_s) / 2
        away = [max(span.start_s - middle, middle - span.end_s, 0.0) for span in spans]
        if away and min(away) <= NEAR_S:
            own[away.index(min(away))].append(word)
    stretches = (Stretch(span, tuple(said)) for span, said in zip(spans, own, strict=True))
    return ModelSpeech(tuple(stretches), words is not None, seconds)
