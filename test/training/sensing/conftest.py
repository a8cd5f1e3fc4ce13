from __future__ import annotations

import pytest
from made_scenes import made_scene

from tml_ros.sim.render.shard import RenderedScenario


@pytest.fixture(scope="session")
def scene(tmp_path_factory: pytest.TempPathFactory) -> RenderedScenario:
    return made_scene(tmp_path_factory.mktemp("made"))
