"""Samples in which somebody talks over the model, as Full-Duplex-Bench v1.5 defines them.

Definitions of the inputs: Lin et al. 2025 (arXiv 2507.23159), section 2: a first question, so that
the model speaks; then, at a fixed time, one of four overlaps: the user interrupts with another
question, gives a sign of listening, talks to somebody else, or others talk in the background. Each
has a clean input without the overlap beside it.

Where we differ: a cell's own answers are short. So that it speaks when the overlap comes, it is
handed a long finding to say, the answer to its question, as a cell's background would hand it. A
recorded input has nothing like it. The interruption of v1.0 is the same dialogue, measured
differently.
"""

from __future__ import annotations

from typing import Final

from tml_ros.bench.duplex import wordings
from tml_ros.bench.duplex.sample import HandedOver, Sample, Span, Wanted
from tml_ros.bench.duplex.samples.script import Script
from tml_ros.bench.duplex.samples.turns import LEAD_S, answer, drawn_line
from tml_ros.bench.duplex.task import INTERRUPTIONS, Task
from tml_ros.sim.split import Band
from tml_ros.sim.talk.act import Act
from tml_ros.sim.talk.expect_answers import EARLY_S, WITHIN_S

HANDED_OVER_AFTER_S: Final = 0.4
OVERLAP_AFTER_S: Final = 8.0
"""After the end of the first question. A model that waits five seconds for silence before it says
what it was handed speaks by then, and one that says it at once has not finished."""
AFTERWARDS_S: Final = 6.0
BACKGROUND_DB: Final = Band(train=((-14, -11), (-9, -7)), held_out=((-11, -9), (-7, -6)))
"""Of those in the background, to the user."""

_OTHER_QUESTIONS: Final = (Act.INSTEAD, Act.ASK_LISTENING, Act.ASK_ALARM)
_LINES: Final = {
    Task.OVERLAP_BACKCHANNEL: (Act.UH_HUH,),
    Task.OVERLAP_SIDE_TALK: (Act.CHATTER, Act.NEAR_MISS),
    Task.OVERLAP_BACKGROUND: (Act.CHATTER, Act.NEAR_MISS),
}


def overlap(script: Script, sample_id: str, task: Task) -> Sample:
    """The dialogue of that task."""
    rng = script.rng
    script.wait(rng.uniform(*LEAD_S))
    asked = script.say(drawn_line(script, (Act.ASK_WHY,)))
    finding = wordings.FINDING.draw(rng, script.split)
    script.wait(OVERLAP_AFTER_S)
    wanted: tuple[Wanted, ...] = ()
    if task in INTERRUPTIONS:
        act = _OTHER_QUESTIONS[int(rng.integers(len(_OTHER_QUESTIONS)))]
        over = script.say(drawn_line(script, (act,)), overlap=True)
        reply = answer(act)
        window = Span(over.end_s - EARLY_S, over.end_s + WITHIN_S)
        wanted = (Wanted(over.end_s, window, reply.text, reply.says),)
    else:
        line = drawn_line(script, _LINES[task])
        background = task is Task.OVERLAP_BACKGROUND
        voice = script.other_voice() if background else None
        db = BACKGROUND_DB.draw(rng, script.split) if background else 0.0
        over = script.say(line, voice=voice, db=db, overlap=True)
    script.wait(AFTERWARDS_S)
    return Sample(
        id=sample_id,
        task=task,
        samples=script.mixed(),
        parts=tuple(script.parts),
        turn_end_s=asked.end_s,
        overlap=over,
        clean=None if task is Task.INTERRUPTION else script.mixed(clean=True),
        handed_over=(HandedOver(asked.end_s + HANDED_OVER_AFTER_S, finding),),
        wanted=wanted,
    )
