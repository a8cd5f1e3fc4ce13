"""The rules of who has the floor: fall silent when told to, keep on when not. Pure.

Of the model's speech alone: the guardian's warnings are not to be talked down.
"""

from __future__ import annotations

from tml_ros.bench.judge.conduct import Utterance
from tml_ros.bench.judge.credit import Credit
from tml_ros.bench.judge.outcome import Fault, Outcome, right, void, wrong
from tml_ros.bench.judge.scene import WANTS_SPEECH, Scene
from tml_ros.bench.judge.telling import quoted, when
from tml_ros.bench.judge.window import EPSILON_S, Window
from tml_ros.sim.truth.expectation import Rule

STAYS_S = 1.0
"""Who begins again so soon was not silent."""

GIVES_WAY_S = 1.0
"""Who breaks off and so soon says what is right for something else gave way to that."""


def fall_silent(scene: Scene, credit: Credit, window: Window) -> Outcome:
    """What is spoken at due has ended by the window's end, and it stays so.

    Speech that is right for something else, or has been asked for since, may begin. A word within
    the window ("Okay.") is no mistake; speech under way at its end or begun STAYS_S after it is.
    The delay is that of the end. Void where the model does not speak at due.
    """
    speaking = scene.speaking_at(window.due_s)
    if not speaking:
        return void(window, "did not speak")
    end_s = max(scene.heard[i].end_s for i in speaking)
    if end_s > window.closes_s + EPSILON_S:
        return wrong(window, Fault.WENT_ON, f"spoke until {when(window, end_s)}")
    for i in scene.speech:
        heard = scene.heard[i]
        anew = (
            heard.end_s > window.closes_s + EPSILON_S
            and heard.start_s <= window.closes_s + STAYS_S + EPSILON_S
        )
        if anew and i not in credit.excused and not _asked_since(scene, window, heard.start_s):
            why = f"began again {when(window, heard.start_s)}: {quoted(heard.text)}"
            return wrong(window, Fault.WENT_ON, why)
    return right(window, f"was silent {when(window, end_s)}", at_s=end_s)


def keep_on(scene: Scene, credit: Credit, window: Window) -> Outcome:
    """What is spoken at due is not cut short within the window; it may come to its end.

    Void where the model does not speak at due, or had another reason to break off.
    """
    speaking = scene.speaking_at(window.due_s)
    if not speaking:
        return void(window, "did not speak")
    for heard in (scene.heard[i] for i in speaking):
        if heard.cut and heard.end_s <= window.closes_s + EPSILON_S:
            if _had_to(scene, credit, heard):
                return void(window, "broke off for another reason")
            return wrong(window, Fault.BROKE_OFF, f"broke off {when(window, heard.end_s)}")
    return right(window, "kept on")


def _asked_since(scene: Scene, window: Window, time_s: float) -> bool:
    return any(
        asked is not None
        and asked.asked.rule in WANTS_SPEECH
        and asked.opens_s > window.due_s
        and asked.holds(time_s)
        for asked in scene.windows
    )


def _had_to(scene: Scene, credit: Credit, broken: Utterance) -> bool:
    """Whether it was told to stop, or had something to say that could not wait."""
    told = any(
        window is not None
        and window.asked.rule is Rule.FALL_SILENT
        and window.due_s - EPSILON_S <= broken.end_s <= window.closes_s + EPSILON_S
        for window in scene.windows
    )
    return told or any(
        broken.end_s - EPSILON_S <= scene.parts[i].start_s <= broken.end_s + GIVES_WAY_S
        for i in credit.parts
    )
