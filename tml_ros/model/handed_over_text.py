"""A text that was handed over, being said: known as a whole, at the preset's pace.

Knows nothing of who has the floor, and does not depend on the model. Owned by the thread of its
session.
"""

from __future__ import annotations

from tml_ros.model.floor_policy import OwnSpeech
from tml_ros.model.preset import Preset
from tml_ros.model.saved_facts import Facts, SavedFacts
from tml_ros.model.speech_pace import TAIL_SECONDS, TURN_SECONDS, speech_pace, turns_until
from tml_ros.model.spoken_queue import MAX_CHARACTERS
from tml_ros.model.streamed_text import StreamedText
from tml_ros.model.text_voice import KnownText
from tml_ros.model.tokenizer import END, TextTokenizer
from tml_ros.model.voice_context import TimedToken, VoiceContext, voice_context


class HandedOverText:
    """Gives out tokens and text turn by turn, until its last character and a tail are over.

    turns: how many of it are over. agreed: as in `FloorSituation`.
    """

    def __init__(
        self, text: str, *, urgent: bool, tokenizer: TextTokenizer, preset: Preset
    ) -> None:
        self.turns = 0
        self.agreed = False
        self._text = text
        self._urgent = urgent
        self._context_tokens = preset.voice.context_tokens
        tokens = [*tokenizer.encode(text), END]
        self._pieces = [tokenizer.piece(token) for token in tokens]
        pace = speech_pace(
            self._pieces,
            characters_per_second=preset.text.characters_per_second,
            tokens_per_turn=preset.text.out_per_turn,
        )
        self._given_in = pace.turns
        self._timed = [
            TimedToken(token, start) for token, start in zip(tokens, pace.starts, strict=True)
        ]
        self._lasts = max(pace.turns[-1] + 1, turns_until(pace.end + TAIL_SECONDS))
        self._streamed = StreamedText()
        self._next = 0

    @property
    def speech(self) -> OwnSpeech:
        """Handed over, or urgent."""
        return OwnSpeech.URGENT if self._urgent else OwnSpeech.HANDED_OVER

    @property
    def known(self) -> KnownText:
        """The text, and which turn of it this is."""
        return KnownText(self._text, self.turns)

    @property
    def over(self) -> bool:
        """Whether the last character and the tail are over."""
        return self.turns >= self._lasts

    @property
    def lasts(self) -> int:
        """Turns it takes in all, the tail included."""
        return self._lasts

    @property
    def timed(self) -> tuple[TimedToken, ...]:
        """All its tokens, END last, and when each begins."""
        return tuple(self._timed)

    @property
    def given(self) -> int:
        """Tokens given out so far."""
        return self._next

    def give_out(self) -> tuple[list[int], str]:
        """The tokens that begin in this turn, END behind the last, and their text. Once a turn."""
        first = self._next
        while self._next < len(self._timed) and self._given_in[self._next] <= self.turns:
            self._next += 1
        said = self._streamed.push(b"".join(self._pieces[first : self._next]))
        return [timed.token for timed in self._timed[first : self._next]], said

    def voice_context(self) -> VoiceContext:
        """What was given out by now, and what follows."""
        return voice_context(
            self._timed[max(0, self._next - self._context_tokens) : self._next],
            self._timed[self._next : self._next + self._context_tokens],
            now=self.turns * TURN_SECONDS,
            context_tokens=self._context_tokens,
        )

    def facts(self) -> Facts:
        """State that survives JSON: all else follows from the text."""
        return {
            "text": self._text,
            "urgent": self._urgent,
            "turns": self.turns,
            "agreed": self.agreed,
        }

    @staticmethod
    def restored(facts: object, *, tokenizer: TextTokenizer, preset: Preset) -> HandedOverText:
        """The one that was saved. Raises ValueError naming what does not fit."""
        saved = SavedFacts(facts, "utterance", ("text", "urgent", "turns", "agreed"))
        text, urgent = saved.text("text", longest=MAX_CHARACTERS), saved.flag("urgent")
        utterance = HandedOverText(text, urgent=urgent, tokenizer=tokenizer, preset=preset)
        utterance.agreed = saved.flag("agreed")
        if turns := saved.whole("turns", high=utterance._lasts - 1):
            utterance.turns = turns - 1
            utterance.give_out()
            utterance.turns = turns
        return utterance
