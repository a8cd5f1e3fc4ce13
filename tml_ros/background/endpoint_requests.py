"""Requests to the endpoint: one reply at a time, streamed, tried again where that may help.

Knows nothing of questions and tools; messages go out and a reply comes back. Blocks its thread, in
steps between which it can be given up by closing the generator. One thread at a time.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tml_ros.background.endpoint_budget import EndpointBudget
from tml_ros.background.endpoint_failure import EndpointFailedError, failure_of
from tml_ros.background.endpoint_reply import CHARACTERS_PER_TOKEN, Reply
from tml_ros.background.endpoint_settings import EndpointError, EndpointSettings
from tml_ros.background.endpoint_transport import (
    MAX_BYTES,
    Bounds,
    OverdueError,
    Waiting,
    open_client,
)
from tml_ros.background.reasoner import Progress

FIRST_PAUSE_S: Final = 0.5
LONGEST_PAUSE_S: Final = 30.0
CHUNKS_PER_STEP: Final = 50
Json = dict[str, Any]


@dataclass(slots=True)
class Account:
    """Of one question. deadline: by the endpoint's own clock. tokens: in and out so far."""

    now_ns: int
    deadline: float
    tokens: int = 0


class EndpointRequests:
    """A client, opened with the first request. Closed by `close`."""

    def __init__(
        self, settings: EndpointSettings, waiting: Waiting, budget: EndpointBudget
    ) -> None:
        """Nothing is sent yet."""
        self._settings = settings
        self._waiting = waiting
        self._budget = budget
        self._bounds = Bounds()
        self._client: Any = None
        self._model = settings.model

    def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def reply(
        self, messages: Sequence[Json], tools: Sequence[Json], account: Account
    ) -> Generator[Progress, None, Reply]:
        """The reply to these messages. Raises EndpointFailedError."""
        for attempt in range(self._settings.retries + 1):
            try:
                return (yield from self._try(messages, tools, account))
            except EndpointFailedError as failure:
                if not failure.passing or attempt == self._settings.retries:
                    raise
                pause = FIRST_PAUSE_S * 2**attempt if failure.after is None else failure.after
                if pause > LONGEST_PAUSE_S or self._waiting.elapsed() + pause >= account.deadline:
                    raise
                yield from self._pause(pause)
        raise AssertionError("the last attempt returns or raises")

    def _try(
        self, messages: Sequence[Json], tools: Sequence[Json], account: Account
    ) -> Generator[Progress, None, Reply]:
        size = len(json.dumps(list(messages)))
        self._check(account, size)
        self._bounds.deadline, self._bounds.left = account.deadline, MAX_BYTES
        reply = Reply()
        try:
            yield from self._stream(messages, tools, account, reply)
        except (EndpointFailedError, GeneratorExit):
            raise
        except EndpointError as error:
            raise EndpointFailedError(str(error)) from None
        except Exception as error:  # whatever a library makes of whatever a server sends
            raise failure_of(error, begun=bool(reply.received)) from None
        finally:
            self._count(account, reply, size)
        if not reply.finished:
            raise EndpointFailedError("its answer broke off", passing=True)
        if reply.finished == "length":
            most = self._settings.answer_tokens
            raise EndpointFailedError(f"its answer was longer than {most} tokens")
        return reply

    def _stream(
        self, messages: Sequence[Json], tools: Sequence[Json], account: Account, reply: Reply
    ) -> Generator[Progress, None, None]:
        client = self._opened()
        if not self._model:
            self._model = _offered(client)
        stream = client.chat.completions.create(
            model=self._model,
            messages=messages,
            tools=tools,
            stream=True,
            stream_options={"include_usage": True},
            **{self._settings.max_tokens_name: self._settings.answer_tokens},
        )
        try:
            yield Progress()
            for count, chunk in enumerate(stream):
                reply.add(chunk)
                if self._waiting.elapsed() > account.deadline:
                    raise OverdueError
                if count % CHUNKS_PER_STEP == CHUNKS_PER_STEP - 1:
                    yield Progress()
        finally:
            stream.close()

    def _check(self, account: Account, size: int) -> None:
        most = self._settings.question_tokens
        if account.tokens + size // CHARACTERS_PER_TOKEN > most:
            raise EndpointFailedError(f"the question would take more than its {most} tokens")
        spent = self._budget.spent(account.now_ns)
        if spent:
            raise EndpointFailedError(spent)
        if self._waiting.elapsed() >= account.deadline:
            raise EndpointFailedError("it took too long")

    def _opened(self) -> Any:  # noqa: ANN401 - openai has types only where it is installed
        if self._client is None:
            self._client = open_client(self._settings, self._bounds, self._waiting)
        return self._client

    def _count(self, account: Account, reply: Reply, size: int) -> None:
        tokens_in = reply.tokens_in
        if tokens_in is None:
            tokens_in = size // CHARACTERS_PER_TOKEN if reply.received else 0
        tokens_out = reply.estimated_out()
        account.tokens += tokens_in + tokens_out
        self._budget.count(account.now_ns, tokens_in, tokens_out)

    def _pause(self, seconds: float) -> Generator[Progress, None, None]:
        """Wait, in pieces of at most a second."""
        while seconds > 0:
            yield Progress()
            self._waiting.sleep(min(1.0, seconds))
            seconds -= 1.0


def _offered(client: Any) -> str:  # noqa: ANN401
    for model in client.models.list().data or ():
        if isinstance(model.id, str) and 0 < len(model.id) <= 200:
            return model.id
    raise EndpointFailedError("it offers no model; name one in the settings")
