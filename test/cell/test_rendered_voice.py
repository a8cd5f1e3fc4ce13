"""A renderer in the model's place: what is ready when, and what becomes of failures."""

from __future__ import annotations

import numpy as np
import pytest

from tml_ros.cell.rendered_voice import MAX_READY, RenderedVoice
from tml_ros.turn.micro_turn import TURN_SAMPLES


class Renderer:
    """Says each text as a ramp of 2.5 turns; counts."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, text: str) -> np.ndarray:
        self.asked.append(text)
        if "bad" in text:
            raise RuntimeError("no voice")
        return np.arange(5 * TURN_SAMPLES // 2, dtype=np.float32)


@pytest.fixture
def renderer() -> Renderer:
    return Renderer()


@pytest.fixture
def voice(renderer: Renderer) -> RenderedVoice:
    return RenderedVoice(renderer)


def test_turns_follow_each_other_and_end_in_silence(voice: RenderedVoice) -> None:
    voice.prepare("71 degrees")
    turns = [voice.samples("71 degrees", turn) for turn in range(4)]
    assert all(one is not None and one.dtype == np.float32 for one in turns)
    whole = np.concatenate([one for one in turns if one is not None])
    spoken = 5 * TURN_SAMPLES // 2
    assert np.array_equal(whole[:spoken], np.arange(spoken))
    assert not whole[spoken:].any()
    assert len(whole) == 4 * TURN_SAMPLES


def test_what_was_not_prepared_is_never_rendered_in_a_turn(
    voice: RenderedVoice, renderer: Renderer
) -> None:
    assert voice.samples("71 degrees", 0) is None
    assert renderer.asked == []


def test_a_text_is_rendered_once_whatever_space_is_about_it(
    voice: RenderedVoice, renderer: Renderer
) -> None:
    for text in ("71 degrees", " 71 degrees\n", "71 degrees"):
        voice.prepare(text)
        assert voice.samples(text, 0) is not None
    assert renderer.asked == ["71 degrees"]


def test_a_text_that_cannot_be_rendered_is_left_to_the_model_and_not_tried_again(
    voice: RenderedVoice, renderer: Renderer
) -> None:
    voice.prepare("bad 1")
    voice.prepare("bad 1")
    assert voice.samples("bad 1", 0) is None
    assert renderer.asked == ["bad 1"]
    assert voice.problem == "RuntimeError: no voice"


def test_memory_is_bounded_and_what_was_asked_for_last_stays(
    voice: RenderedVoice, renderer: Renderer
) -> None:
    for number in range(MAX_READY):
        voice.prepare(f"text {number}")
    voice.prepare("text 0")
    voice.prepare("one 1 more")
    assert voice.samples("text 0", 0) is not None
    assert voice.samples("text 1", 0) is None
    assert len(renderer.asked) == MAX_READY + 1
