"""Playbooks: what ships, how an entry is found, and every mistake in a file with its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tml_ros.background.playbook import MaintenanceUrgency
from tml_ros.background.playbook_file import PlaybookFileError, load_playbook, parse_playbook
from tml_ros.background.trend.change_points import Kind
from tml_ros.background.trend.sensor_screen import Fault
from tml_ros.turn.hazard import HazardKind

PLACE = Path("/site/own.yaml")
ENTRY = "- {defects: [inner_race], title: t, action: a, urgency: today}"
BOOK = f"playbook: own\ncaution: c\nentries:\n  {ENTRY}\n"
DEFECTS = (
    "inner_race", "outer_race", "ball", "cage", "unbalance", "misalignment", "looseness",
    "vibration_high", "temperature_rising", "temperature_high", "pressure_falling",
    "pressure_low", "current_rising", "current_high", "acoustic", "sensor_fault",
    *(kind.value for kind in Kind), *(fault.value for fault in Fault),
    HazardKind.MACHINE_FAULT_SOUND.value, HazardKind.IMPACT_SOUND.value,
    HazardKind.SMOKE_OR_FIRE.value,
)  # fmt: skip


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("defect", DEFECTS)
def test_what_is_found_has_advice_in_the_playbooks_that_ship(language: str, defect: str) -> None:
    advice = load_playbook(language=language).advise(defect, "press")
    assert advice is not None
    assert advice.exact
    assert advice.entry.causes
    assert advice.entry.checks


def test_the_playbooks_that_ship_advise_alike_in_both_languages() -> None:
    english, german = load_playbook(), load_playbook(language="de")
    assert [(e.defects, e.urgency) for e in english.entries] == [
        (e.defects, e.urgency) for e in german.entries
    ]
    for one, other in zip(english.entries, german.entries, strict=True):
        assert len(one.causes) == len(other.causes)
        assert len(one.checks) == len(other.checks)
        assert len(one.spare_parts) == len(other.spare_parts)


def test_every_advice_comes_with_the_caution_to_lock_out() -> None:
    advice = load_playbook().advise("looseness")
    assert advice is not None
    assert "lock it out" in advice.caution.replace("\n", " ")
    assert advice.entry.urgency is MaintenanceUrgency.TODAY


@pytest.mark.parametrize(
    ("asked", "language", "defect"),
    [
        ("the bearing makes a grinding noise", "en", "bearing"),
        ("what if it gets hot", "en", "temperature_rising"),
        ("overheeting motor", "en", "temperature_rising"),
        ("oil leak under the press", "en", "pressure_falling"),
        ("we smell smoke", "en", "smoke_or_fire"),
        ("Das Lager quietscht", "de", "bearing"),
        ("die Pumpe klappert", "de", "looseness"),
        ("Es riecht: Brandgeruch", "de", "smoke_or_fire"),
    ],
)
def test_a_symptom_is_recognised_in_peoples_words(asked: str, language: str, defect: str) -> None:
    advice = load_playbook(language=language).advise(asked, "press")
    assert advice is not None
    assert not advice.exact
    assert defect in advice.entry.defects


@pytest.mark.parametrize("asked", ["", "the weather is fine", "inner", "!?", "7"])
def test_what_is_no_symptom_has_no_advice(asked: str) -> None:
    assert load_playbook().advise(asked, "press") is None


def test_an_entry_for_the_kind_of_machine_goes_before_one_for_any() -> None:
    book = parse_playbook(
        "playbook: own\ncaution: c\nentries:\n"
        "  - {defects: [hot], title: any, action: a, urgency: today}\n"
        "  - {defects: [hot], machines: [pump], title: pump, action: a, urgency: today}\n"
        "  - {defects: [wet], machines: [pump], title: wet, action: a, urgency: today}\n",
        PLACE,
    )

    def title(defect: str, kind: str) -> str | None:
        advice = book.advise(defect, kind)
        return None if advice is None else advice.entry.title

    assert title("hot", "pump") == "pump"
    assert title("hot", "press") == title("hot", "") == "any"
    assert title("wet", "press") is None


@pytest.mark.parametrize(
    ("text", "line", "path", "found", "allowed"),
    [
        ("", 1, "", "nothing", "begins with `playbook: <name>`"),
        ("playbook: own\nentries: []", 1, "caution", "nothing", ""),
        ("playbook: own\ncaution: c\nentries: []", 1, "", "", "at least one of `entries`"),
        (BOOK.replace("[inner_race]", "[]"), 4, "entries[0]", "", "at least one of `defects`"),
        (BOOK.replace("}", ", chekcs: [x]}"), 4, "entries[0].chekcs", "unknown key chekcs",
         "checks (did you mean that?)"),
        (BOOK.replace("today", "soon"), 4, "entries[0].urgency", "'soon'", "now, today, this_week"),
        (BOOK.replace("[inner_race]", "[Inner Race]"), 4, "entries[0].defects[0]", "'Inner Race'",
         "lower-case"),
        (BOOK + f"  {ENTRY}\n", 1, "", "", "one entry for inner_race of any machine; entries[0] "
         "and entries[1] both are"),
        (BOOK + "language: german\n", 5, "language", "'german'", "en or de"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_place(
    text: str, line: int, path: str, found: str, allowed: str
) -> None:
    with pytest.raises(PlaybookFileError) as raised:
        parse_playbook(text, PLACE)
    problem = raised.value.problems[0]
    assert (problem.line, problem.path) == (line, path)
    assert found in problem.found
    assert allowed in problem.allowed


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(PlaybookFileError, match="no such file"):
        load_playbook(tmp_path / "none.yaml")


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=200))
def test_any_words_may_be_asked_for(words: str) -> None:
    advice = _SHIPPED.advise(words, "press")
    assert advice is None or advice.entry.action


_SHIPPED = load_playbook()
