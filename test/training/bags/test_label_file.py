"""Labels as a person writes them, and what is wrong with them, line by line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tml_ros.model.hazard_places import HEARD, SEEN
from tml_ros.model.layout import SessionLayout
from tml_ros.training.bags.label_file import Label, LabelFileError, parse_labels, read_labels
from tml_ros.turn.hazard import HazardKind

CORNERS = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0))
ONE = SessionLayout({"hall": {"press": CORNERS}}, ("bench",))
TWO = SessionLayout({"hall": {"press": CORNERS, "belt": CORNERS}}, ())
HEAD = "recording,start_s,end_s,kind,place,present\n"
PATH = Path("labels.csv")


def mistakes(text: str, layout: SessionLayout = TWO) -> str:
    with pytest.raises(LabelFileError) as refused:
        parse_labels(text, PATH, layout)
    return str(refused.value)


def test_a_row_is_a_label() -> None:
    (label,) = parse_labels(HEAD + "a/night.mcap,1.5,2,person_down,belt,yes\n", PATH, TWO)
    down = (HazardKind.PERSON_DOWN,)
    assert label == Label("a/night.mcap", 1.5, 2.0, down, "belt", present=True, line=2)


def test_the_example_in_the_manual_is_understood() -> None:
    manual = (Path(__file__).parents[3] / "docs" / "training.md").read_text(encoding="utf-8")
    (example,) = [part for part in manual.split("```") if part.strip().startswith("recording,")]
    labels = parse_labels(example, PATH, ONE)
    assert [label.present for label in labels] == [True, True, False, False]
    listed = next(line for line in manual.splitlines() if line.startswith("| `kind` |"))
    assert all(f"`{kind.value}`" in listed for kind in (*SEEN, *HEARD))


@pytest.mark.parametrize(
    ("row", "kinds", "place", "present"),
    [
        ("siren,,", (HazardKind.SIREN,), "bench", True),
        ("siren", (HazardKind.SIREN,), "bench", True),
        ("person_down,,", (HazardKind.PERSON_DOWN,), "press", True),
        ("person_down,,no", (HazardKind.PERSON_DOWN,), "", False),
        ("person_down,press,No", (HazardKind.PERSON_DOWN,), "press", False),
        ("none,,", (*SEEN, *HEARD), "", False),
        ("none", (*SEEN, *HEARD), "", False),
    ],
)
def test_what_is_left_out_is_what_there_is_only_one_of(
    row: str, kinds: tuple[HazardKind, ...], place: str, present: bool
) -> None:
    (label,) = parse_labels(HEAD + f"a.mcap,0,1,{row}\n", PATH, ONE)
    assert (label.kinds, label.place, label.present) == (kinds, place, present)


def test_comments_empty_lines_and_other_orders_of_columns_are_fine() -> None:
    text = "# by hand\n\nkind,end_s,start_s,recording\n# quiet\nnone,9,0,a.mcap\n,,,\n"
    (label,) = parse_labels(text, PATH, TWO)
    assert (label.start_s, label.end_s, label.line) == (0.0, 9.0, 5)


def test_a_spreadsheet_that_writes_decimal_commas_is_understood() -> None:
    (label,) = parse_labels("recording;start_s;end_s;kind\na.mcap;0,5;1,25;none\n", PATH, TWO)
    assert (label.start_s, label.end_s) == (0.5, 1.25)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("a.mcap,x,2,none", "line 2: start_s: found 'x', allowed: seconds from the beginning"),
        ("a.mcap,-1,2,none", "start_s: found '-1'"),
        ("a.mcap,nan,2,none", "start_s: found 'nan'"),
        ("a.mcap,0,inf,none", "end_s: found 'inf'"),
        ("a.mcap,2,2,none", "end_s: found 2, allowed: more than start_s, 2"),
        ("a.mcap,0,1,person_in_zon,press", "allowed: person_in_zone (did you mean that?)"),
        ("a.mcap,0,1,camera_lost", "kind: found 'camera_lost', allowed: "),
        ("a.mcap,0,1", "kind: found ''"),
        (
            "a.mcap,0,1,person_down",
            "place: found nothing, allowed: a zone of the cell, press, belt",
        ),
        ("a.mcap,0,1,person_down,hall", "place: found 'hall', allowed: a zone of the cell, press"),
        ("a.mcap,0,1,siren", "a microphone of the cell, none: the cell has no microphone"),
        ("a.mcap,0,1,none,press", "place: found 'press', allowed: nothing"),
        ("a.mcap,0,1,person_down,press,maybe", "present: found 'maybe', allowed: yes, no"),
        (",0,1,none", "recording: found ''"),
        ("../a.mcap,0,1,none", "recording: found '../a.mcap'"),
        ("a.mcap,0,1,none,,,more", "found 7 fields, allowed: 6"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_what_is_allowed(row: str, said: str) -> None:
    assert said in mistakes(HEAD + row + "\n")


def test_all_mistakes_are_told_at_once() -> None:
    said = mistakes(HEAD + "a.mcap,0,x,none\na.mcap,0,1,none\na.mcap,0,1,fire\n")
    assert "line 2:" in said
    assert "line 4:" in said
    assert "line 3:" not in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("start_s,end_s,kind\n", "line 1: found no column recording"),
        ("recording,start_s,end_s,kind,zone\n", "the unknown column 'zone'"),
        ("recording,start_s,end_s,kind,kind\n", "the column kind twice"),
        (HEAD, "found no label"),
        ("", "found no label"),
    ],
)
def test_a_file_without_the_columns_or_any_label_is_refused(text: str, said: str) -> None:
    assert said in mistakes(text)


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "no such file"), (b"", "an empty file"), (b"recording\n\xff", "byte 0xff")],
)
def test_what_is_no_text_is_refused(tmp_path: Path, content: bytes | None, said: str) -> None:
    path = tmp_path / "labels.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(LabelFileError, match=said):
        read_labels(path, ONE)
