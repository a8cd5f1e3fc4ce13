from __future__ import annotations

from pathlib import Path

import pytest
from made_scenes import write_scenes


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three scenarios in two files."""
    path = tmp_path_factory.mktemp("shards")
    write_scenes(path, range(0, 2))
    write_scenes(path, range(8, 9))
    return path
