"""Keeps what happened around alarms, off the path on which they are judged.

Whoever calls only lets things wait, within microseconds, and never hears of the disk but by
`status`. One thread of its own does the rest: it makes people unrecognisable, encodes pictures,
keeps the last seconds in memory, and writes clips. Nothing that could show anybody recognisably
gets beyond the place where pictures wait. Knows nothing of ROS, reads no clock.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from tml_ros.evidence.clip_maker import ClipMaker
from tml_ros.evidence.evidence_ring import BACK_NS, EvidenceRing
from tml_ros.evidence.evidence_settings import EvidenceSettings, Privacy
from tml_ros.evidence.kept import EvidenceMessages, Kept
from tml_ros.evidence.privacy_filter import PrivacyFilter
from tml_ros.evidence.waiting_lane import WaitingLane
from tml_ros.safety.alarm import AlarmTransition
from tml_ros.turn.hazard import Box
from tml_ros.turn.micro_turn import AudioBlock, Frame

STORED_WIDTH = 640
"""Wider pictures are kept so wide: they are to show what happened, not to be measured in."""
STORED_PERIOD_NS = 100_000_000
"""Of one camera at most so often."""
WAITING_BYTES = 64 * 2**20
"""Of pictures and sound that wait to be kept, over all streams."""
MAX_EVENT_BYTES = 512 * 1024
EVENTS, ALARMS, TIME = " events", " alarms", " time"
"""Streams beside the cameras and microphones, whose names have no blanks."""
MAX_BOXES = 16
"""Of hazards in one picture."""
CLOSING_S = 5.0


@dataclass(frozen=True, slots=True)
class EvidenceStatus:
    """How it fares. failing: clips cannot be written, or pictures not be kept, for this reason.

    clips, bytes: what lies in the folder. dropped: what came too fast or was too large to be kept.
    memory_bytes: of the last seconds. cut_short: what left memory before its time.
    failures: clips that could not be written. privacy: as in the settings.
    """

    failing: bool = False
    reason: str = ""
    clips: int = 0
    bytes: int = 0
    dropped: int = 0
    memory_bytes: int = 0
    cut_short: int = 0
    failures: int = 0
    privacy: Privacy = Privacy.PEOPLE


@dataclass(frozen=True, slots=True)
class _Picture:
    frame: Frame = field(repr=False)
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class _Event:
    topic: str
    msgtype: str
    cdr: bytes | Callable[[], bytes] = field(repr=False)


_Content = _Picture | AudioBlock | _Event | AlarmTransition | None


class EvidenceRecorder:
    """cameras, microphones: their topics, as they are to be named in clips, by name.

    `frame`, `sound`, `boxes`, `event`, `alarm` and `advance` belong to one thread, or to several
    but for the order; `status` to any. now_ns: when something came, in cell time.
    """

    def __init__(
        self,
        settings: EvidenceSettings,
        cameras: Mapping[str, str],
        microphones: Mapping[str, str],
    ) -> None:
        """Start the thread, which begins by removing what a crash left."""
        self._settings = settings
        self._cameras, self._microphones = dict(cameras), dict(microphones)
        self._lane = WaitingLane[tuple[int, _Content]](
            streams=len(cameras) + len(microphones) + 1, limit_bytes=WAITING_BYTES
        )
        self._due_ns: dict[str, int] = {}
        self._boxes: dict[str, tuple[Box, ...]] = {}
        self._refused = 0
        self._told_ns = 0
        self._keeper = _Keeper(settings, self._cameras, self._microphones, self._lost)
        self._thread = threading.Thread(target=self._work, name="evidence", daemon=True)
        self._thread.start()

    def frame(self, frame: Frame, now_ns: int) -> None:
        """A picture of one of the cameras; of others, and more than ten a second, none is kept."""
        due_ns = self._due_ns.get(frame.camera, 0)
        early = due_ns - now_ns
        if frame.camera not in self._cameras or 0 < early <= STORED_PERIOD_NS:
            return
        # Counted on from when the last was due, or 15 a second would become 7.5.
        behind = early > 0 or -early > STORED_PERIOD_NS
        self._due_ns[frame.camera] = (now_ns if behind else due_ns) + STORED_PERIOD_NS
        picture = _Picture(frame, self._boxes.get(frame.camera, ()))
        self._lane.put(frame.camera, (now_ns, picture), size=frame.rgb.nbytes)

    def sound(self, block: AudioBlock, now_ns: int) -> None:
        """Sound of one of the microphones."""
        if block.microphone in self._microphones:
            self._lane.put(block.microphone, (now_ns, block), size=block.samples.nbytes)

    def boxes(self, boxes: Iterable[Box]) -> None:
        """Where hazards are seen from now on: pixelated whatever else is."""
        found: dict[str, tuple[Box, ...]] = {}
        for box in boxes:
            before = found.get(box.camera, ())
            if len(before) < MAX_BOXES:
                found[box.camera] = (*before, box)
        self._boxes = found

    def event(
        self, topic: str, msgtype: str, cdr: bytes | Callable[[], bytes], now_ns: int
    ) -> None:
        """A message of another topic, by its full name; cdr: its content, or who makes it.

        More than 512 KiB of a message is not kept.
        """
        size = len(cdr) if isinstance(cdr, bytes) else MAX_EVENT_BYTES // 16
        if size > MAX_EVENT_BYTES:
            self._refused += 1
            return
        self._lane.put(EVENTS, (now_ns, _Event(topic, msgtype, cdr)), size=size)

    def alarm(self, transition: AlarmTransition) -> None:
        """A change of an alarm."""
        self._lane.put(ALARMS, (transition.stamp_ns, transition), size=1, always=True)

    def advance(self, now_ns: int) -> None:
        """Let time pass where nothing else comes; twice a second is often enough."""
        if not 0 <= now_ns - self._told_ns < 500_000_000:
            self._told_ns = now_ns
            self._lane.put(TIME, (now_ns, None), size=1, always=True)

    def status(self) -> EvidenceStatus:
        """How it fares, as of the last thing kept."""
        return self._keeper.status

    def close(self) -> bool:
        """Keep what still waits, finish a clip in the making and end; whether it did in 5 s."""
        self._lane.close()
        self._thread.join(CLOSING_S)
        return not self._thread.is_alive()

    def _lost(self) -> int:
        return self._lane.dropped() + self._refused

    def _work(self) -> None:
        self._keeper.start()
        while (taken := self._lane.take()) is not None:
            self._keeper.keep(*taken)
        self._keeper.end()


class _Keeper:
    """What the thread owns."""

    def __init__(
        self,
        settings: EvidenceSettings,
        cameras: Mapping[str, str],
        microphones: Mapping[str, str],
        lost: Callable[[], int],
    ) -> None:
        self._privacy = settings.privacy
        self._cameras, self._microphones = cameras, microphones
        self._lost = lost
        self._ring = EvidenceRing(age_ns=settings.before_ns, limit_bytes=settings.memory_bytes)
        self._filters = {name: PrivacyFilter(settings.privacy) for name in cameras}
        self._messages = EvidenceMessages()
        self._maker = ClipMaker(settings, self._ring, cameras, facts=self._facts)
        self._spoilt: dict[str, str] = {}
        self._newest_ns = 0
        self._too_large = 0
        self.status = EvidenceStatus(privacy=settings.privacy)

    def start(self) -> None:
        self._maker.start()
        self._tell()

    def keep(self, now_ns: int, content: _Content) -> None:
        """Nothing that comes ends the thread: what cannot be kept is told of."""
        stream = _stream(content)
        try:
            self._keep(now_ns, content)
        except Exception as error:
            self._spoilt[stream] = f"{stream.strip()}: {type(error).__name__}: {error}"
        else:
            self._spoilt.pop(stream, None)
        self._tell()

    def end(self) -> None:
        self._maker.end_timeline()
        self._tell()

    def _keep(self, now_ns: int, content: _Content) -> None:
        if now_ns < self._newest_ns - BACK_NS:
            self._maker.end_timeline()
            self._newest_ns = 0
        self._newest_ns = max(self._newest_ns, now_ns)
        if isinstance(content, AlarmTransition):
            self._maker.alarm(content)
        elif (kept := self._made(now_ns, content)) is not None:
            self._ring.add(kept)
            self._maker.take(kept)
        else:
            self._ring.advance(now_ns)
            self._maker.advance(now_ns)

    def _made(self, now_ns: int, content: _Picture | AudioBlock | _Event | None) -> Kept | None:
        if isinstance(content, _Picture):
            return self._picture(now_ns, content)
        if isinstance(content, AudioBlock):
            topic = self._microphones[content.microphone]
            return self._messages.sound(content, topic=topic, came_ns=now_ns)
        if isinstance(content, _Event):
            cdr = content.cdr if isinstance(content.cdr, bytes) else content.cdr()
            if len(cdr) > MAX_EVENT_BYTES:
                self._too_large += 1
                return None
            return Kept(now_ns, content.topic, content.msgtype, cdr)
        return None

    def _picture(self, now_ns: int, picture: _Picture) -> Kept:
        frame = picture.frame
        rgb, scale = _stored(frame.rgb)
        concealed = self._filters[frame.camera].conceal(rgb, now_ns, picture.boxes, scale=scale)
        return self._messages.picture(
            concealed.rgb,
            stamp_ns=frame.stamp_ns,
            camera=frame.camera,
            topic=self._cameras[frame.camera],
            came_ns=now_ns,
        )

    def _facts(self) -> dict[str, str | int]:
        return {
            "privacy": self._privacy.value,
            "dropped": self._lost() + self._too_large,
            "cut_short": self._ring.cut_short,
        }

    def _tell(self) -> None:
        reason = self._maker.reason or next(iter(self._spoilt.values()), "")
        self.status = EvidenceStatus(
            failing=bool(reason),
            reason=reason,
            clips=len(self._maker.clips),
            bytes=sum(clip.bytes for clip in self._maker.clips),
            dropped=self._lost() + self._too_large,
            memory_bytes=self._ring.bytes,
            cut_short=self._ring.cut_short,
            failures=self._maker.failures,
            privacy=self._privacy,
        )


def _stream(content: _Content) -> str:
    if isinstance(content, _Picture):
        return content.frame.camera
    if isinstance(content, AudioBlock):
        return content.microphone
    if isinstance(content, _Event):
        return EVENTS
    return ALARMS if isinstance(content, AlarmTransition) else TIME


def _stored(rgb: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], float]:
    """A picture at most STORED_WIDTH wide, and how large it is to the one given."""
    height, width = rgb.shape[:2]
    if width <= STORED_WIDTH:
        return rgb, 1.0
    scale = STORED_WIDTH / width
    size = (STORED_WIDTH, max(1, round(height * scale)))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8), scale
