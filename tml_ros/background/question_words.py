"""The words by which questions are told apart, English and German, as `words` gives them.

Data only. A word ending in * stands for all that begin so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Rule:
    """groups: of each, one word must be there. without: none of these. weight: how sure, 0..1."""

    groups: tuple[tuple[str, ...], ...]
    weight: float
    without: tuple[str, ...] = ()


_WHY: Final = (
    "why",
    "warum",
    "wieso",
    "weshalb",
    "wodurch",
    "cause*",
    "reason",
    "grund",
    "ursache",
)
_WHAT: Final = ("what", "was", "anything", "something", "etwas", "whats", "which", "welche*")
_WHEN: Final = ("when", "wann")
_HOW: Final = ("how", "wie", "hows")
_LONG: Final = ("long", "lange", "much", "soon", "bald")
_STOP: Final = (
    "stop*", "stand*", "steht", "stehen", "stillstand", "halt*", "angehalten", "gestoppt",
    "ausgefallen", "trip*", "down", "shut*", "abgeschaltet", "ausgegangen", "idle",
)  # fmt: skip
_RESTART: Final = (
    "restart*", "start*", "run", "running", "resume", "anfahren", "wiederanfahren", "starten",
    "neustart*", "einschalten", "anschalten", "anlassen", "anlaufen", "hochfahren", "weiterlaufen",
    "weiterfahren", "losfahren", "wiedereinschalten", "anmachen",
)  # fmt: skip
_ENTER: Final = (
    "enter*", "touch*", "reach*", "approach*", "open*", "betreten", "hinein*", "rein*", "anfassen",
    "hineingreifen", "hingehen", "oeffnen", "clean*", "near", "naehern",
)  # fmt: skip
_SAFE: Final = (
    "safe*", "sicher*", "gefahrlos", "ungefaehrlich", "gefaehrlich", "dangerous", "unbedenklich",
)  # fmt: skip
_MAY: Final = (
    "can", "may", "could", "allowed", "ok", "okay", "ready", "kann", "koennen", "darf", "duerfen",
    "bereit", "soll", "sollen", "should", "clear*", "freigabe", "freigegeben",
)  # fmt: skip
_CHANGE: Final = (
    "change*", "different*", "differ*", "new", "happen*", "veraender*", "geaendert", "aender*",
    "anders", "neu", "neues", "passiert", "geschehen", "unterschied*", "vorgefallen", "los",
)  # fmt: skip
_FAIL: Final = (
    "fail*", "break*", "broken", "die", "dies", "replace*", "wear*", "limit", "ausfall*", "kaputt*",
    "defekt", "versag*", "durchhalten", "haelt", "halten", "grenze*", "grenzwert", "wechseln",
    "tauschen", "ausfaellt", "last",
)  # fmt: skip
_DO: Final = (
    "do", "done", "tun", "machen", "unternehmen", "vorgehen", "advise*", "advice", "recommend*",
    "empf*", "rat", "fix*", "repair*", "reparier*", "beheb*", "help", "helfen",
)  # fmt: skip
_MUST: Final = (
    "should", "must", "need", "can", "to", "soll*", "muss", "muessen", "kann", "koennen", "tun",
    "we", "i", "wir", "ich", "about",
)  # fmt: skip
_SWAP: Final = (
    "replac*",
    "chang*",
    "swap*",
    "tausch*",
    "wechsel*",
    "ersetz*",
    "schmier*",
    "greas*",
)
_MAY_RUN: Final = ("can", "will", "kann", "wird", "does", "shall")
_FINE: Final = (
    "status", "state", "condition", "health", "healthy", "ok", "okay", "fine", "doing", "zustand",
    "geht", "laeuft", "ordnung", "gesund", "befinden", "report", "bericht", "overview",
    "uebersicht", "lage", "alright", "wrong", "problem*", "running", "good",
)  # fmt: skip

KIND_RULES: Final[Mapping[str, tuple[Rule, ...]]] = {
    "safe_to_restart": (
        Rule((_SAFE,), 0.8),
        Rule((_SAFE, (*_RESTART, *_ENTER)), 1.0),
        Rule((_MAY, _RESTART), 0.9, without=(*_WHY, *_WHEN, "how", "wie", "stop", "what", "was")),
        Rule((_MAY, _ENTER), 0.92, without=(*_WHY, *_WHEN, "how", "wie", "what", "was")),
    ),
    "why_stopped": (
        Rule((_WHY, _STOP), 0.95),
        Rule((_WHAT, ("stopped", "tripped", "angehalten", "gestoppt", "abgeschaltet")), 0.85),
        Rule((_WHY, ("not", "nicht", "off", "aus"), (*_RESTART, "laeuft", "off", "aus")), 0.9),
    ),
    "what_changed": (
        Rule((_WHAT, _CHANGE), 0.95),
        Rule((_CHANGE, ("since", "seit", "today", "heute", "yesterday", "gestern")), 0.9),
        Rule((_WHY,), 0.5, without=_STOP),
        Rule((("difference*", "changes", "aenderungen", "veraenderungen", "news"),), 0.8),
    ),
    "when_fail": (
        Rule((_WHEN, _FAIL), 0.95),
        Rule((_HOW, _LONG, (*_FAIL, "left", "noch", "run", "laeuft", "laufen", "go")), 0.95),
        Rule((("remaining", "restlaufzeit", "lebensdauer", "restlebensdauer", "lifetime"),), 0.9),
        Rule((_MAY_RUN, ("run*", "laufen", "laeuft", "hold", "go", "last"), ("until", "bis")), 1.0),
        Rule((("will", "wird"), _FAIL), 0.8, without=("what", "was")),
    ),
    "what_to_do": (
        Rule((_WHAT, _MUST, _DO), 0.95),
        Rule(
            (_HOW, _MUST, ("fix*", "repair*", "reparier*", "beheb*", "do")), 0.85, without=("far",)
        ),
        Rule((("advise*", "advice", "recommend*", "empf*", "rat", "playbook"),), 0.8),
        Rule((_WHAT, ("tun", "machen")), 0.9),
        Rule((("fix*", "repair*", "reparier*", "beheb*"),), 0.6),
        Rule((("should", "must", "soll*", "muss", "muessen"), _SWAP), 0.8),
    ),
    "status": (
        Rule((_HOW, ("is", "are", "ist", "geht", "laeuft", "does", "s", "doing", "sind")), 0.72),
        Rule((_FINE,), 0.75),
        Rule((_FINE, ("how", "what", "wie", "is", "ist", "alles", "all", "everything")), 0.85),
    ),
    "quantity": (Rule(((*_HOW, *_WHAT, "show", "zeig*", "tell", "is", "ist"),), 0.85),),
}

QUANTITY_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "temperature": ("temperature", "temperatur", "temp", "hot", "warm", "heiss", "cold", "kalt"),
    "pressure": ("pressure", "druck"),
    "speed": ("speed", "rpm", "drehzahl", "geschwindigkeit", "fast", "schnell"),
    "vibration": ("vibration", "vibrations", "schwingung", "schwingungen", "vibrating"),
    "current": ("current", "strom", "amps", "ampere"),
    "voltage": ("voltage", "spannung", "volts"),
    "power": ("power", "leistung"),
    "charge": ("charge", "battery", "batterie", "akku", "ladung", "ladestand"),
    "level": ("level", "fuellstand"),
    "flow": ("flow", "durchfluss"),
    "torque": ("torque", "drehmoment"),
    "position": ("position",),
    "humidity": ("humidity", "feuchte"),
}
"""General names of quantities, and what people say for them."""

MACHINE_NOUNS: Final = frozenset(
    (
        "press", "presse", "pump", "pumpe", "fan", "luefter", "ventilator", "lathe", "drehbank",
        "drehmaschine", "mill", "fraese", "fraesmaschine", "conveyor", "foerderband", "robot",
        "roboter", "compressor", "kompressor", "crane", "kran", "furnace", "ofen", "oven", "mixer",
        "mischer", "grinder", "schleifmaschine", "saw", "saege", "turbine", "generator", "blower",
        "geblaese", "extruder", "forklift", "stapler", "elevator", "aufzug", "palletizer",
    )
)  # fmt: skip
"""What is a machine even where the cell has none of the name. Parts of machines are not here."""

ENGLISH: Final = frozenset(
    (
        "the", "is", "are", "what", "why", "how", "when", "did", "does", "do", "it", "since", "to",
        "has", "have", "will", "should", "can", "of", "and", "safe", "yesterday", "today", "we",
        "long", "please", "there", "which", "tell", "me", "about", "with", "last", "status",
    )
)  # fmt: skip
GERMAN: Final = frozenset(
    (
        "der", "die", "das", "ist", "sind", "warum", "wieso", "wie", "wann", "hat", "es", "seit",
        "zu", "wird", "soll", "sollen", "kann", "darf", "von", "und", "sicher", "gestern", "heute",
        "wir", "lange", "bitte", "welche", "sag", "mir", "ueber", "mit", "zustand", "den", "dem",
        "ein", "eine", "ich", "nicht", "muss", "geht", "laeuft", "steht", "noch", "tun", "haelt",
    )
)  # fmt: skip
