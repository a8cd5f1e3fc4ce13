"""From what was understood to what is said and asked: one fixed rule per act.

Knows nothing of sound, and of the cell only what its view says. Counting and watching vehicles are
refused aloud, since nothing here could do it. There are no signs of listening: a cascade knows that
somebody spoke only when it is over. Of the thread of its session.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tml_ros.bench.cascade import answers
from tml_ros.bench.cascade.grammar import Phrase
from tml_ros.bench.cascade.timers import Due, Timers
from tml_ros.bench.cascade.world_view import Look
from tml_ros.safety.warning_text import warning_text
from tml_ros.sim.talk.act import Act
from tml_ros.turn.hazard import HazardKind

MOST_CUES: Final = 8


@dataclass(frozen=True, slots=True)
class Response:
    """What is to be done now. say: text, "" for nothing. kind, question: of a request, "" for none.

    hush: fall silent, and let what waits go. go_on: say the rest of what was cut short. again: say
    the last thing again. Where there is no such thing, `say` is said.
    """

    say: str = ""
    kind: str = ""
    question: str = ""
    hush: bool = False
    go_on: bool = False
    again: bool = False


class Rules:
    """The state of one dialogue: timers, and what somebody waits for.

    zones: of the cell. microphone: where calls for help are heard. look: what the guards say.
    """

    def __init__(self, zones: Sequence[str], microphone: str, look: Look) -> None:
        """Nothing was asked yet."""
        self._zones = tuple(zones)
        self._microphone = microphone
        self._look = look
        self._answers: Mapping[Act, Callable[[Phrase, int], Response]] = {
            Act.ASK_SAFE: self._safe,
            Act.ASK_WHO: lambda asked, _: Response(answers.presence(asked.about, look())),
            Act.ASK_ALARM: lambda *_: Response(answers.alarms(look())),
            Act.ASK_LISTENING: lambda *_: Response(answers.LISTENING),
            Act.ASK_WHY: lambda asked, _: Response(answers.CHECKING, "question", asked.text),
            Act.ACKNOWLEDGE: lambda asked, _: Response(
                answers.ACKNOWLEDGED, "acknowledge", asked.text
            ),
            Act.STOP: self._stop,
            Act.CONTINUE: lambda *_: Response(answers.NOTHING_LEFT, go_on=True),
            Act.REPEAT: lambda *_: Response(answers.NOTHING_SAID, again=True),
            Act.REMIND: self._remind,
            Act.EVERY: self._remind,
            Act.STOP_EVERY: self._stop_every,
            Act.COUNT: lambda *_: Response(answers.CANNOT_COUNT),
            Act.FINISH_COUNT: lambda *_: Response(answers.NOT_COUNTED),
            Act.CUE: self._cue,
            Act.INSTEAD: self._safe,
            Act.UH_HUH: lambda *_: Response(go_on=True),
            Act.CRY_FOR_HELP: lambda *_: Response(
                warning_text(HazardKind.CRY_FOR_HELP, self._microphone)
            ),
        }
        self.reset()

    def reset(self) -> None:
        """Forget everything, as fresh."""
        self._timers = Timers()
        self._cues: list[str] = []

    def understood(self, phrase: Phrase, *, end: int) -> Response:
        """What to do about it. end: sample at which it had been said.

        Acts without a rule, thanks and what is meant for others, are nothing to be done about.
        """
        answer = self._answers.get(phrase.act)
        return Response() if answer is None else answer(phrase, end)

    def due(self, before: int) -> list[Due]:
        """What is to be said by itself before that sample: timers, and what somebody waits for."""
        found = self._timers.due(before)
        if self._cues:
            view = self._look()
            free = [zone for zone in self._cues if view.occupied(zone) is False]
            self._cues = [zone for zone in self._cues if zone not in free]
            found += [Due(answers.clear(zone), 0) for zone in free]
        return found

    def _safe(self, asked: Phrase, _: int) -> Response:
        return Response(answers.safety(asked.about, self._look()), hush=asked.act is Act.INSTEAD)

    def _stop(self, *_: object) -> Response:
        self._timers.stop_calling()
        return Response(hush=True)

    def _stop_every(self, *_: object) -> Response:
        self._timers.clear()
        return Response(answers.OKAY, hush=True)

    def _remind(self, asked: Phrase, end: int) -> Response:
        self._timers.set(int(asked.about), begun=end, again=asked.act is Act.EVERY)
        return Response(answers.OKAY)

    def _cue(self, asked: Phrase, _: int) -> Response:
        zone = asked.about
        if zone not in self._zones:
            return Response(answers.CANNOT_WATCH)
        occupied = self._look().occupied(zone)
        if occupied is None:
            return Response(answers.CANNOT_TELL)
        if not occupied:
            return Response(answers.clear(zone))
        self._cues = [*(waiting for waiting in self._cues if waiting != zone), zone][-MOST_CUES:]
        return Response(answers.OKAY)
