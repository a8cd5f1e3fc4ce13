"""What a heartbeat tells of the model."""

from __future__ import annotations

import pytest

from tml_ros.report.model_record import ModelRecord, parse_model
from tml_ros.turn.hazard import HazardKind

SIREN = HazardKind.SIREN


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, None),
        ({"model": "none", "turn_p50_ms": "1.0"}, None),
        ({"model": "nano", "turn_p50_ms": "none"}, ModelRecord("nano", False, None, None)),
        (
            {"model": "nano", "model_trained": "true", "turn_p50_ms": "9.5", "turn_p99_ms": "20"},
            ModelRecord("nano", True, 9.5, 20.0),
        ),
        ({"model": "x", "turn_p50_ms": "nan"}, ModelRecord("x", False, None, None)),
        (
            {"model": "x", "model_trained": "true", "model_trusted": "siren,person_down,comets"},
            ModelRecord("x", True, None, None, frozenset({SIREN, HazardKind.PERSON_DOWN})),
        ),
    ],
)
def test_a_model_is_read_off_the_heartbeat(
    values: dict[str, str], expected: ModelRecord | None
) -> None:
    assert parse_model(values) == expected


def test_an_untrained_model_is_called_so() -> None:
    told = ModelRecord("nano", False, 9.4, 20.2).sentence(turns=1_250, misses=3)
    assert told == (
        "Model nano, untrained and believed in nothing: a turn takes 9 ms (p99 20 ms) of its "
        "200 ms, 3 of 1,250 came late."
    )


def test_what_it_is_trusted_with_is_in_the_summary() -> None:
    told = ModelRecord("nano", True, 9.4, 20.2, frozenset({SIREN, HazardKind.PERSON_DOWN}))
    assert told.as_dict()["trusted"] == ["person_down", "siren"]


@pytest.mark.parametrize(
    ("trusted", "belief"),
    [
        (frozenset(), "trained, trusted with no kind of hazard"),
        (
            frozenset({SIREN, HazardKind.PERSON_DOWN}),
            "trained, trusted with person down, siren",
        ),
    ],
)
def test_how_far_a_trained_model_is_believed_is_said(
    trusted: frozenset[HazardKind], belief: str
) -> None:
    record = ModelRecord("nano", True, 9.4, 20.2, trusted)
    assert record.belief == belief
    assert record.sentence(turns=10, misses=0).startswith(f"Model nano, {belief}: a turn takes 9")
