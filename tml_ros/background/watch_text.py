"""What is asked for by "remind me ...", "check ... every ...", "tell me when ... is under ...".

English and German; pure functions on text and on the names that the cell's machines have. What is
not understood is None or says what is missing, never a guess: a limit without a unit is in the
unit that the quantity is measured in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final


class WatchKind(str, Enum):
    """What is being waited for, and what is done then."""

    REMIND = "remind"
    CHECK = "check"
    WATCH = "watch"


@dataclass(frozen=True, slots=True)
class Names:
    """What the machines of a cell are called.

    machines: name -> other names. quantities: machine -> quantity -> unit.
    """

    machines: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    quantities: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Threshold:
    """ "under 60": above says which side; limit in `unit`, "" for that of the quantity."""

    above: bool
    limit: float
    unit: str = ""


_KINDS: Final = (
    (
        WatchKind.REMIND,
        re.compile(r"\b(?:remind(?: me| us)?|erinner\w* (?:mich|uns)?|erinner\w*)\b"),
    ),
    (
        WatchKind.WATCH,
        re.compile(
            r"\b(?:(?:tell|notify|warn|alert|inform|call) (?:me|us)|let (?:me|us) know)\b"
            r".{0,20}?\b(?:when|if|once|as soon as)\b"
            r"|\b(?:sag|sage|melde|warne|informiere|benachrichtige|gib)\b"
            r".{0,40}?\b(?:wenn|sobald|falls)\b"
            r"|\bwatch\b|\bkeep an eye on\b|\bbeobachte\b|\büberwache\b|\bueberwache\b"
        ),
    ),
    (
        WatchKind.CHECK,
        re.compile(
            r"\b(?:check|look at|look after|inspect|prüfe?|pruefe?|kontrolliere?|sieh|schau)\b"
        ),
    ),
)
_REPEATED: Final = re.compile(
    r"\b(?:every|each|alle|jede[nrs]?|hourly|stündlich|stuendlich|daily|täglich|taeglich)\b"
)
_CANCEL: Final = re.compile(
    r"^(?:please |bitte )?(?:stop|cancel|forget|end|delete|remove|no more|don'?t|do not|lösche?"
    r"|loesche?|stopp?e?|beende|vergiss|abbrechen|brich|keine?)\b"
)
_CANCELLED_KINDS: Final = (
    (WatchKind.REMIND, re.compile(r"\bremind\w*|\berinner\w*")),
    (WatchKind.CHECK, re.compile(r"\bcheck\w*|\bprüf\w*|\bpruef\w*|\bkontroll\w*|\blooking\b")),
    (WatchKind.WATCH, re.compile(r"\bwatch\w*|\btelling\b|\bbeobacht\w*|\büberwach\w*|\bmeld\w*")),
)
_ALL: Final = re.compile(r"\b(?:all|everything|alles?|sämtliche)\b")
_BELOW: Final = (
    r"(?:under|below|beneath|less than|lower than|unter|unterhalb(?: von)?|weniger als|kleiner als)"
)
_ABOVE: Final = (
    r"(?:over|above|exceeds?|more than|higher than|greater than|reaches|über|ueber"
    r"|oberhalb(?: von)?|mehr als|höher als|größer als)"
)
_THRESHOLD: Final = re.compile(
    rf"\b(?:(?P<below>{_BELOW})|(?P<above>{_ABOVE})) "
    r"(?P<limit>-?\d{1,9}(?:[.,]\d{1,6})?) ?"
    r"(?P<unit>°[cf]|degrees?(?: celsius| fahrenheit| c| f)?|grad(?: celsius)?|degc|celsius"
    r"|kelvin|k|bar|mbar|kpa|mpa|pa|mm/s|m/s2|g|rpm|u/min|volts?|v|amps?|a|%|percent|prozent)?(?![\w/])"
)
_UNIT_NAMES: Final = {
    "°c": "degC", "degree": "degC", "degrees": "degC", "degrees celsius": "degC",
    "degrees c": "degC", "degree celsius": "degC", "grad": "degC", "grad celsius": "degC",
    "degc": "degC",
    "celsius": "degC", "°f": "degF", "degrees fahrenheit": "degF", "degrees f": "degF",
    "kelvin": "K", "k": "K", "bar": "bar", "mbar": "mbar", "kpa": "kPa", "mpa": "MPa", "pa": "Pa",
    "mm/s": "mm/s", "m/s2": "m/s2", "g": "g", "rpm": "rpm", "u/min": "rpm", "volt": "V",
    "volts": "V", "v": "V", "amp": "A", "amps": "A", "a": "A", "%": "%", "percent": "%",
    "prozent": "%",
}  # fmt: skip
_TO_BASE: Final = {
    "degC": ("degC", 1.0, 0.0),
    "K": ("degC", 1.0, -273.15),
    "degF": ("degC", 5 / 9, -160 / 9),
    "Pa": ("Pa", 1.0, 0.0),
    "mbar": ("Pa", 1e2, 0.0),
    "kPa": ("Pa", 1e3, 0.0),
    "bar": ("Pa", 1e5, 0.0),
    "MPa": ("Pa", 1e6, 0.0),
}
"""Unit -> (base, factor, offset): what may be asked in another unit than is measured."""
_QUANTITY_WORDS: Final = {
    "temperature": r"temperatur(?:e|en)?s?|heat|wärme",
    "pressure": r"pressures?|druck",
    "speed": r"speeds?|rpm|drehzahl|geschwindigkeit",
    "vibration": r"vibrations?|schwingung(?:en)?",
    "voltage": r"voltages?|spannung",
    "current": r"currents?|strom",
    "charge": r"charge|ladung|ladestand",
}
_ASKING: Final = re.compile(
    r"^(?:please |bitte |can you |could you |kannst du |würdest du )*"
    r"(?:remind (?:me|us)?|erinner\w*(?: mich| uns)?)(?: bitte| daran| please)?"
)


def plain(text: str) -> str:
    """Lower case, one line, single spaces, no full stop or question mark at the end."""
    return re.sub(r"\s+", " ", text.strip().lower()).rstrip(" .!?")


def wanted_kind(text: str) -> WatchKind | None:
    """What a plain text asks to be waited for; None where it is an ordinary question.

    "Check press 2" alone is a question; "check press 2 every half hour" is not.
    """
    for kind, pattern in _KINDS:
        found = pattern.search(text)
        if found is None:
            continue
        if kind is WatchKind.CHECK and not _REPEATED.search(text):
            continue
        return kind
    return None


def wants_cancelling(text: str) -> bool:
    """Whether a plain text asks to stop reminding, checking or watching."""
    return bool(_CANCEL.search(text)) and bool(cancelled_kinds(text) or _ALL.search(text))


def cancelled_kinds(text: str) -> tuple[WatchKind, ...]:
    """Which kinds a plain text names; empty where it names none."""
    return tuple(kind for kind, pattern in _CANCELLED_KINDS if pattern.search(text))


def threshold(text: str) -> Threshold | None:
    """The limit a plain text names."""
    found = _THRESHOLD.search(text)
    if found is None:
        return None
    unit = _UNIT_NAMES.get(found["unit"] or "", "")
    return Threshold(bool(found["above"]), float(found["limit"].replace(",", ".")), unit)


def limit_in(asked: Threshold, unit: str) -> float | None:
    """The limit in the unit that a quantity is measured in; None where they do not go together."""
    if not asked.unit or asked.unit == unit:
        return asked.limit
    given, wanted = _TO_BASE.get(asked.unit), _TO_BASE.get(unit)
    if given is None or wanted is None or given[0] != wanted[0]:
        return None
    return (asked.limit * given[1] + given[2] - wanted[2]) / wanted[1]


def machines_in(text: str, names: Names) -> tuple[str, ...]:
    """The machines that a plain text names; longer names win over those inside them."""
    calls = sorted(
        ((called, name) for name, others in names.machines.items() for called in (name, *others)),
        key=lambda pair: (-len(pair[0]), pair),
    )
    left, found = text.replace("_", " "), []
    for called, name in calls:
        pattern = rf"(?<!\w){re.escape(plain(called).replace('_', ' '))}(?!\w)"
        left, count = re.subn(pattern, "\x00", left)
        if count and name not in found:
            found.append(name)
    return tuple(found)


def quantities_in(text: str, quantities: Mapping[str, str]) -> tuple[str, ...]:
    """The quantities that a plain text may mean, of those a machine has (name -> unit)."""
    said = text.replace("_", " ")
    exact = [
        name
        for name in quantities
        if re.search(rf"(?<!\w){re.escape(name.replace('_', ' '))}(?!\w)", said)
    ]
    if exact:
        longest = max(map(len, exact))
        return tuple(sorted(name for name in exact if len(name) == longest))
    for word, pattern in _QUANTITY_WORDS.items():
        if re.search(rf"\b(?:{pattern})\b", said):
            return tuple(sorted(name for name in quantities if word in name))
    return ()


def reminder_words(text: str, phrases: tuple[str, ...]) -> str:
    """What is to be remembered: the text without the asking and the time, as it was written."""
    words = re.sub(r"\s+", " ", text.strip()).rstrip(" .!?")
    for phrase in phrases:
        words = re.sub(re.escape(phrase), " ", words, flags=re.IGNORECASE)
    words = re.sub(r"\s+", " ", words).strip(" ,:;")
    words = re.sub(_ASKING.pattern, "", words, flags=re.IGNORECASE).strip(" ,:;")
    words = re.sub(
        r"^(?:to |that |about |of |dass |daran,? |an |zu |me |mich )+",
        "",
        words,
        flags=re.IGNORECASE,
    )
    return words.strip(" ,:;")
