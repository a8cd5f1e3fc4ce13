"""Say whether one camera still shows what it should: frozen, dark, covered.

Joins three judges, each of which knows one thing only, and gives each the time that makes a
judgement an observation. Whether the camera's view has moved is another guard's question, whether
pictures come at all is told by their absence. Owned by the thread that feeds the guards.
"""

from __future__ import annotations

from tml_ros.safety.guards.camera_detail import DetailJudge
from tml_ros.safety.guards.camera_exposure import is_badly_exposed
from tml_ros.safety.guards.camera_frozen import FrozenJudge
from tml_ros.safety.guards.persistence import Persistence
from tml_ros.safety.guards.picture import Picture
from tml_ros.turn.hazard import Hazard, HazardKind, HazardSource

LOOK_EVERY_NS = 190_000_000
"""Detail is looked at no more often: what is lost stays lost for longer than that."""
DARK_NS = 500_000_000
COVERED_NS = 1_000_000_000
UNIFORM_NS = 2_000_000_000
RECOVERED_NS = 500_000_000


class CameraHealth:
    """States camera_frozen, camera_dark and camera_covered for each picture of one camera.

    Scores are 1.0 or 0.0: each judgement has already lasted for its time. The zone is the camera's
    name. A dark or overexposed picture is judged for nothing else, and nothing is learnt from it.
    """

    def __init__(self, camera: str) -> None:
        self._camera = camera
        self._frozen = FrozenJudge()
        self._detail = DetailJudge()
        self._dark = Persistence(on_ns=DARK_NS, off_ns=RECOVERED_NS)
        self._lost = Persistence(on_ns=COVERED_NS, off_ns=RECOVERED_NS)
        self._uniform = Persistence(on_ns=UNIFORM_NS, off_ns=RECOVERED_NS)
        self._looked_ns: int | None = None

    def reset(self) -> None:
        """Forget everything, as after a jump of the clock."""
        for part in (self._frozen, self._detail, self._dark, self._lost, self._uniform):
            part.reset()
        self._looked_ns = None

    def observe_picture(self, picture: Picture) -> list[Hazard]:
        """Judge the next picture: always three hazards, present or not."""
        stamp_ns = picture.frame.stamp_ns
        badly_exposed = is_badly_exposed(picture.grey)
        dark = self._dark.observe(badly_exposed, stamp_ns)
        if self._looked_ns is None or stamp_ns - self._looked_ns >= LOOK_EVERY_NS:
            self._looked_ns = stamp_ns
            self._detail.observe(picture.grey, stamp_ns, learn=not (badly_exposed or dark))
        seen = not badly_exposed
        lost = self._lost.observe(seen and self._detail.lost, stamp_ns)
        uniform = self._uniform.observe(seen and self._detail.uniform, stamp_ns)
        frozen = False
        if badly_exposed:
            self._frozen.skip()
        else:
            frozen = self._frozen.observe(picture.frame.rgb, stamp_ns)
        present = {
            HazardKind.CAMERA_FROZEN: frozen,
            HazardKind.CAMERA_DARK: dark,
            HazardKind.CAMERA_COVERED: lost or uniform,
        }
        return [
            Hazard(kind, self._camera, float(there), HazardSource.GUARD, stamp_ns)
            for kind, there in present.items()
        ]
