from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from tml_ros.sim import off_screen
from tml_ros.sim.off_screen import Part, SimulatorMissingError


def test_a_part_is_its_rows_and_columns() -> None:
    picture = np.arange(48).reshape(6, 8)
    rows, columns = Part(2, 1, 5, 3).slices
    assert np.array_equal(picture[rows, columns], picture[1:3, 2:5])


@pytest.mark.parametrize("package", ["mujoco", "OpenGL"])
def test_a_missing_package_is_named_with_how_to_install_it(
    package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = off_screen.find_spec
    monkeypatch.setattr(
        off_screen, "find_spec", lambda name: None if name == package else found(name)
    )
    with pytest.raises(SimulatorMissingError, match=rf"{package}.*pip install 'tml_ros\[sim\]'"):
        off_screen.load_mujoco()


def test_a_way_of_drawing_that_does_not_work_is_named() -> None:
    code = "from tml_ros.sim.off_screen import load_mujoco; load_mujoco()"
    pytest.importorskip("mujoco")
    ended = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"MUJOCO_GL": "chalk"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "SimulatorMissingError" in ended.stderr
    assert "MUJOCO_GL=chalk" in ended.stderr
    assert "libosmesa6" in ended.stderr
