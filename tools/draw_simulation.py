"""Draw docs/images/simulation_*: what the simulated factory looks like, and what is true of it.

simulation_looks.jpg: six cells of other looks, as a person sees them. simulation_scene.jpg: one
scene, picture by picture as a model gets them, with the zone, everybody's box and what is true.
simulation_camera.jpg: one picture as four cameras give it out. Run it after a change of the
simulator: `.venv/bin/python tools/draw_simulation.py`; it needs MuJoCo and libosmesa6. Other
arguments than none: the folder to write into.
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import yaml

from tml_ros.sim.annotated import Image, annotated, captioned, sheet
from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.scene.distractors import distractors
from tml_ros.sim.scene.machines.machines import machines
from tml_ros.sim.scene.people import People
from tml_ros.sim.scene.pictures import FactoryPictures, zones_in_picture
from tml_ros.sim.scene.quality import Quality
from tml_ros.sim.scene.stage import camera_view, hall_blocks
from tml_ros.sim.scene.vehicles import Vehicles
from tml_ros.sim.truth.moments import TURN_S, moments
from tml_ros.sim.truth.seen_hazards import seen_hazards

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"

TILE = (480, 320)
LARGER = 1.5

LOOKS = """
- title: press_area by day, somebody over the line
  at: 6.0
  scenario: over_the_line
  seed: 11
  looks: train
  hall: {lamp: 0.8, daylight: 0.8, clutter: 0.4, columns: [[-2.8, 3.9]]}
  machines: {press_1: {kind: press, at: [1.2, 3.1], period: 3.0}}
  zones: {press_area: {polygon: [[-0.2, 0.3], [2.6, 0.3], [2.6, 2.3], [-0.2, 2.3]]}}
  cameras: {hall: {at: [-2.6, -2.6, 3.0], to: [0.9, 1.4, 0.9], fovy: 50}}
  people:
    worker: {at: [-1.0, 0.2], stays: true, steps: [{walk: [[0.8, 0.9]]}, {stand: 20, facing: 80}]}
- title: dim, a forklift comes near somebody
  at: 4.2
  scenario: forklift
  seed: 5
  looks: train
  hall: {lamp: 0.3, daylight: 0.1, clutter: 0.5}
  machines: {belt: {kind: conveyor, at: [2.0, 3.4], facing: -90}}
  zones: {aisle: {polygon: [[-3.0, -0.6], [3.4, -0.6], [3.4, 1.4], [-3.0, 1.4]]}}
  cameras: {hall: {at: [-3.2, -3.6, 3.2], to: [0.8, 1.0, 0.7], fovy: 50, noise: 0.5}}
  people:
    worker: {at: [0.3, 0.2], stays: true, steps: [{stand: 30, facing: -120}]}
  vehicles:
    truck: {kind: forklift, at: [5.5, 0.7], facing: 180, steps: [{walk: [[2.1, 0.5]]}]}
- title: smoke with a flame beside the robot
  at: 12.0
  scenario: smoke
  seed: 2
  looks: train
  hall: {lamp: 0.7, daylight: 0.5, clutter: 0.5}
  machines: {robot: {kind: robot_arm, at: [0.4, 2.4], facing: -90}}
  zones: {robot_cell: {polygon: [[-1.2, 0.6], [2.0, 0.6], [2.0, 3.6], [-1.2, 3.6]]}}
  cameras: {hall: {at: [-3.0, -3.2, 3.2], to: [0.8, 1.6, 1.0], fovy: 52}}
  people:
    worker: {at: [-1.6, -0.4], stays: true, steps: [{stand: 30, facing: 40}]}
  events: [{kind: smoke, at: 1.0, lasts: 30, place: [2.3, 1.6], strength: 0.95}]
- title: held-out looks, somebody has fallen
  at: 8.0
  scenario: fallen
  seed: 21
  looks: held-out
  hall: {lamp: 0.7, daylight: 0.7, clutter: 0.4}
  machines: {press_1: {kind: press, at: [0.8, 3.0]}}
  zones: {press_area: {polygon: [[-0.6, 0.2], [2.2, 0.2], [2.2, 2.2], [-0.6, 2.2]]}}
  cameras: {hall: {at: [2.9, -2.8, 2.9], to: [0.4, 1.2, 0.5], fovy: 50, distortion: 0.5}}
  people:
    worker:
      {at: [-0.4, -0.6], stays: true, steps: [{walk: [[0.7, 0.6]]}, {fall: 30}]}
- title: held-out looks and dim, one of two without a helmet
  at: 5.0
  scenario: bare_head
  seed: 35
  looks: held-out
  hall: {lamp: 0.4, daylight: 0.15, clutter: 0.5}
  machines: {belt: {kind: conveyor, at: [0.5, 2.6], facing: -90}}
  zones: {belt_area: {polygon: [[-1.4, 0.8], [2.4, 0.8], [2.4, 2.0], [-1.4, 2.0]]}}
  cameras: {hall: {at: [-1.8, -2.0, 2.4], to: [0.6, 1.2, 1.0], fovy: 50, noise: 0.4}}
  people:
    foreman: {at: [0.9, 0.2], stays: true, steps: [{stand: 30, facing: -150}]}
    visitor: {at: [0.1, 0.3], helmet: false, stays: true, steps: [{stand: 30, facing: -60}]}
