"""What is measured on one thread is tested on one: with tiny tensors more only wait."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture
def one_thread() -> Iterator[None]:
    """One thread for torch while the test runs."""
    from tml_ros.bench.turn_threads import threads_limited  # noqa: PLC0415 - not all need torch

    with threads_limited(1):
        yield
