"""The findings by which a delegation ends without an answer, and what every final finding carries.

Knows nothing of queues or stores. Any thread.
"""

from __future__ import annotations

import hashlib
from typing import Final

from tml_ros.background.contracts import (
    MAX_SAID,
    MAX_SHOWN,
    Delegation,
    Finding,
    Outcome,
    Urgency,
)
from tml_ros.background.task_record import TaskRecord

MAX_ID: Final = 100
LATE: Final = "This comes late. "
NO_ANSWER: Final = frozenset({Outcome.CANCELLED, Outcome.SUPERSEDED, Outcome.REFUSED})
"""Outcomes that cannot be late: nobody expects an answer any more."""
_SHORT = 100
_NS_PER_S = 1_000_000_000


def finding_id(delegation_id: str, suffix: str) -> str:
    """The id of a finding on a delegation: "<delegation>.<suffix>", the same whenever it is made.

    A delegation's id that leaves no room is cut and told apart by its hash. suffix: without dots,
    at most 60 characters. Of different delegations or suffixes the ids differ.
    """
    whole = f"{delegation_id}.{suffix}"
    if len(whole) <= MAX_ID:
        return whole
    digest = hashlib.sha256(delegation_id.encode()).hexdigest()[:24]
    # What is cut ends otherwise than what is not, so that no other id can be taken for it.
    tail = f"-{digest}.cut-{suffix}"
    return delegation_id[: MAX_ID - len(tail)] + tail


def final_finding(record: TaskRecord, finding: Finding, now_ns: int) -> Finding:
    """A finding as the end of this delegation: its id, who asked, whether it is late or orphaned.

    What comes after the deadline says so. What nobody waits for any more is not said.
    """
    late = record.late(now_ns) and finding.outcome not in NO_ANSWER
    say, show = finding.say, finding.show
    if late and record.deadline_ns is not None:
        by_s = (now_ns - record.deadline_ns) / _NS_PER_S
        say = cut(LATE + say, MAX_SAID) if say else ""
        show = cut(f"Late by {by_s:.0f} s.\n\n{show}", MAX_SHOWN)
    return finding.model_copy(
        update={
            "id": finding_id(record.id, "end"),
            "delegation": record.id,
            "say": say,
            "show": show,
            "urgency": Urgency.SILENT if record.orphaned else finding.urgency,
            "stamp_ns": now_ns,
            "asked_by": record.asked_by,
            "late": late,
            "orphaned": record.orphaned,
        }
    )


def cancelled(record: TaskRecord, by: str | None) -> Finding:
    """by: who gave it up by a delegation of their own, which is told by itself; None: no such."""
    asked = asked_words(record)
    say = "" if by == record.asked_by else f"I stop working on this: {asked}"
    return _finding(Outcome.CANCELLED, say, f"Cancelled: {asked}", _calm(record.urgency))


def cancellation(record: TaskRecord) -> Finding:
    """The answer to the delegation that cancels this one."""
    show = f"`{record.id}` is cancelled: {asked_words(record)}"
    return _finding(Outcome.ANSWERED, "All right, that is cancelled.", show, Urgency.WHEN_FREE)


def superseded(record: TaskRecord, by: str) -> Finding:
    """by: id of the delegation that takes its place. Shown, not said: another answer follows."""
    show = f"Replaced by `{by}`: {asked_words(record)}"
    return _finding(Outcome.SUPERSEDED, "", show, Urgency.SILENT)


def crowded(record: TaskRecord, waiting: int) -> Finding:
    """Too many wait, and this is the oldest of the least urgent."""
    return _finding(
        Outcome.REFUSED,
        "Too much is asked of me at once. Please ask again later.",
        f"Refused: {waiting} tasks wait, and this is the oldest of the least urgent: "
        f"{asked_words(record)}",
        _calm(record.urgency),
    )


def given_up(record: TaskRecord) -> Finding:
    """Nobody came to it until long after its deadline."""
    asked = asked_words(record)
    return _finding(
        Outcome.FAILED, f"I did not get to this: {asked}", f"Given up: {asked}", record.urgency
    )


def broken_off(record: TaskRecord) -> Finding:
    """The background ended in the middle of it once too often."""
    asked = asked_words(record)
    return _finding(
        Outcome.FAILED,
        f"I could not finish this: {asked}",
        f"Failed: begun {record.begun} times, and cut off by the end of the background "
        f"{record.broken} times: {asked}",
        record.urgency,
    )


def unreadable(record: TaskRecord) -> Finding:
    """What was asked cannot be read back from the store."""
    show = f"Failed: what `{record.id}` asked cannot be read back from the store."
    return _finding(Outcome.FAILED, "", show, Urgency.SILENT)


def refused_at_the_door(
    delegation: Delegation, digest: str, reason: str, now_ns: int, *, say: str = ""
) -> Finding:
    """The refusal of what was never accepted: its id is as unused, or as used, as before.

    digest: of the delegation's content; the finding's id ends in ".refused-...", never in ".end".
    """
    return Finding(
        id=finding_id(delegation.id, f"refused-{digest[:12]}-{now_ns}"),
        delegation=delegation.id,
        outcome=Outcome.REFUSED,
        say=cut(say or f"I cannot do that: {reason}", MAX_SAID),
        show=cut(f"Refused: {reason}", MAX_SHOWN),
        urgency=_calm(delegation.urgency),
        stamp_ns=now_ns,
        asked_by=delegation.asked_by,
    )


def asked_words(record: TaskRecord) -> str:
    """What was asked, in few words."""
    try:
        delegation = Delegation.model_validate_json(record.asked)
    except ValueError:
        return record.id
    words = " ".join(delegation.question.split()) or delegation.kind.replace("_", " ")
    return cut(words, _SHORT)


def _finding(outcome: Outcome, say: str, show: str, urgency: Urgency) -> Finding:
    # The id is that of no finding yet: `final_finding` gives it the one it has on record.
    return Finding(id="end", outcome=outcome, say=say, show=show, urgency=urgency)


def _calm(urgency: Urgency) -> Urgency:
    # That nothing will come is no reason to interrupt anybody.
    return Urgency.WHEN_FREE if urgency is Urgency.NOW else urgency


def cut(text: str, most: int) -> str:
    """The text, or its beginning where it has more than `most` characters."""
    return text if len(text) <= most else text[: most - 3] + "..."
