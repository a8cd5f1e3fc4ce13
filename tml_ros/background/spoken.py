"""Numbers, units, names and times as they are said aloud and shown, in English and German.

Rounded to what a listener can keep. Pure functions.
"""

from __future__ import annotations

import math
import re
from datetime import datetime, tzinfo
from typing import Final

from tml_ros.background.time_phrase import SECOND_NS, shown_clock, shown_span
from tml_ros.background.words import words

REAL_TIME_NS: Final = 1_000_000_000 * SECOND_NS
"""Stamps below are of a clock that began at zero, as simulations have: they have no time of day."""
_FAR_NS: Final = 250_000_000_000 * SECOND_NS
_UNITS: Final = {
    "degC": ("degrees", "Grad"),
    "Pa": ("pascals", "Pascal"),
    "bar": ("bar", "bar"),
    "mm/s": ("millimetres per second", "Millimeter pro Sekunde"),
    "m/s2": ("metres per second squared", "Meter pro Sekundenquadrat"),
    "m/s": ("metres per second", "Meter pro Sekunde"),
    "g": ("g", "g"),
    "rpm": ("revolutions per minute", "Umdrehungen pro Minute"),
    "rad/s": ("radians per second", "Radiant pro Sekunde"),
    "Hz": ("hertz", "Hertz"),
    "A": ("amperes", "Ampere"),
    "V": ("volts", "Volt"),
    "W": ("watts", "Watt"),
    "kW": ("kilowatts", "Kilowatt"),
    "N": ("newtons", "Newton"),
    "Nm": ("newton metres", "Newtonmeter"),
    "N m": ("newton metres", "Newtonmeter"),
    "m": ("metres", "Meter"),
    "rad": ("radians", "Radiant"),
    "s": ("seconds", "Sekunden"),
    "%": ("percent", "Prozent"),
}
_GERMAN_NAMES: Final = {
    "temperature": "Temperatur",
    "pressure": "Druck",
    "speed": "Drehzahl",
    "current": "Strom",
    "voltage": "Spannung",
    "power": "Leistung",
    "vibration": "Schwingung",
    "charge": "Ladung",
    "percentage": "Ladestand",
    "position": "Position",
    "velocity": "Geschwindigkeit",
    "effort": "Kraft",
    "level": "Füllstand",
    "flow": "Durchfluss",
    "humidity": "Feuchte",
    "oil": "Öl",
    "bearing": "Lager",
    "motor": "Motor",
    "spindle": "Spindel",
    "hydraulic": "Hydraulik",
    "press": "Presse",
    "pump": "Pumpe",
    "fan": "Lüfter",
}


def spoken_number(value: float, language: str) -> str:
    """Three digits that count, without an exponent: "71.3", "1480", "0.0042"; German "71,3"."""
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else str(value)
    digits = max(0, min(12, 2 - math.floor(math.log10(abs(value)))))
    text = f"{value:.{digits}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    text = "0" if text in ("-0", "") else text
    return text.replace(".", ",") if language == "de" else text


def spoken_value(value: float, unit: str, language: str) -> str:
    """A value and its unit: "71.3 degrees", "6 bar"; pascals from 10,000 on as bar."""
    if unit == "Pa" and abs(value) >= 1e4:
        value, unit = value / 1e5, "bar"
    spoken = _UNITS.get(unit)
    said = unit if spoken is None else spoken[language == "de"]
    return f"{spoken_number(value, language)} {said}".rstrip()


def shown_value(value: float, unit: str) -> str:
    """A value and its unit for the eye: "71.3 °C", "250 kPa" stays in its own unit."""
    return f"{value:.4g} {'°C' if unit == 'degC' else unit}".rstrip()


def spoken_name(name: str, language: str) -> str:
    """The name of a machine or quantity as it is said: "press 2", German "Presse 2".

    German joins its nouns: "oil_temperature" is "Öltemperatur".
    """
    parts = re.sub(r"[_\-/.]+", " ", name).split()
    if language != "de":
        return " ".join(parts)
    said, joins = "", False
    for part in parts:
        german = _GERMAN_NAMES.get(part.lower())
        if german is not None and joins:
            said += german.lower()
        else:
            said += f" {german or part}"
        joins = german is not None
    return said.strip()


def quantity_words(quantity: str) -> tuple[str, ...]:
    """The words under which a quantity may be asked for, those of its German name included."""
    english = words(quantity)
    german = (w for part in english for w in words(_GERMAN_NAMES.get(part, "")))
    return (*english, *german, *words(spoken_name(quantity, "de")))


