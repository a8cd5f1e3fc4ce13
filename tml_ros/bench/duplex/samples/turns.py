"""Samples in the manner of Full-Duplex-Bench v1.0: pauses, signs of listening, turns.

Definitions of the inputs: Lin et al. 2025 (arXiv 2503.04721), section 3, and the README of its data
set: a user's stream, with the times of its pauses, of the end of the turn, or of the interruption.
Those of pause handling and backchannels end with the user's turn, so that all speech in them is
speech during it. Questions and stories are the phrasebook's.
"""

from __future__ import annotations

from typing import Final

from tml_ros.bench.duplex.sample import Sample, Span, Wanted
from tml_ros.bench.duplex.samples.script import Script
from tml_ros.bench.duplex.task import Task
from tml_ros.sim.scenario.random_hall import MACHINE_NAMES
from tml_ros.sim.talk import replies
from tml_ros.sim.talk.act import Act
from tml_ros.sim.talk.expect_answers import EARLY_S, WITHIN_S
from tml_ros.sim.talk.phrasebook import WORDINGS, filled
from tml_ros.sim.talk.says_words import one_of
from tml_ros.sim.talk.words import PAUSE, with_pause

LEAD_S: Final = (0.6, 1.2)
"""Nothing is said at first."""
ANSWERING_S: Final = 5.0
"""How long is waited for an answer."""
CLAUSE: Final = ", "

_QUESTIONS: Final = (Act.ASK_SAFE, Act.ASK_WHO, Act.ASK_WHY, Act.ASK_ALARM, Act.ASK_LISTENING)
_TASKS: Final = (Act.ASK_SAFE, Act.ASK_WHO, Act.ASK_WHY, Act.REMIND)
_SECONDS: Final = (10, 15, 20, 30)
_MACHINES: Final = tuple(f"{name}_{number}" for name in MACHINE_NAMES.values() for number in (1, 2))
"""As in scenarios that are drawn: names that a model may know."""


def pause_handling(script: Script, sample_id: str) -> Sample:
    """A question or task with a pause in thought; the input ends with it."""
    script.wait(script.rng.uniform(*LEAD_S))
    text = ""
    while PAUSE not in text:
        text = with_pause(drawn_line(script, _TASKS), script.rng)
    span = script.say(text)
    return Sample(
        id=sample_id,
        task=Task.PAUSE_HANDLING,
        samples=script.mixed(whole_turns=False),
        parts=tuple(script.parts),
        pauses=tuple(script.pauses),
        turn_end_s=span.end_s,
    )


def backchannel(script: Script, sample_id: str) -> Sample:
    """A long story, with a breath after each clause; the input ends with it."""
    script.wait(script.rng.uniform(*LEAD_S))
    story = drawn_line(script, (Act.LONG_STORY,))
    text = story.replace(". ", f". {PAUSE} ").replace(CLAUSE, f", {PAUSE} ")
    span = script.say(text)
    return Sample(
        id=sample_id,
        task=Task.BACKCHANNEL,
        samples=script.mixed(whole_turns=False),
        parts=tuple(script.parts),
        pauses=tuple(script.pauses),
        turn_end_s=span.end_s,
    )


def turn_taking(script: Script, sample_id: str) -> Sample:
    """A question, and time to answer it."""
    script.wait(script.rng.uniform(*LEAD_S))
    act = _QUESTIONS[int(script.rng.integers(len(_QUESTIONS)))]
    span = script.say(drawn_line(script, (act,)))
    script.wait(ANSWERING_S)
    reply = answer(act)
    window = Span(span.end_s - EARLY_S, span.end_s + WITHIN_S)
    return Sample(
        id=sample_id,
        task=Task.TURN_TAKING,
        samples=script.mixed(),
        parts=tuple(script.parts),
        turn_end_s=span.end_s,
        wanted=(Wanted(span.end_s, window, reply.text, reply.says),),
    )


def drawn_line(script: Script, acts: tuple[Act, ...]) -> str:
    """Words of one of these acts, of a hall with machines."""
    act = acts[int(script.rng.integers(len(acts)))]
    pools = WORDINGS[act]
    pool = pools[int(script.rng.integers(len(pools)))]
    seconds = _SECONDS[int(script.rng.integers(len(_SECONDS)))]
    machine = _MACHINES[int(script.rng.integers(len(_MACHINES)))]
    return filled(pool.draw(script.rng, script.split), seconds=seconds, machine=machine)


def answer(act: Act) -> replies.Reply:
    """What is right to answer by ear alone: who sees nothing may say so, or answer as it believes.

    A broad rule: whether somebody is in the hall cannot be heard.
    """
    unknown = replies.Reply("I cannot tell.", one_of(*CANNOT_TELL))
    known = {
        Act.ASK_LISTENING: (replies.listening(),),
        Act.ASK_ALARM: (replies.alarms(()),),
        Act.ASK_WHY: (replies.checking("press"),),
        Act.ASK_SAFE: (replies.is_safe(""), replies.is_not_safe("")),
        Act.INSTEAD: (replies.is_safe(""), replies.is_not_safe("")),
        Act.ASK_WHO: (replies.nobody_is_in(""), replies.somebody_is_in("")),
    }[act]
    if act is Act.ASK_LISTENING:
        return known[0]
    return replies.any_of(*known, unknown)


CANNOT_TELL: Final = (
    *("cannot tell", "can't tell", "do not know", "don't know", "cannot see", "can't see"),
    *("do not see", "don't see", "not sure", "no camera", "cannot say", "can't say"),
)
