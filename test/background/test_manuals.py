"""Manuals: cut into passages with their places, searched with any words, kept up to date."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tml_ros.background import manual_text
from tml_ros.background.manual_text import PASSAGE, UnreadableManualError, read_manual
from tml_ros.background.manuals import Manuals, ManualsError

sys.path.insert(0, str(Path(__file__).parent))

from small_pdf import small_pdf

PRESS = """\
Press 2000
==========
A hydraulic press.

# Care
## Lubrication
Grease the main bearing with LGMT 2 every 500 hours.

```
# not a heading
```
## Hydraulics
The pump gives 180 bar. Schmieröl alle zwei Jahre wechseln.

Faults
------
E07: overtemperature of the drive.
"""
PLAIN = """\
Feed pump

1 General

For water.

2.1 Oil change

Drain the oil while it is warm.

SAFETY

Lock out first.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "manuals"
    (place / "press").mkdir(parents=True)
    (place / "press" / "press.md").write_text(PRESS)
    (place / "pump.txt").write_text(PLAIN)
    return place


def sections(path: Path) -> list[tuple[str, str]]:
    return [(one.title, one.text) for one in read_manual(path)]


def test_markdown_is_cut_at_its_headings(folder: Path) -> None:
    assert sections(folder / "press" / "press.md") == [
        ("Press 2000", "A hydraulic press."),
        ("Care > Lubrication", "Grease the main bearing with LGMT 2 every 500 hours.\n"
         "``` # not a heading ```"),
        ("Care > Hydraulics", "The pump gives 180 bar. Schmieröl alle zwei Jahre wechseln."),
        ("Care > Faults", "E07: overtemperature of the drive."),
    ]  # fmt: skip


def test_plain_text_is_cut_at_what_looks_like_a_heading(folder: Path) -> None:
    assert sections(folder / "pump.txt") == [
        ("", "Feed pump"),
        ("1 General", "For water."),
        ("2.1 Oil change", "Drain the oil while it is warm."),
        ("SAFETY", "Lock out first."),
    ]


def test_long_paragraphs_are_torn_at_sentences(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_text("Turn the valve slowly to the left. " * 200 + "x" * 3_000)
    texts = [text for _, text in sections(path)]
    assert all(len(text) <= PASSAGE for text in texts)
    assert all(text.endswith("left.") for text in texts[:-5])
    assert "".join("".join(texts).split()) == "".join(path.read_text().split())


def test_a_passage_is_found_and_cited_by_file_and_section(folder: Path) -> None:
    manuals = Manuals()
    manuals.add_folder(folder)
    (best, *_) = manuals.search("Which grease does the main bearing need?")
    assert best.citation == "press/press.md, Care > Lubrication"
    assert "LGMT 2" in best.text
    assert best.matched == 0.75


def test_a_pdf_is_cited_by_its_page(folder: Path) -> None:
    pytest.importorskip("pypdf", reason="pypdf is not installed")
    pages = ("Spindle 300\nTechnical data", "Change the toothed belt\nafter 8000 hours")
    (folder / "spindle.pdf").write_bytes(small_pdf(*pages))
    manuals = Manuals()
    manuals.add_folder(folder)
    (best, *_) = manuals.search("when to change the toothed belt", 1)
    assert (best.file, best.page) == ("spindle.pdf", 2)
    assert best.citation == "spindle.pdf, page 2"


@pytest.mark.parametrize(
    ("query", "section"),
    [
        ("Schmieröl wechseln", "Care > Hydraulics"),
        ("schmieroel WECHSELN", "Care > Hydraulics"),
        ("lubricating the bearings", "Care > Lubrication"),
        ("error E07 overtemperature", "Care > Faults"),
        ('"oil" change*', "2.1 Oil change"),
        ("overtemperature", "Care > Faults"),
        ("-oil", "2.1 Oil change"),
    ],
)
def test_words_are_found_in_other_forms(folder: Path, query: str, section: str) -> None:
    manuals = Manuals()
    manuals.add_folder(folder)
    assert manuals.search(query, 1)[0].section == section


@pytest.mark.parametrize(
    "query",
    ["", "the of and", "overhead crane inspection", '"', "a OR b AND NEAR(x, 3)", "text:oil )", "*",
     "SELECT * FROM passages; DROP TABLE passages", "\x00", "^", "日本語", "{x} + col:"],
)  # fmt: skip
def test_a_query_of_any_kind_finds_nothing_rather_than_breaking(folder: Path, query: str) -> None:
    manuals = Manuals()
    manuals.add_folder(folder)
    assert manuals.search(query) == ()


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300), st.integers(-3, 1_000))
def test_no_query_breaks_the_search(query: str, limit: int) -> None:
    assert len(_ANY.search(query, limit)) <= 20


