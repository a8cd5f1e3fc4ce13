"""One camera and one microphone of a rendered scenario, published as the live ones are.

Know nothing of time: each is told which picture or block is due, in order. Belong to the thread
that publishes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rclpy.publisher import Publisher

from tml_ros.cell.cell_description import CameraDescription, MicrophoneDescription
from tml_ros.devices.video_file import VideoFile
from tml_ros.devices.wav_blocks import WavBlocks
from tml_ros.devices.wav_file import WavFile
from tml_ros.nodes.messages import audio_message, compressed_image_message, image_message
from tml_ros.sim.playback import TICK_NS
from tml_ros.turn.encoded_picture import jpeg_of

JPEG_QUALITY = 85
"""The camera node's own."""


class SimulatedCamera:
    """Pictures of one film in the size, and encoded, as the cell has it."""

    def __init__(
        self, name: str, film: Path, camera: CameraDescription, publisher: Publisher
    ) -> None:
        """Look at the film. Raises CameraSourceError."""
        self.publisher = publisher
        self._name = name
        self._compressed = camera.compressed
        self._film = VideoFile(film, size=camera.size)
        self.rewind()

    def rewind(self) -> None:
        """Begin with the first picture again."""
        self._pictures: Iterator[tuple[int, NDArray[np.uint8]]] = iter(self._film)
        self._next = 0

    def publish(self, index: int, stamp_ns: int) -> None:
        """Send picture `index`, which is none that was sent before."""
        rgb = None
        while self._next <= index:
            _, rgb = next(self._pictures)
            self._next += 1
        if rgb is None:
            raise ValueError(f"picture {index} of camera {self._name} was sent already")
        if self._compressed:
            jpeg = jpeg_of(rgb, quality=JPEG_QUALITY)
            message = compressed_image_message(jpeg, "jpeg", stamp_ns, self._name)
        else:
            message = image_message(rgb, stamp_ns, self._name)
        self.publisher.publish(message)


class SimulatedMicrophone:
    """Sound in blocks of 20 ms, of the rate and channels that the cell says."""

    def __init__(
        self, sound: Path, microphone: MicrophoneDescription, publisher: Publisher
    ) -> None:
        """Open the file. Raises WavFileError."""
        self.publisher = publisher
        self._microphone = microphone
        self._wav = WavFile(sound)
        self.rewind()

    def rewind(self) -> None:
        """Begin with the first block again."""
        self._wav.rewind()
        rate, channels = self._microphone.rate, self._microphone.channels
        self._blocks = WavBlocks(self._wav, rate=rate, channels=channels, loop=False)
        self._next = 0

    def publish(self, index: int) -> None:
        """Send block `index`, which is none that was sent before."""
        block = None
        while self._next <= index:
            block = self._blocks.read(self._begins(self._next + 1) - self._begins(self._next))
            self._next += 1
        if block is not None:
            self.publisher.publish(audio_message(block))

    def _begins(self, index: int) -> int:
        """The first sample of a block; blocks of odd rates differ by one sample."""
        return index * TICK_NS * self._microphone.rate // 1_000_000_000


SimulatedStream = SimulatedCamera | SimulatedMicrophone
