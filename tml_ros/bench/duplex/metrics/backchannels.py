"""How often a model shows that it listens, and when: Full-Duplex-Bench v1.0, section 3.

Frequency = stretches that are signs of listening / seconds of the input.

Divergence: time is cut into windows of 200 ms. P(w) is the share of the model's signs' windows that
w is one of; Q(w) the same of a reference; JSD = H((P + Q) / 2) - (H(P) + H(Q)) / 2 with logarithms
to base 2, so 0 where they are alike and 1 where they share no window; 1 for a model that gives no
sign. The public scripts compare with people's own signs in the ICC corpus (Umair et al. 2024) and
take the square root with natural logarithms. There are no people here: Q is even over the windows
within 1 s after the user's clauses end, where signs are in place (people give theirs some 0.7 s
after a clause's falling pitch: Ward and Tsukahara 2000), and 0 elsewhere. So the figure says how
well a model keeps to the places, not how much like people it is, and is not to be put beside
published ones.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tml_ros.bench.duplex.model_speech import ModelSpeech
from tml_ros.bench.duplex.sample import Span

WINDOW_S: Final = 0.2
IN_PLACE_S: Final = 1.0


def signs(speech: ModelSpeech) -> tuple[Span, ...]:
    """The stretches that take nothing over."""
    return tuple(one.span for one in speech.stretches if not one.takes_over)


def clause_ends(user: Iterable[Span]) -> tuple[float, ...]:
    """When the user's speech stops."""
    return tuple(span.end_s for span in user)


def divergence(said: Iterable[Span], ends: Iterable[float], seconds: float) -> float:
    """JSD of signs to the reference, 0..1. 1 where either is empty."""
    reference = shares((Span(end, end + IN_PLACE_S) for end in ends), seconds)
    return jsd(shares(said, seconds), reference)


def shares(spans: Iterable[Span], seconds: float) -> NDArray[np.float64]:
    """Of each window, float64 [n], sum 1: those that spans lie in are even; 0 where there is none.

    A window counts where at least half of it, or all of the span, is covered.
    """
    count = math.ceil(round(seconds / WINDOW_S, 6))
    touched = np.zeros(count)
    for span in spans:
        for window in range(count):
            low, high = window * WINDOW_S, (window + 1) * WINDOW_S
            covered = min(high, span.end_s) - max(low, span.start_s)
            if covered >= min(WINDOW_S / 2, span.seconds) - 1e-9 and covered > 0:
                touched[window] = 1.0
    total = touched.sum()
    return touched / total if total else touched


def jsd(p: NDArray[np.float64], q: NDArray[np.float64]) -> float:
    """Jensen-Shannon divergence to base 2 of two distributions; 1 where one is empty."""
    if not p.any() or not q.any():
        return 1.0
    middle = (p + q) / 2
    return max(0.0, _entropy(middle) - (_entropy(p) + _entropy(q)) / 2)


def _entropy(p: NDArray[np.float64]) -> float:
    some = p[p > 0]
    return float(-(some * np.log2(some)).sum())
