"""Reminders, checks and watches: understood or refused, due exactly once, whatever happens."""

from __future__ import annotations

import tempfile
from datetime import datetime, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tml_ros.background.contracts import Delegation
from tml_ros.background.reading import Reading
from tml_ros.background.time_phrase import DAY_NS, SECOND_NS, when
from tml_ros.background.watch_store import WatchStore
from tml_ros.background.watch_text import (
    Names,
    WatchKind,
    plain,
    reminder_words,
    threshold,
    wanted_kind,
    wants_cancelling,
)
from tml_ros.background.watches import MAX_WATCHES, SILENT_NS, Due, Watches

NOON_NS = int(datetime(2026, 3, 2, 12, 0, tzinfo=timezone.utc).timestamp()) * SECOND_NS
MINUTE = 60 * SECOND_NS
NAMES = Names(
    {"press_1": (), "press_2": ("the big press", "Presse 2"), "fan": ()},
    {
        "press_1": {"temperature": "degC"},
        "press_2": {"temperature": "degC", "oil_pressure": "Pa", "speed": "rpm"},
        "fan": {},
    },
)


def asking(question: str, kind: str = "question", name: str = "a") -> Delegation:
    return Delegation(id=name, kind=kind, question=question)


def fresh(path: Path | None = None, language: str = "en") -> Watches:
    return Watches(WatchStore(path), names=NAMES, zone=timezone.utc, language=language)


def said(watches: Watches, now_ns: int) -> list[Due]:
    out = list(watches.due(now_ns))
    for due in out:
        watches.said(due.id)
    return out


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("in 20 minutes", 1200),
        ("in twenty minutes", 1200),
        ("in an hour", 3600),
        ("in half an hour", 1800),
        ("in an hour and a half", 5400),
        ("in 1 hour 20 minutes", 4800),
        ("in 1.5 h", 5400),
        ("in 90 s", 90),
        ("in a quarter of an hour", 900),
        ("in 2 days", 172_800),
        ("in 20 minuten", 1200),
        ("in einer halben stunde", 1800),
        ("in anderthalb stunden", 5400),
        ("in einer viertelstunde", 900),
        ("in zwei stunden und 5 minuten", 7500),
        ("at 14:30", 9000),
        ("at 2:30 pm", 9000),
        ("at 2 pm", 7200),
        ("at noon", 86_400),
        ("at midnight", 43_200),
        ("at 11:00", 82_800),
        ("tomorrow at 14:30", 95_400),
        ("at 14:30 tomorrow", 95_400),
        ("um 14:30", 9000),
        ("um 14 uhr", 7200),
        ("um 14 uhr 30", 9000),
        ("morgen um 8 uhr", 72_000),
    ],
)
def test_a_time_is_understood(text: str, seconds: int) -> None:
    found = when(f"remind me {text} to check the oil", NOON_NS, timezone.utc)
    assert found is not None
    assert (found.due_ns - NOON_NS) / SECOND_NS == seconds
    assert found.every_ns == 0


@pytest.mark.parametrize(
    ("text", "every", "first"),
    [
        ("every half hour", 1800, 1800),
        ("every 20 minutes", 1200, 1200),
        ("every hour", 3600, 3600),
        ("hourly", 3600, 3600),
        ("every day at 7:00", 86_400, 68_400),
        ("jede halbe stunde", 1800, 1800),
        ("alle 20 minuten", 1200, 1200),
        ("stündlich", 3600, 3600),
        ("täglich um 7 uhr", 86_400, 68_400),
    ],
)
def test_a_repetition_is_understood(text: str, every: int, first: int) -> None:
    found = when(f"check press 2 {text}", NOON_NS, timezone.utc)
    assert found is not None
    assert (found.every_ns / SECOND_NS, (found.due_ns - NOON_NS) / SECOND_NS) == (every, first)


@pytest.mark.parametrize(
    "text", ["soon", "in a while", "at 25:00", "at 14:75", "in 0 minutes", "in 400 days",
             "every 2 seconds", "every hour at 7:00", "at 13 pm", ""]
)  # fmt: skip
def test_a_time_that_makes_no_sense_is_not_guessed(text: str) -> None:
    assert when(f"remind me {text}", NOON_NS, timezone.utc) is None


