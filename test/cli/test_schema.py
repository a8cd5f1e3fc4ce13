"""`tml-ros schema`: what is printed and written is what a cell reads and writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tml_ros.background.contracts import Delegation, Finding
from tml_ros.cell.commands.alarm_command import COMMANDS, alarm_command_schema
from tml_ros.cell.commands.alarm_result import AlarmResult
from tml_ros.cli.main import main


def run(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        main(["schema", *map(str, words)])
    return int(ended.value.code or 0), capsys.readouterr().out


def without_heading(schema: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in schema.items() if key not in {"$schema", "$comment"}}


@pytest.mark.parametrize(
    ("name", "model"),
    [("delegation", Delegation), ("finding", Finding), ("alarm-result", AlarmResult)],
)
def test_the_schema_printed_is_that_of_the_message(capsys, name, model):
    code, out = run(capsys, name)
    printed = json.loads(out)
    assert code == 0
    assert without_heading(printed) == model.model_json_schema()
    assert printed["$schema"].startswith("https://json-schema.org/")
    assert printed["properties"].keys() == model.model_fields.keys()
    assert printed["properties"]["schema_version"]["const"] == 1


def test_of_commands_there_is_one_schema_for_each(capsys):
    code, out = run(capsys, "alarm-command")
    printed = json.loads(out)
    assert code == 0
    assert without_heading(printed) == alarm_command_schema()
    assert len(printed["oneOf"]) == len(COMMANDS)


def test_all_are_printed_or_written_where_none_is_named(capsys, tmp_path):
    code, out = run(capsys)
    every = json.loads(out)
    assert (code, list(every)) == (
        0,
        ["delegation", "finding", "alarm-command", "alarm-result"],
    )
    code, out = run(capsys, "--out", tmp_path / "new" / "folder")
    assert (code, out) == (0, "")
    written = {path.name: json.loads(path.read_text()) for path in tmp_path.rglob("*.json")}
    assert written == {f"{name}.schema.json": schema for name, schema in every.items()}


def test_only_the_one_named_is_written(capsys, tmp_path):
    assert run(capsys, "finding", "--out", tmp_path) == (0, "")
    assert [path.name for path in tmp_path.iterdir()] == ["finding.schema.json"]


@pytest.mark.parametrize("words", [["opinion"], ["--out"]])
def test_what_there_is_no_schema_of_is_a_mistake(capsys, words):
    assert run(capsys, *words) == (2, "")


def test_a_folder_that_cannot_be_made_is_a_mistake(capsys, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    assert run(capsys, "--out", tmp_path / "file" / "under") == (2, "")
    assert run(capsys, "--out", tmp_path / "file") == (2, "")
