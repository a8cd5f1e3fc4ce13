"""Which speech would do for an expectation, and which request.

Looks at one expectation and one utterance at a time; that a reply does for one question only is
known in `credit`.
"""

from __future__ import annotations

from tml_ros.bench.judge.conduct import Request
from tml_ros.bench.judge.named_numbers import named_numbers
from tml_ros.bench.judge.scene import WANTS_SPEECH, Scene
from tml_ros.bench.judge.window import EPSILON_S, Window
from tml_ros.sim.truth.expectation import Rule, Says

ACKNOWLEDGE_REQUEST = "acknowledge"
"""The kind of request that acknowledges an alarm; all other kinds go to the background."""


def is_specific(window: Window) -> bool:
    """Whether it is said what is right to say, so that speech can be known to be meant for it."""
    says, rule = window.asked.says, window.asked.rule
    return (says is not None and bool(says.all_of)) or rule is Rule.COUNT


def speech_for(scene: Scene, window: Window) -> list[int]:
    """All speech that would fulfil it, in order of time; of its rule's other wishes only that for
    silence around it is known here.
    """
    rule = window.asked.rule
    if rule not in WANTS_SPEECH:
        return []
    if rule is Rule.COUNT:
        return [i for i in scene.speech if counts_right(scene, window, i)]
    among = scene.warnings if rule is Rule.WARN else scene.speech
    found = [i for i in scene.begun_in(window, among) if says_right(scene, window, i)]
    if rule is Rule.SAY_FINDING:
        found = [i for i in found if not scene.somebody_talks_at(scene.heard[i].start_s)]
    return found


def says_right(scene: Scene, window: Window, utterance: int) -> bool:
    """Whether its words, whenever they were said, are right."""
    says = window.asked.says
    return says is None or says.holds(scene.heard[utterance].text)


def says_opposite(scene: Scene, window: Window, utterance: int) -> bool:
    """Whether it says something that it must not."""
    says = window.asked.says
    return says is not None and not Says(none_of=says.none_of).holds(scene.heard[utterance].text)


def counts_right(scene: Scene, window: Window, utterance: int) -> bool:
    """Whether what is said within the window names the number, and no other."""
    if spoken_from(scene, window, utterance) is None or not says_right(scene, window, utterance):
        return False
    number = window.asked.number
    return number is None or set(numbers_said(scene, window, utterance)) == {number}


def numbers_said(scene: Scene, window: Window, utterance: int) -> tuple[int, ...]:
    """The numbers that an utterance names within the window."""
    heard = scene.heard[utterance]
    words = [word.word for word in heard.words if window.holds(word.start_s)]
    text = " ".join(words) if heard.words else heard.text
    return named_numbers(text, apart_from=window.asked.about)


def spoken_from(scene: Scene, window: Window, utterance: int) -> float | None:
    """When an utterance begins within the window, if need be in its middle; None: not at all.

    Without the times of its words only its own beginning counts.
    """
    heard = scene.heard[utterance]
    if window.holds(heard.start_s):
        return heard.start_s
    numbers = [
        word.start_s
        for word in heard.words
        if window.holds(word.start_s) and named_numbers(word.word)
    ]
    return min(numbers, default=None)


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
