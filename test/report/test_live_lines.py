"""Lines that were told while they were said, beside those that were written down beforehand."""

from __future__ import annotations

from tml_ros.report.live_lines import MOST_LINES, SAME_NS, LiveLines, completed
from tml_ros.report.truth_record import TruthLine, TruthRecord

SECOND = 1_000_000_000
ASK = {"who": "anna", "act": "ask_safe", "text": "Safe?", "addressed": True}
STOP = {"who": "anna", "act": "stop", "text": "Stop.", "addressed": True}
CHAT = {"who": "bob", "act": "chatter", "text": "Nice day.", "addressed": False}


def test_a_line_lasts_from_the_message_it_is_first_in_to_the_first_without_it() -> None:
    lines = LiveLines()
    for at, speaking in enumerate([[ASK], [ASK, CHAT], [CHAT], [], [STOP]]):
        lines.take(speaking, at * SECOND)
    assert lines.lines(9 * SECOND) == (
        TruthLine("anna", "Safe?", 0, 2 * SECOND, True),
        TruthLine("bob", "Nice day.", SECOND, 3 * SECOND, False),
        TruthLine("anna", "Stop.", 4 * SECOND, 9 * SECOND, True),
    )


def test_the_same_words_said_again_are_another_line() -> None:
    lines = LiveLines()
    for at, speaking in enumerate([[STOP], [], [STOP], []]):
        lines.take(speaking, at * SECOND)
    assert [line.start_ns for line in lines.lines(9 * SECOND)] == [0, 2 * SECOND]


def test_what_was_written_down_is_not_told_twice() -> None:
    known = TruthLine("anna", "Safe?", 5 * SECOND, 6 * SECOND, True)
    again = TruthLine("anna", "Safe?", 5 * SECOND + SAME_NS, 7 * SECOND, True)
    late = TruthLine("anna", "Safe?", 5 * SECOND + SAME_NS // 2, 6 * SECOND, True)
    early = TruthLine("bob", "Safe?", 4 * SECOND, 6 * SECOND, True)
    truth = completed(TruthRecord(lines=(known,)), [late, again, early])
    assert truth.lines == (early, known, again)


def test_memory_is_bounded() -> None:
    lines = LiveLines()
    for at in range(3 * MOST_LINES):
        lines.take([STOP] if at % 2 else [], at)
    assert len(lines.lines(10 * MOST_LINES)) == MOST_LINES + 1
