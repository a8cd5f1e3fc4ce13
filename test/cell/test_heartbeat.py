"""What a node says of itself survives being text, and nonsense is named."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.cell.alarm_status import StatusError
from tml_ros.cell.heartbeat import Heartbeat, heartbeat_values, parse_heartbeat

BEAT = Heartbeat("camera_hall", 4711, "box", 3, 12, 5_000_000, stream_ages_ns={"hall": None})
_AGES = st.none() | st.integers(0, 10**12).map(lambda us: us * 1_000)


@given(
    st.builds(
        Heartbeat,
        node=st.text(max_size=64),
        pid=st.integers(0, 2**22),
        host=st.text(max_size=64),
        sequence=st.integers(0, 2**63 - 1),
        work=st.integers(0, 2**63 - 1),
        work_age_ns=_AGES,
        expected=st.booleans(),
        deadline_misses=st.integers(0, 2**63 - 1),
        late_beats=st.integers(0, 2**63 - 1),
        stream_ages_ns=st.dictionaries(st.from_regex(r"[a-z_]{1,9}", fullmatch=True), _AGES),
    )
)
def test_a_beat_reads_back_as_it_was(beat: Heartbeat) -> None:
    assert parse_heartbeat(heartbeat_values(beat)) == beat


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("pid", "-1"),
        ("sequence", "1.5"),
        ("work", "9" * 30),
        ("work_age_ms", "nan"),
        ("work_age_ms", "soon"),
        ("expected", "yes"),
        ("stream.hall_age_ms", "-3"),
        ("host", "x" * 200),
    ],
)
def test_what_is_no_beat_is_refused_by_the_name_of_its_key(key: str, text: str) -> None:
    with pytest.raises(StatusError, match=f"^{key}: "):
        parse_heartbeat({**heartbeat_values(BEAT), key: text})


@given(st.dictionaries(st.sampled_from([*heartbeat_values(BEAT), "other"]), st.text()))
def test_any_text_is_a_beat_or_refused(changed: dict[str, str]) -> None:
    with contextlib.suppress(StatusError):
        parse_heartbeat({**heartbeat_values(BEAT), **changed})
