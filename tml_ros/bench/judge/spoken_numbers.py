"""The numbers that an utterance names within a window, and which of them are right. Pure."""

from __future__ import annotations

from tml_ros.bench.judge.named_numbers import named_numbers
from tml_ros.bench.judge.parts import timed_words
from tml_ros.bench.judge.scene import Scene
from tml_ros.bench.judge.window import Window


def right_numbers(window: Window) -> frozenset[int]:
    """The number, and others that what is right to say allows; none where any is."""
    asked = window.asked
    allowed = {
        number
        for group in (asked.says.all_of if asked.says else ())
        for words in group
        for number in named_numbers(words)
    }
    return frozenset(allowed if asked.number is None else {asked.number, *allowed})


def counts_right(scene: Scene, window: Window, utterance: int) -> bool:
    """Whether what is said within the window names one number, and a right one."""
    says, text = window.asked.says, _said_in(scene, window, utterance)
    if spoken_from(scene, window, utterance) is None or not (says is None or says.holds(text)):
        return False
    numbers = right_numbers(window)
    said = set(numbers_said(scene, window, utterance))
    return not numbers or (len(said) == 1 and said <= numbers)


def numbers_said(scene: Scene, window: Window, utterance: int) -> tuple[int, ...]:
    """The numbers that an utterance names within the window."""
    return named_numbers(_said_in(scene, window, utterance), apart_from=window.asked.about)


def spoken_from(scene: Scene, window: Window, utterance: int) -> float | None:
    """When an utterance begins within the window, if need be with a number in its middle; None: not
    at all. Without the times of its words only its own beginning counts.
    """
    heard = scene.heard[utterance]
    if window.holds(heard.start_s):
        return heard.start_s
    numbers = [
        word.start_s
        for word in timed_words(heard)
        if window.holds(word.start_s) and named_numbers(word.word)
    ]
    return min(numbers, default=None)


def _said_in(scene: Scene, window: Window, utterance: int) -> str:
    heard = scene.heard[utterance]
    words = timed_words(heard)
    if not words:
        return heard.text
    return " ".join(word.word for word in words if window.holds(word.start_s))
