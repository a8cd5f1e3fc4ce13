"""What is said of a change is short and readable; what was measured is shown."""

from __future__ import annotations

import re

import pytest

from tml_ros.background.condition import Condition, State
from tml_ros.background.condition_monitor import Change
from tml_ros.background.noticed import said, shown
from tml_ros.background.playbook import Advice
from tml_ros.background.playbook_file import load_playbook

BEARING = Condition(
    "press_1", "bearing_envelope", State.FAULT, 0, "inner_race", 0.87, 20,
    "The inner race rings at 162 Hz (12 dB over its noise); the sidebands agree.",
    {"kurtosis": (6.25, "")},
)  # fmt: skip
WARM = Condition(
    "press_1", "change_point", State.WATCH, 0, "level_shift", 0.9, None,
    "Temperature has been above its normal for 26 hours, by 3.2 degC within hours.",
)  # fmt: skip


def advice(condition: Condition, language: str) -> Advice:
    found = load_playbook(language=language).advise(condition.defect, "press")
    assert found is not None
    return found


def change(condition: Condition, part: str, before: State = State.NORMAL) -> Change:
    return Change("noticed.x.1", condition, part, before)


def test_a_fault_is_said_in_two_sentences_and_shown_whole() -> None:
    told = change(BEARING, "drive_end")
    assert said(told, advice(BEARING, "en"), "en") == (
        "Press 1: damage on a bearing's inner race, 87 percent sure. Plan to replace the bearing."
    )
    page = shown(told, advice(BEARING, "en"))
    for words in (BEARING.sentence, "- kurtosis: 6.25", advice(BEARING, "en").caution):
        assert words in page


def test_of_a_quantity_is_said_how_much_it_is() -> None:
    assert said(change(WARM, "temperature"), None, "en") == (
        "Press 1: temperature has been above its normal for 26 hours, by 3.2 degrees within hours,"
        " 90 percent sure."
    )


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("condition", [BEARING, WARM])
def test_no_finding_is_longer_than_two_sentences(condition: Condition, language: str) -> None:
    text = said(change(condition, "temperature"), advice(condition, language), language)
    assert text.startswith("Press 1" if language == "en" else "Presse 1")
    assert len(re.findall(r"[.!?](?:\s|$)", text)) <= 2
    assert "_" not in text
    assert len(text) < 300


def test_the_end_of_it_is_one_sentence_with_the_quantity() -> None:
    well = Condition("press_1", "trend", State.NORMAL, 0)
    assert said(change(well, "oil_temperature", State.FAULT), None, "en") == (
        "Press 1, oil temperature, is back to normal."
    )
    assert said(change(well, "oil_temperature", State.FAULT), None, "de") == (
        "Presse 1, Öltemperatur, ist wieder in Ordnung."
    )


def test_what_has_no_words_is_said_by_its_state() -> None:
    bare = Condition("press_1", "orders", State.WATCH, 0, confidence=0.5)
    assert said(change(bare, "x"), None, "en") == "Press 1: watch, 50 percent sure."