@given(st.text(max_size=200))
@settings(deadline=None, max_examples=100)
def test_any_text_is_understood_or_not_and_nothing_breaks(text: str) -> None:
    when(plain(text), NOON_NS, timezone.utc)
    wanted_kind(plain(text))
    threshold(plain(text))
    answer = fresh().add(asking(text[:2000]), NOON_NS)
    assert answer.say


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Remind me in 20 minutes to check the oil", WatchKind.REMIND),
        ("Erinnere mich um 14:30 an die Schmierung", WatchKind.REMIND),
        ("check press 2 every half hour", WatchKind.CHECK),
        ("check press 2", None),
        ("Prüfe Presse 2 jede halbe Stunde", WatchKind.CHECK),
        ("tell me when the temperature is back under 60", WatchKind.WATCH),
        ("let me know if the pressure exceeds 5 bar", WatchKind.WATCH),
        ("Sag mir Bescheid, wenn die Temperatur wieder unter 60 Grad ist", WatchKind.WATCH),
        ("what is wrong with press 1?", None),
        ("when will it fail?", None),
    ],
)
def test_what_is_to_be_waited_for_is_told_from_a_question(
    text: str, kind: WatchKind | None
) -> None:
    assert wanted_kind(plain(text)) is kind


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Remind me in 20 minutes to check the Oil.", "check the Oil"),
        ("remind me at 14:30 that Anna comes", "Anna comes"),
        ("Erinnere mich in 5 Minuten an die Schmierung", "die Schmierung"),
        ("remind me in 5 minutes", ""),
    ],
)
def test_a_reminder_keeps_the_words_as_written(text: str, words: str) -> None:
    found = when(plain(text), NOON_NS, timezone.utc)
    assert found is not None
    assert reminder_words(text, found.phrases) == words


def test_a_reminder_comes_once_at_its_time() -> None:
    watches = fresh()
    answer = watches.add(asking("remind me in 20 minutes to check the oil"), NOON_NS)
    assert answer.accepted
    assert answer.next_ns == NOON_NS + 20 * MINUTE
    assert "12:20" in answer.say
    assert said(watches, NOON_NS + 20 * MINUTE - 1) == []
    (due,) = said(watches, NOON_NS + 20 * MINUTE)
    assert due.say == "Reminder: check the oil."
    assert not due.late
    assert said(watches, NOON_NS + 100 * MINUTE) == []


def test_after_a_long_stop_it_is_said_once_and_late(tmp_path: Path) -> None:
    fresh(tmp_path / "w.db").add(asking("check press 2 every half hour"), NOON_NS)
    watches = fresh(tmp_path / "w.db")
    watches.add(asking("remind me in 20 minutes to check the oil", name="b"), NOON_NS)
    late = said(watches, NOON_NS + 5 * DAY_NS + MINUTE)
    assert [(due.watch.kind, due.late) for due in late] == [("check", True), ("remind", True)]
    assert "late: it was due at 2026-03-02 12:20, 4 days 23 hours ago" in late[1].say
    assert late[0].next_ns == NOON_NS + 5 * DAY_NS + 30 * MINUTE


def test_a_clock_that_jumps_back_makes_nothing_wait_longer_than_asked() -> None:
    watches = fresh()
    watches.add(asking("remind me in 20 minutes", name="delay"), NOON_NS)
    watches.add(asking("remind me at 14:30", name="clock"), NOON_NS)
    back = NOON_NS - 30 * DAY_NS
    assert said(watches, back) == []
    assert [due.watch.id for due in said(watches, back + 20 * MINUTE)] == ["delay"]
    assert [due.watch.id for due in said(watches, back + 150 * MINUTE)] == ["clock"]


