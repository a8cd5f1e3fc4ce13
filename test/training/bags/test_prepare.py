"""Recordings are read once, and what does not fit them is told with its line."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tml_ros.cell.cell_description import CellDescription
from tml_ros.model.hazard_places import hazard_index
from tml_ros.model.preset import Preset
from tml_ros.training.bags import labelled_stretches
from tml_ros.training.bags.label_file import LabelFileError
from tml_ros.training.bags.prepare import Prepared, prepare
from tml_ros.training.bags.stretch_file import StretchFile
from tml_ros.turn.hazard import HazardKind

Prepare = Callable[[Path], Prepared]


@pytest.fixture
def prepared(
    recordings: Path, cell: CellDescription, preset: Preset, tmp_path: Path
) -> Callable[..., Prepared]:
    """`prepared(labels)`: those labels, into a folder of the test's own."""

    def make(labels: Path, **changed: object) -> Prepared:
        taken = {"cell": cell, "preset": preset, "out": tmp_path / "out", **changed}
        return prepare(recordings, labels, **taken)

    return make


def mistakes(prepared: Prepare, labels: Path) -> str:
    with pytest.raises(LabelFileError) as refused:
        prepared(labels)
    return str(refused.value)


def test_what_is_labelled_is_counted(prepared: Prepare, night: Path) -> None:
    found = prepared(night)
    assert found.notices == ()
    # 4 s of the box; 8 s without it, but for 0.4 s on either side.
    assert found.counts[HazardKind.PERSON_IN_ZONE] == (20, 36)
    assert found.counts[HazardKind.SIREN] == (0, 60)


def test_a_recording_is_read_again_only_if_something_has_changed(
    prepared: Callable[..., Prepared],
    labels_of: Callable[..., Path],
    cell: CellDescription,
    preset: Preset,
    recordings: Path,
) -> None:  # fmt: skip
    read: list[float] = []

    def progress(name: str, seconds: float | None, now_s: float) -> None:
        assert (name, seconds) == ("short.mcap", pytest.approx(2.0))
        read.append(now_s)

    quiet = labels_of("short.mcap,0,9,none")
    first = prepared(quiet, progress=progress)
    assert len(read) == 10
    assert prepared(quiet, progress=progress) == first
    labels_of("# a comment changes nothing", "short.mcap,0,9,none")
    assert prepared(quiet, progress=progress) == first
    assert len(read) == 10
    finer = preset.changed(sight={"changed_levels": 2.0})
    prepared(quiet, preset=finer, progress=progress)
    named = {"bench": cell.microphones["bench"].model_copy(update={"topic": "audio"})}
    prepared(quiet, cell=cell.model_copy(update={"microphones": named}), progress=progress)
    state = (recordings / "short.mcap").stat()
    os.utime(recordings / "short.mcap", ns=(state.st_atime_ns, state.st_mtime_ns + 1))
    prepared(quiet, progress=progress)
    prepared(labels_of("short.mcap,0,1,none"), progress=progress)
    assert len(read) == 10 * 5


def test_what_was_half_written_is_written_again(
    prepared: Prepare, labels_of: Callable[..., Path]
) -> None:
    night = labels_of("short.mcap,0,9,none")
    first = prepared(night)
    (index,) = first.files[0].parent.glob("*.json")
    index.unlink()
    first.files[0].write_bytes(b"half")
    assert prepared(night) == first


def test_only_what_is_near_a_label_is_kept(
    prepared: Prepare, labels_of: Callable[..., Path], preset: Preset
) -> None:
    labels = labels_of("night.mcap,2,3,none", "night.mcap,9,10,none")
    stretches = [StretchFile(path, preset) for path in prepared(labels).files]
    # A second, 0.4 s about it, and before it what a session would still remember.
    assert [stretch.lead for stretch in stretches] == [4, 4]
    assert [len(stretch) for stretch in stretches] == [4 + 9, 4 + 9]
    for stretch in stretches:
        assert (stretch.hazards[: stretch.lead] == -1).all()
        assert (stretch.hazards == 0).any()


def test_a_long_stretch_is_parted_and_no_turn_is_lost_or_taught_twice(
    prepared: Prepare, night: Path, preset: Preset, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (whole,) = (StretchFile(path, preset) for path in prepared(night).files)
    monkeypatch.setattr(labelled_stretches, "MOST_TURNS", 25)
    for path in (tmp_path / "out").iterdir():
        path.unlink()
    parts = [StretchFile(path, preset) for path in prepared(night).files]
    assert [len(part) - part.lead for part in parts] == [25, 25, 10]
    joined = np.concatenate([part.hazards[part.lead :] for part in parts])
    assert np.array_equal(joined, whole.hazards)
    at = hazard_index(preset, HazardKind.PERSON_IN_ZONE, 0)
    assert joined[20:40, at].tolist() == [1] * 20


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["nigth.mcap,0,1,none"], "line 2: recording: found 'nigth.mcap', allowed: what is in "),
        (["night.mcap,0,1,none", "night.mcap,60,61,none"],
         "line 3: start_s: found 60, allowed: less than the length of night.mcap, 11.8 s"),
        (["night.mcap,1,2,person_down,press"],
         "person_down there in 5 turns and nowhere said not to be"),
        (["night.mcap,1.05,1.1,none"], "no whole turn"),
    ],
)  # fmt: skip
def test_labels_that_do_not_fit_the_recordings_are_refused(
    prepared: Prepare, labels_of: Callable[..., Path], rows: list[str], said: str
) -> None:
    assert said in mistakes(prepared, labels_of(*rows))
