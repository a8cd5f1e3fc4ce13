"""One expectation beside one conduct, in few words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pytest

from tml_ros.bench.judge.behaviour import behaviour
from tml_ros.bench.judge.conduct import AlarmSpan, Conduct, Request, Utterance
from tml_ros.bench.judge.outcome import Outcome
from tml_ros.sim.truth.expectation import Expectation, Rule, Says
from tml_ros.sim.truth.truth import SpokenLine, Truth

Judged = Callable[..., Outcome]


@pytest.fixture
def judged() -> Judged:
    """The outcome of an expectation due at 10 s in [9.8, 12], in a run of 60 s.

    others: further expectations; their outcomes are not asked for.
    """

    def judge(
        rule: Rule,
        *utterances: Utterance,
        due: float = 10.0,
        opens: float = 9.8,
        closes: float = 12.0,
        says: Says | None = None,
        number: int | None = None,
        about: str = "",
        line: int | None = None,
        lines: Sequence[SpokenLine] = (),
        line_starts: Mapping[int, float] | None = None,
        requests: Sequence[Request] = (),
        alarms: Sequence[AlarmSpan] = (),
        others: Sequence[Expectation] = (),
        seconds: float = 60.0,
    ) -> Outcome:
        asked = Expectation(
            rule, due, opens, closes, line=line, says=says, about=about, number=number
        )
        truth = Truth(60.0, lines=tuple(lines), expected=(asked, *others))
        conduct = Conduct(
            seconds, utterances, tuple(alarms), tuple(requests), dict(line_starts or {})
        )
        return behaviour(truth, conduct)[0]

    return judge
