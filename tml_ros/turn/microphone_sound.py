"""The sound of one microphone as stamped blocks of 16 kHz mono, whatever it comes as.

Joins the format (`AudioConverter`) with the time (`AudioClock`), for live and recorded sound alike.
Knows nothing of messages. Belongs to the thread that feeds it.
"""

from __future__ import annotations

from tml_ros.turn.audio_clock import AudioClock
from tml_ros.turn.audio_format import AudioConverter, AudioData, AudioEncoding
from tml_ros.turn.micro_turn import AudioBlock


class MicrophoneSound:
    """Makes the blocks of `microphone`; arguments and errors are those of `AudioConverter`."""

    def __init__(
        self, microphone: str, *, rate: int, channels: int, encoding: AudioEncoding | str
    ) -> None:
        """Start with no sound yet. Raises AudioFormatError."""
        self._microphone = microphone
        self._converter = AudioConverter(rate=rate, channels=channels, encoding=encoding)
        self._clock = AudioClock(rate=rate)

    def block_of(
        self, data: AudioData, arrival_ns: int, *, stamp_ns: int | None = None
    ) -> AudioBlock | None:
        """The next block; None where there is nothing to give out yet.

        data: as `AudioConverter.convert` takes it. arrival_ns: when its last frame had arrived.
        stamp_ns: when its first frame was taken, where that is known; otherwise samples are
            counted.

        Raises AudioFormatError; the stream goes on as if that block had not come.
        """
        held_ns = self._converter.delay_ns
        frames_before = self._converter.frames_in
        samples = self._converter.convert(data)
        start_ns = self._clock.start_of(arrival_ns, self._converter.frames_in - frames_before)
        if stamp_ns is not None:
            start_ns = stamp_ns
        # What is given out first was taken in before this block.
        return AudioBlock(self._microphone, start_ns - held_ns, samples) if len(samples) else None
