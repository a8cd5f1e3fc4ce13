"""Every expectation of a scenario beside what was done. Pure.

Each rule is one function: what wants speech in `replies` and `counting`, what wants none in
`restraint`, and who has the floor in `floor_keeping`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from tml_ros.bench.judge import counting, floor_keeping, replies, restraint
from tml_ros.bench.judge.conduct import Conduct
from tml_ros.bench.judge.credit import Credit, credit_of
from tml_ros.bench.judge.outcome import Outcome, never_came_up, void
from tml_ros.bench.judge.scene import Scene, scene_of
from tml_ros.bench.judge.window import UNSEEN_S, Window
from tml_ros.sim.truth.expectation import Rule
from tml_ros.sim.truth.truth import Truth

RULES: Mapping[Rule, Callable[[Scene, Credit, Window], Outcome]] = MappingProxyType(
    {
        Rule.WARN: replies.warn,
        Rule.ANSWER: replies.answer,
        Rule.HOLD: restraint.hold,
        Rule.FALL_SILENT: floor_keeping.fall_silent,
        Rule.KEEP_ON: floor_keeping.keep_on,
        Rule.RESUME: replies.resume,
        Rule.BACKCHANNEL: restraint.backchannel,
        Rule.QUIET: restraint.quiet,
        Rule.ACKNOWLEDGE: replies.acknowledge,
        Rule.DELEGATE: replies.delegate,
        Rule.SAY_FINDING: replies.say_finding,
        Rule.AT_TIME: replies.at_time,
        Rule.COUNT: counting.count,
        Rule.CUE: replies.cue,
    }
)


def behaviour(truth: Truth, conduct: Conduct) -> tuple[Outcome, ...]:
    """The outcome of each expectation, in their order."""
    return behaviour_in(scene_of(truth, conduct), truth)


def behaviour_in(scene: Scene, truth: Truth) -> tuple[Outcome, ...]:
    """As `behaviour`, in a scene that was already made of both."""
    credit = credit_of(scene)
    return tuple(
        never_came_up(index, asked) if window is None else _judged(scene, credit, window)
        for index, (asked, window) in enumerate(zip(truth.expected, scene.windows, strict=True))
    )


def _judged(scene: Scene, credit: Credit, window: Window) -> Outcome:
    """A window that the run did not see the end of counts neither way, whatever it saw of it: else
    good would be counted that came soon, and not the bad that was still to come.
    """
    if window.closes_s > scene.seconds + UNSEEN_S:
        return void(window, "the scenario ended first")
    return RULES[window.asked.rule](scene, credit, window)
