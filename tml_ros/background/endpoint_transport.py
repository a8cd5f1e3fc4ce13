"""The way to the endpoint over HTTP, bounded in time and bytes whatever the other side does.

A server may send a byte now and then, so that no single wait is too long, and never end: the whole
of an answer has a deadline here, checked at each piece. Uses whichever HTTP library the installed
`openai` is built on. One thread at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

from tml_ros.background.endpoint_settings import EndpointError, EndpointSettings

MAX_BYTES: Final = 8_000_000
NO_KEY: Final = "none"


class OverdueError(Exception):
    """The whole answer took longer than it may."""


class TooMuchError(Exception):
    """The answer is larger than any answer should be, or packed so that it may be."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The endpoint's own time. elapsed: seconds of a clock that never jumps. sleep: waits so long.

    Both come from above, where clocks may be read.
    """

    elapsed: Callable[[], float]
    sleep: Callable[[float], None]


@dataclass(slots=True)
class Bounds:
    """Of the request under way. deadline: by `Waiting.elapsed`. left: bytes still to be read."""

    deadline: float = 0.0
    left: int = MAX_BYTES


def client_is_there() -> bool:
    """Whether the `openai` package is."""
    return find_spec("openai") is not None


def open_client(settings: EndpointSettings, bounds: Bounds, waiting: Waiting) -> Any:  # noqa: ANN401
    """An `openai.OpenAI` that heeds `bounds`.

    Redirects are not followed, since they would carry the question elsewhere, and proxies named in
    the environment are not used. Raises EndpointError where the package is missing or the key
    cannot be read.
    """
    if not client_is_there():
        raise EndpointError(
            "an endpoint is asked through the openai package, not installed here: "
            "pip install 'tml_ros[background]'"
        )
    openai: Any = import_module("openai")
    timeout = openai.Timeout(
        settings.between_tokens, connect=settings.connect, pool=settings.connect
    )
    return openai.OpenAI(
        base_url=settings.url,
        api_key=settings.key() or NO_KEY,
        max_retries=0,
        timeout=timeout,
        default_headers={"Accept-Encoding": "identity"},
        http_client=openai.DefaultHttpxClient(
            transport=_bounded_transport(openai, bounds, waiting),
            follow_redirects=False,
            timeout=timeout,
        ),
    )


def _bounded_transport(openai: Any, bounds: Bounds, waiting: Waiting) -> Any:  # noqa: ANN401
    http: Any = import_module(openai.DefaultHttpxClient.__mro__[1].__module__.partition(".")[0])

    class BoundedStream(http.SyncByteStream):  # type: ignore[misc]
        """The bytes of an answer, as long as they are within bounds."""

        def __init__(self, stream: Any) -> None:  # noqa: ANN401
            self._stream = stream

        def __iter__(self) -> Iterator[bytes]:
            for piece in self._stream:
                bounds.left -= len(piece)
                if bounds.left < 0:
                    raise TooMuchError
                if waiting.elapsed() > bounds.deadline:
                    raise OverdueError
                yield piece

        def close(self) -> None:
            self._stream.close()

    class BoundedTransport(http.HTTPTransport):  # type: ignore[misc]
        """HTTP whose answers are `BoundedStream`s."""

        def handle_request(self, request: Any) -> Any:  # noqa: ANN401
            response = super().handle_request(request)
            if response.headers.get("content-encoding", "identity") != "identity":
                response.close()
                raise TooMuchError
            return http.Response(
                response.status_code,
                headers=response.headers,
                stream=BoundedStream(response.stream),
                extensions=response.extensions,
            )

    return BoundedTransport()
