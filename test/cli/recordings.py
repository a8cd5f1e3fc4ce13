"""One synthetic recording in every form that can be replayed.

A camera looks at a hall for 12 s; from 4 to 8 s the light is out.
"""

from __future__ import annotations

import wave
from pathlib import Path

import cv2
import numpy as np
from rosbags.rosbag2 import StoragePlugin
from rosbags.rosbag2 import Writer as FolderWriter
from rosbags.typesys import Stores, get_typestore

from tml_ros.bag.bag_writer import BagWriter
from tml_ros.bag.message_types import MessageTypes
from tml_ros.bag.standard_messages import StandardMessages
from tml_ros.bag.topic_match import IMAGE
from tml_ros.devices.video_file import VideoFile

SIZE, RATE, SECONDS = (160, 120), 10, 12
CELL = """\
cell: dark_hall
cameras:
  hall:
    zones:
      floor: {polygon: [[0.2, 0.6], [0.8, 0.6], [0.8, 0.9], [0.2, 0.9]], units: fractions}
"""


def write_cell(path: Path, text=CELL):
    path.write_text(text)
    return path


def write_video(path: Path, *, seconds=SECONDS):
    width, height = SIZE
    noise = np.random.default_rng(3)
    blocks = noise.integers(50, 200, (height // 8, width // 8, 3)).astype(np.uint8)
    hall = cv2.resize(blocks, SIZE, interpolation=cv2.INTER_NEAREST)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), RATE, SIZE)
    for index in range(seconds * RATE):
        light = 0.01 if 4 <= index / RATE < 8 else 1.0
        grain = noise.normal(0, 1.5, hall.shape)
        writer.write(np.clip(hall * light + grain, 0, 255).astype(np.uint8))
    writer.release()
    return path


def write_bag(path: Path, video: Path, *, topic="/hall/image", start_ns=0):
    """The pictures of the video, uncompressed and stamped by media time, as one MCAP file."""
    with BagWriter(path) as bag:
        make = StandardMessages(bag.types)
        for offset_ns, rgb in VideoFile(video):
            stamp_ns = start_ns + offset_ns
            message = make.picture(rgb, stamp_ns=stamp_ns, frame_id="hall")
            bag.write(topic, IMAGE, stamp_ns, message)
    return path


def write_loops(path: Path, video: Path, *, stamps: bool):
    """The video twice in one bag. stamps: only the header stamps begin anew, the log time not."""
    frames = list(VideoFile(video))
    with BagWriter(path) as bag:
        make = StandardMessages(bag.types)
        for loop in range(2):
            for offset_ns, rgb in frames:
                log_ns = offset_ns + (loop * SECONDS * 1_000_000_000 if stamps else 0)
                message = make.picture(rgb, stamp_ns=offset_ns, frame_id="hall")
                bag.write("/hall/image", IMAGE, log_ns, message)
    return path


def write_folder(path: Path, video: Path, plugin: StoragePlugin):
    """The same as a rosbag2 folder, by another writer than ours."""
    store = get_typestore(Stores.ROS2_JAZZY)
    make = StandardMessages(MessageTypes())
    with FolderWriter(path, version=9, storage_plugin=plugin) as bag:
        connection = bag.add_connection("/hall/image", IMAGE, typestore=store)
        for offset_ns, rgb in VideoFile(video):
            message = make.picture(rgb, stamp_ns=offset_ns, frame_id="hall")
            bag.write(connection, offset_ns, store.serialize_cdr(message, IMAGE))
    return path


def write_wav(path: Path, *, seconds=SECONDS, rate=16_000):
    noise = np.random.default_rng(4).normal(0, 500, seconds * rate).astype("<i2")
    with wave.open(str(path), "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(rate)
        wav.writeframes(noise.tobytes())
    return path
