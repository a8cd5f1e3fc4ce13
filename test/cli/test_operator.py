"""`tml-ros operator`: keys that are made, written for their owners only, and not shown."""

from __future__ import annotations

import os
import re

import pytest

from tml_ros.cell.commands.operator_keys import load_operator_keys
from tml_ros.cli.main import main


@pytest.fixture
def operator(capsys):
    def operator(*words):
        with pytest.raises(SystemExit) as ended:
            main(["operator", *map(str, words)])
        told = capsys.readouterr()
        return ended.value.code or 0, told.out + told.err

    return operator


def test_an_operator_gets_a_key_that_the_guardian_knows(operator, tmp_path):
    keys = tmp_path / "operators.yaml"
    before = os.umask(0)
    try:
        assert operator("add", "Ann", "--keys", keys)[0] == 0
        code, output = operator("add", "Jörg B./1", "--keys", keys)
    finally:
        os.umask(before)
    assert code == 0
    assert not re.search("[0-9a-f]{32}", output)
    own = tmp_path / "Jörg_B__1.key"
    assert {file.stat().st_mode & 0o777 for file in tmp_path.iterdir()} == {0o600}
    known, his = load_operator_keys(keys), load_operator_keys(own)
    assert known.operators() == ("Ann", "Jörg B./1")
    assert his.operators() == ("Jörg B./1",)
    assert known.of("Jörg B./1") == his.of("Jörg B./1")
    assert known.of("Ann") == load_operator_keys(tmp_path / "Ann.key").of("Ann")
    assert known.of("Ann") != known.of("Jörg B./1")


def test_a_key_is_shown_and_replaced_where_that_is_asked_for(operator, tmp_path):
    keys = tmp_path / "operators.yaml"
    _, output = operator("add", "Ann", "--keys", keys, "--out", tmp_path / "a", "--show-key")
    first = load_operator_keys(keys).of("Ann")
    assert first.hex() in output
    code, output = operator("add", "Ann", "--keys", keys, "--out", tmp_path / "b")
    assert (code, "has a key already" in output) == (2, True)
    assert not (tmp_path / "b").exists()
    assert operator("add", "Ann", "--keys", keys, "--out", tmp_path / "a")[0] == 2
    assert load_operator_keys(keys).of("Ann") == first
    assert operator("add", "Ann", "--keys", keys, "--out", tmp_path / "a", "--replace")[0] == 0
    second = load_operator_keys(keys).of("Ann")
    assert first != second == load_operator_keys(tmp_path / "a").of("Ann")


@pytest.mark.parametrize("name", ["", " Ann", "Ann\n", "x" * 65])
def test_a_name_that_no_command_could_carry_is_a_mistake(operator, tmp_path, name):
    code, output = operator("add", name, "--keys", tmp_path / "operators.yaml")
    assert (code, "printable characters" in output) == (2, True)
    assert not list(tmp_path.iterdir())


def test_files_that_cannot_be_are_a_mistake_and_leave_nothing_behind(operator, tmp_path):
    keys = tmp_path / "operators.yaml"
    assert operator("add", "Ann", "--keys", keys, "--out", keys)[0] == 2
    assert operator("add", "Ann", "--keys", tmp_path / "none" / "k")[0] == 2
    keys.write_text("[]")
    keys.chmod(0o644)
    code, output = operator("add", "Ann", "--keys", keys)
    assert (code, "chmod 600" in output) == (2, True)
    assert [file.name for file in tmp_path.iterdir()] == ["operators.yaml"]
