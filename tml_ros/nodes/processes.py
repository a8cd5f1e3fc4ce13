"""This machine's name, and whether one of its processes is there.

Knows nothing of ROS. Stateless; any thread.
"""

from __future__ import annotations

import os
import platform
from pathlib import Path

_ENDED = ("Z", "X")
"""States of a process that has ended and was not waited for yet, and of one just being removed."""
MAX_HOST = 64


def host_name() -> str:
    """This machine's name, as its beats say it."""
    return platform.node()[:MAX_HOST]


def process_alive(pid: int) -> bool | None:
    """Whether a process of this machine is there; None where that cannot be told.

    Containers that share a name and not their processes look like machines whose processes are
    gone: what hangs there is taken for lost.
    """
    if pid <= 0:
        return None
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        # It is there and somebody else's.
        return True
    try:
        state = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[:1]
    except OSError:
        return True
    return not (state and state[0] in _ENDED)
