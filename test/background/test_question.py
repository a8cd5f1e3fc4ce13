"""What questions are taken to mean, English and German, typed and misheard, and when that is not
sure.
"""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tml_ros.background.machine import Machine
from tml_ros.background.question import Question, QuestionKind, understand
from tml_ros.background.question_time import since_in
from tml_ros.background.words import likeness, words

NOW = 1_795_000_000 * 10**9
"""Wednesday, 2026-11-18, 11:06:40 UTC."""
HOUR = 3_600 * 10**9
MACHINES = (
    Machine("press_1", "press", ("big press", "große Presse")),
    Machine("press_2", "press"),
    Machine("feed_pump", "pump", ("Speisepumpe",)),
)
QUANTITIES = {
    "press_1": ("temperature",),
    "press_2": ("hydraulic_pressure", "oil_temperature", "temperature", "velocity_j1"),
    "feed_pump": ("pressure", "speed"),
}


def read(text: str, **changes: object) -> Question:
    chosen = {"now_ns": NOW, "zone": timezone.utc, **changes}
    return understand(text, MACHINES, QUANTITIES, **chosen)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "kind", "machine", "language"),
    [
        ("why did press 2 stop?", "why_stopped", "press_2", "en"),
        ("Why is press two not running", "why_stopped", "press_2", "en"),
        ("what stopped the feed pump", "why_stopped", "feed_pump", "en"),
        ("Warum steht Presse 2?", "why_stopped", "press_2", "de"),
        ("Wieso ist die große Presse ausgefallen?", "why_stopped", "press_1", "de"),
        ("is it safe to restart press 2?", "safe_to_restart", "press_2", "en"),
        ("can we start press 2 again", "safe_to_restart", "press_2", "en"),
        ("May I enter the cell?", "safe_to_restart", None, "en"),
        ("Is it OK to open the big press", "safe_to_restart", "press_1", "en"),
        ("Kann ich die Speisepumpe wieder einschalten?", "safe_to_restart", "feed_pump", "de"),
        ("Darf ich reingreifen?", "safe_to_restart", None, "de"),
        ("Ist Presse 2 sicher?", "safe_to_restart", "press_2", "de"),
        ("what changed since yesterday?", "what_changed", None, "en"),
        ("Was hat sich an Presse 2 seit gestern geändert?", "what_changed", "press_2", "de"),
        ("anything new at the pump", "what_changed", "feed_pump", "en"),
        ("when will the feed pump fail?", "when_fail", "feed_pump", "en"),
        ("How long will press 2 last?", "when_fail", "press_2", "en"),
        ("Can press 2 run until Friday?", "when_fail", "press_2", "en"),
        ("Wie lange hält die Speisepumpe noch?", "when_fail", "feed_pump", "de"),
        ("Wann fällt Presse 2 aus, wann ist sie defekt?", "when_fail", "press_2", "de"),
        ("What should I do about press 2?", "what_to_do", "press_2", "en"),
        ("Was soll ich tun?", "what_to_do", None, "de"),
        ("Should we replace the bearing of press 2", "what_to_do", "press_2", "en"),
        ("How is press 2?", "status", "press_2", "en"),
        ("status", "status", None, "en"),
        ("press 2", "status", "press_2", "en"),
        ("Wie geht es der Speisepumpe?", "status", "feed_pump", "de"),
        ("Ist alles in Ordnung?", "status", None, "de"),
        ("How hot is the oil of press 2?", "quantity", "press_2", "en"),
        ("Wie hoch ist der Druck der Speisepumpe?", "quantity", "feed_pump", "de"),
        ("tell me a joke", "unknown", None, "en"),
        ("which grease for the main bearing of press 2", "unknown", "press_2", "en"),
        ("", "unknown", None, "en"),
    ],
)
def test_the_kind_the_machine_and_the_language_are_understood(
    text: str, kind: str, machine: str | None, language: str
) -> None:
    found = read(text)
    assert (found.kind.value, found.machine, found.language) == (kind, machine, language)


@pytest.mark.parametrize(
    ("text", "machine"),
    [
        ("status of press2", "press_2"),
        ("status of PRESS-2", "press_2"),
        ("status of pres 2", None),
        ("status of prress two", "press_2"),
        ("status of feedpump", "feed_pump"),
        ("status of the feet pump", "feed_pump"),
        ("status of the big press", "press_1"),
        ("Zustand der Presse zwo", "press_2"),
        ("Zustand der grossen Presse", "press_1"),
        ("Zustand der Pumpe", "feed_pump"),
    ],
)
def test_a_name_is_recognised_as_it_is_said_and_misheard(text: str, machine: str | None) -> None:
    assert read(text).machine == machine


def test_a_machine_of_another_number_or_kind_is_not_taken_for_one_of_ours() -> None:
    other = read("why did press 3 stop?")
    assert (other.machine, other.candidates, other.unknown_machine) == (None, (), "press 3")
    assert read("how is the lathe?").unknown_machine == "lathe"


