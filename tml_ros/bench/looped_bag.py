"""A long bag made of a short clip: pictures as JPEG and sound, as a recorder would have written it.

Knows nothing of what is measured with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from tml_ros.bag.bag_writer import BagWriter
from tml_ros.bag.offered_qos import offered_qos
from tml_ros.bag.standard_messages import StandardMessages
from tml_ros.bag.topic_match import COMPRESSED_IMAGE, INT16_ARRAY
from tml_ros.devices.video_file import VideoFile
from tml_ros.turn.micro_turn import SAMPLE_RATE, samples_ns

START_NS = 1_700_000_000_000_000_000
RATE = 15.0
SIZE = (640, 480)
CLIP_FRAMES = 300
JPEG_QUALITY = 80
"""As IP cameras and image_transport set it."""
BLOCK_SAMPLES = SAMPLE_RATE // 25
IMAGE_TOPIC, AUDIO_TOPIC = "/hall/image", "/audio"


def write_looped_bag(path: Path, *, seconds: float, video: Path | None) -> int:
    """Write a bag of so many seconds and return its number of frames.

    video: the clip to loop, as its first 300 frames; a synthetic one of 20 s at 640x480 otherwise.
    """
    pictures, period_ns = _clip(video)
    with BagWriter(path) as bag:
        messages = StandardMessages(bag.types)
        loop = [
            messages.jpeg(p, stamp_ns=0, frame_id="hall", quality=JPEG_QUALITY) for p in pictures
        ]
        sound = _sound()
        bag.declare(IMAGE_TOPIC, COMPRESSED_IMAGE, qos=[offered_qos(reliable=False, depth=2)])
        frames = -(-int(seconds * 1e9) // period_ns)
        heard = 0
        for index in range(frames):
            offset_ns = index * period_ns
            while samples_ns(heard + BLOCK_SAMPLES) <= offset_ns:
                begin = heard % (len(sound) - BLOCK_SAMPLES)
                heard += BLOCK_SAMPLES
                block = messages.sound(sound[begin : begin + BLOCK_SAMPLES])
                arrival_ns = START_NS + samples_ns(heard)
                bag.write(AUDIO_TOPIC, INT16_ARRAY, arrival_ns, block)
            picture = loop[index % len(loop)]
            stamp = picture.header.stamp
            stamp.sec, stamp.nanosec = divmod(START_NS + offset_ns, 1_000_000_000)
            bag.write(IMAGE_TOPIC, COMPRESSED_IMAGE, START_NS + offset_ns, picture)
    return frames


def _clip(video: Path | None) -> tuple[list[NDArray[np.uint8]], int]:
    if video is None:
        return list(_walk()), round(1e9 / RATE)
    clip = list(islice(VideoFile(video), CLIP_FRAMES))
    last_ns = clip[-1][0]
    period_ns = last_ns // (len(clip) - 1) if len(clip) > 1 else round(1e9 / RATE)
    return [rgb for _, rgb in clip], max(1, period_ns)


def _walk() -> Iterator[NDArray[np.uint8]]:
    """Somebody in a vest walks through a noisy hall, there and back in 20 s."""
    width, height = SIZE
    noise = np.random.default_rng(1)
    grains = [noise.normal(0, 2.5, (height, width, 3)).astype(np.float32) for _ in range(7)]
    floor = np.linspace(70, 150, height, dtype=np.float32)[:, None, None]
    hall = np.broadcast_to(floor, (height, width, 3)).copy()
    cv2.rectangle(hall, (40, 60), (180, 300), (96, 110, 130), -1)
    for index in range(CLIP_FRAMES):
        frame = hall.copy()
        x = round(60 + 520 * abs(1 - 2 * index / CLIP_FRAMES))
        cv2.rectangle(frame, (x - 22, 190), (x + 22, 320), (230, 200, 40), -1)
        cv2.rectangle(frame, (x - 18, 320), (x + 18, 440), (40, 50, 90), -1)
        cv2.circle(frame, (x, 165), 22, (220, 160, 120), -1)
        frame += grains[index % len(grains)]
        yield np.clip(frame, 0, 255).astype(np.uint8)


def _sound() -> NDArray[np.float32]:
    """A machine hums, 8 s."""
    time = np.arange(8 * SAMPLE_RATE) / SAMPLE_RATE
    hum = 0.08 * np.sin(2 * np.pi * 100 * time) + 0.03 * np.sin(2 * np.pi * 300 * time)
    hum += np.random.default_rng(2).normal(0, 0.01, len(time))
    return hum.astype(np.float32)
