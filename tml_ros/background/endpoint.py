"""The reasoner that asks a language model, and falls back on the planner whenever that fails.

The model is given the same facts as tools; what it says is held against what they gave. Questions
whether something is safe never reach it. Waiting is this file's own business and blocks its thread,
in steps between which the work can be given up; the cell's time is only told, never waited for.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from tml_ros.background.contracts import MAX_SAID, Delegation
from tml_ros.background.endpoint_answer import ClearingError, checked, plain_answer
from tml_ros.background.endpoint_budget import EndpointBudget
from tml_ros.background.endpoint_failure import EndpointFailedError
from tml_ros.background.endpoint_prompt import first_messages
from tml_ros.background.endpoint_reply import Call, Reply
from tml_ros.background.endpoint_requests import Account, EndpointRequests
from tml_ros.background.endpoint_settings import EndpointError, EndpointSettings
from tml_ros.background.endpoint_tools import ANSWER, EndpointTools
from tml_ros.background.endpoint_transport import Waiting, client_is_there
from tml_ros.background.facts import Facts
from tml_ros.background.planner import answer, understood
from tml_ros.background.question import Question, QuestionKind
from tml_ros.background.reasoner import Conclusion, Progress, shortened
from tml_ros.background.tool_arguments import FinalAnswer
from tml_ros.background.tool_json import ToolRefusedError, read_arguments
from tml_ros.background.tools import Tools

_LOOKS: Final = {
    "status": ("the state", "den Zustand"),
    "latest": ("the readings", "die Messwerte"),
    "series": ("the readings", "die Messwerte"),
    "changes": ("what changed", "Änderungen"),
    "forecast": ("the trend", "den Trend"),
    "last_stop": ("the last stop", "den letzten Halt"),
    "alarms": ("the alarms", "die Alarme"),
    "playbook": ("the playbook", "das Playbook"),
    "manuals": ("the manuals", "die Handbücher"),
    "vibration": ("the vibration", "die Schwingung"),
}


@dataclass(slots=True)
class _Talk:
    """One question under way."""

    delegation: Delegation
    question: Question
    facts: Facts
    tools: EndpointTools
    messages: list[dict[str, Any]]


class EndpointReasoner:
    """A `Reasoner` that asks an endpoint. problem: why it last failed, "" where it answered."""

    def __init__(self, settings: EndpointSettings, waiting: Waiting) -> None:
        """Ask as the settings say. Raises EndpointError where the openai package is missing or the
        key cannot be read; nothing is sent yet.
        """
        if not client_is_there():
            raise EndpointError(
                "an endpoint is asked through the openai package, not installed here: "
                "pip install 'tml_ros[background]'"
            )
        self._key = settings.key()
        self._settings = settings
        self._waiting = waiting
        self.budget = EndpointBudget(settings)
        self._requests = EndpointRequests(settings, waiting, self.budget)
        self.problem = ""

    def close(self) -> None:
        """Close the connections."""
        self._requests.close()

    def work(
        self, delegation: Delegation, tools: Tools, *, now_ns: int
    ) -> Iterator[Progress | Conclusion]:
        """Answer a question; a step is some pieces of a reply, a pause, or a round of tools."""
        facts = Facts(tools, now_ns)
        question = understood(delegation, facts)
        if question.kind is QuestionKind.SAFE_TO_RESTART:
            yield from answer(delegation, question, facts)
            return
        try:
            conclusion = yield from self._converse(delegation, question, facts)
        except EndpointFailedError as failure:
            self.problem = str(failure)
        except Exception as error:  # an answer by fixed rules is better than none
            self.problem = f"an error within ({type(error).__name__})"
        else:
            self.problem = ""
            yield conclusion
            return
        yield from _answered_without(delegation, question, facts, self.problem)

    def _converse(
        self, delegation: Delegation, question: Question, facts: Facts
    ) -> Generator[Progress, None, Conclusion]:
        settings = self._settings
        total = settings.total
        if delegation.deadline_ns is not None:
            total = min(total, max(0.0, (delegation.deadline_ns - facts.now_ns) / 1e9))
        talk = _Talk(
            delegation,
            question,
            facts,
            EndpointTools(facts),
            first_messages(
                delegation,
                machines=tuple(machine.name for machine in facts.machines()),
                now_ns=facts.now_ns,
                zone=facts.tools.zone,
                language=question.language,
            ),
        )
        account = Account(facts.now_ns, self._waiting.elapsed() + total)
        for number in range(settings.rounds + 1):
            last = number == settings.rounds
            if last:
                talk.messages.append({"role": "user", "content": "Call `answer` now."})
            described = talk.tools.specifications(last_round=last)
            reply = yield from self._requests.reply(talk.messages, described, account)
            final = next((call for call in reply.calls if call.name == ANSWER), None)
            if final is not None:
                try:
                    return self._checked(talk, read_arguments(FinalAnswer, final.arguments))
                except ToolRefusedError as refused:
                    _take_calls(talk, reply, {final.id: str(refused)})
                    continue
            if not reply.calls:
                if not reply.text.strip():
                    raise EndpointFailedError("it answered nothing")
                return self._checked(talk, plain_answer(reply.text))
            yield _looking(reply.calls[0], german=question.language == "de")
            _take_calls(talk, reply, {})
        raise EndpointFailedError(f"it came to no end in {settings.rounds} rounds of tool calls")

    def _checked(self, talk: _Talk, given: FinalAnswer) -> Conclusion:
        facts = talk.facts
        try:
            return checked(
                self._without_key(given),
                talk.tools.ledger,
                question=talk.delegation.question,
                names=[
                    name
                    for machine in facts.machines()
                    for name in (machine.name, *machine.aliases)
                ],
                now_ns=facts.now_ns,
                zone=facts.tools.zone,
                german=talk.question.language == "de",
            )
        except ClearingError:
            raise EndpointFailedError("it cleared a machine, which nothing here may") from None

    def _without_key(self, given: FinalAnswer) -> FinalAnswer:
        if not self._key or self._key not in given.say + given.show:
            return given
        return given.model_copy(
            update={
                "say": given.say.replace(self._key, "..."),
                "show": given.show.replace(self._key, "..."),
            }
        )


def _take_calls(talk: _Talk, reply: Reply, refused: dict[str, str]) -> None:
    """Put a reply's calls and their results into the conversation. refused: by the call's id."""
    calls, results = [], []
    for place, call in enumerate(reply.calls):
        called = call.id or f"call_{len(talk.messages)}_{place}"
        calls.append(
            {
                "id": called,
                "type": "function",
                "function": {"name": call.name or "?", "arguments": _readable(call.arguments)},
            }
        )
        if call.id in refused and call.name == ANSWER:
            result = json.dumps({"error": refused[call.id]})
        else:
            result = talk.tools.call(call.name, call.arguments)
        results.append({"role": "tool", "tool_call_id": called, "content": result})
    said = {"role": "assistant", "content": reply.text or None, "tool_calls": calls}
    talk.messages += [said, *results]


def _readable(arguments: str) -> str:
    """Arguments as they may be sent back: servers refuse what is no JSON."""
    try:
        json.loads(arguments)
    except ValueError:
        return "{}"
    return arguments


def _looking(call: Call, *, german: bool) -> Progress:
    """What is being looked at, in our words, never in the model's."""
    at = _LOOKS.get(call.name)
    if at is None:
        return Progress()
    return Progress(f"Ich sehe mir {at[1]} an." if german else f"I am looking at {at[0]}.")


def _answered_without(
    delegation: Delegation, question: Question, facts: Facts, reason: str
) -> Iterator[Progress | Conclusion]:
    """The planner's answer, and that it is the planner's."""
    german = question.language == "de"
    note = (
        "Das Sprachmodell half nicht; das sagen feste Regeln."
        if german
        else "The language model did not help; this is from fixed rules."
    )
    shown = f"{'Sprachmodell' if german else 'Language model'}: {reason}."
    for step in answer(delegation, question, facts):
        if isinstance(step, Conclusion):
            said = shortened(step.say, MAX_SAID - len(note) - 1)
            yield replace(step, say=f"{said} {note}", show=f"*{shown}*\n\n{step.show}")
        else:
            yield step
