"""Plays the right behaviour in a scenario, turn by turn, through a session's own conversation.

What the session takes in is therefore what a live one takes in. What it is taught is what is right
in each turn; what it does is mostly that, and sometimes wrong (`mistakes`). Knows nothing of sound,
pictures or tensors. Pure but for the random source.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from tml_ros.model.conversation import Conversation, Decision, TextChoice
from tml_ros.model.dialogue_tokens import DialogueTokens
from tml_ros.model.floor_policy import FLOORS
from tml_ros.model.handed_over_text import HandedOverText
from tml_ros.model.preset import Preset
from tml_ros.model.tokenizer import HOLD, TextTokenizer
from tml_ros.sim.render.facts import Facts
from tml_ros.sim.render.shard import RenderedScenario
from tml_ros.sim.scenario.scenario import HandedOver
from tml_ros.sim.talk.act import Act
from tml_ros.training.teaching.agenda import Agenda
from tml_ros.training.teaching.duties_of import duties_of
from tml_ros.training.teaching.mistakes import Mistakes
from tml_ros.training.teaching.own_speech import OwnSpeech, Speech
from tml_ros.training.teaching.reply_words import ReplyWords
from tml_ros.training.teaching.right_floor import OPEN, Right, right_floor
from tml_ros.training.teaching.script import Script
from tml_ros.training.teaching.talk_so_far import TalkSoFar
from tml_ros.training.teaching.wish import Wish
from tml_ros.turn.micro_turn import TURN_NS
from tml_ros.turn.turn_output import Floor

WRITING: Final = 1.0
SILENT: Final = 0.02
"""Weights of a turn's text: while it takes words, and while nothing is to be written."""

_LOGITS: Final = {
    floor: np.where(np.arange(len(FLOORS)) == place, 8.0, -8.0).astype(np.float32)
    for place, floor in enumerate(FLOORS)
}


def teach(
    facts: Facts | RenderedScenario,
    preset: Preset,
    tokenizer: TextTokenizer,
    rng: np.random.Generator,
    *,
    mistakes: float = 1.0,
) -> Script:
    """The script of a whole scenario.

    mistakes: share of the usual number of them, 0..4; 0 for the ideal. Raises ValueError for
    another share, and for a tokenizer that does not fit the preset.
    """
    known = facts.facts if isinstance(facts, RenderedScenario) else facts
    return _Teacher(known, preset, tokenizer, rng, mistakes).run()


