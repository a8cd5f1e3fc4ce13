"""Opening a model by its name: what is offered, what is missing, and what stays unimported."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tml_ros.model import interface
from tml_ros.model.interface import ModelUnavailableError, offered_models, open_model


def test_none_is_no_model() -> None:
    assert open_model("none") is None


def test_an_unknown_name_is_answered_with_what_is_offered() -> None:
    with pytest.raises(ModelUnavailableError, match=r"'oracle'.* none, .*nano.*\.yaml"):
        open_model("oracle")
    assert offered_models()[0] == "none"
    assert "nano" in offered_models()


@pytest.mark.parametrize("name", ["nano", "own.yaml", "trained.safetensors"])
def test_without_its_packages_the_error_says_how_to_get_them(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = interface.find_spec
    monkeypatch.setattr(interface, "find_spec", lambda p: None if p == "torch" else there(p))
    with pytest.raises(
        ModelUnavailableError, match=r"needs torch, .*pip install 'tml_ros\[model]'"
    ):
        open_model(name)
    assert open_model("none") is None


@pytest.mark.parametrize(
    "module",
    [
        "tml_ros.cell.cell_file",
        "tml_ros.cell.guardian",
        "tml_ros.cell.interaction",
        "tml_ros.cli.main",
        "tml_ros.nodes.guardian_node",
        "tml_ros.nodes.interaction_node",
    ],
)
def test_torch_stays_out_of_processes_that_open_no_model(module: str) -> None:
    if ".nodes." in module:
        pytest.importorskip("rclpy", reason="no ROS 2 here")
    code = (
        f"import sys, {module}; from tml_ros.model.interface import open_model; "
        "open_model('none'); sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
