"""Which text was cut short, told from what was said."""

from __future__ import annotations

import pytest

from tml_ros.cell.cut_texts import MAX_TEXTS, CutTexts, GivenText

NEWS, OTHER = "Press 1 is at 71 degrees.", "The belt slips."


@pytest.mark.parametrize(
    ("pieces", "cut"),
    [
        ([], None),
        ([" Press", "", " 1 is"], NEWS),
        (["Yes, it is safe. ", "Press", " 1 is"], NEWS),
        (["Press", " 1 is at 71", " degrees."], None),
        (["Press", " 1 is at 71", " degrees.", " The", " belt"], OTHER),
        (["The press", " is well"], None),
        (["Press", " 1 is", None], None),
        (["Press", " 1 is", None, "The belt"], OTHER),
    ],
)
def test_the_text_that_was_begun_and_not_ended_is_told(
    pieces: list[str | None], cut: str | None
) -> None:
    texts = CutTexts()
    texts.give(NEWS, urgent=False)
    texts.give(OTHER, urgent=False)
    for piece in pieces:
        texts.said(piece or "", speaking=piece is not None)
    assert texts.cut() == (None if cut is None else GivenText(cut, urgent=False))
    assert texts.cut() is None


def test_no_more_texts_are_kept_than_a_session_keeps() -> None:
    texts = CutTexts()
    for number in range(MAX_TEXTS + 1):
        texts.give(f"{number}. Press.", urgent=True)
    texts.said("0.", speaking=True)
    assert texts.cut() is None
    texts.said(f"{MAX_TEXTS}.", speaking=True)
    assert texts.cut() == GivenText(f"{MAX_TEXTS}. Press.", urgent=True)
