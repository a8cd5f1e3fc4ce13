"""Pictures and sound as ROS messages, to the types of the cell and back.

Knows nothing of nodes, topics or clocks; belongs to whichever thread calls. `uint8[]` of a received
message is read in place, and one to be sent is filled by a single copy.
"""

from __future__ import annotations

import array

import numpy as np
from builtin_interfaces.msg import Time
from numpy.typing import NDArray
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Int16MultiArray, MultiArrayDimension

from tml_ros.turn.array_sound import array_sound
from tml_ros.turn.audio_format import to_int16
from tml_ros.turn.image_format import ImageFormatError, compressed_to_rgb, image_to_rgb
from tml_ros.turn.micro_turn import Frame


def time_message(stamp_ns: int) -> Time:
    """Nanoseconds since the epoch as builtin_interfaces/Time; before the epoch is the epoch."""
    seconds, nanoseconds = divmod(max(0, stamp_ns), 1_000_000_000)
    return Time(sec=seconds, nanosec=nanoseconds)


def time_ns(stamp: Time) -> int:
    """builtin_interfaces/Time as nanoseconds since the epoch."""
    return stamp.sec * 1_000_000_000 + stamp.nanosec


def image_message(rgb: NDArray[np.uint8], stamp_ns: int, frame_id: str) -> Image:
    """uint8 [h, w, 3] RGB as sensor_msgs/Image of encoding rgb8."""
    if rgb.dtype != np.uint8 or rgb.ndim != 3 or rgb.shape[2] != 3:
        raise ImageFormatError(f"expected uint8 [h, w, 3], got {rgb.dtype} {list(rgb.shape)}")
    height, width = rgb.shape[:2]
    message = Image(height=height, width=width, encoding="rgb8", step=width * 3)
    message.header.stamp = time_message(stamp_ns)
    message.header.frame_id = frame_id
    message.data = _bytes_field(np.ascontiguousarray(rgb))
    return message


def compressed_image_message(
    data: bytes | NDArray[np.uint8], image_format: str, stamp_ns: int, frame_id: str
) -> CompressedImage:
    """An encoded picture ("jpeg" or "png") as sensor_msgs/CompressedImage."""
    message = CompressedImage(format=image_format)
    message.header.stamp = time_message(stamp_ns)
    message.header.frame_id = frame_id
    message.data = _bytes_field(np.frombuffer(data, np.uint8))
    return message


def frame_of(message: Image | CompressedImage, camera: str) -> Frame:
    """A picture message as a Frame, stamped by its header. Raises ImageFormatError."""
    data = np.frombuffer(message.data, np.uint8)
    if isinstance(message, CompressedImage):
        rgb = compressed_to_rgb(data)
    else:
        rgb = image_to_rgb(
            data,
            height=message.height,
            width=message.width,
            encoding=message.encoding,
            step=message.step,
            is_bigendian=bool(message.is_bigendian),
        )
    return Frame(camera, time_ns(message.header.stamp), rgb)


def audio_message(samples: NDArray[np.int16] | NDArray[np.float32]) -> Int16MultiArray:
    """Sound [n] or [n, channels] as std_msgs/Int16MultiArray with dims frames and channels.

    samples: int16, or float32 within -1..1 (louder is clipped).
    """
    if samples.dtype == np.int16:
        whole = np.asarray(samples, np.int16)
    else:
        whole = to_int16(np.asarray(samples, np.float32))
    count, channels = whole.shape if whole.ndim == 2 else (len(whole), 1)
    message = Int16MultiArray()
    message.layout.dim = [
        MultiArrayDimension(label="frames", size=count, stride=count * channels),
        MultiArrayDimension(label="channels", size=channels, stride=channels),
    ]
    data = array.array("h")
    data.frombytes(whole.tobytes())
    message.data = data
    return message


def samples_of(message: Int16MultiArray, *, channels: int) -> NDArray[np.int16]:
    """The sound in a message: int16 [frames, channels], a view of the message.

    A message without dimensions is taken as interleaved `channels`.
    Raises AudioFormatError where dimensions, data and `channels` disagree.
    """
    return array_sound(
        np.frombuffer(message.data, np.int16),
        offset=message.layout.data_offset,
        sizes={dimension.label: dimension.size for dimension in message.layout.dim},
        channels=channels,
    )


def _bytes_field(data: NDArray[np.uint8]) -> array.array[int]:
    field = array.array("B")
    field.frombytes(data.reshape(-1).data)
    return field
