"""Whether a pupil writes the right words once it has begun. Teacher-forced from turn to turn. Pure.

A piece of text is a row of turns in which text is to be written, up to the end of one. It is exact
where every turn's tokens are, as the text head would choose them one after the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from tml_ros.model.tokenizer import DELEGATE, END, HOLD
from tml_ros.training.exams.answer_sheet import AnswerSheet
from tml_ros.training.pupil.lesson_batch import QUIET_WEIGHT


def text_figures(sheets: Sequence[AnswerSheet]) -> dict[str, float]:
    """By name, `text/...`: shares of turns, of spoken texts and of delegations that are exact.

    begun_right: of all texts, those whose first turn is exact; which text is right is told there,
    the rest is to go on with it. Turns that count nothing, because of what went before them, end
    one text and begin another.
    """
    names = ("turns_exact", "begun_right", "replies_exact", "delegations_exact")
    exact: dict[str, list[bool]] = {name: [] for name in names}
    for sheet in sheets:
        for piece in _pieces(sheet):
            right = [_same(sheet.text[turn], sheet.right.text[turn]) for turn in piece]
            exact["turns_exact"] += right
            exact["begun_right"].append(right[0])
            asks = (sheet.right.text[piece] == DELEGATE).any()
            exact["delegations_exact" if asks else "replies_exact"].append(all(right))
    return {f"text/{name}": float(np.mean(each)) for name, each in exact.items() if each}


def _pieces(sheet: AnswerSheet) -> Iterator[NDArray[np.int64]]:
    """Rows of turns that belong to one text."""
    weight, text = sheet.right.text_weight, sheet.right.text
    counts = weight >= QUIET_WEIGHT
    ends = (text == END).any(axis=1)
    piece: list[int] = []
    for turn in np.flatnonzero(counts):
        if piece and turn != piece[-1] + 1:
            yield np.array(piece)
            piece = []
        piece.append(int(turn))
        if ends[turn]:
            yield np.array(piece)
            piece = []
    if piece:
        yield np.array(piece)


def _same(written: NDArray[np.int64], right: NDArray[np.int64]) -> bool:
    """Up to the first HOLD of what is right, and that as well."""
    held = np.flatnonzero(right == HOLD)
    slots = len(right) if not len(held) else int(held[0]) + 1
    return bool(np.array_equal(written[:slots], right[:slots]))
