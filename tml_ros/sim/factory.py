"""One scenario, ready to be played: what its cameras see, its microphones hear, and what is true.

The one door to the simulator for whoever judges, renders or shows. Pictures are drawn when they are
asked for; MuJoCo is loaded with the first of them. Owned by one thread.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from tml_ros.cell.cell_description import CellDescription
from tml_ros.safety.zone import to_fractions
from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.scene.pictures import FactoryPictures, zones_in_picture
from tml_ros.sim.scene.quality import Quality
from tml_ros.sim.sound.factory_sound import FactorySound
from tml_ros.sim.sound.heard_hazards import heard_hazards
from tml_ros.sim.talk.allowed_speech import SpeechWindow, allowed_speech
from tml_ros.sim.talk.words import drawn_words
from tml_ros.sim.truth.scenario_truth import truth_of
from tml_ros.sim.truth.truth import Truth
from tml_ros.turn.micro_turn import Frame


class Factory:
    """A context manager.

    quality: of the pictures. voices: folder where spoken lines are kept for the next time.
    """

    def __init__(
        self, scenario: Scenario, *, quality: Quality = Quality.FAST, voices: Path | None = None
    ) -> None:
        """Work out nothing yet."""
        self.scenario = scenario
        self._quality = quality
        self._voices = voices
        self._pictures: FactoryPictures | None = None

    def __enter__(self) -> Factory:
        """Give itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the renderer back."""
        self.close()

    def close(self) -> None:
        """Give the renderer back; may be called again."""
        if self._pictures is not None:
            self._pictures.close()
            self._pictures = None

    @cached_property
    def sounds(self) -> FactorySound:
        """What is heard."""
        return FactorySound(self.scenario, drawn_words(self.scenario), voices=self._voices)

    @cached_property
    def truth(self) -> Truth:
        """What is true, whoever looks."""
        heard, doubts = heard_hazards(self.scenario, self.sounds)
        return truth_of(self.scenario, lines=self.sounds.lines, heard=heard, doubts=doubts)

    @cached_property
    def allowed_speech(self) -> tuple[SpeechWindow, ...]:
        """From when to when speech is no mistake although nothing calls for it."""
        truth = self.truth
        return allowed_speech(
            self.scenario,
            truth.lines,
            truth.expected,
            hazards=truth.hazards,
            doubts=truth.doubts,
        )

    def cell(self, *, model: str = "none") -> CellDescription:
        """The cell as a site would describe it: its zones as its cameras see them."""
        return cell_of(self.scenario, model=model)

    def sound(self, microphone: str) -> NDArray[np.float32]:
        """Everything but lines that wait for the cell: float32 [seconds * 16000], mono, -1..1."""
        return self.sounds.microphone(microphone)

    @property
    def pictures(self) -> FactoryPictures:
        """What is seen; opened by the first call. Raises SimulatorMissingError."""
        if self._pictures is None:
            self._pictures = FactoryPictures(self.scenario, quality=self._quality)
        return self._pictures

    def frames(self) -> Iterator[Frame]:
        """All frames of all cameras in order of their stamps, ns since the beginning."""
        pictures = self.pictures
        due = [
            (pictures.time_s(name, index), name, index)
            for name in self.scenario.cameras
            for index in range(pictures.frames(name))
        ]
        for time_s, name, index in sorted(due):
            yield Frame(name, round(time_s * 1e9), pictures.picture(name, index))


def cell_of(scenario: Scenario, *, model: str = "none") -> CellDescription:
    """The scenario's cell as a site would describe it. Pure."""
    cameras = {}
    for name, camera in scenario.cameras.items():
        width, height = camera.size
        zones = {
            zone: {"polygon": to_fractions(polygon, width=width, height=height)}
            for zone, polygon in zones_in_picture(scenario, name).items()
        }
        cameras[name] = {"size": camera.size, "rate": camera.rate, "zones": zones}
    return CellDescription.model_validate(
        {
            "cell": scenario.scenario,
            "language": scenario.language,
            "model": model,
            "cameras": cameras,
            "microphones": {name: {} for name in scenario.microphones},
        }
    )
