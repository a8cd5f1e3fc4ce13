"""Labels of a recording as what is right in each turn. Pure; any thread.

Of a kind at a place a turn is

1 where a label says that it is there in the middle of the turn, or lies within the turn;
0 where none says so within `EDGE_S`, and one says of the whole turn that it is not there;
-1 otherwise: nobody looked, or it is too near the beginning or end of a hazard. Nothing is to be
   learnt from these.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tml_ros.model.hazard_places import SEEN, hazard_count, hazard_index
from tml_ros.model.layout import SessionLayout
from tml_ros.model.preset import Preset
from tml_ros.training.bags.label_file import Label
from tml_ros.turn.hazard import HazardKind
from tml_ros.turn.micro_turn import TURN_NS

EDGE_S = 0.4
"""Nobody stops a recording more exactly than this."""
TURN_S = TURN_NS / 1e9
_SLACK_S = 1e-6


def turn_labels(
    labels: Sequence[Label], begins_s: NDArray[np.float64], preset: Preset, layout: SessionLayout
) -> NDArray[np.int8]:
    """int8 [t, hazard_count] of 1, 0 and -1, see above.

    labels: of this recording. begins_s: float64 [t], when each turn begins, as labels count.
    """
    begins, ends = begins_s + _SLACK_S, begins_s + TURN_S - _SLACK_S
    middle = begins_s + TURN_S / 2 + _SLACK_S
    shape = len(begins_s), hazard_count(preset)
    there, near, absent = (np.zeros(shape, np.bool_) for _ in range(3))
    for label in labels:
        at = np.zeros(hazard_count(preset), np.bool_)
        for kind in label.kinds:
            at[[hazard_index(preset, kind, one) for one in _places(kind, label.place, layout)]] = 1
        if not label.present:
            absent |= np.outer((label.start_s <= begins) & (ends <= label.end_s), at)
            continue
        lasts = (label.start_s <= middle) & (middle < label.end_s)
        within = (begins_s <= label.start_s) & (label.end_s <= begins_s + TURN_S)
        there |= np.outer(lasts | within, at)
        touched = (label.start_s - EDGE_S < ends) & (begins < label.end_s + EDGE_S)
        near |= np.outer(touched, at)
    return np.where(there, 1, np.where(absent & ~near, 0, -1)).astype(np.int8)


def _places(kind: HazardKind, place: str, layout: SessionLayout) -> list[int]:
    """The places in the model that a label is of."""
    names = layout.zones if kind in SEEN else layout.microphones
    return [at for at, name in enumerate(names) if place in ("", name)]
