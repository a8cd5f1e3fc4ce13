"""What the session has said in a scenario: each speech, how much of it, and what was cut short.

Knows nothing of what would be right. One thread owns it.
"""

from __future__ import annotations

from dataclasses import dataclass

from tml_ros.bench.evaluation.cell_voice import PAUSE_TURNS
from tml_ros.model.conversation import Said
from tml_ros.sim.truth.expectation import Says
from tml_ros.training.teaching.script import OwnWords
from tml_ros.training.teaching.speech_plan import SpeechPlan
from tml_ros.turn.micro_turn import TURN_NS

TURN_S = TURN_NS / 1e9


@dataclass(slots=True)
class Speech:
    """What is being said, or was. begun: the turn that decided to. plan: of words of its own.

    unasked: turns after which it falls silent again, of words nobody asked for; 0: was asked for.
    said: of its text so far. first, turns: the first turn with words, and how many since.
    """

    text: str
    begun: int
    plan: SpeechPlan | None = None
    urgent: bool = False
    backchannel: bool = False
    unasked: int = 0
    said: str = ""
    first: int | None = None
    turns: int = 0

    @property
    def since_s(self) -> float:
        """When it begins to be heard."""
        return (self.begun + 1) * TURN_S

    @property
    def rest(self) -> str:
        """What is left of it, from the word that was being said on."""
        done = len(self.said.rstrip())
        if done >= len(self.text):
            return ""
        return self.text[self.text.rfind(" ", 0, done) + 1 if done else 0 :]


class OwnSpeech:
    """Everything that was said, in order."""

    def __init__(self) -> None:
        """Nothing was."""
        self.now: Speech | None = None
        self._all: list[Speech] = []
        self._cut: Speech | None = None
        self._begins: list[float] = []
        self._last: tuple[int, bool] | None = None

    @property
    def begins(self) -> list[float]:
        """When it was heard to begin to speak, s: what follows without a pause has not begun."""
        return self._begins

    def begin(self, speech: Speech) -> None:
        """Something is begun, in place of what was being said."""
        self.now = speech
        self._all.append(speech)

    def note(self, turn: int, said: Said) -> None:
        """A turn of it was said, or nothing was heard of it yet."""
        speech = self.now
        if speech is None or said.voice is None:
            return
        speech.said += said.text
        speech.turns += 1
        if speech.first is None:
            speech.first = turn
        last = self._last
        if last is None or turn - last[0] > PAUSE_TURNS or last[1] != speech.backchannel:
            self._begins.append((turn + 1) * TURN_NS / 1e9)
        self._last = (turn, speech.backchannel)

    def end(self, *, told: bool = False) -> None:
        """It is over. told: somebody wanted it to be."""
        if told:
            self._cut = self.now
        self.now = None

    def left(self, says: Says | None) -> str:
        """What is still to be said of what was cut short last; "" where nothing was.

        says: what of it must be said.
        """
        if self._cut is None:
            return ""
        rest = self._cut.rest
        return rest if rest and (says is None or says.holds(rest)) else self._cut.text

    def again(self, text: str, says: Says | None) -> str:
        """What was said last, where that is what is right to say again; else the text given."""
        spoken = [one.text for one in self._all if one.turns and not one.backchannel]
        right = says is not None and bool(spoken) and says.holds(spoken[-1])
        return spoken[-1] if right else text

    def words(self) -> tuple[OwnWords, ...]:
        """All of it that was heard."""
        return tuple(
            OwnWords(
                text=one.text,
                begin_turn=one.first,
                turns=one.turns,
                urgent=one.urgent,
                backchannel=one.backchannel,
                handed_over=one.plan is None,
            )
            for one in self._all
            if one.first is not None
        )
