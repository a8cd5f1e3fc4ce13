"""What a shard says of itself: how it was made, and which scenarios are in it. Types only.

Names of arrays: those of scenario i begin with "i/". Of each scenario, for n turns:

facts             uint8: scenario, truth and allowed speech as JSON, deflated (`facts`)
frames/CAMERA     uint8: JPEG files one after the other, one per turn that has a picture
frames/CAMERA/ends    int64 [n]: where the file of each turn ends; empty where it has none
frames/CAMERA/stamps  int64 [n]: when its light fell in, ns since the beginning; -1 where none
patches/CAMERA    int8 [n, patches, 6]: see `patch_labels`
smoke/CAMERA      uint8 [n, patches]: how much of a patch smoke hides, 255 all of it
sound/MICROPHONE  int16 [n * 3200]: all that is heard but lines that wait for the cell, x 32768
levels/MICROPHONE uint8 [n, 8, 80]: the same as dMel, silence before it
waiting           int64 [k]: the lines that wait for the cell, by their index in the scenario
waiting/MICROPHONE    int16: such lines as heard there, one after the other
waiting/MICROPHONE/ends   int64 [k]: where each ends
seen              int8 [n, 5, zones]: see `hazard_labels`; kinds as in `hazard_places.SEEN`
heard             int8 [n, 4, microphones]: the same; kinds as in `hazard_places.HEARD`
in_view           uint8 [n, cameras, 2]: how many people a camera sees at least 0.4 of at the turn's
                  end, and how many vehicles at least 0.3 of

Zones, cameras and microphones are in the scenario's order, which `cell_of` keeps.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from tml_ros.sim.render.plan import FORMAT, RenderPlan
from tml_ros.sim.scenario.suite import Suite

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_KIND: Final = "tml_ros shard"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ScenarioEntry(_Strict):
    """One scenario. seed: that it was drawn from. cameras: width and height of their pictures.

    sha256: over its arrays, see `array_file.digest_of`.
    """

    name: str
    suite: Suite
    seed: Annotated[int, Field(ge=0)]
    turns: Annotated[int, Field(ge=1)]
    cameras: dict[str, tuple[int, int]]
    microphones: tuple[str, ...]
    zones: tuple[str, ...]
    sha256: Sha256


class ShardHeader(_Strict):
    """plan: of this file alone. simulator: the version of what made it."""

    kind: Literal["tml_ros shard"] = _KIND
    format: Literal[1] = FORMAT
    simulator: int
    fingerprint: str
    plan: RenderPlan
    scenarios: tuple[ScenarioEntry, ...]
