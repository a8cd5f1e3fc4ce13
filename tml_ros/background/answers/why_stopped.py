"""Why did it stop: when it stopped, and what came shortly before.

What comes before is not always the cause, and the answer says so: it names what is likeliest by
how grave it is and how close, and shows all of it in order of time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tml_ros.background.alarm_note import AlarmNote
from tml_ros.background.answers.asked import Asked, Draft, Steps
from tml_ros.background.answers.state_of import alarm_words
from tml_ros.background.condition import State
from tml_ros.background.contracts import Evidence, Outcome
from tml_ros.background.evidence_of import of_alarm, of_condition, of_event, of_reading
from tml_ros.background.reading import Reading
from tml_ros.background.reasoner import Conclusion
from tml_ros.background.spoken import plain_speech, quoted
from tml_ros.background.stops import StopSearch, last_stop
from tml_ros.background.time_phrase import DAY_NS, SECOND_NS

BEFORE_NS = 1_800 * SECOND_NS
"""How long before the stop causes are looked for."""
JUST_AFTER_NS = 5 * SECOND_NS
"""Controllers report what happened a little after it happened."""
NEAR_NS = 120 * SECOND_NS
JUMP = 6.0
WORTH_SAYING = 0.5
MAX_CAUSES = 12
_STOP_WORDS = ("stop", "halt", "trip", "shut", "fault", "abort", "emergency", "not-aus", "stör")


@dataclass(frozen=True, slots=True)
class Before:
    """Something that came before a stop. weight: 0..1, how far it may explain it."""

    stamp_ns: int
    weight: float
    english: str
    german: str
    proof: Evidence


def answer(asked: Asked) -> Steps:
    """When it stopped and what came before."""
    since = asked.question.since
    since_ns = asked.now_ns - DAY_NS if since is None else since.since_ns
    found: dict[str, StopSearch] = {}
    for machine in asked.machines:
        yield asked.looking(machine)
        found[machine] = last_stop(asked.facts, machine, since_ns)
    stopped = {name: search for name, search in found.items() if search.stop is not None}
    draft = Draft(asked)
    if stopped:
        newest = max(stopped, key=lambda name: _stamp(stopped[name]))
        yield asked.looking(newest)
        yield _explained(draft, newest, stopped[newest])
        return
    told = _told_stop(asked, since_ns)
    if told is not None:
        machine, stamp_ns, proof = told
        name, at, words = asked.name(machine), asked.at(stamp_ns), plain_speech(proof.text)[:200]
        draft.say(f"{name} reported {at}: {words}.", f"{name} meldete {at}: {words}.")
        draft.show(f"- {quoted(words)}", f"- {quoted(words)}", proof)
        causes = _show_causes(draft, machine, stamp_ns, "")
        _say_cause(draft, causes, stamp_ns)
        yield draft.conclude(Outcome.ANSWERED, 0.6)
        return
    yield _no_stop(draft, found, since_ns)


def _stamp(search: StopSearch) -> int:
    return 0 if search.stop is None else search.stop.stamp_ns


def _explained(draft: Draft, machine: str, search: StopSearch) -> Conclusion:
    asked, stop = draft.asked, search.stop
    assert stop is not None  # noqa: S101 - only those with a stop come here
    name, at = asked.name(machine), asked.at(stop.stamp_ns)
    quantity = asked.name(search.quantity)
    reading = Reading(machine, search.quantity, stop.after, search.unit, stop.stamp_ns)
    again = ""
    if stop.again_ns is not None:
        again = asked(
            f", and runs again since {asked.at(stop.again_ns)}",
            f", und läuft wieder: {asked.at(stop.again_ns)}",
        )
    draft.say(f"{name} stopped {at}{again}.", f"{name} blieb {at} stehen{again}.")
    line = asked(
        f"**{name}** stopped between {asked.shown_at(stop.before_ns)} and "
        f"{asked.shown_at(stop.stamp_ns)}: {quantity} from {asked.value(stop.before, search.unit)}"
        f" to {asked.value(stop.after, search.unit)}",
        f"**{name}** blieb stehen zwischen {asked.shown_at(stop.before_ns)} und "
        f"{asked.shown_at(stop.stamp_ns)}: {quantity} von "
        f"{asked.value(stop.before, search.unit)} auf {asked.value(stop.after, search.unit)}",
    )
    draft.show(line, line, of_reading(reading))
    causes = _show_causes(draft, machine, stop.stamp_ns, search.quantity)
    strength = _say_cause(draft, causes, stop.stamp_ns)
    return draft.conclude(Outcome.ANSWERED, strength)


def _show_causes(draft: Draft, machine: str, stop_ns: int, running: str) -> list[Before]:
    asked = draft.asked
    causes = sorted(
        _causes(asked, machine, stop_ns, running), key=lambda one: -_explains(one, stop_ns)
    )[:MAX_CAUSES]
    if causes:
        draft.show("\nBefore that, in order of time:", "\nDavor, der Zeit nach:")
    for cause in sorted(causes, key=lambda one: one.stamp_ns):
        at = asked.shown_at(cause.stamp_ns)
        draft.show(
            f"- {at}: {quoted(cause.english)}", f"- {at}: {quoted(cause.german)}", cause.proof
        )
    return causes


def _say_cause(draft: Draft, causes: list[Before], stop_ns: int) -> float:
    """Say the likeliest cause; how sure that is, 0..1."""
    asked = draft.asked
    if not causes:
        draft.say(
            "In what I have, nothing before it explains why.",
            "In meinen Daten erklärt nichts davor, warum.",
        )
        return 0.35
    best = causes[0]
    told = [one for one in causes[:2] if one is best or _explains(one, stop_ns) >= WORTH_SAYING]
    told.sort(key=lambda one: one.stamp_ns)
    for one in told:
        when = _when(asked, stop_ns - one.stamp_ns)
        draft.say(f"{when}: {one.english}.", f"{when}: {one.german}.")
    draft.say(
        "That may be the cause; I cannot prove it.",
        "Das kann die Ursache sein, beweisen kann ich es nicht.",
    )
    return min(0.8, _explains(best, stop_ns))


def _when(asked: Asked, gap_ns: int) -> str:
    """How long before the stop."""
    if gap_ns < 5 * SECOND_NS:
        return asked("at that time", "zur selben Zeit")
    span = asked.span(gap_ns)
    return asked(f"{span} before", f"{span} davor")


def _explains(one: Before, stop_ns: int) -> float:
    """Its weight, less the longer before the stop it came."""
    gap_ns = max(0, stop_ns - one.stamp_ns)
    if gap_ns <= NEAR_NS:
        return one.weight
    return one.weight * (1 - 0.6 * (gap_ns - NEAR_NS) / (BEFORE_NS - NEAR_NS))


def _causes(asked: Asked, machine: str, stop_ns: int, running: str) -> Iterator[Before]:
    begin_ns, end_ns = max(0, stop_ns - BEFORE_NS), stop_ns + JUST_AFTER_NS
    facts = asked.facts
    for event in facts.events(machine, begin_ns, end_ns):
        if event.level == "ok":
            continue
        said = plain_speech(event.text)[:160]
        grave = event.level == "error" or any(word in said.lower() for word in _STOP_WORDS)
        yield Before(
            event.stamp_ns,
            0.9 if grave else 0.5,
            f"it reported {said!r}",
            f"Meldung {said!r}",
            of_event(event),
        )
    for note in facts.alarms(begin_ns, end_ns):
        if note.event in ("raised", "realarmed", "") and not note.normal:
            words, weight = alarm_words(asked, note), _alarm_weight(asked, note, machine)
            yield Before(note.stamp_ns, weight, words, words, of_alarm(note))
    for condition in facts.judged(machine, begin_ns, end_ns):
        if condition.state in (State.FAULT, State.WATCH):
            weight = 0.7 if condition.state is State.FAULT else 0.4
            words = asked.trouble(condition)
            yield Before(condition.stamp_ns, weight, words, words, of_condition(condition))
    for quantity in facts.quantities(machine):
        if quantity != running:
            yield from _readings(asked, machine, quantity, begin_ns, stop_ns)


def _alarm_weight(asked: Asked, note: AlarmNote, machine: str) -> float:
    own = note.zone == machine or note.zone in asked.facts.machine(machine).zones
    return 0.75 if own else 0.4


def _readings(
    asked: Asked, machine: str, quantity: str, begin_ns: int, stop_ns: int
) -> Iterator[Before]:
    """A limit that was passed before the stop, or a jump just before it."""
    series = asked.facts.series(machine, quantity, begin_ns, stop_ns)
    if not len(series):
        return
    limits = asked.facts.limits(machine, quantity)
    name = asked.name(quantity)
    for stamp, low, high in zip(series.stamps_ns, series.low, series.high, strict=True):
        value = float(high) if limits.passed(float(high)) is not None else float(low)
        limit = limits.passed(value)
        if limit is not None:
            reading = Reading(machine, quantity, value, series.unit, int(stamp))
            said = asked.value(limit, series.unit)
            yield Before(
                int(stamp),
                0.8,
                f"{name} passed its limit of {said}",
                f"{name} überschritt die Grenze von {said}",
                of_reading(reading, limit=limit),
            )
            return
    late = series.stamps_ns > stop_ns - NEAR_NS
    usual, now = series.mean[~late], series.mean[late]
    if len(usual) < 5 or not len(now):
        return
    middle = float(np.median(usual))
    spread = 1.4826 * float(np.median(np.abs(usual - middle)))
    off = np.abs(now - middle)
    if off.max() < max(JUMP * spread, 0.1 * abs(middle)) or off.max() == 0:
        return
    first = int(np.flatnonzero(off >= 0.5 * off.max())[0])
    reading = Reading(
        machine,
        quantity,
        float(now[int(off.argmax())]),
        series.unit,
        int(series.stamps_ns[late][first]),
    )
    before, after = asked.value(middle, series.unit), asked.value(reading.value, series.unit)
    yield Before(
        reading.stamp_ns,
        0.55,
        f"{name} went from {before} to {after}",
        f"{name} ging von {before} auf {after}",
        of_reading(reading),
    )


def _told_stop(asked: Asked, since_ns: int) -> tuple[str, int, Evidence] | None:
    """The newest report of a machine that says by itself that it stopped."""
    found = [
        (event.stamp_ns, machine, of_event(event))
        for machine in asked.machines
        for event in asked.facts.events(machine, since_ns)
        if event.level != "ok" and any(word in event.text.lower() for word in _STOP_WORDS)
    ]
    if not found:
        return None
    stamp_ns, machine, proof = max(found, key=lambda one: one[0])
    return machine, stamp_ns, proof


def _no_stop(draft: Draft, found: dict[str, StopSearch], since_ns: int) -> Conclusion:
    asked = draft.asked
    names = asked.names(list(found), most=3)
    told = {name: search for name, search in found.items() if search.value_ns}
    if not told:
        draft.say(
            f"Nothing I have tells whether {names} runs: no speed, current or running state.",
            f"Nichts sagt mir, ob {names} läuft: weder Drehzahl noch Strom noch Laufzustand.",
        )
        return draft.conclude(Outcome.NO_DATA, 1.0)
    span = asked.since(since_ns)
    draft.say(
        f"{span} I see no stop of {names}.",
        f"{span} sehe ich keinen Halt von {names}.",
    )
    for name, search in list(told.items())[:3]:
        machine, quantity = asked.name(name), asked.name(search.quantity)
        value, ago = asked.value(search.value, search.unit), asked.ago(search.value_ns)
        state = asked("It runs", "Sie läuft") if search.runs else asked("It stands", "Sie steht")
        if search.runs is None:
            state = asked("Whether it runs now I cannot tell", "Ob sie läuft, weiß ich nicht")
        line = f"{machine}: {quantity} {value}, {ago}"
        draft.say(f"{state}: {line}.", f"{state}: {line}.")
        reading = Reading(name, search.quantity, search.value, search.unit, search.value_ns)
        draft.show(f"- {line}", f"- {line}", of_reading(reading))
    return draft.conclude(Outcome.NO_DATA, 0.8)
