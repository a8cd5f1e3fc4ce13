"""Everything that a rule may look at, in one place and in order of time.

The guardian speaks the fixed warnings of alarms: they count as warnings, and are otherwise judged
by the alarms they come from, not as conversation. What asks for speech is known here, so that
speech can be told that nothing asked for. Pure; made once for each run that is judged.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tml_ros.bench.judge.conduct import Conduct, Request, Speaker, Utterance
from tml_ros.bench.judge.parts import Part, parts_of
from tml_ros.bench.judge.window import EPSILON_S, Window, line_starts, windows
from tml_ros.sim.talk.act import Act
from tml_ros.sim.truth.expectation import Rule
from tml_ros.sim.truth.truth import Doubt, HazardSpan, Truth

Interval = tuple[float, float]

WANTS_SPEECH = frozenset(
    {
        Rule.WARN,
        Rule.ANSWER,
        Rule.RESUME,
        Rule.ACKNOWLEDGE,
        Rule.DELEGATE,
        Rule.SAY_FINDING,
        Rule.AT_TIME,
        Rule.COUNT,
        Rule.CUE,
    }
)
"""The rules that are fulfilled by speech."""

EARLY_S = 1.0
LATE_S = 1.5
"""Speech so long before or after a window that asks for speech is early or late, which its rule
says; it is not unasked."""

THANKED_S = 3.0
"""So long after thanks a word is no mistake."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What was to be done and what was done.

    windows: by expectation; None: its line was never said. heard: all utterances in order of time;
    wherever rules speak of an utterance they mean its index here. speech: the model's. parts: of
    everybody's speech; what is right to say is looked for in these. talk: from when to when people
    spoke. cues: when people had asked to be told of something. asked: when speech is asked for or
    allowed.
    """

    seconds: float
    windows: tuple[Window | None, ...]
    heard: tuple[Utterance, ...]
    speech: tuple[int, ...]
    parts: tuple[Part, ...]
    backchannels: tuple[int, ...]
    requests: tuple[Request, ...]
    talk: tuple[Interval, ...]
    cues: tuple[float, ...]
    asked: tuple[Interval, ...]

    def begun_in(self, window: Window, among: Iterable[int]) -> list[int]:
        """Those that begin within the window."""
        return [i for i in among if window.holds(self.heard[i].start_s)]

    def parts_in(self, window: Window, *, of_anybody: bool = False) -> list[int]:
        """The parts of speech that begin within the window. of_anybody: the guardian's, too.

        Who begins within it has begun once, however many sentences follow; of speech that had begun
        before each sentence counts.
        """
        return [
            i
            for i, part in enumerate(self.parts)
            if window.holds(part.start_s)
            and (part.first or not window.holds(self.heard[part.of].start_s))
            and (of_anybody or self.is_models(i))
        ]

    def is_models(self, part: int) -> bool:
        """Whether the model said it."""
        return self.heard[self.parts[part].of].by is Speaker.MODEL

    def speaking_at(self, time_s: float) -> list[int]:
        """The model's speech under way at that time, its very end included."""
        return [
            i
            for i in self.speech
            if self.heard[i].start_s <= time_s + EPSILON_S
            and time_s <= self.heard[i].end_s + EPSILON_S
        ]

    def somebody_talks_at(self, time_s: float) -> bool:
        """Whether a person is in the middle of a line, pauses in it included."""
        return any(start_s + EPSILON_S < time_s < end_s - EPSILON_S for start_s, end_s in self.talk)

    def was_asked_for(self, utterance: int) -> bool:
        """Whether something asked for speech, or allowed it, when this began."""
        begun_s = self.heard[utterance].start_s
        return any(
            opens_s - EPSILON_S <= begun_s <= closes_s + EPSILON_S
            for opens_s, closes_s in self.asked
        )


def scene_of(truth: Truth, conduct: Conduct, *, allowed: Iterable[Interval] = ()) -> Scene:
    """What the rules look at. allowed: further times in which speech is no mistake."""
    heard = tuple(sorted(conduct.utterances, key=_order))
    speech = [i for i, utterance in enumerate(heard) if not utterance.backchannel]
    parts = [part for i in speech for part in parts_of(i, heard[i])]
    starts = line_starts(truth, conduct)
    said = [(line, starts[line.index]) for line in truth.lines if line.index in starts]
    found = windows(truth, conduct)
    return Scene(
        seconds=conduct.seconds,
        windows=found,
        heard=heard,
        speech=tuple(i for i in speech if heard[i].by is Speaker.MODEL),
        parts=tuple(sorted(parts, key=lambda part: (part.start_s, part.of))),
        backchannels=tuple(
            i for i, u in enumerate(heard) if u.backchannel and u.by is Speaker.MODEL
        ),
        requests=tuple(sorted(conduct.requests, key=lambda r: (r.at_s, r.kind, r.question))),
        talk=tuple(sorted((start_s, start_s + line.seconds) for line, start_s in said)),
        cues=tuple(sorted(start_s for line, start_s in said if line.act is Act.CUE)),
        asked=(
            *_asking(found),
            *_thanks(truth, starts),
            *_undecided(truth),
            *allowed,
        ),
    )


def _asking(found: Iterable[Window | None]) -> list[Interval]:
    return [
        (window.opens_s - EARLY_S, window.closes_s + LATE_S)
        for window in found
        if window is not None and window.asked.rule in WANTS_SPEECH
    ]


def _thanks(truth: Truth, starts: dict[int, float]) -> list[Interval]:
    ends = [
        starts[line.index] + line.seconds
        for line in truth.lines
        if line.act is Act.THANKS and line.index in starts
    ]
    return [(end_s, end_s + THANKED_S) for end_s in ends]


def _undecided(truth: Truth) -> list[Interval]:
    """A warning of what may be there or not is no mistake either way."""
    unclear = [span for span in truth.hazards if span.evident_s is None]
    there: list[HazardSpan | Doubt] = [*truth.doubts, *unclear]
    return [(reason.start_s, reason.end_s + LATE_S) for reason in there]


def _order(utterance: Utterance) -> tuple[object, ...]:
    words = tuple((word.start_s, word.end_s, word.word) for word in utterance.words)
    return (
        utterance.start_s,
        utterance.end_s,
        utterance.by.value,
        utterance.text,
        utterance.backchannel,
        utterance.cut,
        words,
    )
