"""A script as what an evaluated cell would have done, for the judge."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tml_ros.bench.evaluation.cell_voice import CellVoice
from tml_ros.bench.judge.conduct import Conduct, Request, Speaker, Utterance
from tml_ros.bench.judge.judgement import Judgement, judge
from tml_ros.model.delegation_reader import DelegationReader
from tml_ros.model.dialogue_tokens import TextKind
from tml_ros.model.interface import InjectMode, Session
from tml_ros.model.layout import SessionLayout
from tml_ros.model.tokenizer import DELEGATE, TextTokenizer
from tml_ros.sim.render.facts import Facts
from tml_ros.training.teaching.script import Script
from tml_ros.turn.hazard import HazardKind
from tml_ros.turn.micro_turn import TURN_SAMPLES, MicroTurn
from tml_ros.turn.turn_output import Floor, TurnOutput


def outputs(script: Script, tokenizer: TextTokenizer) -> list[TurnOutput]:
    """Turn by turn; said is what the following turn takes in as the session's own, heard what
    `own` names. Of the last turn nobody knows.
    """
    reader = DelegationReader(tokenizer)
    speaks = {
        turn: one
        for one in script.own
        for turn in range(one.begin_turn, one.begin_turn + one.turns)
    }
    sound = np.full(TURN_SAMPLES, 0.1, np.float32)
    made: list[TurnOutput] = []
    for turn, taken in enumerate(script.dialogue[1:]):
        said, requests = [], []
        for token in taken.text[taken.kind == TextKind.OWN].tolist():
            inside = reader.inside or token == DELEGATE
            if (request := reader.read(token)) is not None:
                requests.append(request)
            if not inside:
                said.append(token)
        own = speaks.get(turn)
        floor = Floor.LISTEN
        if own is not None:
            floor = Floor.BACKCHANNEL if own.backchannel else Floor.SPEAK
        made.append(
            TurnOutput(
                turn,
                None if own is None else sound,
                tokenizer.decode(said),
                delegations=tuple(requests),
                floor=floor,
            )
        )
    return [*made, TurnOutput(len(made))]


def conduct_of(script: Script, facts: Facts, tokenizer: TextTokenizer) -> Conduct:
    """What the judge is given of it."""
    voice = CellVoice(facts.scenario.seconds + 10.0)
    made = outputs(script, tokenizer)
    for output in made:
        voice.speak(output)
    warned = [Utterance(at, at + 2.0, text, Speaker.GUARDIAN) for at, text in script.warnings]
    return Conduct(
        facts.scenario.seconds,
        (*voice.utterances(), *warned),
        requests=tuple(
            Request((output.index + 1) * 0.2, asked.kind, asked.question)
            for output in made
            for asked in output.delegations
        ),
        line_starts=dict(script.line_starts),
    )


class ScriptedModel:
    """A model, and its one session, that does what a script says, whatever it is given."""

    name = "scripted"
    trained = True
    trusted_kinds: frozenset[HazardKind] = frozenset()
    trusted_speech: bool = True

    def __init__(self, script: Script, tokenizer: TextTokenizer) -> None:
        self._outputs = outputs(script, tokenizer)

    def open_session(self, layout: SessionLayout | None = None, *, seed: int = 0) -> ScriptedModel:
        return self

    def step_batch(self, pairs: Sequence[tuple[Session, MicroTurn]]) -> list[TurnOutput]:
        return [session.step(turn) for session, turn in pairs]

    def step(self, turn: MicroTurn) -> TurnOutput:
        return self._outputs[turn.index]

    def inject(self, text: str, *, how: InjectMode, urgent: bool = False) -> None:
        pass

    def yield_floor(self) -> None:
        pass

    def reset(self) -> None:
        pass

    def close(self) -> None:
        pass


def judged(script: Script, facts: Facts, tokenizer: TextTokenizer) -> Judgement:
    conduct = conduct_of(script, facts, tokenizer)
    allowed = [
        (opens + begin, closes + begin)
        for opens, closes, line in facts.allowed_speech
        for begin in [0.0 if line is None else conduct.line_starts.get(line)]
        if begin is not None
    ]
    return judge(facts.truth, conduct, allowed=allowed)
