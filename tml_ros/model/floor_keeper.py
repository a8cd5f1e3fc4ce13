"""What the session is saying and what waits to be said, turn by turn under the floor policy.

Knows nothing of how text is generated or taken in. Owned by the thread of its session.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tml_ros.model.floor_policy import (
    STOP_HANDED_OVER,
    FloorSituation,
    FloorStep,
    OwnSpeech,
    floor_shares,
    floor_step,
)
from tml_ros.model.free_speech import FreeSpeech
from tml_ros.model.handed_over_text import HandedOverText
from tml_ros.model.preset import TURNS_PER_SECOND, Preset
from tml_ros.model.saved_facts import Facts, SavedFacts
from tml_ros.model.spoken_queue import SpokenQueue
from tml_ros.model.tokenizer import TextTokenizer
from tml_ros.model.utterance import Utterance, restored_utterance, utterance_facts
from tml_ros.turn.turn_output import Floor


class FloorKeeper:
    """Holds the floor's state; the queue is filled by whoever hands texts over."""

    def __init__(self, preset: Preset, tokenizer: TextTokenizer) -> None:
        self._preset = preset
        self._tokenizer = tokenizer
        self.queue = SpokenQueue()
        self.reset()

    @property
    def utterance(self) -> Utterance | None:
        """What is being said."""
        return self._utterance

    @property
    def floor(self) -> Floor:
        """The floor of the last turn that was decided."""
        return self._floor

    @property
    def told_to_yield(self) -> bool:
        """Whether the next decision ends all speech."""
        return self._told_to_yield

    @property
    def counters(self) -> dict[str, int]:
        """What was dropped, repeated, or broken off."""
        return {
            "queue_dropped": self.queue.dropped,
            "queue_repeated": self.queue.repeated,
            "handed_over_cut_short": self._cut_short,
        }

    def reset(self) -> None:
        """Forget everything, as fresh."""
        self.queue.reset()
        self._utterance: Utterance | None = None
        self._floor = Floor.LISTEN
        self._told_to_yield = False
        self._cut_short = 0

    def yield_floor(self) -> None:
        """Told to be silent, from the next decision on."""
        self._told_to_yield = True

    def decide(
        self,
        logits: NDArray[np.float32],
        *,
        backchannels: bool = True,
        own_words: bool = True,
    ) -> FloorStep:
        """Decide this turn from floor logits [3], in the order of `FLOORS`; act upon it.

        backchannels: whether one may begin. own_words: whether anything but what was handed over
        may.
        """
        shares = floor_shares(logits)
        utterance = self._utterance
        step = floor_step(shares, self._situation(backchannels=backchannels, own_words=own_words))
        begins = step is FloorStep.START
        if step is FloorStep.BACKCHANNEL and utterance is None:
            self._utterance = self._free(backchannel=True)
        elif begins or step is FloorStep.STOP:
            self._cut_short += isinstance(utterance, HandedOverText)
            self._utterance = self._begun() if begins else None
        if isinstance(self._utterance, HandedOverText):
            self._utterance.agreed |= bool(shares[0] < STOP_HANDED_OVER)
        if self._told_to_yield:
            # Patience is for a floor that is taken, not for one that was just asked for.
            self.queue.wait_anew()
            self._told_to_yield = False
        self._floor = _floor(self._utterance)
        return step

    def pass_turn(self) -> bool:
        """The turn is over; whether what was being said ends with it."""
        self.queue.pass_turns()
        if self._utterance is None:
            return False
        self._utterance.turns += 1
        if not self._utterance.over:
            return False
        self._utterance = None
        return True

    def _situation(self, *, backchannels: bool, own_words: bool) -> FloorSituation:
        utterance, queue = self._utterance, self.queue
        return FloorSituation(
            speech=OwnSpeech.NOTHING if utterance is None else utterance.speech,
            agreed=not isinstance(utterance, HandedOverText) or utterance.agreed,
            waiting=len(queue) > 0,
            urgent=queue.urgent,
            overdue=queue.waited >= self._preset.voice.reply_patience * TURNS_PER_SECOND,
            told_to_yield=self._told_to_yield,
            backchannels=backchannels,
            own_words=own_words,
        )

    def _begun(self) -> Utterance:
        waiting = self.queue.pop()
        if waiting is None:
            return self._free(backchannel=False)
        return HandedOverText(
            waiting.text, urgent=waiting.urgent, tokenizer=self._tokenizer, preset=self._preset
        )

    def _free(self, *, backchannel: bool) -> FreeSpeech:
        return FreeSpeech(backchannel=backchannel, tokenizer=self._tokenizer, preset=self._preset)

    def facts(self) -> Facts:
        """State that survives JSON."""
        return {
            "queue": self.queue.facts(),
            "utterance": utterance_facts(self._utterance),
            "floor": self._floor.value,
            "told_to_yield": self._told_to_yield,
            "cut_short": self._cut_short,
        }

    def restore(self, facts: object) -> None:
        """Go on where another one stood. Raises ValueError; then the state is of no use."""
        keys = ("queue", "utterance", "floor", "told_to_yield", "cut_short")
        saved = SavedFacts(facts, "floor", keys)
        self.queue.restore(saved.part("queue"))
        self._utterance = restored_utterance(
            saved.part("utterance"), tokenizer=self._tokenizer, preset=self._preset
        )
        floor = saved.text("floor", longest=20)
        if floor not in [each.value for each in Floor]:
            raise ValueError(f"saved floor.floor is {floor!r}, allowed: {', '.join(Floor)}")
        self._floor = Floor(floor)
        self._told_to_yield = saved.flag("told_to_yield")
        self._cut_short = saved.whole("cut_short")


def _floor(utterance: Utterance | None) -> Floor:
    if utterance is None:
        return Floor.LISTEN
    return Floor.BACKCHANNEL if utterance.speech is OwnSpeech.BACKCHANNEL else Floor.SPEAK
