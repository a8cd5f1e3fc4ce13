"""Figures in groups within groups as one readable table.

Groups that stand beside each other and have a figure in common become a grid, one line each;
anything else is listed. Knows nothing of what the figures mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

_DIGITS = 3
_LONG = 40
"""Characters of a text that does not go into a grid."""

Figures = Mapping[str, Any]


def print_figures(figures: Figures, console: Console) -> None:
    """Print all groups, the single figures first."""
    _print(figures, console, ())


def rounded(value: Any) -> Any:  # noqa: ANN401 - figures of any shape
    """The same with floats of four significant digits below 1, and of three decimals above."""
    if isinstance(value, Mapping):
        return {key: rounded(inner) for key, inner in value.items()}
    if isinstance(value, float):
        return float(f"{value:.4g}") if abs(value) < 1 else round(value, _DIGITS)
    return value


def _print(figures: Figures, console: Console, path: tuple[str, ...]) -> None:
    groups = {key: value for key, value in figures.items() if isinstance(value, Mapping)}
    single = {key: value for key, value in figures.items() if key not in groups}
    grid = {key: flat for key, group in groups.items() if (flat := _flattened(group)) is not None}
    if len(grid) < 2 or not set.intersection(*(set(flat) for flat in grid.values())):
        grid = {}
    if path and (single or grid):
        console.print(f"\n[bold]{' / '.join(path)}")
    if single:
        console.print(_list(single))
    if grid:
        console.print(_grid(grid))
    for key, group in groups.items():
        if key not in grid:
            _print(group, console, (*path, _words(key)))


def _flattened(group: Figures) -> Figures | None:
    """One line of a grid: {"ms": {"p50": 1}} becomes {"ms_p50": 1}; None for what is no line.

    Several groups in it are better shown as a grid of their own.
    """
    if sum(isinstance(value, Mapping) for value in group.values()) > 1:
        return None
    line: dict[str, Any] = {}
    for key, value in group.items():
        if isinstance(value, Mapping):
            line.update({f"{key}_{inner}": figure for inner, figure in value.items()})
        else:
            line[key] = value
    texts = [value for value in line.values() if isinstance(value, str)]
    fits = all(len(text) <= _LONG for text in texts)
    whole = not any(isinstance(value, Mapping) for value in line.values())
    return line if whole and fits else None


def _list(figures: Figures) -> Table:
    table = Table(box=None, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for key, value in figures.items():
        table.add_row(_words(key), _shown(value))
    return table


def _grid(lines: Mapping[str, Figures]) -> Table:
    columns = list(dict.fromkeys(key for line in lines.values() for key in line))
    table = Table(box=None, header_style="dim")
    table.add_column("", no_wrap=True)
    for column in columns:
        table.add_column(_words(column), justify="right", overflow="fold")
    for key, line in lines.items():
        cells = [_shown(line[column]) if column in line else "" for column in columns]
        table.add_row(_words(key), *cells)
    return table


def _shown(value: Any) -> str:  # noqa: ANN401 - any figure
    if value is None:
        return "-"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if isinstance(value, float) and abs(value) >= 1:
        return f"{value:,.{_DIGITS}f}"
    return str(rounded(value))


def _words(key: str) -> str:
    return key.replace("_", " ")
