"""Which commands were carried out lately, so that none is carried out twice.

Knows nothing of what they say. It holds a limited number; what it must forget, the oldest first,
it goes on refusing by its stamp: whatever was given no later than the newest command that was ever
forgotten, or than the memory's own beginning, may have been carried out before. So a command is
refused rather than forgotten, however many come and however the clocks are set. One thread owns it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tml_ros.cell.commands.alarm_result import CommandResult

REMEMBERED: Final = 1000


@dataclass(frozen=True, slots=True)
class RememberedCommand:
    """digest: of what it asked for. result: what it was answered. stamp_ns: when it was given, by
    its own account; None where nobody vouches for that.
    """

    digest: bytes
    result: CommandResult
    stamp_ns: int | None


class CommandMemory:
    """The newest commands by their ids.

    began_ns: wall clock when the memory began; what came before, it cannot know.
    """

    def __init__(self, *, began_ns: int, limit: int = REMEMBERED) -> None:
        """Remember nothing."""
        self._commands: dict[str, RememberedCommand] = {}
        self._limit = limit
        self._forgotten_ns = began_ns

    @property
    def forgotten_ns(self) -> int:
        """A command given at this time of the wall clock, or before, may have been forgotten."""
        return self._forgotten_ns

    def recall(self, command_id: str) -> RememberedCommand | None:
        """The command that had this id."""
        return self._commands.get(command_id)

    def remember(self, command_id: str, remembered: RememberedCommand) -> None:
        """Keep a command under an id that none has yet, and forget the oldest beyond the limit."""
        self._commands[command_id] = remembered
        if len(self._commands) > self._limit:
            # Of equals, as are all those without a stamp, the first to come.
            oldest = min(self._commands, key=lambda known: self._commands[known].stamp_ns or 0)
            self._forgotten_ns = max(
                self._forgotten_ns, self._commands.pop(oldest).stamp_ns or self._forgotten_ns
            )
