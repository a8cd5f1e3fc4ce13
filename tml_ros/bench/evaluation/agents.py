"""Who is evaluated, by name: guards alone, the cascade, or an interaction model.

A model that is made in `tml_ros.model` knows nothing of the baselines; here they stand side by
side.
"""

from __future__ import annotations

from tml_ros.bench.evaluation.trusted import TrustedModel
from tml_ros.model.interface import NO_MODEL, offered_models, open_model

CASCADE = "cascade"


def offered_agents() -> tuple[str, ...]:
    """The names that `open_agent` knows."""
    return (*offered_models(), CASCADE)


def open_agent(name_or_path: str) -> TrustedModel | None:
    """The model to be evaluated, or None for guards alone.

    Raises ModelUnavailableError.
    """
    if name_or_path == NO_MODEL:
        return None
    if name_or_path == CASCADE:
        from tml_ros.bench.cascade.cascade_model import open_cascade  # noqa: PLC0415 - optional

        return TrustedModel(open_cascade())
    model = open_model(name_or_path, threads=1)
    return None if model is None else TrustedModel(model)
