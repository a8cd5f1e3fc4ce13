"""Figures and noted facts as words, and tables of them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tml_ros.bench.evaluation.wording import plain
from tml_ros.bench.judge.interval import Estimate
from tml_ros.bench.model_card.bars import Unit

_DIGITS = {Unit.SHARE: 3, Unit.SECONDS: 2, Unit.PER_HOUR: 2, Unit.MS: 1}


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of Markdown; cells are words already."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def number(value: float, unit: Unit) -> str:
    """With as many digits as mean something, and its unit."""
    found = f"{value:.{_DIGITS[unit]}f}"
    return found if unit is Unit.SHARE else f"{found} {unit.value}"


def limit(value: float, unit: Unit) -> str:
    """A number that somebody chose, as it was chosen."""
    return f"{value:g}" if unit is Unit.SHARE else f"{value:g} {unit.value}"


def estimate(found: Estimate, unit: Unit) -> str:
    """A figure with its interval, where it has one."""
    value = number(found.value, unit)
    if found.low is None or found.high is None:
        return value
    digits = _DIGITS[unit]
    return f"{value} ({found.low:.{digits}f} to {found.high:.{digits}f})"


def told_estimate(told: Mapping[str, Any] | None, unit: Unit) -> str:
    """The same of one that went through JSON; nothing for none."""
    return "" if told is None else estimate(Estimate(**told), unit)


def told_value(told: Mapping[str, Any] | None, unit: Unit) -> str:
    """The same without its interval; a dash for none."""
    return "-" if told is None else number(told["value"], unit)


def words(value: Any) -> str:  # noqa: ANN401 - whatever JSON can hold
    """What somebody noted, for a cell of a table."""
    if isinstance(value, Mapping):
        return ", ".join(f"{plain(str(key))} {words(inner)}" for key, inner in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(words(inner) for inner in value)
    if value is None or isinstance(value, bool):
        return {None: "", True: "yes", False: "no"}[value]
    if isinstance(value, (int, float)):
        return f"{value:,}" if isinstance(value, int) else f"{value:g}"
    return str(value).replace("|", "\\|").replace("\n", " ")