- title: held-out looks, smoke and a bad camera
  at: 11.0
  scenario: dark_smoke
  seed: 42
  looks: held-out
  hall: {lamp: 0.6, daylight: 0.6, clutter: 0.6}
  machines:
    press_1: {kind: press, at: [-0.6, 3.0]}
    robot: {kind: robot_arm, at: [2.4, 2.6]}
  zones: {press_area: {polygon: [[-1.8, 0.4], [0.8, 0.4], [0.8, 2.2], [-1.8, 2.2]]}}
  cameras:
    hall:
      {at: [-3.2, -3.2, 3.2], to: [0.4, 1.2, 0.9], fovy: 52, noise: 0.7, blur: 0.3,
       compression: 0.7, flicker: 0.5, distortion: 0.7}
  people:
    worker: {at: [1.6, -0.2], stays: true, steps: [{stand: 30, facing: 100}]}
  events: [{kind: smoke, at: 1.0, lasts: 30, place: [1.2, 1.8], strength: 0.6}]
"""


SCENE = """
scenario: scene
seconds: 40
seed: 8
hall: {lamp: 0.7, daylight: 0.5, clutter: 0.4}
machines: {press_1: {kind: press, at: [1.2, 3.2], period: 3.0}}
zones: {press_area: {polygon: [[-0.4, 0.2], [2.8, 0.2], [2.8, 2.4], [-0.4, 2.4]]}}
cameras: {hall: {at: [-2.9, -3.0, 3.1], to: [0.9, 1.2, 0.8], fovy: 50, distortion: 0.4}}
people:
  anna:
    at: [-3.4, 1.4]
    stays: true
    steps:
      - {walk: [[-1.0, 0.2]]}
      - {stand: 2}
      - {walk: [[1.1, 1.2]]}
      - {stand: 5, facing: 80}
      - {fall: 14}
      - {stand: 10}
  ben:
    {at: [-3.4, 1.4], enters: 16, helmet: false, stays: true, steps: [{walk: [[0.0, 1.7]]}]}
vehicles:
  truck: {kind: forklift, at: [5.4, 0.0], enters: 20, facing: 180, steps: [{walk: [[1.7, -0.6]]}]}
events:
  - {kind: smoke, at: 24, lasts: 16, place: [2.4, 2.2], strength: 0.6}
"""
SCENE_AT = (1.4, 5.0, 9.0, 15.8, 19.8, 22.0, 26.0, 33.0)
"""Seconds; ends of micro-turns."""
CAMERAS: dict[str, dict[str, float]] = {
    "a perfect camera": {"noise": 0, "blur": 0, "compression": 0},
    "as cameras are": {},
    "noise, flicker, compression": {"noise": 0.9, "flicker": 0.8, "compression": 0.8},
    "blur and a bending lens": {"blur": 0.8, "distortion": 1.0, "noise": 0.4},
}


def main(folder: Path) -> None:
    """Write the pictures."""
    _write(folder / "simulation_looks.jpg", _looks())
    _write(folder / "simulation_scene.jpg", _scene())
    _write(folder / "simulation_camera.jpg", _cameras())


def _looks() -> Image:
    tiles = []
    for described in yaml.safe_load(LOOKS):
        title, at = described.pop("title"), described.pop("at")
        described["cameras"]["hall"]["size"] = TILE
        scenario = Scenario.model_validate({"seconds": 40, **described})
        with FactoryPictures(scenario, quality=Quality.PRETTY) as pictures:
            index = round(at * scenario.cameras["hall"].rate)
            tiles.append(captioned(pictures.picture("hall", index), title))
    return sheet(tiles, columns=3)


def _scene() -> Image:
    """A scene, at the size and quality that a model is given, half as large again."""
    scenario = Scenario.model_validate(yaml.safe_load(SCENE))
    people, vehicles, views = (
        People(scenario),
        Vehicles(scenario),
        {name: camera_view(scenario, name) for name in scenario.cameras},
    )
    props = (*machines(scenario), *distractors(scenario))
    blocks = (*hall_blocks(scenario), *(block for prop in props for block in prop.blocks))
    turns = moments(scenario, people, vehicles, blocks, views)
    hazards, _ = seen_hazards(scenario, people, vehicles, blocks, views)
    outlines = zones_in_picture(scenario, "hall").values()
    tiles = []
    with FactoryPictures(scenario, quality=Quality.FAST) as pictures:
        for at in SCENE_AT:
            moment = turns[round(at / TURN_S) - 1]
            picture = pictures.picture("hall", round(at * scenario.cameras["hall"].rate))
            boxes = [one.seen["hall"].box for one in moment.people if "hall" in one.seen]
            trucks = [one.seen["hall"].box for one in moment.vehicles if "hall" in one.seen]
            true = [
                f"{span.kind.value} ({span.zone})"
                for span in hazards
                if span.start_s <= at < span.end_s
            ]
            drawn = annotated(picture, outlines, boxes, trucks, larger=LARGER)
            tiles.append(captioned(drawn, f"{at:.1f} s", *(true or ["nothing"])))
    return sheet(tiles, columns=4)


def _cameras() -> Image:
    """One moment as cameras of different quality give it out."""
    described = yaml.safe_load(SCENE)
    place = {key: described["cameras"]["hall"][key] for key in ("at", "to", "fovy")}
    tiles = []
    for title, flaws in CAMERAS.items():
        described["cameras"]["hall"] = {**place, **flaws}
        scenario = Scenario.model_validate(described)
        with FactoryPictures(scenario, quality=Quality.FAST) as pictures:
            picture = annotated(pictures.picture("hall", 90), larger=LARGER)
            tiles.append(captioned(picture, title))
    return sheet(tiles, columns=4)


def _write(path: Path, image: Image) -> None:
    bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    cv2.imwrite(str(path), bgr, [cv2.IMWRITE_JPEG_QUALITY, 80])


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES)
