import pytest

from tml_ros.safety.warning_text import ENGLISH, GERMAN, UnknownLanguageError, warning_text
from tml_ros.turn.hazard import HazardKind

PLACELESS = {
    HazardKind.MODEL_LATE,
    HazardKind.MODEL_LOST,
    HazardKind.CLOCK_STOPPED,
    HazardKind.RECORD_FAILED,
    HazardKind.EVIDENCE_FAILED,
}
PERSON = HazardKind.PERSON_IN_ZONE


@pytest.mark.parametrize(
    ("zone", "language", "override", "expected"),
    [
        ("press_2", "en", None, "Warning. Person in press 2. Step back."),
        ("press_2", "de", None, "Warnung. Person im Bereich press 2. Bitte zurücktreten."),
        ("press_2", "en-us", None, "Warning. Person in press 2. Step back."),
        ("press_2", "de-at-x1", None, "Warnung. Person im Bereich press 2. Bitte zurücktreten."),
        ("press_2", "EN_us", None, "Warning. Person in press 2. Step back."),
        ("press_2", "de", "Halt! {zone}!", "Halt! press 2!"),
        ("press_2", "fr", "Attention : {zone}", "Attention : press 2"),
        ("press_2", "de", "", ""),
        ("press_2", "en", "{0} {name} {zone", "{0} {name} {zone"),
    ],
)
def test_the_sentence_names_the_zone_in_the_cells_language_or_wording(
    zone, language, override, expected
):
    assert warning_text(PERSON, zone, language=language, override=override) == expected


@pytest.mark.parametrize("language", ["fr", "english", "", "-", "d"])
def test_an_unknown_language_is_named_together_with_those_there_are(language):
    with pytest.raises(UnknownLanguageError, match="de, en"):
        warning_text(PERSON, "press", language=language)


@pytest.mark.parametrize("table", [ENGLISH, GERMAN], ids=["english", "german"])
def test_every_language_speaks_of_every_kind_and_of_its_place(table):
    assert set(table) == set(HazardKind)
    for kind, text in table.items():
        assert text.count("{zone}") == (kind not in PLACELESS)
