"""Watches every quantity of every machine for changes of level and for sensors that fail.

Knows nothing of how a watch decides, or of limits. Readings are taken in as they come, at most one
a second of each quantity; what was learned is kept every ten minutes and at the end. A sensor
counts as silent only while its machine tells something else: one that is switched off has no fault.
Bounded memory: 500 quantities of 30 kB. One thread owns it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from tml_ros.background.condition import Condition, State
from tml_ros.background.learned_store import Arrays, Facts, LearnedStore
from tml_ros.background.reading import Reading
from tml_ros.background.trend import duration_words
from tml_ros.background.trend.sensor_condition import METHOD as SENSOR
from tml_ros.background.trend.series_watch import SeriesWatch
from tml_ros.background.trend.watch_condition import watch_condition

SECOND_NS: Final = 1_000_000_000
APART_NS: Final = SECOND_NS
SAVE_NS: Final = 600 * SECOND_NS
ELSEWHERE_NS: Final = 120 * SECOND_NS
"""A machine tells something as long as its last reading is no older."""
MOST: Final = 500
_PLAYBOOK: Final = {"shift": "level_shift"}


@dataclass(slots=True)
class _Watched:
    watch: SeriesWatch
    unit: str
    last_ns: int | None = None
    news: bool = True
    saved_ns: int | None = None
    shown: tuple[State, str, bytes] | None = None
    """Of the last judgement: state, defect and picture, which is drawn once for each."""


class ReadingWatches:
    """`observe` each reading; `judge` a quantity now and then."""

    def __init__(self, store: LearnedStore) -> None:
        """store: what is learned is kept in, and taken up from as quantities come."""
        self._store = store
        self._watched: dict[tuple[str, str], _Watched] = {}

    def observe(self, reading: Reading) -> None:
        """Take in a value. One in another unit than the first is left out."""
        one = self._of(reading)
        if one is None:
            return
        one.news = True
        if reading.unit != one.unit:
            return
        if one.last_ns is not None and 0 <= reading.stamp_ns - one.last_ns < APART_NS:
            return
        one.last_ns = reading.stamp_ns
        one.watch.add(reading.stamp_ns, reading.value)

    def judge(self, machine: str, quantity: str, now_ns: int) -> Sequence[Condition]:
        """Of the sensor and, where it can be believed, of the level; none while it is learned."""
        one = self._watched.get((machine, quantity))
        if one is None:
            return ()
        if self._tells_something_else(machine, quantity, now_ns):
            one.watch.advance(now_ns)
        if one.saved_ns is None:
            one.saved_ns = now_ns
        elif not 0 <= now_ns - one.saved_ns < SAVE_NS:
            one.saved_ns = now_ns
            self._store.save([_kept(machine, quantity, one)])
        condition = self._drawn(machine, quantity, one, now_ns)
        if condition.method == SENSOR:
            return (condition,)
        if not one.watch.screen.learned:
            return ()
        well = Condition(
            machine,
            SENSOR,
            State.NORMAL,
            now_ns,
            confidence=0.9,
            sentence=f"The sensor of {duration_words.name(quantity)} reads as it always has.",
        )
        return (well,) if condition.state is State.UNKNOWN else (well, condition)

    def has_news(self, machine: str, quantity: str) -> bool:
        """Whether readings came since this was asked last."""
        one = self._watched.get((machine, quantity))
        if one is None:
            return True
        news, one.news = one.news, False
        return news

    def save(self) -> None:
        """Keep what was learned."""
        self._store.save(_kept(*key, one) for key, one in self._watched.items())

    def _drawn(self, machine: str, quantity: str, one: _Watched, now_ns: int) -> Condition:
        def judged(*, picture: bool) -> Condition:
            return watch_condition(
                one.watch,
                machine=machine,
                quantity=quantity,
                now_ns=now_ns,
                unit=one.unit,
                picture=picture,
            )

        condition = judged(picture=False)
        if condition.state in (State.NORMAL, State.UNKNOWN):
            one.shown = None
            return condition
        if one.shown is None or one.shown[:2] != (condition.state, condition.defect):
            drawn = judged(picture=True)
            one.shown = (drawn.state, drawn.defect, drawn.picture)
        defect = _PLAYBOOK.get(condition.defect, condition.defect)
        return replace(condition, defect=defect, picture=one.shown[2])

    def _tells_something_else(self, machine: str, quantity: str, now_ns: int) -> bool:
        return any(
            name == machine
            and other != quantity
            and one.last_ns is not None
            and 0 <= now_ns - one.last_ns <= ELSEWHERE_NS
            for (name, other), one in self._watched.items()
        )

    def _of(self, reading: Reading) -> _Watched | None:
        key = (reading.machine, reading.quantity)
        one = self._watched.get(key)
        if one is None and len(self._watched) < MOST:
            watch = SeriesWatch(reading.unit)
            kept = self._store.load(_name(*key, reading.unit))
            if kept is not None:
                try:
                    watch.restore(*kept)
                except ValueError:
                    watch.reset()
            one = self._watched[key] = _Watched(watch, reading.unit)
        return one


def is_sensor_fault(conditions: Sequence[Condition]) -> bool:
    """Whether the sensor's values must not be judged."""
    return any(one.method == SENSOR and one.state is State.FAULT for one in conditions)


def _name(machine: str, quantity: str, unit: str) -> str:
    return f"level/{machine}/{quantity}/{unit}"


def _kept(machine: str, quantity: str, one: _Watched) -> tuple[str, Arrays, Facts]:
    return _name(machine, quantity, one.unit), one.watch.arrays(), one.watch.facts()
