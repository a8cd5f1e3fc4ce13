"""One warning at a time, the most urgent first, and the model's own words where it has them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.cell.announcer import Announcement
from tml_ros.cell.warning_voice import (
    FALLBACK_NS,
    MAX_WAITING,
    MODEL_PAUSE_NS,
    MODEL_SAYS_NS,
    PAUSE_NS,
    WarningVoice,
)
from tml_ros.safety.alarm import Alarm, AlarmEvent, AlarmState, AlarmTransition, Priority
from tml_ros.turn.hazard import HazardKind
from tml_ros.turn.micro_turn import samples_ns

MS, SECOND = 1_000_000, 1_000_000_000
HELMET, DOWN = HazardKind.MISSING_HELMET, HazardKind.PERSON_DOWN
STOP = "(stop)"


def warning(
    text: str,
    priority: Priority = Priority.HIGH,
    *,
    seconds: float = 2.0,
    kind: HazardKind | None = HELMET,
    zone: str = "",
) -> Announcement:
    samples = np.zeros(round(seconds * 16_000), np.float32)
    return Announcement(0, text, priority, samples, kind, zone or text)


@dataclass
class Heard:
    """A voice, and what came of it."""

    done: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.voice = WarningVoice(
            say=lambda announcement: self.done.append(announcement.text),
            stop=lambda: self.done.append(STOP),
        )

    def trust(self, steady_ns: int = 0, *, healthy: bool = True, speaks: bool = True) -> None:
        self.voice.model_standing([HELMET], speaks=speaks, healthy=healthy, steady_ns=steady_ns)


@pytest.fixture
def heard() -> Heard:
    return Heard()


def changed(event: AlarmEvent, zone: str, kind: HazardKind = HELMET) -> AlarmTransition:
    alarm = Alarm(kind, zone, AlarmState.ACTIVE_UNACKNOWLEDGED, Priority.HIGH, "guard", 0, 0)
    return AlarmTransition(0, event, alarm, 0)


def test_without_a_model_a_warning_is_said_at_once(heard: Heard) -> None:
    heard.voice.add(warning("a", Priority.LOW), 0)
    assert heard.done == ["a"]


def test_equally_urgent_warnings_follow_each_other(heard: Heard) -> None:
    for number, (text, priority) in enumerate(
        [("a", Priority.HIGH), ("b", Priority.HIGH), ("c", Priority.LOW)]
    ):
        heard.voice.add(warning(text, priority), number)
    heard.voice.advance(2 * SECOND + PAUSE_NS - 1)
    assert heard.done == ["a"]
    heard.voice.advance(2 * SECOND + PAUSE_NS)
    assert heard.done == ["a", "b"]
    heard.voice.advance(9 * SECOND)
    assert heard.done == ["a", "b", "c"]


def test_a_more_urgent_warning_takes_the_place_of_a_lesser_one_which_is_said_again(
    heard: Heard,
) -> None:
    heard.voice.add(warning("lesser", Priority.MEDIUM), 0)
    heard.voice.add(warning("urgent", Priority.CRITICAL), SECOND)
    assert heard.done == ["lesser", "urgent"]
    heard.voice.advance(SECOND + 2 * SECOND + PAUSE_NS)
    assert heard.done == ["lesser", "urgent", "lesser"]


def test_the_same_warning_is_not_queued_twice(heard: Heard) -> None:
    for _ in range(5):
        heard.voice.add(warning("a", Priority.LOW), 0)
        heard.voice.add(warning("b", Priority.LOW), 0)
    for step in range(20):
        heard.voice.advance(step * SECOND)
    assert heard.done == ["a", "b"]


def test_the_same_words_that_become_more_urgent_are_said_as_such_and_once(heard: Heard) -> None:
    heard.voice.add(warning("now", Priority.HIGH), 0)
    heard.voice.add(warning("words", Priority.LOW, zone="x"), 0)
    heard.voice.add(warning("words", Priority.CRITICAL, zone="y"), MS)
    assert heard.done == ["now", "words"]
    for step in range(1, 20):
        heard.voice.advance(step * SECOND)
    assert heard.done == ["now", "words", "now"]


def test_the_most_urgent_of_those_waiting_comes_first(heard: Heard) -> None:
    heard.voice.add(warning("now", Priority.CRITICAL), 0)
    for priority in Priority:
        heard.voice.add(warning(priority.value, priority), 1)
    for step in range(1, 20):
        heard.voice.advance(step * SECOND)
    assert heard.done == ["now", "critical", "high", "medium", "low"]


@pytest.mark.parametrize(
    ("priority", "kind", "model", "waits"),
    [
        (Priority.HIGH, HELMET, "speaks", True),
        (Priority.LOW, HELMET, "speaks", True),
        (Priority.CRITICAL, HELMET, "speaks", False),
        (Priority.HIGH, DOWN, "speaks", False),
        (Priority.HIGH, None, "speaks", False),
        (Priority.HIGH, HELMET, "says what it is handed", False),
        (Priority.HIGH, HELMET, "late or lost", False),
    ],
)
def test_what_waits_for_the_model_is_not_critical_and_of_a_kind_it_is_trusted_with(
    heard: Heard,
    priority: Priority,
    kind: HazardKind | None,
    model: str,
    waits: bool,
) -> None:
    heard.trust(speaks=model != "says what it is handed", healthy=model != "late or lost")
    heard.voice.add(warning("a", priority, kind=kind), 0)
    assert heard.done == ([] if waits else ["a"])
    heard.voice.advance(FALLBACK_NS - 1)
    assert heard.done == ([] if waits else ["a"])
    heard.voice.advance(FALLBACK_NS)
    assert heard.done == ["a"]


@pytest.mark.parametrize(
    ("began_ms", "left"),
    [(-1_300, False), (-900, True), (-10, True), (10, True), (590, True), (610, False)],
)
def test_a_model_that_begins_to_speak_in_time_is_left_the_warning(
    heard: Heard, began_ms: int, left: bool
) -> None:
    heard.trust()
    at = 10 * SECOND
    steps = sorted([(at + began_ms * MS, "speaks"), (at, "raised"), (at + FALLBACK_NS, "tick")])
    for steady_ns, step in steps:
        if step == "speaks":
            heard.voice.model_speaks(steady_ns)
        elif step == "raised":
            heard.voice.add(warning("a"), steady_ns)
        else:
            heard.voice.advance(steady_ns)
    heard.voice.advance(at + 9 * SECOND)
    assert heard.done == ([] if left else ["a"])
    assert (heard.voice.left, heard.voice.said) == ((1, 0) if left else (0, 1))


def test_a_model_that_was_speaking_all_along_speaks_of_something_else(heard: Heard) -> None:
    heard.trust()
    for turn in range(40):
        heard.voice.model_speaks(turn * 200 * MS)
        heard.voice.advance(turn * 200 * MS)
        if turn == 20:
            heard.voice.add(warning("a"), turn * 200 * MS)
    assert heard.done == ["a"]


def test_one_beginning_is_one_warning_and_the_next_is_said_when_the_model_has_ended(
    heard: Heard,
) -> None:
    heard.trust()
    heard.voice.add(warning("a"), 0)
    heard.voice.add(warning("b"), 0)
    for turn in range(1, 6):
        heard.voice.model_speaks(turn * 200 * MS)
        heard.voice.advance(turn * 200 * MS)
    ended = 1_000 * MS + MODEL_PAUSE_NS
    heard.voice.advance(ended - 1)
    assert heard.done == []
    heard.voice.advance(ended)
    assert heard.done == ["b"]
    assert heard.voice.left == 1


def test_a_model_that_never_stops_talking_holds_up_warnings_for_some_seconds_at_most(
    heard: Heard,
) -> None:
    heard.trust()
    heard.voice.add(warning("a"), 0)
    heard.voice.add(warning("b"), 0)
    for turn in range(60):
        heard.voice.model_speaks(turn * 200 * MS)
        heard.voice.advance(turn * 200 * MS)
        assert bool(heard.done) == (turn * 200 * MS >= MODEL_SAYS_NS)
        if heard.done:
            break
    assert heard.done == ["b"]


def test_what_the_model_was_saying_is_said_here_when_something_more_urgent_cuts_it_short(
    heard: Heard,
) -> None:
    heard.trust()
    heard.voice.add(warning("left"), 0)
    heard.voice.model_speaks(100 * MS)
    heard.voice.add(warning("urgent", Priority.CRITICAL, kind=DOWN), 500 * MS)
    assert heard.done == ["urgent"]
    heard.voice.advance(500 * MS + 2 * SECOND + PAUSE_NS)
    assert heard.done == ["urgent", "left"]
    assert heard.voice.left == 0


@pytest.mark.parametrize("spoke", [False, True])
def test_what_was_the_model_s_to_say_is_said_here_at_once_when_it_fails(
    heard: Heard, spoke: bool
) -> None:
    heard.trust()
    heard.voice.add(warning("a"), 0)
    if spoke:
        heard.voice.model_speaks(100 * MS)
    heard.trust(300 * MS, healthy=False)
    assert heard.done == ["a"]


def test_what_nobody_hears_of_the_model_leaves_it_nothing(heard: Heard) -> None:
    heard.trust()
    heard.voice.add(warning("urgent", Priority.CRITICAL, seconds=0.3), 0)
    heard.voice.model_speaks(100 * MS)
    heard.voice.add(warning("a"), 200 * MS)
    heard.voice.advance(200 * MS + FALLBACK_NS)
    assert heard.done == ["urgent", "a"]


def test_a_warning_that_waits_is_not_said_once_its_alarms_are_over(heard: Heard) -> None:
    heard.voice.add(warning("now"), 0)
    for zone in ("x", "y"):
        heard.voice.add(warning("same words", zone=zone), 0)
    heard.voice.add(warning("over"), 0)
    heard.voice.ended(HELMET, "over")
    heard.voice.ended(HELMET, "x")
    heard.voice.ended(HELMET, "now")
    for step in range(9):
        heard.voice.advance(step * SECOND)
    assert heard.done == ["now", "same words"], "y is there still"
    assert heard.voice.over == 1


def test_a_warning_cut_short_whose_alarm_is_over_is_not_said_again(heard: Heard) -> None:
    heard.voice.add(warning("a"), 0)
    heard.voice.ended(HELMET, "a")
    heard.voice.add(warning("urgent", Priority.CRITICAL), SECOND)
    heard.voice.advance(9 * SECOND)
    assert heard.done == ["a", "urgent"]


def test_a_warning_that_an_operator_has_taken_note_of_falls_silent_and_the_next_is_said(
    heard: Heard,
) -> None:
    heard.voice.add(warning("a"), 0)
    heard.voice.add(warning("b"), 0)
    heard.voice.take([changed(AlarmEvent.ACKNOWLEDGED, "a")], [], SECOND)
    assert heard.done == ["a", STOP, "b"]


def test_what_was_left_to_the_model_and_is_taken_note_of_is_over_without_a_word(
    heard: Heard,
) -> None:
    heard.trust()
    heard.voice.add(warning("a"), 0)
    heard.voice.model_speaks(MS)
    heard.voice.silence(HELMET, "a", SECOND)
    heard.trust(2 * SECOND, healthy=False)
    assert heard.done == []


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ([AlarmEvent.RAISED], True),
        ([AlarmEvent.RAISED, AlarmEvent.CLEARED], False),
        ([AlarmEvent.RAISED, AlarmEvent.SUPPRESSED], False),
        ([AlarmEvent.CLEARED, AlarmEvent.RAISED], True),
    ],
)
def test_of_changes_that_come_together_the_last_counts(
    heard: Heard, events: list[AlarmEvent], said: bool
) -> None:
    heard.voice.take([changed(event, "a") for event in events], [warning("a")], 0)
    assert heard.done == (["a"] if said else [])


def test_closed_it_falls_silent_and_forgets(heard: Heard) -> None:
    heard.voice.add(warning("a"), 0)
    heard.voice.add(warning("b"), 0)
    heard.voice.close()
    heard.voice.advance(9 * SECOND)
    assert heard.done == ["a", STOP]


def test_too_many_warnings_give_way_by_urgency_and_are_counted(heard: Heard) -> None:
    heard.voice.add(warning("now", Priority.CRITICAL), 0)
    heard.voice.add(warning("least", Priority.LOW), 0)
    for number in range(MAX_WAITING):
        heard.voice.add(warning(str(number)), 0)
    assert (heard.voice.waiting, heard.voice.left_out) == (MAX_WAITING, 1)
    for step in range(4 * MAX_WAITING):
        heard.voice.advance(step * SECOND)
    assert heard.done == ["now", *map(str, range(MAX_WAITING))]


ACTIONS = st.lists(
    st.tuples(
        st.integers(0, 900),
        st.sampled_from(["add", "add", "speak", "speak", "fail", "heal", "end", "silence", "tick"]),
        st.integers(0, 5),
    ),
    max_size=60,
)


class Loudspeaker:
    """What is really heard of warnings, and in full. Texts by when they were last heard so."""

    def __init__(self) -> None:
        self.now = 0
        self.playing: tuple[int, Announcement] | None = None
        self.in_full: dict[str, int] = {}
        self.count = 0

    def advance(self, now: int) -> None:
        self.now = now
        if self.playing is not None and now >= self.playing[0]:
            until, announcement = self.playing
            self.in_full[announcement.text] = until
            self.count += 1
            self.playing = None

    def say(self, announcement: Announcement) -> None:
        if self.playing is not None:
            assert self.playing[1].priority.rank < announcement.priority.rank, "cut by no less"
        length = samples_ns(len(announcement.samples))
        self.playing = (self.now + length, announcement)

    def stop(self) -> None:
        self.playing = None


@given(ACTIONS)
def test_every_warning_is_said_or_left_to_a_model_that_spoke_or_over_and_none_waits_for_ever(
    actions: list[tuple[int, str, int]],
) -> None:
    sink = Loudspeaker()
    voice = WarningVoice(say=sink.say, stop=sink.stop)
    voice.model_standing([HELMET], speaks=True, healthy=True, steady_ns=0)
    open_since: dict[str, int] = {}
    spoken = 0

    def accounted() -> int:
        return voice.said + voice.left + voice.over + voice.left_out + voice.pending

    now = 0
    for passed, action, number in actions:
        now += passed * MS
        sink.advance(now)
        text, priority = f"warning {number}", list(Priority)[number % 4]
        before = accounted()
        if action == "add":
            open_since[text] = now
            voice.add(warning(text, priority, seconds=1 + number / 4), now)
            assert accounted() - before in (0, 1)
            if priority is Priority.CRITICAL:
                assert voice.saying is not None
                assert voice.saying.priority is Priority.CRITICAL
            continue
        if action == "speak":
            spoken += 1
            voice.model_speaks(now)
        elif action in ("fail", "heal"):
            voice.model_standing([HELMET], speaks=True, healthy=action == "heal", steady_ns=now)
        elif action == "end":
            open_since.pop(text, None)
            voice.ended(HELMET, text)
        elif action == "silence":
            open_since.pop(text, None)
            voice.silence(HELMET, text, now)
        else:
            voice.advance(now)
        assert accounted() == before, "nothing is lost, nothing invented"
    for _ in range(20):
        now += 3 * SECOND
        sink.advance(now)
        voice.advance(now)
    assert voice.pending == 0
    assert voice.said == sink.count
    assert voice.left <= spoken
    unsaid = [text for text, at in open_since.items() if sink.in_full.get(text, -1) < at]
    assert len(unsaid) <= voice.left
