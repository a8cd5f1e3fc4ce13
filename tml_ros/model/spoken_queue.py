"""Texts that were handed over to be said and wait for the floor: urgent ones first, then in order.

Knows nothing of floors or tokens. Owned by the thread of its session.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tml_ros.model.saved_facts import Facts, SavedFacts

MAX_TEXTS = 16
MAX_CHARACTERS = 2000


@dataclass(frozen=True, slots=True)
class WaitingText:
    """A text to be said. waited: turns since it came, or since the session was told to yield."""

    text: str
    urgent: bool
    waited: int = 0


class SpokenQueue:
    """At most `MAX_TEXTS`. A text that waits already is not queued twice."""

    def __init__(self) -> None:
        self.reset()

    def __len__(self) -> int:
        """How many texts wait."""
        return len(self._texts)

    @property
    def urgent(self) -> bool:
        """Whether an urgent text waits."""
        return any(waiting.urgent for waiting in self._texts)

    @property
    def waited(self) -> int:
        """Turns that the longest waiting text has waited; 0 where none waits."""
        return max((waiting.waited for waiting in self._texts), default=0)

    @property
    def dropped(self) -> int:
        """Texts that had to give way because the queue was full."""
        return self._dropped

    @property
    def repeated(self) -> int:
        """Texts that were waiting already."""
        return self._repeated

    def reset(self) -> None:
        """Forget everything, as fresh."""
        self._texts: list[WaitingText] = []
        self._dropped = 0
        self._repeated = 0

    def push(self, text: str, *, urgent: bool = False) -> bool:
        """Queue a text; whether it is now one more that waits.

        A waiting text becomes urgent when it comes again as urgent. When full, the oldest ordinary
        text gives way; where all are urgent, an ordinary text is not taken, and of urgent ones the
        oldest gives way.

        Raises ValueError for a text longer than `MAX_CHARACTERS`.
        """
        if len(text) > MAX_CHARACTERS:
            raise ValueError(
                f"text to be said has {len(text)} characters, at most {MAX_CHARACTERS} are allowed"
            )
        for place, waiting in enumerate(self._texts):
            if waiting.text == text:
                self._repeated += 1
                if urgent and not waiting.urgent:
                    del self._texts[place]
                    self._texts.append(replace(waiting, urgent=True))
                return False
        if len(self._texts) >= MAX_TEXTS:
            self._dropped += 1
            ordinary = [waiting for waiting in self._texts if not waiting.urgent]
            if not (ordinary or urgent):
                return False
            self._texts.remove(ordinary[0] if ordinary else self._texts[0])
        self._texts.append(WaitingText(text, urgent))
        return True

    def pop(self) -> WaitingText | None:
        """The text whose turn it is."""
        if not self._texts:
            return None
        first = next((waiting for waiting in self._texts if waiting.urgent), self._texts[0])
        self._texts.remove(first)
        return first

    def pass_turns(self, turns: int = 1) -> None:
        """So many turns have gone by."""
        self._texts = [replace(each, waited=each.waited + turns) for each in self._texts]

    def wait_anew(self) -> None:
        """All begin to wait only now."""
        self._texts = [replace(each, waited=0) for each in self._texts]

    def facts(self) -> Facts:
        """State that survives JSON."""
        texts = [
            {"text": each.text, "urgent": each.urgent, "waited": each.waited}
            for each in self._texts
        ]
        return {"texts": texts, "dropped": self._dropped, "repeated": self._repeated}

    def restore(self, facts: object) -> None:
        """Go on where another one stood. Raises ValueError naming what does not fit."""
        saved = SavedFacts(facts, "queue", ("texts", "dropped", "repeated"))
        texts = [
            WaitingText(
                each.text("text", longest=MAX_CHARACTERS), each.flag("urgent"), each.whole("waited")
            )
            for each in saved.parts("texts", ("text", "urgent", "waited"), longest=MAX_TEXTS)
        ]
        self._dropped, self._repeated = saved.whole("dropped"), saved.whole("repeated")
        self._texts = texts
