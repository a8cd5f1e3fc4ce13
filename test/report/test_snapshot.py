from __future__ import annotations

import cv2
import numpy as np
import pytest

from tml_ros.cell.cell_description import CellDescription
from tml_ros.report.snapshot import ALARM, BOX, ZONE, camera_of, draw_snapshot
from tml_ros.safety.alarm import Alarm, AlarmState, Priority
from tml_ros.turn.hazard import Box, HazardKind
from tml_ros.turn.micro_turn import Frame


def alarm(zone: str, box: Box | None = None, kind: HazardKind = HazardKind.PERSON_IN_ZONE) -> Alarm:
    state = AlarmState.ACTIVE_UNACKNOWLEDGED
    return Alarm(kind, zone, state, Priority.HIGH, "guard", 0, 0, box)


def pixels(jpeg: bytes) -> np.ndarray:
    return cv2.cvtColor(cv2.imdecode(np.frombuffer(jpeg, np.uint8), 1), cv2.COLOR_BGR2RGB)


def near(pixel: np.ndarray, colour: tuple[int, int, int]) -> bool:
    return bool(np.abs(pixel.astype(int) - colour).max() < 60)


GREY = np.full((240, 320, 3), 128, np.uint8)


def test_the_zone_of_the_alarm_is_filled_and_its_box_is_drawn(cell: CellDescription) -> None:
    frame = Frame("gate", 5, GREY)
    snapshot = draw_snapshot(frame, cell, alarm("press_area", Box("gate", 200, 20, 300, 100)))
    picture = pixels(snapshot.jpeg)
    assert (snapshot.camera, snapshot.stamp_ns) == ("gate", 5)
    assert picture.shape == (480, 640, 3) == (snapshot.height, snapshot.width, 3)
    inside, outside = picture[300, 240], picture[400, 40]
    assert inside[0] > inside[1] + 15
    assert np.ptp(outside.astype(int)) < 10
    edge = picture[40, 400:600]
    assert any(near(pixel, BOX) for pixel in edge)


def test_without_an_alarm_the_zones_are_only_outlined(cell: CellDescription) -> None:
    picture = pixels(draw_snapshot(Frame("gate", 0, GREY), cell).jpeg)
    assert near(picture[360, 319], ZONE)
    assert np.ptp(picture[300, 240].astype(int)) < 10
    assert not any(near(pixel, ALARM) for pixel in picture.reshape(-1, 3)[::7])


def test_zones_in_pixels_follow_a_frame_of_another_size(cell: CellDescription) -> None:
    large = np.full((960, 1280, 3), 128, np.uint8)
    snapshot = draw_snapshot(Frame("gate", 0, large), cell)
    assert snapshot.width == 800
    assert near(pixels(snapshot.jpeg)[450, 400], ZONE)


def test_a_zone_reaching_out_of_the_picture_does_no_harm(cell: CellDescription) -> None:
    camera = cell.cameras["gate"].model_copy(update={"size": (16, 16)})
    cell = cell.model_copy(update={"cameras": {"gate": camera}})
    assert draw_snapshot(Frame("gate", 0, GREY), cell, alarm("press_area")).jpeg


def test_a_frame_without_pixels_is_refused(cell: CellDescription) -> None:
    with pytest.raises(ValueError, match="no pixels"):
        draw_snapshot(Frame("gate", 0, np.zeros((0, 0, 3), np.uint8)), cell)


@pytest.mark.parametrize(
    ("about", "camera"),
    [
        (alarm("press_area", Box("rear", 0, 0, 1, 1)), "rear"),
        (alarm("press_area"), "gate"),
        (alarm("rear", kind=HazardKind.CAMERA_DARK), "rear"),
        (alarm("mic", kind=HazardKind.SIREN), "gate"),
    ],
)
def test_the_camera_that_shows_an_alarm_best_is_chosen(
    cell: CellDescription, about: Alarm, camera: str
) -> None:
    rear = cell.cameras["gate"].model_copy(update={"zones": {}})
    cell = cell.model_copy(update={"cameras": {"gate": cell.cameras["gate"], "rear": rear}})
    assert camera_of(about, cell) == camera


def test_a_cell_without_cameras_has_no_picture(cell: CellDescription) -> None:
    assert camera_of(alarm("mic"), cell.model_copy(update={"cameras": {}})) is None
