from __future__ import annotations

import math

import pytest
from tiny_model import tiny_preset

from tml_ros.bench import turn_peers
from tml_ros.bench.moshi_peer import MoshiFigures
from tml_ros.bench.turn_peers import PeerSpan, measure_peers

pytestmark = pytest.mark.usefixtures("one_thread")

OTHERS = {"ours_without_sight", "growing_cache", "recomputed_window", "recomputed_ring"}


def span(moshi_seconds=None):
    return PeerSpan(
        turns=2, warm_turns=12, recomputed=1, old_seconds=12.0, moshi_seconds=moshi_seconds
    )


def test_everything_is_compared_with_our_step():
    figures = measure_peers(tiny_preset(), span(), threads=1)
    assert set(figures) == {"ours", "moshi", "notes", *OTHERS}
    assert figures["ours"]["times_ours"] == 1
    ours = figures["ours"]["ms_per_second"]["p50"]
    for name in OTHERS:
        one = figures[name]
        assert all(0 < value < math.inf for value in one["ms_per_second"].values())
        assert one["times_ours"] == one["ms_per_second"]["p50"] / ours
    assert "without --quick" in figures["moshi"]["skipped"]


def test_what_grew_and_what_is_recomputed_is_counted():
    preset = tiny_preset(text={"out_per_turn": 2})
    notes = measure_peers(preset, span(), threads=1)["notes"]
    # 60 turns of 4 tokens of sound and 6 of sight, boundary and act; 72 of text, 12 of
    # instructions, twice 2 sinks, and the spare one.
    kept = 60 * (4 + 6 + 1 + 1) + 72 + 12 + 4 + 1
    assert f"for 12 s: {kept} keys" in notes["growing_cache"]
    assert "last 12 turns" in notes["recomputed_ring"]
    whole, held = (
        int(notes[name].partition(" turns, ")[2].partition(" ")[0])
        for name in ("recomputed_window", "recomputed_ring")
    )
    # Sound and sight of the last 5 turns are held, and all text: at most 11 turns of 2 tokens.
    assert whole - held == (12 - 5) * (4 + 6)


def test_moshi_is_asked_for_the_same_width_depth_and_memory(monkeypatch):
    asked = {}

    def measured(**wanted):
        asked.update(wanted)
        return MoshiFigures(
            steps=1, step_ms={"p50": 4.0, "p99": 5.0}, ms_per_second=60.0, parameters=7,
            torch="t", moshi="0.0", notes="random weights",
        )  # fmt: skip

    monkeypatch.setattr(turn_peers, "measure", measured)
    figures = measure_peers(tiny_preset(), span(moshi_seconds=2.0), threads=3)
    assert asked == {
        "width": 64, "layers": 3, "heads": 4, "hidden": 96, "seconds": 2.0, "threads": 3,
        "vocabulary": 2048, "memory_seconds": 4.0,
    }  # fmt: skip
    assert figures["moshi"]["ms_per_second"] == {"p50": 50.0, "mean": 60.0}
    assert figures["notes"]["moshi"] == "moshi 0.0, 7 parameters: random weights"
