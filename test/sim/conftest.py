from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tml_ros.sim.off_screen import SimulatorMissingError
from tml_ros.sim.simulated_cell import SimulatedCell
from tml_ros.sim.simulated_clip import SimulatedClip, ensure_clip


@pytest.fixture(scope="session")
def cell() -> Iterator[SimulatedCell]:
    """Seed 1 for 15 s."""
    try:
        made = SimulatedCell(seed=1, seconds=15)
    except SimulatorMissingError as error:
        pytest.skip(str(error))
    with made:
        yield made


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> SimulatedClip:
    """Seed 3 for 4 s: the worker comes in, outside of the zone."""
    try:
        return ensure_clip(seed=3, seconds=4, folder=tmp_path_factory.mktemp("clip") / "simulated")
    except SimulatorMissingError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def simulated_cell_file() -> Path:
    """The description of the cell that comes with the package."""
    return Path(__file__).resolve().parents[2] / "config" / "cells" / "simulated.yaml"