class _Teacher:
    """One run."""

    def __init__(
        self,
        facts: Facts,
        preset: Preset,
        tokenizer: TextTokenizer,
        rng: np.random.Generator,
        mistakes: float,
    ) -> None:
        scenario, lines = facts.scenario, facts.truth.lines
        self._scenario = scenario
        self._mistakes = Mistakes(rng, mistakes)
        self._conversation = Conversation(preset, tokenizer)
        self._talk = TalkSoFar(scenario, lines)
        self._agenda = Agenda(duties_of(scenario, facts.truth), lines, self._talk)
        self._words = ReplyWords(scenario, preset, tokenizer, rng, self._mistakes)
        self._own = OwnSpeech()
        self._stopping = [line for line in lines if line.act in (Act.STOP, Act.INSTEAD)]
        self._handed = sorted(scenario.handed_over, key=lambda handed: handed.at)
        self._waiting: list[HandedOver] = []
        self._late: tuple[object, int] | None = None
        turns = scenario.turns
        self._dialogue: list[DialogueTokens] = []
        self._floor = np.zeros(turns, np.int64)
        self._floor_weight = np.ones(turns, np.float32)
        self._text = np.full((turns, preset.text.out_per_turn), HOLD, np.int64)
        self._text_weight = np.full(turns, SILENT, np.float32)

    def run(self) -> Script:
        """Play it to the end."""
        for turn in range(self._scenario.turns):
            self._turn(turn)
        end_s = self._scenario.seconds
        return Script(
            dialogue=tuple(self._dialogue),
            floor=self._floor,
            floor_weight=self._floor_weight,
            text=self._text,
            text_weight=self._text_weight,
            own=self._own.words(),
            warnings=tuple(sorted(one for one in self._agenda.warnings if one[0] < end_s)),
            line_starts=self._talk.waited,
        )

    def _turn(self, turn: int) -> None:
        self._come_in(turn * TURN_NS / 1e9)
        self._dialogue.append(self._conversation.take_in((), turn=turn))
        at_s = (turn + 1) * TURN_NS / 1e9
        wish = self._wish(at_s)
        right = right_floor(
            at_s,
            self._own.now,
            wish,
            waiting=bool(self._waiting),
            talk=self._talk,
            agenda=self._agenda,
        )
        done, unasked = self._done(turn, right, wish)
        before = self._conversation.utterance
        decision = self._conversation.decide(_LOGITS[done])
        begun = self._conversation.utterance
        if begun is not before:
            if before is not None:
                self._own.end(told=right.told)
            if begun is not None:
                self._begin(turn, wish, unasked, handed=isinstance(begun, HandedOverText))
            self._late = None
        self._floor[turn] = FLOORS.index(right.floor)
        # What is urgent, or has waited too long, begins whatever is judged.
        self._floor_weight[turn] = right.weight if decision.floor is done else OPEN
        written = self._write(turn, right, decision)
        self._own.note(turn, self._conversation.say(written))
        if self._conversation.utterance is None and self._own.now is not None:
            self._own.end()

    def _come_in(self, now_s: float) -> None:
        """What happens around the session by the beginning of a turn."""
        warned = [begin for begin, _ in self._talk.warnings if begin <= now_s]
        for line, start_s in self._talk.advance(now_s, sorted([*self._own.begins, *warned])):
            self._agenda.begun(line, start_s)
        for line in tuple(self._stopping):
            begun_s = self._talk.begun_s(line.index)
            if begun_s is not None and begun_s <= now_s:
                self._agenda.told_to_stop(line, begun_s)
                self._stopping.remove(line)
        while self._handed and self._handed[0].at <= now_s:
            handed = self._handed.pop(0)
            self._conversation.inject(handed.say, how="spoken", urgent=handed.urgent)
            self._waiting.append(handed)

    def _wish(self, at_s: float) -> Wish | None:
        """What is to be said next; None while something else is being said or waits."""
        if self._own.now is not None or self._waiting:
            return None
        wish = self._agenda.ripe(at_s)
        while wish is not None and not self._words.sayable(wish, self._own):
            self._agenda.done(wish)
            wish = self._agenda.ripe(at_s)
        return wish

    def _done(self, turn: int, right: Right, wish: Wish | None) -> tuple[Floor, int]:
        """What is done of what is right, and how many turns of words nobody asked for begin."""
        speech = self._own.now
        if speech is not None:
            return self._done_speaking(turn, right, speech), 0
        if right.begins:
            late = self._is_late(turn, wish, self._mistakes.late_start)
            return Floor.LISTEN if late else right.floor, 0
        unasked = 0
        if right.weight != OPEN and not self._waiting:
            unasked = self._mistakes.unasked()
        return Floor.SPEAK if unasked else Floor.LISTEN, unasked

    def _done_speaking(self, turn: int, right: Right, speech: Speech) -> Floor:
        goes_on = Floor.BACKCHANNEL if speech.backchannel else Floor.SPEAK
        spoken = turn - speech.begun
        if speech.unasked:
            return Floor.LISTEN if spoken >= speech.unasked else goes_on
        if speech.plan is not None and spoken < speech.plan.asking:
            # Whoever has begun to ask the background asks to the end.
            return goes_on
        stops = right.told and not self._is_late(turn, speech, self._mistakes.late_stop)
        return Floor.LISTEN if stops else goes_on

    def _is_late(self, turn: int, what: object, draw: Callable[[], int]) -> bool:
        """Whether what is right now is done only later; drawn when it becomes right."""
        if self._late is None or self._late[0] is not what:
            self._late = (what, turn + draw())
        return turn < self._late[1]

    def _begin(self, turn: int, wish: Wish | None, unasked: int, *, handed: bool) -> None:
        """Know what was begun."""
        if handed:
            said = next((one for one in self._waiting if one.urgent), self._waiting[0])
            self._waiting.remove(said)
            self._own.begin(Speech(said.say, turn, urgent=said.urgent))
        elif wish is None:
            plan = self._words.unasked()
            self._own.begin(Speech(plan.text, turn, plan, unasked=unasked))
        else:
            self._agenda.done(wish)
            plan = self._words.of(wish, self._own)
            self._own.begin(Speech(plan.text, turn, plan, backchannel=wish.sign))

    def _write(self, turn: int, right: Right, decision: Decision) -> tuple[int, ...]:
        """Note what is to be written, and give what is."""
        speech = self._own.now
        if decision.text is TextChoice.NONE or (right.begins and speech is None):
            self._text_weight[turn] = OPEN
            return ()
        place = 0 if speech is None else turn - speech.begun
        if speech is None or speech.plan is None or place >= len(speech.plan.right):
            return ()
        row = speech.plan.right[place]
        self._text[turn, : len(row)] = row
        self._text_weight[turn] = OPEN if speech.unasked or right.told else WRITING
        return speech.plan.written[place]
