"""Windows of any scenario: in order, inside it, and such that one well-behaved cell can keep them.

The cell here is not the product: it knows the duties beforehand, has one mouth, listens while it is
spoken to, and takes 0.3 s for everything. If it cannot keep all windows, nobody can.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tml_ros.sim.scenario.scenario import EventPart, HandedOver
from tml_ros.sim.talk.act import Act
from tml_ros.sim.talk.allowed_speech import allowed_speech
from tml_ros.sim.talk.duty import SPEAKS, Duty
from tml_ros.sim.truth.expectation import Rule
from tml_ros.turn.hazard import HazardKind

Make = Callable[..., object]
REACTS_S = 0.3
KINDS = [
    (HazardKind.PERSON_IN_ZONE, "press_area"),
    (HazardKind.SMOKE_OR_FIRE, "bay_2"),
    (HazardKind.SIREN, "mic"),
]
TIMES = st.floats(0.5, 110.0).map(lambda time: round(time, 1))


@st.composite
def cells(draw: st.DrawFn, *, waiting: bool) -> dict[str, object]:
    """What happens in two minutes: few things or many, lines one after the other."""
    lines, lengths, begin = [], {}, 0.0
    for index in range(draw(st.integers(0, 12))):
        act = draw(st.sampled_from(Act))
        length = draw(st.floats(8, 12)) if act is Act.LONG_STORY else draw(st.floats(0.4, 4.0))
        begin += draw(st.floats(0.2, 15.0))
        if begin + length > 118:
            break
        number = draw(st.integers(0, 30)) if act in (Act.REMIND, Act.EVERY) else None
        at = -draw(st.floats(0.1, 3.0)) if waiting and index and draw(st.booleans()) else begin
        lines.append((act, at, {"number": number}))
        lengths[index] = length
        begin += length
    hazards = [
        (*draw(st.sampled_from(KINDS)), at, at + draw(st.floats(0.5, 20.0)), at + 0.4)
        for at in draw(st.lists(TIMES, max_size=3))
    ]
    spans = st.lists(st.tuples(TIMES, st.floats(1.0, 20.0)), max_size=2)
    return {
        "lines": lines,
        "seconds": lengths,
        "pauses": {i: [(0.3 * s, 0.7 * s)] for i, s in lengths.items() if draw(st.booleans())},
        "hazards": hazards,
        "inside": [(a, a + b) for a, b in draw(spans)],
        "forklift": [(a, a + b) for a, b in draw(spans)],
        "handed_over": [
            HandedOver(at=at, say="The bearing of press 2 is worn.", urgent=draw(st.booleans()))
            for at in draw(st.lists(TIMES, max_size=2))
        ],
        "events": [
            EventPart(kind="radio", at=at, lasts=6.0) for at in draw(st.lists(TIMES, max_size=1))
        ],
        "passes": [3.0 + 4.1 * k for k in range(28)],
        "lasts": 120.0,
        "seed": draw(st.integers(0, 1000)),
    }


ANY = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@ANY
@given(happens=cells(waiting=True))
def test_windows_are_in_order_and_inside_the_scenario(cell: Make, happens: dict) -> None:
    made = cell(**happens)
    for duty in made.duties:
        e = duty.expectation
        assert e.opens_s <= e.due_s or e.rule in (Rule.HOLD, Rule.QUIET)
        assert e.opens_s <= e.closes_s
        assert e.due_s <= e.closes_s
        assert e.opens_s >= 0
        if e.line is None:
            assert e.closes_s <= made.lasts + 1e-9
        else:
            assert made.scenario.lines[e.line].into is not None
        if duty.text and e.says is not None:
            assert e.says.holds(duty.text)
    windows = allowed_speech(
        made.scenario, made.spoken, [d.expectation for d in made.duties], hazards=made.spans
    )
    fixed = [window for window in windows if window.line is None]
    assert all(a.closes_s < b.opens_s for a, b in itertools.pairwise(fixed))
    assert all(0 <= w.opens_s <= w.closes_s <= made.lasts for w in fixed)
    # What is right is allowed.
    for duty in made.of(*SPEAKS):
        e = duty.expectation
        assert any(
            w.line == e.line and w.opens_s <= e.due_s and e.closes_s <= w.closes_s + 1e-9
            for w in windows
        )


@ANY
@given(happens=cells(waiting=True))
def test_the_same_truth_asks_for_the_same(cell: Make, happens: dict) -> None:
    assert cell(**happens).duties == cell(**happens).duties


@ANY
@given(happens=cells(waiting=False))
def test_nobody_is_asked_to_be_quiet_where_speech_is_right(cell: Make, happens: dict) -> None:
    made = cell(**happens)
    allowed = allowed_speech(
        made.scenario, made.spoken, [d.expectation for d in made.duties], hazards=made.spans
    )
    silent = made.of(Rule.QUIET)
    for duty in silent:
        opens, closes = duty.window
        assert not any(w.opens_s < closes and opens < w.closes_s for w in allowed)
        others = [other.window for other in silent if other is not duty]
        assert not any(o < closes - 1e-9 and opens < c - 1e-9 for o, c in others)


@ANY
@given(happens=cells(waiting=False))
def test_one_well_behaved_cell_can_do_all_that_is_right(cell: Make, happens: dict) -> None:
    made = cell(**happens)
    said = well_behaved(made)
    for duty, begin in said:
        e = duty.expectation
        assert e.opens_s <= begin <= e.closes_s, (duty, begin)
    begins = [begin for _, begin in said]
    for duty in made.of(Rule.QUIET, Rule.HOLD):
        for told, begin in said:
            assert not duty.window[0] < begin < duty.window[1], (duty, told, begin)
    # In a long story nothing is said that need not be.
    for duty in made.of(Rule.BACKCHANNEL):
        assert not any(duty.window[0] < begin < duty.window[1] for begin in begins)


def well_behaved(made) -> list[tuple[Duty, float]]:
    """When each duty is begun by a cell with one mouth that listens."""
    owed = sorted(made.of(*SPEAKS), key=lambda duty: (not duty.urgent, duty.expectation.due_s))
    stops = [line.start_s for line in made.spoken if line.act in (Act.STOP, Act.INSTEAD)]
    lines = [(line, (line.start_s, line.start_s + line.seconds)) for line in made.spoken]
    everybody = [span for _, span in lines]
    to_it = [span for line, span in lines if line.act.addressed]
    busy: list[tuple[float, float]] = []
    said: list[tuple[Duty, float]] = []
    to_the_second = (Rule.AT_TIME, Rule.COUNT, Rule.CUE)
    for duty in owed:
        rule = duty.expectation.rule
        at_once = rule is Rule.AT_TIME or (duty.urgent and rule is Rule.SAY_FINDING)
        begin = duty.expectation.due_s + (0.0 if at_once else REACTS_S)
        talk = everybody if rule is Rule.SAY_FINDING else to_it
        waits = not duty.urgent and rule not in to_the_second
        taken = sorted([*busy, *(talk if waits else [])])
        # One warning goes over another answer: only what is as urgent is waited for.
        for start, end in taken:
            if start <= begin + (0.05 if waits else 0.0) and begin < end:
                begin = end + (0.05 if waits else 0.0)
        end = begin + duty.takes_s
        end = min([end, *(stop + 0.3 for stop in stops if begin <= stop < end)])
        if rule not in to_the_second:
            busy.append((begin, end))
        said.append((duty, begin))
    return said


def test_every_act_leads_to_something_or_is_known_to_need_nothing(cell: Make) -> None:
    """Which rules each act makes by itself, said into the silence of a cell that spoke before."""
    handed = [HandedOver(at=2.0, say="The bearing of press 2 is worn.")]
    rules: dict[Act, set[Rule]] = {}
    for act in Act:
        before = [(Act.STOP, 8.0, {})] if act is Act.CONTINUE else []
        line = (act, 10.0, {"number": 8, "about": "forklift" if act is Act.CUE else ""})
        made = cell(
            lines=[*before, line],
            handed_over=handed,
            passes=[20.0, 25.0],
            forklift=[(0, 20)],
            seconds={0: 8.0} if act is Act.LONG_STORY else {},
        )
        index = len(before)
        rules[act] = {d.expectation.rule for d in made.duties if d.of == index}
    assert rules == {
        **{act: {Rule.ANSWER} for act in Act if act.value.startswith("ask_")},
        Act.ASK_WHY: {Rule.DELEGATE},
        Act.FINISH_COUNT: {Rule.ANSWER},
        Act.REPEAT: {Rule.ANSWER},
        Act.INSTEAD: {Rule.ANSWER, Rule.FALL_SILENT},
        Act.ACKNOWLEDGE: {Rule.ACKNOWLEDGE},
        Act.STOP: {Rule.FALL_SILENT},
        Act.CONTINUE: {Rule.RESUME},
        Act.REMIND: {Rule.AT_TIME},
        Act.EVERY: {Rule.AT_TIME},
        Act.COUNT: {Rule.COUNT},
        Act.CUE: {Rule.CUE},
        Act.LONG_STORY: {Rule.BACKCHANNEL},
        **{act: {Rule.KEEP_ON} for act in (Act.UH_HUH, Act.CHATTER, Act.NEAR_MISS)},
        Act.CRY_FOR_HELP: {Rule.WARN},
        Act.THANKS: set(),
        Act.STOP_EVERY: set(),
    }


def test_few_things_at_once_leave_much_to_be_judged(cell: Make) -> None:
    """A quiet scenario has every window it can have: nothing is dropped for safety's sake."""
    made = cell(
        lines=[(Act.ASK_SAFE, 10.0, {}), (Act.CHATTER, 25.0, {}), (Act.STOP, 40.0, {})],
        hazards=[(HazardKind.SIREN, "mic", 46.0, 50.0, 46.5)],
    )
    count = Counter(duty.expectation.rule for duty in made.duties)
    assert count == {
        Rule.ANSWER: 1,
        Rule.KEEP_ON: 1,
        Rule.FALL_SILENT: 1,
        Rule.WARN: 1,
        Rule.QUIET: 5,
    }
