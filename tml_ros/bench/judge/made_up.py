"""Truths made up to try the judge: short scripts one after the other, of every rule and sort of
hazard. Nothing is drawn or spoken; only what is true is written down.

Each piece has a slot of its own, so that what is right for one has nothing to do with the next.
All times are whole hundredths of a second. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType

import numpy as np

from tml_ros.sim.talk.act import Act
from tml_ros.sim.truth.expectation import Expectation, Rule, Says
from tml_ros.sim.truth.truth import Doubt, HazardSpan, SpokenLine, Truth
from tml_ros.turn.hazard import HazardKind

SLOT_S = 24.0
TIGHT_S = 0.3
WIDE_S = 1.5
"""How long after it is due a thing may be done."""

LEAD_S = 0.1
"""So long before it is due it may be done, too."""

YES = Says((("yes", "all clear"),), ("no", "not"))
NO = Says((("no", "not"), ("press area",)), ("yes",))
NOTED = Says((("noted", "acknowledged"),))
LOOK_INTO_IT = Says((("look into", "find out"),))
FOUND = Says((("bearing",),))
TIME_IS_UP = Says((("thirty seconds", "30 seconds"),))
PROMISE = Says((("i will", "i'll"), ("tell",)))
FORKLIFT_GONE = Says((("forklift",), ("gone", "left")), ("will", "i'll"))


class Script(str, Enum):
    """What happens in a slot."""

    QUESTION = "question"
    THOUGHT = "thought"
    """A question with a pause in it."""
    WARNING = "warning"
    WARNING_OVER_TALK = "warning_over_talk"
    INTERRUPTION = "interruption"
    """Another question in the middle of the reply; later it is to go on."""
    STOP = "stop"
    """Somebody says stop, whoever speaks."""
    SIGN = "sign"
    """Somebody says uh-huh during the reply."""
    STORY = "story"
    CHATTER = "chatter"
    SEEN = "seen"
    """An alarm is acknowledged."""
    WHY = "why"
    """A question that is handed on, and later its finding."""
    REMINDER = "reminder"
    COUNTING = "counting"
    CUE = "cue"
    TWO_VISITS = "two_visits"
    """One soon after the other."""
    DOUBT = "doubt"
    """What is not to be decided, and what nobody can see."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A script, begun `offset_s` into its slot. window_s: how long after due a thing may be done.
    worded: whether it matters what is said where that can be left open.
    """

    script: Script
    offset_s: float = 1.0
    window_s: float = WIDE_S
    worded: bool = True


def made_up_truth(pieces: Sequence[Piece]) -> Truth:
    """The pieces one after the other."""
    book = _Book()
    for slot, piece in enumerate(pieces):
        _WRITERS[piece.script](book, round(SLOT_S * slot + piece.offset_s, 2), piece)
    return Truth(
        seconds=SLOT_S * len(pieces),
        hazards=tuple(book.hazards),
        doubts=tuple(book.doubts),
        lines=tuple(book.lines),
        expected=tuple(book.expected),
    )


def drawn_truth(seed: int, *, pieces: int = 30) -> Truth:
    """Pieces drawn at random: every script as often as any, offsets from 1 to 3 s, half of them
    with tight windows.
    """
    rng = np.random.default_rng(np.random.SeedSequence([seed, 0x6A7564]))
    scripts = tuple(Script)
    return made_up_truth(
        [
            Piece(
                scripts[int(rng.integers(len(scripts)))],
                offset_s=1.0 + int(rng.integers(200)) / 100,
                window_s=TIGHT_S if rng.random() < 0.5 else WIDE_S,
            )
            for _ in range(pieces)
        ]
    )


@dataclass(slots=True)
class _Book:
    hazards: list[HazardSpan] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    lines: list[SpokenLine] = field(default_factory=list)
    expected: list[Expectation] = field(default_factory=list)

    def say(
        self, act: Act, seconds: float, *, at_s: float | None = None, into_s: float | None = None
    ) -> int:
        """Write down a line, and give its index."""
        index = len(self.lines)
        self.lines.append(
            SpokenLine(index, "anna", act, f"these are {act.value} words", seconds, at_s, into_s)
        )
        return index

    def expect(
        self,
        rule: Rule,
        due_s: float,
        piece: Piece,
        *,
        says: Says | None = None,
        line: int | None = None,
        number: int | None = None,
        over_speech: bool = False,
        about: str = "",
    ) -> None:
        """Write down what is right to do from a little before due until the piece's window ends."""
        self.expected.append(
            Expectation(
                rule,
                round(due_s, 2),
                round(due_s - LEAD_S, 2),
                round(due_s + piece.window_s, 2),
                line=line,
                says=says,
                about=about,
                number=number,
                over_speech=over_speech,
            )
        )

    def keep_back(
        self, rule: Rule, opens_s: float, closes_s: float, *, line: int | None = None
    ) -> None:
        """Write down what is not to be done."""
        times = (round(opens_s, 2), round(opens_s, 2), round(closes_s, 2))
        self.expected.append(Expectation(rule, *times, line=line, over_speech=True))


def _question(book: _Book, at_s: float, piece: Piece) -> None:
    book.say(Act.ASK_SAFE, 1.6, at_s=at_s)
    book.expect(Rule.ANSWER, at_s + 1.6, piece, says=YES if piece.worded else None)


def _thought(book: _Book, at_s: float, piece: Piece) -> None:
    book.say(Act.ASK_WHO, 4.0, at_s=at_s)
    book.keep_back(Rule.HOLD, at_s + 1.6, at_s + 2.8)
    book.expect(Rule.ANSWER, at_s + 4.0, piece, says=NO)


