"""Where the files that come with the package are: in its source tree, or installed below share/.

Knows nothing of what is in them. Stateless; any thread.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path


def shared_file(relative: Path) -> Path | None:
    """A file by its path in the source tree, "config/cells/example.yaml"; None where it is not."""
    return next((path for folder in _folders() if (path := folder / relative).is_file()), None)


def shared_names(folder: Path, *, suffix: str) -> tuple[str, ...]:
    """The names, without suffix and sorted, of the files with that suffix in a shared folder."""
    paths = (path for place in _folders() for path in (place / folder).glob(f"*{suffix}"))
    return tuple(sorted({path.name.removesuffix(suffix) for path in paths if path.is_file()}))


def _folders() -> Iterator[Path]:
    yield Path(__file__).resolve().parents[2]
    prefixes = [*filter(None, os.environ.get("AMENT_PREFIX_PATH", "").split(os.pathsep))]
    for prefix in (*prefixes, sys.prefix):
        yield Path(prefix, "share", "tml_ros")
