"""Words that come in pieces are told in sentences, each once."""

from __future__ import annotations

import pytest

from tml_ros.cli.told_words import ToldWords
from tml_ros.report.session_log import SpeechRecord


def told(*shown: tuple[int, str] | None) -> list[tuple[int, str]]:
    words = ToldWords()
    lines = [
        line
        for one in shown
        for line in words.take(None if one is None else SpeechRecord(one[0], one[1]))
    ]
    return lines + words.rest()


@pytest.mark.parametrize(
    ("shown", "lines"),
    [
        ([None], []),
        ([(1, "Stop.")], [(1, "Stop.")]),
        ([(1, "Stop."), (1, "Stop.")], [(1, "Stop.")]),
        ([(1, "Press"), (1, "Press 1"), (1, "Press 1 runs.")], [(1, "Press 1 runs.")]),
        ([(1, "It runs."), (1, "It runs. It is"), (1, "It runs. It is warm.")],
         [(1, "It runs."), (1, "It is warm.")]),
        ([(1, "At 7.5 degrees")], [(1, "At 7.5 degrees ...")]),
        ([(1, "It is safe to"), (2, "Warning. Step back.")],
         [(1, "It is safe to ..."), (2, "Warning. Step back.")]),
        ([(1, "Stop."), (2, "Stop.")], [(1, "Stop."), (2, "Stop.")]),
        ([(1, "Is it? "), (1, "Is it?  It is!")], [(1, "Is it?"), (1, "It is!")]),
    ],
)  # fmt: skip
def test_sentences(shown: list[tuple[int, str] | None], lines: list[tuple[int, str]]) -> None:
    assert told(*shown) == lines
