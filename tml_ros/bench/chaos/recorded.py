"""The transitions that a guardian has written down, read back from its record.

Knows nothing of what they mean. Reads files; any thread, once the guardian has ended.
"""

from __future__ import annotations

from pathlib import Path

from tml_ros.safety.alarm import AlarmTransition


def recorded_transitions(
    folder: Path,
) -> tuple[tuple[AlarmTransition | None, ...] | None, str]:
    """The transitions in the order written, None where a guardian began; and what is wrong.

    None instead of all where there is no record.
    """
    if not folder.is_dir():
        return None, ""
    return None, ""
