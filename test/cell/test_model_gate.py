"""What of a model's answer goes on, by what the model has been shown to be good at."""

from __future__ import annotations

import numpy as np
import pytest

from tml_ros.cell.experiment import Experiment
from tml_ros.cell.model_gate import ModelGate, ModelStanding, model_standing
from tml_ros.model.hazard_places import HEARD, SEEN
from tml_ros.turn.hazard import Hazard, HazardKind, HazardSource
from tml_ros.turn.micro_turn import TURN_SAMPLES
from tml_ros.turn.turn_output import DelegationRequest, Floor, TurnOutput

SIREN, DOWN = HazardKind.SIREN, HazardKind.PERSON_DOWN
TALK, FALLS = Experiment.SPEECH, Experiment.PERSON_DOWN
SPEECH = np.zeros(TURN_SAMPLES, np.float32)
ASKED = DelegationRequest("1", "machine_status", "is press 2 warm?")


def gate(*trusted: HazardKind, trained: bool = True) -> ModelGate:
    return ModelGate(ModelStanding("m", trained, frozenset(trusted)))


def judged(*kinds: HazardKind) -> tuple[Hazard, ...]:
    return tuple(Hazard(kind, "z", 0.9, HazardSource.MODEL, 0) for kind in kinds)


@pytest.mark.parametrize(
    ("trusted", "stated", "withheld"),
    [((), (), 2), ((SIREN,), (SIREN,), 1), ((SIREN, DOWN), (SIREN, DOWN), 0)],
)
def test_only_kinds_that_are_trusted_are_stated_and_the_others_counted(
    trusted: tuple[HazardKind, ...], stated: tuple[HazardKind, ...], withheld: int
) -> None:
    judge = gate(*trusted)
    for _ in range(3):
        assert judge.passed(TurnOutput(0, hazards=judged(SIREN, DOWN))).hazards == judged(*stated)
    assert judge.counts.get("untrusted_hazards", 0) == 3 * withheld


def test_a_trained_model_speaks_writes_and_asks() -> None:
    said = TurnOutput(4, SPEECH, "no", (), (ASKED,), Floor.SPEAK)
    judge = gate()
    assert judge.passed(said) == said
    assert judge.counts == {}


@pytest.mark.parametrize(
    ("said", "muted"),
    [
        (TurnOutput(7, speech=SPEECH), 1),
        (TurnOutput(7, text="no"), 1),
        (TurnOutput(7, delegations=(ASKED,)), 1),
        (TurnOutput(7, floor=Floor.SPEAK), 0),
        (TurnOutput(7), 0),
    ],
)
def test_an_untrained_model_is_mute(said: TurnOutput, muted: int) -> None:
    judge = gate(trained=False)
    assert judge.passed(said) == TurnOutput(7)
    assert judge.counts.get("muted_turns", 0) == muted


@pytest.mark.parametrize(
    ("standing", "words"),
    [
        (ModelStanding("m", False, frozenset()), "untrained and believed in nothing"),
        (ModelStanding("m", True, frozenset()), "trusted with no kind of hazard"),
        (ModelStanding("m", True, frozenset({SIREN, DOWN})), "with person down, siren"),
        (ModelStanding("m", True, frozenset(), speech=False), "says only what it is handed"),
        (
            ModelStanding(
                "m",
                True,
                frozenset({SIREN, DOWN}),
                experimental=frozenset({Experiment.SIREN, Experiment.SPEECH}),
            ),
            "trusted with person down, experimental: siren, speech",
        ),
    ],
)
def test_its_standing_is_told_in_plain_words(standing: ModelStanding, words: str) -> None:
    assert words in str(standing)


class _Model:
    name = "m"

    def __init__(self, *, speech: bool, trained: bool = True) -> None:
        self.trained, self.trusted_speech = trained, speech
        self.trusted_kinds = frozenset({SIREN})


@pytest.mark.parametrize(
    ("model", "wanted", "passed"),
    [
        (_Model(speech=False), (), ({SIREN}, False, ())),
        (_Model(speech=True), (), ({SIREN}, True, ())),
        (_Model(speech=False), (TALK,), ({SIREN}, True, (TALK,))),
        (_Model(speech=True), (TALK, Experiment.SIREN), ({SIREN}, True, ())),
        (_Model(speech=False), (FALLS,), ({SIREN, DOWN}, False, (FALLS,))),
        (_Model(speech=False, trained=False), tuple(Experiment), (set(), False, ())),
    ],
)
def test_a_cell_may_want_more_than_was_shown_but_nothing_of_an_untrained_model(
    model: _Model,
    wanted: tuple[Experiment, ...],
    passed: tuple[set[HazardKind], bool, tuple[Experiment, ...]],
) -> None:
    standing = model_standing(model, experimental=wanted)
    kinds, speaks, experimental = passed
    assert (standing.trusted, standing.speech) == (kinds, speaks)
    assert standing.experimental == frozenset(experimental)


def test_every_kind_that_a_model_judges_can_be_wanted() -> None:
    assert {one.kind for one in Experiment if one.kind} == {*SEEN, *HEARD}
