"""How much pictures cost: from the wire format into turns, and through the guardian.

Knows nothing of how results are shown. Media time is made up and runs as fast as the code does;
only the cost is read from clocks. Run on the calling thread, alone on its machine for true figures.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tml_ros.cell.cell_description import CellDescription
from tml_ros.turn.image_format import image_to_rgb
from tml_ros.turn.micro_turn import TURN_NS, TURN_SAMPLES, AudioBlock, Frame
from tml_ros.turn.turn_assembler import TurnAssembler

WIDTH, HEIGHT = 640, 480
_LOOP_FRAMES = 32
_SECOND_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class IngestResult:
    """Frames through conversion and assembly, beside copying the same frames.

    ratio: frames_per_second over memcpy_frames_per_second; above 1 where no copy is needed.
    """

    encoding: str
    width: int
    height: int
    frames: int
    frames_per_second: float
    memcpy_frames_per_second: float

    @property
    def ratio(self) -> float:
        """How the frame rate compares with that of a plain copy."""
        return self.frames_per_second / self.memcpy_frames_per_second

    def as_dict(self) -> dict[str, str | int | float]:
        """All fields and the ratio, for JSON."""
        return {**asdict(self), "ratio": self.ratio}


@dataclass(frozen=True, slots=True)
class GuardianLoadResult:
    """What the guardian of one cell needs of a core.

    cpu_share: processor time of all threads over media time; 1 is one whole core.
    slowest_frame_ms: the longest that one frame held the thread.
    """

    cameras: int
    width: int
    height: int
    frames_per_second: float
    media_seconds: float
    cpu_seconds: float
    slowest_frame_ms: float

    @property
    def cpu_share(self) -> float:
        """Cores kept busy."""
        return self.cpu_seconds / self.media_seconds

    def as_dict(self) -> dict[str, int | float]:
        """All fields and the share, for JSON."""
        return {**asdict(self), "cpu_share": self.cpu_share}


def measure_ingest(*, frames: int = 600, encoding: str = "rgb8") -> IngestResult:
    """Send 640x480 frames at 30 per second of media time, and sound, through one assembler.

    encoding: rgb8, or bgr8 for one that has to be converted. frames: at least 1.
    Raises ValueError for fewer frames, ImageFormatError for an unknown encoding.
    """
    if frames < 1:
        raise ValueError(f"frames must be >= 1, got {frames}")
    pictures = [picture.tobytes() for picture in moving_pictures(_LOOP_FRAMES)]
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        _ingest(pictures, _LOOP_FRAMES, encoding)
        began = time.perf_counter()
        _ingest(pictures, frames, encoding)
        ingest_seconds = time.perf_counter() - began
        _copy(pictures, _LOOP_FRAMES)
        began = time.perf_counter()
        _copy(pictures, frames)
        copy_seconds = time.perf_counter() - began
    finally:
        cv2.setNumThreads(threads)
    return IngestResult(
        encoding=encoding,
        width=WIDTH,
        height=HEIGHT,
        frames=frames,
        frames_per_second=frames / ingest_seconds,
        memcpy_frames_per_second=frames / copy_seconds,
    )


def measure_guardian_load(
    *, cameras: int, seconds: float = 10.0, rate: float = 15.0
) -> GuardianLoadResult:
    """Feed a guardian with 640x480 cameras, each with one zone that somebody walks through.

    cameras: 1..16. seconds: media time, at least one frame. rate: frames per second and camera.
    Raises ValueError for values outside of that.
    """
    if not 1 <= cameras <= 16 or rate <= 0 or seconds * rate < 1:
        raise ValueError(
            "expected 1..16 cameras and at least one frame, "
            f"got cameras={cameras} rate={rate} seconds={seconds}"
        )
    # Imported here, because measuring ingest needs no guards.
    from tml_ros.cell.guardian import Guardian  # noqa: PLC0415

    names = [f"camera_{number}" for number in range(cameras)]
    guardian = Guardian(_bench_cell(names))
    pictures = moving_pictures(_LOOP_FRAMES)
    frames = round(seconds * rate)
    slowest = 0.0
    cpu_began = time.process_time()
    for number in range(frames):
        now_ns = round(number * _SECOND_NS / rate)
        # Away and back, so that the loop has no seam at which the picture jumps.
        step = number % (2 * _LOOP_FRAMES - 2)
        picture = pictures[min(step, 2 * _LOOP_FRAMES - 2 - step)]
        for name in names:
            began = time.perf_counter()
            guardian.observe_frame(Frame(name, now_ns, picture), now_ns)
            slowest = max(slowest, time.perf_counter() - began)
        guardian.advance(now_ns)
    cpu_seconds = time.process_time() - cpu_began
    return GuardianLoadResult(
        cameras=cameras,
        width=WIDTH,
        height=HEIGHT,
        frames_per_second=rate,
        media_seconds=frames / rate,
        cpu_seconds=cpu_seconds,
        slowest_frame_ms=slowest * 1_000,
    )


def moving_pictures(count: int) -> list[NDArray[np.uint8]]:
    """The same `count` pictures each time: a textured hall, sensor noise, a walking figure.

    Returns uint8 [480, 640, 3] each, read-only.
    """
    random = np.random.default_rng(20_26)
    coarse = random.integers(60, 160, (HEIGHT // 20, WIDTH // 20, 3), dtype=np.uint8)
    hall = cv2.resize(coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR)
    pictures = []
    for number in range(count):
        noise = random.integers(0, 5, hall.shape, dtype=np.uint8)
        picture: NDArray[np.uint8] = np.asarray(hall + noise, np.uint8)
        left = 20 + number * (WIDTH - 120) // count
        picture[180:400, left : left + 70] = (230, 190, 40)
        picture[150:180, left + 20 : left + 50] = (200, 160, 140)
        picture.flags.writeable = False
        pictures.append(picture)
    return pictures


def _bench_cell(cameras: Sequence[str]) -> CellDescription:
    zone = {"polygon": [(0.4, 0.5), (0.9, 0.5), (0.9, 0.95), (0.4, 0.95)], "units": "fractions"}
    return CellDescription.model_validate(
        {
            "cell": "bench",
            "cameras": {
                name: {"size": (WIDTH, HEIGHT), "zones": {f"{name}_zone": zone}} for name in cameras
            },
        }
    )


def _ingest(pictures: Sequence[bytes], frames: int, encoding: str) -> int:
    """Returns the number of turns."""
    assembler = TurnAssembler(microphones=("microphone",), cameras=("camera",))
    silence = np.zeros(TURN_SAMPLES, np.float32)
    turns = 0
    heard_ns = 0
    for number in range(frames):
        stamp_ns = number * _SECOND_NS // 30
        rgb = image_to_rgb(
            pictures[number % len(pictures)],
            height=HEIGHT,
            width=WIDTH,
            encoding=encoding,
            step=WIDTH * 3,
        )
        assembler.push_frame(Frame("camera", stamp_ns, rgb))
        if stamp_ns >= heard_ns + TURN_NS:
            assembler.push_audio(AudioBlock("microphone", heard_ns, silence))
            heard_ns += TURN_NS
        turns += len(assembler.poll(stamp_ns))
    return turns


def _copy(pictures: Sequence[bytes], frames: int) -> None:
    sources = [np.frombuffer(picture, np.uint8) for picture in pictures]
    copy = np.empty_like(sources[0])
    for number in range(frames):
        np.copyto(copy, sources[number % len(sources)])
