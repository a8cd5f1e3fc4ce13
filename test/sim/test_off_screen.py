from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from tml_ros.sim import off_screen
from tml_ros.sim.off_screen import OffScreen, Part, SimulatorMissingError

SCENE = """<mujoco><visual><global offwidth="320" offheight="240"/></visual>
<worldbody>
  <light pos="0 0 5"/>
  <camera name="above" pos="0 0 4"/>
  <geom type="plane" size="3 3 1" rgba="0.2 0.3 0.4 1"/>
  <geom type="box" pos="0.6 0.4 0.2" size="0.3 0.2 0.2" rgba="0.9 0.2 0.1 1"/>
  <body name="ball" mocap="true" pos="0 0 -5"><geom type="sphere" size="0.3" rgba="0 1 0 1"/></body>
</worldbody></mujoco>"""


@pytest.fixture(scope="module")
def screen():
    try:
        made = OffScreen(SCENE, {}, camera="above", width=160, height=120)
    except SimulatorMissingError as error:
        pytest.skip(str(error))
    yield made
    made.close()
    made.close()


@pytest.mark.parametrize(
    "part", [Part(0, 0, 160, 120), Part(90, 10, 140, 70), Part(0, 60, 33, 120), Part(5, 5, 6, 6)]
)
def test_a_part_is_the_same_as_that_part_of_the_whole(screen: OffScreen, part: Part) -> None:
    whole, drawn = screen.draw(), screen.draw(part)
    assert drawn.shape == whole[part.slices].shape
    assert np.abs(drawn.astype(int) - whole[part.slices]).max() <= 2
    assert whole.std() > 10


def test_bodies_are_where_they_were_put_and_gone_when_they_were_not(screen: OffScreen) -> None:
    def green() -> np.ndarray:
        picture = screen.draw().astype(int)
        return np.argwhere(picture[:, :, 1] > picture[:, :, 0] + 60)

    screen.put({"ball": (np.array((-0.8, 0.5, 0.3)), np.eye(3))})
    rows, columns = green().mean(axis=0)
    assert rows < 60 and columns < 80
    screen.put({})
    assert not len(green())


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
