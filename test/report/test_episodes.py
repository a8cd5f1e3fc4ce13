from __future__ import annotations

import pytest

from tml_ros.report.episodes import Episode, episodes_of
from tml_ros.report.session_log import TransitionRecord
from tml_ros.safety.alarm import Alarm, AlarmTransition, Priority
from tml_ros.safety.alarm import AlarmEvent as Event
from tml_ros.safety.alarm import AlarmState as State
from tml_ros.turn.hazard import HazardKind

START = 1_700_000_000_000_000_000


def told(*changes: tuple[Event, float, State]) -> tuple[Episode, ...]:
    records = []
    for event, at, state in changes:
        stamp = START + round(at * 1e9)
        kind, priority = HazardKind.PERSON_IN_ZONE, Priority.HIGH
        alarm = Alarm(kind, "press_area", state, priority, "guard", stamp, stamp)
        records.append(TransitionRecord(AlarmTransition(stamp, event, alarm, stamp)))
    return episodes_of(records)


def seconds(stamp_ns: int | None) -> float | None:
    return None if stamp_ns is None else (stamp_ns - START) / 1e9


@pytest.mark.parametrize(
    ("changes", "spans", "gone", "state"),
    [
        (
            [(Event.RAISED, 1, State.ACTIVE_UNACKNOWLEDGED)],
            [(State.ACTIVE_UNACKNOWLEDGED, 1, None)],
            None,
            State.ACTIVE_UNACKNOWLEDGED,
        ),
        (
            [
                (Event.RAISED, 1, State.ACTIVE_UNACKNOWLEDGED),
                (Event.ACKNOWLEDGED, 2, State.ACTIVE_ACKNOWLEDGED),
                (Event.CLEARED, 3, State.NORMAL),
            ],
            [(State.ACTIVE_UNACKNOWLEDGED, 1, 2), (State.ACTIVE_ACKNOWLEDGED, 2, 3)],
            3,
            State.NORMAL,
        ),
        (
            [
                (Event.RAISED, 1, State.ACTIVE_UNACKNOWLEDGED),
                (Event.RETURNED, 2, State.RETURNED_UNACKNOWLEDGED),
                (Event.CLEARED, 5, State.NORMAL),
            ],
            [(State.ACTIVE_UNACKNOWLEDGED, 1, 2), (State.RETURNED_UNACKNOWLEDGED, 2, 5)],
            2,
            State.NORMAL,
        ),
        (
            [
                (Event.SHELVED, 0, State.NORMAL),
                (Event.RAISED, 1, State.ACTIVE_UNACKNOWLEDGED),
                (Event.UNSHELVED, 2, State.ACTIVE_UNACKNOWLEDGED),
                (Event.JUDGED_FALSE, 3, State.ACTIVE_UNACKNOWLEDGED),
            ],
            [(State.ACTIVE_UNACKNOWLEDGED, 1, None)],
            None,
            State.ACTIVE_UNACKNOWLEDGED,
        ),
        (
            [(Event.RETURNED, 2, State.LATCHED_UNACKNOWLEDGED)],
            [(State.LATCHED_UNACKNOWLEDGED, 2, None)],
            2,
            State.LATCHED_UNACKNOWLEDGED,
        ),
    ],
    ids=[
        "still there",
        "acknowledged, then gone",
        "gone, then acknowledged",
        "withheld before and meanwhile",
        "watcher came late",
    ],
)
def test_an_episode_follows_the_states_of_one_alarm(
    changes: list[tuple[Event, float, State]],
    spans: list[tuple[State, float, float | None]],
    gone: float | None,
    state: State,
) -> None:
    (episode,) = told(*changes)
    found = [(s.state, seconds(s.start_ns), seconds(s.end_ns)) for s in episode.spans]
    assert found == spans
    assert (seconds(episode.gone_ns), episode.state) == (gone, state)


def test_being_raised_again_before_normal_starts_another_episode() -> None:
    first, second = told(
        (Event.RAISED, 1, State.ACTIVE_UNACKNOWLEDGED),
        (Event.RETURNED, 2, State.RETURNED_UNACKNOWLEDGED),
        (Event.RAISED, 3, State.ACTIVE_UNACKNOWLEDGED),
    )
    assert (first.number, second.number) == (1, 2)
    assert seconds(first.spans[-1].end_ns) == 3
    assert seconds(first.gone_ns) == 2
    assert second.gone_ns is None


def test_the_end_of_an_alarm_never_met_is_passed_over() -> None:
    assert told((Event.CLEARED, 1, State.NORMAL)) == ()
