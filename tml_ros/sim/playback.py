"""When what of a rendered scenario is due: pictures, sound, findings, the clock and the truth.

Knows nothing of files, topics or clocks: it gives out an order, and says how long to wait. Times
are nanoseconds since the beginning of the scenario; a block of sound is due when it is over, as a
microphone gives it. One thread owns a pace.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import chain, count
from math import ceil

from tml_ros.sim.clip_truth import ClipTruth
from tml_ros.sim.scenario.scenario import HandedOver
from tml_ros.sim.truth_stream import ToldTruth, truth_stream

TICK_NS = 20_000_000
"""Between two ticks of the clock, and the length of a block of sound."""
SLIP_NS = 100_000_000
"""Who is later than this gives up catching up."""


@dataclass(frozen=True, slots=True)
class Tick:
    """Nothing but the time."""

    at_ns: int


@dataclass(frozen=True, slots=True)
class TruthDue:
    """Something becomes true, or ends."""

    at_ns: int
    told: ToldTruth


@dataclass(frozen=True, slots=True)
class PictureDue:
    """A camera takes its picture `index`."""

    at_ns: int
    camera: str
    index: int


@dataclass(frozen=True, slots=True)
class SoundDue:
    """The block `index` of a microphone, of `TICK_NS`, is whole."""

    at_ns: int
    microphone: str
    index: int


@dataclass(frozen=True, slots=True)
class FindingDue:
    """The cell is given something to say."""

    at_ns: int
    index: int
    given: HandedOver


Due = Tick | TruthDue | PictureDue | SoundDue | FindingDue


def playback(
    truth: ClipTruth, *, start_s: float = 0.0, handed_over: Sequence[HandedOver] = ()
) -> Iterator[Due]:
    """Everything that is due from `start_s` on, in order; of what is due at once the truth comes
    first, but for the end, which is the last of all.

    handed_over: what the scenario gives to the cell to say.
    Raises ValueError where that is not within the scenario.
    """
    if not 0 <= start_s < truth.seconds:
        raise ValueError(f"start_s must be within 0..{truth.seconds:g}, got {start_s:g}")
    begin, end = round(start_s * 1e9), round(truth.seconds * 1e9)
    *told, last = (
        TruthDue(round(told.time_s * 1e9), told) for told in truth_stream(truth, start_s=start_s)
    )
    streams: list[Iterator[Due]] = [
        iter(told),
        *(_pictures(name, truth, begin) for name in truth.cameras),
        *(_sound(name, begin, end) for name in truth.microphones),
        _findings(handed_over, begin, end),
        _ticks(begin, end),
    ]
    return chain(merge(*streams, key=lambda due: due.at_ns), [last])


class Pace:
    """How long to wait for what is due. rate: 1 for as fast as in life, 2 for twice.

    What is a little late is caught up with. After more than `SLIP_NS` everything to come is later
    by so much: whoever listens would otherwise get more at once than it can take.
    """

    def __init__(self, rate: float, *, first_ns: int, steady_ns: int) -> None:
        """What is due at `first_ns` is due now. Raises ValueError for a rate that is not > 0."""
        if rate <= 0:
            raise ValueError(f"rate must be above 0, got {rate:g}")
        self._rate = rate
        self._first_ns = first_ns
        self._origin_ns = steady_ns
        self.slipped_ns = 0
        """How much longer it takes than it would on a machine that keeps up."""

    def wait_ns(self, at_ns: int, steady_ns: int) -> int:
        """From now, `steady_ns`, until what is due at `at_ns` is; 0 where it is due already."""
        due_ns = self._origin_ns + round((at_ns - self._first_ns) / self._rate)
        late_ns = steady_ns - due_ns
        if late_ns > SLIP_NS:
            self._origin_ns += late_ns
            self.slipped_ns += late_ns
        return max(0, -late_ns)


def _pictures(name: str, truth: ClipTruth, begin_ns: int) -> Iterator[Due]:
    camera = truth.cameras[name]
    for index in range(camera.frames):
        at_ns = round(index * 1e9 / camera.rate)
        if at_ns >= begin_ns:
            yield PictureDue(at_ns, name, index)


def _sound(name: str, begin_ns: int, end_ns: int) -> Iterator[Due]:
    for index in count(ceil(begin_ns / TICK_NS)):
        at_ns = (index + 1) * TICK_NS
        if at_ns > end_ns:
            break
        yield SoundDue(at_ns, name, index)


def _findings(handed_over: Sequence[HandedOver], begin_ns: int, end_ns: int) -> Iterator[Due]:
    due = sorted((round(given.at * 1e9), index) for index, given in enumerate(handed_over))
    for at_ns, index in due:
        if begin_ns <= at_ns < end_ns:
            yield FindingDue(at_ns, index, handed_over[index])


def _ticks(begin_ns: int, end_ns: int) -> Iterator[Due]:
    yield Tick(begin_ns)
    yield from (Tick(at_ns) for at_ns in range(begin_ns + TICK_NS, end_ns, TICK_NS))
    yield Tick(end_ns)
