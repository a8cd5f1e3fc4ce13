"""What people mean by "in 20 minutes", "at 14:30" and "every half hour", English and German.

Pure functions on text; the present is an argument. A phrase that is not understood is None and
never a guess. Times of day are of the zone given, None for that of this machine.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Final

SECOND_NS: Final = 1_000_000_000
DAY_NS: Final = 86_400 * SECOND_NS
SHORTEST_DELAY_NS: Final = SECOND_NS
LONGEST_DELAY_NS: Final = 366 * DAY_NS
SHORTEST_PERIOD_NS: Final = 10 * SECOND_NS

_UNITS: Final = {
    r"(?:s|secs?|seconds?|sekunden?)": 1,
    r"(?:m|mins?|minutes?|minuten?)": 60,
    r"(?:h|hrs?|hours?|stunden?|std)": 3_600,
    r"(?:days?|tage?n?)": 86_400,
    r"(?:weeks?|wochen?)": 604_800,
}
_WORDS: Final = {
    "an?|one|eine?[nmr]?": 1.0,
    "two|zwei": 2.0,
    "three|drei": 3.0,
    "four|vier": 4.0,
    "five|fünf|fuenf": 5.0,
    "six|sechs": 6.0,
    "seven|sieben": 7.0,
    "eight|acht": 8.0,
    "nine|neun": 9.0,
    "ten|zehn": 10.0,
    "twelve|zwölf|zwoelf": 12.0,
    "fifteen|fünfzehn|fuenfzehn": 15.0,
    "twenty|zwanzig": 20.0,
    "thirty|dreißig|dreissig": 30.0,
    "forty|vierzig": 40.0,
    "forty[- ]five|fünfundvierzig|fuenfundvierzig": 45.0,
    "sixty|sechzig": 60.0,
    "ninety|neunzig": 90.0,
    "(?:a )?half(?: an?)?|(?:eine[rnm]? )?halben?r?": 0.5,
    "one and a half|anderthalb|eineinhalb": 1.5,
}
_FIXED: Final = {
    "(?:an |one )?hour and a half": 5_400,
    "(?:a )?quarter of an hour|(?:a )?quarter[- ]hour|(?:eine[rm]? )?viertelstunde": 900,
    "three quarters of an hour|(?:eine[rm]? )?dreiviertelstunde": 2_700,
    "(?:a )?half[- ]hour|(?:eine[rm]? )?halben? ?stunde": 1_800,
}
_NUMBER: Final = r"\d{1,6}(?:[.,]\d{1,3})?"
_AMOUNT: Final = (
    "(?:"
    + "|".join(_FIXED)
    + "|(?:"
    + _NUMBER
    + "|"
    + "|".join(sorted(_WORDS, key=len, reverse=True))
    + r")[ -]?(?:"
    + "|".join(_UNITS)
    + "))(?![a-zäöü])"
)
_SPAN: Final = rf"{_AMOUNT}(?:(?: |, | and | und ){_AMOUNT}){{0,3}}"
_CLOCK: Final = (
    r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2})| uhr(?: (?P<after>\d{1,2}))?)?"
    r"(?: ?(?P<half>[ap])\.?m\b\.?)?(?: uhr\b)?"
    r"|(?P<noon>noon|mittags?)|(?P<midnight>midnight|mitternacht)"
)
_IN: Final = re.compile(rf"\b(?:in|after|nach) (?P<span>{_SPAN})(?![a-zäöü])")
_AT: Final = re.compile(
    rf"(?:(?P<next>tomorrow|morgen)(?: |,)*)?\b(?:at|um|gegen) (?:{_CLOCK})"
    r"(?: (?P<late>tomorrow|morgen))?(?![\w:])"
)
_EVERY: Final = re.compile(
    rf"\b(?:every|each|alle|jede[nrs]?) (?P<span>{_SPAN}|(?:{'|'.join(_UNITS)}))(?![a-zäöü])"
    r"|\b(?P<adverb>hourly|stündlich|stuendlich|daily|täglich|taeglich)\b"
)


@dataclass(frozen=True, slots=True)
class When:
    """A time that was understood.

    due_ns: the first time. every_ns: and again after so long, 0 for once. clock: it is a time of
        day, (hour, minute), rather than a delay. phrase: the words that said it, as they stand in
        the lower-case text.
    """

    due_ns: int
    every_ns: int = 0
    clock: tuple[int, int] | None = None
    phrases: tuple[str, ...] = ()


def when(text: str, now_ns: int, zone: tzinfo | None) -> When | None:
    """The time a lower-case text speaks of, or None: none, an impossible one, or one too far."""
    every, at, delay = _EVERY.search(text), _AT.search(text), _IN.search(text)
    phrases = tuple(found.group(0) for found in (every, at, delay) if found is not None)
    every_ns = 0 if every is None else _period_ns(every)
    if every is not None and not SHORTEST_PERIOD_NS <= every_ns <= LONGEST_DELAY_NS:
        return None
    if at is not None:
        clock = _clock(at)
        if clock is None or every_ns % DAY_NS:
            return None
        tomorrow = bool(at["next"] or at["late"])
        return When(next_at(clock, now_ns, zone, tomorrow=tomorrow), every_ns, clock, phrases)
    delay_ns = every_ns or (0 if delay is None else span_ns(delay["span"]))
    if not SHORTEST_DELAY_NS <= delay_ns <= LONGEST_DELAY_NS:
        return None
    return When(now_ns + delay_ns, every_ns, None, phrases)


def next_at(
    clock: tuple[int, int], now_ns: int, zone: tzinfo | None, *, tomorrow: bool = False
) -> int:
    """The next time after `now_ns` that a clock on the wall shows this, in ns."""
    local = datetime.fromtimestamp(now_ns // SECOND_NS, zone)
    chosen = local.replace(hour=clock[0], minute=clock[1], second=0, microsecond=0)
    if tomorrow:
        chosen += timedelta(days=1)
    while int(chosen.timestamp()) * SECOND_NS <= now_ns:
        chosen += timedelta(days=1)
    return int(chosen.timestamp()) * SECOND_NS


def shown_clock(stamp_ns: int, zone: tzinfo | None, *, near_ns: int) -> str:
    """A time for people: "14:30", with the date where it is another day than that of `near_ns`."""
    local = datetime.fromtimestamp(stamp_ns // SECOND_NS, zone)
    near = datetime.fromtimestamp(near_ns // SECOND_NS, zone)
    return f"{local:%H:%M}" if local.date() == near.date() else f"{local:%Y-%m-%d %H:%M}"


def shown_span(span_ns: int, language: str) -> str:
    """A duration for people, its largest unit or two: "2 hours 5 minutes"."""
    german = language.startswith("de")
    words = (
        (86_400, ("Tag", "Tage") if german else ("day", "days")),
        (3_600, ("Stunde", "Stunden") if german else ("hour", "hours")),
        (60, ("Minute", "Minuten") if german else ("minute", "minutes")),
        (1, ("Sekunde", "Sekunden") if german else ("second", "seconds")),
    )
    left = max(0, span_ns) // SECOND_NS
    parts = []
    for seconds, (one, many) in words:
        count, left = divmod(left, seconds)
        if count:
            parts.append(f"{count} {one if count == 1 else many}")
    return " ".join(parts[:2]) or ("0 Sekunden" if german else "0 seconds")


def span_ns(text: str) -> int:
    """How long "1 hour 20 minutes" is, in ns; 0 where nothing is understood."""
    return round(sum(_seconds(found.group(0)) for found in re.finditer(_AMOUNT, text)) * SECOND_NS)


def _seconds(amount: str) -> float:
    for pattern, fixed in _FIXED.items():
        if re.fullmatch(pattern, amount):
            return fixed
    for unit, seconds in _UNITS.items():
        found = re.fullmatch(rf"(?P<count>.*?)[ -]?{unit}", amount)
        if found is not None:
            count = _count(found["count"])
            if count is not None:
                return count * seconds
    return 0.0


def _count(text: str) -> float | None:
    if re.fullmatch(_NUMBER, text):
        return float(text.replace(",", "."))
    for pattern, count in _WORDS.items():
        if re.fullmatch(pattern, text):
            return count
    return None


def _period_ns(every: re.Match[str]) -> int:
    if every["adverb"]:
        return 3_600 * SECOND_NS if every["adverb"][0] in "hs" else DAY_NS
    for unit, seconds in _UNITS.items():
        if re.fullmatch(unit, every["span"]):
            return seconds * SECOND_NS
    return span_ns(every["span"])


def _clock(at: re.Match[str]) -> tuple[int, int] | None:
    if at["noon"]:
        return 12, 0
    if at["midnight"]:
        return 0, 0
    hour, minute = int(at["hour"]), int(at["minute"] or at["after"] or 0)
    if at["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if at["half"] == "p" else 0)
    return (hour % 24, minute) if hour <= 24 and minute < 60 and (hour < 24 or not minute) else None
