"""The anchor file repeats heads, stays small, and reads past half a line."""

from __future__ import annotations

import pytest

from tml_ros.audit.anchor import (
    AnchorError,
    AnchorFile,
    anchor_line,
    newest_anchors,
    parse_anchor_line,
    read_anchors,
)
from tml_ros.audit.chain import Head


def head(seq):
    return Head("ab" * 16, seq, seq * 1_000, f"{seq:064x}")


def test_heads_come_back_in_order(tmp_path):
    path = tmp_path / "deep" / "anchor"
    for seq in range(1, 6):
        AnchorFile(path).append(head(seq))
    assert read_anchors(path) == ([head(seq) for seq in range(1, 6)], [])
    assert newest_anchors(path)[-1] == head(5)
    assert path.stat().st_mode & 0o077 == 0


def test_the_files_stay_small_and_the_newest_heads_are_kept(tmp_path):
    path = tmp_path / "anchor"
    anchors = AnchorFile(path, max_bytes=2_000)
    for seq in range(1, 200):
        anchors.append(head(seq))
    assert {one.name for one in tmp_path.iterdir()} == {"anchor", "anchor.1"}
    assert sum(one.stat().st_size for one in tmp_path.iterdir()) < 5_000
    heads, wrong = read_anchors(path)
    assert (heads[-1], wrong) == (head(199), [])
    assert heads == [head(seq) for seq in range(heads[0].seq, 200)]


def test_half_a_line_is_cut_off_by_the_next(tmp_path):
    path = tmp_path / "anchor"
    AnchorFile(path).append(head(1))
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:30])
    assert read_anchors(path) == ([head(1)], [])
    AnchorFile(path).append(head(2))
    assert read_anchors(path) == ([head(1), head(2)], [])


def test_a_line_that_is_no_anchor_is_told_with_its_place(tmp_path):
    path = tmp_path / "anchor"
    AnchorFile(path).append(head(1))
    path.write_bytes(path.read_bytes() + b"meeting notes\n")
    AnchorFile(path).append(head(2))
    heads, wrong = read_anchors(path)
    assert heads == [head(1), head(2)]
    assert [line.partition(":")[0] for line in wrong] == ["anchor, line 2"]


@pytest.mark.parametrize(
    "line",
    ["", "{}", "[]", "1", anchor_line(head(1)).replace('"seq":1', '"seq":"1"'), "{" * 5_000],
)
def test_what_is_no_anchor_is_refused(line):
    with pytest.raises(AnchorError):
        parse_anchor_line(line)


def test_no_file_no_anchors(tmp_path):
    assert newest_anchors(tmp_path / "anchor") == []
    with pytest.raises(FileNotFoundError):
        read_anchors(tmp_path / "anchor")
