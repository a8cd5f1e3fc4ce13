"""Since when a question asks: "since yesterday", "in the last two hours", "seit 14:30 Uhr".

English and German. Times of day are of the zone given, None for that of this computer. Pure
functions; the present is an argument.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Final

from tml_ros.background.spoken import REAL_TIME_NS
from tml_ros.background.time_phrase import DAY_NS, SECOND_NS, span_ns

LONGEST_NS: Final = 5 * 365 * DAY_NS
NIGHT: Final = 18
"""The hour from which on yesterday is last night."""
_WEEKDAYS: Final = (
    "monday|montag",
    "tuesday|dienstag",
    "wednesday|mittwoch",
    "thursday|donnerstag",
    "friday|freitag",
    "saturday|samstag|sonnabend",
    "sunday|sonntag",
)
_YESTERDAY: Final = re.compile(r"\b(?:yesterday|gestern)\b")
_BEFORE_YESTERDAY: Final = re.compile(r"\b(?:day before yesterday|vorgestern)\b")
_NIGHT: Final = re.compile(r"\b(?:last night|overnight|tonight|letzten? nacht|heute nacht)\b")
_TODAY: Final = re.compile(r"\b(?:today|this morning|heute(?: früh| morgen)?)\b")
_WEEK: Final = re.compile(r"\b(?:this week|diese[rn]? woche)\b")
_CLOCK: Final = re.compile(
    r"\b(?:since|after|from|seit|ab|nach)(?: about| ungefähr| etwa)? "
    r"(?:(\d{1,2})(?:[:.](\d{2})(?: ?(uhr|[ap]\.?m))?| ?(uhr|[ap]\.?m)(?: (\d{1,2}))?))(?!\w)"
)
_SPAN: Final = re.compile(
    r"\b(?:last|past|previous|within|for|letzten?r?|vergangenen?|seit|vor|innerhalb|binnen|over)\b"
    r"(?: the| der| den| about| etwa| einer| eines)?(?: last| past| letzten| vergangenen)? "
    r"(?P<span>.{2,60})"
)
_AGO: Final = re.compile(r"(?P<span>[\w ]{2,40}?) (?:ago|earlier|zuvor)\b")
_SINGLE: Final = {
    "second": 1, "sekunde": 1, "minute": 60, "hour": 3_600, "stunde": 3_600, "day": 86_400,
    "tag": 86_400, "week": 604_800, "woche": 604_800, "month": 2_592_000, "monat": 2_592_000,
    "shift": 28_800, "schicht": 28_800,
}  # fmt: skip
_AHEAD: Final = re.compile(r"\b(?:until|till|bis|tomorrow|next|nächste[nrs]?)\b")
_MONTHS: Final = re.compile(r"(\d{1,2}) (?:months|monaten?)")


@dataclass(frozen=True, slots=True)
class Since:
    """since_ns: where the span begins; it ends now."""

    since_ns: int


def since_in(text: str, now_ns: int, zone: tzinfo | None) -> Since | None:
    """The span that a text speaks of; None where it speaks of none, or of one that cannot be."""
    said = re.sub(r"\s+", " ", text.lower()).strip()
    if _AHEAD.search(said):
        return None
    found = _named_day(said, now_ns, zone)
    if found is None:
        found = _clock(said, now_ns, zone)
    if found is None:
        length = _length(said)
        found = None if length is None else now_ns - length
    if found is None or found >= now_ns or now_ns - found > LONGEST_NS:
        return None
    return Since(max(0, found))


def _named_day(said: str, now_ns: int, zone: tzinfo | None) -> int | None:
    weekday = next(
        (i for i, day in enumerate(_WEEKDAYS) if re.search(rf"\b(?:{day})s?\b", said)), None
    )
    back: float | None = None
    if now_ns < REAL_TIME_NS:
        # A clock that began at zero knows no days; a day is 24 hours of it.
        for pattern, days in ((_BEFORE_YESTERDAY, 2.0), (_YESTERDAY, 1.0), (_NIGHT, 0.5)):
            if pattern.search(said):
                back = days
                break
        return None if back is None else max(0, now_ns - round(back * DAY_NS))
    if _BEFORE_YESTERDAY.search(said):
        back = 2
    elif _YESTERDAY.search(said) or _NIGHT.search(said):
        back = 1
    elif _TODAY.search(said):
        back = 0
    midnight = _midnight(now_ns, zone)
    if back is None and (_WEEK.search(said) or weekday is not None):
        back = (midnight.weekday() - (weekday or 0)) % 7
        if weekday is not None and back == 0:
            back = 7 if re.search(r"\b(?:last|letzten?)\b", said) else 0
    if back is None:
        return None
    begin = midnight - timedelta(days=back)
    if _NIGHT.search(said):
        begin = begin.replace(hour=NIGHT)
    return int(begin.timestamp()) * SECOND_NS


def _clock(said: str, now_ns: int, zone: tzinfo | None) -> int | None:
    found = _CLOCK.search(said)
    if found is None or now_ns < REAL_TIME_NS:
        return None
    hour, minute = int(found[1]), int(found[2] or found[5] or 0)
    half = (found[3] or found[4] or "")[:1]
    if half in ("a", "p"):
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 23 or minute > 59:
        return None
    begin = _midnight(now_ns, zone).replace(hour=hour, minute=minute)
    if int(begin.timestamp()) * SECOND_NS >= now_ns:
        begin -= timedelta(days=1)
    return int(begin.timestamp()) * SECOND_NS


def _length(said: str) -> int | None:
    for pattern in (_SPAN, _AGO):
        for found in pattern.finditer(said):
            length = _span(found["span"])
            if length:
                return length
    return None


def _span(words: str) -> int:
    months = _MONTHS.match(words)
    if months is not None:
        return int(months[1]) * 30 * DAY_NS
    for word, seconds in _SINGLE.items():
        if re.match(rf"(?:an? |one |eine[rnm]? )?{word}n?\b", words):
            return seconds * SECOND_NS
    return span_ns(words)


def _midnight(now_ns: int, zone: tzinfo | None) -> datetime:
    local = datetime.fromtimestamp(now_ns // SECOND_NS, zone)
    return local.replace(hour=0, minute=0, second=0, microsecond=0)