def test_a_watch_waits_for_its_limit_and_says_the_reading() -> None:
    watches = fresh()
    answer = watches.add(
        asking("tell me when the temperature of press 2 is back under 140 °F"), NOON_NS
    )
    assert answer.accepted
    assert "under 60 degC" in answer.say
    for second, value in ((1, 71.0), (2, 60.5)):
        reading = Reading("press_2", "temperature", value, "degC", NOON_NS + second * SECOND_NS)
        watches.observe(reading, reading.stamp_ns)
    other = Reading("press_1", "temperature", 20.0, "degC", NOON_NS + 3 * SECOND_NS)
    watches.observe(other, other.stamp_ns)
    assert said(watches, NOON_NS + 3 * SECOND_NS) == []
    reading = Reading("press_2", "temperature", 59.0, "degC", NOON_NS + 4 * SECOND_NS)
    for _ in range(2):
        watches.observe(reading, reading.stamp_ns)
    (due,) = said(watches, reading.stamp_ns)
    assert (due.value, due.stamp_ns) == (59.0, reading.stamp_ns)
    assert due.say == "The temperature of press 2 is under 60 now: 59 degC."
    assert len(watches) == 0


def test_a_limit_that_is_kept_already_is_said_at_once_if_the_reading_is_fresh() -> None:
    reading = Reading("press_1", "temperature", 40.0, "degC", NOON_NS - SECOND_NS)
    for age_ns, count in ((0, 1), (3600 * SECOND_NS, 0)):
        watches = Watches(WatchStore(None), names=NAMES, latest=lambda machine, quantity: reading)
        question = "tell me when the temperature of press 1 is under 60"
        watches.add(asking(question), NOON_NS + age_ns)
        assert len(watches.due(NOON_NS + age_ns)) == count


def test_a_watch_without_readings_says_so_once_and_goes_on() -> None:
    watches = fresh()
    watches.add(asking("tell me when the speed of press 2 is over 100"), NOON_NS)
    assert said(watches, NOON_NS) == []
    (due,) = said(watches, NOON_NS + SILENT_NS + SECOND_NS)
    assert due.silent
    assert "no reading of the speed of press 2 for 10 minutes" in due.say
    assert said(watches, NOON_NS + 3 * SILENT_NS) == []
    assert len(watches) == 1


@pytest.mark.parametrize(
    ("kind", "question", "words"),
    [
        ("remind", "remind me to check the oil", "did not understand when"),
        ("check", "check the hall every hour", "Which machine: press_1, press_2, fan"),
        ("check", "check press 2", "did not understand when"),
        ("watch", "tell me when it is better", "which limit"),
        ("watch", "tell me when the humidity is under 60", "no reading"),
        ("watch", "tell me when the temperature is under 60", "Which reading"),
        ("watch", "tell me when the temperature of press 2 is under 3 bar", "measured in degC"),
        ("watch", "tell me when the temperature of the fan is under 60", "no reading"),
    ],
)
def test_what_is_not_understood_is_refused_with_what_is_missing(
    kind: str, question: str, words: str
) -> None:
    watches = fresh()
    answer = watches.add(asking(question, kind), NOON_NS)
    assert not answer.accepted
    assert words in answer.say
    assert len(watches) == 0


def test_it_speaks_german_too() -> None:
    watches = fresh(language="de")
    answer = watches.add(
        asking("Sag mir, wenn die Temperatur von Presse 2 wieder unter 60 Grad ist"), NOON_NS
    )
    assert answer.say == "Ich melde mich, wenn temperature von press 2 unter 60 degC ist."
    watches.add(asking("Erinnere mich in 5 Minuten an die Schmierung", name="b"), NOON_NS)
    (due,) = said(watches, NOON_NS + 5 * MINUTE)
    assert due.say == "Erinnerung: die Schmierung."
    assert "Gelöscht" in watches.cancel_by("Lösche alle Beobachtungen").say


CANCELS = (
    ("stop reminding me", {"check1", "check2", "watch"}),
    ("cancel the check of press 2", {"remind", "check1", "watch"}),
    ("stop checking", {"remind", "watch"}),
    ("cancel everything", set()),
    ("stop watching the temperature", {"remind", "check1", "check2"}),
    ("cancel check1", {"remind", "check2", "watch"}),
)


@pytest.mark.parametrize(("text", "left"), CANCELS)
def test_what_is_named_is_cancelled_and_nothing_else(text: str, left: set[str]) -> None:
    assert wants_cancelling(plain(text)) or text == "cancel check1"
    watches = fresh()
    for name, question in (
        ("remind", "remind me in 20 minutes to check the oil"),
        ("check1", "check press 1 every hour"),
        ("check2", "check press 2 every hour"),
        ("watch", "tell me when the temperature of press 1 is under 60"),
    ):
        assert watches.add(asking(question, name=name), NOON_NS).accepted
    assert watches.cancel_by(text).accepted
    assert {watch.id for watch in watches.waiting()} == left
    assert not fresh().cancel_by(text).accepted


