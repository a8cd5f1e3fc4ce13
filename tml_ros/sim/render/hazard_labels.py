"""The hazards of each turn as numbers, for training. Pure.

Of a kind at a place (a zone, or for what is heard a microphone) a turn is
1 where, in the middle of the turn, the hazard is there, evident, and not in doubt;
0 where at no time of the turn it is there or in doubt;
-1 otherwise: not evident (yet), in doubt, begun in the turn's second half or over before the
    middle. Nothing is to be learnt from these.
A camera's newest picture of a turn is usually about as old as its middle.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tml_ros.sim.truth.truth import Truth
from tml_ros.turn.hazard import HazardKind
from tml_ros.turn.micro_turn import TURN_NS

TURN_S = TURN_NS / 1e9
_SLACK_S = 1e-6


def hazard_labels(
    truth: Truth, turns: int, kinds: Sequence[HazardKind], places: Sequence[str]
) -> NDArray[np.int8]:
    """int8 [turns, kinds, places] of 1, 0 and -1, see above."""
    labels = np.zeros((turns, len(kinds), len(places)), np.int8)
    for row, kind in enumerate(kinds):
        for column, place in enumerate(places):
            labels[:, row, column] = _labels(truth, turns, kind, place)
    return labels


def _labels(truth: Truth, turns: int, kind: HazardKind, place: str) -> NDArray[np.int8]:
    spans = [span for span in truth.hazards if (span.kind, span.zone) == (kind, place)]
    doubts = [doubt for doubt in truth.doubts if (doubt.kind, doubt.zone) == (kind, place)]
    begins = TURN_S * np.arange(turns)
    ends, middle = begins + TURN_S - _SLACK_S, begins + TURN_S / 2 + _SLACK_S
    touched, sure, unsure = (np.zeros(turns, np.bool_) for _ in range(3))
    lasted = [(span.start_s, span.end_s) for span in spans]
    lasted += [(doubt.start_s, doubt.end_s) for doubt in doubts]
    for start_s, end_s in lasted:
        touched |= (start_s < ends) & (end_s > begins + _SLACK_S)
    for span in spans:
        if span.evident_s is not None:
            sure |= (max(span.start_s, span.evident_s) <= middle) & (middle < span.end_s)
    for doubt in doubts:
        unsure |= (doubt.start_s <= middle) & (middle < doubt.end_s)
    return np.where(sure & ~unsure, 1, np.where(touched, -1, 0)).astype(np.int8)
