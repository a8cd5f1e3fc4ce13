"""`tml-ros model`: what there is and what it costs, for people and for programs."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from tml_ros.cli.main import main
from tml_ros.model.checkpoint import save_checkpoint
from tml_ros.model.interaction_net import fresh_net
from tml_ros.model.model_figures import figures
from tml_ros.model.preset import Preset
from tml_ros.model.preset_file import PRESETS, load_preset, preset_names
from tml_ros.model.shipped_weights import shipped_weights
from tml_ros.settings import shared_file

OWN = """\
name: own
about: One of [mine].
transformer: {width: 64, layers: 2, heads: 4, kv_heads: 2, head_width: 16, hidden: 96}
text: {vocabulary: 260}
sight: {stem: [8, 16]}
voice: {text_width: 16, width: 16, layers: 1}
"""


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "own.yaml"
    path.write_text(OWN)
    return path


def run(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["model", *map(str, words)])
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


def described(capsys: pytest.CaptureFixture[str], name: str | Path) -> dict[str, Any]:
    code, out, err = run(capsys, "describe", name, "--json")
    assert (code, err) == (0, "")
    found: dict[str, Any] = json.loads(out)
    return found


def saved(preset: Preset, path: Path, **facts: Any) -> Path:
    save_checkpoint(fresh_net(preset), path, tokenizer="ab" * 32, facts=facts)
    return path


@pytest.mark.parametrize("name", preset_names())
def test_json_has_every_figure_of_a_preset(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    preset = load_preset(name)
    found = described(capsys, name)
    weights = shipped_weights(name)
    checkpoint = found.pop("checkpoint")
    assert found == {**figures(preset).as_dict(), "about": preset.about}
    assert (checkpoint and checkpoint["file"]) == (weights and str(weights))


def test_the_table_says_the_same_in_units_that_people_read(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, _ = run(capsys, "describe", "tml-interaction-small")
    assert code == 0
    rows = dict(re.findall(r"^ +(\S.*?)  +(\S.*?) *$", out, flags=re.MULTILINE))
    assert rows["total"].startswith("275.8 billion")
    assert rows["active on a token"].startswith("12.13 billion")
    assert rows["bfloat16"] == "551.6 GB"
    assert rows["more after an hour"] == "0 B"
    assert rows["tokens"] == "150"


def test_a_preset_of_ones_own_is_described_by_its_path(
    own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = described(capsys, own)
    assert found["name"] == "own"
    assert found["parameters_total"] == figures(load_preset(str(own))).parameters_total
    _, out, _ = run(capsys, "describe", own)
    assert out.startswith("own  One of [mine].")


def test_a_checkpoint_is_described_by_its_header_alone(
    own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = saved(load_preset(str(own)), tmp_path / "own.safetensors", steps=7, kinds=["siren"])
    data = bytearray(path.read_bytes())
    data[-8:] = b"\xff" * 8
    path.write_bytes(data)
    found = described(capsys, path)
    assert found["checkpoint"] == {
        "file": str(path),
        "bytes": len(data),
        "version": 1,
        "tokenizer": "ab" * 32,
        "facts": {"steps": 7, "kinds": ["siren"]},
    }
    _, out, _ = run(capsys, "describe", path)
    assert re.search(r'steps +7 *\n +kinds +\["siren"\]', out)


def test_weights_that_come_with_a_preset_are_described_with_it(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    models = tmp_path / "share" / "tml_ros" / PRESETS
    models.mkdir(parents=True)
    shutil.copy(own, models)
    recipe = {"steps": 70, "sections": [{"step": 0}]}
    path = saved(load_preset(str(own)), models / "own.safetensors", trained=True, recipe=recipe)
    monkeypatch.setenv("AMENT_PREFIX_PATH", str(tmp_path))
    told = described(capsys, "own")["checkpoint"]
    assert (told["file"], told["facts"]["recipe"]) == (str(path), recipe)
    assert described(capsys, own)["checkpoint"] is None, "a preset file is without weights"
    _, out, _ = run(capsys, "describe", "own")
    assert re.search(r"trained +true *\n +recipe steps +70", out)
    assert "sections" not in out


def test_what_a_file_says_is_shown_and_not_obeyed(
    own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    preset = load_preset(str(own)).model_copy(update={"about": "a\x1b[2Jb"})
    path = saved(preset, tmp_path / "own.safetensors", note="[bold]\x1b[31m", plain="[bold]")
    _, out, _ = run(capsys, "describe", path)
    assert "\x1b" not in out
    assert "a\\u001b[2Jb" in out
    assert "[bold]\\u001b[31m" in out
    assert re.search(r"plain +\[bold\] *\n", out)


def test_the_list_has_every_preset_and_where_its_weights_are(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    share = tmp_path / "share" / "tml_ros"
    (share / PRESETS).mkdir(parents=True)
    shutil.copy(own, share / PRESETS / "own.yaml")
    (share / PRESETS / "own.safetensors").touch()
    monkeypatch.setenv("AMENT_PREFIX_PATH", str(tmp_path))
    assert shared_file.shared_names(PRESETS, suffix=".safetensors")[-1] == "own"
    code, out, _ = run(capsys, "list", "--json")
    assert code == 0
    rows = {row["name"]: row for row in json.loads(out)}
    assert set(rows) == {*preset_names(), "own"}
    assert rows["own"]["weights"] == str(share / PRESETS / "own.safetensors")
    assert rows["own"]["about"] == "One of [mine]."
    assert rows["tml-interaction-small"]["weights"] is None
    _, out, _ = run(capsys, "list")
    assert re.search(r"^tml-interaction-small +none +276B parameters", out, flags=re.MULTILINE)
    assert "One of [mine]." in out


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("describe oracle", "no preset 'oracle'; there are: edge, nano, tml-interaction-small, or"),
        ("describe nowhere.yaml", "nowhere.yaml: no such file; expected the path of a preset"),
        ("describe broken.yaml", "sight (did you mean that?)"),
        ("describe vast.yaml", "preset vast cannot be built"),
        ("describe nowhere.safetensors", "nowhere.safetensors: no such file; give the path"),
        ("describe noise.safetensors", "no safetensors file, or a damaged one"),
        ("describe", "Missing argument"),
        ("invent", "No such command 'invent'"),
    ],
)
def test_a_mistake_is_one_message_and_exit_code_2(
    line: str,
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("broken.yaml").write_text("name: own\nsihgt: {}\n")
    Path("vast.yaml").write_text("name: vast\ntransformer: {width: 40000000000000000000}\n")
    Path("noise.safetensors").write_bytes(bytes(range(256)))
    code, out, err = run(capsys, *line.split())
    assert (code, out) == (2, "")
    assert words in err
    assert "Traceback" not in err


def test_help_says_what_can_be_named_and_waits_for_no_tensors(run_process: Any) -> None:
    script = (
        "import sys\n"
        "from tml_ros.cli.main import main\n"
        "for words in (['list'], ['describe', '--help']):\n"
        "    try:\n"
        "        main(['model', *words])\n"
        "    except SystemExit:\n"
        "        pass\n"
        "print('imported:', sorted({'torch', 'safetensors', 'rclpy'} & set(sys.modules)))\n"
    )
    process = run_process(["python", "-c", script])
    assert process.wait() == 0
    assert "imported: []" in process.output()
    assert "checkpoint (.safetensors)" in process.output()
