"""One unbroken run of micro-turns: which samples and frames belong to which turn, and when it ends.

Knows nothing of clocks that jump: what is far outside is refused, and `TurnAssembler` decides when
another timeline begins. Belongs to the assembler that owns it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from tml_ros.turn.audio_track import AudioTrack
from tml_ros.turn.micro_turn import (
    TURN_NS,
    TURN_SAMPLES,
    AudioBlock,
    Frame,
    Gap,
    GapKind,
    MicroTurn,
    TurnFrame,
    samples_ns,
)

AHEAD_TURNS = 25
"""5 s: what is stamped further ahead of the open turn is refused, so memory stays bounded."""


class Timeline:
    """Turns [start_ns + k * 200 ms, start_ns + (k + 1) * 200 ms) for k = 0, 1, 2 ...

    start_ns: start of turn 0. jitter_ns: how long after its end a turn waits for what is missing.
    restarted: turn 0 says that a clock has jumped before it.
    counts: where late, early and refused data are counted.
    """

    def __init__(
        self,
        *,
        start_ns: int,
        microphones: Sequence[str],
        cameras: Sequence[str],
        jitter_ns: int,
        restarted: bool,
        counts: Counter[str],
    ) -> None:
        """Start with turn 0 open."""
        self._start_ns = start_ns
        self._jitter_ns = jitter_ns
        self._restarted = restarted
        self._counts = counts
        self._open = 0
        self._tracks = {name: AudioTrack(start_ns=start_ns, counts=counts) for name in microphones}
        self._frames: dict[str, dict[int, Frame]] = {name: {} for name in cameras}
        self._newest_slot = dict.fromkeys(cameras, -1)
        self._lateness_ns: dict[str, int] = {}

    @property
    def open_ns(self) -> int:
        """Start of the earliest turn that is still open."""
        return self._start_ns + self._open * TURN_NS

    def add_audio(self, block: AudioBlock) -> None:
        """Take in 1..3200 samples."""
        track = self._tracks[block.microphone]
        limit = (self._open + AHEAD_TURNS) * TURN_SAMPLES
        if track.place_of(block.start_ns) >= limit:
            self._counts["refused_samples"] += len(block.samples)
            return
        track.push(block.start_ns, block.samples)

    def add_frame(self, frame: Frame) -> None:
        """Take in one frame; of several in one turn the newest stays."""
        slot = (frame.stamp_ns - self._start_ns) // TURN_NS
        if slot >= self._open + AHEAD_TURNS:
            self._counts["refused_frames"] += 1
        elif slot < 0:
            self._counts["early_frames"] += 1
        elif slot < self._open:
            self._counts["late_frames"] += 1
            lateness = self.open_ns - frame.stamp_ns
            self._lateness_ns[frame.camera] = max(lateness, self._lateness_ns.get(frame.camera, 0))
        else:
            self._newest_slot[frame.camera] = max(slot, self._newest_slot[frame.camera])
            frames = self._frames[frame.camera]
            if slot not in frames or frames[slot].stamp_ns < frame.stamp_ns:
                frames[slot] = frame

    def close_due(self, now_ns: int | None) -> Iterator[MicroTurn]:
        """Close, in order, what is complete, and what ended more than the jitter budget ago."""
        while self._is_complete() or (
            now_ns is not None and now_ns > self.open_ns + TURN_NS + self._jitter_ns
        ):
            yield self._close()

    def close_all(self) -> Iterator[MicroTurn]:
        """Close every turn that anything has come for."""
        while self._holds_anything():
            yield self._close()

    def _is_complete(self) -> bool:
        """All sound of the open turn is there; without microphones: every camera is beyond it."""
        if self._tracks:
            end = (self._open + 1) * TURN_SAMPLES
            return all(track.frontier >= end for track in self._tracks.values())
        if self._newest_slot:
            return all(slot > self._open for slot in self._newest_slot.values())
        return False

    def _holds_anything(self) -> bool:
        start = self._open * TURN_SAMPLES
        return any(track.end > start for track in self._tracks.values()) or any(
            self._frames.values()
        )

    def _close(self) -> MicroTurn:
        start_ns = self.open_ns
        gaps = []
        if self._restarted and self._open == 0:
            gaps.append(Gap(GapKind.TIMELINE_RESTARTED, ""))
        audio = {}
        for name, track in self._tracks.items():
            audio[name], missing, late = track.take(self._open)
            if missing:
                gaps.append(Gap(GapKind.AUDIO_MISSING, name, samples_ns(missing)))
            if late:
                gaps.append(Gap(GapKind.AUDIO_LATE, name, samples_ns(late)))
        frames = {}
        for name, kept in self._frames.items():
            frame = kept.pop(self._open, None)
            if frame is None:
                gaps.append(Gap(GapKind.FRAME_MISSING, name))
            else:
                frames[name] = TurnFrame(frame, start_ns + TURN_NS - frame.stamp_ns)
            lateness_ns = self._lateness_ns.pop(name, None)
            if lateness_ns is not None:
                gaps.append(Gap(GapKind.FRAME_LATE, name, lateness_ns))
        turn = MicroTurn(
            index=self._open, start_ns=start_ns, audio=audio, frames=frames, gaps=tuple(gaps)
        )
        self._open += 1
        return turn
