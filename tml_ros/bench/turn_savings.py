"""What leaving out unchanged patches saves on pictures of a real and of a simulated cell.

Of the thread that steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tml_ros.bench.turn_cells import Talk, leaning
from tml_ros.bench.turn_clock import StepTimes
from tml_ros.bench.turn_steps import Progress
from tml_ros.model.interaction_net import fresh_net
from tml_ros.model.native_model import NativeModel
from tml_ros.model.native_session import NativeSession
from tml_ros.model.preset import Preset
from tml_ros.model.ticker import Stepping
from tml_ros.model.tokenizer import load_tokenizer
from tml_ros.turn.micro_turn import MicroTurn


def measure_savings(
    preset: Preset,
    clip: Sequence[MicroTurn],
    *,
    turns: int,
    progress: Progress = lambda share: None,
) -> dict[str, Any]:
    """Tokens and milliseconds per turn with every patch and without the unchanged ones.

    The session listens. The clip is gone through as often as it takes for so many turns, from an
    empty memory each time, with both in turn. "saved": shares of 1. Where the clip is absent:
    "skipped", with the reason.
    """
    net, tokenizer = fresh_net(preset), load_tokenizer()
    arms = {
        name: _Arm(NativeModel(net, tokenizer, name=preset.name, sparse=sparse))
        for name, sparse in (("every_patch", False), ("changed_patches", True))
    }
    rounds = max(1, -(-turns // len(clip)))
    with leaning(net, Talk.LISTENING):
        for number in range(rounds):
            for arm in arms.values():
                arm.go_through(clip)
            progress((number + 1) / rounds)
    found: dict[str, Any] = {name: arm.as_dict() for name, arm in arms.items()}
    every, changed = found["every_patch"], found["changed_patches"]
    saved: dict[str, Any] = {
        key: 1 - changed[key] / every[key] for key in ("tokens_per_turn", "patches_per_turn")
    }
    saved["ms"] = {key: 1 - changed["ms"][key] / every["ms"][key] for key in ("p50", "cpu_p50")}
    return {"clip_turns": len(clip), "turns": rounds * len(clip), **found, "saved_share": saved}


class _Arm:
    """One way to look at a clip, and what it cost so far."""

    def __init__(self, model: NativeModel) -> None:
        self._session: NativeSession = model.open_session()
        self._times = StepTimes()
        self._tokens = 0
        self._patches = 0
        self._counted(self._session)

    def go_through(self, clip: Sequence[MicroTurn]) -> None:
        """Step every turn."""
        self._session.reset()
        for turn in clip:
            with self._times.step():
                self._session.step(turn)

    def as_dict(self) -> dict[str, Any]:
        """Means of a turn, and its times."""
        return {
            "tokens_per_turn": self._tokens / len(self._times),
            "patches_per_turn": self._patches / len(self._times),
            "ms": self._times.in_short(),
        }

    def _counted(self, session: NativeSession) -> None:
        plain = session.take_in

        def take_in(turn: MicroTurn) -> Stepping:
            stepping = plain(turn)
            self._tokens += len(stepping.tokens)
            self._patches += len(stepping.tokens.sensors.rgb)
            return stepping

        # On the instance, where it hides the class's method.
        session.take_in = take_in  # type: ignore[method-assign]
