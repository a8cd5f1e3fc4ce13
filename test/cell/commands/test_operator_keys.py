"""The file of operators' keys: for its owner only, and never shown."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tml_ros.cell.commands.operator_keys import (
    OperatorKeysError,
    add_operator,
    load_operator_keys,
    parse_operator_keys,
)

ANN, BOB = bytes(range(32)), bytes(range(1, 33))


def written(tmp_path: Path, text: str, mode: int = 0o600) -> Path:
    path = tmp_path / "operators.yaml"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def test_the_keys_are_found_by_the_operators_name(tmp_path):
    path = written(tmp_path, f'Ann: "{ANN.hex()}"\nJörg B.: {BOB.hex().upper()}\n')
    keys = load_operator_keys(path)
    assert keys.operators() == ("Ann", "Jörg B.")
    assert (keys.of("Ann"), keys.of("Jörg B."), keys.of("ann")) == (ANN, BOB, None)


def test_keys_never_show():
    keys = parse_operator_keys(f'Ann: "{ANN.hex()}"', Path("k"))
    assert repr(keys) == f"{keys}" == "OperatorKeys('Ann')"
    assert not hasattr(keys, "__dict__")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620, 0o602, 0o777])
def test_a_file_that_others_may_read_or_write_is_refused_with_what_to_do(tmp_path, mode):
    path = written(tmp_path, f'Ann: "{ANN.hex()}"', mode)
    with pytest.raises(OperatorKeysError, match=f"chmod 600 {path}"):
        load_operator_keys(path)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no operator"),
        ("[]", "no operator"),
        ("# nobody\n", "no operator"),
        (f'"{ANN.hex()}"', "no operator"),
        (f"Ann: {'1' * 64}", "line 1: the key of 'Ann' is no text; put it in quotes"),
        (f"Ann: [{ANN.hex()}]", "no text"),
        (f'Ann: "{ANN.hex()[:-2]}"', "has 62 digits, allowed: 64 to 256"),
        (f'Ann: "{ANN.hex() * 5}"', "has 320 digits"),
        (f'Ann: "{ANN.hex()}0"', "pairs of digits"),
        (f'Ann: "{ANN.hex()[:-1]}g"', "pairs of digits"),
        (f'Ann: "{ANN.hex()[:-2]} a"', "pairs of digits"),
        (f'\n\n7: "{ANN.hex()}"', "line 3: an operator's name"),
        (f'" Ann": "{ANN.hex()}"', "name"),
        (f'"": "{ANN.hex()}"', "name"),
        (f'Ann: "{ANN.hex()}"\nAnn: "{BOB.hex()}"', "line 2: the operator of line 1 again"),
        (f'Ann: "{ANN.hex()}"\nBob: "{ANN.hex()}"', "line 2: 'Bob' has the key of 'Ann'"),
        (f'Ann: "{ANN.hex()}', "no YAML"),
        (f"Ann: *{ANN.hex()}", "line 1: no YAML"),
        (f"Ann: !!{ANN.hex()} x", "line 1: no YAML"),
        ("".join(f'O{n}: "{n:064x}"\n' for n in range(1001)), "more than 1000"),
    ],
)
def test_a_mistake_is_told_without_showing_a_key(text, told):
    with pytest.raises(OperatorKeysError) as caught:
        parse_operator_keys(text, Path("operators.yaml"))
    message = str(caught.value)
    assert told in message
    assert "operators.yaml: " in message
    for start in range(0, 40, 8):
        assert ANN.hex()[start : start + 16] not in message


def test_what_is_no_ordinary_file_of_text_is_refused_at_once(tmp_path):
    with pytest.raises(OperatorKeysError, match="tml-ros operator add"):
        load_operator_keys(tmp_path / "none.yaml")
    with pytest.raises(OperatorKeysError, match="no ordinary file"):
        load_operator_keys(tmp_path)
    os.mkfifo(tmp_path / "pipe", 0o600)
    with pytest.raises(OperatorKeysError, match="no ordinary file"):
        load_operator_keys(tmp_path / "pipe")
    with pytest.raises(OperatorKeysError, match="more than"):
        load_operator_keys(written(tmp_path, "#" * 600_000))
    path = written(tmp_path, "")
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(OperatorKeysError, match="UTF-8"):
        load_operator_keys(path)


def test_an_operator_is_added_beside_the_others_and_their_comments(tmp_path):
    path = tmp_path / "operators.yaml"
    before = os.umask(0o000)
    try:
        add_operator(path, "Ann", ANN)
        assert path.stat().st_mode & 0o777 == 0o600
        path.write_text(path.read_text() + "# of the night shift\nyes: no", encoding="utf-8")
        with pytest.raises(OperatorKeysError, match="name"):
            add_operator(path, "Bob", BOB)
        path.write_text(path.read_text().replace("yes: no", f'"yes": "{BOB.hex()}"'))
        add_operator(path, 'Jörg "J" B.', bytes(range(2, 34)))
    finally:
        os.umask(before)
    assert load_operator_keys(path).operators() == ("Ann", 'Jörg "J" B.', "yes")
    assert "# of the night shift" in path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["operators.yaml"]


def test_a_key_is_replaced_only_where_that_is_wanted(tmp_path):
    path = written(tmp_path, f'# shift A\nAnn: "{ANN.hex()}"\n# shift B\n')
    with pytest.raises(OperatorKeysError, match="'Ann' has a key already"):
        add_operator(path, "Ann", BOB)
    add_operator(path, "Ann", BOB, replace=True)
    assert load_operator_keys(path).of("Ann") == BOB
    assert ANN.hex() not in path.read_text()
    assert path.read_text().startswith("# shift A\n")
    assert path.read_text().endswith("# shift B\n")


@pytest.mark.parametrize(
    "text",
    [
        f'{{Ann: "{ANN.hex()}", Bob: "{BOB.hex()}"}}',
        f'Ann:\n  "{ANN.hex()}"\n',
        f'? Ann\n: "{ANN.hex()}"\n',
    ],
)
def test_a_file_that_cannot_be_changed_line_by_line_stays_as_it_is(tmp_path, text):
    path = written(tmp_path, text)
    with pytest.raises(OperatorKeysError):
        add_operator(path, "Ann", BOB, replace=True)
    assert path.read_text() == text
    assert [file.name for file in tmp_path.iterdir()] == ["operators.yaml"]


def test_a_key_of_another_operator_or_a_second_writer_is_refused(tmp_path):
    path = written(tmp_path, f'Ann: "{ANN.hex()}"\n')
    with pytest.raises(OperatorKeysError, match="has the key of"):
        add_operator(path, "Bob", ANN)
    (tmp_path / ".operators.yaml.new").touch()
    with pytest.raises(OperatorKeysError, match="remove it"):
        add_operator(path, "Bob", BOB)
    assert load_operator_keys(path).operators() == ("Ann",)
