"""A cell description built in code: the same rules, topics, zones and policies as from a file."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from tml_ros.cell.cell_description import (
    AlarmDescription,
    CameraDescription,
    CellDescription,
    MicrophoneDescription,
    ZoneDescription,
    camera_topic,
    microphone_topic,
    policies,
    polygon_fractions,
)
from tml_ros.safety.alarm import Priority
from tml_ros.safety.default_policies import DEFAULT_POLICIES
from tml_ros.turn.hazard import HazardKind


def test_topics_are_named_after_their_streams_unless_given() -> None:
    cell = CellDescription(
        cell="c",
        cameras={"eye": CameraDescription(), "gate": CameraDescription(topic="/gate/raw")},
        microphones={"ear": MicrophoneDescription()},
    )
    assert camera_topic(cell, "eye") == "eye/image"
    assert camera_topic(cell, "gate") == "/gate/raw"
    assert microphone_topic(cell, "ear") == "audio"


def test_with_several_microphones_each_has_a_topic_of_its_own() -> None:
    cell = CellDescription(
        cell="c", microphones={"a": MicrophoneDescription(), "b": MicrophoneDescription()}
    )
    assert [microphone_topic(cell, name) for name in "ab"] == ["a/audio", "b/audio"]


def test_zones_are_fractions_whatever_they_are_drawn_in() -> None:
    corners = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0))
    camera = CameraDescription(
        size=(640, 480),
        zones={
            "drawn": ZoneDescription(polygon=((0, 0), (320, 0), (320, 480))),
            "given": ZoneDescription(polygon=corners, units="fractions"),
            "shown": ZoneDescription(polygon=corners),
        },
    )
    for zone in camera.zones:
        assert polygon_fractions(camera, zone) == corners


def test_a_cell_changes_what_it_names_of_a_policy_and_nothing_else() -> None:
    cell = CellDescription(
        cell="c",
        cameras={"eye": CameraDescription()},
        alarms={
            HazardKind.SIREN: AlarmDescription(
                priority=Priority.LOW, on_delay=1.5, realarm=0, latching=True, warning=""
            )
        },
    )
    changed, default = policies(cell)[HazardKind.SIREN], DEFAULT_POLICIES[HazardKind.SIREN]
    assert (changed.priority, changed.on_delay_ns, changed.realarm_ns) == (
        Priority.LOW,
        1_500_000_000,
        0,
    )
    assert changed.latching
    assert changed.warning == ""
    assert (changed.threshold, changed.off_delay_ns) == (default.threshold, default.off_delay_ns)
    assert policies(cell)[HazardKind.IMPACT_SOUND] == DEFAULT_POLICIES[HazardKind.IMPACT_SOUND]


def test_every_kind_has_a_policy_in_the_language_of_the_cell() -> None:
    cell = CellDescription(cell="c", language="de", cameras={"eye": CameraDescription()})
    german = policies(cell)
    assert set(german) == set(HazardKind)
    assert german[HazardKind.PERSON_IN_ZONE].warning.startswith("Warnung. Person im Bereich {zone}")


def test_the_rules_hold_for_descriptions_built_in_code() -> None:
    with pytest.raises(ValidationError, match="at least one camera or microphone"):
        CellDescription(cell="c")
    with pytest.raises(ValidationError, match="a topic of its own"):
        CellDescription(
            cell="c",
            cameras={"a": CameraDescription(topic="x"), "b": CameraDescription(topic="x")},
        )
    with pytest.raises(ValidationError, match="because the zones are drawn in pixels"):
        CameraDescription(zones={"z": ZoneDescription(polygon=((0, 0), (9, 0), (9, 9)))})
    with pytest.raises(ValidationError, match=r"0\.\.20 by 0\.\.20"):
        CameraDescription(
            size=(20, 20), zones={"z": ZoneDescription(polygon=((0, 0), (30, 0), (9, 9)))}
        )


def test_the_default_topic_of_a_stream_is_not_free_for_another() -> None:
    with pytest.raises(ValidationError, match="a topic of its own"):
        CellDescription(
            cell="c", cameras={"a": CameraDescription(), "b": CameraDescription(topic="a/image")}
        )


def test_a_description_cannot_be_changed() -> None:
    cell = CellDescription(cell="c", cameras={"eye": CameraDescription()})
    with pytest.raises(ValidationError):
        cell.model = "nano"  # type: ignore[misc]
