"""A camera that keeps running: device, network stream or video file behind one interface.

Owns one capture thread. Frames are handed over newest first: a reader that is slow sees fewer
frames, never older ones. A source that is lost is reopened until `close`; a file that does not
loop comes to a clean end. Knows nothing of ROS; times are of the steady clock.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from types import TracebackType

import cv2

from tml_ros.devices.captured_frame import (
    CameraSourceError,
    CameraStatus,
    CapturedFrame,
)
from tml_ros.devices.playback_clock import PlaybackClock, Verdict
from tml_ros.devices.retry import Backoff
from tml_ros.devices.source_names import URL_SCHEMES, names_video_file
from tml_ros.devices.source_state import SourceState
from tml_ros.devices.video_file import VideoFile
from tml_ros.devices.video_stream import VideoStream, without_password

CLOSE_S = 0.8


def open_camera(
    source: int | str,
    *,
    loop: bool = False,
    rate: float | None = None,
    size: tuple[int, int] | None = None,
) -> CameraSource:
    """Start capturing from a device index, a /dev/video path, a URL or a video file.

    loop: start a file over at its end; media time goes on rising.
    rate: at most so many frames per second, and asked of a device.
    size: (width, height) of the frames, asked of a device and fitted where it differs.

    Raises CameraSourceError for a file that is missing or not a video and for a URL of another
    kind. A device or URL that does not answer is no error: it is retried, and `status` says so.
    """
    if isinstance(source, str) and source.isdecimal():
        source = int(source)
    if isinstance(source, int) and source < 0:
        raise CameraSourceError(f"device index {source} is negative; the first camera is 0")
    if isinstance(source, str) and "://" in source:
        scheme = source.partition("://")[0].lower()
        if scheme not in URL_SCHEMES:
            raise CameraSourceError(
                f"{without_password(source)}: no camera speaks {scheme}://; allowed are "
                + ", ".join(f"{name}://" for name in URL_SCHEMES)
            )
    elif isinstance(source, str) and not source.startswith("/dev/"):
        VideoFile(source)
    return CameraSource(source, loop=loop, rate=rate, size=size)


class CameraSource:
    """A running capture; build it with `open_camera`.

    `read`, `status` and `close` may be called from any thread; one thread reads.
    """

    def __init__(
        self,
        source: int | str,
        *,
        loop: bool,
        rate: float | None,
        size: tuple[int, int] | None,
    ) -> None:
        """Start the capture thread."""
        self._source = source
        self._loop = loop
        self._rate = rate
        self._size = size
        self._spacing_ns = 0 if rate is None else round(1e9 / rate)
        self._next_offset_ns = 0
        self._end_ns = 0
        self._first_ns: int | None = None
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        self._newest: CapturedFrame | None = None
        self._status = CameraStatus(SourceState.OPENING, time.monotonic_ns())
        # A daemon: a network read that hangs must not keep the process from ending.
        self._thread = threading.Thread(target=self._run, name="camera-capture", daemon=True)
        self._thread.start()

    @property
    def is_file(self) -> bool:
        """Whether the source is a video file, whose frames have media time."""
        return names_video_file(self._source)

    @property
    def status(self) -> CameraStatus:
        """How the source is doing now."""
        with self._changed:
            return self._status

    def read(self, timeout_s: float) -> CapturedFrame | None:
        """The newest frame not read yet; None if none comes in time or the source has ended."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._newest is not None or self._status.state.over, timeout_s
            )
            frame, self._newest = self._newest, None
            return frame

    def close(self) -> None:
        """Stop capturing; returns within a second even if the source hangs."""
        self._stopping.set()
        self._thread.join(CLOSE_S)
        self._enter(SourceState.CLOSED)

    def __iter__(self) -> Iterator[CapturedFrame]:
        """The newest frames as they come, until the source ends or is closed."""
        while True:
            frame = self.read(0.2)
            if frame is not None:
                yield frame
            elif self.status.state.over:
                return

    def __enter__(self) -> CameraSource:
        """Open already; closed on leaving."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()

    def _run(self) -> None:
        backoff = Backoff()
        while not self._stopping.is_set():
            try:
                self._capture(backoff)
            except (CameraSourceError, cv2.error, OSError) as problem:
                self._enter(SourceState.LOST, error=str(problem))
                self._stopping.wait(backoff.next_s())
                with self._changed:
                    self._status = replace(self._status, retries=self._status.retries + 1)
            else:
                self._enter(SourceState.ENDED)
                return

    def _capture(self, backoff: Backoff) -> None:
        """Deliver frames until a file ends or `close`; raises when the source is lost."""
        clock: PlaybackClock | None = None
        while True:
            stream = VideoStream(self._source, rate=self._rate, size=self._size)
            try:
                if not (self.is_file or stream.finite):
                    self._follow(stream, backoff)
                    return
                clock = self._play(stream, clock, backoff)
            finally:
                stream.close()
            if self._stopping.is_set() or not self._loop:
                return

    def _follow(self, stream: VideoStream, backoff: Backoff) -> None:
        while not self._stopping.is_set():
            if stream.advance() is None:
                raise CameraSourceError(f"{without_password(self._source)} gives no more frames")
            now_ns = time.monotonic_ns()
            if self._first_ns is None:
                self._first_ns = now_ns
            if self._deliver(stream, now_ns, now_ns - self._first_ns):
                backoff.reset()

    def _play(
        self, stream: VideoStream, clock: PlaybackClock | None, backoff: Backoff
    ) -> PlaybackClock:
        """One pass through a recording, each frame when it is due."""
        base_ns, last_ns, step_ns = self._end_ns, -1, stream.interval_ns
        while not self._stopping.is_set():
            media_ns = stream.advance()
            if media_ns is None:
                break
            if last_ns >= 0:
                step_ns = media_ns - last_ns
            last_ns = media_ns
            offset_ns = base_ns + media_ns
            self._end_ns = offset_ns + step_ns
            clock = clock or PlaybackClock(time.monotonic_ns() - offset_ns)
            while (verdict := clock.judge(offset_ns, time.monotonic_ns())) is Verdict.WAIT:
                wait_ns = clock.due_ns(offset_ns) - time.monotonic_ns()
                if self._stopping.wait(max(0, wait_ns) / 1e9):
                    return clock
            if verdict is Verdict.SKIP:
                self._count_skipped()
            elif self._deliver(stream, clock.due_ns(offset_ns), offset_ns):
                backoff.reset()
        if clock is None or last_ns < 0:
            raise CameraSourceError(f"{without_password(self._source)} has no readable frame")
        return clock

    def _deliver(self, stream: VideoStream, captured_ns: int, offset_ns: int) -> bool:
        # Half a millisecond of grace: container stamps are rounded, often to whole milliseconds.
        if offset_ns + 500_000 < self._next_offset_ns:
            return False
        rgb = stream.picture()
        if rgb is None:
            self._count_skipped()
            return False
        self._next_offset_ns = max(self._next_offset_ns, offset_ns - self._spacing_ns)
        self._next_offset_ns += self._spacing_ns
        with self._changed:
            before = self._status
            if before.state is not SourceState.RUNNING:
                before = replace(before, state=SourceState.RUNNING, since_ns=time.monotonic_ns())
            replaced = before.replaced + (self._newest is not None)
            self._status = replace(before, frames=before.frames + 1, replaced=replaced)
            self._newest = CapturedFrame(rgb, captured_ns, offset_ns)
            self._changed.notify_all()
        return True

    def _count_skipped(self) -> None:
        with self._changed:
            self._status = replace(self._status, skipped=self._status.skipped + 1)

    def _enter(self, state: SourceState, *, error: str | None = None) -> None:
        with self._changed:
            before = self._status
            if before.state is SourceState.CLOSED:
                return
            since_ns = before.since_ns if before.state is state else time.monotonic_ns()
            last_error = before.last_error if error is None else error
            self._status = replace(before, state=state, since_ns=since_ns, last_error=last_error)
            self._changed.notify_all()
