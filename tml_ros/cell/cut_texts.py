"""Texts that a session was given to say, and the one of them that was cut short.

A session that is told to be silent drops what it was saying. Whoever told it so for a while, as
for a warning, hands it over again afterwards. Knows nothing of sound or time: it follows the text
that comes out, piece by piece. One thread owns it.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

MAX_TEXTS: Final = 16
"""As many as a session keeps; the oldest gives way."""
MAX_PIECES: Final = 256
"""Of what is being said: at most one a turn."""


@dataclass(frozen=True, slots=True)
class GivenText:
    """A text to be said, urgent or not."""

    text: str
    urgent: bool


class CutTexts:
    """Nothing was given, nothing said."""

    def __init__(self) -> None:
        """Start empty."""
        self._given: deque[GivenText] = deque(maxlen=MAX_TEXTS)
        self._pieces: deque[str] = deque(maxlen=MAX_PIECES)

    def give(self, text: str, *, urgent: bool) -> None:
        """The session has this to say."""
        self._given.append(GivenText(text, urgent))

    def said(self, piece: str, *, speaking: bool) -> None:
        """A turn's text, "" for none. speaking: whether the session has the floor in this turn."""
        if not speaking:
            self._pieces.clear()
            return
        if not piece:
            return
        self._pieces.append(piece)
        for given in list(self._given):
            if any(told == _plain(given.text) for told in self._told()):
                self._given.remove(given)
                self._pieces.clear()

    def cut(self) -> GivenText | None:
        """The session falls silent now: the text that it has begun to say and not ended, if any."""
        told = [one for one in self._told() if one]
        self._pieces.clear()
        for given in list(self._given):
            if any(_plain(given.text).startswith(one) for one in told):
                self._given.remove(given)
                return given
        return None

    def _told(self) -> list[str]:
        """What was said since each piece: a text may follow other words without a pause."""
        pieces = list(self._pieces)
        return [_plain("".join(pieces[first:])) for first in range(len(pieces))]


def _plain(text: str) -> str:
    return " ".join(text.split())
