"""Which speech would do for an expectation, and which request.

Looks at one expectation and one part of speech at a time (its index in `Scene.parts`); that a reply
does for one question only is known in `credit`.
"""

from __future__ import annotations

from tml_ros.bench.judge.conduct import Request
from tml_ros.bench.judge.scene import WANTS_SPEECH, Scene
from tml_ros.bench.judge.spoken_numbers import counts_right
from tml_ros.bench.judge.window import EPSILON_S, Window
from tml_ros.sim.truth.expectation import Rule, Says

ACKNOWLEDGE_REQUEST = "acknowledge"
"""The kind of request that acknowledges an alarm; all other kinds go to the background."""


def is_specific(window: Window) -> bool:
    """Whether it is said what is right to say, so that speech can be known to be meant for it."""
    says, rule = window.asked.says, window.asked.rule
    return (says is not None and bool(says.all_of)) or rule is Rule.COUNT


def speech_for(scene: Scene, window: Window) -> list[int]:
    """All speech that would fulfil it, in order of time. What else its rule wishes is not known
    here, but that a finding is said while nobody speaks.
    """
    rule = window.asked.rule
    if rule not in WANTS_SPEECH:
        return []
    if rule is Rule.COUNT:
        return [
            i
            for i, part in enumerate(scene.parts)
            if part.first and scene.is_models(i) and counts_right(scene, window, part.of)
        ]
    begun = scene.parts_in(window, of_anybody=rule is Rule.WARN)
    found = [i for i in begun if says_right(scene, window, i)]
    if rule is Rule.SAY_FINDING:
        found = [i for i in found if not scene.somebody_talks_at(scene.parts[i].start_s)]
    return found


def says_right(scene: Scene, window: Window, part: int) -> bool:
    """Whether its words, whenever they were said, are right. More may be said after them."""
    says = window.asked.says
    return says is None or any(says.holds(text) for text in scene.parts[part].texts)


def says_opposite(scene: Scene, window: Window, part: int) -> bool:
    """Whether its sentence says something that it must not."""
    says = window.asked.says
    return says is not None and not Says(none_of=says.none_of).holds(scene.parts[part].texts[0])


def warns(scene: Scene, part: int) -> bool:
    """Whether it says what some warning of the scenario must say, at whatever time."""
    return any(
        window is not None
        and window.asked.rule is Rule.WARN
        and is_specific(window)
        and says_right(scene, window, part)
        for window in scene.windows
    )


def requests_for(scene: Scene, window: Window) -> list[int]:
    """The requests that would do, as indices of `Scene.requests`."""
    wants_acknowledge = window.asked.rule is Rule.ACKNOWLEDGE

    def does(request: Request) -> bool:
        return (request.kind == ACKNOWLEDGE_REQUEST) == wants_acknowledge

    return [
        i
        for i, request in enumerate(scene.requests)
        if window.holds(request.at_s) and does(request)
    ]


def something_was_cut_short(scene: Scene, window: Window) -> bool:
    """Whether the model had broken off before this was due."""
    return any(
        scene.heard[i].cut and scene.heard[i].end_s <= window.due_s + EPSILON_S
        for i in scene.speech
    )
