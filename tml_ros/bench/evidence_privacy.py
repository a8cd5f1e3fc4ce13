"""How much of the people in simulated pictures the privacy filter makes unrecognisable.

Knows nothing of how results are shown. Needs MuJoCo. Runs on the calling thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tml_ros.bench.evidence_scene import (
    RATE,
    EvidenceScene,
    JudgedPicture,
    SeenPerson,
    is_down,
    random_visits,
    standing_still,
    there_from_the_start,
)
from tml_ros.evidence.evidence_settings import Privacy
from tml_ros.evidence.privacy_filter import Concealed, PrivacyFilter
from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.split import Split
from tml_ros.sim.truth.moment import Posture

LEAST_PIXELS = 40
"""Of somebody; less is a foot in the corner of the picture."""
LEAST_HEAD = 6
WHOLE = 0.95
"""A figure or head of which so much is covered counts as covered."""
SECOND_NS = 1_000_000_000
BEGIN_S = 1000.0
WORST = 5
SLOW = 4.0
"""Pictures per second of who hardly moves."""

MOVING, STANDING, DOWN = "moving", "standing", "down"


@dataclass(frozen=True, slots=True)
class Figure:
    """One person in one picture. covered, head: shares of the pixels seen; head is None where too
    little of it is seen. whole: the picture was pixelated as a whole.
    """

    story: str
    seed: int
    time_s: float
    doing: str
    covered: float
    head: float | None
    whole: bool


@dataclass(slots=True)
class PrivacyTally:
    """What was counted. background: pictures, and the mean share of what is nobody's that was
    pixelated in those that were not pixelated as a whole.
    """

    figures: list[Figure] = field(default_factory=list)
    pictures: int = 0
    whole: int = 0
    spoilt: float = 0.0

    def rows(self) -> list[dict[str, str | int | float]]:
        """By story and by what somebody does: figures, and how many are covered."""
        keys = dict.fromkeys((one.story, one.doing) for one in self.figures)
        return [
            {"story": story, "doing": doing}
            | figures_of([f for f in self.figures if (f.story, f.doing) == (story, doing)])
            for story, doing in sorted(keys)
        ]

    def worst(self) -> list[Figure]:
        """Of each scenario the figure of whom least is covered; the worst few of these."""
        least: dict[tuple[str, int], Figure] = {}
        for one in self.figures:
            known = least.get((one.story, one.seed))
            if known is None or one.covered < known.covered:
                least[one.story, one.seed] = one
        return sorted(least.values(), key=lambda one: one.covered)[:WORST]


def figures_of(figures: Iterable[Figure]) -> dict[str, int | float]:
    """Counts and shares over figures, at least one."""
    chosen = list(figures)
    heads = [one.head for one in chosen if one.head is not None]
    covered = np.array([one.covered for one in chosen])
    return {
        "figures": len(chosen),
        "in_whole_pictures": float(np.mean([one.whole for one in chosen])),
        "figures_covered": float((covered >= WHOLE).mean()),
        "pixels_covered": float(covered.mean()),
        "heads": len(heads),
        "heads_covered": float(np.mean([head >= WHOLE for head in heads])) if heads else 1.0,
    }


Told = Callable[[str, int], None]
"""Called with the story and the seed before each scenario."""


def measure_privacy(
    seeds: Iterable[int],
    *,
    standing_seeds: Iterable[int] = (),
    privacy: Privacy = Privacy.PEOPLE,
    looks: Split = Split.HELD_OUT,
    told: Told = lambda story, seed: None,
) -> PrivacyTally:
    """Play the scenarios of `seeds`, and with `standing_seeds` those of people who do not move.

    Raises SimulatorMissingError.
    """
    tally = PrivacyTally()
    for seed in seeds:
        told("visits", seed)
        _judge(
            tally, "visits", seed, random_visits(seed, looks=looks), privacy, rate=RATE, empty=True
        )
    for seed in standing_seeds:
        told("standing", seed)
        still = standing_still(seed, looks=looks)
        _judge(tally, "standing 3 min", seed, still, privacy, rate=SLOW, empty=True)
        told("there from the start", seed)
        there = there_from_the_start(seed, looks=looks)
        _judge(tally, "there from the start", seed, there, privacy, rate=SLOW, empty=False)
    return tally


def _judge(
    tally: PrivacyTally,
    story: str,
    seed: int,
    scenario: Scenario,
    privacy: Privacy,
    *,
    rate: float,
    empty: bool,
) -> None:
    guard = PrivacyFilter(privacy)
    with EvidenceScene(scenario, rate=rate) as scene:
        for picture in scene.empty_hall() if empty else ():
            guard.conceal(picture.rgb, _stamp_ns(picture))
        for picture in scene.pictures():
            concealed = guard.conceal(picture.rgb, _stamp_ns(picture))
            _count(tally, story, seed, picture, concealed)


def _count(
    tally: PrivacyTally, story: str, seed: int, picture: JudgedPicture, concealed: Concealed
) -> None:
    covered = concealed.covered()
    tally.pictures += 1
    tally.whole += concealed.whole
    if not concealed.whole:
        nobody = np.ones(covered.shape, np.bool_)
        for person in picture.people:
            nobody &= ~person.pixels
        tally.spoilt += float(covered[nobody].mean())
    tally.figures.extend(
        Figure(
            story,
            seed,
            picture.time_s,
            _doing(person),
            float(covered[person.pixels].mean()),
            _share(covered, person.head, LEAST_HEAD),
            concealed.whole,
        )
        for person in picture.people
        if np.count_nonzero(person.pixels) >= LEAST_PIXELS
    )


def _doing(person: SeenPerson) -> str:
    if is_down(person.posture):
        return DOWN
    return MOVING if person.posture is Posture.WALKING else STANDING


def _share(covered: NDArray[np.bool_], of: NDArray[np.bool_], least: int) -> float | None:
    return float(covered[of].mean()) if np.count_nonzero(of) >= least else None


def _stamp_ns(picture: JudgedPicture) -> int:
    return round((BEGIN_S + picture.time_s) * SECOND_NS)
