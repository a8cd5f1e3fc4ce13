"""How is it: what is open at one machine, or which of several need a look.

Never says that a machine is in order, only that nothing unusual is seen in what there is.
"""

from __future__ import annotations

from tml_ros.background.answers.asked import Asked, Draft, Steps
from tml_ros.background.answers.state_of import MachineState, alarm_words, state_of
from tml_ros.background.condition import State
from tml_ros.background.contracts import Outcome
from tml_ros.background.evidence_of import of_alarm, of_reading

_ORDER = (State.FAULT, State.WATCH, State.UNKNOWN, State.NORMAL)
MAX_READINGS = 4
CONFIDENCE = {State.FAULT: 0.9, State.WATCH: 0.85, State.NORMAL: 0.8, State.UNKNOWN: 0.4}


def answer(asked: Asked) -> Steps:
    """The status of the machines."""
    found = []
    for machine in asked.machines:
        yield asked.looking(machine)
        found.append(state_of(asked, machine))
    known = [state for state in found if state.known]
    draft = Draft(asked)
    if not known:
        names = asked.names(asked.machines)
        draft.say(
            f"I have no data about {names}: no readings, no judgements, no alarms.",
            f"Ich habe keine Daten über {names}: keine Messwerte, keine Urteile, keine Alarme.",
        )
        yield draft.conclude(Outcome.NO_DATA, 1.0)
        return
    known.sort(key=lambda state: _ORDER.index(state.level))
    for state in known:
        show_state(draft, state)
    if len(known) == 1:
        say_one(draft, known[0])
    else:
        _say_many(draft, known)
    worst = next((condition for state in known for condition in state.troubles), None)
    yield draft.conclude(Outcome.ANSWERED, CONFIDENCE[known[0].level], worst=worst)


def say_one(draft: Draft, state: MachineState) -> None:
    """The state of one machine in a sentence or two."""
    asked, name = draft.asked, draft.asked.name(state.machine)
    open_now = open_points(asked, state)
    if open_now:
        listed = "; ".join(open_now[:3])
        draft.say(f"{name} needs attention: {listed}.", f"{name} braucht Aufmerksamkeit: {listed}.")
    elif state.level is State.NORMAL:
        shown = values_said(asked, state)
        draft.say(
            f"I see nothing unusual at {name}: {shown}.",
            f"An {name} sehe ich nichts Auffälliges: {shown}.",
        )
    stop = state.running.stop
    if stop is not None and stop.again_ns is None:
        at = asked.at(stop.stamp_ns)
        draft.say(f"It stopped {at}.", f"Sie blieb {at} stehen.")
    _say_age(draft, state)


def open_points(asked: Asked, state: MachineState) -> list[str]:
    """Everything that is open, each as part of a sentence, the gravest first."""
    points = [alarm_words(asked, note) for note in state.alarms]
    points += [asked.trouble(condition) for condition in state.troubles]
    for reading, limit in state.beyond:
        quantity = asked.name(reading.quantity)
        value, most = asked.value(reading.value, reading.unit), asked.value(limit, reading.unit)
        points.append(
            asked(
                f"{quantity} {value}, beyond its limit of {most}",
                f"{quantity} {value}, jenseits der Grenze von {most}",
            )
        )
    return points


def values_said(asked: Asked, state: MachineState) -> str:
    """The newest readings, a few of them."""
    fresh = [one for one in state.readings if asked.facts.fresh(one.stamp_ns)]
    # What has a limit matters more than what has none.
    fresh.sort(key=lambda one: one.quantity not in asked.facts.machine(state.machine).limits)
    return ", ".join(
        f"{asked.name(one.quantity)} {asked.value(one.value, one.unit)}"
        for one in fresh[:MAX_READINGS]
    )


def show_state(draft: Draft, state: MachineState) -> None:
    """The state of one machine in lines with their evidence."""
    asked, name = draft.asked, draft.asked.name(state.machine)
    heading = f"{draft.gap()}**{name}**: {state.level.value}"
    draft.show(heading, heading)
    for note in state.alarms:
        line = f"- {alarm_words(asked, note)}, {note.state.replace('_', ' ')}"
        draft.show(line, line, of_alarm(note))
    for condition in state.judged[:6]:
        draft.show_condition(condition)
    limits = {(reading.quantity): limit for reading, limit in state.beyond}
    for reading in state.readings[:12]:
        limit = limits.get(reading.quantity)
        proof = of_reading(reading, limit=limit)
        line = f"- {reading.quantity}: {proof.text}, {asked.ago(reading.stamp_ns)}"
        draft.show(line, line, proof)


def _say_age(draft: Draft, state: MachineState) -> None:
    asked, name = draft.asked, draft.asked.name(state.machine)
    if state.newest_ns is None:
        draft.say(f"There are no readings of {name}.", f"Von {name} gibt es keine Messwerte.")
    elif not state.fresh:
        ago = asked.ago(state.newest_ns)
        draft.say(
            f"The newest reading of {name} came {ago}, so I cannot tell how it is now.",
            f"Der neueste Messwert von {name} kam {ago}; wie es jetzt ist, weiß ich nicht.",
        )


def _say_many(draft: Draft, known: list[MachineState]) -> None:
    asked = draft.asked
    bad = [state for state in known if state.level in (State.FAULT, State.WATCH)]
    unsure = [state.machine for state in known if state.level is State.UNKNOWN]
    if bad:
        listed = "; ".join(
            f"{asked.name(state.machine)}: {open_points(asked, state)[0]}" for state in bad[:3]
        )
        draft.say(
            f"Attention at {len(bad)} of {len(known)} machines. {listed}.",
            f"Auffällig sind {len(bad)} von {len(known)} Maschinen. {listed}.",
        )
    else:
        draft.say(
            f"I see nothing unusual at {len(known) - len(unsure)} of {len(known)} machines.",
            f"An {len(known) - len(unsure)} von {len(known)} Maschinen sehe ich nichts "
            "Auffälliges.",
        )
    if unsure:
        names = asked.names(unsure, most=3)
        draft.say(f"No fresh readings: {names}.", f"Keine frischen Messwerte: {names}.")
