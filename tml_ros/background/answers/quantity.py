"""How is a quantity: its value, how old that is, its range, its limits, and where it is going."""

from __future__ import annotations

from tml_ros.background.answers.asked import Asked, Draft, Steps
from tml_ros.background.contracts import Evidence, Outcome
from tml_ros.background.evidence_of import of_reading, of_shift, of_summary
from tml_ros.background.reading import Reading
from tml_ros.background.time_phrase import DAY_NS

MAX_MACHINES = 3


def answer(asked: Asked, context: tuple[tuple[str, float], ...] = ()) -> Steps:
    """The quantity of the machines. context: readings that the asker knew, by their names."""
    draft = Draft(asked)
    word = asked.question.quantity or asked.question.quantity_word
    found = []
    for machine in asked.machines:
        yield asked.looking(machine)
        quantity = _of(asked, machine)
        reading = asked.facts.latest(machine, quantity) if quantity else None
        if reading is not None:
            found.append(reading)
    for reading in found[:MAX_MACHINES]:
        _tell(draft, reading)
    if not found:
        _tell_context(draft, context)
        have = sorted({q for machine in asked.machines for q in asked.facts.quantities(machine)})
        names = asked.names(asked.machines, most=3)
        draft.say(
            f"I have no reading of {asked.name(word)} of {names}.",
            f"Ich habe keinen Messwert {asked.name(word)} von {names}.",
        )
        if have:
            listed = asked.names(have)
            draft.say(f"I have {listed}.", f"Ich habe {listed}.")
        yield draft.conclude(Outcome.NO_DATA, 1.0)
        return
    fresh = all(asked.facts.fresh(reading.stamp_ns) for reading in found)
    yield draft.conclude(Outcome.ANSWERED, 0.95 if fresh else 0.5)


def _of(asked: Asked, machine: str) -> str:
    """The quantity that is meant, at this machine."""
    there = asked.facts.quantities(machine)
    wanted = asked.question.quantity
    if wanted in there:
        return wanted
    same = [quantity for quantity in there if wanted and wanted in quantity]
    return min(same, key=len) if same else ""


def _tell(draft: Draft, reading: Reading) -> None:
    asked, facts = draft.asked, draft.asked.facts
    since = asked.question.since
    since_ns = asked.now_ns - DAY_NS if since is None else since.since_ns
    limits = facts.limits(reading.machine, reading.quantity)
    limit = limits.passed(reading.value)
    name = f"{asked.name(reading.quantity)} {asked('of', 'von')} {asked.name(reading.machine)}"
    value, ago = asked.value(reading.value, reading.unit), asked.ago(reading.stamp_ns)
    draft.say(f"{name}: {value}, {ago}.", f"{name}: {value}, {ago}.")
    heading = f"{draft.gap()}**{name}**: {value}"
    draft.show(heading, heading, of_reading(reading, limit=limit))
    if limit is not None:
        bound = asked.value(limit, reading.unit)
        draft.say(f"That is beyond its limit of {bound}.", f"Die Grenze ist {bound}.")
    elif limits.high is not None:
        bound = asked.value(limits.high, reading.unit)
        draft.say(f"Its limit is {bound}.", f"Die Grenze ist {bound}.")
    summary = facts.summary(reading.machine, reading.quantity, since_ns)
    if summary is None or summary.readings < 2:
        return
    span = asked.since(since_ns)
    low, high = asked.value(summary.low, summary.unit), asked.value(summary.high, summary.unit)
    draft.say(
        f"{span} it was between {low} and {high}.",
        f"{span} lag es zwischen {low} und {high}.",
    )
    draft.show(f"- {low} to {high}", f"- {low} bis {high}", of_summary(summary))
    found = facts.shift(reading.machine, reading.quantity, since_ns)
    if found is not None:
        proof = of_shift(found)
        before = asked.value(found.shift.before, reading.unit)
        draft.say(f"Before that it was about {before}.", f"Davor waren es etwa {before}.")
        draft.show(f"- {proof.text}", f"- {proof.text}", proof)


def _tell_context(draft: Draft, context: tuple[tuple[str, float], ...]) -> None:
    """Readings that came with the question; they carry neither unit nor time."""
    word = draft.asked.question.quantity_word
    for name, value in context[:20]:
        if word and word in name.lower():
            told = f"{value:.4g}"
            draft.say(
                f"The question came with {draft.asked.name(name)} {told}.",
                f"Mit der Frage kam {draft.asked.name(name)} {told}.",
            )
            proof = Evidence(source=f"question/{name}"[:300], text=told, value=value)
            draft.show(f"- {name}: {told}", f"- {name}: {told}", proof)
