"""Numbers, units, names and times as they are said, and words of others as they are shown."""

from __future__ import annotations

from datetime import timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.background.answers.asked import spoken
from tml_ros.background.reasoner import shortened
from tml_ros.background.spoken import (
    quoted,
    spoken_ago,
    spoken_name,
    spoken_number,
    spoken_since,
    spoken_span,
    spoken_time,
    spoken_value,
)

S = 10**9
MIN, HOUR, DAY = 60 * S, 3_600 * S, 86_400 * S
NOW = 1_795_000_000 * S


@pytest.mark.parametrize(
    ("value", "english", "german"),
    [(71.349, "71.3", "71,3"), (1480.4, "1480", "1480"), (0.00423, "0.00423", "0,00423"),
     (0, "0", "0"), (-0.0001, "-0.0001", "-0,0001"), (5.0, "5", "5"), (99.96, "100", "100"),
     (1e12, "1000000000000", "1000000000000")],
)  # fmt: skip
def test_three_digits_are_said(value: float, english: str, german: str) -> None:
    assert spoken_number(value, "en") == english
    assert spoken_number(value, "de") == german


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_what_is_said_is_near_what_is_meant(value: float) -> None:
    said = float(spoken_number(value, "en"))
    assert said == pytest.approx(value, rel=0.006, abs=1e-12)


@pytest.mark.parametrize(
    ("value", "unit", "english", "german"),
    [(71.3, "degC", "71.3 degrees", "71,3 Grad"), (6.2e5, "Pa", "6.2 bar", "6,2 bar"),
     (80, "Pa", "80 pascals", "80 Pascal"), (3, "", "3", "3"), (3, "widgets", "3 widgets",
     "3 widgets"), (4.5, "mm/s", "4.5 millimetres per second", "4,5 Millimeter pro Sekunde")],
)  # fmt: skip
def test_units_are_said(value: float, unit: str, english: str, german: str) -> None:
    assert spoken_value(value, unit, "en") == english
    assert spoken_value(value, unit, "de") == german


@pytest.mark.parametrize(
    ("name", "english", "german"),
    [("press_2", "press 2", "Presse 2"), ("oil_temperature", "oil temperature", "Öltemperatur"),
     ("hydraulic_pressure", "hydraulic pressure", "Hydraulikdruck"),
     ("velocity_j1", "velocity j1", "Geschwindigkeit j1"), ("xyz", "xyz", "xyz")],
)  # fmt: skip
def test_names_are_said(name: str, english: str, german: str) -> None:
    assert (spoken_name(name, "en"), spoken_name(name, "de")) == (english, german)


@pytest.mark.parametrize(
    ("past", "english", "german"),
    [(2 * S, "just now", "gerade eben"), (40 * S, "40 seconds ago", "vor 40 Sekunden"),
     (5 * MIN, "5 minutes ago", "vor 5 Minuten"), (61 * MIN, "1 hour 1 minute ago",
     "vor einer Stunde einer Minute"), (3 * DAY, "3 days ago", "vor 3 Tagen")],
)  # fmt: skip
def test_how_long_ago_is_said(past: int, english: str, german: str) -> None:
    assert spoken_ago(NOW - past, NOW, "en") == english
    assert spoken_ago(NOW - past, NOW, "de") == german


@pytest.mark.parametrize(
    ("past", "english", "german"),
    [(20 * MIN, "at 10:46", "um 10:46 Uhr"), (DAY, "yesterday at 11:06", "gestern um 11:06 Uhr"),
     (9 * DAY, "on 2026-11-09 at 11:06", "am 2026-11-09 um 11:06 Uhr")],
)  # fmt: skip
def test_when_is_said(past: int, english: str, german: str) -> None:
    assert spoken_time(NOW - past, NOW, "en", timezone.utc) == english
    assert spoken_time(NOW - past, NOW, "de", timezone.utc) == german


def test_a_clock_that_began_at_zero_has_no_time_of_day() -> None:
    assert spoken_time(60 * S, 180 * S, "en", timezone.utc) == "2 minutes ago"


@pytest.mark.parametrize(
    ("past", "english", "german"),
    [(HOUR, "in the last hour", "in der letzten Stunde"),
     (2 * HOUR, "in the last 2 hours", "in den letzten 2 Stunden"),
     (DAY, "since yesterday at 11:06", "seit gestern um 11:06 Uhr")],
)  # fmt: skip
def test_a_span_up_to_now_is_said(past: int, english: str, german: str) -> None:
    assert spoken_since(NOW - past, NOW, "en", timezone.utc) == english
    assert spoken_since(NOW - past, NOW, "de", timezone.utc) == german


def test_a_span_is_bent_after_in() -> None:
    assert spoken_span(12 * DAY, "de", after_in=True) == "12 Tagen"
    assert spoken_span(12 * DAY, "de") == "12 Tage"


@given(st.text(max_size=500))
def test_words_of_others_are_one_line_without_markup(text: str) -> None:
    shown = quoted(text)
    assert "\n" not in shown
    assert "<" not in shown
    for place, letter in enumerate(shown):
        if letter in "[]*_`#|!~":
            assert shown[place - 1] == "\\"


@given(st.text(max_size=900), st.integers(20, 700))
def test_a_shortened_text_fits(text: str, most: int) -> None:
    assert len(shortened(text, most)) <= most


def test_sentences_that_do_not_fit_are_left_out_whole() -> None:
    said = spoken(["First.", "x" * 595 + ".", "Last."])
    assert said == "First."
    assert len(spoken(["word " * 400])) <= 600
