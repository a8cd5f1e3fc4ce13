"""A scenario played to a cell: what the model says comes back to it, and people react to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from tml_ros.bench.evaluation.closed_loop import Played, play
from tml_ros.bench.evaluation.opinions import Opinion
from tml_ros.bench.evaluation.trusted import TrustedModel
from tml_ros.bench.judge.conduct import Speaker
from tml_ros.model.layout import SessionLayout
from tml_ros.sim.factory import Factory
from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.turn.hazard import Hazard, HazardKind, HazardSource
from tml_ros.turn.micro_turn import TURN_SAMPLES, MicroTurn
from tml_ros.turn.turn_output import DelegationRequest, Floor, TurnOutput

Answer = Callable[[MicroTurn], TurnOutput]
LOUD = 0.5 * np.sin(np.arange(TURN_SAMPLES) / 16_000 * 2 * np.pi * 700).astype(np.float32)


class ScriptedModel:
    """Answers each turn as it is told to, and remembers what it was given."""

    name = "scripted"
    trained = True
    trusted_kinds: frozenset[HazardKind] = frozenset()
    trusted_speech: bool = True

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.turns: list[MicroTurn] = []
        self.given: list[tuple[str, bool, int]] = []

    def open_session(self, layout: SessionLayout | None = None, *, seed: int = 0) -> ScriptedModel:
        del layout, seed
        return self

    def step_batch(self, pairs: Sequence[tuple[ScriptedModel, MicroTurn]]) -> list[TurnOutput]:
        return [session.step(turn) for session, turn in pairs]

    def step(self, turn: MicroTurn) -> TurnOutput:
        self.turns.append(turn)
        return self.answer(turn)

    def inject(self, text: str, *, how: str, urgent: bool = False) -> None:
        del how
        self.given.append((text, urgent, len(self.turns)))

    def yield_floor(self) -> None: ...

    def reset(self) -> None: ...

    def close(self) -> None: ...


def speaking_in(*turns: int, text: str = "Yes.") -> Answer:
    def answer(turn: MicroTurn) -> TurnOutput:
        if turn.index not in turns:
            return TurnOutput(turn.index)
        said = text if turn.index == turns[-1] else ""
        return TurnOutput(turn.index, speech=LOUD, text=said, floor=Floor.SPEAK)

    return answer


def scenario(**parts: object) -> Scenario:
    described = {
        "scenario": "quiet",
        "seconds": 6.0,
        "noise_db": -50.0,
        "hall": {"echo": 0.0},
        "microphones": {"ear": {"at": [0, 4, 2.5], "echo_db": -6, "echo_ms": 100}},
    }
    return Scenario.model_validate(described | parts)


def played(model: ScriptedModel | None, **parts: object) -> Played:
    with Factory(scenario(**parts)) as factory:
        return play(factory, None if model is None else TrustedModel(model))


def loudness(model: ScriptedModel, turn: int) -> float:
    return float(np.abs(model.turns[turn].audio["ear"]).mean())


def test_a_model_hears_itself_a_turn_later_and_after_the_way_through_the_room() -> None:
    model = ScriptedModel(speaking_in(9))
    result = played(model)
    assert [turn.index for turn in model.turns] == list(range(30))
    silence = max(loudness(model, turn) for turn in range(10))
    assert loudness(model, 10) > 10 * silence
    assert loudness(model, 11) > 10 * silence
    first = model.turns[10].audio["ear"]
    assert np.abs(first[: round(0.07 * 16_000)]).max() < 0.05
    assert np.abs(first[round(0.12 * 16_000) :]).max() > 0.05
    (said,) = result.conduct.utterances
    assert (said.by, said.text) == (Speaker.MODEL, "Yes.")
    assert said.start_s == pytest.approx(2.0, abs=0.01)
    assert not result.voice[: 10 * TURN_SAMPLES].any()


def test_the_same_scenario_and_model_give_the_same_to_the_bit() -> None:
    def run() -> tuple[Played, list[MicroTurn]]:
        model = ScriptedModel(speaking_in(5, 6, 20))
        lines = [{"who": "anna", "act": "chatter", "at": 2.0}]
        return played(model, lines=lines, seed=4), model.turns

    (one, one_turns), (two, two_turns) = run(), run()
    assert one.conduct == two.conduct
    assert (one.heard["ear"] == two.heard["ear"]).all()
    for left, right in zip(one_turns, two_turns, strict=True):
        assert (left.audio["ear"] == right.audio["ear"]).all()


def test_who_waits_for_the_cell_speaks_when_it_has_begun_to() -> None:
    lines = [
        {"who": "anna", "act": "ask_listening", "at": 0.4, "say": "hello"},
        {"who": "anna", "act": "stop", "into": 0.7, "say": "stop"},
    ]
    model = ScriptedModel(speaking_in(9, 10, 11, 12, 13, 14))
    result = played(model, lines=lines)
    assert result.conduct.line_starts == {1: pytest.approx(2.7, abs=0.01)}
    quiet = played(ScriptedModel(speaking_in()), lines=lines)
    assert quiet.conduct.line_starts == {}


def test_what_the_background_found_is_handed_over_in_its_turn() -> None:
    model = ScriptedModel(speaking_in())
    played(model, handed_over=[{"at": 2.0, "say": "It is warm.", "urgent": True}])
    assert model.given == [("It is warm.", True, 10)]


def test_requests_and_scores_are_kept_with_their_times() -> None:
    def answer(turn: MicroTurn) -> TurnOutput:
        asked = (DelegationRequest("1", "question", "why"),) if turn.index == 14 else ()
        score = 0.25 if turn.index < 20 else 0.9
        siren = Hazard(HazardKind.SIREN, "ear", score, HazardSource.MODEL, turn.end_ns)
        return TurnOutput(turn.index, delegations=asked, hazards=(siren,))

    result = played(ScriptedModel(answer))
    (request,) = result.conduct.requests
    assert (request.at_s, request.kind, request.question) == (pytest.approx(3.0), "question", "why")
    scores = result.scores[HazardKind.SIREN, "ear"]
    assert scores[19] == pytest.approx(0.25)
    assert scores[20] == pytest.approx(0.9)
    (alarm,) = result.alarms[Opinion.MODEL]
    assert (alarm.kind, alarm.zone) == (HazardKind.SIREN, "ear")
    assert alarm.raised_s == pytest.approx(4.2, abs=0.11)
    assert result.alarms[Opinion.GUARDS] == ()
    assert result.alarms[Opinion.BOTH] == (alarm,)


def test_a_siren_is_found_by_the_guards_and_warned_of_by_voice() -> None:
    events = [{"kind": "siren", "at": 1.0, "lasts": 4.0, "strength": 0.9}]
    result = played(None, events=events, noise_db=-30, seed=1)
    (alarm,) = result.alarms[Opinion.GUARDS]
    assert alarm.kind is HazardKind.SIREN
    assert 1.0 < alarm.raised_s < 4.0
    assert result.alarms[Opinion.MODEL] == ()
    (said,) = result.conduct.utterances
    assert said.by is Speaker.GUARDIAN
    assert "Siren" in said.text
    assert said.start_s == pytest.approx(alarm.raised_s, abs=0.06)
    assert np.abs(result.voice[round(said.start_s * 16_000) :]).max() > 0.1
