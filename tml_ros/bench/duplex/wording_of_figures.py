"""How a figure reads: its number, its interval, and whether much of it is good. Pure."""

from __future__ import annotations

from tml_ros.bench.duplex.figures import Figure, FigureKind

MISSING = "-"


def figure_words(figure: Figure) -> str:
    """The number: "35 %", "0.42 s"; a dash where nothing was measured."""
    found = figure.estimate
    return MISSING if found is None else _number(found.value, figure.kind.unit, with_unit=True)


def interval_words(figure: Figure) -> str:
    """Its interval without units, "18-57"; "" where there is none."""
    found = figure.estimate
    if found is None or found.low is None or found.high is None:
        return ""
    unit = figure.kind.unit
    return f"{_number(found.low, unit)}-{_number(found.high, unit)}"


def better_words(kind: FigureKind) -> str:
    """ "high", "low" or nothing."""
    return kind.better


def _number(value: float, unit: str, *, with_unit: bool = False) -> str:
    if unit == "share":
        return f"{100 * value:.0f}{' %' if with_unit else ''}"
    text = f"{value:.2f}" if unit in ("s", "") else f"{value:.3f}"
    return f"{text} {unit}".strip() if with_unit else text
