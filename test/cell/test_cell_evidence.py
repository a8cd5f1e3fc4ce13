from pathlib import Path

import pytest

from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.cell_evidence import evidence_settings
from tml_ros.cell.cell_file import parse_cell
from tml_ros.evidence.evidence_settings import Privacy


def cell(**evidence):
    return CellDescription.model_validate(
        {"cell": "press", "cameras": {"hall": {}}, "guardian": {"evidence": evidence}}
    )


def test_the_evidence_of_a_cell_is_kept_as_its_file_says():
    settings = evidence_settings(
        cell(
            before=2.5,
            after=1.0,
            memory=8.0,
            privacy="faces",
            keep_days=0.5,
            keep_gib=1.0,
            folder="/c",
        )
    )
    assert settings.folder == Path("/c")
    assert (settings.before_ns, settings.after_ns) == (2_500_000_000, 1_000_000_000)
    assert (settings.memory_bytes, settings.keep_bytes) == (8 * 2**20, 2**30)
    assert settings.keep_ns == 43_200 * 10**9
    assert settings.privacy is Privacy.FACES


def test_unless_the_file_says_more_people_are_made_unrecognisable_and_clips_lie_below_ros_home(
    monkeypatch,
):
    monkeypatch.setenv("ROS_HOME", "/ros")
    settings = evidence_settings(cell())
    assert settings.privacy is Privacy.PEOPLE
    assert settings.folder == Path("/ros/tml_ros/press/clips")


def test_a_cell_may_keep_none():
    assert evidence_settings(cell(enabled=False)) is None


@pytest.mark.parametrize("privacy", list(Privacy))
def test_every_privacy_can_be_written_in_a_cell_file(privacy):
    assert evidence_settings(cell(privacy=privacy.value)).privacy is privacy


def test_a_bare_off_in_yaml_is_the_word():
    text = "cell: a\ncameras: {hall: {}}\nguardian: {evidence: {privacy: off}}\n"
    assert parse_cell(text, Path("a.yaml")).guardian.evidence.privacy == "off"
