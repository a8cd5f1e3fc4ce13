from __future__ import annotations

from pathlib import Path

import pytest

from tml_ros.settings.shared_file import shared_file, shared_names


def test_a_file_of_the_source_tree_is_found_from_anywhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = shared_file(Path("config", "fastdds", "node.xml"))
    assert found is not None
    assert found.is_absolute()


def test_an_installed_file_is_found_below_any_of_the_prefixes(tmp_path, monkeypatch):
    installed = tmp_path / "second" / "share" / "tml_ros" / "config" / "site.yaml"
    installed.parent.mkdir(parents=True)
    installed.write_text("")
    monkeypatch.setenv("AMENT_PREFIX_PATH", f"{tmp_path / 'first'}:{tmp_path / 'second'}")
    assert shared_file(Path("config", "site.yaml")) == installed


@pytest.mark.parametrize("prefixes", ["", ":", "/nowhere"])
def test_the_folder_one_is_in_is_no_place_to_look(tmp_path, monkeypatch, prefixes):
    stray = tmp_path / "share" / "tml_ros" / "stray.yaml"
    stray.parent.mkdir(parents=True)
    stray.write_text("")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AMENT_PREFIX_PATH", prefixes)
    assert shared_file(Path("stray.yaml")) is None


def test_the_names_in_a_folder_are_those_of_every_place_once(tmp_path, monkeypatch):
    folder = tmp_path / "share" / "tml_ros" / "config" / "models"
    folder.mkdir(parents=True)
    for name in ("site.yaml", "nano.yaml", "notes.txt"):
        (folder / name).write_text("")
    monkeypatch.setenv("AMENT_PREFIX_PATH", str(tmp_path))
    names = shared_names(Path("config", "models"), suffix=".yaml")
    assert {"nano", "site"} <= set(names)
    assert "notes" not in names
    assert list(names) == sorted(set(names))
