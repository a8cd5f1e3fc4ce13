"""Spans of time and values as people say them: "3 days", "about 5 hours", "61.3 degC".

Knows nothing of what they mean. Pure functions; any thread.
"""

from __future__ import annotations

import math

_WEEK_S = 7 * 86_400.0
_SPANS = (
    (8 * _WEEK_S, _WEEK_S, "week"),
    (2 * 86_400.0, 86_400.0, "day"),
    (2 * 3_600.0, 3_600.0, "hour"),
    (120.0, 60.0, "minute"),
    (0.0, 1.0, "second"),
)
"""From how many seconds on, in what, called what."""


def duration(seconds: float) -> str:
    """Rounded to what matters: "40 minutes", "26 hours", "5 days", "9 weeks"."""
    for least, length, unit in _SPANS:
        if seconds >= least:
            count = round(seconds / length)
            return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
    return "0 seconds"


def value(number: float, unit: str, *, digits: int = 3) -> str:
    """With as many digits as say something: "61.3 degC", "0.0124 bar", "1250 rpm"."""
    if not math.isfinite(number):
        return "unknown"
    if number == 0:
        text = "0"
    else:
        places = max(digits - 1 - math.floor(math.log10(abs(number))), 0)
        text = f"{number:.{min(places, 9)}f}"
    return f"{text} {unit}".rstrip()


def name(quantity: str) -> str:
    """A quantity's name in a sentence."""
    return quantity.replace("_", " ").strip() or "the value"
