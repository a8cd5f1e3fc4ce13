"""A recorded cell judged again: stamped inputs in, turns, alarms and warnings out.

Knows nothing of files and formats, of ROS, or of a clock: time is what the inputs say. It is the
same `Guardian` and `Interaction` that run live, so it gives the answer they would have given, and
the same answer every time. Owned by one thread.

Between inputs time passes in steps of `TICK_NS`, so that a camera that fell silent is found while
the microphone goes on, and a delay that runs out is noticed when it does. A clock that jumps back
begins another timeline; the replay's own seconds go on from where they were.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tml_ros.bag.bag_storage import BagMessage
from tml_ros.cell.announcer import Announcement, Announcer
from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.cell_time import JUMP_NS
from tml_ros.cell.guardian import Guardian
from tml_ros.cell.interaction import Interaction
from tml_ros.model.interface import InteractionModel
from tml_ros.model.text_voice import TextVoice
from tml_ros.safety.alarm import AlarmEvent, AlarmTransition
from tml_ros.turn.hazard import HazardKind
from tml_ros.turn.micro_turn import AudioBlock, Frame, MicroTurn
from tml_ros.turn.turn_output import TurnOutput

TICK_NS = 100_000_000
LONG_PAUSE_NS = 600_000_000_000
"""A longer silence of everything is a recording that was paused; only its beginning is lived."""
LIVED_PAUSE_NS = 60_000_000_000


@dataclass(frozen=True, slots=True)
class OperatorText:
    """What an operator typed."""

    text: str
    stamp_ns: int


@dataclass(frozen=True, slots=True)
class ReplayInput:
    """One thing that came in at `now_ns` of cell time.

    content: None for what could not be used; that lets time pass and no more.
    message: as it was recorded, where it was.
    judged: False for what is none of the cell's; it is only passed on, and no time passes.
    """

    now_ns: int
    content: Frame | AudioBlock | OperatorText | None
    message: BagMessage | None = None
    judged: bool = True


@dataclass(frozen=True, slots=True)
class ReplayRecord:
    """What came of one input, or of time passing (`given` is None).

    seconds: since the first input, never stepping back. now_ns: cell time.
    """

    seconds: float
    now_ns: int
    given: ReplayInput | None
    turns: tuple[tuple[MicroTurn, TurnOutput], ...] = ()
    transitions: tuple[AlarmTransition, ...] = ()
    announcements: tuple[Announcement, ...] = ()


@dataclass(frozen=True, slots=True)
class ReplaySummary:
    """A replay in numbers; `active_at_end` in order of kind and zone."""

    turns: int
    seconds: float
    alarms_raised: dict[HazardKind, int]
    active_at_end: tuple[tuple[HazardKind, str], ...]


class Replay:
    """One replay of one cell.

    announcer: speaks the warnings; none where nobody asks for them. text_voice: of the interaction.
    """

    def __init__(
        self,
        cell: CellDescription,
        *,
        model: InteractionModel | None = None,
        announcer: Announcer | None = None,
        text_voice: TextVoice | None = None,
    ) -> None:
        """Start with a quiet cell."""
        self.guardian = Guardian(cell)
        self.interaction = Interaction(cell, model, text_voice=text_voice)
        self._announcer = announcer
        self._start_ns: int | None = None
        self._newest_ns = 0
        self._shift_ns = 0
        """What jumps back of the clock have added to the replay's own time."""
        self._tick_ns = 0
        self._turns = 0
        self._raised: Counter[HazardKind] = Counter()
        self._seconds = 0.0

    def run(
        self, inputs: Iterable[ReplayInput], *, end_ns: int | None = None
    ) -> Iterator[ReplayRecord]:
        """Judge the inputs in the order given; one record for each, and for each busy moment.

        end_ns: how long the recording lasts beyond its last judged input, in its own time.
        """
        for given in inputs:
            if not given.judged:
                yield ReplayRecord(self._seconds, given.now_ns, given)
                continue
            if self._start_ns is None:
                self._start_ns = given.now_ns
                self._begin_timeline(given.now_ns)
            elif given.now_ns < self._newest_ns - JUMP_NS:
                self._shift_ns += self._newest_ns - given.now_ns
                self._begin_timeline(given.now_ns)
            else:
                yield from self._pass_time(given.now_ns)
            yield self._live(given.now_ns, given)
        if self._start_ns is not None:
            if end_ns is not None:
                yield from self._pass_time(end_ns)
            yield self._flush()

    def seconds_at(self, stamp_ns: int) -> float:
        """Cell time of the present timeline as seconds since the first input."""
        return (stamp_ns + self._shift_ns - (self._start_ns or 0)) / 1e9

    def summary(self) -> ReplaySummary:
        """The numbers so far."""
        active = [(a.kind, a.zone) for a in self.guardian.alarms() if a.state.condition_present]
        return ReplaySummary(
            self._turns, self._seconds, dict(sorted(self._raised.items())), tuple(sorted(active))
        )

    def _begin_timeline(self, now_ns: int) -> None:
        self._newest_ns = now_ns
        self._tick_ns = now_ns + TICK_NS

    def _pass_time(self, until_ns: int) -> Iterator[ReplayRecord]:
        """Live the ticks before `until_ns`."""
        if until_ns - self._tick_ns > LONG_PAUSE_NS:
            yield from self._pass_time(self._tick_ns + LIVED_PAUSE_NS)
            self._tick_ns = until_ns
        while self._tick_ns < until_ns:
            now_ns, self._tick_ns = self._tick_ns, self._tick_ns + TICK_NS
            record = self._live(now_ns, None)
            if record.turns or record.transitions:
                yield record

    def _live(self, now_ns: int, given: ReplayInput | None) -> ReplayRecord:
        """Judge one input, or one tick without any."""
        self._newest_ns = max(self._newest_ns, now_ns)
        transitions = self._judge(None if given is None else given.content, self._newest_ns)
        return self._conclude(given, self.interaction.poll(self._newest_ns), transitions)

    def _judge(
        self, content: Frame | AudioBlock | OperatorText | None, now_ns: int
    ) -> list[AlarmTransition]:
        if isinstance(content, Frame):
            self.interaction.push_frame(content)
            return self.guardian.observe_frame(content, now_ns)
        if isinstance(content, AudioBlock):
            self.interaction.push_audio(content)
            return self.guardian.observe_audio(content, now_ns)
        if content is not None:
            self.interaction.push_text(content.text, content.stamp_ns)
        return self.guardian.advance(now_ns)

    def _flush(self) -> ReplayRecord:
        return self._conclude(None, self.interaction.flush(), [])

    def _conclude(
        self,
        given: ReplayInput | None,
        turns: list[tuple[MicroTurn, TurnOutput]],
        transitions: list[AlarmTransition],
    ) -> ReplayRecord:
        now_ns = self._newest_ns
        for _, output in turns:
            transitions += self.guardian.observe_hazards(output.hazards, now_ns)
        self._turns += len(turns)
        self._raised.update(t.alarm.kind for t in transitions if t.event is AlarmEvent.RAISED)
        self._seconds = self.seconds_at(now_ns)
        said = self._announcer.announce(transitions) if self._announcer and transitions else ()
        return ReplayRecord(
            self._seconds, now_ns, given, tuple(turns), tuple(transitions), tuple(said)
        )


def replay(
    inputs: Iterable[ReplayInput],
    cell: CellDescription,
    *,
    model: InteractionModel | None = None,
    announcer: Announcer | None = None,
    end_ns: int | None = None,
) -> Iterator[ReplayRecord]:
    """Judge recorded inputs as the cell would have; see `Replay` for the numbers at the end."""
    return Replay(cell, model=model, announcer=announcer).run(inputs, end_ns=end_ns)
