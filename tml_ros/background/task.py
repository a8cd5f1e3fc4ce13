"""A delegation handed out to be worked on, and the limits within which a desk hands them out.

Knows nothing of how either is used. Frozen; any thread.
"""

from __future__ import annotations

from dataclasses import dataclass

from tml_ros.background.contracts import Delegation

_NS_PER_S = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Task:
    """A delegation to work on now. attempt: from 1. late: its deadline had passed by taken_ns."""

    delegation: Delegation
    attempt: int
    taken_ns: int
    late: bool = False

    @property
    def id(self) -> str:
        """That of the delegation."""
        return self.delegation.id


@dataclass(frozen=True, slots=True)
class DeskLimits:
    """How much a desk takes on and how long it keeps at it.

    open: delegations accepted and not ended. chars: characters of what the queued ones ask.
    attempts: how often a task may be cut off by a restart before it has failed.
    first_progress_ns: work younger than this says nothing yet; progress_ns: between two reports.
    give_up_ns: a queued task is answered late until this long after its deadline, then not at all.
    """

    open: int = 1_000
    chars: int = 64 << 20
    attempts: int = 3
    first_progress_ns: int = 2 * _NS_PER_S
    progress_ns: int = 10 * _NS_PER_S
    give_up_ns: int = 600 * _NS_PER_S
