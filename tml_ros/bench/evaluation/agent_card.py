"""What is known of an agent before it has done anything: its name, and what it is made of.

Reads files and opens no model. What an agent is made of goes into the plan's
fingerprint, so that results of weights that were since replaced are not taken for those of today.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from tml_ros.bench.evaluation.agents import CASCADE, offered_agents
from tml_ros.model.interface import (
    CHECKPOINT_SUFFIX,
    NO_MODEL,
    ModelUnavailableError,
    names_model_file,
)
from tml_ros.model.preset_file import PRESETS
from tml_ros.model.shipped_weights import shipped_weights
from tml_ros.settings.shared_file import shared_file

_DIGITS = 16


@dataclass(frozen=True, slots=True)
class AgentCard:
    """name: as it was asked for. title: short, for people and for the name of a folder.

    weights: the same for the same weights; version: of this package, which guards and rules come
    with. trained: whether its weights were learnt; guards and the cascade have none to learn.
    """

    name: str
    title: str
    weights: str
    version: str
    trained: bool = True

    @property
    def called(self) -> str:
        """What people call it."""
        return "guards alone" if self.name == NO_MODEL else self.title

    @property
    def made_of(self) -> str:
        """For a plan: what results depend on besides the scenarios."""
        return f"{self.version} {self.weights}".strip()


def agent_card(name_or_path: str) -> AgentCard:
    """The card of an agent. Raises ModelUnavailableError, OSError."""
    version = metadata.version("tml_ros")
    if name_or_path in (NO_MODEL, CASCADE):
        return AgentCard(name_or_path, name_or_path, "", version)
    if name_or_path not in offered_agents() and not names_model_file(name_or_path):
        raise ModelUnavailableError(
            f"there is no model {name_or_path!r}; there are: {', '.join(offered_agents())}, or the "
            f"path of a preset (.yaml) or checkpoint ({CHECKPOINT_SUFFIX})"
        )
    path = Path(name_or_path)
    if name_or_path in offered_agents():
        path = shipped_weights(name_or_path) or _preset(name_or_path)
    weights = _digest(path)
    return AgentCard(name_or_path, Path(name_or_path).stem, weights, version, _trained(path))


def _preset(name: str) -> Path:
    found = shared_file(PRESETS / f"{name}.yaml")
    if found is None:
        raise ModelUnavailableError(f"the preset {name!r} is not installed")
    return found


def _trained(path: Path) -> bool:
    if path.suffix != CHECKPOINT_SUFFIX:
        return False
    from tml_ros.model.checkpoint import read_checkpoint_header  # noqa: PLC0415 - torch comes

    return bool(read_checkpoint_header(path).facts.get("trained", False))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        digest = hashlib.sha256()
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()[:_DIGITS]
