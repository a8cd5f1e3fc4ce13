"""Which patches to send in a turn: what has changed, and the rest often enough not to be forgotten.

Knows nothing of pixels: it is told by how much each patch differs from its version last sent.
Owned by the thread that steps the session. Deterministic; memory is fixed.

That no patch waits too long although the budget is small is the earliest-deadline-first argument of
Liu and Layland (1973): as long as, for every k, at most k turns' worth of patches must be sent
within k turns, everything can be in time, and sending the most urgent ones that break this keeps
it so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tml_ros.model.effort import FULL, Effort
from tml_ros.model.saved_facts import LARGEST, Facts, SavedFacts
from tml_ros.model.session_arrays import put

_LONGEST = 1 << 30
"""Waiting is counted up to here."""


class PatchChoice:
    """Chooses among the patches of all cameras, by slot.

    Every patch is sent within `refresh_turns` frames of its camera, so within as many turns where
    the camera gives a frame in each; this holds for cameras * patches <= budget * refresh_turns,
    which a preset guarantees. Of slower cameras patches are sent within that many turns as far as
    there is room. A still scene sends an even share of its patches in each turn.
    """

    def __init__(
        self,
        *,
        cameras: int,
        patches: int,
        budget: int,
        refresh_turns: int,
        changed_levels: float,
        sparse: bool,
    ) -> None:
        """patches: of one camera. budget: most patches in a turn, over all cameras.

        changed_levels: what differs by more has changed. sparse: leave out what has not changed;
        otherwise every patch of every new frame is sent, up to the budget.
        """
        self._budget = budget
        self._refresh = refresh_turns
        self._levels = changed_levels
        self._sparse = sparse
        self._frames = np.zeros((cameras, patches), np.int64)
        self._turns = np.zeros((cameras, patches), np.int64)
        self._known = np.zeros((cameras, patches), np.bool_)
        self.reset()

    def reset(self) -> None:
        """Forget everything; no camera has given a frame."""
        self._frames.fill(0)
        self._turns.fill(0)
        self._known.fill(False)
        self._turn = 0

    def choose(
        self,
        changes: Mapping[int, NDArray[np.float32]],
        *,
        turn: int,
        effort: Effort = FULL,
    ) -> dict[int, NDArray[np.int64]]:
        """Patches to send of each camera that gave a frame, by slot: int64 [p], rising.

        changes: slot -> float32 [patches], by how many levels each differs from its version last
        sent; infinite where there is none, below zero where a patch shows nothing and is never to
        be sent. turn: its number; one that does not rise counts as the next. effort: less of it is
        a smaller budget, but what must be sent is sent.
        """
        self._wait(turn)
        change = np.full(self._known.shape, -1.0, np.float32)
        for slot, of_camera in changes.items():
            change[slot] = of_camera
            self._known[slot] = of_camera >= 0
        least = -(-np.count_nonzero(self._known) // self._refresh)
        budget = effort.patch_budget(least=least, most=self._budget)
        here = change >= 0
        self._frames[here] += 1
        sent = np.zeros_like(here)
        sent[here] = self._chosen(change[here], here, budget)
        waits_anew = sent | ~self._known
        self._frames[waits_anew] = 0
        self._turns[waits_anew] = 0
        return {slot: np.flatnonzero(sent[slot]) for slot in sorted(changes)}

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Since each patch was sent, the frames and the turns; which patches there are."""
        return {"frames": self._frames, "turns": self._turns, "known": self._known}

    def facts(self) -> Facts:
        """The last turn."""
        return {"turn": self._turn}

    def restore(self, arrays: Mapping[str, NDArray[Any]], facts: object) -> None:
        """Take over a saved state. Raises ValueError naming what does not fit."""
        turn = SavedFacts(facts, "patch choice", ("turn",)).whole("turn", low=-LARGEST)
        put(arrays, self.arrays())
        self._turn = turn

    def _wait(self, turn: int) -> None:
        passed = min(max(turn - self._turn, 1), _LONGEST)
        self._turn = turn
        self._turns[self._known] += passed
        np.minimum(self._turns, _LONGEST, out=self._turns)

    def _chosen(
        self, change: NDArray[np.float32], here: NDArray[np.bool_], budget: int
    ) -> NDArray[np.bool_]:
        waited = self._turns[here]
        spare = np.maximum(self._refresh - self._frames[here], 0)
        chosen = np.zeros(len(change), np.bool_)

        # A change that has waited counts for more, so that a lesser one has its turn as well.
        weight = (change + 1.0) * np.maximum(waited, 1)
        # Cameras without a frame: their patches stand as if the next one came in the next turn.
        later = np.maximum(self._refresh - self._frames[self._known & ~here], 0)
        # Reckoned with the smaller budget, what must be sent is more, and never too late for it.
        must = self._most_urgent(np.concatenate([spare, later]), budget * self._refresh)
        chosen[np.lexsort((-weight, spare))[: min(must, self._budget)]] = True

        wanted = ~chosen
        if self._sparse:
            wanted &= change > self._levels
        by_weight = np.flatnonzero(wanted)[np.argsort(-weight[wanted], kind="stable")]
        chosen[by_weight[: max(0, budget - np.count_nonzero(chosen))]] = True

        due = np.maximum(self._refresh - waited, 0)
        rest = np.flatnonzero(~chosen)
        even = self._most_urgent(due[rest], len(change))
        room = max(0, budget - np.count_nonzero(chosen))
        chosen[rest[np.argsort(due[rest], kind="stable")[: min(even, room)]]] = True
        return chosen

    def _most_urgent(self, spare: NDArray[np.int64], per_refresh: int) -> int:
        """How many must be sent now, so that later turns have no more than their share to send.

        spare: how many turns each can still wait. per_refresh: sent in `refresh_turns` turns.
        """
        within = np.bincount(spare, minlength=self._refresh)[: self._refresh].cumsum()
        # Shares in whole patches, and so that those of `refresh_turns` turns make up the whole.
        turns = self._turn % self._refresh + 1 + np.arange(self._refresh)
        shares = turns * per_refresh // self._refresh
        return max(0, int((within - shares + shares[0]).max()))
