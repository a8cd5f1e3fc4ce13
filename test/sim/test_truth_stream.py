from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tml_ros.sim.clip_truth import ClipTruth
from tml_ros.sim.truth_stream import END, HEADER, NOW, truth_stream


@pytest.fixture(scope="module")
def truth(told_truth: Callable[..., ClipTruth]) -> ClipTruth:
    return told_truth()


def changes(truth: ClipTruth, start_s: float = 0.0) -> list[tuple[float, set[str], set[str]]]:
    """Time, hazards ("!" where evident) and words of every change."""
    return [
        (
            told.time_s,
            {h["kind"] + ("!" if h["evident"] else "") for h in told.content["hazards"]},
            {line["text"] for line in told.content["speaking"]},
        )
        for told in truth_stream(truth, start_s=start_s)
        if told.content["event"] == NOW
    ]


def test_each_change_says_all_that_holds_from_then_on(truth: ClipTruth) -> None:
    person, evident, siren = "person_in_zone", "person_in_zone!", "siren"
    assert changes(truth) == [
        (0.5, set(), {"is it safe?"}),
        (1.0, {person}, {"is it safe?"}),
        (1.25, {evident}, set()),
        (2.0, {evident, siren}, set()),
        (3.0, set(), set()),
    ]


def test_who_joins_in_the_middle_is_told_what_holds_then(truth: ClipTruth) -> None:
    assert changes(truth, 2.5) == [
        (2.5, {"person_in_zone!", "siren"}, set()),
        (3.0, set(), set()),
    ]


@pytest.mark.parametrize("start_s", [0.0, 2.5])
def test_it_begins_with_what_it_is_and_ends_with_the_end(truth: ClipTruth, start_s: float) -> None:
    first, *_, last = truth_stream(truth, start_s=start_s)
    assert (first.time_s, first.content["event"], first.content["t"]) == (start_s, HEADER, start_s)
    assert first.content["zones"]["hall"]["press_area"][1] == [30, 2]
    assert first.content["scenario"] == "short"
    assert (last.time_s, last.content) == (4.0, {"event": END, "t": 4.0})


def test_all_of_it_is_json_and_in_order(truth: ClipTruth) -> None:
    told = truth_stream(truth)
    assert [one.time_s for one in told] == sorted(one.time_s for one in told)
    for one in told:
        assert json.loads(json.dumps(one.content)) == one.content
        assert one.content["t"] == one.time_s
