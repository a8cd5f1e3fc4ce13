"""What a reasoner is: it works on one delegation in steps, and ends with a conclusion.

Knows nothing of how the answer is found, nor of queues, disks or topics. Frozen; any thread.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from tml_ros.background.condition import State
from tml_ros.background.contracts import (
    MAX_SAID,
    MAX_SHOWN,
    Delegation,
    Evidence,
    Finding,
    Outcome,
    Urgency,
)

if TYPE_CHECKING:
    from tml_ros.background.tools import Tools

MAX_EVIDENCE: Final = 50


@dataclass(frozen=True, slots=True)
class Progress:
    """A step is done and the end has not come.

    say: what is being looked at, to be told if it takes long; "" where there is nothing to tell.
    """

    say: str = ""


@dataclass(frozen=True, slots=True)
class Conclusion:
    """How the work ended.

    outcome: ANSWERED, NO_DATA or FAILED. say: one or two sentences to be spoken. show: Markdown.
    confidence: 0..1 that it answers what was asked, and rightly. urgency: None: as the asker
    wished. pictures: PNG bytes by the names that the evidence gives; whoever publishes the finding
    writes them into the evidence folder. state, defect: the worst judgement it rests on, if any.
    advice: what to do, in one or two sentences, or "".
    """

    outcome: Outcome
    say: str
    show: str = ""
    confidence: float = 0.0
    evidence: tuple[Evidence, ...] = ()
    urgency: Urgency | None = None
    next_check_ns: int | None = None
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    state: State | None = None
    defect: str = ""
    advice: str = ""

    def finding(self, delegation: Delegation, *, finding_id: str, stamp_ns: int) -> Finding:
        """The final finding on a delegation, within the bounds of the contract."""
        return Finding(
            id=finding_id,
            delegation=delegation.id,
            outcome=self.outcome,
            say=shortened(self.say, MAX_SAID),
            show=shortened(self.show, MAX_SHOWN),
            urgency=delegation.urgency if self.urgency is None else self.urgency,
            confidence=min(1.0, max(0.0, self.confidence)),
            evidence=self.evidence[:MAX_EVIDENCE],
            stamp_ns=stamp_ns,
            asked_by=delegation.asked_by,
            next_check_ns=self.next_check_ns,
        )


class Reasoner(Protocol):
    """Something that answers questions."""

    def work(
        self, delegation: Delegation, tools: Tools, *, now_ns: int
    ) -> Iterator[Progress | Conclusion]:
        """Work in bounded steps; the last thing that comes, and only that, is the conclusion.

        Giving up between two steps is `close()` of what this returns. Raises nothing for what the
        world does; a defect may raise anything, and its delegation has then failed.
        """
        ...


def shortened(text: str, most: int) -> str:
    """A text of at most `most` characters, cut at the end of a sentence or word where it can be."""
    text = text.strip()
    if len(text) <= most:
        return text
    cut = text[: most - 4]
    for end in (". ", "\n", " "):
        place = cut.rfind(end)
        if place > most // 2:
            return cut[: place + 1].rstrip() + ("" if end == ". " else " ...")
    return cut + "..."
