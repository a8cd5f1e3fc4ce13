"""A place for a record of a test, closed when the test is over."""

from __future__ import annotations

import pytest
from record_place import Place


@pytest.fixture
def place(tmp_path):
    found = Place(tmp_path)
    yield found
    for log in found.logs:
        log.close()
