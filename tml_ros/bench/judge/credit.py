"""Which speech is taken for the fulfilment of what.

A reply is the reply to one question: each question gets speech of its own, and so does whatever
does not say what is right to say. All else may share: one sentence can warn of two hazards, and
warn while it answers. As many as possible are given theirs, the earlier due first; the order in
which anything was written down does not matter. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tml_ros.bench.judge.scene import WANTS_SPEECH, Scene
from tml_ros.bench.judge.suitable import (
    is_specific,
    requests_for,
    something_was_cut_short,
    speech_for,
)
from tml_ros.bench.judge.window import Window
from tml_ros.sim.truth.expectation import Rule

QUESTIONS = frozenset({Rule.ANSWER, Rule.ACKNOWLEDGE, Rule.DELEGATE})
"""The rules whose fulfilment is the reply to something said."""


@dataclass(frozen=True, slots=True)
class Credit:
    """speech: the part of speech that fulfils an expectation, by its index. requests: those that
    do. parts: those that are right for something, and so are no mistake anywhere else.
    excused: utterances that begin with such a part, and signs of listening that were called for.
    """

    speech: Mapping[int, int]
    requests: Mapping[int, int]
    parts: frozenset[int]
    excused: frozenset[int]


def credit_of(scene: Scene) -> Credit:
    """Give each expectation what fulfils it."""
    wanting = sorted(
        (w for w in scene.windows if w is not None and w.asked.rule in WANTS_SPEECH),
        key=lambda w: (w.due_s, w.closes_s, w.index),
    )
    sharing = [w for w in wanting if is_specific(w) and w.asked.rule not in QUESTIONS]
    alone = [w for w in wanting if w not in sharing]

    shared = {w.index: speech_for(scene, w) for w in sharing}
    meant = {i for suitable in shared.values() for i in suitable}
    requests = _requests(scene, alone)
    choices = {
        w.index: [i for i in speech_for(scene, w) if is_specific(w) or i not in meant]
        for w in alone
        if w.index in requests or w.asked.rule not in (Rule.ACKNOWLEDGE, Rule.DELEGATE)
        if w.asked.rule is not Rule.RESUME or something_was_cut_short(scene, w)
    }
    matched = one_each(choices)
    speech = {index: found[0] for index, found in shared.items() if found} | matched
    told = {
        i
        for window in scene.windows
        if window is not None and window.asked.rule is Rule.BACKCHANNEL
        for i in scene.begun_in(window, scene.backchannels)
    }
    parts = frozenset(meant | set(matched.values()))
    begun = {scene.parts[i].of for i in parts if scene.parts[i].first}
    return Credit(speech, requests, parts, frozenset(begun | told))


def one_each(choices: Mapping[int, Sequence[int]]) -> dict[int, int]:
    """A choice for as many as possible, none for two (augmenting paths, Kuhn 1955).

    Those first in the mapping are served first, and with what comes first in their choices.
    """
    owner: dict[int, int] = {}

    def serve(who: int, tried: set[int]) -> bool:
        free = [choice for choice in choices[who] if choice not in owner]
        if free:
            owner[free[0]] = who
            return True
        for choice in choices[who]:
            if choice not in tried:
                tried.add(choice)
                if serve(owner[choice], tried):
                    owner[choice] = who
                    return True
        return False

    for who in choices:
        serve(who, set())
    return {who: choice for choice, who in owner.items()}


def _requests(scene: Scene, alone: Sequence[Window]) -> dict[int, int]:
    wishing = [w for w in alone if w.asked.rule in (Rule.ACKNOWLEDGE, Rule.DELEGATE)]
    return one_each({w.index: requests_for(scene, w) for w in wishing})
