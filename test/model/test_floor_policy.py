"""Who has the floor: every situation against every decision."""

from __future__ import annotations

import numpy as np
import pytest

from tml_ros.model.floor_policy import (
    START,
    STOP,
    STOP_HANDED_OVER,
    FloorSituation,
    FloorStep,
    OwnSpeech,
    floor_shares,
    floor_step,
)

L, S, C, X, B = (
    FloorStep.LISTEN,
    FloorStep.START,
    FloorStep.CONTINUE,
    FloorStep.STOP,
    FloorStep.BACKCHANNEL,
)
SHARES = {
    "listen": (1.0, 0.0, 0.0),
    "rather listen": (STOP, 0.3, 0.2),
    "unsure": (0.4, 0.3, 0.3),
    "speak": (0.3, START, 0.2),
    "backchannel": (0.3, 0.2, START),
}
QUIET = {}
SPARED = {"backchannels": False}
HANDED = {"own_words": False}
HANDED_WAITS = {"own_words": False, "waiting": True}
HANDED_OVERDUE = {"own_words": False, "waiting": True, "overdue": True}
WAITS = {"waiting": True}
OVERDUE = {"waiting": True, "overdue": True}
URGENT = {"waiting": True, "urgent": True}
TOLD = {"told_to_yield": True}
TOLD_WAITING = {"told_to_yield": True, "waiting": True, "overdue": True}
TOLD_URGENT = {"told_to_yield": True, "waiting": True, "urgent": True}
# Columns in the order of SHARES.
TABLE = [
    (OwnSpeech.NOTHING, QUIET, (L, L, L, S, B)),
    (OwnSpeech.NOTHING, SPARED, (L, L, L, S, L)),
    (OwnSpeech.NOTHING, HANDED, (L, L, L, L, L)),
    (OwnSpeech.NOTHING, HANDED_WAITS, (L, L, L, S, L)),
    (OwnSpeech.NOTHING, HANDED_OVERDUE, (S, S, S, S, S)),
    (OwnSpeech.NOTHING, WAITS, (L, L, L, S, B)),
    (OwnSpeech.NOTHING, OVERDUE, (S, S, S, S, S)),
    (OwnSpeech.NOTHING, URGENT, (S, S, S, S, S)),
    (OwnSpeech.NOTHING, TOLD, (L, L, L, L, L)),
    (OwnSpeech.NOTHING, TOLD_WAITING, (L, L, L, L, L)),
    (OwnSpeech.NOTHING, TOLD_URGENT, (S, S, S, S, S)),
    (OwnSpeech.BACKCHANNEL, QUIET, (X, X, B, S, B)),
    (OwnSpeech.BACKCHANNEL, SPARED, (X, X, B, S, B)),
    (OwnSpeech.BACKCHANNEL, HANDED, (X, X, X, X, X)),
    (OwnSpeech.BACKCHANNEL, HANDED_WAITS, (X, X, X, S, X)),
    (OwnSpeech.BACKCHANNEL, OVERDUE, (S, S, S, S, S)),
    (OwnSpeech.BACKCHANNEL, URGENT, (S, S, S, S, S)),
    (OwnSpeech.BACKCHANNEL, TOLD, (X, X, X, X, X)),
    (OwnSpeech.FREE, QUIET, (X, X, C, C, C)),
    (OwnSpeech.FREE, HANDED, (X, X, X, X, X)),
    (OwnSpeech.FREE, HANDED_WAITS, (X, X, X, X, X)),
    (OwnSpeech.FREE, HANDED_OVERDUE, (S, S, S, S, S)),
    (OwnSpeech.FREE, WAITS, (X, X, C, C, C)),
    (OwnSpeech.FREE, OVERDUE, (S, S, S, S, S)),
    (OwnSpeech.FREE, URGENT, (S, S, S, S, S)),
    (OwnSpeech.FREE, TOLD_WAITING, (X, X, X, X, X)),
    (OwnSpeech.FREE, TOLD_URGENT, (S, S, S, S, S)),
    (OwnSpeech.HANDED_OVER, QUIET, (X, C, C, C, C)),
    (OwnSpeech.HANDED_OVER, HANDED, (X, C, C, C, C)),
    (OwnSpeech.HANDED_OVER, {"agreed": False}, (C, C, C, C, C)),
    (OwnSpeech.HANDED_OVER, OVERDUE, (X, C, C, C, C)),
    (OwnSpeech.HANDED_OVER, URGENT, (S, S, S, S, S)),
    (OwnSpeech.HANDED_OVER, {**TOLD, "agreed": False}, (X, X, X, X, X)),
    (OwnSpeech.URGENT, QUIET, (C, C, C, C, C)),
    (OwnSpeech.URGENT, HANDED, (C, C, C, C, C)),
    (OwnSpeech.URGENT, OVERDUE, (C, C, C, C, C)),
    (OwnSpeech.URGENT, URGENT, (C, C, C, C, C)),
    (OwnSpeech.URGENT, TOLD_WAITING, (X, X, X, X, X)),
    (OwnSpeech.URGENT, TOLD_URGENT, (S, S, S, S, S)),
]


@pytest.mark.parametrize(("speech", "situation", "wanted"), TABLE)
def test_what_happens_with_the_floor(speech, situation, wanted):
    now = FloorSituation(speech=speech, **situation)
    found = tuple(floor_step(np.array(shares), now) for shares in SHARES.values())
    assert found == wanted


def test_handed_over_text_is_broken_off_exactly_from_its_threshold():
    now = FloorSituation(speech=OwnSpeech.HANDED_OVER)
    just_below = np.array([np.nextafter(STOP_HANDED_OVER, 0), 0.2, 0.0])
    assert floor_step(just_below, now) is FloorStep.CONTINUE
    assert floor_step(np.array([STOP_HANDED_OVER, 0.2, 0.0]), now) is FloorStep.STOP


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_logits_that_are_no_numbers_say_listen(bad, place):
    logits = np.array([0.0, 5.0, 1.0], np.float32)
    logits[place] = bad
    assert floor_shares(logits).tolist() == [1.0, 0.0, 0.0]


def test_shares_are_a_softmax_and_huge_logits_do_not_overflow():
    assert floor_shares(np.log([0.2, 0.5, 0.3])) == pytest.approx([0.2, 0.5, 0.3])
    assert floor_shares(np.array([3e38, -3e38, 0], np.float32)).tolist() == [1.0, 0.0, 0.0]
    with pytest.raises(ValueError, match=r"\[3\], not \[1, 3\]"):
        floor_shares(np.zeros((1, 3), np.float32))
