"""Presets as files: those that ship, files of one's own, and every mistake with its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tml_ros.model.preset import Preset
from tml_ros.model.preset_file import PresetFileError, load_preset, parse_preset, preset_names

MODELS = Path(__file__).resolve().parents[2] / "config" / "models"
PLACE = Path("/presets/own.yaml")


def keys_of(tree: Any) -> set[str]:
    if not isinstance(tree, dict):
        return set()
    return {path for key, value in tree.items() for path in (key, *nested(key, value))}


def nested(key: str, value: Any) -> list[str]:
    return [f"{key}.{path}" for path in keys_of(value)]


def test_the_names_are_those_of_the_files_that_ship() -> None:
    assert "nano" in preset_names()
    assert set(preset_names()) == {path.stem for path in MODELS.glob("*.yaml")}


@pytest.mark.parametrize("name", preset_names())
def test_a_preset_that_ships_has_the_name_of_its_file(name: str) -> None:
    preset = load_preset(name)
    assert preset.name == name
    assert preset.about


def test_nano_is_the_default_shape_with_room_for_more_cameras_and_microphones() -> None:
    nano = load_preset("nano")
    changed = {"hearing": {"microphones": 2}, "sight": {"cameras": 4}}
    assert nano == Preset(name="nano", about=nano.about).changed(**changed)


def test_nano_writes_out_every_number() -> None:
    written = yaml.safe_load((MODELS / "nano.yaml").read_text(encoding="utf-8"))
    assert keys_of(written) == keys_of(Preset(name="any").model_dump())


def test_a_file_of_ones_own_is_named_by_its_path(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text("name: own\nsight: {columns: 12, rows: 7, patches_per_turn: 84}\n")
    preset = load_preset(str(file))
    assert (preset.name, preset.sight.columns, preset.sight.zones) == ("own", 12, 4)


@pytest.mark.parametrize(
    ("text", "line", "path", "found", "allowed"),
    [
        ("", 1, "", "nothing", "a mapping that begins with `name: <name>`"),
        ("name: own\n  x: 1", 2, "", "broken YAML", "config/models/nano.yaml"),
        ("about: none", 1, "name", "nothing", "letters, digits and hyphens"),
        ("name: My_Model", 1, "name", "'My_Model'", "letters, digits and hyphens"),
        ("name: own\nsihgt: {}", 2, "sihgt", "unknown key sihgt", "sight (did you mean that?)"),
        ("name: own\nsight:\n  colums: 3", 3, "sight.colums", "unknown key", "columns (did you"),
        ("name: own\nsight:\n  columns: 65", 3, "sight.columns", "65", "at most 64"),
        ("name: own\nsight:\n  columns: 6.5", 3, "sight.columns", "6.5", "a whole number"),
        ("name: own\nsight:\n  stem: [48]", 3, "sight.stem[1]", "nothing", "a value"),
        ("name: own\nvoice:\n  steps: 9", 3, "voice.steps", "9", "at most 8"),
        ("name: own\ntransformer:\n  rope_base: .nan", 3, "transformer.rope_base", "nan", ""),
        ("name: own\ntransformer:\n  experts:\n    count: 4\n    chose: 1\n    chosen: 2\n"
         "    hidden: 8", 5, "transformer.experts.chose", "unknown key", "chosen (did you mean"),
        ("name: own\nhearing:\n  frames_per_token: 3", 2, "hearing", "do not agree",
         "must divide 8"),
        ("name: own\nsight: {cameras: 32}", 1, "", "do not agree", "too small to refresh 768"),
    ],
)  # fmt: skip
def test_a_mistake_has_its_line_its_place_what_was_found_and_what_is_allowed(
    text: str, line: int, path: str, found: str, allowed: str
) -> None:
    with pytest.raises(PresetFileError) as caught:
        parse_preset(text, PLACE)
    (problem,) = caught.value.problems
    assert (problem.line, problem.path) == (line, path)
    assert found in problem.found
    assert allowed in problem.allowed
    assert str(PLACE) in str(caught.value)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("oracle", "oracle: no preset of that name; expected one of"),
        ("../cells/simulated", "no preset of that name"),
        ("/nowhere/own.yaml", "/nowhere/own.yaml: no such file; expected the path of a preset"),
        ("", "no preset of that name"),
    ],
)
def test_what_is_not_there_is_answered_with_what_is(name: str, words: str) -> None:
    with pytest.raises(PresetFileError) as caught:
        load_preset(name)
    assert words in str(caught.value)
    assert not caught.value.readable


PARTS = [name for name in Preset.model_fields if name not in ("name", "about")]
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 10**6),
    st.floats(),
    st.text(max_size=4),
    st.lists(st.integers(0, 99), max_size=3),
)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_nano_with_one_number_spoilt_is_a_preset_or_named_problems(data: st.DataObject) -> None:
    tree = load_preset("nano").model_dump(mode="json")
    part = data.draw(st.sampled_from(PARTS))
    key = data.draw(st.sampled_from(sorted(tree[part])))
    tree[part][key] = data.draw(VALUES)
    try:
        assert isinstance(parse_preset(yaml.safe_dump(tree), PLACE), Preset)
    except PresetFileError as error:
        assert error.problems
        assert all(problem.found and problem.allowed for problem in error.problems)
