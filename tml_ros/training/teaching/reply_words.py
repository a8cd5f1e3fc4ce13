"""The words of what is begun, and when each of their tokens is written.

Knows what has been said before; nothing of floors. One thread owns it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from tml_ros.model.preset import Preset
from tml_ros.model.tokenizer import TextTokenizer
from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.talk import replies
from tml_ros.sim.talk.act import Act
from tml_ros.sim.talk.meaning import meaning
from tml_ros.sim.talk.names import HALL, written_name
from tml_ros.sim.truth.expectation import Rule
from tml_ros.training.teaching.mistakes import Mistakes
from tml_ros.training.teaching.own_speech import OwnSpeech
from tml_ros.training.teaching.speech_plan import SpeechPlan, request_tokens, speech_plan
from tml_ros.training.teaching.wish import Wish

ACKNOWLEDGE: Final = ("acknowledge", "alarm")
"""Kind and question of the request that acknowledges."""
QUESTION: Final = "question"
"""Kind of the request that finds something out."""


class ReplyWords:
    """Words for one scenario."""

    def __init__(
        self,
        scenario: Scenario,
        preset: Preset,
        tokenizer: TextTokenizer,
        rng: np.random.Generator,
        mistakes: Mistakes,
    ) -> None:
        self._scenario, self._preset, self._tokenizer = scenario, preset.text, tokenizer
        self._rng, self._mistakes = rng, mistakes
        self._usual = tuple(dict.fromkeys(_usual_words(scenario)))

    def sayable(self, wish: Wish, own: OwnSpeech) -> bool:
        """Whether there is anything to say: only what was cut short can be taken up again."""
        return wish.rule is not Rule.RESUME or bool(own.left(wish.says))

    def of(self, wish: Wish, own: OwnSpeech) -> SpeechPlan:
        """What is said for a wish, after what has been said."""
        text = wish.text
        if wish.rule is Rule.RESUME:
            text = own.left(wish.says)
        elif wish.of is not None and self._scenario.lines[wish.of].act is Act.REPEAT:
            text = own.again(text, wish.says)
        elif wish.sign:
            text = self._drawn(replies.BACKCHANNELS)
        wrong = None
        if not wish.sign:
            others = self._tokenizer.encode(self._drawn(self._usual))
            wrong = self._mistakes.wrong_word(others)
        return speech_plan(
            text, self._tokenizer, self._preset, request=self._request(wish), wrong=wrong
        )

    def unasked(self) -> SpeechPlan:
        """Words out of place: what is right to say in such a cell at other times."""
        return speech_plan(self._drawn(self._usual), self._tokenizer, self._preset)

    def _request(self, wish: Wish) -> tuple[int, ...]:
        if wish.rule is Rule.ACKNOWLEDGE:
            return request_tokens(*ACKNOWLEDGE, self._tokenizer)
        if wish.rule is not Rule.DELEGATE or wish.of is None:
            return ()
        machine = meaning(self._scenario, wish.of).machine
        question = f"Why did {written_name(machine or 'press')} stop?"
        return request_tokens(QUESTION, question, self._tokenizer)

    def _drawn(self, texts: tuple[str, ...]) -> str:
        return texts[int(self._rng.integers(len(texts)))]


def _usual_words(scenario: Scenario) -> Iterator[str]:
    """What such a cell often says."""
    for zone in tuple(scenario.zones) or (HALL,):
        yield replies.is_safe(zone).text
        yield replies.is_not_safe(zone).text
        yield replies.somebody_is_in(zone).text
        yield replies.nobody_is_in(zone).text
    yield replies.alarms(()).text
    yield replies.listening().text
    yield replies.acknowledged().text
    yield replies.CONFIRMATION
    yield from (replies.counting(number).text for number in range(1, 6))
