"""A script as what an evaluated cell would have done, for the judge."""

from __future__ import annotations

import numpy as np

from tml_ros.bench.evaluation.cell_voice import CellVoice
from tml_ros.bench.judge.conduct import Conduct, Request, Speaker, Utterance
from tml_ros.bench.judge.judgement import Judgement, judge
from tml_ros.model.delegation_reader import DelegationReader
from tml_ros.model.dialogue_tokens import TextKind
from tml_ros.model.tokenizer import DELEGATE, TextTokenizer
from tml_ros.sim.render.facts import Facts
from tml_ros.training.teaching.script import Script
from tml_ros.turn.micro_turn import TURN_SAMPLES
from tml_ros.turn.turn_output import Floor, TurnOutput


def conduct_of(script: Script, facts: Facts, tokenizer: TextTokenizer) -> Conduct:
    """Said is what the following turn takes in as the session's own; heard, what `own` names."""
    voice = CellVoice(facts.scenario.seconds + 10.0)
    reader = DelegationReader(tokenizer)
    requests: list[Request] = []
    speaks = {
        turn: one
        for one in script.own
        for turn in range(one.begin_turn, one.begin_turn + one.turns)
    }
    sound = np.full(TURN_SAMPLES, 0.1, np.float32)
    for turn, taken in enumerate(script.dialogue[1:]):
        said = []
        for token in taken.text[taken.kind == TextKind.OWN].tolist():
            inside = reader.inside or token == DELEGATE
            if (request := reader.read(token)) is not None:
                requests.append(Request((turn + 1) * 0.2, request.kind, request.question))
            if not inside:
                said.append(token)
        own = speaks.get(turn)
        floor = Floor.BACKCHANNEL if own is not None and own.backchannel else Floor.SPEAK
        text = tokenizer.decode(said)
        speech = None if own is None else sound
        voice.speak(TurnOutput(turn, speech, text, floor=floor if own else Floor.LISTEN))
    warned = [Utterance(at, at + 2.0, text, Speaker.GUARDIAN) for at, text in script.warnings]
    return Conduct(
        facts.scenario.seconds,
        (*voice.utterances(), *warned),
        requests=tuple(requests),
        line_starts=dict(script.line_starts),
    )


def judged(script: Script, facts: Facts, tokenizer: TextTokenizer) -> Judgement:
    conduct = conduct_of(script, facts, tokenizer)
    allowed = [
        (opens + begin, closes + begin)
        for opens, closes, line in facts.allowed_speech
        for begin in [0.0 if line is None else conduct.line_starts.get(line)]
        if begin is not None
    ]
    return judge(facts.truth, conduct, allowed=allowed)
