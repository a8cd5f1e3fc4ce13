"""Makes micro-turns out of stamped sound, frames and text.

Knows nothing of devices, messages or models, and reads no clock: time is the stamps, and the
`now_ns` of whoever polls. Belongs to one thread; only what it gives out may be handed on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from tml_ros.turn.assembler_counters import AssemblerCounters
from tml_ros.turn.micro_turn import (
    SAMPLE_RATE,
    TURN_SAMPLES,
    AudioBlock,
    Frame,
    MicroTurn,
    samples_ns,
)
from tml_ros.turn.stamp_clock import StampClock
from tml_ros.turn.timeline import Timeline
from tml_ros.turn.timeline_opening import TimelineOpening

JUMP_BACK_NS = 1_000_000_000
JUMP_FORWARD_NS = 5_000_000_000
MAX_BLOCK_SAMPLES = 60 * SAMPLE_RATE
MAX_READY_TURNS = 300
"""One minute: who does not poll for longer loses the oldest turns."""
MAX_TEXTS = 256


class TurnAssembler:
    """Cuts what a cell takes in into turns of 200 ms.

    The first microphone sets the beat: turn 0 starts with its first sound. Where none is
    configured, or it stays silent for longer than a turn and the jitter budget, the first stamp of
    anything does, and before there is any, the first poll. A turn closes once the sound of all
    microphones is complete (without microphones: once every camera has given a newer frame), or
    `jitter_ns` after its end, by the stamps of the leading stream or by `now_ns`, whichever is
    first. So turns keep coming at their pace when sound or pictures stay away.

    The leading stream is the first, microphones before cameras, that is not 5 s behind. When its
    stamps go back by more than 1 s, or ahead by more than 5 s, all open turns are closed and a new
    timeline starts at index 0. Other streams that far off are refused or late.

    `now_ns` is meant to be of the clock of the stamps; of another clock (more than 5 s apart) only
    its pace is used. Call `poll` at least every 5 s.

    jitter_ns: >= 0. Raises ValueError for a negative one and for a name given twice.
    """

    def __init__(
        self,
        *,
        microphones: Sequence[str],
        cameras: Sequence[str],
        jitter_ns: int = 100_000_000,
    ) -> None:
        """Start with nothing heard or seen."""
        if jitter_ns < 0:
            raise ValueError(f"jitter_ns must be >= 0, got {jitter_ns}")
        for kind, names in (("microphone", microphones), ("camera", cameras)):
            if len(set(names)) != len(names):
                raise ValueError(f"each {kind} may be named once, got {list(names)}")
        self._microphones = tuple(microphones)
        self._cameras = tuple(cameras)
        self._jitter_ns = jitter_ns
        self.reset()

    def reset(self) -> None:
        """Forget everything, counters included, as if just made."""
        self._counts: Counter[str] = Counter()
        self._ready: list[MicroTurn] = []
        self._texts: list[tuple[int | None, str]] = []
        self._clock = StampClock()
        self._restarted = False
        self._begin_waiting()

    @property
    def counters(self) -> AssemblerCounters:
        """What was late, refused, doubled or lost so far."""
        return AssemblerCounters(**self._counts)

    def push_audio(self, block: AudioBlock) -> None:
        """Take in sound of a microphone, of any length up to a minute; may come out of order.

        Raises ValueError for an unknown microphone, for samples that are not float32 [n], and for
        more than a minute.
        """
        rank = self._rank("microphone", block.microphone, self._microphones)
        samples = block.samples
        if samples.dtype != np.float32 or samples.ndim != 1:
            raise ValueError(
                f"samples must be float32 [n], got {samples.dtype} {list(samples.shape)}"
            )
        if len(samples) > MAX_BLOCK_SAMPLES:
            raise ValueError(f"a block holds up to {MAX_BLOCK_SAMPLES} samples, got {len(samples)}")
        for part in _parts(block):
            self._take(rank, part.start_ns, part.end_ns, part)

    def push_frame(self, frame: Frame) -> None:
        """Take in one frame. Raises ValueError for an unknown camera."""
        rank = len(self._microphones) + self._rank("camera", frame.camera, self._cameras)
        self._take(rank, frame.stamp_ns, frame.stamp_ns, frame)

    def push_text(self, text: str, stamp_ns: int) -> None:
        """Take in what the operator typed: it goes into the turn of its stamp, never lost for being
        late; one stamped more than 5 s ahead goes into the next turn.
        """
        if len(self._texts) >= MAX_TEXTS:
            self._counts["refused_texts"] += 1
            return
        ahead = self._timeline and stamp_ns > self._timeline.open_ns + JUMP_FORWARD_NS
        self._texts.append((None if ahead else stamp_ns, text))

    def poll(self, now_ns: int) -> list[MicroTurn]:
        """The turns closed since the last call, in order."""
        stamp_ns = self._clock.at(now_ns)
        if self._timeline is None:
            self._opening.pass_time(stamp_ns)
            self._start_if_due(stamp_ns)
        if self._timeline is not None:
            newest_ns = stamp_ns if self._lead_ns is None else max(stamp_ns, self._lead_ns)
            self._emit(self._timeline.close_due(newest_ns))
        return self._handed_out()

    def flush(self) -> list[MicroTurn]:
        """End of input: close every turn that anything has come for, however incomplete."""
        self._start_early()
        if self._timeline is not None:
            self._emit(self._timeline.close_all())
        return self._handed_out()

    def _handed_out(self) -> list[MicroTurn]:
        turns, self._ready = self._ready, []
        return turns

    def _begin_waiting(self) -> None:
        self._timeline: Timeline | None = None
        self._opening = self._new_opening()
        self._newest_ns: dict[int, int] = {}
        self._leader: int | None = None
        self._lead_ns: int | None = None

    def _new_opening(self) -> TimelineOpening:
        master = self._microphones[0] if self._microphones else None
        return TimelineOpening(master=master, jitter_ns=self._jitter_ns)

    def _take(self, rank: int, start_ns: int, end_ns: int, item: AudioBlock | Frame) -> None:
        leads = self._leads(rank)
        first_ns = self._opening.first_ns
        if first_ns is not None and abs(start_ns - first_ns) > JUMP_FORWARD_NS:
            if not leads:
                self._count_refused(item)
                return
            self._start_early()
        if leads and self._has_jumped(rank, start_ns):
            self._restart()
        if leads:
            self._follow(rank, end_ns)
        if leads or self._timeline is None or start_ns <= self._timeline.open_ns + JUMP_FORWARD_NS:
            self._newest_ns[rank] = max(end_ns, self._newest_ns.get(rank, end_ns))
        if self._timeline is not None:
            if isinstance(item, AudioBlock):
                self._timeline.add_audio(item)
            else:
                self._timeline.add_frame(item)
            self._emit(self._timeline.close_due(self._lead_ns))
            return
        if not self._opening.add(item, start_ns, end_ns):
            self._count_refused(item)
        self._start_if_due(None)

    def _leads(self, rank: int) -> bool:
        """Whether every stream before this one is silent or left behind."""
        if self._timeline is None:
            return all(other >= rank for other in self._newest_ns)
        behind_ns = self._timeline.open_ns - JUMP_FORWARD_NS
        return all(
            other >= rank or newest_ns < behind_ns for other, newest_ns in self._newest_ns.items()
        )

    def _has_jumped(self, rank: int, start_ns: int) -> bool:
        """Whether the leading stream left its own course; a stream that was held up has not."""
        if self._timeline is None:
            return False
        open_ns = self._timeline.open_ns
        newest_ns = self._newest_ns.get(rank, open_ns)
        back = start_ns < min(newest_ns, open_ns) - JUMP_BACK_NS
        return back or start_ns > max(newest_ns, open_ns) + JUMP_FORWARD_NS

    def _follow(self, rank: int, end_ns: int) -> None:
        if self._leader != rank or self._lead_ns is None:
            self._leader, self._lead_ns = rank, end_ns
        self._lead_ns = max(self._lead_ns, end_ns)
        self._clock.saw(end_ns)

    def _restart(self) -> None:
        if self._timeline is not None:
            self._emit(self._timeline.close_all())
        self._texts = [(None, text) for _, text in self._texts]
        self._counts["restarts"] += 1
        self._restarted = True
        self._begin_waiting()

    def _start_early(self) -> None:
        """Start with what has come, if anything has and no timeline runs yet."""
        start_ns = self._opening.best_start_ns()
        if self._timeline is None and self._opening.first_ns is not None and start_ns is not None:
            self._start(start_ns)

    def _start_if_due(self, now_ns: int | None) -> None:
        start_ns = self._opening.due_start_ns(now_ns)
        if start_ns is not None:
            self._start(start_ns)

    def _start(self, start_ns: int) -> None:
        self._timeline = Timeline(
            start_ns=start_ns,
            microphones=self._microphones,
            cameras=self._cameras,
            jitter_ns=self._jitter_ns,
            restarted=self._restarted,
            counts=self._counts,
        )
        self._restarted = False
        opening, self._opening = self._opening, self._new_opening()
        # All of it came before the first turn could close, so no frame is late for the sound.
        for frame in opening.frames:
            self._timeline.add_frame(frame)
        for block in opening.blocks:
            self._timeline.add_audio(block)
        self._emit(self._timeline.close_due(self._lead_ns))

    def _count_refused(self, item: AudioBlock | Frame) -> None:
        if isinstance(item, AudioBlock):
            self._counts["refused_samples"] += len(item.samples)
        else:
            self._counts["refused_frames"] += 1

    def _emit(self, turns: Iterable[MicroTurn]) -> None:
        for turn in turns:
            texts = self._texts_before(turn.end_ns)
            self._ready.append(replace(turn, texts=texts) if texts else turn)
        surplus = len(self._ready) - MAX_READY_TURNS
        if surplus > 0:
            del self._ready[:surplus]
            self._counts["dropped_turns"] += surplus

    def _texts_before(self, end_ns: int) -> tuple[str, ...]:
        due = [stamp_ns is None or stamp_ns < end_ns for stamp_ns, _ in self._texts]
        texts = tuple(text for (_, text), now in zip(self._texts, due, strict=True) if now)
        if texts:
            self._texts = [item for item, now in zip(self._texts, due, strict=True) if not now]
        return texts

    def _rank(self, kind: str, name: str, names: tuple[str, ...]) -> int:
        try:
            return names.index(name)
        except ValueError:
            raise ValueError(f"unknown {kind} {name!r}; this cell has {list(names)}") from None


def _parts(block: AudioBlock) -> Iterator[AudioBlock]:
    """The block cut into equal parts of at most one turn; nothing for an empty one."""
    count = -(-len(block.samples) // TURN_SAMPLES)
    if count <= 1:
        yield from (block,) * count
        return
    done = 0
    for samples in np.array_split(block.samples, count):
        yield AudioBlock(block.microphone, block.start_ns + samples_ns(done), samples)
        done += len(samples)
