"""Makes clips out of the ring: begins, continues and finishes them, and says when that fails.

What goes wrong with the disk ends the clip in the making and is told; the next alarm is another
attempt. Nothing here raises for it. Knows nothing of pictures' content. Owned by one thread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import cv2

from tml_ros.bag.bag_error import BagError
from tml_ros.evidence.clip_metadata import clip_json
from tml_ros.evidence.clip_shelf import ClipShelf, ShelvedClip
from tml_ros.evidence.clip_span import ClipPlan, ClipSpan
from tml_ros.evidence.clip_writer import ClipWriter
from tml_ros.evidence.evidence_ring import EvidenceRing
from tml_ros.evidence.evidence_settings import EvidenceSettings
from tml_ros.evidence.kept import QUALITY, Kept
from tml_ros.safety.alarm import AlarmTransition

PROBE_NS = 30_000_000_000
"""How often the disk is tried while no clip is made."""
PREVIEW_WIDTH = 320

Facts = Callable[[], Mapping[str, Any]]


class ClipMaker:
    """settings: as for the recorder. ring: what came before. topics: of the cameras, by name.

    facts: what clip.json says beside the alarms, asked for when a clip is finished.

    reason: why no clip can be written, "" where they can. clips: what lies there, when it was last
    looked at. failures: clips that could not be written.
    """

    def __init__(
        self,
        settings: EvidenceSettings,
        ring: EvidenceRing,
        topics: Mapping[str, str],
        *,
        facts: Facts,
    ) -> None:
        """Touch nothing yet."""
        self._settings, self._ring, self._facts = settings, ring, facts
        self._topics = dict(topics)
        self._plan = ClipPlan(before_ns=settings.before_ns, after_ns=settings.after_ns)
        self._shelf = ClipShelf(
            settings.folder, keep_ns=settings.keep_ns, keep_bytes=settings.keep_bytes
        )
        self._writer: ClipWriter | None = None
        self._preview: Kept | None = None
        self._probe_ns: int | None = None
        self.reason = ""
        self.clips: tuple[ShelvedClip, ...] = ()
        self.failures = 0

    def start(self) -> None:
        """Remove what a crash left, and see whether the disk takes anything."""
        self._try(self._shelf.remove_leftovers)
        if not self.reason:
            self._try(self._shelf.probe)

    def alarm(self, transition: AlarmTransition) -> None:
        """An alarm has changed."""
        if self._plan.alarm(transition):
            self._begin()

    def take(self, kept: Kept) -> None:
        """Something new, after it went into the ring."""
        self.advance(kept.came_ns)
        if self._writer is not None:
            self._write(self._writer, kept)

    def advance(self, now_ns: int) -> None:
        """Let time pass: clips end, the disk is tried, old clips go."""
        while self._plan.is_over(now_ns):
            self._finish()
            if self._plan.end():
                self._begin()
        if self._probe_ns is None or not 0 <= now_ns - self._probe_ns < PROBE_NS:
            self._probe_ns = now_ns
            if self._writer is None:
                self._try(self._shelf.probe)
                self._tidy(now_ns)

    def end_timeline(self) -> None:
        """The clock has jumped, or nothing more comes: a clip in the making is over."""
        if self._plan.span is not None:
            self._finish()
        self._plan.drop()
        self._probe_ns = None

    def _begin(self) -> None:
        span = self._plan.span
        if span is None:
            return
        alarm = span.alarms[0].alarm
        self._preview = None
        try:
            self._tidy(span.raised_ns)
            name = self._shelf.name(span.raised_ns, alarm.kind.value, alarm.zone)
            self._writer = ClipWriter(self._shelf.making(name), name)
        except (OSError, BagError) as error:
            self._fail(error)
            return
        for kept in self._ring.since(span.begin_ns):
            if self._writer is None:
                return
            self._write(self._writer, kept)

    def _write(self, writer: ClipWriter, kept: Kept) -> None:
        try:
            writer.write(kept)
        except (OSError, BagError) as error:
            self._fail(error)
            return
        span = self._plan.span
        if span is not None and kept.jpeg_bytes and self._shows(span, kept):
            self._preview = kept

    def _shows(self, span: ClipSpan, kept: Kept) -> bool:
        """Whether this picture says more about the alarm than the one chosen so far: of the camera
        of its box, or of its name, and taken as it was raised.
        """
        alarm = span.alarms[0].alarm
        wanted = self._topics.get(alarm.box.camera if alarm.box else alarm.zone)
        if self._preview is None:
            return True
        if (self._preview.topic == wanted) != (kept.topic == wanted):
            return kept.topic == wanted
        return kept.came_ns <= span.raised_ns

    def _finish(self) -> None:
        writer, span = self._writer, self._plan.span
        self._writer = None
        if writer is None or span is None:
            return
        facts = {
            "begin_ns": span.begin_ns,
            "end_ns": span.end_ns,
            "sound": {"rate": 16_000, "channels": 1},
            **self._facts(),
        }
        try:
            about = clip_json(span.alarms, facts, more_alarms=span.more_alarms)
            writer.finish(about, _preview(self._preview))
            self._shelf.put(writer.name)
        except (OSError, BagError) as error:
            self._writer = writer
            self._fail(error)
            return
        self.reason = ""
        self._tidy(span.end_ns)

    def _fail(self, error: Exception) -> None:
        self.failures += 1
        self.reason = str(error)
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.give_up()
            self._shelf.discard(writer.name)

    def _tidy(self, now_ns: int) -> None:
        try:
            self.clips = tuple(self._shelf.tidy(now_ns))
        except OSError as error:
            # What is there too long is no reason to keep nothing new.
            self.reason = self.reason or f"old clips cannot be removed: {error}"

    def _try(self, step: Callable[[], None]) -> None:
        try:
            step()
        except OSError as error:
            self.reason = str(error)
        else:
            self.reason = ""


def _preview(kept: Kept | None) -> bytes:
    """A small copy of a picture that was kept, as a JPEG file."""
    if kept is None:
        return b""
    picture = cv2.imdecode(kept.jpeg, cv2.IMREAD_COLOR)
    if picture is None:
        return b""
    height, width = picture.shape[:2]
    scale = min(1.0, PREVIEW_WIDTH / width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    data = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1]
    return data.tobytes()
