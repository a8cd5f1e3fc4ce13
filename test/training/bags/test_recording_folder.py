"""Folders of recordings become one course."""

from __future__ import annotations

from pathlib import Path

import pytest

from tml_ros.model.preset import Preset
from tml_ros.training.bags.label_file import LabelFileError
from tml_ros.training.bags.recording_folder import (
    RecordingFolder,
    RecordingFolderError,
    bag_course,
    recording_folder,
)
from tml_ros.turn.hazard import HazardKind

CELL = """\
cell: press
cameras:
  hall: {zones: {press: {polygon: [[0.5, 0.0], [1.0, 0.0], [1.0, 1.0]], units: fractions}}}
microphones: {bench: {}}
"""
LABELS = "recording,start_s,end_s,kind\nshort.mcap,0.6,1.4,siren\nshort.mcap,0,9,none\n"


@pytest.fixture
def folder(recordings: Path, tmp_path: Path) -> Path:
    made = tmp_path / "press"
    made.mkdir()
    (made / "cell.yaml").write_text(CELL)
    (made / "labels.csv").write_text(LABELS)
    (made / "short.mcap").write_bytes((recordings / "short.mcap").read_bytes())
    return made


def test_its_labelled_recordings_are_a_course(folder: Path, preset: Preset, tmp_path: Path) -> None:
    course = bag_course([folder], preset, tmp_path / "made", window=10)
    assert len(course.lessons) == 1
    assert course.counts[HazardKind.SIREN] == (4, 2)
    assert course.counts[HazardKind.PERSON_DOWN] == (0, 10)


def test_several_folders_are_one_course(folder: Path, preset: Preset, tmp_path: Path) -> None:
    other = tmp_path / "belt"
    other.mkdir()
    for path in folder.iterdir():
        (other / path.name).write_bytes(path.read_bytes())
    course = bag_course([folder, other], preset, tmp_path / "made", window=10)
    assert len(course.lessons) == 2
    assert course.counts[HazardKind.SIREN] == (8, 4)


@pytest.mark.parametrize("name", ["cell.yaml", "labels.csv"])
def test_a_folder_without_its_cell_or_labels_is_refused(
    folder: Path, preset: Preset, tmp_path: Path, name: str
) -> None:
    (folder / name).unlink()
    with pytest.raises(RecordingFolderError, match=f"has no {name}"):
        bag_course([folder], preset, tmp_path / "made")


def test_cell_and_labels_may_lie_elsewhere(folder: Path, preset: Preset, tmp_path: Path) -> None:
    elsewhere = tmp_path / "a, b & c?d=50%"
    elsewhere.mkdir()
    cell = (folder / "cell.yaml").rename(elsewhere / "press cell.yaml")
    labels = (folder / "labels.csv").rename(elsewhere / "labels=1.csv")
    place = RecordingFolder(folder, cell, labels)
    assert recording_folder(place.told) == place
    assert "," not in str(place.told)
    course = bag_course([place.told], preset, tmp_path / "made", window=10)
    assert course.counts[HazardKind.SIREN] == (4, 2)
    labels.unlink()
    with pytest.raises(RecordingFolderError, match=r"has no .*labels=1\.csv"):
        bag_course([place.told], preset, tmp_path / "made")


def test_a_single_recording_is_a_folder_of_its_own(
    folder: Path, preset: Preset, tmp_path: Path
) -> None:
    single = RecordingFolder(folder / "short.mcap", folder / "cell.yaml", folder / "labels.csv")
    course = bag_course([single.told], preset, tmp_path / "made", window=10)
    assert course.counts[HazardKind.SIREN] == (4, 2)
    other = (folder / "short.mcap").rename(folder / "long.mcap")
    renamed = RecordingFolder(other, single.cell, single.labels)
    with pytest.raises(LabelFileError, match=r"line 2: recording: found 'short\.mcap'"):
        bag_course([renamed.told], preset, tmp_path / "made")


def test_a_folder_that_holds_all_of_it_is_told_by_its_name(tmp_path: Path) -> None:
    place = RecordingFolder(tmp_path, tmp_path / "cell.yaml", tmp_path / "labels.csv")
    assert place.told == tmp_path
    assert recording_folder(tmp_path) == place


def test_labels_are_held_against_the_cell_beside_them(
    folder: Path, preset: Preset, tmp_path: Path
) -> None:
    wrong = "recording,start_s,end_s,kind,place\nshort.mcap,0,1,person_down,belt\n"
    (folder / "labels.csv").write_text(wrong)
    with pytest.raises(LabelFileError, match="line 2: place: found 'belt'"):
        bag_course([folder], preset, tmp_path / "made")