_ANY = Manuals()


def test_only_files_that_changed_are_read_again(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = tmp_path / "manuals.sqlite"
    with Manuals(index) as manuals:
        first = manuals.add_folder(folder)
    assert sorted(first.added) == ["press/press.md", "pump.txt"]
    (folder / "pump.txt").write_text("2 Belt\n\nNow with a toothed belt.\n")
    os.utime(folder / "press" / "press.md", (1, 1))
    with Manuals(index) as manuals:
        again = manuals.add_folder(folder)
        assert (again.added, again.unchanged) == (("pump.txt",), ("press/press.md",))
        assert manuals.search("drain the oil") == ()
        assert manuals.search("toothed belt")[0].file == "pump.txt"
        (folder / "pump.txt").unlink()
        assert manuals.add_folder(folder).removed == ("pump.txt",)
        assert manuals.search("toothed belt") == ()
        assert manuals.files == ("press/press.md",)


def test_what_cannot_be_read_is_left_out_and_said(folder: Path, tmp_path: Path) -> None:
    pytest.importorskip("pypdf", reason="pypdf is not installed")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4\nnothing")
    (folder / "picture.pdf").write_bytes(small_pdf(""))
    (folder / "empty.md").write_text("")
    (folder / "data.txt").write_bytes(b"\x00\x01")
    (folder / "old.txt").write_bytes("Öl nachfüllen bei Bedarf".encode("cp1252"))
    (folder / ".hidden.md").write_text("secret words")
    (folder / "drawing.dwg").write_text("x")
    outside = tmp_path / "outside.md"
    outside.write_text("not of this folder")
    (folder / "link.md").symlink_to(outside)
    manuals = Manuals()
    found = manuals.add_folder(folder)
    reasons = dict(found.skipped)
    assert set(reasons) == {"broken.pdf", "picture.pdf", "empty.md", "data.txt"}
    assert "not a PDF" in reasons["broken.pdf"]
    assert "text recognition" in reasons["picture.pdf"]
    assert manuals.search("Öl nachfüllen")[0].file == "old.txt"
    assert manuals.search("secret words") == ()


def test_without_pypdf_pdfs_are_left_out_and_that_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "spindle.pdf").write_bytes(small_pdf("Toothed belt"))
    monkeypatch.setattr(manual_text, "find_spec", lambda name: None)
    ((name, reason),) = Manuals().add_folder(folder).skipped
    assert name == "spindle.pdf"
    assert "pip install 'tml_ros[background]'" in reason


def test_too_much_is_refused_rather_than_half_taken_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "long.md"
    path.write_text("word " * 2_000)
    monkeypatch.setattr(manual_text, "MAX_PASSAGES", 3)
    with pytest.raises(UnreadableManualError, match="more than 3 passages"):
        read_manual(path)
    monkeypatch.setattr(manual_text, "MAX_TEXT_BYTES", 100)
    with pytest.raises(UnreadableManualError, match="MB of text"):
        read_manual(path)


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ManualsError, match="no such folder"):
        Manuals().add_folder(tmp_path / "none")


@pytest.mark.parametrize("content", [b"not a database at all" * 100, b"SQLite format 3\x00rest"])
def test_a_damaged_index_is_set_aside_and_built_anew(
    folder: Path, tmp_path: Path, content: bytes
) -> None:
    index = tmp_path / "manuals.sqlite"
    index.write_bytes(content)
    with Manuals(index) as manuals:
        assert manuals.problems
        assert len(manuals.add_folder(folder).added) == 2
    with Manuals(index) as manuals:
        assert manuals.search("main bearing")
    assert (tmp_path / "manuals.sqlite.damaged-1").read_bytes() == content


def test_an_index_is_read_while_another_holds_it(folder: Path, tmp_path: Path) -> None:
    index = tmp_path / "manuals.sqlite"
    with Manuals(index) as manuals:
        manuals.add_folder(folder)
        with Manuals(index, read_only=True) as reader:
            assert reader.search("main bearing") == manuals.search("main bearing") != ()
