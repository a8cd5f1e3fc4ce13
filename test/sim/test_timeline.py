from __future__ import annotations

from typing import Any

import pytest

from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.talk.act import Act
from tml_ros.sim.timeline import Happens, timeline
from tml_ros.sim.truth.expectation import Expectation, Rule, Says
from tml_ros.sim.truth.moment import Moment, PersonState, Posture, VehicleState
from tml_ros.sim.truth.truth import HazardSpan, SpokenLine, Truth
from tml_ros.turn.hazard import HazardKind

SCENARIO: dict[str, Any] = {
    "scenario": "some",
    "seconds": 10.0,
    "people": {"anna": {"at": [0, 0], "enters": 1.0, "helmet": False}},
    "vehicles": {"truck": {"at": [3, 0]}},
    "machines": {
        "press_1": {"kind": "press", "at": [0, 3], "stops": [[2, 4]], "fault": "gear", "faulty": 5}
    },
    "events": [{"kind": "lamp_off", "at": 3.0, "lasts": 2.0}],
    "lines": [
        {"who": "anna", "act": "ask_safe", "at": 2.0},
        {"who": "anna", "act": "thanks", "into": 1.5, "after": 4.0},
    ],
    "handed_over": [{"at": 6.0, "say": "The oil is low.", "urgent": True}],
}


def person(posture: Posture) -> PersonState:
    return PersonState("anna", (0.0, 0.0), 0.0, posture, helmet=False)


def told(truth: Truth) -> list[tuple[float, Happens, str]]:
    entries = timeline(Scenario.model_validate(SCENARIO), truth)
    return [(entry.at_s, entry.what, entry.text) for entry in entries]


def test_who_comes_falls_and_goes_is_told_once_each() -> None:
    postures = (
        None,
        Posture.WALKING,
        Posture.FALLING,
        Posture.FALLING,
        Posture.LYING,
        Posture.RISING,
        Posture.WALKING,
        None,
    )
    moments = tuple(
        Moment(float(number), (person(posture),) if posture else ())
        for number, posture in enumerate(postures, start=1)
    )
    found = [entry for entry in told(Truth(10.0, moments=moments)) if entry[1] is Happens.PERSON]
    assert [(at, text) for at, _, text in found] == [
        (2.0, "anna comes in, no helmet and vest"),
        (3.0, "anna falls"),
        (5.0, "anna lies on the floor"),
        (6.0, "anna gets up"),
        (8.0, "anna is gone"),
    ]


def test_who_is_there_from_the_first_moment_does_not_come_in() -> None:
    moments = (Moment(0.2, (person(Posture.WALKING),)),)
    found = told(Truth(10.0, moments=moments))
    assert (0.2, Happens.PERSON, "anna is there, no helmet and vest") in found


def test_vehicles_machines_events_and_findings_are_told() -> None:
    truck = VehicleState("truck", (0.0, 0.0), 0.0, 1.0)
    moments = (Moment(0.2, (), (truck,)), Moment(0.4))
    found = told(Truth(10.0, moments=moments))
    assert found == [
        (0.2, Happens.VEHICLE, "truck (forklift) comes"),
        (0.4, Happens.VEHICLE, "truck (forklift) is gone"),
        (2.0, Happens.EVENT, "press_1 stands still"),
        (3.0, Happens.EVENT, "lamp off"),
        (5.0, Happens.EVENT, "press_1 begins to sound of a bad gear"),
        (6.0, Happens.HANDED_OVER, '"The oil is low.", urgent'),
    ]


def test_hazards_say_from_when_on_they_can_be_noticed() -> None:
    spans = (
        HazardSpan(HazardKind.SIREN, "hall_mic", 4.0, 6.0, 4.2),
        HazardSpan(HazardKind.PERSON_DOWN, "aisle", 7.0, 8.0, None),
    )
    found = [entry for entry in told(Truth(10.0, hazards=spans)) if entry[1] is Happens.HAZARD]
    assert found == [
        (4.0, Happens.HAZARD, "siren in hall_mic, evident from 4.20 s"),
        (7.0, Happens.HAZARD, "person_down in aisle, never evident: nobody is blamed"),
    ]


def test_what_waits_for_the_cell_comes_last() -> None:
    lines = (
        SpokenLine(0, "anna", Act.ASK_SAFE, "Is it safe?", 1.0, 2.0),
        SpokenLine(1, "anna", Act.THANKS, "Thanks.", 0.5, None, into_s=1.5),
    )
    expected = (
        Expectation(Rule.KEEP_ON, 0.0, 0.0, 0.6, line=1),
        Expectation(
            Rule.ANSWER,
            3.0,
            2.9,
            5.0,
            says=Says((("yes", "clear", "safe"), ("press area",))),
            about="press_area",
        ),
        Expectation(Rule.COUNT, 9.0, 9.0, 10.0, number=3),
    )
    entries = timeline(
        Scenario.model_validate(SCENARIO), Truth(10.0, lines=lines, expected=expected)
    )
    said = [e for e in entries if e.what in {Happens.LINE, Happens.EXPECTED}]
    assert [(e.at_s, e.until_s, e.line, e.text) for e in said] == [
        (2.0, 3.0, None, 'anna: "Is it safe?" (ask_safe)'),
        (2.9, 5.0, None, 'the cell answers (press_area): "yes"/"clear"/... + "press area"'),
        (9.0, 10.0, None, "the cell says the number: 3"),
        (
            0.0,
            0.5,
            1,
            'anna: "Thanks." (thanks), 1.5 s after the cell has begun to speak, from 4.0 s on',
        ),
        (0.0, 0.6, 1, "the cell goes on, if it speaks"),
    ]
    assert entries[-1].line == 1


@pytest.mark.parametrize("rule", Rule)
def test_there_are_words_for_every_rule(rule: Rule) -> None:
    (entry,) = (
        entry
        for entry in timeline(
            Scenario.model_validate(SCENARIO), Truth(10.0, expected=(Expectation(rule, 1, 1, 2),))
        )
        if entry.what is Happens.EXPECTED
    )
    assert entry.text.startswith("the cell ")
    assert rule.value not in entry.text or "_" not in rule.value
