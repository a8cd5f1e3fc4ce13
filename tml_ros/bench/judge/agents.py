"""Conducts made straight from a truth, to judge the judge: who does everything right, nothing, too
late, or anything at random must get the figures that theory gives.

No agent hears or sees; they know the truth, and the random one and the talkers do not look at it.
Pure; what is drawn is seeded.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from tml_ros.bench.judge.conduct import AlarmSpan, Conduct, Request, Utterance
from tml_ros.bench.judge.scene import WANTS_SPEECH, Scene, scene_of
from tml_ros.bench.judge.suitable import ACKNOWLEDGE_REQUEST
from tml_ros.bench.judge.window import Window
from tml_ros.sim.talk.numbers import number_words
from tml_ros.sim.truth.expectation import Expectation, Rule, Says
from tml_ros.sim.truth.truth import Truth
from tml_ros.turn.hazard import HazardKind

TALK_S = 0.8
REACH_S = 6.0
"""A line that waits for the cell to speak waits so long; no speech of an agent is longer."""

HazardKey = tuple[HazardKind, str]


def perfect(truth: Truth, *, late_s: float = 0.0) -> Conduct:
    """Does everything that is expected, and nothing else. late_s: all of it so much too late."""
    conduct = _alarmed(Conduct(truth.seconds), truth, late_s)
    # What hangs on a line that waits for the cell has a time only once the cell has spoken.
    for _ in range(len(truth.lines) + 1):
        scene = scene_of(truth, conduct)
        found = [window for window in scene.windows if window is not None]
        utterances = tuple(u for window in found for u in _done(scene, window, found, late_s))
        conduct = replace(
            conduct,
            utterances=utterances,
            requests=tuple(r for window in found for r in _requested(window, late_s)),
            line_starts=lines_begun(truth, utterances),
        )
    return conduct


def mute(truth: Truth) -> Conduct:
    """Does nothing."""
    return Conduct(truth.seconds)


def endless(truth: Truth) -> Conduct:
    """Begins to speak at once and never stops; raises every alarm at once, and never takes it back
    again.
    """
    utterances = (Utterance(0.0, truth.seconds, "and so on and so forth"),)
    alarms = tuple(AlarmSpan(kind, zone, 0.0, None) for kind, zone in hazard_keys(truth))
    return _spoken(truth, utterances, alarms)


def clinging(truth: Truth) -> Conduct:
    """As the perfect one, but never takes an alarm back once it is raised."""
    conduct = perfect(truth)
    first: dict[HazardKey, AlarmSpan] = {}
    for alarm in sorted(conduct.alarms, key=lambda alarm: alarm.raised_s):
        first.setdefault((alarm.kind, alarm.zone), replace(alarm, gone_s=None))
    return replace(conduct, alarms=tuple(first.values()))


def chattering(truth: Truth) -> Conduct:
    """Says a word in every second, and raises every alarm for a moment once in ten."""
    whole = math.floor(truth.seconds)
    utterances = tuple(Utterance(float(s), s + 0.4, "hello") for s in range(whole))
    alarms = tuple(
        AlarmSpan(kind, zone, float(s), s + 0.2)
        for kind, zone in hazard_keys(truth)
        for s in range(0, whole, 10)
    )
    return _spoken(truth, utterances, alarms)


def parrot(truth: Truth) -> Conduct:
    """Says again whatever anybody says, 0.2 s after they end."""
    conduct = Conduct(truth.seconds)
    for _ in range(len(truth.lines) + 1):
        starts = {line.index: line.start_s for line in truth.lines if line.start_s is not None}
        starts |= dict(conduct.line_starts)
        utterances = tuple(
            Utterance(at_s + 0.2, at_s + 0.2 + line.seconds, line.text)
            for line in truth.lines
            if line.index in starts
            for at_s in [starts[line.index] + line.seconds]
        )
        conduct = replace(
            conduct, utterances=utterances, line_starts=lines_begun(truth, utterances)
        )
    return conduct


@dataclass(frozen=True, slots=True)
class Chance:
    """What a random agent does so many times an hour. texts: what it says, all equally often."""

    speech: float = 120.0
    signs: float = 60.0
    alarms: float = 60.0
    texts: tuple[str, ...] = ("yes", "a person is in the press area", "well", "no 2")


def at_random(truth: Truth, *, seed: int, chance: Chance | None = None) -> Conduct:
    """Speech, signs of listening and alarms of each kind and zone as Poisson processes, each for
    0.2 s.
    """
    chance = chance or Chance()
    rng = np.random.default_rng(np.random.SeedSequence([seed, 0x6368616E]))
    said = [
        Utterance(at_s, at_s + 0.2, chance.texts[int(rng.integers(len(chance.texts)))])
        for at_s in _poisson(rng, chance.speech, truth.seconds)
    ]
    signs = [
        Utterance(at_s, at_s + 0.2, "mhm", backchannel=True)
        for at_s in _poisson(rng, chance.signs, truth.seconds)
    ]
    alarms = tuple(
        AlarmSpan(kind, zone, at_s, at_s + 0.2)
        for kind, zone in hazard_keys(truth)
        for at_s in _poisson(rng, chance.alarms, truth.seconds)
    )
    return _spoken(truth, (*said, *signs), alarms)


AGENTS: Mapping[str, Callable[[Truth, int], Conduct]] = MappingProxyType(
    {
        "perfect": lambda truth, seed: perfect(truth),
        "0.5 s late": lambda truth, seed: perfect(truth, late_s=0.5),
        "mute": lambda truth, seed: mute(truth),
        "endless": lambda truth, seed: endless(truth),
        "clinging": lambda truth, seed: clinging(truth),
        "chattering": lambda truth, seed: chattering(truth),
        "parrot": lambda truth, seed: parrot(truth),
        "at random": lambda truth, seed: at_random(truth, seed=seed),
    }
)
"""By name; each takes a truth and a seed."""


def hazard_keys(truth: Truth) -> list[HazardKey]:
    """The kinds and zones of all that is or may be there, in order of their names."""
    there = {(span.kind, span.zone) for span in truth.hazards}
    there |= {(doubt.kind, doubt.zone) for doubt in truth.doubts}
    return sorted(there, key=lambda key: (key[0].value, key[1]))


def lines_begun(truth: Truth, utterances: Iterable[Utterance]) -> dict[int, float]:
    """When the lines began that wait for the cell: so long after its first speech after the line
    before, unless that takes more than REACH_S.
    """
    begun = sorted(u.start_s for u in utterances if not u.backchannel)
    starts: dict[int, float] = {}
    over_s: float | None = 0.0
    for line in truth.lines:
        start_s = line.start_s
        if start_s is None and over_s is not None and line.into_s is not None:
            after = [s for s in begun if over_s - 1e-6 <= s <= over_s + REACH_S]
            if after:
                start_s = starts[line.index] = round(after[0] + line.into_s, 6)
        over_s = None if start_s is None else start_s + line.seconds
    return starts


def words_for(asked: Expectation) -> str:
    """Words that say what is right to say. Raises ValueError where no words can."""
    said = "" if asked.number is None else number_words(asked.number)
    says = asked.says or Says()
    for words in itertools.product(*says.all_of):
        text = " ".join((*words, said)).strip() or "all right"
        if says.holds(text):
            return text
    raise ValueError(f"nothing can be said that is right: {says}")


def _done(
    scene: Scene, window: Window, found: Sequence[Window], late_s: float
) -> tuple[Utterance, ...]:
    begin_s = window.due_s + late_s
    if window.asked.rule is Rule.SAY_FINDING:
        for start_s, end_s in scene.talk:
            begin_s = end_s if start_s < begin_s < end_s else begin_s
    if window.asked.rule is Rule.BACKCHANNEL:
        return (Utterance(begin_s, begin_s + 0.3, "mhm", backchannel=True),)
    if window.asked.rule not in WANTS_SPEECH:
        return ()
    end_s, cut = begin_s + TALK_S, False
    for other in found:
        if begin_s < other.due_s < begin_s + REACH_S:
            if other.asked.rule is Rule.FALL_SILENT:
                end_s, cut = other.due_s + late_s, True
            if other.asked.rule is Rule.KEEP_ON:
                end_s = other.closes_s + 0.2
    return (Utterance(begin_s, end_s, words_for(window.asked), cut=cut),)


def _requested(window: Window, late_s: float) -> tuple[Request, ...]:
    kinds = {Rule.ACKNOWLEDGE: ACKNOWLEDGE_REQUEST, Rule.DELEGATE: "machine_status"}
    kind = kinds.get(window.asked.rule)
    return () if kind is None else (Request(window.due_s + late_s, kind, "as was asked"),)


def _alarmed(conduct: Conduct, truth: Truth, late_s: float) -> Conduct:
    return replace(
        conduct,
        alarms=tuple(
            AlarmSpan(span.kind, span.zone, span.evident_s + late_s, span.end_s + late_s)
            for span in truth.hazards
            if span.evident_s is not None
        ),
    )


def _spoken(
    truth: Truth, utterances: tuple[Utterance, ...], alarms: tuple[AlarmSpan, ...]
) -> Conduct:
    starts = lines_begun(truth, utterances)
    return Conduct(truth.seconds, utterances, alarms, line_starts=starts)


def _poisson(rng: np.random.Generator, per_hour: float, seconds: float) -> list[float]:
    count = int(rng.poisson(per_hour * seconds / 3600))
    return sorted(float(at_s) for at_s in rng.uniform(0.0, seconds, count))
