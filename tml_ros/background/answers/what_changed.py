"""What changed since a time: values that are lastingly other, new judgements, alarms, reports."""

from __future__ import annotations

from tml_ros.background.answers.asked import Asked, Draft, Steps
from tml_ros.background.answers.state_of import alarm_words
from tml_ros.background.condition import State
from tml_ros.background.contracts import Outcome
from tml_ros.background.evidence_of import of_alarm, of_event, of_shift
from tml_ros.background.facts import QuantityShift
from tml_ros.background.reasoner import Progress
from tml_ros.background.spoken import quoted
from tml_ros.background.stops import last_stop
from tml_ros.background.time_phrase import DAY_NS

MAX_SHOWN_EACH = 12


def answer(asked: Asked) -> Steps:
    """What is other than before."""
    since = asked.question.since
    since_ns = asked.now_ns - DAY_NS if since is None else since.since_ns
    draft = Draft(asked)
    shifts: list[QuantityShift] = []
    points: list[str] = []
    seen = False
    for machine in asked.machines:
        yield asked.looking(machine)
        search = last_stop(asked.facts, machine, since_ns)
        for quantity in asked.facts.quantities(machine):
            if search.stop is None or quantity != search.quantity:
                shift = asked.facts.shift(machine, quantity, since_ns)
                shifts += [] if shift is None else [shift]
                yield Progress()
        points += _judged(draft, machine, since_ns)
        if search.stop is not None:
            name, at = asked.name(machine), asked.at(search.stop.stamp_ns)
            points.append(asked(f"{name} stopped {at}", f"{name} blieb {at} stehen"))
        seen = seen or _anything(asked, machine, since_ns)
        for event in asked.facts.events(machine, since_ns)[-MAX_SHOWN_EACH:]:
            if event.level != "ok":
                line = f"- {asked.shown_at(event.stamp_ns)}: {quoted(event.text)}"
                draft.show(line, line, of_event(event))
    named = asked.question.machine
    alarms = [
        note
        for note in asked.facts.alarms(since_ns, machine=named)
        if note.event in ("raised", "") and not note.normal
    ]
    for note in alarms[-MAX_SHOWN_EACH:]:
        line = f"- {asked.shown_at(note.stamp_ns)}: {alarm_words(asked, note)}"
        draft.show(line, line, of_alarm(note))
    span = asked.since(since_ns)
    if not seen and not alarms and not points:
        names = asked.names(asked.machines, most=3)
        draft.say(
            f"{span} I have no data about {names}.",
            f"{span} habe ich keine Daten über {names}.",
        )
        yield draft.conclude(Outcome.NO_DATA, 1.0)
        return
    shifts.sort(key=lambda one: -one.shift.clear)
    points += [_shifted(draft, one) for one in shifts[:MAX_SHOWN_EACH]]
    if alarms:
        last = alarm_words(asked, alarms[-1])
        points.append(
            asked(
                f"{last}" if len(alarms) == 1 else f"{len(alarms)} alarms, the last one {last}",
                f"{last}" if len(alarms) == 1 else f"{len(alarms)} Alarme, zuletzt {last}",
            )
        )
    if points:
        listed = "; ".join(points[:4])
        draft.say(f"{span}: {listed}.", f"{span}: {listed}.")
        if len(points) > 4:
            draft.say(f"And {len(points) - 4} more.", f"Und {len(points) - 4} weitere.")
    else:
        draft.say(
            f"{span} I see no clear change.",
            f"{span} sehe ich keine deutliche Änderung.",
        )
    yield draft.conclude(Outcome.ANSWERED, 0.8 if points else 0.7)


def _judged(draft: Draft, machine: str, since_ns: int) -> list[str]:
    asked, points = draft.asked, []
    for condition in asked.facts.judged(machine, since_ns):
        draft.show_condition(condition)
        if condition.state in (State.FAULT, State.WATCH):
            points.append(f"{asked.name(machine)}: {asked.trouble(condition)}")
    return points[-2:]


def _shifted(draft: Draft, one: QuantityShift) -> str:
    asked, shift = draft.asked, one.shift
    name = f"{asked.name(one.quantity)} {asked('of', 'von')} {asked.name(one.machine)}"
    before, after = asked.value(shift.before, one.unit), asked.value(shift.after, one.unit)
    words = asked(f"{name} from {before} to {after}", f"{name} von {before} auf {after}")
    line = f"- {words}, {asked('since about', 'etwa seit')} {asked.shown_at(shift.stamp_ns)}"
    draft.show(line, line, of_shift(one))
    return words


def _anything(asked: Asked, machine: str, since_ns: int) -> bool:
    return any(one.stamp_ns >= since_ns for one in asked.facts.readings(machine))
