"""However stamped data are cut, ordered and polled, the turns are the same and sound."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from timed_input import MS, PICTURE, SAMPLE_NS, T0, as_values, assembler, block, frame, heard, sound

from tml_ros.turn.micro_turn import TURN_NS, TURN_SAMPLES, AudioBlock, Frame, GapKind


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_how_sound_is_cut_into_blocks_changes_nothing(data):
    samples = 5 * TURN_SAMPLES
    cuts = data.draw(st.lists(st.integers(0, samples), max_size=30).map(sorted))
    edges = [0, *cuts, samples]
    cell = assembler()
    for start, end in itertools.pairwise(edges):
        cell.push_audio(block(start, end - start))
    turns = cell.flush()
    assert np.array_equal(heard(turns), sound(samples))
    whole = assembler()
    whole.push_audio(block(0, samples))
    assert as_values(turns) == as_values(whole.flush())


LONGER_THAN_THE_TOLERANCE = st.integers(161, 1_500)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_order_within_the_budget_and_how_often_one_polls_change_nothing(data):
    """All sound that arrives at all, some of it twice, does so within 100 ms of being made."""
    sizes = data.draw(st.lists(LONGER_THAN_THE_TOLERANCE, min_size=5, max_size=40))
    arrivals = []
    start = 0
    for number, size in enumerate(sizes):
        copies = data.draw(st.sampled_from([1, 1, 1, 1, 0, 2])) if number else 1
        for _ in range(copies):
            delay_ns = data.draw(st.integers(0, 100 * MS - size * SAMPLE_NS))
            item = block(start, size)
            arrivals.append((item.start_ns + size * SAMPLE_NS + delay_ns, len(arrivals), item))
        start += size
    for ms in range(0, start // 16, 66):
        item = frame(ms)
        arrivals.append((item.stamp_ns, len(arrivals), item))
    arrivals.sort(key=lambda arrival: arrival[:2])
    end_ns = max(arrival[0] for arrival in arrivals)

    def run(poll_every_ms):
        cell = assembler(cameras=("cam",), jitter_ns=100 * MS)
        turns = []
        polled_ns = T0
        for arrival_ns, _, item in arrivals:
            while poll_every_ms and polled_ns + poll_every_ms * MS < arrival_ns:
                polled_ns += poll_every_ms * MS
                turns += cell.poll(polled_ns)
            if isinstance(item, AudioBlock):
                cell.push_audio(item)
            else:
                cell.push_frame(item)
        turns += cell.poll(end_ns)
        return as_values(turns + cell.flush()), cell.counters

    often, counters = run(3)
    assert run(70)[0] == often
    assert run(None)[0] == often
    assert counters.late_samples == counters.restarts == 0

    in_order = assembler()
    sounds = [item for _, _, item in arrivals if isinstance(item, AudioBlock)]
    for item in sorted(sounds, key=lambda item: item.start_ns):
        in_order.push_audio(item)
    expected = [value[2] for value in as_values(in_order.flush())]
    # A frame may have opened one more turn behind the last sound.
    assert [value[2] for value in often[: len(expected)]] == expected
    assert len(often) <= len(expected) + 1


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["audio", "frame", "text", "poll"]),
            st.integers(-(10**12), 10**12) | st.integers(-300 * MS, 300 * MS),
            st.integers(0, 8_000),
        ),
        max_size=60,
    )
)
def test_whatever_comes_turns_are_numbered_without_holes_and_memory_is_bounded(events):
    cell = assembler(("mic", "far"), ("cam",))
    now_ns = T0
    turns = []
    for kind, step_ns, size in events:
        now_ns += step_ns
        if kind == "audio":
            name = "far" if size % 3 == 0 else "mic"
            cell.push_audio(AudioBlock(name, now_ns, np.ones(size, np.float32)))
        elif kind == "frame":
            cell.push_frame(Frame("cam", now_ns, PICTURE))
        elif kind == "text":
            cell.push_text("hello", now_ns)
        else:
            turns += cell.poll(now_ns)
    turns += cell.flush()
    for before, after in itertools.pairwise(turns):
        if after.index == 0:
            assert after.gaps[0].kind is GapKind.TIMELINE_RESTARTED
        else:
            assert after.index == before.index + 1
            assert after.start_ns == before.end_ns
    for turn in turns:
        assert all(samples.shape == (TURN_SAMPLES,) for samples in turn.audio.values())
        assert all(0 < seen.age_ns <= TURN_NS for seen in turn.frames.values())
    assert len(turns) <= 60 * len(events) + 10
