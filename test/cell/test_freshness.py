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


def test_every_stream_is_stated_each_time_and_a_lost_one_since_when_it_is_lost() -> None:
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
