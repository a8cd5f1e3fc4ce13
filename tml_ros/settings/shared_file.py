"""Where the files that come with the package are: in its source tree, or installed below share/.

Knows nothing of what is in them. Stateless; any thread.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path


def shared_file(relative: Path) -> Path | None:
    """A file by its path in the source tree, "config/cells/example.yaml"; None where it is not."""
    prefixes = [*filter(None, os.environ.get("AMENT_PREFIX_PATH", "").split(os.pathsep))]
    shares = [Path(prefix, "share", "tml_ros") for prefix in (*prefixes, sys.prefix)]
    for folder in (Path(__file__).resolve().parents[2], *shares):
        if (folder / relative).is_file():
            return folder / relative
    return None
