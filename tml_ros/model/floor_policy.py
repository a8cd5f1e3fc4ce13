"""Who has the floor: from the floor head's logits and the situation to what happens in this turn.

The decision is never an argmax, which noise can flip, but shares against thresholds:

- Free speech begins with a SPEAK of at least `START` and ends with a LISTEN of at least `STOP`.
- Text that was handed over begins with the same SPEAK, or when it has waited for the patience, even
  against LISTEN and over free speech. It ends only with a LISTEN of at least `STOP_HANDED_OVER`
  that has risen since: a LISTEN that has stood there ever since the text began is no news.
- Urgent text begins at once, over anything but other urgent text, and no LISTEN ends it.
- Without words of its own nothing begins but text that was handed over, and other speech ends.
- Being told to yield ends all speech; only urgent text that waits begins in that turn.

Pure functions; knows nothing of text or tokens.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from tml_ros.turn.turn_output import Floor

FLOORS = (Floor.LISTEN, Floor.SPEAK, Floor.BACKCHANNEL)
"""Order of the floor head's logits."""
START = 0.5
"""Share of SPEAK from which speech begins, and of BACKCHANNEL from which a backchannel does."""
STOP = 0.5
"""Share of LISTEN from which free speech and backchannels end."""
STOP_HANDED_OVER = 0.8
"""Share of LISTEN from which text that was handed over is broken off: somebody asked for it to be
said, so the model must be surer of itself than for words of its own."""


class OwnSpeech(str, Enum):
    """What the session is saying."""

    NOTHING = "nothing"
    BACKCHANNEL = "backchannel"
    FREE = "free"
    HANDED_OVER = "handed_over"
    URGENT = "urgent"


class FloorStep(Enum):
    """What happens in this turn."""

    LISTEN = "listen"
    """Nothing is said."""
    START = "start"
    """Speech begins in this turn, in place of any before: what waits, urgent first, or free."""
    CONTINUE = "continue"
    STOP = "stop"
    """Speech ends, and nothing of it is said in this turn."""
    BACKCHANNEL = "backchannel"
    """A backchannel begins or goes on."""


@dataclass(frozen=True, slots=True)
class FloorSituation:
    """What the decision depends on beside the logits.

    speech: what was being said until now. agreed: since it began, LISTEN has been below
    `STOP_HANDED_OVER` at least once. waiting, urgent: whether texts wait, and urgent ones among
    them. overdue: whether one has waited for the patience. backchannels: whether one may begin.
    own_words: whether anything may be said but texts that were handed over.
    """

    speech: OwnSpeech = OwnSpeech.NOTHING
    agreed: bool = True
    waiting: bool = False
    urgent: bool = False
    overdue: bool = False
    told_to_yield: bool = False
    backchannels: bool = True
    own_words: bool = True


def floor_shares(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    """Softmax of the floor logits in the order of `FLOORS`; all on LISTEN where one is not finite.

    Raises ValueError for another shape than [3].
    """
    values = np.asarray(logits, np.float64)
    if values.shape != (len(FLOORS),):
        raise ValueError(f"floor logits must be [{len(FLOORS)}], not {list(values.shape)}")
    if not np.isfinite(values).all():
        return np.array([1.0, 0.0, 0.0])
    weights = np.exp(values - values.max())
    shares: NDArray[np.float64] = weights / weights.sum()
    return shares


def floor_step(shares: NDArray[np.float64], now: FloorSituation) -> FloorStep:
    """What happens, from the shares of `floor_shares` and the situation."""
    listen, speak, backchannel = shares
    if now.urgent and (now.told_to_yield or now.speech is not OwnSpeech.URGENT):
        return FloorStep.START
    if now.told_to_yield:
        return FloorStep.LISTEN if now.speech is OwnSpeech.NOTHING else FloorStep.STOP
    if now.speech in (OwnSpeech.URGENT, OwnSpeech.HANDED_OVER):
        stops = listen >= STOP_HANDED_OVER and now.agreed and now.speech is not OwnSpeech.URGENT
        return FloorStep.STOP if stops else FloorStep.CONTINUE
    begins = now.speech is not OwnSpeech.FREE and speak >= START and (now.own_words or now.waiting)
    if begins or (now.waiting and now.overdue):
        return FloorStep.START
    if not now.own_words:
        return FloorStep.LISTEN if now.speech is OwnSpeech.NOTHING else FloorStep.STOP
    return _by_the_model(now.speech, listen, backchannel if now.backchannels else 0.0)


def _by_the_model(speech: OwnSpeech, listen: float, backchannel: float) -> FloorStep:
    """Where nothing was handed over and nothing begins: the model's shares alone."""
    if speech is not OwnSpeech.NOTHING and listen >= STOP:
        return FloorStep.STOP
    if speech is OwnSpeech.FREE:
        return FloorStep.CONTINUE
    goes_on = speech is OwnSpeech.BACKCHANNEL or backchannel >= START
    return FloorStep.BACKCHANNEL if goes_on else FloorStep.LISTEN
