"""A bar is drawn on a terminal, taken away again, and never written into a file."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from rich.progress import TextColumn

from tml_ros.cli.bench_progress import BenchProgress
from tml_ros.cli.progress_bar import ProgressBar, time_left, told_column


def drawn(*, terminal):
    """What a console writes while a bar is shown that was moved before it is entered."""
    file = io.StringIO()
    console = Console(file=file, force_terminal=terminal, force_interactive=terminal, width=60)
    with_count = TextColumn("{task.completed}/{task.total}")
    bar = ProgressBar(console, with_count, told_column(), total=9, told="the first comes soon")
    bar.show(completed=4)
    with bar:
        began = file.getvalue()
        bar.show(completed=5, told="[bold] 2 false")
    return began, file.getvalue()


def test_on_a_terminal_it_begins_where_the_work_is_and_goes_on_from_there():
    began, whole = drawn(terminal=True)
    assert "4/9" in began
    assert "the first comes soon" in began
    assert "5/9 [bold] 2 false" in whole


def test_nothing_is_written_where_nobody_looks():
    assert drawn(terminal=False) == ("", "")


def test_a_measurement_says_what_is_being_measured():
    file = io.StringIO()
    with BenchProgress(Console(file=file, force_terminal=True, width=60)) as progress:
        progress.reach("48 turns", 0.5)
    assert "48 turns" in file.getvalue()


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "0 s left"),
        (89.4, "89 s left"),
        (90, "2 min left"),
        (7_140, "119 min left"),
        (7_200, "2 h 0 min left"),
        (12_010, "3 h 20 min left"),
    ],
)
def test_the_time_left_is_no_more_exact_than_a_guess(seconds, told):
    assert time_left(seconds) == told