def spoken_ago(stamp_ns: int, now_ns: int, language: str) -> str:
    """How long ago: "5 minutes ago", German "vor 5 Minuten"; "just now" within 5 s."""
    past_ns = now_ns - stamp_ns
    if past_ns < 5 * SECOND_NS:
        return "gerade eben" if language == "de" else "just now"
    span = shown_span(_coarse(past_ns), language)
    return f"vor {_dative(span)}" if language == "de" else f"{span} ago"


def spoken_span(span_ns: int, language: str, *, after_in: bool = False) -> str:
    """How long, to one unit or two: "3 hours", "2 days 5 hours".

    after_in: as it follows "in", which German bends: "in 3 Tagen".
    """
    span = shown_span(_coarse(span_ns), language)
    return _dative(span) if after_in and language == "de" else span


def spoken_since(since_ns: int, now_ns: int, language: str, zone: tzinfo | None) -> str:
    """The span up to now: "in the last 2 hours", "since yesterday at 00:00"."""
    past_ns = now_ns - since_ns
    if past_ns > 6 * 3_600 * SECOND_NS and since_ns >= REAL_TIME_NS and now_ns < _FAR_NS:
        at = spoken_time(since_ns, now_ns, language, zone)
        return f"seit {at}" if language == "de" else f"since {at}".replace("since at ", "since ")
    span = spoken_span(past_ns, language)
    number, _, unit = span.partition(" ")
    if number == "1" and " " not in unit:
        if language == "de":
            return f"{'im letzten' if unit == 'Tag' else 'in der letzten'} {unit}"
        return f"in the last {unit}"
    return f"in den letzten {_dative(span)}" if language == "de" else f"in the last {span}"


def spoken_time(stamp_ns: int, now_ns: int, language: str, zone: tzinfo | None) -> str:
    """When: "at 14:32", with the day where it is another; without a time of day how long ago."""
    if not REAL_TIME_NS <= stamp_ns < _FAR_NS or not REAL_TIME_NS <= now_ns < _FAR_NS:
        return spoken_ago(stamp_ns, now_ns, language)
    clock = shown_clock(stamp_ns, zone, near_ns=now_ns)
    if " " not in clock:
        return f"um {clock} Uhr" if language == "de" else f"at {clock}"
    day, time = clock.split(" ")
    yesterday = datetime.fromtimestamp((now_ns - 86_400 * SECOND_NS) // SECOND_NS, zone)
    if day == f"{yesterday:%Y-%m-%d}":
        day = "gestern" if language == "de" else "yesterday"
    elif language == "de":
        day = f"am {day}"
    else:
        day = f"on {day}"
    return f"{day} um {time} Uhr" if language == "de" else f"{day} at {time}"


def shown_time(stamp_ns: int, zone: tzinfo | None) -> str:
    """When, for the eye: date and time to the second, or the seconds of a simulation's clock."""
    if not REAL_TIME_NS <= stamp_ns < _FAR_NS:
        return f"t = {stamp_ns / 1e9:.1f} s"
    return f"{datetime.fromtimestamp(stamp_ns // SECOND_NS, zone):%Y-%m-%d %H:%M:%S}"


def quoted(text: str, most: int = 400) -> str:
    """Words of others on one line of Markdown, in which nothing of theirs is markup."""
    line = "".join(c if c.isprintable() else " " for c in text)
    line = " ".join(line.split())
    line = line if len(line) <= most else f"{line[: most - 3]}..."
    return re.sub(r"([\\`*_\[\]<>|#!~&])", _harmless, line)


def _harmless(found: re.Match[str]) -> str:
    return {"<": "&lt;", ">": "&gt;", "&": "&amp;"}.get(found[0], f"\\{found[0]}")


def plain_speech(text: str) -> str:
    """Text that a voice can say: one line, nothing that is not printed."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _coarse(span_ns: int) -> int:
    """Rounded so that at most two units are left, and the smaller one only where it matters."""
    for limit, step in ((10 * 86_400, 86_400), (86_400, 3_600), (600, 60), (60, 10)):
        if span_ns >= limit * SECOND_NS:
            return round(span_ns / (step * SECOND_NS)) * step * SECOND_NS
    return span_ns


def _dative(span: str) -> str:
    span = re.sub(r"\bTage\b", "Tagen", span)
    return re.sub(r"\b1 (?=Tag\b)", "einem ", re.sub(r"\b1 (?=[SM])", "einer ", span))
