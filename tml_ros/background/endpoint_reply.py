"""One reply of the endpoint, put together from the pieces in which it is streamed.

Knows nothing of HTTP, and takes the pieces for whatever they claim to be: fields may be missing,
calls may come torn and in any order. Bounded. One thread at a time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

MAX_TEXT: Final = 20_000
MAX_CALLS: Final = 12
MAX_NAME: Final = 100
MAX_ARGUMENTS: Final = 20_000
CHARACTERS_PER_TOKEN: Final = 3
"""Where the endpoint counts no tokens they are estimated, rather too many than too few."""


class TooLongError(Exception):
    """The reply has more text or calls than any reply should."""


@dataclass(slots=True)
class Call:
    """A tool call. id: "" where the endpoint gave none. arguments: JSON, as it came."""

    id: str = ""
    name: str = ""
    arguments: str = ""


@dataclass(slots=True)
class Reply:
    """text: said in plain words. finished: why it ended, "" while it has not.

    tokens_in, tokens_out: as the endpoint counted, None where it did not.
    """

    text: str = ""
    finished: str = ""
    tokens_in: int | None = None
    tokens_out: int | None = None
    received: int = 0
    _calls: dict[int, Call] = field(default_factory=dict)

    @property
    def calls(self) -> tuple[Call, ...]:
        """The tool calls, in their order."""
        return tuple(self._calls[index] for index in sorted(self._calls))

    def add(self, chunk: Any) -> None:  # noqa: ANN401 - a ChatCompletionChunk, more or less
        """Take in a piece. Raises TooLongError."""
        usage = getattr(chunk, "usage", None)
        if usage is not None:
            self.tokens_in = _count(getattr(usage, "prompt_tokens", None))
            self.tokens_out = _count(getattr(usage, "completion_tokens", None))
        for choice in (getattr(chunk, "choices", None) or [])[:1]:
            self.finished = getattr(choice, "finish_reason", None) or self.finished
            delta = getattr(choice, "delta", None)
            text = getattr(delta, "content", None)
            if isinstance(text, str):
                self.text += text
                self._received(len(text))
            # What a model thinks aloud is no answer, but it is paid for.
            thought = getattr(delta, "reasoning_content", None)
            if isinstance(thought, str):
                self._received(len(thought))
            for part in getattr(delta, "tool_calls", None) or []:
                self._add_call(part)
        if len(self.text) > MAX_TEXT:
            raise TooLongError

    def estimated_out(self) -> int:
        """Tokens of the reply, counted or estimated."""
        if self.tokens_out is not None:
            return self.tokens_out
        return -(-self.received // CHARACTERS_PER_TOKEN)

    def _add_call(self, part: Any) -> None:  # noqa: ANN401
        index = getattr(part, "index", None)
        called = getattr(part, "id", None) or ""
        if not isinstance(index, int):
            # Some servers leave the index out: another id, or none yet, begins another call.
            last = max(self._calls, default=-1)
            same = last >= 0 and called in ("", self._calls[last].id)
            index = last if same else last + 1
        if not 0 <= index < 1_000 or (index not in self._calls and len(self._calls) >= MAX_CALLS):
            raise TooLongError
        call = self._calls.setdefault(index, Call())
        call.id = call.id or str(called)[:MAX_NAME]
        function = getattr(part, "function", None)
        name, arguments = getattr(function, "name", None), getattr(function, "arguments", None)
        if isinstance(name, str) and name != call.name:
            call.name += name
        if isinstance(arguments, str):
            call.arguments += arguments
            self._received(len(arguments))
        if len(call.name) > MAX_NAME or len(call.arguments) > MAX_ARGUMENTS:
            raise TooLongError

    def _received(self, characters: int) -> None:
        self.received += characters
        if self.received > 20 * MAX_TEXT:
            raise TooLongError


def _count(told: object) -> int | None:
    return told if isinstance(told, int) and 0 <= told < 1 << 40 else None
