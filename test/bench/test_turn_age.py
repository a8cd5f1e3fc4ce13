from __future__ import annotations

import json

import pytest

from tml_ros.bench.turn_age import TINY, measure_age
from tml_ros.bench.turn_steps import TurnBenchError


def test_a_session_answers_the_same_however_old_it_is():
    shares = []
    figures = measure_age(turns=400, progress=shares.append)
    json.dumps(figures)
    assert figures["young"]["after_turns"] == 200
    assert figures["old"]["after_turns"] == 400
    assert figures["recent_turns"] > TINY.transformer.layers * TINY.memory.turns
    assert figures["answers_vary_by"] > 0.01, "answers that are always the same show nothing"
    assert figures["difference"] < 1e-4 * figures["answers_vary_by"] + 1e-5
    assert figures["same_floor_and_text"]
    for moment in ("young", "old"):
        assert 0 < figures[moment]["step_ms"]["p50"] <= figures[moment]["step_ms"]["p99"]
    assert figures["beside_a_young_session"]["ratio"] > 0
    assert shares == sorted(shares)
    assert 0 < shares[-1] <= 1


def test_a_session_of_a_few_turns_has_no_age():
    with pytest.raises(TurnBenchError, match="at least 200"):
        measure_age(turns=199)
