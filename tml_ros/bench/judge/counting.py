"""The rule of counting aloud: the number, neither more nor less. Pure."""

from __future__ import annotations

from tml_ros.bench.judge.credit import Credit
from tml_ros.bench.judge.outcome import Fault, Outcome, right, wrong
from tml_ros.bench.judge.scene import Scene
from tml_ros.bench.judge.spoken_numbers import (
    counts_right,
    numbers_said,
    right_numbers,
    spoken_from,
)
from tml_ros.bench.judge.telling import NEAR_S, late_by, quoted, when
from tml_ros.bench.judge.window import Window


def count(scene: Scene, credit: Credit, window: Window) -> Outcome:
    """Speech within the window names the number and no other, and no later speech another.

    What was said before may be put right, or be the late count of what came before. Of an utterance
    whose words have times only those within the window count, so that a count that goes on without
    a pause can be right for one thing after the other. Numbers that belong to the name of what is
    counted ("conveyor 2") do not count, nor what is right for something else.
    """
    part = credit.speech.get(window.index)
    begun_s = None if part is None else spoken_from(scene, window, scene.parts[part].of)
    others = [
        number
        for i in scene.speech
        if i not in credit.excused
        for from_s in [spoken_from(scene, window, i)]
        if from_s is not None and (begun_s is None or from_s > begun_s)
        for number in numbers_said(scene, window, i)
        if begun_s is None or number not in right_numbers(window)
    ]
    if others:
        return _otherwise(window, others)
    if begun_s is not None:
        return right(window, f"began {when(window, begun_s)}", at_s=begun_s)
    return _missing(scene, credit, window)


def _otherwise(window: Window, said: list[int]) -> Outcome:
    numbers, named = right_numbers(window), " and ".join(map(str, said))
    wanted = " or ".join(map(str, sorted(numbers)))
    if len(set(said)) == 1 and any(abs(said[0] - number) == 1 for number in numbers - set(said)):
        return wrong(window, Fault.OFF_BY_ONE, f"said {named}, not {wanted}: off by one")
    return wrong(window, Fault.SAID_OTHERWISE, f"said {named}, not {wanted or 'what was wanted'}")


def _missing(scene: Scene, credit: Credit, window: Window) -> Outcome:
    free = [i for i in scene.speech if i not in credit.excused]
    for i in free:
        begun_s = scene.heard[i].start_s
        near = Window(
            window.index, window.asked, window.due_s, window.closes_s, window.closes_s + NEAR_S
        )
        if counts_right(scene, near, i):
            return wrong(window, Fault.LATE, late_by(window, max(begun_s, window.closes_s)))
    for i in scene.begun_in(window, free):
        return wrong(
            window, Fault.SAID_OTHERWISE, f"said {quoted(scene.heard[i].text)}, which is no number"
        )
    return wrong(window, Fault.SILENT, f"did not say {window.asked.number}")
