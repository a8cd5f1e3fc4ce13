"""A key is made once, kept to its owner, and never overwritten."""

from __future__ import annotations

import pytest

from tml_ros.audit.record_key import RecordKeyError, load_key, load_or_make_key


def test_a_key_is_made_where_there_is_none_and_found_again(tmp_path):
    path = tmp_path / "keys" / "press.key"
    made = load_or_make_key(path)
    assert (made.made, len(made.secret), made.warning) == (True, 32, "")
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]
    again = load_or_make_key(path)
    assert (again.secret, again.key_id, again.made) == (made.secret, made.key_id, False)
    assert load_or_make_key(tmp_path / "other.key").secret != made.secret


def test_a_key_tells_nothing_when_printed(tmp_path):
    key = load_or_make_key(tmp_path / "key")
    assert key.secret.hex() not in repr(key)
    assert repr(key.secret) not in repr(key)


def test_a_key_that_others_can_read_works_and_is_complained_about(tmp_path):
    path = tmp_path / "key"
    load_or_make_key(path)
    path.chmod(0o640)
    assert "chmod 600" in load_or_make_key(path).warning


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "0 hexadecimal digits"),
        (b"ab" * 15, "30 hexadecimal digits, allowed: at least 32"),
        (b"meeting notes", "is no key"),
        (b"\xff\xfe" * 40, "is no key"),
        (b"ab" * 10_000, ""),
    ],
)
def test_what_is_no_key_is_refused_and_left_alone(tmp_path, content, words):
    path = tmp_path / "key"
    path.write_bytes(content)
    if words:
        with pytest.raises(RecordKeyError, match=words):
            load_or_make_key(path)
    assert path.read_bytes() == content


def test_upper_case_spaces_and_other_lengths_are_a_key(tmp_path):
    path = tmp_path / "key"
    path.write_text("  " + "AB" * 16 + "\n\n")
    assert load_key(path).secret == b"\xab" * 16


def test_reading_only_never_makes_one(tmp_path):
    with pytest.raises(RecordKeyError, match="there is no key"):
        load_key(tmp_path / "key")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("place", ["file/key", "folder"])
def test_where_no_key_can_be_the_reason_is_told(tmp_path, place):
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(RecordKeyError, match=place):
        load_or_make_key(tmp_path / place)
