from __future__ import annotations

import io

import pytest
from rich.console import Console

from tml_ros.cli.live_table import LiveTable, draw, fresh_changes
from tml_ros.report.live_view import LiveView, StreamView
from tml_ros.report.session_log import SpeechRecord
from tml_ros.safety.alarm import Alarm, AlarmEvent, AlarmState, AlarmTransition, Priority
from tml_ros.turn.hazard import HazardKind

SECOND = 1_000_000_000
START = 1_700_000_000 * SECOND


def change(at: float, event: AlarmEvent, state: AlarmState) -> AlarmTransition:
    stamp_ns = START + round(at * SECOND)
    kind = HazardKind.PERSON_IN_ZONE
    alarm = Alarm(kind, "press_area", state, Priority.HIGH, "guard", stamp_ns, stamp_ns)
    return AlarmTransition(stamp_ns, event, alarm, stamp_ns)


RAISED = change(2.5, AlarmEvent.RAISED, AlarmState.ACTIVE_UNACKNOWLEDGED)
CLEARED = change(4.0, AlarmEvent.CLEARED, AlarmState.NORMAL)


def view(*changes: AlarmTransition, said: str | None = None) -> LiveView:
    return LiveView(
        began_ns=START,
        streams=(
            StreamView("gate", "camera", 1234, 14.9, 0.03),
            StreamView("mic[red]", "microphone", 0, 0.0, None),
        ),
        alarms=tuple(c.alarm for c in changes[-1:] if c.alarm.state.condition_present),
        raised=len(changes),
        changes=changes,
        of_changes=len(changes),
        said=None if said is None else SpeechRecord(START + 3 * SECOND, said),
        p50_ms=41.0 if changes else None,
        p95_ms=57.0 if changes else None,
        turns=77,
        alive=frozenset(),
    )


def drawn(shown: LiveView, total_s: float | None) -> str:
    console = Console(file=io.StringIO(), width=100, force_terminal=True, color_system=None)
    console.print(draw(shown, "press_2", 12.3, total_s))
    file = console.file
    assert isinstance(file, io.StringIO)
    return file.getvalue()


def test_the_table_shows_streams_alarms_words_and_latency() -> None:
    text = drawn(view(RAISED, said="Step [back]."), 48.0)
    for words in (
        "cell press_2",
        "12 s of 48 s",
        "gate",
        "14.9",
        "1234",
        "30 ms ago",
        "mic[red]",
        "never",
        "person in press_area",
        "▲ high",
        "active unacknowledged",
        "2.5 s",
        "“Step [back].”",
        "p50 41 ms, p95 57 ms",
        "77",
    ):
        assert words in text


def test_the_table_of_a_quiet_endless_run_says_so() -> None:
    text = drawn(view(), None)
    assert "no alarm now; 0 raised so far" in text
    assert "nothing yet" in text
    assert " of " not in text.splitlines()[1]


@pytest.mark.parametrize(
    ("told", "fresh"), [(0, (RAISED, CLEARED)), (1, (CLEARED,)), (2, ()), (9, ())]
)
def test_each_change_is_fresh_once(told: int, fresh: tuple[AlarmTransition, ...]) -> None:
    assert fresh_changes(view(RAISED, CLEARED), told) == fresh


def test_without_a_terminal_what_happens_comes_as_plain_lines() -> None:
    console = Console(file=io.StringIO(), width=40)
    with LiveTable(console, "press_2", 48.0) as table:
        table.show(view(), 1.0)
        table.show(view(RAISED), 2.6)
        table.show(view(RAISED, said="Step back."), 3.1)
        table.show(view(RAISED, said="Step back."), 3.3)
        table.show(view(RAISED, CLEARED, said="Step back."), 10.5)
    file = console.file
    assert isinstance(file, io.StringIO)
    assert file.getvalue().splitlines() == [
        "    2.5 s  raised    person in press_area (high)",
        "    3.0 s  says      “Step back.”",
        "    4.0 s  cleared   person in press_area",
        "   10.5 s  gate 14.9/s, mic[red] 0.0/s; 0 alarms",
    ]
