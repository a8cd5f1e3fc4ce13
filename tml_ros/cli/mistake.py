"""A user's mistake: one readable message with what to do, exit code 2, never a traceback.

Knows nothing of the commands. Any ValueError defined in this package is a caller's mistake by our
own rule, and so is a file that cannot be opened; everything else is a defect and keeps its
traceback.
"""

from __future__ import annotations

import errno

EXIT_MISTAKE = 2
_FULL = (errno.ENOSPC, errno.EDQUOT)


class MistakeError(ValueError):
    """What the user asked for cannot be done; the message says what to do instead."""


def as_mistake(error: Exception) -> str | None:
    """The message for the user, or None where the error is a defect of ours."""
    if isinstance(error, ValueError) and type(error).__module__.startswith("tml_ros."):
        return str(error)
    if isinstance(error, OSError) and error.errno in _FULL:
        return "the disk is full; make room, or write elsewhere"
    if isinstance(error, OSError) and error.filename is not None:
        reason = error.strerror or type(error).__name__
        return f"{error.filename}: {reason[:1].lower()}{reason[1:]}"
    return None
