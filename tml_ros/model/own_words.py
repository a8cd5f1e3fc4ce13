"""Whether a session says things of its own accord. Types only; any thread."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from tml_ros.model.interface import Session


@runtime_checkable
class ReservedSession(Session, Protocol):
    """A session that can be kept from speaking for itself."""

    def keep_to_texts(self) -> None:
        """Say what is handed over and nothing else, and ask the background nothing, from the next
        turn on and for good; `reset` does not change it.
        """