def test_there_are_never_more_than_its_bound() -> None:
    watches = fresh()
    for number in range(MAX_WATCHES):
        assert watches.add(asking("remind me in an hour", name=f"r{number}"), NOON_NS).accepted
    refused = watches.add(asking("remind me in an hour", name="more"), NOON_NS)
    assert not refused.accepted
    assert "cancel one first" in refused.say
    assert watches.add(asking("remind me in an hour", name="r1"), NOON_NS).accepted
    assert len(watches) == MAX_WATCHES


def test_what_was_due_and_not_said_is_said_after_the_restart_under_the_same_id(
    tmp_path: Path,
) -> None:
    first = fresh(tmp_path / "w.db")
    first.add(asking("remind me in 20 minutes"), NOON_NS)
    (due,) = first.due(NOON_NS + 20 * MINUTE)
    assert first.due(NOON_NS + 21 * MINUTE) == (due,)
    second = fresh(tmp_path / "w.db")
    assert second.due(NOON_NS + 22 * MINUTE) == (due,)
    second.said(due.id)
    assert fresh(tmp_path / "w.db").due(NOON_NS + DAY_NS) == ()


def test_a_file_that_is_no_store_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "w.db"
    path.write_bytes(b"no database at all" * 100)
    store = WatchStore(path)
    assert "renamed" in store.problems[0]
    assert store.waiting() == {}


QUESTIONS = (
    "remind me in {n} minutes to look",
    "check press 2 every {n} minutes",
    "remind me at 12:{n:02}",
    "tell me when the temperature of press 1 is under {n}",
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.sampled_from(QUESTIONS), st.integers(1, 59)),
        st.tuples(st.just("pass"), st.integers(1, 4000), st.just(0)),
        st.tuples(st.just("read"), st.integers(0, 80), st.just(0)),
        st.tuples(st.just("cancel"), st.integers(0, 10), st.just(0)),
    ),
    max_size=25,
)


@given(steps=STEPS, restarts=st.sets(st.integers(0, 24)))
@settings(deadline=None, max_examples=25)
def test_each_is_due_once_and_a_restored_one_is_as_one_never_stopped(
    steps: list[tuple[str, object, int]], restarts: set[int]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        stopped_store = WatchStore(Path(folder, "w.db"))
        told: list[list[Due]] = [[], []]
        both = [fresh(), Watches(stopped_store, names=NAMES, zone=timezone.utc)]
        now_ns, last_due = NOON_NS, {}
        for number, (what, first, second) in enumerate(steps):
            if number in restarts:
                stopped_store.close()
                stopped_store = WatchStore(Path(folder, "w.db"))
                both[1] = Watches(stopped_store, names=NAMES, zone=timezone.utc)
            for watches in both:
                if what == "add":
                    question = str(first).format(n=second)
                    watches.add(asking(question, name=f"w{number}"), now_ns)
                elif what == "read":
                    stamp_ns = now_ns + number
                    watches.observe(
                        Reading("press_1", "temperature", float(str(first)), "degC", stamp_ns),
                        now_ns,
                    )
                elif what == "cancel":
                    watches.cancel(f"w{first}")
            if what == "pass":
                now_ns += int(str(first)) * SECOND_NS
            for watches, heard in zip(both, told, strict=True):
                heard.extend(said(watches, now_ns))
        stopped_store.close()
    ids = [due.id for due in told[0]]
    assert len(ids) == len(set(ids))
    once = [due for due in told[0] if not due.watch.every_ns and not due.silent]
    assert len({due.watch.id for due in once}) == len(once)
    for due in told[0]:
        if due.watch.every_ns:
            assert due.due_ns > last_due.get(due.watch.id, 0)
            last_due[due.watch.id] = due.due_ns
    silence = [due for heard in told for due in heard if due.silent]
    assert all("no reading" in due.say for due in silence)
    plain_told = [[(due.id, due.due_ns, due.silent) for due in heard] for heard in told]
    if not silence:
        assert plain_told[0] == plain_told[1]
