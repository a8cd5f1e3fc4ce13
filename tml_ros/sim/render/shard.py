"""A shard: some scenarios as one file, written whole, and read where it lies.

What is in it is said in `shard_header`. Opening checks the header and the file's length; `verify`
reads all and checks every scenario's digest. A shard that is open belongs to one thread.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from tml_ros.cell.cell_description import CellDescription
from tml_ros.sim.factory import cell_of
from tml_ros.sim.render.array_file import ArrayFile, ShardError, digest_of, write_arrays
from tml_ros.sim.render.facts import Facts, unpacked
from tml_ros.sim.render.plan import RenderPlan, ShardTask
from tml_ros.sim.render.shard_header import ScenarioEntry, ShardHeader
from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.simulator_version import SIMULATOR
from tml_ros.sim.truth.truth import Truth
from tml_ros.turn.micro_turn import TURN_NS

Arrays = Mapping[str, NDArray[Any]]


class OtherShardError(ShardError):
    """The file is whole, but of another version or no shard at all."""


def write_shard(path: Path, plan: RenderPlan, made: Sequence[tuple[int, Scenario, Arrays]]) -> int:
    """Write a file and give its length. plan: of this file alone. made: seed, scenario, arrays.

    Raises OSError; what was at `path` before stays until all is written.
    """
    arrays: dict[str, NDArray[Any]] = {}
    entries = []
    for number, (seed, scenario, own) in enumerate(made):
        named = {f"{number}/{name}": array for name, array in own.items()}
        arrays |= named
        entry = ScenarioEntry(
            name=scenario.scenario,
            suite=plan.suites[0],
            seed=seed,
            turns=scenario.turns,
            cameras={name: part.size for name, part in scenario.cameras.items()},
            microphones=tuple(scenario.microphones),
            zones=tuple(scenario.zones),
            sha256=digest_of(named),
        )
        entries.append(entry)
    header = ShardHeader(
        simulator=SIMULATOR, fingerprint=plan.fingerprint, plan=plan, scenarios=tuple(entries)
    )
    return write_arrays(path, arrays, about=header.model_dump_json())


def read_shard(path: Path) -> Shard:
    """Open a shard. Raises ShardError where it is none or not whole, OSError."""
    return Shard(path)


class Shard:
    """See `read_shard`. A sequence of scenarios."""

    def __init__(self, path: Path) -> None:
        """Read the header; the rest is read when it is asked for."""
        self._file = ArrayFile(path)
        try:
            self.header = ShardHeader.model_validate_json(self._file.about)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            raise OtherShardError(
                f"{path} is no shard that this version reads: {where}: {first['msg']}"
            ) from error

    @property
    def path(self) -> Path:
        """Where it is."""
        return self._file.path

    @property
    def task(self) -> ShardTask:
        """Its place in a plan."""
        plan = self.header.plan
        begin = plan.seeds[0] - plan.seeds[0] % plan.per_shard
        return ShardTask(plan.suites[0], begin, plan.seeds)

    def __len__(self) -> int:
        """How many scenarios there are."""
        return len(self.header.scenarios)

    def __getitem__(self, index: int) -> RenderedScenario:
        """A scenario; nothing of it is read yet. Raises IndexError."""
        if not 0 <= index < len(self):
            raise IndexError(f"scenario {index} of {len(self)} in {self.path}")
        return RenderedScenario(self._file, index, self.header.scenarios[index])

    def verify(self) -> None:
        """Read everything. Raises ShardError naming the first scenario that is damaged."""
        for index, entry in enumerate(self.header.scenarios):
            if self._file.digest(f"{index}/") != entry.sha256:
                raise ShardError(f"{self.path}: scenario {entry.name} is damaged; render it again")


class RenderedScenario:
    """One scenario of a shard. Arrays are read-only and lie in the file.

    Raises ShardError for what the shard was rendered without, KeyError for a camera or microphone
    that the scenario does not have.
    """

    def __init__(self, file: ArrayFile, index: int, entry: ScenarioEntry) -> None:
        """Nothing is read yet."""
        self._file, self._prefix, self.entry = file, f"{index}/", entry

    @cached_property
    def facts(self) -> Facts:
        """Scenario, truth and allowed speech, unpacked at the first call."""
        return unpacked(self.array("facts").tobytes())

    @property
    def scenario(self) -> Scenario:
        """What was rendered."""
        return self.facts.scenario

    @property
    def truth(self) -> Truth:
        """All that is true of it."""
        return self.facts.truth

    def cell(self, *, model: str = "none") -> CellDescription:
        """The cell as a site would describe it, its zones as its cameras see them."""
        return cell_of(self.scenario, model=model)

    @property
    def seen(self) -> NDArray[np.int8]:
        """int8 [turns, 5, zones] of 1, 0 and -1, see `hazard_labels`."""
        return self.array("seen")

    @property
    def heard(self) -> NDArray[np.int8]:
        """int8 [turns, 4, microphones]."""
        return self.array("heard")

    @property
    def in_view(self) -> NDArray[np.uint8]:
        """uint8 [turns, cameras, 2]: how many people and how many vehicles."""
        return self.array("in_view")

    def jpeg(self, camera: str, turn: int) -> bytes:
        """The newest picture of a turn as a JPEG file; empty where the camera gave none."""
        ends = self.array(f"frames/{camera}/ends")
        return self._piece(f"frames/{camera}", ends, self._turn(turn)).tobytes()

    def frame(self, camera: str, turn: int) -> NDArray[np.uint8] | None:
        """The same as uint8 [h, w, 3], RGB."""
        file = self.jpeg(camera, turn)
        if not file:
            return None
        picture = cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_COLOR)
        width, height = self.entry.cameras[camera]
        if picture is None or picture.shape != (height, width, 3):
            raise ShardError(f"{self._file.path}: picture {turn} of {camera} is damaged")
        return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)

    def age_ns(self, camera: str, turn: int) -> int | None:
        """How old that picture is at the turn's end."""
        stamp = int(self.array(f"frames/{camera}/stamps")[self._turn(turn)])
        return None if stamp < 0 else (turn + 1) * TURN_NS - stamp

    def patches(self, camera: str) -> NDArray[np.int8]:
        """int8 [turns, patches, things], see `patch_labels`."""
        return self.array(f"patches/{camera}")

    def smoke(self, camera: str) -> NDArray[np.uint8]:
        """uint8 [turns, patches]: how much smoke hides, 255 all."""
        return self.array(f"smoke/{camera}")

    def sound(self, microphone: str) -> NDArray[np.int16]:
        """int16 [turns * 3200], x 32768: all but lines that wait for the cell."""
        return self.array(f"sound/{microphone}")

    def levels(self, microphone: str) -> NDArray[np.uint8]:
        """uint8 [turns, 8, 80]: the same as dMel."""
        return self.array(f"levels/{microphone}")

    def waiting(self, microphone: str) -> dict[int, NDArray[np.int16]]:
        """Lines that wait for the cell, by their index in the scenario: int16 [n], x 32768."""
        ends = self.array(f"waiting/{microphone}/ends")
        lines = self.array("waiting").tolist()
        name = f"waiting/{microphone}"
        return {line: self._piece(name, ends, number) for number, line in enumerate(lines)}

    def array(self, name: str) -> NDArray[Any]:
        """An array by its name, see `shard_header`."""
        _, _, thing = name.partition("/")
        own = thing.partition("/")[0]
        if thing and own not in (*self.entry.cameras, *self.entry.microphones):
            raise KeyError(f"scenario {self.entry.name} has no {own!r}")
        if self._prefix + name not in self._file.names:
            raise ShardError(f"{self._file.path} was rendered without {name.partition('/')[0]}")
        return self._file.array(self._prefix + name)

    def _turn(self, turn: int) -> int:
        if not 0 <= turn < self.entry.turns:
            raise IndexError(f"turn {turn} of {self.entry.turns}")
        return turn

    def _piece(self, name: str, ends: NDArray[np.int64], number: int) -> NDArray[Any]:
        whole = self.array(name)
        first = int(ends[number - 1]) if number else 0
        last = int(ends[number])
        if not 0 <= first <= last <= len(whole):
            raise ShardError(f"{self._file.path}: {name} is damaged")
        return whole[first:last]
