"""Whether a session grows old: its step, its memory and its answers after many turns.

One session of a tiny model lives through turn after turn. Early and late it is given the same
recent input; how differently it then answers is what its age does. Of the thread that steps.

The same recent input is longer than all that the model can remember: each layer looks one window
further back than the one before. Everything that is timed by its age (speech, typed and handed-over
text) happens in it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tml_ros.bench.replay import resident_mb
from tml_ros.bench.turn_cells import LAYOUT, NoisyCell
from tml_ros.bench.turn_clock import StepTimes
from tml_ros.bench.turn_steps import Progress, TurnBenchError, untrained
from tml_ros.bench.turn_threads import threads_limited
from tml_ros.model.native_session import NativeSession
from tml_ros.model.preset import Preset
from tml_ros.turn.micro_turn import TURN_NS, MicroTurn
from tml_ros.turn.turn_output import TurnOutput

TINY = Preset.model_validate(
    {
        "name": "tiny",
        "about": "Small enough to live through hours in minutes; the parts are those of nano.",
        "sight": {
            "columns": 2,
            "rows": 1,
            "patches_per_turn": 2,
            "refresh_turns": 4,
            "background_seconds": 0.5,
            "zones": 1,
            "stem": (4, 8),
        },
        "text": {"in_per_turn": 4, "out_per_turn": 2},
        "memory": {
            "seconds": 4.0,
            "sensor_seconds": 1.0,
            "text_tokens": 24,
            "instruction_tokens": 12,
            "sinks": 2,
        },
        "transformer": {
            "width": 16,
            "layers": 1,
            "heads": 2,
            "kv_heads": 1,
            "head_width": 8,
            "hidden": 32,
        },
        "voice": {"text_width": 16, "width": 16, "layers": 1, "steps": 1, "context_tokens": 4},
    }
)
EARLY = 1_000
"""Turns after which a session counts as young, and over which times are taken."""
_SAID, _TYPED = "All clear", "Is it safe?"
_EVENT_TURNS = 500
"""From one thing that is said to the next."""
_PICTURE_TURNS = 5
"""From one picture to the next: a slow camera, so that the many turns take minutes."""


@dataclass(slots=True)
class _Moment:
    """What is known of a session at one age."""

    turns: int
    times: StepTimes
    resident: float | None
    answers: list[TurnOutput]


def measure_age(*, turns: int, progress: Progress = lambda share: None) -> dict[str, Any]:
    """Step time, resident memory and answers of one session, early and after so many turns.

    On one thread; more cost time with tensors so small.

    "beside_a_young_session": the steps of the old session and of another one, which is as old as
    the first was early, in turn; what else the machine does then hits both.
    "difference": the largest of any hazard's logit in the answers to the same recent input;
    "answers_vary_by" is how much such a logit changes within them.
    Raises TurnBenchError for fewer than 200 turns.
    """
    if turns < 200:
        raise TurnBenchError(f"a session of {turns} turns has no age: give at least 200")
    with threads_limited(1):
        return _measured(turns, progress)


def _measured(turns: int, progress: Progress) -> dict[str, Any]:
    early = min(EARLY, turns // 4)
    model = untrained(TINY)
    life = _Life(model.open_session(LAYOUT))

    def live(until: int) -> StepTimes:
        times = StepTimes()
        while life.turns < until:
            life.step(times)
            if life.turns % 64 == 0:
                progress(life.turns / turns)
        return times

    live(early)
    young = _moment(life, live(2 * early))
    live(turns - early)
    old = _moment(life, live(turns))
    beside = _beside(life, _Life(model.open_session(LAYOUT)), early)
    return {
        "turns": turns,
        "parameters": sum(weight.numel() for weight in model.net.parameters()),
        "recent_turns": len(life.recent),
        "young": _told(young),
        "old": _told(old),
        "beside_a_young_session": beside,
        "resident_growth_mb": (
            None
            if old.resident is None or young.resident is None
            else old.resident - young.resident
        ),
        "difference": float(np.abs(_logits(young.answers) - _logits(old.answers)).max()),
        "answers_vary_by": float(np.ptp(_logits(young.answers), axis=0).max()),
        "same_floor_and_text": _said(young.answers) == _said(old.answers),
    }


class _Life:
    """Turn after turn of one session, with something said, typed and told now and then."""

    def __init__(self, session: NativeSession) -> None:
        self._session = session
        self._cell = NoisyCell(TINY.sight)
        self.turns = 0
        recent = NoisyCell(TINY.sight, seed=1)
        span = (TINY.transformer.layers + 1) * TINY.memory.turns
        self.recent = [recent.turn(at, pictures=_has_picture(at)) for at in range(span)]

    def step(self, times: StepTimes) -> None:
        """One turn of the long life."""
        turn = self._cell.turn(self.turns, pictures=_has_picture(self.turns))
        if self.turns % _EVENT_TURNS == 0:
            self._session.inject(f"{_SAID} {self.turns}", how="spoken", urgent=True)
        with times.step():
            self._session.step(turn)
        self.turns += 1

    def answers(self) -> list[TurnOutput]:
        """What the session says of the recent input's last window, however old it is."""
        answers = []
        for turn in self.recent:
            texts = (_TYPED,) if turn.index == 0 else ()
            if turn.index == len(self.recent) // 2:
                self._session.inject(_SAID, how="spoken", urgent=True)
            answers.append(self._session.step(_at(turn, self.turns, texts)))
            self.turns += 1
        return answers[-TINY.memory.turns :]


def _at(turn: MicroTurn, index: int, texts: tuple[str, ...]) -> MicroTurn:
    """The same turn at another time of the session."""
    later_ns = index * TURN_NS - turn.start_ns
    frames = {
        name: replace(seen, frame=replace(seen.frame, stamp_ns=seen.frame.stamp_ns + later_ns))
        for name, seen in turn.frames.items()
    }
    return replace(turn, index=index, start_ns=index * TURN_NS, frames=frames, texts=texts)


def _moment(life: _Life, times: StepTimes) -> _Moment:
    return _Moment(life.turns, times, resident_mb(), life.answers())


def _beside(old: _Life, young: _Life, early: int) -> dict[str, Any]:
    for _ in range(early):
        young.step(StepTimes())
    times = {"old": StepTimes(), "young": StepTimes()}
    for _ in range(early):
        old.step(times["old"])
        young.step(times["young"])
    return {
        **{f"{name}_step_ms": one.as_dict() for name, one in times.items()},
        "ratio": times["old"].p50_ms / times["young"].p50_ms,
    }


def _told(moment: _Moment) -> dict[str, Any]:
    return {
        "after_turns": moment.turns,
        "step_ms": moment.times.as_dict(),
        "resident_mb": moment.resident,
    }


def _logits(answers: list[TurnOutput]) -> NDArray[np.float64]:
    """Float64 [turns, hazards]: untrained scores are all small, their logits are not."""
    scores = np.array([[hazard.score for hazard in answer.hazards] for answer in answers])
    return np.log(scores) - np.log1p(-scores)


def _said(answers: list[TurnOutput]) -> list[tuple[str, str]]:
    return [(answer.floor.value, answer.text) for answer in answers]


def _has_picture(index: int) -> bool:
    return index % _PICTURE_TURNS == 0
