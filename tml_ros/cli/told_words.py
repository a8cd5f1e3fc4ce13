"""What a cell says, as lines to print: sentence by sentence, although it comes in pieces.

Knows nothing of terminals. One thread owns it.
"""

from __future__ import annotations

import re

from tml_ros.report.session_log import SpeechRecord

_SENTENCE_ENDS = re.compile(r"[.!?](?=\s|$)")


class ToldWords:
    """Is shown the utterance of the moment, as far as it has come, again and again."""

    def __init__(self) -> None:
        """Nothing was said."""
        self._newest: SpeechRecord | None = None
        self._told = 0

    def take(self, said: SpeechRecord | None) -> list[tuple[int, str]]:
        """What is whole by now and was not given out before: when its utterance began, and words.

        What another utterance has cut short comes before it, with dots.
        """
        if said is None:
            return []
        lines = []
        if self._newest is None or said.stamp_ns != self._newest.stamp_ns:
            lines = self.rest()
            self._told = 0
        self._newest = said
        ends = [end.end() for end in _SENTENCE_ENDS.finditer(said.text)]
        if ends and ends[-1] > self._told:
            lines.append((said.stamp_ns, said.text[self._told : ends[-1]].strip()))
            self._told = ends[-1]
        return lines

    def rest(self) -> list[tuple[int, str]]:
        """What was said of a sentence that has not ended."""
        if self._newest is None:
            return []
        left = self._newest.text[self._told :].strip()
        self._told = len(self._newest.text)
        return [(self._newest.stamp_ns, f"{left} ...")] if left else []