def test_where_several_may_be_meant_none_is_chosen() -> None:
    found = read("how is the press?")
    assert found.machine is None
    assert set(found.candidates) == {"press_1", "press_2"}


def test_it_is_the_machine_that_was_last_spoken_of_and_less_sure() -> None:
    said = ("it made a noise", "is press 2 all right?", "and the feed pump?")
    found = read("why did it stop?", earlier=said)
    assert found.machine == "press_2"
    assert found.confidence < read("why did press 2 stop?").confidence


def test_the_only_machine_is_the_one_that_is_meant() -> None:
    alone = understand("why did it stop", MACHINES[:1], {}, now_ns=NOW)
    assert alone.machine == "press_1"


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("temperature of press 2", "temperature"),
        ("oil temperature of press 2", "oil_temperature"),
        ("Wie ist die Öltemperatur der Presse 2?", "oil_temperature"),
        ("Hydraulikdruck Presse 2", "hydraulic_pressure"),
        ("how much pressure has press 2", "hydraulic_pressure"),
        ("how fast is the feed pump", "speed"),
        ("what is the velocity of j 1 of press 2", "velocity_j1"),
        ("what is the voltage of press 2", None),
        ("how is press 2", None),
    ],
)
def test_the_quantity_is_one_that_the_machine_has(text: str, quantity: str | None) -> None:
    assert read(text).quantity == quantity


def test_a_quantity_that_is_not_measured_is_known_by_its_word() -> None:
    found = read("what is the voltage of press 2")
    assert (found.kind, found.quantity_word) == (QuestionKind.QUANTITY, "voltage")


def test_a_kind_that_was_said_beforehand_goes_before_the_words() -> None:
    assert read("press 2 please", kind="when_fail").kind is QuestionKind.WHEN_FAIL
    assert read("why did press 2 stop", kind="question").kind is QuestionKind.WHY_STOPPED


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("what changed since yesterday", "2026-11-17 00:00"),
        ("seit vorgestern", "2026-11-16 00:00"),
        ("was war heute", "2026-11-18 00:00"),
        ("what happened last night", "2026-11-17 18:00"),
        ("since monday", "2026-11-16 00:00"),
        ("seit Freitag", "2026-11-13 00:00"),
        ("this week", "2026-11-16 00:00"),
        ("since 9:30", "2026-11-18 09:30"),
        ("seit 14:30 Uhr", "2026-11-17 14:30"),
        ("since 8 pm", "2026-11-17 20:00"),
        ("in the last two hours", "2026-11-18 09:06"),
        ("in den letzten 3 Tagen", "2026-11-15 11:06"),
        ("in the last hour", "2026-11-18 10:06"),
        ("seit einer halben Stunde", "2026-11-18 10:36"),
        ("30 minutes ago", "2026-11-18 10:36"),
        ("over the past 2 weeks", "2026-11-04 11:06"),
        ("in the last 3 months", "2026-08-20 11:06"),
        ("since the last shift", "2026-11-18 03:06"),
        ("can it run until Friday", None),
        ("how is press 2", None),
        ("since the last 90000 days", None),
        ("since 99:99", None),
    ],
)
def test_the_span_is_understood(text: str, expected: str | None) -> None:
    found = since_in(text, NOW, timezone.utc)
    when = found and datetime.fromtimestamp(found.since_ns // 10**9, timezone.utc)
    assert (when and f"{when:%Y-%m-%d %H:%M}") == expected


def test_a_clock_that_began_at_zero_has_days_of_24_hours() -> None:
    found = since_in("since yesterday", 30 * HOUR, timezone.utc)
    assert found is not None
    assert found.since_ns == 6 * HOUR
    assert since_in("since yesterday", 2 * HOUR, timezone.utc).since_ns == 0  # type: ignore[union-attr]
    assert since_in("since 14:30", 30 * HOUR, timezone.utc) is None


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200), st.integers(0, 4 * 10**18))
def test_any_text_at_any_time_is_read_to_something(text: str, now_ns: int) -> None:
    found = understand(text, MACHINES, QUANTITIES, now_ns=now_ns, zone=timezone.utc)
    assert 0 <= found.confidence <= 1
    assert found.machine is None or found.machine in QUANTITIES
    assert found.since is None or 0 <= found.since.since_ns <= now_ns


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Presse zwei läuft", ("presse", "2", "laeuft")),
        ("press_2's 14:30 and 3.5 mm/s", ("press", "2", "s", "14:30", "and", "3.5", "mm", "s")),
        ("What's ÉTAT?", ("what", "s", "etat")),
        ("日本 \x00", ()),
    ],
)
def test_words_are_made_alike(text: str, expected: tuple[str, ...]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [("press", "press", True), ("press", "presse", True), ("press", "pressure", False),
     ("temperature", "temperatur", True), ("vibration", "vibrtion", True), ("12", "13", False),
     ("1", "10", False), ("pump", "jump", False), ("motor", "rotor", True)],
)  # fmt: skip
def test_long_words_may_differ_a_little(one: str, other: str, alike: bool) -> None:
    assert (likeness(one, other) >= 0.8) is alike
