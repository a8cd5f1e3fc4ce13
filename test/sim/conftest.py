from __future__ import annotations

from collections.abc import Callable

import pytest

from tml_ros.sim.clip_truth import ClipTruth


@pytest.fixture(scope="session")
def told_truth() -> Callable[..., ClipTruth]:
    """`told_truth(**changes)`: a scenario's truth made by hand; nothing is drawn or spoken."""
    return _told_truth


def _told_truth(**changes: object) -> ClipTruth:
    """4 s: two cameras, a microphone, somebody in the zone from 1 s, a siren, a line."""
    told: dict[str, object] = {
        "scenario": "short",
        "seed": 3,
        "seconds": 4.0,
        "made_of": "x",
        "renderer": 1,
        "quality": "fast",
        "cameras": {
            "hall": {
                "file": "hall.avi",
                "size": [120, 80],
                "rate": 5.0,
                "frames": 20,
                "zones": {"press_area": [[1, 2], [30, 2], [30, 40]]},
            },
            "side": {
                "file": "side.avi",
                "size": [100, 80],
                "rate": 2.5,
                "frames": 10,
                "zones": {},
            },
        },
        "microphones": {"hall_mic": {"file": "hall_mic.wav", "rate": 16_000, "frames": 64_000}},
        "spans": [
            {
                "kind": "person_in_zone",
                "zone": "press_area",
                "start_s": 1.0,
                "end_s": 3.0,
                "evident_s": 1.25,
            },
            {
                "kind": "siren",
                "zone": "hall_mic",
                "start_s": 2.0,
                "end_s": 3.0,
                "evident_s": None,
            },
        ],
        "doubts": [],
        "lines": [
            {
                "who": "worker",
                "act": "ask_safe",
                "addressed": True,
                "text": "is it safe?",
                "start_s": 0.5,
                "seconds": 0.75,
            },
            {
                "who": "worker",
                "act": "thanks",
                "addressed": True,
                "text": "thanks",
                "start_s": None,
                "seconds": 0.5,
            },
        ],
        "expected": [],
        "sizes": {},
    }
    return ClipTruth.model_validate(told | changes)
