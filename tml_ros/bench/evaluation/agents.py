"""Who is evaluated, by name: guards alone, the cascade, or an interaction model.

A model that is made in `tml_ros.model` knows nothing of the baselines; here they stand side by
side.
"""

from __future__ import annotations

from tml_ros.bench.evaluation.lookout import Lookout
from tml_ros.bench.evaluation.trusted import TrustedModel
from tml_ros.cell.handed_over_voice import handed_over_voice
from tml_ros.model.interface import NO_MODEL, offered_models, open_model
from tml_ros.sim.scenario.random_hall import MACHINE_NAMES
from tml_ros.sim.scenario.scenario import VehicleKind

CASCADE = "cascade"
MACHINES = tuple(f"{name}_{number}" for name in MACHINE_NAMES.values() for number in (1, 2))
VEHICLES = tuple(f"{kind.value}_{number}" for kind in VehicleKind for number in (1, 2, 3))
THINGS = ("boxes", *VEHICLES)
"""What scenarios that are drawn call their machines and what moves; a site would tell its own."""


def offered_agents() -> tuple[str, ...]:
    """The names that `open_agent` knows."""
    return (*offered_models(), CASCADE)


def open_agent(name_or_path: str) -> TrustedModel | None:
    """The model to be evaluated, or None for guards alone.

    Raises ModelUnavailableError, SpeechUnavailableError.
    """
    if name_or_path == NO_MODEL:
        return None
    if name_or_path == CASCADE:
        from tml_ros.bench.cascade.cascade_model import open_cascade  # noqa: PLC0415 - optional

        lookout = Lookout()
        cascade = open_cascade(look=lookout, machines=MACHINES, things=THINGS)
        return TrustedModel(cascade, lookout=lookout)
    model = open_model(name_or_path, threads=1)
    return None if model is None else TrustedModel(model, text_voice=handed_over_voice(model))
