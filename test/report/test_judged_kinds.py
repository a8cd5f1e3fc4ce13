from __future__ import annotations

import pytest

from tml_ros.cell.cell_description import CellDescription
from tml_ros.report.judged_kinds import guarded_kinds, judged_kinds
from tml_ros.report.model_record import ModelRecord
from tml_ros.turn.hazard import HazardKind

ZONES = {"press_area": {"units": "fractions", "polygon": [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9]]}}


def cell(**parts: object) -> CellDescription:
    return CellDescription.model_validate({"cell": "any", **parts})


@pytest.mark.parametrize(
    ("parts", "judged", "not_judged"),
    [
        ({"cameras": {"a": {"zones": ZONES}}}, {"person_in_zone", "camera_dark"}, {"siren"}),
        ({"cameras": {"a": {}}}, {"camera_frozen"}, {"person_in_zone", "siren"}),
        (
            {"microphones": {"m": {"rate": 48_000, "channels": 2}}},
            {"siren", "impact_sound", "microphone_clipping"},
            {"person_in_zone", "cry_for_help"},
        ),
        (
            {"cameras": {"a": {"zones": ZONES}}, "microphones": {"m": {}}},
            {"person_in_zone", "siren"},
            {"missing_helmet", "person_down", "smoke_or_fire", "machine_fault_sound"},
        ),
    ],
)
def test_a_cells_guards_judge_what_its_streams_allow(
    parts: dict[str, object], judged: set[str], not_judged: set[str]
) -> None:
    kinds = {kind.value for kind in guarded_kinds(cell(**parts))}
    assert judged <= kinds
    assert not not_judged & kinds


def test_a_model_adds_what_it_is_trusted_with() -> None:
    helmet = HazardKind.MISSING_HELMET
    bare = cell(cameras={"a": {}})
    assert helmet not in judged_kinds(bare, None)
    assert helmet not in judged_kinds(bare, ModelRecord("m", True, None, None))
    trusted = ModelRecord("m", True, None, None, frozenset({helmet}))
    assert judged_kinds(bare, trusted) == guarded_kinds(bare) | {helmet}
