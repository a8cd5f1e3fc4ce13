"""The cameras and microphones of a cell as topics: which lane a message goes to, what it becomes.

Knows nothing of how the result is judged. Messages are enqueued by the callbacks as they are;
converting them is the worker's business.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Int16MultiArray

from tml_ros.cell.alarm_status import Status
from tml_ros.cell.cell_description import camera_topic, microphone_topic
from tml_ros.nodes import qos
from tml_ros.nodes.cell_node import CellNode
from tml_ros.nodes.input_figures import InputFigures
from tml_ros.nodes.messages import frame_of, samples_of
from tml_ros.nodes.worker import Lane, LaneCounts
from tml_ros.turn.micro_turn import AudioBlock, Frame
from tml_ros.turn.microphone_sound import MicrophoneSound

IMAGES_WAITING = 2
SOUND_WAITING = 50


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message and when it came, in ns of the node's clock."""

    message: Any
    arrival_ns: int


class CellInputs:
    """What a node's cell sees and hears, made into what can be judged.

    on_frame, on_block: judge; called in the worker's thread, which owns everything but the
        callbacks. others: lanes of the node that are no streams, reported beside them.
    """

    def __init__(
        self,
        node: CellNode,
        *,
        others: Sequence[str],
        on_frame: Callable[[Frame], None],
        on_block: Callable[[AudioBlock], None],
    ) -> None:
        """Expect what the cell describes."""
        self._node = node
        self._on_frame = on_frame
        self._on_block = on_block
        self._microphones = node.cell.microphones
        self._sounds = {
            name: MicrophoneSound(
                name, rate=microphone.rate, channels=microphone.channels, encoding="s16"
            )
            for name, microphone in self._microphones.items()
        }
        streams = (*map(_camera_lane, node.cell.cameras), *map(_microphone_lane, self._microphones))
        self._figures = InputFigures(node.cell.cell, node.role, (*streams, *others), streams)

    def lanes(self) -> dict[str, Lane]:
        """A lane per camera and microphone."""
        images = {
            _camera_lane(name): Lane(partial(self._take_image, name), IMAGES_WAITING)
            for name in self._node.cell.cameras
        }
        sound = {
            _microphone_lane(name): Lane(partial(self._take_sound, name), SOUND_WAITING)
            for name in self._microphones
        }
        return images | sound

    def subscribe(self, put: Callable[[str, Arrival], None]) -> None:
        """Enqueue every picture and sound of the cell until the node is deactivated."""

        def into(lane: str) -> Callable[[Any], None]:
            return lambda message: put(lane, Arrival(message, self._node.now_ns()))

        cell = self._node.cell
        for name, camera in cell.cameras.items():
            kind = CompressedImage if camera.compressed else Image
            lane = into(_camera_lane(name))
            self._node.subscribe(kind, camera_topic(cell, name), lane, qos.CAMERA_IMAGE)
        for name in cell.microphones:
            lane = into(_microphone_lane(name))
            self._node.subscribe(Int16MultiArray, microphone_topic(cell, name), lane, qos.AUDIO)

    def failed(self, lane: str, error: Exception) -> None:
        """Note and log what was wrong with an item of any of the lanes."""
        line = self._figures.failed(lane, error, self._node.steady_ns())
        if line:
            self._node.get_logger().warning(line)

    def statuses(self, counts: Mapping[str, LaneCounts]) -> list[Status]:
        """How every lane fares, and what was refused before it came to one."""
        node = self._node
        return [
            *self._figures.statuses(counts, node.steady_ns()),
            node.door.status(node.cell.cell, node.role),
        ]

    def _take_image(self, camera: str, arrival: Arrival) -> None:
        frame = frame_of(arrival.message, camera)
        self._on_frame(frame)
        self._figures.took(_camera_lane(camera), self._node.now_ns() - frame.stamp_ns)

    def _take_sound(self, microphone: str, arrival: Arrival) -> None:
        samples = samples_of(arrival.message, channels=self._microphones[microphone].channels)
        block = self._sounds[microphone].block_of(samples, arrival.arrival_ns)
        if block is not None:
            self._on_block(block)
        self._figures.took(_microphone_lane(microphone), self._node.now_ns() - arrival.arrival_ns)


def _camera_lane(name: str) -> str:
    return f"camera {name}"


def _microphone_lane(name: str) -> str:
    return f"microphone {name}"
