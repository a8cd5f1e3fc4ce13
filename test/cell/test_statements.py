"""Several judges of one hazard: the highest speaks, and nobody takes back another's word."""

from __future__ import annotations

from tml_ros.cell.statements import MAX_PER_ORIGIN, Statements
from tml_ros.turn.hazard import Box, Hazard, HazardKind, HazardSource

BOX = Box("eye", 1, 2, 3, 4)


def person(score: float, stamp_ns: int, box: Box | None = None) -> Hazard:
    return Hazard(HazardKind.PERSON_IN_ZONE, "line", score, HazardSource.GUARD, stamp_ns, box)


def test_one_judge_is_passed_on_as_it_is() -> None:
    assert Statements().state("eye", [person(0.3, 5, BOX)]) == [person(0.3, 5, BOX)]


def test_the_no_of_one_does_not_take_back_the_yes_of_another() -> None:
    statements = Statements()
    statements.state("eye", [person(0.9, 5, BOX)])
    assert statements.state("gate", [person(0.1, 6)]) == [person(0.9, 6, BOX)]
    assert statements.state("eye", [person(0.2, 7)]) == [person(0.2, 7)]


def test_of_equals_the_newer_speaks() -> None:
    statements = Statements()
    statements.state("eye", [person(1.0, 5, BOX)])
    assert statements.state("gate", [person(1.0, 6)]) == [person(1.0, 6)]


def test_guards_and_model_are_kept_apart() -> None:
    statements = Statements()
    model = Hazard(HazardKind.PERSON_IN_ZONE, "line", 0.8, HazardSource.MODEL, 4)
    statements.state("interaction", [model])
    assert statements.state("eye", [person(0.1, 5)]) == [person(0.1, 5)]
    assert statements.all() == (person(0.1, 5), model)
    statements.clear()
    assert statements.all() == ()


def test_an_origin_that_invents_places_is_cut_off_and_the_others_are_not() -> None:
    statements = Statements()
    for number in range(MAX_PER_ORIGIN + 9):
        hazard = Hazard(HazardKind.SIREN, f"place{number}", 0.9, HazardSource.MODEL, number)
        statements.state("interaction", [hazard])
    assert len(statements.all()) == MAX_PER_ORIGIN
    assert statements.refused == 9
    again = Hazard(HazardKind.SIREN, "place0", 0.1, HazardSource.MODEL, 9_999)
    assert statements.state("interaction", [again]) == [again]
    assert statements.state("eye", [person(1.0, 5)]) == [person(1.0, 5)]
