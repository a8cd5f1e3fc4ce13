"""Is it safe to restart, or to go near: never a yes.

Software that sees a few signals cannot clear a machine. The answer is what is known, what is open,
and that a person decides on the spot; also where nothing is open.
"""

from __future__ import annotations

from tml_ros.background.answers.asked import Asked, Draft, Steps
from tml_ros.background.answers.state_of import alarm_words, alarms_of, state_of
from tml_ros.background.answers.status import open_points, show_state
from tml_ros.background.contracts import Outcome
from tml_ros.background.evidence_of import of_alarm


def answer(asked: Asked) -> Steps:
    """What is known and open, and who decides."""
    draft = Draft(asked)
    names = asked.names(asked.machines, most=3)
    draft.say(
        "I cannot clear that; a person has to check on the spot and decide.",
        "Das kann ich nicht freigeben; ein Mensch muss vor Ort prüfen und entscheiden.",
    )
    found = []
    for machine in asked.machines:
        yield asked.looking(machine)
        found.append(state_of(asked, machine))
    cell = alarms_of(asked, None)
    own = {(note.kind, note.zone) for state in found for note in state.alarms}
    elsewhere = [note for note in cell if (note.kind, note.zone) not in own]
    points = [
        f"{asked.name(state.machine)}: {point}" if len(found) > 1 else point
        for state in found
        for point in open_points(asked, state)
    ] + [alarm_words(asked, note) for note in elsewhere]
    for state in found:
        show_state(draft, state)
    for note in elsewhere:
        line = f"- {alarm_words(asked, note)}, {note.state.replace('_', ' ')}"
        draft.show(line, line, of_alarm(note))
    stale = [state.machine for state in found if not state.fresh]
    known = bool(points) or any(state.known for state in found)
    if points:
        draft.say(f"Open: {'; '.join(points[:4])}.", f"Offen: {'; '.join(points[:4])}.")
        if len(points) > 4:
            draft.say(f"{len(points) - 4} more.", f"{len(points) - 4} weitere Punkte.")
    elif known and not stale:
        draft.say(
            f"Of {names} I know nothing open, but I see only part of it.",
            f"Zu {names} ist mir nichts Offenes bekannt, aber ich sehe nur einen Teil.",
        )
    if stale:
        listed = asked.names(stale, most=3)
        draft.say(f"No fresh readings: {listed}.", f"Keine frischen Messwerte: {listed}.")
    if asked.facts.tools.record is None:
        draft.say("I have no record of alarms.", "Ich habe keine Aufzeichnung der Alarme.")
    for state in found:
        stop = state.running.stop
        if stop is not None and stop.again_ns is None:
            at, name = asked.at(stop.stamp_ns), asked.name(state.machine)
            draft.say(f"{name} stopped {at}.", f"{name} blieb {at} stehen.")
    worst = next((condition for state in found for condition in state.troubles), None)
    draft.show(
        "\nThis is no clearance. Follow the restart procedure of the site.",
        "\nDas ist keine Freigabe. Es gilt das Wiederanlaufverfahren des Betriebs.",
    )
    outcome = Outcome.ANSWERED if known else Outcome.NO_DATA
    yield draft.conclude(outcome, 0.9 if points or not stale else 0.6, worst=worst)
