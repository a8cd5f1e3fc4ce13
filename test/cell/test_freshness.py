"""Streams that begin, flow, fall silent and come back."""

from __future__ import annotations

import pytest

from tml_ros.cell.freshness import STARTUP_GRACE_NS, Freshness
from tml_ros.turn.hazard import HazardKind

S = 1_000_000_000


def lost(freshness: Freshness, now_ns: int) -> set[str]:
    return {hazard.zone for hazard in freshness.hazards(now_ns) if hazard.score > 0.5}


def test_a_stream_is_lost_once_it_was_silent_for_longer_than_allowed() -> None:
    freshness = Freshness(HazardKind.CAMERA_LOST, {"a": S, "b": 3 * S})
    freshness.seen("a", 10 * S)
    freshness.seen("b", 10 * S)
    assert lost(freshness, 11 * S) == set()
    assert lost(freshness, 11 * S + 1) == {"a"}
    assert lost(freshness, 13 * S + 1) == {"a", "b"}
    freshness.seen("a", 14 * S)
    assert lost(freshness, 14 * S) == {"b"}


def test_every_stream_that_came_is_stated_each_time_and_a_lost_one_since_when_it_is_lost() -> None:
    freshness = Freshness(HazardKind.MICROPHONE_LOST, {"a": S, "b": S})
    freshness.seen("a", 20 * S)
    freshness.seen("b", 22 * S)
    statements = {h.zone: h for h in freshness.hazards(23 * S)}
    assert {h.kind for h in statements.values()} == {HazardKind.MICROPHONE_LOST}
    assert (statements["a"].score, statements["a"].stamp_ns) == (1.0, 21 * S)
    assert (statements["b"].score, statements["b"].stamp_ns) == (0.0, 23 * S)


@pytest.mark.parametrize(
    ("allowed_ns", "grace_ns"), [(S, STARTUP_GRACE_NS), (60 * S, 60 * S)], ids=["usual", "longer"]
)
def test_a_stream_that_never_came_is_lost_after_its_time_to_begin(
    allowed_ns: int, grace_ns: int
) -> None:
    freshness = Freshness(HazardKind.CAMERA_LOST, {"a": allowed_ns})
    assert lost(freshness, 100 * S) == set()
    assert lost(freshness, 100 * S + grace_ns) == set()
    assert lost(freshness, 100 * S + grace_ns + 1) == {"a"}
    freshness.reset()
    assert lost(freshness, 100 * S + grace_ns + 1) == set()


def stale(freshness: Freshness, now_ns: int) -> set[str]:
    hazards = freshness.hazards(now_ns)
    return {h.zone for h in hazards if h.kind is HazardKind.CAMERA_STALE and h.score == 1.0}


@pytest.mark.parametrize(
    ("age_ns", "found"),
    [
        (0, set()),
        (S, set()),
        (S + 1, {"a"}),
        (3_600 * S, {"a"}),
        (-S, set()),
        (-S - 1, {"a"}),
        (-3_600 * S, {"a"}),
    ],
    ids=["new", "just new", "old", "an hour old", "ahead", "of the future", "an hour ahead"],
)
def test_data_of_another_time_than_now_is_stale_and_not_lost(age_ns: int, found: set[str]) -> None:
    freshness = Freshness(HazardKind.CAMERA_LOST, {"a": S}, stale=HazardKind.CAMERA_STALE)
    for step in range(30):
        now_ns = 100_000 * S + step * S // 10
        freshness.seen("a", now_ns, now_ns - age_ns)
        assert stale(freshness, now_ns) == found
        assert HazardKind.CAMERA_LOST not in {
            hazard.kind for hazard in freshness.hazards(now_ns) if hazard.score == 1.0
        }


def test_a_stale_stream_that_falls_silent_is_lost_and_one_that_catches_up_is_neither() -> None:
    freshness = Freshness(HazardKind.CAMERA_LOST, {"a": S}, stale=HazardKind.CAMERA_STALE)
    freshness.seen("a", 20 * S, 10 * S)
    kinds = {hazard.kind for hazard in freshness.hazards(22 * S) if hazard.score == 1.0}
    assert kinds == {HazardKind.CAMERA_LOST}
    freshness.seen("a", 23 * S, 22 * S)
    assert not any(hazard.score for hazard in freshness.hazards(23 * S))


def test_of_a_stream_that_has_yet_to_begin_nobody_says_that_it_is_neither_lost_nor_stale() -> None:
    freshness = Freshness(HazardKind.CAMERA_LOST, {"a": S}, stale=HazardKind.CAMERA_STALE)
    assert freshness.hazards(S) == []
    (lost_one,) = freshness.hazards(S + STARTUP_GRACE_NS + 1)
    assert (lost_one.kind, lost_one.score) == (HazardKind.CAMERA_LOST, 1.0)
