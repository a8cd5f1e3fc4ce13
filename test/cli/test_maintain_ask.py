"""`tml-ros maintain ask`: a store's files answer, or it is said that there is no data."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tml_ros.background.history import History
from tml_ros.background.record import Record
from tml_ros.background.state_event import StateEvent
from tml_ros.background.store_names import HISTORY_FILE, RECORD_FILE
from tml_ros.cli.main import main

sys.path.insert(0, str(Path(__file__).parents[1] / "background"))

from chat_server import answers, calls, serving, status
from plant import MACHINES, MIN, NOW, S, damage, fill


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setenv("TZ", "UTC")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a background has kept: press 2 has stopped, its bearing is damaged."""
    folder = tmp_path_factory.mktemp("store")
    history = History(folder / HISTORY_FILE)
    stop = NOW - 20 * MIN
    since = {"since": NOW - 120 * MIN}
    fill(history, "press_2", "speed", "rpm", lambda t: 1480.0 if t < stop else 0.0, **since)
    fill(history, "press_2", "oil_temperature", "degC", 61.0, **since)
    history.add_event(StateEvent("press_2", "drive", "error", "Drive fault E07", stop - S))
    history.close()
    record = Record(folder / RECORD_FILE)
    record.set_machines(MACHINES.values())
    record.add(damage(picture=b"\x89PNG"), part="drive_end")
    record.close()
    return folder


def run(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["maintain", "ask", *map(str, words)])
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


def test_a_question_is_answered_from_the_files(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, "why did press 2 stop?", "--store", store)
    assert (code, err) == (0, "")
    assert "Press 2 stopped" in out
    assert "Drive fault E07" in out
    assert "confidence" in out


def test_the_finding_as_json_is_all_that_is_printed(
    store: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    words = ("how is press 2?", "--store", store, "--json", "--pictures", tmp_path / "p")
    code, out, err = run(capsys, *words)
    told = json.loads(out)
    assert (code, err) == (0, "")
    assert (told["state"], told["defect"], told["outcome"]) == ("fault", "inner_race", "answered")
    assert 0 < told["confidence"] <= 1
    (picture,) = [one["picture"] for one in told["evidence"] if one["picture"]]
    assert (tmp_path / "p" / picture).read_bytes() == b"\x89PNG"


def test_the_store_is_only_read(store: Path, capsys: pytest.CaptureFixture[str]) -> None:

    def files() -> dict[str, bytes]:
        # Reading a database in WAL mode makes SQLite's own files beside it.
        kept = (path for path in store.iterdir() if not path.name.endswith(("-wal", "-shm")))
        return {path.name: path.read_bytes() for path in kept}

    before = files()
    run(capsys, "how is press 2?", "--store", store)
    assert files() == before


def test_what_is_not_in_the_data_ends_with_2_and_the_reason(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, "what is the voltage of press 2?", "--store", store)
    assert code == 2
    assert "no reading of voltage of press 2" in err
    code, out, err = run(capsys, "tell me a joke", "--store", store, "--json")
    assert (code, json.loads(out)["outcome"], err) == (2, "no_data", "")


def test_a_folder_that_is_no_store_is_a_mistake(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, _, err = run(capsys, "how is press 2?", "--store", tmp_path)
    assert (code, "no store of a background" in err) == (2, True)
    assert list(tmp_path.iterdir()) == []
    History(tmp_path / HISTORY_FILE).close()
    code, _, err = run(capsys, "how is press 2?", "--store", tmp_path)
    assert (code, "no data to answer from" in err) == (2, True)


def test_manuals_and_a_playbook_of_ones_own_are_looked_into(
    store: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "press.md").write_text("# Lubrication\nGrease LGMT 2 for the main bearing.\n")
    (tmp_path / "scan.txt").write_bytes(b"\0")
    words = ("which grease for the main bearing?", "--store", store, "--manuals", tmp_path)
    code, out, err = run(capsys, *words)
    assert (code, "LGMT 2" in out) == (0, True)
    assert "scan.txt was left out: not text" in err
    book = tmp_path / "own.yaml"
    book.write_text(
        "playbook: own\ncaution: c\nentries:\n"
        "  - {defects: [inner_race], title: t, action: Call Bob., urgency: today}\n"
    )
    _, out, _ = run(capsys, "what to do about press 2?", "--store", store, "--playbook", book)
    assert "Call Bob." in out


def test_an_endpoint_is_asked_and_when_it_fails_that_is_said(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("openai", reason="the openai package is not installed")
    look = calls(("status", {"machine": "press_2"}))
    with serving(look, answers("Likely the inner race of press 2.", "e1")) as server:
        words = ("how is press 2?", "--store", store, "--endpoint", server.url, "--model", "m")
        code, out, _ = run(capsys, *words)
    assert (code, out.splitlines()[0]) == (0, "Likely the inner race of press 2.")
    with serving(status(404)) as server:
        words = ("how is press 2?", "--store", store, "--endpoint", server.url, "--model", "m")
        code, out, _ = run(capsys, *words)
    assert code == 0
    assert "from fixed rules" in out
    assert "HTTP 404" in out


def test_an_endpoint_that_is_no_address_is_a_mistake(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = run(capsys, "how is it?", "--store", store, "--endpoint", "localhost:1")
    assert (code, "http://127.0.0.1:8000/v1" in err) == (2, True)
