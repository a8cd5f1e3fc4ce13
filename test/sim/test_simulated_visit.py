"""The film that ships with the tests, judged by the real guards as a whole.

Drawn by an earlier simulator, 16 s of one worker's visit; its truth says where the zone is.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.guardian import Guardian
from tml_ros.devices.video_file import VideoFile
from tml_ros.safety.alarm import AlarmEvent, AlarmTransition
from tml_ros.turn.hazard import HazardKind
from tml_ros.turn.micro_turn import AudioBlock, Frame

DATA = Path(__file__).resolve().parents[1] / "data"
START_NS = 1_700_000_000_000_000_000
BLOCK_NS = 100_000_000


@pytest.fixture(scope="module")
def truth() -> dict:
    return json.loads((DATA / "simulated_visit.json").read_text())


@pytest.fixture(scope="module")
def transitions(truth: dict) -> list[AlarmTransition]:
    """All changes of alarms over the film, with faint noise for the microphone."""
    zones = {name: {"polygon": outline} for name, outline in truth["zones"].items()}
    cell = CellDescription.model_validate(
        {
            "cell": "visit",
            "cameras": {"hall": {"size": truth["size"], "zones": zones}},
            "microphones": {"hall_mic": {}},
        }
    )
    guardian = Guardian(cell)
    rng = np.random.default_rng(1)
    made: list[AlarmTransition] = []
    heard_ns = START_NS
    for offset_ns, rgb in VideoFile(DATA / "simulated_visit.mp4"):
        now_ns = START_NS + offset_ns
        while heard_ns + BLOCK_NS <= now_ns:
            samples = rng.normal(0, 0.02, 1600).astype(np.float32)
            block = AudioBlock("hall_mic", heard_ns, samples)
            heard_ns += BLOCK_NS
            made += guardian.observe_audio(block, heard_ns)
        made += guardian.observe_frame(Frame("hall", now_ns, rgb), now_ns)
    assert guardian.faults == ()
    return made


def test_the_visit_is_one_alarm_and_nothing_else_is_raised(
    transitions: list[AlarmTransition],
) -> None:
    happened = [(t.alarm.kind, t.event) for t in transitions]
    assert happened == [
        (HazardKind.PERSON_IN_ZONE, AlarmEvent.RAISED),
        (HazardKind.PERSON_IN_ZONE, AlarmEvent.RETURNED),
    ]


def test_the_alarm_comes_and_goes_with_the_feet(
    transitions: list[AlarmTransition], truth: dict
) -> None:
    (span,) = truth["spans"]
    raised_s, returned_s = ((t.stamp_ns - START_NS) * 1e-9 for t in transitions)
    assert -0.3 <= raised_s - span["start_s"] <= 0.8
    assert 0.5 <= returned_s - span["end_s"] <= 2.0


def test_the_truth_is_as_long_as_the_film(truth: dict) -> None:
    frames = sum(1 for _ in VideoFile(DATA / "simulated_visit.mp4"))
    assert len(truth["feet"]) == truth["frames"] == frames
