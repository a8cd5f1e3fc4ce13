"""Findings are said when nobody speaks, one at a time, and never over a warning."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tml_ros.background.contracts import Finding, Outcome, Urgency
from tml_ros.cell.finding_voice import (
    LEAD_NS,
    MAX_WAITING,
    PAUSE_NS,
    WARNING_NS,
    FindingVoice,
    sentences,
)

SECOND = 1_000_000_000
TICK = 50_000_000


def finding(name: str, say: str, urgency: Urgency = Urgency.WHEN_FREE, **more: object) -> Finding:
    return Finding(
        id=name,
        outcome=Outcome.ANSWERED,
        say=say,
        urgency=urgency,
        **more,  # type: ignore[arg-type]
    )


def second_of_sound(text: str) -> np.ndarray:
    return np.full(16_000, 0.1, np.float32)


class Room:
    """A voice, a clock, a loudspeaker that plays what comes, and what was heard."""

    def __init__(self) -> None:
        self.voice = FindingVoice(second_of_sound)
        self.now_ns = 10 * SECOND
        self.waiting = self.played = 0
        self.texts: list[tuple[str, float]] = []
        self.most_ahead = 0

    def pass_time(self, seconds: float) -> None:
        for _ in range(round(seconds / 0.05)):
            self.now_ns += TICK
            step = min(self.waiting, 800)
            self.waiting -= step
            self.played += step
            self.voice.playback(self.played, self.now_ns)
            for block in self.voice.take(self.now_ns):
                self.waiting += len(block.samples)
                if block.text:
                    self.texts.append((block.text.strip(), self.now_ns / SECOND - 10))
                    self.voice.heard(block.text, self.now_ns)
            self.most_ahead = max(self.most_ahead, self.waiting)

    def warn(self, seconds: float = 2.0) -> None:
        self.waiting += round(16_000 * seconds)
        self.voice.heard("Warning. Leave press area.", self.now_ns)
        self.voice.warned(self.now_ns)


def test_a_finding_is_said_when_it_has_been_silent_for_a_while_and_once() -> None:
    room = Room()
    room.pass_time(1)
    assert room.voice.add(finding("a", "The press is well."))
    assert not room.voice.add(finding("a", "The press is well."))
    room.pass_time(5)
    assert [text for text, _ in room.texts] == ["The press is well."]
    assert room.voice.said == 1
    assert room.most_ahead <= 16_000 * (LEAD_NS + TICK * 5) / SECOND


def test_what_is_silent_orphaned_or_wordless_is_not_said() -> None:
    room = Room()
    assert not room.voice.add(finding("a", "x.", Urgency.SILENT))
    assert not room.voice.add(finding("b", "x.", orphaned=True))
    assert not room.voice.add(finding("c", "  "))
    room.pass_time(5)
    assert room.texts == []


def test_nothing_is_said_over_a_warning_and_a_sentence_cut_short_is_said_again() -> None:
    room = Room()
    room.voice.add(finding("a", "One. Two."))
    room.pass_time(0.5)
    assert [text for text, _ in room.texts] == ["One."]
    began_s = room.now_ns / SECOND - 10
    ahead = room.waiting
    room.warn(5.0)
    assert ahead <= 16_000 * (LEAD_NS + TICK * 5) / SECOND
    room.pass_time(4.5)
    assert len(room.texts) == 1
    room.pass_time(6)
    assert [text for text, _ in room.texts] == ["One.", "One.", "Two."]
    assert room.texts[1][1] >= began_s + 5.0


def test_a_finding_that_is_cut_goes_on_with_the_sentence_that_was_cut() -> None:
    room = Room()
    room.voice.add(finding("a", "One. Two. Three."))
    room.pass_time(1.7)
    assert [text for text, _ in room.texts] == ["One.", "Two."]
    room.warn(1.0)
    room.pass_time(10)
    assert [text for text, _ in room.texts] == ["One.", "Two.", "Two.", "Three."]


def test_a_sentence_is_repeated_twice_at_most_and_then_given_up() -> None:
    room = Room()
    room.voice.add(finding("a", "One. Two."))
    for silence_s in (0.0, *[WARNING_NS / SECOND] * 5):
        room.pass_time(silence_s + 0.5)
        room.warn(1.0)
        # The same warning in pieces cuts nothing twice.
        room.voice.heard("Leave it now.", room.now_ns)
    assert [text for text, _ in room.texts] == ["One."] * 3
    room.pass_time(10)
    assert room.voice.waiting == 0
    assert (room.voice.said, room.voice.left_out) == (0, 1)
    room.voice.add(finding("b", "Later."))
    room.pass_time(10)
    assert room.texts[-1][0] == "Later."


def test_an_urgent_one_comes_before_those_that_wait_and_after_a_warning() -> None:
    room = Room()
    room.voice.add(finding("a", "One. Two. Three."))
    room.pass_time(1.0)
    room.voice.add(finding("b", "Later."))
    room.voice.add(finding("n", "Stop it.", Urgency.NOW))
    room.pass_time(10)
    said = [text for text, _ in room.texts]
    assert said.index("Stop it.") <= 2
    assert said[-3:] == ["Two.", "Three.", "Later."] or said[-2:] == ["Three.", "Later."]
    late = Room()
    late.warn(0.5)
    late.voice.add(finding("n", "Stop it.", Urgency.NOW))
    late.pass_time(WARNING_NS / SECOND - 0.2)
    assert late.texts == []
    late.pass_time(1)
    assert [text for text, _ in late.texts] == ["Stop it."]


def test_what_can_wait_waits_for_a_pause() -> None:
    room = Room()
    room.waiting = 16_000 * 3
    room.pass_time(0.2)
    room.voice.add(finding("a", "Well."))
    room.pass_time(2.7)
    assert room.texts == []
    room.pass_time(PAUSE_NS / SECOND + 0.6)
    assert [text for text, _ in room.texts] == ["Well."]


def test_an_answer_replaces_the_news_of_its_work() -> None:
    room = Room()
    room.voice.add(Finding(id="p", delegation="q", outcome=Outcome.PROGRESS, say="Still looking."))
    room.voice.add(Finding(id="e", delegation="q", outcome=Outcome.ANSWERED, say="Found."))
    room.pass_time(4)
    assert [text for text, _ in room.texts] == ["Found."]


def test_a_flood_is_bounded_and_counted() -> None:
    room = Room()
    for number in range(50):
        room.voice.add(finding(f"f{number}", "Word."))
    assert room.voice.waiting == MAX_WAITING
    assert room.voice.left_out == 50 - MAX_WAITING


def test_without_sound_the_words_still_go_out() -> None:
    def broken(text: str) -> np.ndarray:
        raise RuntimeError("no speech program")

    voice = FindingVoice(broken)
    voice.add(finding("a", "One. Two."))
    texts = [block.text for tick in range(40) for block in voice.take(10 * SECOND + tick * TICK)]
    assert "".join(texts) == "One. Two."
    assert voice.problem == "no speech program"


@given(st.text(max_size=700))
@settings(deadline=None)
def test_every_word_is_in_a_sentence_and_none_is_too_long(text: str) -> None:
    pieces = sentences(text)
    assert all(0 < len(piece) <= 300 for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())
