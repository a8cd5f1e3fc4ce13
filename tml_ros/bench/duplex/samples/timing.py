"""Samples about time: speak at a time, at a sound, count sounds, say how long ago one was.

In the manner of what Thinking Machines Lab reported with its interaction models in May 2026:
TimeSpeak and CueSpeak, which are not public, RepCount (Hu et al. 2022) and temporal localisation,
which are for the eye. These are their likeness for the ear and none of their data, so no figure can
be put beside theirs. TimeSpeak and CueSpeak give credit for the right words at the right time, and
none for one without the other; so is it here.
Windows are those by which a cell is judged in scenarios: 0.4 s about a time that was set, 1.5 s
after a cue, 2.0 s for an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import numpy as np

from tml_ros.bench.duplex import wordings
from tml_ros.bench.duplex.sample import Sample, Samples, Span, Wanted
from tml_ros.bench.duplex.samples.script import Script
from tml_ros.bench.duplex.samples.sounds import beep, blow, sounding_siren
from tml_ros.bench.duplex.samples.turns import LEAD_S
from tml_ros.bench.duplex.task import Task
from tml_ros.sim.split import Split
from tml_ros.sim.talk import replies
from tml_ros.sim.talk.expect_answers import EARLY_S, WITHIN_S
from tml_ros.sim.talk.expect_times import AROUND_S, CUE_WITHIN_S
from tml_ros.sim.talk.numbers import number_variants, number_words
from tml_ros.sim.talk.phrasebook import filled
from tml_ros.sim.talk.says_words import one_of
from tml_ros.sim.talk.wordings import tasks
from tml_ros.sim.truth.expectation import Says

PROMISE_S: Final = 2.5
"""After a task, a confirmation may begin within it."""
TAIL_S: Final = 4.5
SET_S: Final = (5, 6, 8, 10)
APART_S: Final = (1.3, 2.0)
"""From the beginning of a sound that is counted to that of the next."""
COUNTED: Final = (3, 7)
AGO_S: Final = (4.0, 12.0)
AGO_TOLERANCE: Final = 0.2
AGO_LEAST_S: Final = 1.0
"""An answer may be off by a fifth, or by a second where that is more."""

_LATER: Final = ("will", "i'll", "when", "once", "as soon as", "until", "not yet", "still")
_OVER: Final = ("stopped", "stops", "over", "gone", "ended", "silent", "off", "quiet", "finished")
_NAMES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "beep": ("beep", "beeps", "beeped", "beeping", "signal", "tone"),
        "bang": ("bang", "impact", "blow", "crash", "loud", "noise", "fell", "fallen"),
    }
)
_SOUNDS: Final[Mapping[str, Callable[[np.random.Generator, Split], Samples]]] = MappingProxyType(
    {"beep": beep, "bang": blow}
)


def set_time(script: Script, sample_id: str) -> Sample:
    """A reminder, or two calls with the same time between them."""
    rng = script.rng
    script.wait(rng.uniform(*LEAD_S))
    again = bool(rng.integers(2))
    span_s = SET_S[int(rng.integers(2 if again else len(SET_S)))]
    pool = tasks.EVERY if again else tasks.REMIND
    asked = script.say(filled(pool.draw(rng, script.split), seconds=span_s))
    wanted = []
    for elapsed in (span_s, 2 * span_s) if again else (span_s,):
        reply = replies.tick(span_s, elapsed) if again else replies.reminder(span_s)
        due = asked.end_s + elapsed
        wanted.append(Wanted(due, Span(due - AROUND_S, due + AROUND_S), reply.text, reply.says))
    # A third call would be due only after the end.
    script.wait(wanted[-1].due_s - asked.end_s + TAIL_S)
    return _sample(script, sample_id, Task.SET_TIME, wanted, _promise(asked))


def cue(script: Script, sample_id: str) -> Sample:
    """Something is to be said when a sound begins, or when one that sounds already stops."""
    rng = script.rng
    script.wait(rng.uniform(*LEAD_S))
    if rng.integers(2):
        sounds = script.sound(sounding_siren(rng.uniform(12.0, 15.0), rng, script.split))
        script.wait(rng.uniform(1.0, 2.0))
        text = wordings.TELL_WHEN_OVER.draw(rng, script.split).format(sound="the siren")
        asked = script.say(text)
        due, reply = sounds.end_s, "The siren is over."
        words: tuple[str, ...] = (*_OVER, "now")
    else:
        name, make = _drawn_sound(script)
        text = wordings.TELL_WHEN_HEARD.draw(rng, script.split).format(sound=f"a {name}")
        asked = script.say(text)
        script.wait(rng.uniform(4.0, 8.0))
        due = script.sound(make(rng, script.split)).start_s
        reply, words = f"There is the {name}.", (*_NAMES[name], "now", "there it", "heard")
    script.wait(max(0.0, due - script.now_s) + TAIL_S)
    window = Span(due, due + CUE_WITHIN_S)
    wanted = [Wanted(due, window, reply, Says((words,), _LATER))]
    return _sample(script, sample_id, Task.CUE, wanted, _promise(asked))


def count(script: Script, sample_id: str) -> Sample:
    """So many beeps or bangs, and then the question how many there were.

    Who counts aloud makes no mistake: what is said before the question is not judged.
    """
    rng = script.rng
    script.wait(rng.uniform(*LEAD_S))
    name, make = _drawn_sound(script)
    text = wordings.COUNT_SOUNDS.draw(rng, script.split).format(sounds=f"{name}s")
    script.say(text)
    script.wait(PROMISE_S)
    number = int(rng.integers(COUNTED[0], COUNTED[1] + 1))
    sound = make(rng, script.split)
    for _ in range(number):
        script.sound(sound)
        script.wait(rng.uniform(*APART_S))
    script.wait(1.0)
    question = script.say(tasks.FINISH_COUNT.draw(rng, script.split))
    script.wait(TAIL_S)
    wanted = [_answer(question, f"{number_words(number).capitalize()} {name}s.", number)]
    before = Span(0.0, question.end_s - EARLY_S)
    return _sample(script, sample_id, Task.COUNT, wanted, before, number=float(number))


def how_long_ago(script: Script, sample_id: str) -> Sample:
    """A bang, some time, and the question how long ago it was: from its beginning to the end of the
    question.
    """
    rng = script.rng
    script.wait(rng.uniform(1.0, 2.0))
    bang = script.sound(blow(rng, script.split))
    script.wait(rng.uniform(*AGO_S))
    text = wordings.HOW_LONG_AGO.draw(rng, script.split).format(sound="the bang")
    asked = script.say(text)
    script.wait(TAIL_S)
    ago = asked.end_s - bang.start_s
    reply = f"About {number_words(round(ago))} seconds ago."
    wanted = [_answer(asked, reply, round(ago))]
    before = Span(0.0, asked.start_s)
    tolerance = max(AGO_LEAST_S, AGO_TOLERANCE * ago)
    return _sample(
        script, sample_id, Task.HOW_LONG_AGO, wanted, before, number=ago, tolerance=tolerance
    )


def _drawn_sound(script: Script) -> tuple[str, Callable[[np.random.Generator, Split], Samples]]:
    name = tuple(_SOUNDS)[int(script.rng.integers(len(_SOUNDS)))]
    return name, _SOUNDS[name]


def _answer(question: Span, reply: str, number: int) -> Wanted:
    window = Span(question.end_s - EARLY_S, question.end_s + WITHIN_S)
    return Wanted(question.end_s, window, reply, one_of(*number_variants(number)))


def _promise(asked: Span) -> Span:
    return Span(asked.end_s - EARLY_S, asked.end_s + PROMISE_S)


def _sample(
    script: Script,
    sample_id: str,
    task: Task,
    wanted: list[Wanted],
    promise: Span,
    *,
    number: float | None = None,
    tolerance: float = 0.0,
) -> Sample:
    return Sample(
        id=sample_id,
        task=task,
        samples=script.mixed(),
        parts=tuple(script.parts),
        turn_end_s=max(part.span.end_s for part in script.parts),
        wanted=tuple(wanted),
        promise=promise,
        number=number,
        tolerance=tolerance,
    )
