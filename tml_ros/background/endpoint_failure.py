"""Why the endpoint gave no answer, in our words.

What a server writes may hold anything, even the key, and is never passed on. Knows nothing of
requests. Any thread.
"""

from __future__ import annotations

from typing import Final

from tml_ros.background.endpoint_reply import TooLongError
from tml_ros.background.endpoint_transport import OverdueError, TooMuchError

PASSING: Final = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
"""HTTP statuses that may be other ones a moment later."""


class EndpointFailedError(Exception):
    """No answer; the message says why in plain words of ours, never in the server's.

    passing: trying again may help. after: seconds that the server asked to wait, or None.
    """

    def __init__(self, reason: str, *, passing: bool = False, after: float | None = None) -> None:
        """Say why."""
        super().__init__(reason)
        self.passing = passing
        self.after = after


def failure_of(error: Exception, *, begun: bool) -> EndpointFailedError:
    """What an exception of the client means. begun: some of the answer had come."""
    status = getattr(error, "status_code", None)
    if isinstance(error, OverdueError):
        return EndpointFailedError("it took too long")
    if isinstance(error, TooMuchError | TooLongError):
        return EndpointFailedError("its answer was far too long")
    if isinstance(status, int):
        return _refused(status, _retry_after(error))
    kinds = {one.__name__ for one in type(error).__mro__}
    if kinds & {"APITimeoutError", "TimeoutException"}:
        reason = "its answer stalled" if begun else "it did not answer in time"
    elif kinds & {"APIConnectionError", "RequestError", "TransportError"}:
        reason = "the connection broke off" if begun else "it cannot be reached"
    else:
        reason = f"its answer could not be read ({type(error).__name__})"
    return EndpointFailedError(reason, passing=True)


def _refused(status: int, after: float | None) -> EndpointFailedError:
    if status in (401, 403):
        return EndpointFailedError(f"it refused the key (HTTP {status})")
    return EndpointFailedError(f"it answered HTTP {status}", passing=status in PASSING, after=after)


def _retry_after(error: Exception) -> float | None:
    """Seconds, as a server may ask for; a date is not understood, as there is no clock here."""
    headers = getattr(getattr(error, "response", None), "headers", None)
    told = None if headers is None else headers.get("retry-after")
    try:
        seconds = float(told) if told is not None else -1.0
    except ValueError:
        return None
    return seconds if 0 <= seconds < 1e6 else None
