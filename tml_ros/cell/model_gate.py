"""What of a model's answers goes on into the cell: what it has been shown to be good at.

Judgements of a kind the model is not trusted with are counted and not stated, and where its own
words are not trusted its session says what it is handed and nothing else: whoever asks "is it safe
to enter?" is not to be answered by a model that is often wrong. A cell may ask for more
(`experimental`). A model whose weights were never learnt is listened to by nobody: it sees, hears
and answers, so that its cost is real, and its speech, text and requests end here. Knows nothing of
how trust is earned. One thread owns a gate.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from tml_ros.cell.experiment import Experiment
from tml_ros.cell.model_belief import model_belief
from tml_ros.cell.turn_figures import MUTED_TURNS, UNTRUSTED_HAZARDS
from tml_ros.model.interface import InteractionModel
from tml_ros.turn.hazard import HazardKind
from tml_ros.turn.turn_output import Floor, TurnOutput


@dataclass(frozen=True, slots=True)
class ModelStanding:
    """What is known of a cell's model. trusted: the kinds of hazard it is believed about.

    speech: whether it speaks and asks of its own accord. experimental: what of both is so because
    the cell wants it, not because the model was shown to be good enough.
    """

    name: str
    trained: bool
    trusted: frozenset[HazardKind]
    speech: bool = True
    experimental: frozenset[Experiment] = frozenset()

    def __str__(self) -> str:
        """In plain words, for people."""
        return model_belief(
            trained=self.trained,
            trusted=(kind.value for kind in self.trusted),
            speaks=self.speech,
            experimental=(one.value for one in self.experimental),
        )


def model_standing(
    model: InteractionModel, *, experimental: Iterable[Experiment] = ()
) -> ModelStanding:
    """How the model stands; one that is untrained is trusted with nothing, whatever it says.

    experimental: what the cell wants of it all the same.
    """
    if not model.trained:
        return ModelStanding(model.name, trained=False, trusted=frozenset(), speech=False)
    beyond = frozenset(
        one
        for one in experimental
        if not (model.trusted_speech if one.kind is None else one.kind in model.trusted_kinds)
    )
    kinds = frozenset(one.kind for one in beyond if one.kind is not None)
    return ModelStanding(
        model.name,
        trained=True,
        trusted=model.trusted_kinds | kinds,
        speech=model.trusted_speech or Experiment.SPEECH in beyond,
        experimental=beyond,
    )


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
