"""Speech that nothing asked for."""

from __future__ import annotations

import pytest

from tml_ros.bench.judge.conduct import Conduct, Speaker, Utterance
from tml_ros.bench.judge.judgement import judge
from tml_ros.sim.talk.act import Act
from tml_ros.sim.truth.expectation import Expectation, Rule, Says
from tml_ros.sim.truth.truth import Doubt, HazardSpan, SpokenLine, Truth
from tml_ros.turn.hazard import HazardKind

TRUTH = Truth(
    100.0,
    hazards=(HazardSpan(HazardKind.SIREN, "hall", 80.0, 84.0, None),),
    doubts=(Doubt(HazardKind.PERSON_IN_ZONE, "press_area", 60.0, 64.0),),
    lines=(SpokenLine(0, "anna", Act.THANKS, "thanks", 1.0, 40.0),),
    expected=(
        Expectation(Rule.ANSWER, 10.0, 9.8, 12.0, says=Says((("yes",),))),
        Expectation(Rule.HOLD, 20.0, 20.0, 22.0),
        Expectation(Rule.BACKCHANNEL, 30.0, 30.0, 32.0),
    ),
)


@pytest.mark.parametrize(
    ("at", "speech", "backchannel"),
    [
        (5.0, True, True),
        (9.0, False, False),
        (11.0, False, False),
        (13.4, False, False),
        (13.6, True, True),
        (21.0, True, False),
        (31.0, True, False),
        (40.5, True, True),
        (42.0, False, False),
        (44.5, True, True),
        (61.0, False, False),
        (70.0, True, True),
        (82.0, False, False),
        (92.0, False, False),
    ],
)
def test_what_is_asked_for_and_when(at: float, speech: bool, backchannel: bool) -> None:
    for sign, wanted in ((False, speech), (True, backchannel)):
        conduct = Conduct(100.0, (Utterance(at, at + 0.5, "well", backchannel=sign),))
        found = judge(TRUTH, conduct, allowed=[(90.0, 95.0)]).unprovoked
        assert bool(found) is wanted
        assert all(said.backchannel is sign for said in found)


def test_who_began_when_asked_may_finish_and_the_guardian_is_not_meant() -> None:
    long_reply = Utterance(11.0, 19.0, "yes, and so on")
    warning = Utterance(50.0, 51.0, "warning", Speaker.GUARDIAN)
    assert judge(TRUTH, Conduct(100.0, (long_reply, warning))).unprovoked == ()
