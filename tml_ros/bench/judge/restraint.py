"""The rules of keeping back: hold while somebody thinks, be quiet where nobody asked, listen with
no more than a sign. Speech that is right for something else breaks none of them. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence

from tml_ros.bench.judge.credit import Credit
from tml_ros.bench.judge.outcome import Fault, Outcome, right, void, wrong
from tml_ros.bench.judge.scene import Scene
from tml_ros.bench.judge.telling import NEAR_S, late_by, quoted, when
from tml_ros.bench.judge.window import EPSILON_S, Window


def hold(scene: Scene, credit: Credit, window: Window) -> Outcome:
    """No speech begins within the window; see `_kept_back` for speech that goes through it."""
    return _kept_back(scene, credit, window, scene.speech)


def quiet(scene: Scene, credit: Credit, window: Window) -> Outcome:
    """Neither speech nor a backchannel begins within the window."""
    return _kept_back(scene, credit, window, (*scene.speech, *scene.backchannels))


def backchannel(scene: Scene, credit: Credit, window: Window) -> Outcome:
    """At least one backchannel begins within the window, and no speech."""
    spoken = _spoken(scene, credit, window, scene.speech)
    if spoken is not None:
        return spoken
    signs = scene.begun_in(window, scene.backchannels)
    if not signs:
        return _no_sign(scene, window)
    begun_s = scene.heard[signs[0]].start_s
    return right(window, f"gave a sign {when(window, begun_s)}", at_s=begun_s)


def _no_sign(scene: Scene, window: Window) -> Outcome:
    for i in scene.backchannels:
        begun_s = scene.heard[i].start_s
        if window.closes_s < begun_s <= window.closes_s + NEAR_S:
            return wrong(window, Fault.LATE, late_by(window, begun_s))
    return wrong(window, Fault.SILENT, "gave no sign of listening")


def _kept_back(scene: Scene, credit: Credit, window: Window, among: Sequence[int]) -> Outcome:
    """Nothing begins.

    Where the model speaks from before the window until after it nothing can begin: void where that
    speech had been asked for. Where it had not, who never stops speaking does not keep back either.
    """
    spoken = _spoken(scene, credit, window, among)
    if spoken is not None:
        return spoken
    through = [
        i
        for i in scene.speech
        if scene.heard[i].start_s < window.opens_s - EPSILON_S
        and scene.heard[i].end_s >= window.closes_s - EPSILON_S
    ]
    if not through:
        return right(window, "kept back")
    if all(scene.was_asked_for(i) or _is_right(scene, credit, i) for i in through):
        return void(window, "was still saying what it had been asked for")
    begun_s = scene.heard[through[0]].start_s
    return wrong(window, Fault.SPOKE, f"spoke all through, unasked, since {begun_s:.1f} s")


def _is_right(scene: Scene, credit: Credit, utterance: int) -> bool:
    return any(scene.parts[i].of == utterance for i in credit.parts)


def _spoken(scene: Scene, credit: Credit, window: Window, among: Sequence[int]) -> Outcome | None:
    for i in sorted(scene.begun_in(window, among)):
        if i not in credit.excused:
            heard = scene.heard[i]
            why = f"began {when(window, heard.start_s)}: {quoted(heard.text)}"
            return wrong(window, Fault.SPOKE, why)
    return None
