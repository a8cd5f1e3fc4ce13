"""The rules that are fulfilled by speech: warn, answer, acknowledge, delegate, say what was found,
at a set time, after a cue, go on. Which speech does is known in `credit`; here it is judged and
told. Counting is in `counting`. Pure.
"""

from __future__ import annotations

from tml_ros.bench.judge.credit import Credit
from tml_ros.bench.judge.outcome import Fault, Outcome, right, void, wrong
from tml_ros.bench.judge.scene import Scene
from tml_ros.bench.judge.suitable import (
    is_specific,
    requests_for,
    says_opposite,
    says_right,
    something_was_cut_short,
    warns,
)
from tml_ros.bench.judge.telling import NEAR_S, event_of, late_by, quoted, when
from tml_ros.bench.judge.window import EPSILON_S, Window
from tml_ros.sim.truth.expectation import Rule

CUE_MEMORY_S = 30.0
"""Where nobody is heard asking to be told, speech so long before the cue is looked at."""


def warn(scene: Scene, credit: Credit, window: Window) -> Outcome:
    """Anybody's speech that says the right thing begins within the window."""
    return _begun(scene, credit, window)


def answer(scene: Scene, credit: Credit, window: Window) -> Outcome:
    """Speech of its own that says the right thing begins within the window, and none says the
    opposite.
    """
    return _contradicted(scene, credit, window) or _begun(scene, credit, window)


def acknowledge(scene: Scene, credit: Credit, window: Window) -> Outcome:
    """As an answer, and a request to acknowledge goes out within the window."""
    return answer(scene, credit, window)


def delegate(scene: Scene, credit: Credit, window: Window) -> Outcome:
    """As an answer, and a request to the background goes out within the window."""
    return answer(scene, credit, window)


def say_finding(scene: Scene, credit: Credit, window: Window) -> Outcome:
    """The model's speech that says it begins within the window, while nobody else speaks."""
    return _begun(scene, credit, window)


def at_time(scene: Scene, credit: Credit, window: Window) -> Outcome:
    """The model's speech begins within the window around the time."""
    return _begun(scene, credit, window)


def cue(scene: Scene, credit: Credit, window: Window) -> Outcome:
    """The model's speech begins within the window, and none that says it came before the cue.

    Before: since somebody asked to be told, or within CUE_MEMORY_S. Speech that was right for
    something else, such as the promise to tell, does not count.
    """
    asked_s = [time_s for time_s in scene.cues if time_s < window.opens_s]
    since_s = asked_s[-1] if asked_s else window.opens_s - CUE_MEMORY_S
    for i, part in enumerate(scene.parts) if is_specific(window) else ():
        begun_s = part.start_s
        if (
            since_s - EPSILON_S <= begun_s < window.opens_s - EPSILON_S
            and scene.is_models(i)
            and i not in credit.parts
            and says_right(scene, window, i)
        ):
            return wrong(window, Fault.EARLY, f"said it {when(window, begun_s)}")
    return _begun(scene, credit, window)


def resume(scene: Scene, credit: Credit, window: Window) -> Outcome:
    """The model's speech begins within the window. Void where nothing had been cut short."""
    if not something_was_cut_short(scene, window):
        return void(window, "nothing had been cut short")
    return _begun(scene, credit, window)


def _begun(scene: Scene, credit: Credit, window: Window) -> Outcome:
    part = credit.speech.get(window.index)
    if part is None:
        return _missing(scene, credit, window)
    begun_s = scene.parts[part].start_s
    return right(window, f"began {when(window, begun_s)}", at_s=begun_s)


def _contradicted(scene: Scene, credit: Credit, window: Window) -> Outcome | None:
    """Who says yes and no has not answered; who warns once more of what is there has not taken
    anything back.
    """
    for i, part in enumerate(scene.parts):
        if (
            window.holds(part.start_s)
            and scene.is_models(i)
            and i not in credit.parts
            and says_opposite(scene, window, i)
            and not warns(scene, i)
        ):
            return wrong(window, Fault.SAID_OTHERWISE, f"said {quoted(part.texts[-1])}")
    return None


def _missing(scene: Scene, credit: Credit, window: Window) -> Outcome:
    """Why nothing fulfilled it; what came nearest is told."""
    of_anybody = window.asked.rule is Rule.WARN
    begun = scene.parts_in(window, of_anybody=of_anybody)
    saying = [i for i in begun if says_right(scene, window, i)]
    if saying:
        return _not_enough(scene, credit, window, scene.parts[saying[0]].start_s)
    otherwise = [i for i in begun if i not in credit.parts]
    if otherwise:
        said = quoted(scene.parts[otherwise[0]].texts[-1])
        return wrong(window, Fault.SAID_OTHERWISE, f"said {said}")
    for i, part in enumerate(scene.parts):
        if i in credit.parts or not (of_anybody or scene.is_models(i)):
            continue
        if says_right(scene, window, i):
            if window.closes_s < part.start_s <= window.closes_s + NEAR_S:
                return wrong(window, Fault.LATE, late_by(window, part.start_s))
            if window.opens_s - NEAR_S <= part.start_s < window.opens_s:
                return wrong(window, Fault.EARLY, f"began {when(window, part.start_s)}")
    return wrong(window, Fault.SILENT, f"said nothing of it within {_length(window)}")


def _not_enough(scene: Scene, credit: Credit, window: Window, begun_s: float) -> Outcome:
    """It said the right thing in time, and yet."""
    rule = window.asked.rule
    if rule in (Rule.ACKNOWLEDGE, Rule.DELEGATE) and window.index not in credit.requests:
        what = "to acknowledge" if rule is Rule.ACKNOWLEDGE else "to the background"
        taken = " of its own" if requests_for(scene, window) else ""
        return wrong(window, Fault.NO_REQUEST, f"said so, but no request{taken} went out {what}")
    if rule is Rule.SAY_FINDING and scene.somebody_talks_at(begun_s):
        return wrong(
            window, Fault.OVER_SPEECH, f"began {when(window, begun_s)}, while somebody spoke"
        )
    return wrong(window, Fault.SHARED, "what it said was the reply to something else")


def _length(window: Window) -> str:
    return f"{window.closes_s - window.due_s:.1f} s after {event_of(window)}"
