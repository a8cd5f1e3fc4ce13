from clips import BEGIN, SECOND
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.evidence.evidence_ring import EvidenceRing
from tml_ros.evidence.kept import Kept


def kept(seconds, size=100, topic="/a"):
    return Kept(BEGIN + round(seconds * SECOND), topic, "t", bytes(size))


def test_what_is_older_than_the_ring_keeps_is_gone():
    ring = EvidenceRing(age_ns=5 * SECOND, limit_bytes=10**6)
    for second in range(10):
        ring.add(kept(second))
    assert [k.came_ns for k in ring.since(0)] == [BEGIN + s * SECOND for s in range(4, 10)]
    ring.advance(BEGIN + 20 * SECOND)
    assert (len(ring), ring.bytes, ring.cut_short) == (0, 0, 0)


def test_where_memory_is_short_every_stream_keeps_the_same_time():
    ring = EvidenceRing(age_ns=60 * SECOND, limit_bytes=50_000)
    for step in range(200):
        ring.add(kept(step / 10, size=2000, topic="/large"))
        ring.add(kept(step / 10, size=50, topic="/small"))
    begins = {
        topic: min(k.came_ns for k in ring.since(0) if k.topic == topic)
        for topic in ("/large", "/small")
    }
    assert abs(begins["/large"] - begins["/small"]) <= SECOND // 10
    assert ring.cut_short > 0


def test_time_that_jumps_back_begins_another_timeline():
    ring = EvidenceRing(age_ns=5 * SECOND, limit_bytes=10**6)
    ring.add(kept(100))
    ring.add(kept(99.5))
    assert len(ring) == 2
    ring.add(kept(3))
    assert [k.came_ns for k in ring.since(0)] == [BEGIN + 3 * SECOND]


@given(
    st.lists(
        st.tuples(st.floats(-50, 50), st.integers(0, 4000)),
        max_size=80,
    ),
    st.integers(1, 20_000),
)
def test_the_ring_never_holds_more_than_its_limit_and_counts_what_it_holds(steps, limit):
    ring, now = EvidenceRing(age_ns=5 * SECOND, limit_bytes=limit), 0.0
    for step, size in steps:
        now += step
        ring.add(kept(now, size))
        held = ring.since(-(10**30))
        assert ring.bytes == sum(k.size for k in held) <= limit
