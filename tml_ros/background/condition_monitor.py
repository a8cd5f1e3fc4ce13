"""When machines are judged, and which changes of their state are worth a word.

Knows nothing of the methods: `analysis` judges a waveform, `trends` the readings of a quantity. One
thread owns it. A step judges one waveform or one quantity, so that none takes long.

A state is told once. It counts as worse after `CONFIRM` judgements in a row agree that it is, as
normal again after `RECOVER`; between watch and fault it does not go back and forth. What cannot be
judged ("unknown") neither confirms nor takes back. What was told is on record: a restart does not
tell it again, and one that came before it was heard tells it under the same id.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from tml_ros.background.condition import Condition, State
from tml_ros.background.reading import Reading, Waveform
from tml_ros.background.watch_store import WatchStore

SECOND_NS: Final = 1_000_000_000
WAVEFORM_PERIOD_NS: Final = 5 * SECOND_NS
READING_PERIOD_NS: Final = 60 * SECOND_NS
SILENT_PERIOD_NS: Final = 600 * SECOND_NS
"""A quantity of which nothing comes is judged so often: that, too, may be a fault."""
CONFIRM: Final = 2
RECOVER: Final = 3
MAX_LANES: Final = 2_000
_RANK: Final = {State.NORMAL: 0, State.WATCH: 1, State.FAULT: 2}

Analysis = Callable[[Waveform], Sequence[Condition]]
Trends = Callable[[str, str, int], Sequence[Condition]]
"""Judges a machine's quantity at a time, by its history."""
Keep = Callable[[Condition, str], None]
"""Takes every judgement and the part (sensor or quantity) that it is about."""


@dataclass(frozen=True, slots=True)
class Change:
    """A machine's state became worse, or normal again.

    id: the same whenever it is told. before: what was told last. part: sensor or quantity.
    """

    id: str
    condition: Condition
    part: str
    before: State

    @property
    def worse(self) -> bool:
        """Whether it is news of something wrong."""
        return self.condition.state is not State.NORMAL


@dataclass(slots=True)
class _Lane:
    """One part of a machine that is judged now and then."""

    waveform: Waveform | None = None
    judged_ns: int | None = None
    fresh: bool = True


@dataclass(slots=True)
class _Told:
    """What was told of one method's judgements, and what speaks for telling more."""

    state: State = State.NORMAL
    worse: list[State] = field(default_factory=list)
    normal: int = 0


class ConditionMonitor:
    """Judges by turns and tells of changes.

    untold: changes that a process before this one did not get out, by id, as JSON.
    """

    def __init__(
        self, store: WatchStore, *, analysis: Analysis, trends: Trends, keep: Keep
    ) -> None:
        """Take up what was told before."""
        self._store = store
        self._analysis = analysis
        self._trends = trends
        self._keep = keep
        self._lanes: dict[tuple[str, str, bool], _Lane] = {}
        self._told = {
            name: _Told(State(json.loads(body))) for name, body in store.waiting().items()
        }
        self._faults = 0
        self._last_fault = ""

    @property
    def faults(self) -> tuple[int, str]:
        """How often a method raised, and what the last one said."""
        return self._faults, self._last_fault

    def observe_waveform(self, waveform: Waveform) -> None:
        """A block of vibration or sound came; the newest of a sensor is judged."""
        lane = self._lane(waveform.machine, waveform.sensor, sound=True)
        if lane is not None:
            lane.waveform, lane.fresh = waveform, True

    def observe_reading(self, reading: Reading) -> None:
        """A value came."""
        lane = self._lane(reading.machine, reading.quantity, sound=False)
        if lane is not None:
            lane.fresh = True

    def pending(self, now_ns: int) -> bool:
        """Whether something is to be judged now."""
        return self._next(now_ns) is not None

    def step(self, now_ns: int) -> list[Change]:
        """Judge one part that is due, if there is one; which changes that makes."""
        chosen = self._next(now_ns)
        if chosen is None:
            return []
        (machine, part, is_waveform), lane = chosen
        lane.judged_ns, lane.fresh = now_ns, False
        waveform = lane.waveform
        try:
            if is_waveform:
                judged = self._analysis(waveform) if waveform is not None else ()
            else:
                judged = self._trends(machine, part, now_ns)
        except Exception as error:
            self._faults += 1
            self._last_fault = f"{machine}/{part}: {type(error).__name__}: {error}"
            return []
        changes = []
        for condition in judged:
            self._keep(condition, part)
            change = self._weigh(condition, part, now_ns)
            if change is not None:
                changes.append(change)
        return changes

    def note(self, change: Change, body: str) -> None:
        """Put on record that a change is being told, with what is said of it."""
        name = _name(change.condition, change.part)
        self._store.fire(name, json.dumps(change.condition.state.value), change.id, body)

    def untold(self) -> Mapping[str, str]:
        """What was being told and did not get out for certain, by id."""
        return self._store.due()

    def told(self, change_id: str) -> None:
        """It is out."""
        self._store.said(change_id)

    def _lane(self, machine: str, part: str, *, sound: bool) -> _Lane | None:
        key = (machine, part, sound)
        if key not in self._lanes:
            if len(self._lanes) >= MAX_LANES:
                return None
            self._lanes[key] = _Lane()
        return self._lanes[key]

    def _next(self, now_ns: int) -> tuple[tuple[str, str, bool], _Lane] | None:
        """Of those whose time has come, the one judged longest ago; waveforms only when new."""
        best = None
        for key, lane in self._lanes.items():
            if key[2] and not lane.fresh:
                continue
            if lane.judged_ns is None:
                return key, lane
            period_ns = WAVEFORM_PERIOD_NS if key[2] else READING_PERIOD_NS
            if not lane.fresh:
                period_ns = SILENT_PERIOD_NS
            # A clock that went back makes nothing wait for its return.
            waited = now_ns - lane.judged_ns
            if (waited >= period_ns or waited < 0) and (
                best is None or lane.judged_ns < (best[1].judged_ns or 0)
            ):
                best = key, lane
        return best

    def _weigh(self, condition: Condition, part: str, now_ns: int) -> Change | None:
        if condition.state is State.UNKNOWN:
            return None
        name = _name(condition, part)
        told = self._told.setdefault(name, _Told())
        if condition.state is State.NORMAL:
            told.worse.clear()
            told.normal += 1
            if told.state is State.NORMAL or told.normal < RECOVER:
                return None
        else:
            told.normal = 0
            told.worse = [*told.worse, condition.state][-CONFIRM:]
            if len(told.worse) < CONFIRM or min(map(_rank, told.worse)) <= _rank(told.state):
                return None
            agreed = min(told.worse, key=_rank)
            condition = replace(condition, state=agreed)
        before, told.state = told.state, condition.state
        told.worse.clear()
        return Change(change_id(condition, part, now_ns), condition, part, before)


def change_id(condition: Condition, part: str, now_ns: int) -> str:
    """A finding's id for a change of state."""
    words = re.sub(r"[^A-Za-z0-9_\-]", "-", f"{condition.machine}-{part}-{condition.method}")
    return f"noticed.{words[:60]}.{now_ns}"


def _name(condition: Condition, part: str) -> str:
    return f"{condition.machine}/{part}/{condition.method}"


def _rank(state: State) -> int:
    return _RANK[state]
