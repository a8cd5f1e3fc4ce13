"""Where the trained weights of a preset are, for those that come with the package.

Knows nothing of what is in them. Stateless; any thread.
"""

from __future__ import annotations

from pathlib import Path

from tml_ros.model.interface import CHECKPOINT_SUFFIX
from tml_ros.model.preset_file import PRESETS
from tml_ros.settings.shared_file import shared_file


def shipped_weights(name: str) -> Path | None:
    """The checkpoint beside the preset of that name; None where there is none."""
    return shared_file(PRESETS / f"{name}{CHECKPOINT_SUFFIX}")
