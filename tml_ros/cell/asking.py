"""How a question of the cell becomes a delegation: with what was said lately and which alarms are.

Knows nothing of topics or clocks, or of who answers. One thread owns it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from itertools import islice
from typing import Final

from tml_ros.background.contracts import (
    MAX_QUESTION,
    AlarmContext,
    Context,
    Delegation,
    Urgency,
    Utterance,
)
from tml_ros.safety.alarm import Alarm, AlarmState
from tml_ros.turn.turn_output import DelegationRequest

CONVERSATION: Final = 20
MAX_ALARMS: Final = 100
OPERATOR, CELL = "operator", "cell"


class Asking:
    """Remembers the conversation and makes delegations of questions."""

    def __init__(self, asked_by: str = OPERATOR) -> None:
        """Nothing was said yet. asked_by: who waits for the answers."""
        self._asked_by = asked_by
        self._conversation: deque[Utterance] = deque(maxlen=CONVERSATION)
        self._alarms: tuple[Alarm, ...] = ()
        self._last_ns = -1

    def heard(self, who: str, text: str, stamp_ns: int) -> None:
        """Something was said or typed."""
        if text.strip():
            text = text.strip()[:MAX_QUESTION]
            self._conversation.append(Utterance(who=who, text=text, stamp_ns=max(0, stamp_ns)))

    def alarms(self, alarms: Iterable[Alarm]) -> None:
        """These alarms are not normal now; those that are, and only withheld, say nothing."""
        standing = (alarm for alarm in alarms if alarm.state is not AlarmState.NORMAL)
        self._alarms = tuple(islice(standing, MAX_ALARMS))

    def typed(self, text: str, now_ns: int) -> Delegation | None:
        """The delegation of a question that an operator typed; None for no words at all."""
        question = text.strip()[:MAX_QUESTION]
        if not question:
            return None
        delegation = Delegation(
            id=f"typed-{self._number(now_ns)}",
            question=question,
            asked_by=self._asked_by,
            asked_ns=max(0, now_ns),
            context=self._context(),
        )
        self.heard(OPERATOR, question, now_ns)
        return delegation

    def requested(self, request: DelegationRequest, now_ns: int) -> Delegation:
        """The delegation of what a model asks for. Raises ValueError where it cannot be one."""
        return Delegation(
            id=f"{request.id[:60]}-{self._number(now_ns)}",
            kind=request.kind or "question",
            question=request.question[:MAX_QUESTION],
            asked_by=self._asked_by,
            asked_ns=max(0, now_ns),
            urgency=Urgency.WHEN_FREE,
            context=self._context(),
        )

    def _context(self) -> Context:
        return Context(
            conversation=tuple(self._conversation),
            alarms=tuple(
                AlarmContext(
                    kind=alarm.kind.value,
                    zone=alarm.zone[:64],
                    state=alarm.state.value,
                    since_ns=max(0, alarm.raised_ns),
                )
                for alarm in self._alarms
            ),
        )

    def _number(self, now_ns: int) -> int:
        """The time, and never the same twice."""
        self._last_ns = max(now_ns, self._last_ns + 1)
        return self._last_ns