def _warning(book: _Book, at_s: float, piece: Piece) -> None:
    kind, zone = HazardKind.PERSON_IN_ZONE, "press_area"
    book.hazards.append(HazardSpan(kind, zone, at_s, at_s + 8.0, round(at_s + 0.4, 2)))
    says = Says((("person",), ("press area",)))
    talk = piece.script is Script.WARNING_OVER_TALK
    if talk:
        book.say(Act.CHATTER, 4.0, at_s=round(at_s - 0.6, 2))
    book.expect(Rule.WARN, at_s + 0.4, piece, says=says, over_speech=talk, about=zone)


def _interruption(book: _Book, at_s: float, piece: Piece) -> None:
    book.say(Act.ASK_SAFE, 1.6, at_s=at_s)
    book.expect(Rule.ANSWER, at_s + 1.6, piece, says=YES)
    line = book.say(Act.INSTEAD, 1.5, into_s=1.2)
    book.expect(Rule.FALL_SILENT, 0.0, piece, line=line, over_speech=True)
    book.expect(Rule.ANSWER, 1.5, piece, says=NO, line=line)
    book.say(Act.CONTINUE, 0.8, at_s=round(at_s + 14.0, 2))
    book.expect(Rule.RESUME, at_s + 14.8, piece)


def _stop(book: _Book, at_s: float, piece: Piece) -> None:
    book.say(Act.ASK_SAFE, 1.6, at_s=at_s)
    book.expect(Rule.ANSWER, at_s + 1.6, piece, says=YES)
    book.say(Act.STOP, 0.5, at_s=round(at_s + 4.0, 2))
    book.expect(Rule.FALL_SILENT, at_s + 4.5, piece, over_speech=True)


def _sign(book: _Book, at_s: float, piece: Piece) -> None:
    book.say(Act.ASK_ALARM, 1.2, at_s=at_s)
    book.expect(Rule.ANSWER, at_s + 1.2, piece, says=NO)
    line = book.say(Act.UH_HUH, 0.4, into_s=1.0)
    book.keep_back(Rule.KEEP_ON, 0.0, 1.4, line=line)


def _story(book: _Book, at_s: float, piece: Piece) -> None:
    book.say(Act.LONG_STORY, 9.0, at_s=at_s)
    book.expect(Rule.BACKCHANNEL, at_s + 4.0, piece, over_speech=True)


def _chatter(book: _Book, at_s: float, piece: Piece) -> None:
    book.say(Act.CHATTER, 3.0, at_s=at_s)
    book.keep_back(Rule.QUIET, at_s, at_s + 5.0)


def _seen(book: _Book, at_s: float, piece: Piece) -> None:
    book.say(Act.ACKNOWLEDGE, 1.2, at_s=at_s)
    book.expect(Rule.ACKNOWLEDGE, at_s + 1.2, piece, says=NOTED)


def _why(book: _Book, at_s: float, piece: Piece) -> None:
    book.say(Act.ASK_WHY, 1.8, at_s=at_s)
    book.expect(Rule.DELEGATE, at_s + 1.8, piece, says=LOOK_INTO_IT)
    book.say(Act.CHATTER, 3.0, at_s=round(at_s + 8.0, 2))
    book.expect(Rule.SAY_FINDING, at_s + 11.1, piece, says=FOUND)


def _reminder(book: _Book, at_s: float, piece: Piece) -> None:
    book.expect(Rule.AT_TIME, at_s + 5.0, piece, says=TIME_IS_UP if piece.worded else None)


def _counting(book: _Book, at_s: float, piece: Piece) -> None:
    for number in (1, 2, 3):
        book.expect(Rule.COUNT, at_s + 4.0 * number, piece, number=number, about="conveyor_2")


def _cue(book: _Book, at_s: float, piece: Piece) -> None:
    book.say(Act.CUE, 1.5, at_s=at_s)
    book.expect(Rule.ANSWER, at_s + 1.5, piece, says=PROMISE)
    book.expect(Rule.CUE, at_s + 11.0, piece, says=FORKLIFT_GONE)


def _two_visits(book: _Book, at_s: float, piece: Piece) -> None:
    for start_s in (at_s, at_s + 7.0):
        book.hazards.append(
            HazardSpan(
                HazardKind.PERSON_IN_ZONE,
                "robot_cell",
                round(start_s, 2),
                round(start_s + 5.0, 2),
                round(start_s + 0.6, 2),
            )
        )


def _doubt(book: _Book, at_s: float, piece: Piece) -> None:
    ends_s = round(at_s + 4.0, 2)
    book.doubts.append(Doubt(HazardKind.PERSON_IN_ZONE, "press_area", at_s, ends_s))
    book.hazards.append(HazardSpan(HazardKind.SMOKE_OR_FIRE, "press_area", at_s, ends_s, None))


_WRITERS: Mapping[Script, Callable[[_Book, float, Piece], None]] = MappingProxyType(
    {
        Script.QUESTION: _question,
        Script.THOUGHT: _thought,
        Script.WARNING: _warning,
        Script.WARNING_OVER_TALK: _warning,
        Script.INTERRUPTION: _interruption,
        Script.STOP: _stop,
        Script.SIGN: _sign,
        Script.STORY: _story,
        Script.CHATTER: _chatter,
        Script.SEEN: _seen,
        Script.WHY: _why,
        Script.REMINDER: _reminder,
        Script.COUNTING: _counting,
        Script.CUE: _cue,
        Script.TWO_VISITS: _two_visits,
        Script.DOUBT: _doubt,
    }
)
