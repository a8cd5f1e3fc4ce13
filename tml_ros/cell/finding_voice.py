"""Which finding is said when: one at a time, when the floor is free, and never over a warning.

Knows nothing of topics, clocks or of how speech is made. Speech goes out in blocks of one turn,
hardly earlier than it is heard, so that a warning never waits behind it: when one comes, the
finding falls silent with the block that is playing and goes on afterwards with the sentence that
was cut, at most twice. One thread owns it. Times are of a steady clock.
"""

from __future__ import annotations

import re
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tml_ros.background.contracts import Finding, Urgency
from tml_ros.turn.micro_turn import SAMPLE_RATE, TURN_SAMPLES, samples_ns

Samples = NDArray[np.float32]
Render = Callable[[str], Samples]

MAX_WAITING: Final = 20
REMEMBERED: Final = 1_000
LEAD_NS: Final = 400_000_000
"""So much sound is sent ahead of what is heard."""
PAUSE_NS: Final = 700_000_000
"""Silence before what can wait begins."""
WARNING_NS: Final = 3_000_000_000
"""So long after a warning began nothing else is said, unless it is heard to last longer."""
MAX_REPEATS: Final = 2
"""A sentence that is cut short more often is given up, and the rest of its finding with it."""
PLAYING_NS: Final = 350_000_000
"""The loudspeaker played something so short a time ago: it is being heard."""


@dataclass(frozen=True, slots=True)
class SpokenBlock:
    """What goes out now. text: of the whole sentence with its first block, else "".

    samples: float32 [<= 3200], mono, 16 kHz.
    """

    text: str
    samples: Samples


@dataclass(slots=True)
class _Speech:
    """A finding that is to be said, sentence by sentence."""

    finding: Finding
    sentences: deque[str]
    samples: Samples | None = None
    sent: int = 0
    began: bool = False
    repeats: int = 0
    told: bool = False
    """Whether an earlier sentence of it went out."""


