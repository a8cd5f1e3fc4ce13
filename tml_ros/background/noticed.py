"""What is said and shown of a machine's change that nobody asked about.

Said are two short sentences at most: what it is and how sure that is, and what to do. All that was
measured is shown. Knows nothing of when it is said. Pure; any thread.
"""

from __future__ import annotations

import re
from typing import Final

from tml_ros.background.condition_monitor import Change
from tml_ros.background.playbook import Advice
from tml_ros.background.spoken import spoken_name, spoken_value

MAX_SENTENCE: Final = 200
QUANTITY_METHODS: Final = frozenset({"trend", "change_point", "sensor"})
"""Their part is a quantity, and how much it is says more than what it is called."""
_MEASURED: Final = re.compile(
    r"(-?\d+(?:\.\d+)?) (degC|mm/s|m/s2|m/s|rpm|rad/s|Hz|Pa|kW|Nm|A|V|W)(?![\w/])"
)


def said(change: Change, advice: Advice | None, language: str) -> str:
    """For the voice. advice: on the very defect, None where there is none."""
    condition = change.condition
    german = language == "de"
    name = _capital(spoken_name(condition.machine, language))
    of_quantity = condition.method in QUANTITY_METHODS
    if not change.worse:
        if of_quantity:
            name = f"{name}, {spoken_name(change.part, language)},"
        return f"{name} ist wieder in Ordnung." if german else f"{name} is back to normal."
    sure = round(100 * min(1.0, max(0.0, condition.confidence)))
    how_sure = f", {sure} {'Prozent sicher' if german else 'percent sure'}."
    if advice is None or (of_quantity and not german):
        what = _first_sentence(condition.sentence, language).rstrip(".!?")
        what = what[:1].lower() + what[1:] if what[1:2].islower() else what
    else:
        what = advice.entry.title
        if of_quantity:
            name = f"{name}, {spoken_name(change.part, language)}"
    what = what or condition.state.value
    action = "" if advice is None else f" {_first_sentence(advice.entry.action, language)}"
    return f"{name}: {what}{how_sure}{action}"


def shown(change: Change, advice: Advice | None) -> str:
    """For a page, in Markdown: the whole sentence, the figures, what to check and to do."""
    condition = change.condition
    figures = "".join(
        f"\n- {figure.replace('_', ' ')}: {value:.6g} {unit}".rstrip()
        for figure, (value, unit) in condition.figures.items()
    )
    text = f"**{condition.machine}: {condition.state.value}**\n\n{condition.sentence}{figures}"
    if advice is not None:
        checks = "".join(f"\n- {check}" for check in advice.entry.checks)
        text += f"\n\n{advice.entry.title}: {advice.entry.action}\n{checks}\n\n{advice.caution}"
    return text


def _first_sentence(text: str, language: str) -> str:
    """Without what stands in brackets, units as they are said."""
    bare = re.sub(r"\s*\([^()]*\)", "", " ".join(text.split()))
    first = re.split(r"(?<=[.!?])\s+|;\s+", bare, maxsplit=1)[0]
    first = _MEASURED.sub(lambda m: spoken_value(float(m[1]), m[2], language), first)
    if len(first) > MAX_SENTENCE:
        first = first[:MAX_SENTENCE].rsplit(" ", 1)[0]
    return first if first.endswith((".", "!", "?")) or not first else f"{first}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
