"""What is true of a scenario that was rendered into files, as its truth.json says it.

Times are seconds since the beginning, places in pictures are pixels. Knows nothing of how the
files are made or played. Frozen; any thread.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict

from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.scene.pictures import zones_in_picture
from tml_ros.sim.scene.quality import Quality
from tml_ros.sim.simulator_version import SIMULATOR
from tml_ros.sim.talk.act import Act
from tml_ros.sim.truth.expectation import Rule
from tml_ros.sim.truth.truth import Truth
from tml_ros.turn.hazard import HazardKind


class _Told(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, allow_inf_nan=False)


class ToldCamera(_Told):
    """A camera's film. size: width, height. zones: outlines in its picture."""

    file: str
    size: tuple[int, int]
    rate: float
    frames: int
    zones: dict[str, tuple[tuple[float, float], ...]]


class ToldMicrophone(_Told):
    """A microphone's sound, mono. frames: samples."""

    file: str
    rate: int
    frames: int


class ToldSpan(_Told):
    """A hazard is there. evident_s: from when on it can be judged, None: never."""

    kind: HazardKind
    zone: str
    start_s: float
    end_s: float
    evident_s: float | None


class ToldDoubt(_Told):
    """Whether it is there is in doubt."""

    kind: HazardKind
    zone: str
    start_s: float
    end_s: float


class ToldLine(_Told):
    """A line. start_s: None where it waits for the cell to speak, and is in no file's sound.

    addressed: to the cell.
    """

    who: str
    act: Act
    addressed: bool
    text: str
    start_s: float | None
    seconds: float


class ToldExpectation(_Told):
    """What is right to do, in short. line: see `Expectation`."""

    rule: Rule
    about: str
    due_s: float
    opens_s: float
    closes_s: float
    line: int | None


class ClipTruth(_Told):
    """All of it. made_of: tells this scenario from all others. sizes: of the files, bytes."""

    scenario: str
    seed: int
    seconds: float
    made_of: str
    renderer: int
    quality: Quality
    cameras: dict[str, ToldCamera]
    microphones: dict[str, ToldMicrophone]
    spans: tuple[ToldSpan, ...]
    doubts: tuple[ToldDoubt, ...]
    lines: tuple[ToldLine, ...]
    expected: tuple[ToldExpectation, ...]
    sizes: dict[str, int]


def made_of(scenario: Scenario) -> str:
    """The same for equal scenarios alone."""
    return hashlib.sha256(scenario.model_dump_json().encode()).hexdigest()


def clip_truth(
    scenario: Scenario,
    truth: Truth,
    *,
    quality: Quality,
    cameras: Mapping[str, tuple[str, int]],
    microphones: Mapping[str, ToldMicrophone],
    sizes: Mapping[str, int],
) -> ClipTruth:
    """The truth of a scenario whose films are made. cameras: file and number of frames of each."""
    return ClipTruth(
        scenario=scenario.scenario,
        seed=scenario.seed,
        seconds=scenario.seconds,
        made_of=made_of(scenario),
        renderer=SIMULATOR,
        quality=quality,
        cameras={
            name: ToldCamera(
                file=file,
                size=scenario.cameras[name].size,
                rate=scenario.cameras[name].rate,
                frames=frames,
                zones={
                    zone: tuple((round(x, 2), round(y, 2)) for x, y in outline)
                    for zone, outline in zones_in_picture(scenario, name).items()
                },
            )
            for name, (file, frames) in cameras.items()
        },
        microphones=dict(microphones),
        spans=tuple(
            ToldSpan(
                kind=span.kind,
                zone=span.zone,
                start_s=_s(span.start_s),
                end_s=_s(span.end_s),
                evident_s=None if span.evident_s is None else _s(span.evident_s),
            )
            for span in truth.hazards
        ),
        doubts=tuple(
            ToldDoubt(
                kind=doubt.kind, zone=doubt.zone, start_s=_s(doubt.start_s), end_s=_s(doubt.end_s)
            )
            for doubt in truth.doubts
        ),
        lines=tuple(
            ToldLine(
                who=line.who,
                act=line.act,
                addressed=line.act.addressed,
                text=line.text,
                start_s=None if line.start_s is None else _s(line.start_s),
                seconds=_s(line.seconds),
            )
            for line in truth.lines
        ),
        expected=tuple(
            ToldExpectation(
                rule=one.rule,
                about=one.about,
                due_s=_s(one.due_s),
                opens_s=_s(one.opens_s),
                closes_s=_s(one.closes_s),
                line=one.line,
            )
            for one in truth.expected
        ),
        sizes=dict(sizes),
    )


def _s(seconds: float) -> float:
    return round(seconds, 3)
