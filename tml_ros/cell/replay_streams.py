"""Recorded messages of one stream of a cell, each made into what the cell judges.

Knows nothing of bags and topics. A stream belongs to the one thread that reads the recording.

Cell time is the recording's own clock, the log time. A stamp inside a message counts where it is
near that; where it is of another clock (a recording played anew, a camera that counts from its
start), the log time counts, because the parts of a cell must share one clock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tml_ros.bag.bag_storage import BagMessage
from tml_ros.bag.message_types import MessageTypes
from tml_ros.bag.recorded_media import header_ns, picture_of, sound_of
from tml_ros.cell.cell_description import MicrophoneDescription
from tml_ros.cell.replay import OperatorText, ReplayInput
from tml_ros.turn.audio_format import AudioEncoding
from tml_ros.turn.micro_turn import AudioBlock, Frame
from tml_ros.turn.microphone_sound import MicrophoneSound

SAME_CLOCK_NS = 2_000_000_000
"""A stamp farther from the log time than this is of another clock."""


@dataclass(slots=True)
class StreamFaults:
    """What could not be used of a recording, by topic: data, told at the end, never a crash."""

    unusable: Counter[str] = field(default_factory=Counter)
    first_reasons: dict[str, str] = field(default_factory=dict)
    foreign_stamps: Counter[str] = field(default_factory=Counter)

    def notices(self) -> list[str]:
        """One sentence per topic."""
        lines = [
            f"{topic}: {count} messages could not be used: {self.first_reasons[topic]}"
            for topic, count in sorted(self.unusable.items())
        ]
        lines += [
            f"{topic}: {count} messages are stamped by another clock; their log time was used"
            for topic, count in sorted(self.foreign_stamps.items())
        ]
        return lines


class RecordedStream:
    """One camera, one microphone or the operator's text, as recorded on one topic."""

    def __init__(
        self,
        convert: Callable[[Any, BagMessage], Frame | AudioBlock | OperatorText | None],
        types: MessageTypes,
        faults: StreamFaults,
    ) -> None:
        """Convert with one of the functions below."""
        self._convert = convert
        self._types = types
        self._faults = faults

    def take(self, recorded: BagMessage) -> ReplayInput:
        """The message as an input; one that cannot be used has no content and is counted."""
        content = None
        try:
            message = self._types.deserialise(recorded.data, recorded.msgtype)
            content = self._convert(message, recorded)
        except ValueError as error:
            self._faults.unusable[recorded.topic] += 1
            self._faults.first_reasons.setdefault(recorded.topic, str(error))
        return ReplayInput(recorded.log_ns, content, recorded)


def camera_stream(camera: str, types: MessageTypes, faults: StreamFaults) -> RecordedStream:
    """Pictures of one camera, stamped by their headers."""

    def convert(message: Any, recorded: BagMessage) -> Frame:  # noqa: ANN401
        stamp_ns = _nearby(header_ns(message.header.stamp), recorded, faults)
        if stamp_ns is None:
            stamp_ns = recorded.log_ns
        return Frame(camera, stamp_ns, picture_of(message, recorded.msgtype))

    return RecordedStream(convert, types, faults)


def microphone_stream(
    name: str, microphone: MicrophoneDescription, types: MessageTypes, faults: StreamFaults
) -> RecordedStream:
    """Sound of one microphone, timed by the samples counted where the message has no stamp."""
    hearing: dict[tuple[int, int, AudioEncoding], MicrophoneSound] = {}

    def convert(message: Any, recorded: BagMessage) -> AudioBlock | None:  # noqa: ANN401
        sound = sound_of(
            message, recorded.msgtype, rate=microphone.rate, channels=microphone.channels
        )
        form = (sound.rate, sound.channels, sound.encoding)
        if form not in hearing:
            hearing.clear()
            hearing[form] = MicrophoneSound(
                name, rate=sound.rate, channels=sound.channels, encoding=sound.encoding
            )
        stamp_ns = _nearby(sound.stamp_ns, recorded, faults)
        return hearing[form].block_of(sound.data, recorded.log_ns, stamp_ns=stamp_ns)

    return RecordedStream(convert, types, faults)


def text_stream(types: MessageTypes, faults: StreamFaults) -> RecordedStream:
    """What operators typed."""

    def convert(message: Any, recorded: BagMessage) -> OperatorText:  # noqa: ANN401
        return OperatorText(message.data, recorded.log_ns)

    return RecordedStream(convert, types, faults)


def _nearby(stamp_ns: int | None, recorded: BagMessage, faults: StreamFaults) -> int | None:
    """The stamp, or None where it is of another clock, which is counted, or missing."""
    if stamp_ns is None or abs(stamp_ns - recorded.log_ns) <= SAME_CLOCK_NS:
        return stamp_ns
    faults.foreign_stamps[recorded.topic] += 1
    return None
