"""One camera and one microphone of a rendered scenario, published as the live ones are.

Know nothing of time: each is told which picture or block is due, in order. Belong to the thread
that publishes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray
from rclpy.node import Node
from rclpy.publisher import Publisher
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Int16MultiArray

from tml_ros.cell.cell_description import (
    CameraDescription,
    CellDescription,
    MicrophoneDescription,
    camera_topic,
    microphone_topic,
)
from tml_ros.devices.video_file import VideoFile
from tml_ros.devices.wav_blocks import WavBlocks
from tml_ros.devices.wav_file import WavFile
from tml_ros.nodes import qos
from tml_ros.nodes.messages import audio_message, compressed_image_message, image_message
from tml_ros.sim.playback import TICK_NS
from tml_ros.sim.scenario_clip import ScenarioClip
from tml_ros.turn.audio_format import to_int16
from tml_ros.turn.encoded_picture import jpeg_of
from tml_ros.turn.micro_turn import SAMPLE_RATE

JPEG_QUALITY = 85
"""The camera node's own."""
TICK_SAMPLES = TICK_NS * SAMPLE_RATE // 1_000_000_000
Added = Callable[[int, int], NDArray[np.float32]]
"""What is heard on top from a sample on: float32 [count], mono, 16 kHz."""


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
    """Sound in blocks of 20 ms, of the rate and channels that the cell says.

    added: asked block by block. Where it is silent the recording goes out bit by bit.
    """

    def __init__(
        self,
        sound: Path,
        microphone: MicrophoneDescription,
        publisher: Publisher,
        *,
        added: Added,
    ) -> None:
        """Open the file. Raises WavFileError."""
        self.publisher = publisher
        self._microphone = microphone
        self._added = added
        self._wav = WavFile(sound)
        self.rewind()

    def rewind(self) -> None:
        """Begin with the first block again."""
        self._wav.rewind()
        rate, channels = self._microphone.rate, self._microphone.channels
        self._blocks = WavBlocks(self._wav, rate=rate, channels=channels, loop=False)
        self._resampler = None
        if rate != SAMPLE_RATE:
            self._resampler = soxr.ResampleStream(SAMPLE_RATE, rate, 1, dtype="float32")
        self._ready = np.zeros(0, np.float32)
        self._next = 0

    def publish(self, index: int) -> None:
        """Send block `index`, which is none that was sent before."""
        block = None
        while self._next <= index:
            block = self._blocks.read(self._begins(self._next + 1) - self._begins(self._next))
            self._next += 1
        if block is not None:
            self.publisher.publish(audio_message(self._mixed(block, index)))

    def _mixed(self, block: NDArray[np.int16], index: int) -> NDArray[np.int16]:
        added = self._added(index * TICK_SAMPLES, TICK_SAMPLES)
        if self._resampler is not None:
            added = np.concatenate([self._ready, self._resampler.resample_chunk(added)])
            # It gives its first samples late: what is added comes some ms later, and stays so.
            missing = max(0, len(block) - len(added))
            added = np.concatenate([np.zeros(missing, np.float32), added])
            self._ready = added[len(block) :]
        added = added[: len(block)]
        if not added.any():
            return block
        whole = block.astype(np.float32) / np.float32(32_768) + added[:, None]
        return to_int16(whole)

    def _begins(self, index: int) -> int:
        """The first sample of a block; blocks of odd rates differ by one sample."""
        return index * TICK_NS * self._microphone.rate // 1_000_000_000


SimulatedStream = SimulatedCamera | SimulatedMicrophone


def open_cameras(
    node: Node, clip: ScenarioClip, cell: CellDescription
) -> dict[str, SimulatedCamera]:
    """Those of the clip that the cell has. Raises CameraSourceError."""
    opened = {}
    for name in clip.truth.cameras:
        if name in cell.cameras:
            kind = CompressedImage if cell.cameras[name].compressed else Image
            publisher = node.create_publisher(kind, camera_topic(cell, name), qos.CAMERA_IMAGE)
            opened[name] = SimulatedCamera(name, clip.film(name), cell.cameras[name], publisher)
    return opened


def open_microphones(
    node: Node,
    clip: ScenarioClip,
    cell: CellDescription,
    *,
    added: Callable[[str, int, int], NDArray[np.float32]],
) -> dict[str, SimulatedMicrophone]:
    """Those of the clip that the cell has. added: see `Added`, by name. Raises WavFileError."""
    opened = {}
    for name in clip.truth.microphones:
        if name in cell.microphones:
            topic = microphone_topic(cell, name)
            publisher = node.create_publisher(Int16MultiArray, topic, qos.AUDIO)
            opened[name] = SimulatedMicrophone(
                clip.sound(name), cell.microphones[name], publisher, added=partial(added, name)
            )
    return opened
