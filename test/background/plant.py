"""A small plant for tests of answers: two presses and a pump with a day of readings in memory."""

from __future__ import annotations

from datetime import timezone
from functools import cache
from random import Random
from typing import Any

from tml_ros.background.alarm_note import AlarmNote
from tml_ros.background.condition import Condition, State
from tml_ros.background.contracts import Context, Delegation, Finding, Utterance
from tml_ros.background.history import History
from tml_ros.background.machine import Limits, Machine
from tml_ros.background.planner import Planner
from tml_ros.background.playbook_file import load_playbook
from tml_ros.background.reading import Reading
from tml_ros.background.reasoner import Conclusion, Progress, Reasoner
from tml_ros.background.record import Record
from tml_ros.background.tools import Tools

S = 1_000_000_000
MIN = 60 * S
HOUR = 60 * MIN
DAY = 24 * HOUR
NOW = 1_795_000_000 * S
"""2026-11-18, 11:06:40 UTC."""

MACHINES = {
    "press_1": Machine("press_1", "press", ("big press",), ("press_area",)),
    "press_2": Machine(
        "press_2",
        "press",
        (),
        ("cage",),
        {"oil_temperature": Limits(high=80.0), "hydraulic_pressure": Limits(low=100e5)},
    ),
    "feed_pump": Machine("feed_pump", "pump", ("Speisepumpe",), (), {"pressure": Limits(2e5)}),
}


def fill(
    history: History, machine: str, quantity: str, unit: str, value: Any, *,
    since: int = NOW - DAY, until: int = NOW, step: int = 2 * MIN,
) -> None:  # fmt: skip
    """Readings of one quantity; value: a number, or a function of the stamp."""
    told = value if callable(value) else lambda _: value
    history.extend(
        Reading(machine, quantity, float(told(stamp)), unit, stamp)
        for stamp in range(since, until + 1, step)
    )


def wobble(stamp: int) -> float:
    """Noise between -1 and 1, for a stamp always the same."""
    return Random(stamp).uniform(-1, 1)


def quiet_plant(**changes: Any) -> Tools:
    """Everything runs as usual."""
    return tools_of(_quiet_history(), **changes)


@cache
def _quiet_history() -> History:
    history = History(None)
    fill(history, "press_1", "speed", "rpm", lambda t: 1480 + 5 * wobble(t))
    fill(history, "press_2", "speed", "rpm", lambda t: 1480 + 5 * wobble(t))
    fill(history, "press_2", "oil_temperature", "degC", lambda t: 61 + wobble(t))
    fill(history, "press_2", "hydraulic_pressure", "Pa", lambda t: 180e5 + 1e5 * wobble(t))
    fill(history, "feed_pump", "pressure", "Pa", lambda t: 6e5 + 1e4 * wobble(t))
    return history


def tools_of(history: History, **changes: Any) -> Tools:
    """Tools over a history, with the shipped playbooks and an empty record."""
    chosen = {
        "record": Record(),
        "machines": MACHINES,
        "playbooks": {one: load_playbook(language=one) for one in ("en", "de")},
        "zone": timezone.utc,
        **changes,
    }
    return Tools(history, **chosen)


def damage(machine: str = "press_2", stamp_ns: int = NOW - 5 * MIN, **changes: Any) -> Condition:
    """An inner race that is damaged."""
    chosen = {
        "method": "bearing_envelope",
        "state": State.FAULT,
        "defect": "inner_race",
        "confidence": 0.86,
        "grade": 35,
        "sentence": "Peaks at 162.2 Hz and two harmonics with sidebands of shaft speed.",
        **changes,
    }
    return Condition(machine=machine, stamp_ns=stamp_ns, **chosen)


def alarm(kind: str, zone: str, *, stamp_ns: int = NOW - MIN, state: str = "") -> AlarmNote:
    """An alarm that was raised and is active."""
    return AlarmNote(kind, zone, state or "active_unacknowledged", stamp_ns, "raised", "high")


def ask(
    question: str, tools: Tools, *, reasoner: Reasoner | None = None, now_ns: int = NOW,
    **changes: Any,
) -> Conclusion:  # fmt: skip
    """Ask and take the conclusion, which must be the last step and the only one."""
    *before, end = (reasoner or Planner()).work(
        delegation(question, **changes), tools, now_ns=now_ns
    )
    assert all(isinstance(step, Progress) for step in before)
    assert isinstance(end, Conclusion)
    finding(end, question)
    return end


def finding(end: Conclusion, question: str = "") -> Finding:
    """The conclusion as it is published, which the contract must allow."""
    return end.finding(delegation(question), finding_id="f.1", stamp_ns=NOW)


def delegation(question: str, *, earlier: tuple[str, ...] = (), **changes: Any) -> Delegation:
    """A question, with what was said before it."""
    said = tuple(
        Utterance(who="worker", text=text, stamp_ns=NOW - 60 * S + i)
        for i, text in enumerate(earlier)
    )
    context = changes.pop("context", Context(conversation=said))
    return Delegation(id="q.1", question=question, context=context, **changes)
