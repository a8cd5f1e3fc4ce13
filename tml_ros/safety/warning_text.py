"""What the loudspeaker says for each kind of hazard, in each language it can say it in.

Text only: knows nothing of voices, tones or alarms. A cell's own wording wins over the tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tml_ros.turn.hazard import HazardKind

ENGLISH: Mapping[HazardKind, str] = MappingProxyType(
    {
        HazardKind.PERSON_IN_ZONE: "Warning. Person in {zone}. Step back.",
        HazardKind.PERSON_DOWN: "Emergency. Person down in {zone}. Send help.",
        HazardKind.MISSING_HELMET: "Attention. Helmet required in {zone}.",
        HazardKind.VEHICLE_NEAR_PERSON: "Danger. Vehicle close to a person in {zone}. Stop.",
        HazardKind.SMOKE_OR_FIRE: "Fire alarm. Smoke or fire in {zone}. Leave the area.",
        HazardKind.SIREN: "Warning. Siren heard at {zone}.",
        HazardKind.IMPACT_SOUND: "Attention. Loud impact heard at {zone}.",
        HazardKind.MACHINE_FAULT_SOUND: "Attention. Unusual machine sound at {zone}.",
        HazardKind.CRY_FOR_HELP: "Emergency. Call for help heard at {zone}.",
        HazardKind.CAMERA_LOST: "Attention. Camera {zone} gives no picture.",
        HazardKind.CAMERA_FROZEN: "Attention. The picture of camera {zone} is frozen.",
        HazardKind.CAMERA_DARK: "Attention. Camera {zone} is blinded or in the dark.",
        HazardKind.CAMERA_COVERED: "Attention. Camera {zone} is covered or out of focus.",
        HazardKind.CAMERA_MOVED: "Attention. Camera {zone} has been moved.",
        HazardKind.MICROPHONE_LOST: "Attention. Microphone {zone} gives no sound.",
        HazardKind.MICROPHONE_CLIPPING: "Notice. Microphone {zone} is overdriven.",
        HazardKind.MODEL_LATE: "Notice. The assistant is slow.",
        HazardKind.MODEL_LOST: "Attention. The assistant has stopped. Guards remain active.",
        HazardKind.CAMERA_STALE: "Attention. The pictures of camera {zone} come late.",
        HazardKind.MICROPHONE_STALE: "Attention. The sound of microphone {zone} comes late.",
        HazardKind.NODE_LOST: "Attention. The program {zone} has stopped.",
        HazardKind.NODE_HUNG: "Attention. The program {zone} does not respond.",
        HazardKind.NODE_IDLE: "Attention. The program {zone} stands still.",
        HazardKind.NODE_LATE: "Notice. The program {zone} is slow.",
        HazardKind.CLOCK_STOPPED: "Attention. The clock has stopped.",
        HazardKind.RECORD_FAILED: "Attention. Alarms are not being recorded.",
        HazardKind.EVIDENCE_FAILED: "Notice. Pictures of alarms are not being kept.",
    }
)

GERMAN: Mapping[HazardKind, str] = MappingProxyType(
    {
        HazardKind.PERSON_IN_ZONE: "Warnung. Person im Bereich {zone}. Bitte zurücktreten.",
        HazardKind.PERSON_DOWN: "Notfall. Person am Boden im Bereich {zone}. Hilfe holen.",
        HazardKind.MISSING_HELMET: "Achtung. Helmpflicht im Bereich {zone}.",
        HazardKind.VEHICLE_NEAR_PERSON: "Gefahr. Fahrzeug nahe einer Person, {zone}. Anhalten.",
        HazardKind.SMOKE_OR_FIRE: "Feueralarm. Rauch oder Feuer, {zone}. Bereich verlassen.",
        HazardKind.SIREN: "Warnung. Sirene zu hören, {zone}.",
        HazardKind.IMPACT_SOUND: "Achtung. Lauter Schlag zu hören, {zone}.",
        HazardKind.MACHINE_FAULT_SOUND: "Achtung. Ungewöhnliches Maschinengeräusch, {zone}.",
        HazardKind.CRY_FOR_HELP: "Notfall. Hilferuf zu hören, {zone}.",
        HazardKind.CAMERA_LOST: "Achtung. Kamera {zone} liefert kein Bild.",
        HazardKind.CAMERA_FROZEN: "Achtung. Das Bild der Kamera {zone} steht still.",
        HazardKind.CAMERA_DARK: "Achtung. Kamera {zone} ist geblendet oder im Dunkeln.",
        HazardKind.CAMERA_COVERED: "Achtung. Kamera {zone} ist verdeckt oder unscharf.",
        HazardKind.CAMERA_MOVED: "Achtung. Kamera {zone} wurde bewegt.",
        HazardKind.MICROPHONE_LOST: "Achtung. Mikrofon {zone} liefert keinen Ton.",
        HazardKind.MICROPHONE_CLIPPING: "Hinweis. Mikrofon {zone} ist übersteuert.",
        HazardKind.MODEL_LATE: "Hinweis. Der Assistent ist langsam.",
        HazardKind.MODEL_LOST: "Achtung. Der Assistent ist ausgefallen. Die Wächter laufen weiter.",
        HazardKind.CAMERA_STALE: "Achtung. Die Bilder der Kamera {zone} kommen zu spät.",
        HazardKind.MICROPHONE_STALE: "Achtung. Der Ton des Mikrofons {zone} kommt zu spät.",
        HazardKind.NODE_LOST: "Achtung. Das Programm {zone} ist ausgefallen.",
        HazardKind.NODE_HUNG: "Achtung. Das Programm {zone} antwortet nicht.",
        HazardKind.NODE_IDLE: "Achtung. Das Programm {zone} steht still.",
        HazardKind.NODE_LATE: "Hinweis. Das Programm {zone} ist langsam.",
        HazardKind.CLOCK_STOPPED: "Achtung. Die Uhr steht still.",
        HazardKind.RECORD_FAILED: "Achtung. Alarme werden nicht aufgezeichnet.",
        HazardKind.EVIDENCE_FAILED: "Hinweis. Bilder von Alarmen werden nicht aufbewahrt.",
    }
)

_TABLES: Mapping[str, Mapping[HazardKind, str]] = MappingProxyType({"de": GERMAN, "en": ENGLISH})


_SUMMARY_COUNTS = (1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000)
"""A voice must have every sentence ready beforehand, so that not every number can be said."""


@dataclass(frozen=True, slots=True)
class _SummaryWords:
    flood: str
    over: str
    chatter: str
    one: str
    many: str


_SUMMARIES: Mapping[str, _SummaryWords] = MappingProxyType(
    {
        "de": _SummaryWords(
            flood="Achtung. Sehr viele Alarme.",
            over="Die Flut von Alarmen ist vorbei.",
            chatter="Achtung. Ein Alarm kommt und geht immer wieder.",
            one="Eine Warnung wurde nicht angesagt.",
            many="Mindestens {count} Warnungen wurden nicht angesagt.",
        ),
        "en": _SummaryWords(
            flood="Attention. Very many alarms.",
            over="The flood of alarms is over.",
            chatter="Attention. An alarm comes and goes again and again.",
            one="One warning was not announced.",
            many="At least {count} warnings were not announced.",
        ),
    }
)


class UnknownLanguageError(ValueError):
    """There are no warnings in the language asked for; the message lists those there are."""


def warning_text(
    kind: HazardKind, zone: str, *, language: str = "en", override: str | None = None
) -> str:
    """The sentence to say when `kind` is raised in `zone`.

    zone: a name as in the cell file; its underscores are spoken as spaces.
    language: a tag such as "en" or "en-us"; one without a table of its own falls back to the part
        before its last hyphen, and so on.
    override: the cell's own wording, with or without "{zone}"; "" says nothing. Other braces are
        ordinary text.

    Raises UnknownLanguageError where the tables must be asked and have no such language.
    """
    text = override if override is not None else _TABLES[_tag(language)][kind]
    return text.replace("{zone}", zone.replace("_", " "))


def summary_sentences(
    count: int, *, flood: bool, ended: bool, language: str = "en"
) -> tuple[str, ...]:
    """The sentences to say of `count` warnings that were held back.

    flood: because of a flood, which is over where `ended`; else because alarms came and went too
        often. The count is said rounded down to one of few numbers.

    Raises UnknownLanguageError.
    """
    words = _SUMMARIES[_tag(language)]
    opening = words.chatter if not flood else words.over if ended else words.flood
    return (opening, _count_text(words, count)) if count else (opening,)


def summary_parts(language: str = "en") -> tuple[str, ...]:
    """Every sentence of all `summary_sentences`, for a voice to have ready.

    Raises UnknownLanguageError.
    """
    words = _SUMMARIES[_tag(language)]
    counts = (_count_text(words, count) for count in _SUMMARY_COUNTS)
    return (words.flood, words.over, words.chatter, *counts)


def _count_text(words: _SummaryWords, count: int) -> str:
    said = max((one for one in _SUMMARY_COUNTS if one <= count), default=1)
    return words.one if said == 1 else words.many.format(count=said)


def _tag(language: str) -> str:
    tag = language.lower().replace("_", "-")
    while tag and tag not in _TABLES:
        tag = tag.rpartition("-")[0]
    if not tag:
        raise UnknownLanguageError(
            f"no warnings in language {language!r}; there are: {', '.join(sorted(_TABLES))}"
        )
    return tag
