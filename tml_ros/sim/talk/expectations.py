"""Everything that is right to do in a scenario, from its truth alone.

Each rule, with its windows and why they are so, stands at the top of the file that makes it:
`expect_hazards`, `expect_answers`, `expect_counts`, `expect_times`, `expect_findings`,
`expect_again`, `expect_floor`, `expect_quiet`; `one_mouth` fits their windows together and
`cut_short` asks less of what may be cut short. Pure: the same truth gives the same expectations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.talk.cut_short import cut_short
from tml_ros.sim.talk.duty import Duty, Situation
from tml_ros.sim.talk.expect_again import resumed, said_again
from tml_ros.sim.talk.expect_answers import answers
from tml_ros.sim.talk.expect_counts import counts
from tml_ros.sim.talk.expect_findings import findings
from tml_ros.sim.talk.expect_floor import floor_duties
from tml_ros.sim.talk.expect_hazards import warnings
from tml_ros.sim.talk.expect_quiet import quiet
from tml_ros.sim.talk.expect_times import timed
from tml_ros.sim.talk.one_mouth import one_mouth, within_scenario
from tml_ros.sim.truth.expectation import Expectation
from tml_ros.sim.truth.moment import Moment
from tml_ros.sim.truth.truth import Doubt, HazardSpan, SpokenLine


def expectations(
    scenario: Scenario,
    lines: Sequence[SpokenLine],
    hazards: Sequence[HazardSpan],
    moments: Sequence[Moment],
    *,
    passes: Mapping[str, Sequence[float]],
    doubts: Sequence[Doubt] = (),
) -> tuple[Expectation, ...]:
    """What is right to do, in order of when it is due; that of lines that wait comes by line.

    passes: by machine, the times at which a box passes it. doubts: hazards that may or may not be
    raised; nobody is asked to be quiet during one.
    """
    made = duties(scenario, lines, hazards, moments, passes=passes, doubts=doubts)
    return tuple(duty.expectation for duty in made)


def duties(
    scenario: Scenario,
    lines: Sequence[SpokenLine],
    hazards: Sequence[HazardSpan],
    moments: Sequence[Moment],
    *,
    passes: Mapping[str, Sequence[float]],
    doubts: Sequence[Doubt] = (),
) -> tuple[Duty, ...]:
    """The same with the words in which a well-behaved cell does it."""
    situation = Situation(scenario, lines, hazards, moments, passes, doubts)
    speech = [
        *warnings(situation),
        *answers(situation),
        *counts(situation),
        *timed(situation),
        *findings(situation),
        *resumed(situation),
    ]
    speech = cut_short(situation, said_again(situation, one_mouth(situation, speech)))
    floor = within_scenario(situation, floor_duties(situation, speech))
    still = within_scenario(situation, quiet(situation, [*speech, *floor]))
    return tuple(sorted((*speech, *floor, *still), key=_order))


def _order(duty: Duty) -> tuple[bool, int, float, str]:
    expectation = duty.expectation
    line = -1 if expectation.line is None else expectation.line
    return expectation.line is not None, line, expectation.due_s, expectation.rule.value