class FindingVoice:
    """Says findings through `take`.

    render: text to samples; may take some 10 ms. What it raises costs the sentence its sound, not
    its text.
    """

    def __init__(self, render: Render) -> None:
        """Start silent."""
        self._render = render
        self._waiting: list[_Speech] = []
        self._current: _Speech | None = None
        self._known: OrderedDict[str, None] = OrderedDict()
        self._own: deque[str] = deque(maxlen=20)
        self._heard_until_ns = 0
        self._warned_ns: int | None = None
        self._played: int | None = None
        self._played_ns: int | None = None
        self.said = 0
        self.left_out = 0
        self.problem = ""

    @property
    def waiting(self) -> int:
        """How many findings are to be said, the one being said included."""
        return len(self._waiting) + (self._current is not None)

    def add(self, finding: Finding) -> bool:
        """Say this when it may be; False for one that is not to be said or came before."""
        if finding.id in self._known:
            return False
        self._known[finding.id] = None
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        if finding.urgency is Urgency.SILENT or finding.orphaned or not finding.say.strip():
            return False
        if not finding.final:
            # News of work under way replaces older news of it.
            self._drop(lambda one: not one.final and one.delegation == finding.delegation)
        elif finding.delegation is not None:
            self._drop(lambda one: not one.final and one.delegation == finding.delegation)
        self._waiting.append(_Speech(finding, deque(sentences(finding.say))))
        if len(self._waiting) > MAX_WAITING:
            oldest = next((one for one in self._waiting if not _urgent(one)), self._waiting[0])
            self._waiting.remove(oldest)
            self.left_out += 1
        return True

    def heard(self, text: str, now_ns: int) -> None:
        """Words went out on the cell's speech; those that are not ours are a warning."""
        if text in self._own:
            self._own.remove(text)
            return
        self.warned(now_ns)

    def warned(self, now_ns: int) -> None:
        """Somebody else speaks, and is heard in our place."""
        self._warned_ns = now_ns
        current = self._current
        if current is None:
            return
        self._heard_until_ns = min(self._heard_until_ns, now_ns)
        if current.began and current.repeats == MAX_REPEATS:
            self._current = None
            self.left_out += 1
            return
        # The sentence that was cut short is said again from its beginning.
        current.repeats += current.began
        current.sent, current.began, current.told = 0, False, False

    def playback(self, samples: int, now_ns: int) -> None:
        """The loudspeaker has played so many samples since its start."""
        if self._played is not None and samples > self._played:
            self._played_ns = now_ns
        self._played = samples

    def take(self, now_ns: int) -> list[SpokenBlock]:
        """What goes out now."""
        out: list[SpokenBlock] = []
        if self._warning(now_ns):
            return out
        if self._current is None:
            self._current = self._choose(now_ns)
        while self._current is not None and now_ns + LEAD_NS > self._heard_until_ns:
            block = self._next_block(self._current, now_ns)
            if block is not None:
                out.append(block)
                continue
            self._current.sentences.popleft()
            self._current.samples, self._current.sent, self._current.began = None, 0, False
            self._current.repeats = 0
            urgent = any(map(_urgent, self._waiting)) and not _urgent(self._current)
            if self._current.sentences and urgent:
                self._waiting.insert(0, self._current)
            elif self._current.sentences:
                continue
            else:
                self.said += 1
            self._current = self._choose(now_ns) if urgent else None
        return out

    def _next_block(self, speech: _Speech, now_ns: int) -> SpokenBlock | None:
        text = speech.sentences[0]
        if speech.samples is None:
            speech.samples = self._rendered(text)
        if speech.began and speech.sent >= len(speech.samples):
            return None
        block = speech.samples[speech.sent : speech.sent + TURN_SAMPLES]
        first, speech.began = not speech.began, True
        speech.sent += len(block)
        start_ns = max(now_ns, self._heard_until_ns)
        self._heard_until_ns = start_ns + samples_ns(len(block))
        if not first:
            return SpokenBlock("", block)
        # Pieces of one utterance are joined as they are by whoever writes it down.
        told = f" {text}" if speech.told else text
        speech.told = True
        self._own.append(told)
        return SpokenBlock(told, block)

    def _rendered(self, text: str) -> Samples:
        try:
            samples = np.asarray(self._render(text), np.float32)
        except Exception as error:
            self.problem = str(error)
            return np.zeros(0, np.float32)
        # A breath after each sentence.
        return np.concatenate([samples, np.zeros(SAMPLE_RATE // 4, np.float32)])

    def _warning(self, now_ns: int) -> bool:
        if self._warned_ns is None:
            return False
        if now_ns - self._warned_ns < WARNING_NS or self._playing(now_ns):
            return True
        self._warned_ns = None
        return False

    def _playing(self, now_ns: int) -> bool:
        return self._played_ns is not None and now_ns - self._played_ns < PLAYING_NS

    def _choose(self, now_ns: int) -> _Speech | None:
        urgent = next(filter(_urgent, self._waiting), None)
        if urgent is not None:
            self._waiting.remove(urgent)
            return urgent
        if not self._waiting or self._playing(now_ns):
            return None
        last_ns = max(self._heard_until_ns, self._played_ns or 0)
        if now_ns < last_ns + PAUSE_NS:
            return None
        return self._waiting.pop(0)

    def _drop(self, wanted: Callable[[Finding], bool]) -> None:
        self._waiting = [one for one in self._waiting if not wanted(one.finding)]


def sentences(text: str) -> list[str]:
    """A text in pieces that end where a breath may be taken, none longer than 300 characters."""
    pieces = re.split(r"(?<=[.!?;])\s+(?=\S)", " ".join(text.split()))
    out = []
    for piece in pieces:
        left = piece
        while len(left) > 300:
            cut = left.rfind(" ", 1, 300)
            cut = 300 if cut < 0 else cut
            out.append(left[:cut].strip())
            left = left[cut:].strip()
        if left:
            out.append(left)
    return out


def _urgent(speech: _Speech) -> bool:
    return speech.finding.urgency is Urgency.NOW
