"""The embedded reasoner: each kind of question has its fixed way through the facts.

Deterministic: the same question of the same data at the same time has the same answer. What is not
in the data is not answered but named as missing. Knows nothing of queues or of language models.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from tml_ros.background.answers import (
    quantity,
    restart,
    status,
    unknown,
    what_changed,
    what_to_do,
    when_fail,
    why_stopped,
)
from tml_ros.background.answers.asked import Answer, Asked, Draft
from tml_ros.background.contracts import Delegation, Outcome
from tml_ros.background.facts import Facts
from tml_ros.background.question import Question, QuestionKind, understand
from tml_ros.background.reasoner import Conclusion, Progress
from tml_ros.background.tools import Tools

NOT_SURE_WHICH: Final = 0.7
SYMPTOM_SURE: Final = 0.75
LEAST_SURE: Final = 0.65
"""Below this a symptom of the playbook in the question counts for more."""
_ANSWERS: Final[Mapping[QuestionKind, Answer]] = {
    QuestionKind.STATUS: status.answer,
    QuestionKind.WHY_STOPPED: why_stopped.answer,
    QuestionKind.SAFE_TO_RESTART: restart.answer,
    QuestionKind.WHAT_CHANGED: what_changed.answer,
    QuestionKind.WHEN_FAIL: when_fail.answer,
    QuestionKind.WHAT_TO_DO: what_to_do.answer,
    QuestionKind.UNKNOWN: unknown.answer,
}

_WITHOUT_MACHINES: Final = (QuestionKind.SAFE_TO_RESTART, QuestionKind.WHAT_TO_DO)
"""Kinds that can be answered where nothing is known of any machine."""


class Planner:
    """A `Reasoner` without any outside help. Keeps nothing between questions."""

    def work(
        self, delegation: Delegation, tools: Tools, *, now_ns: int
    ) -> Iterator[Progress | Conclusion]:
        """Answer a question; a step is a look at one machine."""
        facts = Facts(tools, now_ns)
        yield from answer(delegation, understood(delegation, facts), facts)


def understood(delegation: Delegation, facts: Facts) -> Question:
    """The question of a delegation, in the light of what was said before it.

    The kind of the delegation, where it is one of the kinds of questions, goes before its words.
    """
    machines = facts.machines()
    earlier = [said.text for said in reversed(delegation.context.conversation)]
    question = understand(
        delegation.question,
        machines,
        {machine.name: facts.quantities(machine.name) for machine in machines},
        now_ns=facts.now_ns,
        zone=facts.tools.zone,
        language=facts.tools.language,
        kind=delegation.kind,
        earlier=[text for text in earlier if text != delegation.question],
    )
    if question.kind is QuestionKind.UNKNOWN or (
        question.kind is QuestionKind.STATUS and question.confidence < LEAST_SURE
    ):
        machine = question.machine or ""
        if facts.advice(question.text, machine, question.language) is not None:
            return replace(question, kind=QuestionKind.WHAT_TO_DO, confidence=SYMPTOM_SURE)
    return question


def answer(
    delegation: Delegation, question: Question, facts: Facts
) -> Iterator[Progress | Conclusion]:
    """Answer a question that is understood."""
    names = tuple(machine.name for machine in facts.machines())
    context = delegation.context
    if question.kind is QuestionKind.UNKNOWN:
        yield from unknown.answer(Asked(question, facts, names))
        return
    if question.unknown_machine:
        yield _no_such_machine(Asked(question, facts, names))
        return
    if not names and question.kind not in _WITHOUT_MACHINES:
        yield _no_machines(Asked(question, facts, names))
        return
    if question.machine is not None:
        names = (question.machine,)
    elif question.candidates:
        names = question.candidates
        question = replace(question, confidence=question.confidence * NOT_SURE_WHICH)
    asked = Asked(question, facts, names, context.alarms)
    if question.kind is QuestionKind.QUANTITY:
        yield from quantity.answer(asked, tuple(sorted(context.readings.items())))
        return
    yield from _ANSWERS[question.kind](asked)


def _no_such_machine(asked: Asked) -> Conclusion:
    draft, word = Draft(asked), asked.question.unknown_machine
    names = asked.names(asked.machines)
    if asked.question.kind is QuestionKind.SAFE_TO_RESTART:
        draft.say(
            "I cannot clear that; a person has to check on the spot and decide.",
            "Das kann ich nicht freigeben; ein Mensch muss vor Ort prüfen und entscheiden.",
        )
    draft.say(f"I know no {word}.", f"{word} kenne ich nicht.")
    if names:
        draft.say(f"The machines I know are {names}.", f"Ich kenne {names}.")
    return draft.conclude(Outcome.NO_DATA, 1.0)


def _no_machines(asked: Asked) -> Conclusion:
    draft = Draft(asked)
    draft.say(
        "I have no data: there is no machine with readings, and none is described.",
        "Ich habe keine Daten: Es gibt keine Maschine mit Messwerten, und keine ist beschrieben.",
    )
    return draft.conclude(Outcome.NO_DATA, 1.0)
