"""Spectra are drawn where they belong, and marks with their names do not cover each other."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tml_ros.background.vibration.spectrum_picture import (
    HEIGHT,
    MAIN,
    WIDTH,
    Axes,
    Mark,
    draw_spectrum,
    round_top,
)

X = np.linspace(0, 100, 400)


def drawn(marks: list[Mark], title: str = "title", y: np.ndarray | None = None) -> np.ndarray:
    png = draw_spectrum(
        X, np.zeros_like(X) if y is None else y, title=title, note="note",
        axes=Axes("Hz", "mm/s", 100.0, 10.0), marks=marks,
    )  # fmt: skip
    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    return cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)


def columns_of(picture: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    """Columns where a colour fills much of the plot, as a dashed line does."""
    inside = np.all(picture[140:440] == colour, axis=2)
    return np.flatnonzero(inside.sum(axis=0) > 100)


def test_a_mark_stands_at_its_place_and_one_outside_nowhere() -> None:
    picture = drawn([Mark(25.0, "BPFO"), Mark(75.0, ""), Mark(130.0, "far"), Mark(-5.0, "no")])
    assert picture.shape == (HEIGHT, WIDTH, 3)
    found = columns_of(picture, MAIN)
    left, wide = 62, WIDTH - 62 - 16
    assert found == pytest.approx([left + 0.25 * wide, left + 0.75 * wide], abs=1)


def test_the_curve_is_as_high_as_its_values() -> None:
    y = np.where(np.abs(X - 50) < 0.2, 5.0, 0.0)
    shown = drawn([], y=y).astype(int)
    curve = (shown[..., 2] > shown[..., 0] + 60)[130:440]
    tallest = 130 + int(np.flatnonzero(curve.any(axis=1)).min())
    middle = (118 + HEIGHT - 50) / 2
    assert tallest == pytest.approx(middle, abs=4)


def test_words_that_are_too_long_or_not_ascii_do_no_harm() -> None:
    shown = drawn([Mark(50.0, "Käfig " * 30)], title="Spindel µ " * 40)
    assert shown[:30, :5].max() < 40
    assert shown.shape == (HEIGHT, WIDTH, 3)


@pytest.mark.parametrize(
    ("highest", "top"), [(0.9, 1.0), (1.0, 1.5), (7.1, 8.0), (93.0, 150.0), (0.0, 1.0), (-1.0, 1.0)]
)
def test_axes_end_at_round_numbers_above_what_they_show(highest: float, top: float) -> None:
    assert round_top(highest) == pytest.approx(top)
