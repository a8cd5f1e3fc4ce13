"""What a model does when it is talked over, in the four classes of Full-Duplex-Bench v1.5 (2.3).

respond: it takes up what was said over it. resume: it goes on with what it was saying. uncertain:
it asks again or says that it did not understand. unknown: none of these, silence too. v1.5 has a
large language model judge them; here rules do, which need words:

Looked at is what is said from the end of the overlap on, stretch by stretch; the first that is of a
class decides.
1. resume: at least half of its content words, and two of them, are of what was left to say: the
   text that the model was handed, or what it said from the overlap on in the clean run.
2. uncertain: it holds one of `DOUBTS`.
3. respond: to an interruption, where it says what is right to answer; to what was not meant for it,
   any speech that takes the turn over.
A model that speaks on, without a pause from the beginning of the overlap to beyond its end, and
says nothing else then, goes on: resume. So does one that speaks on over an interruption, unless it
says what is right to answer after all.

Right are respond to an interruption and resume to everything else.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

from tml_ros.bench.duplex.model_speech import ModelSpeech, Stretch
from tml_ros.bench.duplex.sample import Sample
from tml_ros.bench.duplex.task import INTERRUPTIONS
from tml_ros.sim.talk.says_words import content_words
from tml_ros.sim.truth.expectation import plain_words

GOES_ON: Final = 0.5
AT_LEAST: Final = 2
DOUBTS: Final = (
    *("pardon", "say that again", "say it again", "repeat that", "repeat it", "come again"),
    *("did not catch", "didn't catch", "did not hear", "didn't hear", "did not get"),
    *("didn't get", "did not understand", "didn't understand", "do not understand"),
    *("don't understand", "what did you say", "excuse me", "what was that", "not sure what you"),
)


class Behaviour(str, Enum):
    """The classes."""

    RESPOND = "respond"
    RESUME = "resume"
    UNCERTAIN = "uncertain"
    UNKNOWN = "unknown"


def behaviour(sample: Sample, noisy: ModelSpeech, clean: ModelSpeech | None) -> Behaviour | None:
    """The class, None where the words are not known or the sample has no overlap."""
    over = sample.overlap
    if over is None or not noisy.has_words:
        return None
    left = sample.rest_text
    if clean is not None and clean.has_words:
        left += " " + " ".join(one.text for one in clean.from_s(over.start_s))
    rest = _telling(left)
    interrupted = sample.task in INTERRUPTIONS
    held = noisy.speaking_at(over.start_s)
    spoke_on = held is not None and held.span.end_s > over.end_s
    for place, stretch in enumerate(noisy.from_s(over.end_s)):
        answered = any(
            one.says is not None and one.says.holds(stretch.text) for one in sample.wanted
        )
        if interrupted and answered:
            return Behaviour.RESPOND
        found = _class(stretch, rest, interrupted=interrupted)
        if spoke_on and place == 0 and (interrupted or len(_telling(stretch.text)) < AT_LEAST):
            # It goes on, and may still take up what was said later.
            continue
        if found is not None:
            return found
    return Behaviour.RESUME if spoke_on else Behaviour.UNKNOWN


def right(sample: Sample) -> Behaviour:
    """What should be done about the overlap of such a sample."""
    return Behaviour.RESPOND if sample.task in INTERRUPTIONS else Behaviour.RESUME


def _class(stretch: Stretch, rest: frozenset[str], *, interrupted: bool) -> Behaviour | None:
    said = _telling(stretch.text)
    known = said & rest
    if len(known) >= AT_LEAST and len(known) >= GOES_ON * len(said):
        return Behaviour.RESUME
    plain = f" {plain_words(stretch.text)} "
    if any(f" {doubt} " in plain for doubt in DOUBTS):
        return Behaviour.UNCERTAIN
    return Behaviour.RESPOND if stretch.takes_over and not interrupted else None


def _telling(text: str) -> frozenset[str]:
    return frozenset(spelled[0] for spelled in content_words(text))
