"""docs/cell.md says what the schema says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel

from tml_ros.cell import cell_description as schema
from tml_ros.cell import guardian_description as guardian
from tml_ros.cell import machine_description as machines
from tml_ros.cell.cell_file import parse_cell
from tml_ros.safety.default_policies import DEFAULT_POLICIES

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs/cell.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return re.split(r"^## ", TEXT.partition(f"## {title}\n")[2], flags=re.MULTILINE)[0]


def rows(title: str) -> list[list[str]]:
    lines = [line for line in section(title).splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@pytest.mark.parametrize(
    ("title", "model"),
    [
        ("The cell", schema.CellDescription),
        ("Cameras", schema.CameraDescription),
        ("Zones", schema.ZoneDescription),
        ("Microphones", schema.MicrophoneDescription),
        ("Speaker", schema.SpeakerDescription),
        ("Machines", machines.MachineDescription),
        ("Telemetry", machines.TelemetryDescription),
        ("Bearing", machines.BearingDescription),
        ("Background", machines.BackgroundDescription),
        ("Guardian", guardian.GuardianDescription),
        ("Shelving", guardian.ShelvingDescription),
        ("Suppression", guardian.SuppressionDescription),
        ("Flood", guardian.FloodDescription),
        ("Operators", guardian.OperatorsDescription),
        ("Record", guardian.RecordDescription),
        ("Evidence", guardian.EvidenceDescription),
    ],
)
def test_each_section_names_every_key_and_its_default(title: str, model: type[BaseModel]) -> None:
    documented = {row[0].strip("`"): row[2].strip("`") for row in rows(title)}
    assert list(documented) == list(model.model_fields)
    for name, field in model.model_fields.items():
        if field.is_required():
            assert documented[name] == "required"
        elif field.default == "":
            assert documented[name] in ("none", "the first")
        elif isinstance(field.default, str | float) and not isinstance(field.default, bool):
            assert documented[name] == str(field.default)
        elif isinstance(field.default, bool):
            assert documented[name] == str(field.default).lower()


def test_the_alarm_section_names_every_key_and_every_default_policy() -> None:
    keys = list(schema.AlarmDescription.model_fields)
    table = rows("Alarms")
    assert [row[0].strip("`") for row in table[: len(keys)]] == keys
    assert table[len(keys) :] == [
        [
            f"`{kind.value}`",
            policy.priority.value,
            f"{policy.on_delay_ns / 1e9:g} s",
            f"{policy.off_delay_ns / 1e9:g} s",
            f"{policy.realarm_ns / 1e9:g} s" if policy.realarm_ns else "never",
            "yes" if policy.latching else "no",
        ]
        for kind, policy in DEFAULT_POLICIES.items()
    ]


def test_the_example_in_the_document_is_right() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", TEXT, flags=re.DOTALL)
    assert parse_cell(example, Path("cell.yaml")).cell == "press_line"


def test_the_full_example_uses_every_key_of_the_schema() -> None:
    used: set[str] = set()

    def walk(node: object) -> None:
        if isinstance(node, dict):
            used.update(str(key) for key in node)
            for value in node.values():
                walk(value)

    text = (ROOT / "config/cells/example.yaml").read_text(encoding="utf-8")
    walk(yaml.safe_load(text))
    keys = {
        key
        for model in (
            schema.CellDescription,
            schema.CameraDescription,
            schema.ZoneDescription,
            schema.MicrophoneDescription,
            schema.SpeakerDescription,
            schema.AlarmDescription,
            machines.MachineDescription,
            machines.TelemetryDescription,
            machines.BearingDescription,
            machines.SpeedDescription,
            machines.VelocityDescription,
            machines.LimitDescription,
            machines.BackgroundDescription,
        )
        for key in model.model_fields
    }
    assert keys <= used
