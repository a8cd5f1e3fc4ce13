"""What the session knows of itself, as features on the act token: bounded, whatever its age.

The window forgets; these features say in seconds how long ago things were, and saturate, so that an
old session looks like a young one. Pure functions; any thread.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tml_ros.model.event_ages import EVENTS, Event
from tml_ros.model.floor_policy import FLOORS
from tml_ros.turn.turn_output import Floor

LONGEST_AGE = 3600.0
"""Seconds beyond which an age is told no longer."""
PERIODS = tuple(1.6 * 2**octave for octave in range(6))
"""Seconds of the waves by which an age is told finely: 1.6 to 51.2."""
WAVES_END = 2 * PERIODS[-1]
"""Seconds at which the waves have faded to nothing: 102.4."""
AGE_WIDTH = 2 + 2 * len(PERIODS)
COUNTER_PERIODS = (4, 8, 16, 32, 64)
COUNTER_WIDTH = 1 + 2 * len(COUNTER_PERIODS)
COUNTER_END = 64
"""Turns beyond which the counter's linear part stands still."""
OWN_STATE_WIDTH = len(FLOORS) + 1 + COUNTER_WIDTH + 4 + len(EVENTS) * AGE_WIDTH


@dataclass(frozen=True, slots=True)
class OwnState:
    """The session at the start of a turn.

    floor, started: the decision of the turn before, and whether speech began in it. speaking:
    turns since what is being said began, None when silent. ages: seconds since each event; one
    that never was is absent.
    """

    floor: Floor = Floor.LISTEN
    started: bool = False
    speaking: int | None = None
    waiting: bool = False
    urgent: bool = False
    told_to_yield: bool = False
    delegating: bool = False
    ages: Mapping[Event, float] = field(default_factory=dict)


def own_state_features(state: OwnState) -> NDArray[np.float32]:
    """float32 [OWN_STATE_WIDTH], -1..1: floor, counter, flags, then the ages in order of EVENTS."""
    flags = (state.waiting, state.urgent, state.told_to_yield, state.delegating)
    return np.concatenate(
        [
            np.array([state.floor is floor for floor in FLOORS], np.float32),
            np.array([state.started], np.float32),
            counter_features(state.speaking),
            np.array(flags, np.float32),
            *(age_features(state.ages.get(event)) for event in EVENTS),
        ]
    )


def counter_features(turns: int | None) -> NDArray[np.float32]:
    """float32 [COUNTER_WIDTH]: how many turns something has lasted, exactly; zeros for None."""
    features = np.zeros(COUNTER_WIDTH, np.float32)
    if turns is not None:
        features[0] = min(turns, COUNTER_END) / COUNTER_END
        for place, period in enumerate(COUNTER_PERIODS):
            angle = 2 * math.pi * (turns % period) / period
            features[1 + 2 * place : 3 + 2 * place] = math.sin(angle), math.cos(angle)
    return features


def age_features(seconds: float | None) -> NDArray[np.float32]:
    """float32 [AGE_WIDTH], -1..1: (ever, log of the age, then sine and cosine of each period).

    None, and an age that is not a number, is never: zeros. A negative age counts as 0. The log
    part reaches 1 at `LONGEST_AGE`; the waves fade evenly from `PERIODS[-1]` to `WAVES_END`, so
    that beyond them only the log part tells an age, and beyond `LONGEST_AGE` nothing does.
    """
    features = np.zeros(AGE_WIDTH, np.float32)
    if seconds is None or math.isnan(seconds):
        return features
    age = min(max(seconds, 0.0), LONGEST_AGE)
    features[0] = 1.0
    features[1] = math.log1p(age) / math.log1p(LONGEST_AGE)
    loud = min(1.0, max(0.0, 2.0 - age / PERIODS[-1]))
    for place, period in enumerate(PERIODS):
        angle = 2 * math.pi * age / period
        features[2 + 2 * place : 4 + 2 * place] = loud * math.sin(angle), loud * math.cos(angle)
    return features
