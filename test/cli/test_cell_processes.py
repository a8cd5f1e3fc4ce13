"""Which processes a cell needs, and how they are started."""

from __future__ import annotations

import os

import pytest

from tml_ros.cell.cell_file import CellFileError
from tml_ros.cli.cell_processes import cell_processes
from tml_ros.cli.dds_profile import DISCOVERY_VARIABLES, PROFILE_VARIABLES, WHOLE_PROFILE
from tml_ros.cli.memory_environment import KEPT_FREE, LARGE_BLOCK

CELL = """
cell: press
cameras:
  front: {source: "rtsp://10.0.0.7/a b?c=1#2", rate: 15, size: [640, 480]}
  side: {topic: /elsewhere/image}
microphones:
  hall: {source: 0, channels: 2}
speaker: {sink: null, volume: 0.5}
"""


@pytest.fixture
def press(tmp_path):
    path = tmp_path / "press.yaml"
    path.write_text(CELL)
    return path


def _specs(path, **how):
    return {spec.name: spec for spec in cell_processes(path, **how)}


def _parameters(spec):
    words = iter(spec.argv)
    return dict(next(words).split(":=", 1) for word in words if word == "-p")


def test_only_the_nodes_a_cell_needs_are_started(press, tmp_path):
    assert list(_specs(press)) == [
        "guardian",
        "interaction",
        "speaker",
        "microphone_hall",
        "camera_front",
    ]
    bare = tmp_path / "bare.yaml"
    bare.write_text("cell: bare\ncameras: {front: {}}\n")
    assert list(_specs(bare)) == ["guardian", "interaction"]


def test_nodes_get_what_the_cell_says(press):
    specs = _specs(press)
    assert _parameters(specs["guardian"])["cell"] == f'"{press}"'
    camera = _parameters(specs["camera_front"])
    assert camera["source"] == '"rtsp://10.0.0.7/a b?c=1#2"'
    assert (camera["rate"], camera["width"], camera["height"]) == ("15.0", "640", "480")
    assert "image:=front/image" in specs["camera_front"].argv
    assert _parameters(specs["microphone_hall"])["source"] == "0"
    assert "audio:=audio" in specs["microphone_hall"].argv
    assert _parameters(specs["speaker"]) == {"sink": '"none"', "volume": "0.5"}
    for name, spec in specs.items():
        assert "__ns:=/press" in spec.argv
        assert f"__node:={name}" in spec.argv


@pytest.mark.parametrize(("asked", "for_file", "for_live"), [(None, "2", "0"), (3, "3", "3")])
def test_a_film_waits_for_its_judges_and_a_live_source_for_nobody_unless_told(
    tmp_path, asked, for_file, for_live
):
    path = tmp_path / "press.yaml"
    path.write_text(
        "cell: press\n"
        "cameras: {film: {source: film.mp4}, stream: {source: 'rtsp://10.0.0.7/a'}}\n"
        "microphones: {wav: {source: hall.wav}, card: {source: default}}\n"
    )
    specs = _specs(path, wait_for_subscribers=asked)
    assert {
        name: _parameters(specs[name])["wait_for_subscribers"]
        for name in ("camera_film", "camera_stream", "microphone_wav", "microphone_card")
    } == {
        "camera_film": for_file,
        "camera_stream": for_live,
        "microphone_wav": for_file,
        "microphone_card": for_live,
    }


def test_simulated_time_reaches_every_node(press):
    for spec in cell_processes(press, use_sim_time=True):
        assert _parameters(spec)["use_sim_time"] == "true"


def test_a_simulation_plays_the_cell_and_all_others_follow_its_time(tmp_path):
    path = tmp_path / "press.yaml"
    path.write_text("cell: press\ncameras: {front: {}}\nmicrophones: {hall: {}}\nspeaker: {}\n")
    specs = _specs(path, simulation=tmp_path / "clip", wait_for_subscribers=3)
    assert list(specs) == ["guardian", "interaction", "speaker", "simulation"]
    played = _parameters(specs["simulation"])
    assert played == {
        "folder": f'"{tmp_path / "clip"}"',
        "cell": f'"{path}"',
        "wait_for_subscribers": "3",
    }
    assert specs["simulation"].env[PROFILE_VARIABLES[0]].endswith("camera.xml")
    for name in ("guardian", "interaction", "speaker"):
        assert _parameters(specs[name])["use_sim_time"] == "true"


def test_discovery_stays_on_this_machine_unless_the_environment_says_otherwise(press):
    for spec in cell_processes(press, environment={"PATH": os.environ["PATH"]}):
        assert spec.env["ROS_AUTOMATIC_DISCOVERY_RANGE"] == "LOCALHOST"
    for name in DISCOVERY_VARIABLES:
        for spec in cell_processes(press, environment={name: "SUBNET"}):
            assert {key: spec.env.get(key) for key in DISCOVERY_VARIABLES} == {
                key: "SUBNET" if key == name else None for key in DISCOVERY_VARIABLES
            }


def test_who_sends_pictures_gets_more_shared_memory_unless_the_user_has_a_profile(press):
    specs = _specs(press, environment={})
    assert specs["camera_front"].env[PROFILE_VARIABLES[0]].endswith("camera.xml")
    assert specs["guardian"].env[PROFILE_VARIABLES[0]].endswith("node.xml")
    assert {spec.env[WHOLE_PROFILE] for spec in specs.values()} == {"1"}
    for variable in PROFILE_VARIABLES:
        for spec in cell_processes(press, environment={variable: "mine.xml"}):
            assert [spec.env.get(name) for name in PROFILE_VARIABLES if name in spec.env] == [
                "mine.xml"
            ]
            assert WHOLE_PROFILE not in spec.env


def test_large_blocks_go_back_to_the_kernel_unless_the_user_says_when(press):
    for spec in cell_processes(press, environment={}):
        assert 2**20 < int(spec.env[LARGE_BLOCK]) < int(spec.env[KEPT_FREE])
    for name in (LARGE_BLOCK, KEPT_FREE):
        for spec in cell_processes(press, environment={name: "1"}):
            assert [spec.env.get(one) for one in (LARGE_BLOCK, KEPT_FREE) if one in spec.env] == [
                "1"
            ]


def test_a_wrong_cell_file_starts_nothing(tmp_path):
    with pytest.raises(CellFileError):
        cell_processes(tmp_path / "missing.yaml")


def test_several_files_begin_together_and_one_begins_when_it_can(tmp_path):
    cell = tmp_path / "cell.yaml"
    cell.write_text(
        "cell: hall\ncameras: {front: {source: film.mp4}}\n"
        "microphones: {mic: {source: sound.wav}}\n"
    )
    specs = _specs(cell, files_start_s=1700000000.5)
    for name in ("camera_front", "microphone_mic"):
        assert _parameters(specs[name])["start_at"] == "1700000000.5"
    cell.write_text("cell: hall\ncameras: {front: {source: film.mp4}}\n")
    alone = _specs(cell, files_start_s=1700000000.5)["camera_front"]
    assert "start_at" not in _parameters(alone)
