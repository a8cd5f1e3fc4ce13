"""Draws a scenario from a seed: the same arguments give the same one, to the bit.

What happens and where is drawn here; what it looks and sounds like follows from the scenario's own
seed and looks. Training and held-out scenarios of one seed share nothing. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tml_ros.sim.scenario import random_incidents
from tml_ros.sim.scenario.random_events import (
    FOOL_EARS,
    FOOL_EYES,
    distractors,
    sound_hazards,
    with_faults,
)
from tml_ros.sim.scenario.random_exchanges import EXCHANGES, TIMED, Exchange, Talk
from tml_ros.sim.scenario.random_hall import Rng, Site, random_site
from tml_ros.sim.scenario.random_incidents import INCIDENTS, Cast, vehicle_alone
from tml_ros.sim.scenario.scenario import EventPart, LinePart, MachinePart, Scenario
from tml_ros.sim.scenario.suite import Suite
from tml_ros.sim.split import Split
from tml_ros.sim.talk.act import Act

QUIET_SHARE = 0.25
"""Of hazard scenarios, those in which nothing dangerous is seen."""
OCCUPIED_SHARE = 0.12
"""Of hazard scenarios, those in which somebody is in a zone from the first picture on."""


def random_scenario(
    seed: int,
    *,
    suite: Suite,
    looks: Split = Split.TRAIN,
    difficulty: float | None = None,
    seconds: float = 60.0,
    camera_size: tuple[int, int] = (240, 160),
    camera_rate: float = 10.0,
) -> Scenario:
    """One scenario of a suite.

    difficulty: 0 clean and bright to 1 dim, noisy and full of what fools; drawn where None.
    camera_size: width and height in pixels; camera_rate: pictures per second.
    Raises ValueError for a negative seed, a difficulty outside of 0..1, or less than 20 s.
    """
    if seed < 0 or seconds < 20 or not 0 <= (difficulty or 0) <= 1:
        raise ValueError(
            f"seed >= 0, seconds >= 20 and difficulty 0..1 are allowed, "
            f"got {seed}, {seconds} and {difficulty}"
        )
    key = (seed, list(Suite).index(suite), list(Split).index(looks))
    rng = np.random.default_rng(np.random.SeedSequence([*key, 7]))
    hard = float(rng.uniform()) if difficulty is None else difficulty
    site = random_site(
        rng,
        difficulty=hard,
        camera_size=camera_size,
        camera_rate=camera_rate,
        conveyor=suite is Suite.TIME,
    )
    parts = _PARTS[suite](rng, site, seconds, hard)
    described = {
        "scenario": f"{suite.value}_{seed}",
        "seconds": seconds,
        "seed": int(np.random.SeedSequence(key).generate_state(1, np.uint64)[0] >> 1),
        "looks": looks,
        "hall": site.hall,
        "zones": site.zones,
        "cameras": site.cameras,
        "microphones": site.microphones,
        "noise_db": round(float(rng.uniform(-32, -20 + 14 * hard)), 1),
    }
    return Scenario.model_validate(described | parts)


def _hazards(rng: Rng, site: Site, seconds: float, hard: float) -> dict[str, object]:
    cast, now = Cast(), float(rng.uniform(2, 8))
    if rng.uniform() < OCCUPIED_SHARE:
        now = random_incidents.occupied_from_the_start(rng, site, cast) + 2
    names = list(INCIDENTS)
    harmless = ("passing", "vehicle_alone")
    quiet = rng.uniform() < QUIET_SHARE
    while now < seconds - 12 and len(cast.people) < 6 and len(cast.vehicles) < 3:
        name = str(rng.choice(harmless if quiet else names))
        now = INCIDENTS[name](rng, site, cast, round(now, 2)) + float(rng.uniform(1, 6))
    kinds = FOOL_EYES + FOOL_EARS
    events = [
        *cast.events,
        *sound_hazards(rng, seconds=seconds, count=0.0 if quiet else seconds / 45),
        *distractors(rng, seconds=seconds, difficulty=hard, kinds=kinds),
    ]
    lines = [
        LinePart(
            who="colleague",
            act=Act.NEAR_MISS if rng.uniform() < 0.3 else Act.CHATTER,
            at=round(float(rng.uniform(1, seconds - 5)), 2),
            level_db=round(float(rng.uniform(-12, 0)), 1),
        )
        for _ in range(int(rng.poisson(0.5 + hard)))
    ]
    machines = with_faults(rng, site, seconds=seconds, chance=0.15, stops=True)
    return _parts(cast, machines, events, sorted(lines, key=lambda line: line.at or 0.0))


def _dialogue(rng: Rng, site: Site, seconds: float, hard: float) -> dict[str, object]:
    cast = Cast()
    if rng.uniform() < 0.5:
        random_incidents.visit(rng, site, cast, round(float(rng.uniform(1, 0.6 * seconds)), 2))
    talk = _talk(rng, site, EXCHANGES, seconds)
    events = [
        *talk.events,
        *distractors(rng, seconds=seconds, difficulty=0.6 * hard, kinds=FOOL_EARS[:2]),
    ]
    return _parts(cast, site.machines, events, talk.lines) | {
        "handed_over": tuple(talk.handed_over)
    }


def _time(rng: Rng, site: Site, seconds: float, hard: float) -> dict[str, object]:
    cast = Cast()
    if rng.uniform() < 0.35:
        talk = Talk(tuple(site.zones), tuple(site.machines), float(rng.uniform(6, 9)))
        vehicle_alone(rng, site, cast, 1.0)
        (name,) = cast.vehicles
        slow = cast.vehicles[name].model_copy(update={"speed": 0.6})
        cast.vehicles[name] = slow
        talk.say(Act.CUE, about=name)
    else:
        talk = _talk(rng, site, TIMED, seconds)
    events = distractors(rng, seconds=seconds, difficulty=0.5 * hard, kinds=FOOL_EARS[:2])
    return _parts(cast, site.machines, [*talk.events, *events], talk.lines)


def _talk(
    rng: Rng, site: Site, exchanges: Mapping[str, tuple[Exchange, float]], seconds: float
) -> Talk:
    """Exchanges until the time is over; one that would not fit is left out."""
    talk = Talk(tuple(site.zones), tuple(site.machines), float(rng.uniform(1.5, 4)))
    names = list(exchanges)
    weights = np.array([weight for _, weight in exchanges.values()])
    while talk.now < seconds - 8:
        before = talk.lengths
        exchange, _ = exchanges[str(rng.choice(names, p=weights / weights.sum()))]
        exchange(rng, talk)
        if talk.now > seconds:
            talk.cut(*before)
            break
        talk.now += float(rng.uniform(1.5, 4.0))
    return talk


def _parts(
    cast: Cast,
    machines: Mapping[str, MachinePart],
    events: list[EventPart],
    lines: list[LinePart],
) -> dict[str, object]:
    return {
        "people": cast.people,
        "vehicles": cast.vehicles,
        "machines": machines,
        "events": tuple(sorted(events, key=lambda event: event.at)),
        "lines": tuple(lines),
    }


_PARTS = {Suite.HAZARDS: _hazards, Suite.DIALOGUE: _dialogue, Suite.TIME: _time}
