"""What the loudspeaker of an evaluated cell plays, and what it said when.

The model's speech of a turn is heard from the end of that turn on; a warning from the moment it is
raised, the model's speech is silenced under it. Knows nothing of echoes or of who is right. Times
are nanoseconds since the beginning of the scenario. One thread owns a voice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tml_ros.bench.judge.conduct import Speaker, TimedWord, Utterance
from tml_ros.cell.announcer import Announcement
from tml_ros.cell.warning_voice import WarningVoice
from tml_ros.turn.micro_turn import SAMPLE_RATE, TURN_NS, TURN_SAMPLES, samples_ns
from tml_ros.turn.turn_output import Floor, TurnOutput

Samples = NDArray[np.float32]

AUDIBLE = 1e-3
"""Samples below are silence."""
PAUSE_TURNS = 3
"""The model's speech goes on after fewer silent turns: pauses shorter than 0.6 s."""
ENDINGS = (".", "!", "?")


@dataclass(slots=True)
class _Run:
    """The model speaks, turn after turn. begin, end: of what is heard, in samples."""

    begin: int
    end: int
    last_turn: int
    backchannel: bool
    text: str = ""
    words: list[TimedWord] = field(default_factory=list)


class CellVoice:
    """The sound and the words of one scenario."""

    def __init__(self, seconds: float) -> None:
        """Start silent. seconds: how long the scenario lasts; what comes later is not kept."""
        self._sound = np.zeros(round(seconds * SAMPLE_RATE), np.float32)
        self._runs: list[_Run] = []
        self._warnings: list[Utterance] = []
        # No model is told of: warnings are judged as the guardian's, whatever the model says.
        self._guardian = WarningVoice(say=self._say, stop=self._cut)
        self._now_ns = 0
        self._warned_until = 0

    @property
    def sound(self) -> Samples:
        """Everything that is played: float32 [seconds * 16000]."""
        return self._sound

    def heard(self, turn: int) -> Samples:
        """What is played in a turn, as far as it is decided: float32 [<= 3200]."""
        return self._sound[turn * TURN_SAMPLES : (turn + 1) * TURN_SAMPLES]

    def advance(self, now_ns: int) -> None:
        """Let time pass: warnings that wait are said."""
        self._now_ns = now_ns
        self._guardian.advance(now_ns)

    def warn(self, announcements: Iterable[Announcement], now_ns: int) -> None:
        """Warnings were raised."""
        self._now_ns = now_ns
        for announcement in announcements:
            self._guardian.add(announcement, now_ns)

    def speak(self, output: TurnOutput) -> None:
        """The model has answered a turn."""
        begin = (output.index + 1) * TURN_SAMPLES
        speech = output.speech
        if speech is not None:
            room = self._sound[begin : begin + TURN_SAMPLES]
            silenced = min(max(0, self._warned_until - begin), len(room))
            room[silenced:] += speech[silenced : len(room)]
            np.clip(room, -1.0, 1.0, out=room)
        audible = np.zeros(0, np.int64) if speech is None else np.flatnonzero(abs(speech) > AUDIBLE)
        if not len(audible) and not output.text:
            return
        heard = (int(audible[0]), int(audible[-1]) + 1) if len(audible) else None
        self._runs.append(self._continued(output, begin, heard))

    def utterances(self) -> tuple[Utterance, ...]:
        """Everything said so far, in order."""
        said = [self._utterance(run) for run in self._runs if run.end > run.begin]
        return tuple(sorted([*said, *self._warnings], key=lambda one: (one.start_s, one.text)))

    def begins(self) -> tuple[float, ...]:
        """When each utterance and warning so far began, s, in order."""
        return tuple(one.start_s for one in self.utterances())

    def _continued(self, output: TurnOutput, begin: int, heard: tuple[int, int] | None) -> _Run:
        """The run that this turn belongs to, taken out of the list, or a new one."""
        backchannel = output.floor is Floor.BACKCHANNEL
        last = self._runs[-1] if self._runs else None
        if (
            last is not None
            and output.index - last.last_turn <= PAUSE_TURNS
            and last.backchannel == backchannel
        ):
            run = self._runs.pop()
        else:
            run = _Run(begin, begin, output.index, backchannel)
        run.last_turn = output.index
        if heard is not None:
            if run.end == run.begin:
                run.begin = begin + heard[0]
            run.end = begin + heard[1]
        if run.text.endswith(ENDINGS) and output.text[:1].isupper():
            # What was begun anew after a sentence brings no space of its own.
            run.text += " "
        run.text += output.text
        run.words += _words(output.text, begin / SAMPLE_RATE)
        return run

    def _utterance(self, run: _Run) -> Utterance:
        text = run.text.strip()
        return Utterance(
            start_s=run.begin / SAMPLE_RATE,
            end_s=run.end / SAMPLE_RATE,
            text=text,
            by=Speaker.MODEL,
            backchannel=run.backchannel,
            cut=bool(text) and not text.endswith(ENDINGS),
            words=tuple(run.words),
        )

    def _say(self, announcement: Announcement) -> None:
        begin = _samples(self._now_ns)
        if self._warned_until > begin:
            self._cut()
        room = self._sound[begin : begin + len(announcement.samples)]
        room[:] = announcement.samples[: len(room)]
        self._warned_until = begin + len(announcement.samples)
        start_s = self._now_ns / 1e9
        end_s = start_s + samples_ns(len(announcement.samples)) / 1e9
        self._warnings.append(Utterance(start_s, end_s, announcement.text, Speaker.GUARDIAN))

    def _cut(self) -> None:
        begin = _samples(self._now_ns)
        self._sound[begin:] = 0.0
        self._warned_until = begin
        last = self._warnings[-1]
        now_s = self._now_ns / 1e9
        self._warnings[-1] = Utterance(
            last.start_s, min(last.end_s, now_s), last.text, last.by, cut=last.end_s > now_s
        )


def _samples(now_ns: int) -> int:
    return round(now_ns * SAMPLE_RATE / 1e9)


def _words(text: str, start_s: float) -> list[TimedWord]:
    """The words of a turn's text, evenly over the turn in which they are heard."""
    words = text.split()
    step = TURN_NS / 1e9 / max(len(words), 1)
    return [
        TimedWord(word, start_s + step * number, start_s + step * (number + 1))
        for number, word in enumerate(words)
    ]
