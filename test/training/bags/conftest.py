"""A recorded night of twelve seconds: a box enters the press and leaves, and something hums."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tml_ros.bag.bag_writer import BagWriter
from tml_ros.bag.standard_messages import StandardMessages
from tml_ros.bag.topic_match import IMAGE, INT16_ARRAY
from tml_ros.cell.cell_description import CellDescription
from tml_ros.model.preset import Preset

SECONDS, RATE = 12, 10
BOX_S = (4.0, 8.0)
HUM_S = (6.0, 9.0)
START_NS = 1_000_000_000_000


@pytest.fixture(scope="session")
def preset() -> Preset:
    """Small enough to be taught in a test."""
    return Preset(name="taught").changed(
        transformer={
            "width": 32, "layers": 2, "heads": 2, "kv_heads": 1, "head_width": 16, "hidden": 48,
        },
        sight={
            "zones": 2, "columns": 2, "rows": 1, "patches_per_turn": 2, "refresh_turns": 3,
            "stem": [4, 8],
        },
        memory={"seconds": 4.0, "sensor_seconds": 0.8, "text_tokens": 24, "sinks": 2},
        voice={"text_width": 16, "width": 16, "layers": 1, "context_tokens": 4},
    )  # fmt: skip


@pytest.fixture(scope="session")
def cell() -> CellDescription:
    """A camera with one zone, and a microphone."""
    return CellDescription.model_validate(
        {
            "cell": "press",
            "cameras": {
                "hall": {"zones": {"press": {"polygon": [[0.5, 0.0], [1.0, 0.0], [1.0, 1.0]]}}}
            },
            "microphones": {"bench": {}},
        }
    )


@pytest.fixture(scope="session")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `night.mcap`, and its first two seconds as `short.mcap`."""
    folder = tmp_path_factory.mktemp("recordings")
    _write(folder / "night.mcap", SECONDS)
    _write(folder / "short.mcap", 2)
    return folder


def _write(path: Path, seconds: int) -> None:
    rng = np.random.default_rng(5)
    hall = rng.integers(60, 120, (40, 80, 3)).astype(np.uint8)
    time = np.arange(16_000 // RATE) / 16_000
    with BagWriter(path) as bag:
        make = StandardMessages(bag.types)
        for step in range(seconds * RATE):
            now_s, log_ns = step / RATE, START_NS + step * 1_000_000_000 // RATE
            picture = hall.copy()
            if BOX_S[0] <= now_s < BOX_S[1]:
                picture[10:30, 50:70] = 230
            hums = 0.3 if HUM_S[0] <= now_s < HUM_S[1] else 0.001
            sound = (hums * np.sin(2 * np.pi * 400 * time)).astype(np.float32)
            message = make.picture(picture, stamp_ns=log_ns, frame_id="hall")
            bag.write("/hall/image", IMAGE, log_ns, message)
            # Sound is whole when its block is over.
            bag.write("/audio", INT16_ARRAY, log_ns + 100_000_000, make.sound(sound, channels=1))


@pytest.fixture
def labels_of(tmp_path: Path) -> Callable[..., Path]:
    """`labels_of(row, ...)`: a file of labels with these rows."""

    def write(*rows: str) -> Path:
        path = tmp_path / "labels.csv"
        path.write_text("\n".join(["recording,start_s,end_s,kind,place,present", *rows]) + "\n")
        return path

    return write


@pytest.fixture
def night(labels_of: Callable[..., Path]) -> Path:
    """Labels of the night: the box as if it were a person; all else is not there."""
    return labels_of("night.mcap,4,8,person_in_zone,press,", "night.mcap,0,99,none,,")
