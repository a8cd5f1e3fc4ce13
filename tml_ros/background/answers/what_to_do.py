"""What to do: the playbook's advice on what is the matter, with passages of the manuals.

Advice is for a person who decides; each answer begins or ends with what to observe before touching.
"""

from __future__ import annotations

from collections.abc import Iterator

from tml_ros.background.answers.asked import Asked, Draft, Steps
from tml_ros.background.answers.state_of import MachineState, state_of
from tml_ros.background.condition import Condition
from tml_ros.background.contracts import Outcome
from tml_ros.background.evidence_of import of_advice, of_passage
from tml_ros.background.playbook import Advice
from tml_ros.background.reasoner import Conclusion
from tml_ros.background.spoken import quoted
from tml_ros.background.words import words

MAX_TOPICS = 3
Topic = tuple[str, Advice, Condition | None]
"""A machine or "", the advice, and the judgement that calls for it."""
URGENCY = {
    "now": ("now", "sofort"),
    "today": ("today", "heute"),
    "this_week": ("this week", "diese Woche"),
    "next_stop": ("at the next planned stop", "beim nächsten geplanten Halt"),
    "watch": ("watch it", "beobachten"),
}


def answer(asked: Asked) -> Steps:
    """The advice on what was asked about, or on what is open."""
    draft = Draft(asked)
    named = asked.facts.advice(asked.question.text, asked.question.machine or "", asked.language)
    found = []
    for machine in asked.machines:
        yield asked.looking(machine)
        found.append(state_of(asked, machine))
    topics: list[Topic] = list(_open(asked, found))
    if named is not None:
        # What was asked about goes before what is open.
        topics = [(asked.question.machine or "", named, None)]
    if not topics:
        yield _nothing(draft, found)
        return
    for machine, advice, condition in topics[:MAX_TOPICS]:
        _tell(draft, machine, advice, condition)
    first = topics[0]
    draft.say(
        "Lock out before anyone reaches in; a competent person decides.",
        "Vor dem Hineingreifen gegen Wiedereinschalten sichern; eine befähigte Person entscheidet.",
    )
    caution = first[1].caution
    draft.show(f"\n> {quoted(caution, 800)}", f"\n> {quoted(caution, 800)}")
    sure = 0.85 if first[2] is None else 0.5 + 0.4 * first[2].confidence
    yield draft.conclude(Outcome.ANSWERED, sure, worst=first[2], advice=first[1].entry.action)


def _open(asked: Asked, found: list[MachineState]) -> Iterator[Topic]:
    """What is the matter, the gravest first, as far as the playbook knows it."""
    for state in found:
        for condition in state.troubles:
            for name in _names_of(asked, condition):
                advice = asked.facts.advice(name, state.machine, asked.language)
                if advice is not None and advice.exact:
                    yield state.machine, advice, condition
                    break
        kinds = [note.kind for note in state.alarms]
        for reading, limit in state.beyond:
            general = reading.quantity.split("_")[-1]
            kinds.append(f"{general}_{'high' if reading.value > limit else 'low'}")
        for kind in kinds:
            advice = asked.facts.advice(kind, state.machine, asked.language)
            if advice is not None and advice.exact:
                yield state.machine, advice, None


def _names_of(asked: Asked, condition: Condition) -> tuple[str, ...]:
    """Under which names the playbook may know it; a drift by the quantity and where it goes."""
    names = [condition.defect, condition.method]
    slope = condition.figures.get("slope_per_day")
    if condition.method == "trend" and slope is not None:
        told = words(condition.sentence)
        for quantity in asked.facts.quantities(condition.machine):
            if set(words(quantity)) <= set(told):
                going = "rising" if slope[0] > 0 else "falling"
                names.insert(0, f"{quantity.split('_')[-1]}_{going}")
    return tuple(name for name in names if name)


def _tell(draft: Draft, machine: str, advice: Advice, condition: Condition | None) -> None:
    asked, entry = draft.asked, advice.entry
    about = f"{asked.name(machine)}, {entry.title}" if machine else entry.title
    urgency = asked(*URGENCY[entry.urgency.value])
    draft.say(f"{about} ({urgency}): {entry.action}", f"{about} ({urgency}): {entry.action}")
    heading = f"{draft.gap()}**{quoted(about)}** ({urgency})"
    draft.show(heading, heading)
    if condition is not None:
        draft.show_condition(condition)
    draft.show(f"- {quoted(entry.action)}", f"- {quoted(entry.action)}", of_advice(advice))
    for title, lines in (
        (("Likely causes", "Wahrscheinliche Ursachen"), entry.causes),
        (("Checks", "Prüfungen"), entry.checks),
        (("Spare parts", "Ersatzteile"), entry.spare_parts),
    ):
        if lines:
            draft.show(f"\n{title[0]}:", f"\n{title[1]}:")
            for line in lines:
                draft.show(f"- {quoted(line)}", f"- {quoted(line)}")
    kind = asked.facts.machine(machine).kind if machine else ""
    passages = asked.facts.passages(f"{entry.title} {machine} {kind}", 2)
    if passages:
        draft.show("\nFrom the manuals:", "\nAus den Handbüchern:")
    for passage in passages:
        line = f"> {quoted(passage.text)} ({quoted(passage.citation)})"
        draft.show(line, line, of_passage(passage))


def _nothing(draft: Draft, found: list[MachineState]) -> Conclusion:
    asked, names = draft.asked, draft.asked.names(draft.asked.machines, most=3)
    passages = asked.facts.passages(asked.question.text)
    for passage in passages:
        line = f"> {quoted(passage.text)} ({quoted(passage.citation)})"
        draft.show(line, line, of_passage(passage))
    if passages:
        draft.say(
            f"The playbook has nothing on that; the manual {passages[0].citation} may help.",
            f"Im Playbook steht dazu nichts; vielleicht hilft das Handbuch {passages[0].citation}.",
        )
        return draft.conclude(Outcome.ANSWERED, 0.5)
    if any(state.troubles or state.alarms or state.beyond for state in found):
        draft.say(
            f"Something is open at {names}, but neither playbook nor manuals have advice on it.",
            f"An {names} ist etwas offen, aber weder Playbook noch Handbücher raten dazu.",
        )
        return draft.conclude(Outcome.NO_DATA, 1.0)
    if not any(state.fresh for state in found):
        draft.say(
            f"I have no fresh data about {names}, so I know of nothing to do. Say what you "
            "see or hear, and I look it up.",
            f"Ich habe keine frischen Daten über {names}. Sag, was du siehst oder hörst, und ich "
            "sehe nach.",
        )
        return draft.conclude(Outcome.NO_DATA, 1.0)
    draft.say(
        f"I see nothing open at {names}, so I have nothing to advise.",
        f"An {names} sehe ich nichts Offenes und habe daher nichts zu raten.",
    )
    return draft.conclude(Outcome.ANSWERED, 0.7)
