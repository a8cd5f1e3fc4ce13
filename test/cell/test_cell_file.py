"""Cell files: every mistake at once, each with its place, what was found and what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.cell_file import CellFileError, load_cell, parse_cell
from tml_ros.settings.settings_file import MAX_BYTES

CELLS = Path(__file__).resolve().parents[2] / "config" / "cells"
PLACE = Path("/cells/hall.yaml")
GOOD = {
    "cell": "hall",
    "cameras": {
        "eye": {
            "size": [480, 270],
            "zones": {"line": {"polygon": [[0, 126], [251, 126], [108, 270], [0, 270]]}},
        }
    },
    "microphones": {"ear": {}},
}
LINE = {"polygon": [[0, 0], [100, 0], [100, 100]]}


def with_value(path: tuple, value: object) -> dict:
    """GOOD with one place changed."""
    description = yaml.safe_load(yaml.safe_dump(GOOD))
    inside = description
    for key in path[:-1]:
        inside = inside.setdefault(key, {}) if isinstance(inside, dict) else inside[key]
    inside[path[-1]] = value
    return description


def problems_of(description: object) -> dict[str, tuple[str, str]]:
    with pytest.raises(CellFileError) as caught:
        parse_cell(yaml.safe_dump(description, sort_keys=False), PLACE)
    return {p.path: (p.found, p.allowed) for p in caught.value.problems}


def test_a_good_file_gives_its_description(tmp_path: Path) -> None:
    file = tmp_path / "cell.yaml"
    file.write_text(yaml.safe_dump(GOOD))
    cell = load_cell(file)
    assert cell == CellDescription.model_validate(GOOD)
    assert cell.cameras["eye"].zones["line"].polygon[1] == (251.0, 126.0)


EYE = ("cameras", "eye")
ZONE = (*EYE, "zones", "line")


@pytest.mark.parametrize(
    ("path", "value", "place", "found", "allowed"),
    [
        (("cell",), "Hall", "cell", "'Hall'", "lower-case letters"),
        (("cell",), None, "cell", "nothing", "text"),
        (("cell",), 12, "cell", "12", "text"),
        (("language",), "xx", "language", "'xx'", "de, en"),
        (("language",), "EN gb", "language", "'EN gb'", "de, en"),
        (("langage",), "en", "langage", "unknown key langage", "language (did you mean"),
        (("model",), "", "model", "''", "at least 1 character"),
        (("experimental",), ["speach"], "experimental[0]", "'speach'", "speech"),
        (("experimental",), "speech", "experimental", "'speech'", "a list"),
        (("cameras",), [1], "cameras", "[1]", "a mapping"),
        (("cameras", "Eye"), {}, "cameras.Eye", "'Eye'", "lower-case letters"),
        (("cameras", True), {}, "cameras.True", "True", "in quotes"),
        (EYE, 3, "cameras.eye", "3", "a mapping"),
        ((*EYE, "sise"), 1, "cameras.eye.sise", "unknown key sise", "size (did you mean"),
        ((*EYE, "size"), [480], "cameras.eye.size[1]", "nothing", "a value"),
        ((*EYE, "size"), [480, 7], "cameras.eye.size[1]", "7", "at least 16"),
        ((*EYE, "size"), [480, "270"], "cameras.eye.size[1]", "'270'", "a whole number"),
        ((*EYE, "size"), None, "cameras.eye.size", "nothing", "because the zones are drawn in"),
        ((*EYE, "rate"), 0, "cameras.eye.rate", "0", "more than 0"),
        ((*EYE, "rate"), True, "cameras.eye.rate", "True", "a number"),
        ((*EYE, "loop"), "often", "cameras.eye.loop", "'often'", "true or false"),
        ((*EYE, "lost_after"), 61, "cameras.eye.lost_after", "61", "at most 60"),
        ((*EYE, "topic"), "a b", "cameras.eye.topic", "'a b'", "a ROS topic name"),
        ((*EYE, "topic"), "a//b", "cameras.eye.topic", "'a//b'", "a ROS topic name"),
        ((*EYE, "source"), "ftp://x/y", "cameras.eye.source", "'ftp://x/y'", "rtsp://"),
        ((*EYE, "source"), -1, "cameras.eye.source", "-1", "a device index from 0"),
        ((*EYE, "source"), [], "cameras.eye.source", "[]", "a device index from 0"),
        (ZONE, {}, "cameras.eye.zones.line.polygon", "nothing", "a value"),
        ((*ZONE, "units"), "inch", "cameras.eye.zones.line.units", "'inch'", "pixels, fractions"),
        ((*ZONE, "polygon", 2), [512, 10], "cameras.eye.zones.line.polygon[2]", "(512, 10)",
         "0..480 by 0..270"),
        ((*ZONE, "polygon", 2), [-0.5, 10], "cameras.eye.zones.line.polygon[2]", "(-0.5, 10)",
         "0..480 by 0..270"),
        ((*ZONE, "polygon", 2), [float("nan"), 10], "cameras.eye.zones.line.polygon[2][0]", "nan",
         "a finite number"),
        ((*ZONE, "polygon", 2), [1, 2, 3], "cameras.eye.zones.line.polygon[2]", "[1, 2, 3]",
         "at most 2 entries"),
        ((*ZONE, "polygon", 2), [1, "2"], "cameras.eye.zones.line.polygon[2][1]", "'2'",
         "a number"),
        ((*ZONE, "polygon"), [[0, 0], [9, 9]], "cameras.eye.zones.line.polygon",
         "[[0, 0], [9, 9]]", "at least 3 entries"),
        ((*ZONE, "polygon"), [[0, 0], [99, 99], [99, 0], [0, 99]],
         "cameras.eye.zones.line.polygon", "", "does not cross itself"),
        ((*ZONE, "polygon"), [[0, 0], [50, 50], [99, 99]], "cameras.eye.zones.line.polygon", "",
         "not lie on one line"),
        ((*ZONE, "polygon"), [[0, 0], [3, 0], [0, 3]], "cameras.eye.zones.line.polygon", "",
         "an area of at least"),
        ((*ZONE, "polygon"), [[0, 0], [99, 0], [99, 0], [0, 99]],
         "cameras.eye.zones.line.polygon[2]", "(99, 0)", "other than the one before"),
        ((*EYE, "zones", "far"), {"polygon": [[0, 0], [1, 0], [1, 1.5]], "units": "fractions"},
         "cameras.eye.zones.far.polygon[2]", "(1, 1.5)", "0..1 by 0..1"),
        (("microphones", "ear", "rate"), 100, "microphones.ear.rate", "100", "at least 8000"),
        (("microphones", "ear", "rate"), 1.6e4, "microphones.ear.rate", "16000.0", "whole number"),
        (("microphones", "ear", "source"), "http://x", "microphones.ear.source", "'http://x'",
         "wav file"),
        (("microphones", "ear", "topic"), "eye/image", "microphones.ear.topic", "'eye/image'",
         "a topic of its own; cameras.eye"),
        (("speaker",), {"volume": 2}, "speaker.volume", "2", "at most 1"),
        (("alarms",), {"person_in_zon": {}}, "alarms.person_in_zon", "'person_in_zon'",
         "person_in_zone (did you mean"),
        (("alarms",), {"zzz": {}}, "alarms.zzz", "'zzz'", "siren"),
        (("alarms",), {"siren": {"priority": "hig"}}, "alarms.siren.priority", "'hig'",
         "high (did you mean"),
        (("alarms",), {"siren": {"on_delay": -1}}, "alarms.siren.on_delay", "-1", "at least 0"),
        (("alarms",), {"siren": {"warning": "{who}"}}, "alarms.siren.warning", "'{who}'",
         "no braces but those of {zone}"),
        (("alarms",), {"siren": {"warning": "{zone!r}"}}, "alarms.siren.warning", "'{zone!r}'",
         "no braces"),
    ],
)  # fmt: skip
def test_a_mistake_names_its_place_what_was_found_and_what_is_allowed(
    path: tuple, value: object, place: str, found: str, allowed: str
) -> None:
    problems = problems_of(with_value(path, value))
    assert list(problems) == [place]
    assert found in problems[place][0]
    assert allowed in problems[place][1]


def test_a_cell_without_eyes_and_ears_is_a_mistake() -> None:
    assert problems_of({"cell": "hall"}) == {
        "cameras": ("nothing", "at least one camera or microphone")
    }


def test_mistakes_in_different_places_do_not_hide_each_other() -> None:
    description = {
        "cell": "Hall",
        "langage": "de",
        "cameras": {
            "eye": {
                "size": [480, 270],
                "sise": 1,
                "rate": "fast",
                "zones": {
                    "far": {"polygon": [[0, 0], [10, 0], [512, 10], [0, 300]]},
                    "bow": {"polygon": [[0, 0], [9, 9], [9, 0], [0, 8]]},
                },
            },
            "second": {"topic": "eye/image", "zones": {"z": LINE}},
        },
        "microphones": {"ear": {"rate": 1}},
        "alarms": {"person_in_zon": {"priority": "hig"}, "siren": {"warning": "{x}"}},
    }
    assert set(problems_of(description)) == {
        "cell",
        "langage",
        "cameras.eye.sise",
        "cameras.eye.rate",
        "cameras.eye.zones.far.polygon[2]",
        "cameras.eye.zones.far.polygon[3]",
        "cameras.eye.zones.bow.polygon",
        "cameras.second.topic",
        "cameras.second.size",
        "microphones.ear.rate",
        "alarms.person_in_zon",
        "alarms.person_in_zon.priority",
        "alarms.siren.warning",
    }


def test_a_bad_size_does_not_blame_the_polygons_drawn_in_it() -> None:
    description = with_value((*EYE, "size"), [480, "270"])
    assert list(problems_of(description)) == ["cameras.eye.size[1]"]


def test_problems_come_in_the_order_of_the_file_with_their_lines() -> None:
    text = "cell: Hall\ncameras:\n  eye:\n    rate: 0\n    sise: 1\n"
    with pytest.raises(CellFileError) as caught:
        parse_cell(text, PLACE)
    assert [(p.path, p.line) for p in caught.value.problems] == [
        ("cell", 1),
        ("cameras.eye.rate", 4),
        ("cameras.eye.sise", 5),
    ]


def test_a_key_written_twice_is_refused_beside_other_mistakes() -> None:
    text = "cell: hall\ncameras:\n  eye: {rate: 5}\n  eye: {rate: 0}\n"
    with pytest.raises(CellFileError) as caught:
        parse_cell(text, PLACE)
    assert [(p.path, p.line, p.allowed) for p in caught.value.problems] == [
        ("cameras.eye", 4, "once; it is already in line 3"),
        ("cameras.eye.rate", 4, "more than 0"),
    ]


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        ("", 1, "nothing"),
        ("# only a comment\n", 1, "nothing"),
        ("- cell\n", 1, "a list"),
        ("hall", 1, "'hall'"),
        ("cell: hall\ncameras: [\n", 3, "expected the node content"),
        ("cell: hall\n\tcameras: 1\n", 2, "cannot start any token"),
        ("cell: 'hall\n", 2, "unexpected end of stream"),
        ("cell: hall\n---\ncell: two\n", 2, "another document"),
        ("a: &x 1\nb: *x\n", 2, "an alias"),
        ("cell: !!python/object/apply:os.system [echo]\n", 1, "could not determine a constructor"),
        ("cell: hall\nrate: !!int x\n", 2, "a value that cannot be read"),
        ("cell: 2024-13-45\n", 1, "a value that cannot be read"),
        ("? [a]\n: 1\n", 1, "unhashable key"),
        ("cell: h\x01\n", 1, "the character"),
        ("x: " + "[" * 50 + "]" * 50, 1, "deep nesting"),
    ],
)
def test_text_that_is_no_mapping_of_plain_yaml_is_named_with_its_line(
    text: str, line: int, found: str
) -> None:
    with pytest.raises(CellFileError) as caught:
        parse_cell(text, PLACE)
    (problem,) = caught.value.problems
    assert (problem.path, problem.line) == ("", line)
    assert found in problem.found


def test_a_file_that_cannot_be_read_as_text_is_named(tmp_path: Path) -> None:
    latin = tmp_path / "latin.yaml"
    latin.write_bytes(b"cell: hall\nmodel: \xe4\n")
    large = tmp_path / "large.yaml"
    large.write_bytes(b"#" * (MAX_BYTES + 1))
    for path, found in [
        (tmp_path / "absent.yaml", "no such file"),
        (tmp_path, "a folder"),
        (latin, "byte 0xe4"),
        (large, "more than 256 kB"),
        (Path("bad\0name"), "cannot be read"),
    ]:
        with pytest.raises(CellFileError) as caught:
            load_cell(path)
        (problem,) = caught.value.problems
        assert found in problem.found
        assert str(path) in str(caught.value)


def test_files_are_seen_from_the_folder_of_the_yaml_and_devices_are_left_alone(
    tmp_path: Path,
) -> None:
    (tmp_path / "take1").write_bytes(b"")
    file = tmp_path / "cell.yaml"
    description = {
        "cell": "hall",
        "cameras": {
            "clip": {"source": "clips/a.mp4"},
            "usb": {"source": 0},
            "usb_text": {"source": "1"},
            "node": {"source": "/dev/video0"},
            "net": {"source": "rtsp://host/a.mp4"},
            "there": {"source": "/data/b.avi"},
        },
        "microphones": {
            "wav": {"source": "a.WAV", "topic": "w"},
            "bare": {"source": "take1"},
            "name": {"source": "default"},
        },
        "speaker": {"sink": "out.wav"},
        "model": "models/own.yaml",
    }
    file.write_text(yaml.safe_dump(description))
    cell = load_cell(file)
    assert {name: camera.source for name, camera in cell.cameras.items()} == {
        "clip": str(tmp_path / "clips/a.mp4"),
        "usb": 0,
        "usb_text": "1",
        "node": "/dev/video0",
        "net": "rtsp://host/a.mp4",
        "there": "/data/b.avi",
    }
    assert {name: mic.source for name, mic in cell.microphones.items()} == {
        "wav": str(tmp_path / "a.WAV"),
        "bare": str(tmp_path / "take1"),
        "name": "default",
    }
    assert cell.speaker is not None
    assert cell.speaker.sink == str(tmp_path / "out.wav")
    assert cell.model == str(tmp_path / "models/own.yaml")


@pytest.mark.parametrize(
    ("named", "read"),
    [
        ("none", "none"),
        ("nano", "nano"),
        ("own.safetensors", "/cells/own.safetensors"),
        ("/models/own.yaml", "/models/own.yaml"),
    ],
)
def test_a_model_file_is_seen_from_the_cell_file_and_a_name_is_a_name(
    named: str, read: str
) -> None:
    assert parse_cell(f"cell: c\ncameras: {{eye: {{}}}}\nmodel: {named}\n", PLACE).model == read


@pytest.mark.parametrize("file", sorted(CELLS.glob("*.yaml")), ids=lambda p: p.stem)
def test_the_cells_that_ship_are_right(file: Path) -> None:
    assert load_cell(file).cameras


KEYS = st.one_of(
    st.sampled_from(["cell", "cameras", "eye", "zones", "line", "polygon", "size", "units"]),
    st.sampled_from(["microphones", "alarms", "siren", "warning", "speaker", "sink", "source"]),
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=6),
    st.sampled_from(["hall", "fractions", "pixels", "{zone}", "en", [480, 270]]),
    st.dates(),
    st.binary(max_size=4),
)
TREES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(KEYS, st.text(max_size=4), st.integers()), inner, max_size=6),
    ),
    max_leaves=25,
)


def either_a_cell_or_named_problems(text: str) -> None:
    try:
        assert isinstance(parse_cell(text, PLACE), CellDescription)
    except CellFileError as error:
        assert error.problems
        assert all(problem.found and problem.allowed for problem in error.problems)
        str(error).encode()


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.characters(), max_size=80))
@example("? !!set {a}\n: 1")
@example("{? {}: 1}")
@example('"\\ud800": 1')
@example('cell: "\\ud800"')
@example("!!binary x")
@example("a: !!timestamp x")
@example("a: !!float ''")
@example("a: !!bool x")
@example("a: !!omap [1]")
@example("<<: 1")
@example("<<: {a: 1}")
@example("=: 1")
@example("a: " + "9" * 5000)
@example("cell: hall\n? |\n  x\n: 1")
def test_any_text_is_a_cell_or_named_problems(text: str) -> None:
    either_a_cell_or_named_problems(text)


@settings(max_examples=120, deadline=None)
@given(TREES)
def test_any_tree_is_a_cell_or_named_problems(tree: object) -> None:
    either_a_cell_or_named_problems(yaml.safe_dump(tree, allow_unicode=True))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_good_file_with_one_place_spoilt_is_a_cell_or_named_problems(data: st.DataObject) -> None:
    paths = [(*EYE, "size"), (*EYE, "zones"), ZONE, (*ZONE, "polygon"), (*ZONE, "polygon", 2)]
    paths += [("cell",), ("cameras",), EYE, (*EYE, "topic"), ("microphones",), ("alarms",)]
    description = with_value(data.draw(st.sampled_from(paths)), data.draw(TREES))
    either_a_cell_or_named_problems(yaml.safe_dump(description, sort_keys=False))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_in_a_file_are_a_cell_or_named_problems(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    file = tmp_path_factory.getbasetemp() / "fuzz.yaml"
    file.write_bytes(content)
    with pytest.raises(CellFileError):
        load_cell(file)
