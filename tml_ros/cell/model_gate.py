"""What of a model's answers goes on into the cell: what it has been shown to be good at.

Judgements of a kind the model is not trusted with are counted and not stated. A model whose
weights were never learnt is listened to by nobody: it sees, hears and answers, so that its cost is
real, and its speech, text and requests end here. Knows nothing of how trust is earned. One thread
owns a gate.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from tml_ros.cell.turn_figures import MUTED_TURNS, UNTRUSTED_HAZARDS
from tml_ros.model.interface import InteractionModel
from tml_ros.turn.hazard import HazardKind
from tml_ros.turn.turn_output import Floor, TurnOutput


@dataclass(frozen=True, slots=True)
class ModelStanding:
    """What is known of a cell's model. trusted: the kinds of hazard it is believed about."""

    name: str
    trained: bool
    trusted: frozenset[HazardKind]

    def __str__(self) -> str:
        """In plain words, for people."""
        if not self.trained:
            return "untrained: nothing that it says or judges is passed on"
        if not self.trusted:
            return "trained; trusted with no kind of hazard"
        return f"trained; trusted with {', '.join(sorted(kind.value for kind in self.trusted))}"


def model_standing(model: InteractionModel) -> ModelStanding:
    """How the model stands; one that is untrained is trusted with nothing, whatever it says."""
    trained = model.trained
    return ModelStanding(model.name, trained, model.trusted_kinds if trained else frozenset())


class ModelGate:
    """Lets through what the model is good for."""

    def __init__(self, standing: ModelStanding) -> None:
        """Start with nothing withheld."""
        self.standing = standing
        self._withheld: Counter[str] = Counter()

    @property
    def counts(self) -> dict[str, int]:
        """What was withheld, where it is not 0: judgements of kinds that the model is not trusted
        with, and turns in which an untrained model would have spoken, written or asked.
        """
        return {name: count for name, count in self._withheld.items() if count}

    def passed(self, output: TurnOutput) -> TurnOutput:
        """What of the answer goes on."""
        trusted = tuple(h for h in output.hazards if h.kind in self.standing.trusted)
        self._withheld[UNTRUSTED_HAZARDS] += len(output.hazards) - len(trusted)
        if self.standing.trained:
            return replace(output, hazards=trusted)
        if output.speech is not None or output.text or output.delegations:
            self._withheld[MUTED_TURNS] += 1
        return TurnOutput(output.index, hazards=trusted, floor=Floor.LISTEN)
