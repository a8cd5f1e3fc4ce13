"""`tml-ros evaluate`: what is asked for, what is printed, how it is interrupted and goes on."""

from __future__ import annotations

import json
import os
import signal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.cli import evaluate as command
from tml_ros.cli.evaluate import SuiteChoice
from tml_ros.cli.main import main
from tml_ros.cli.mistake import MistakeError
from tml_ros.sim.scenario.suite import Suite

SHORT = ["--seconds", "20", "--no-pictures", "--workers", "1", "--examples", "1"]


def run(capsys, *arguments):
    with pytest.raises(SystemExit) as ended:
        main(["evaluate", *arguments])
    captured = capsys.readouterr()
    return ended.value.code or 0, captured.out, captured.err


@pytest.fixture(scope="module")
def guards(tmp_path_factory):
    """Two short scenarios of the guards alone, with a page."""
    folder = tmp_path_factory.mktemp("guards")
    with pytest.raises(SystemExit) as ended:
        main(["evaluate", "none", "--seeds", "0:2", *SHORT, "--out", str(folder)])
    assert not ended.value.code
    return folder


def test_a_first_run_leaves_a_page_figures_and_records(guards):
    names = {path.name for path in guards.iterdir()}
    assert names >= {"report.html", "summary.json", "plan.json", "hazards_0.json", "hazards_1.json"}
    told = json.loads((guards / "summary.json").read_text())
    assert (told["model"], told["scenarios"], told["complete"]) == ("none", 2, True)
    page = (guards / "report.html").read_text()
    assert "Guards found" in page
    assert len(page) < 5_000_000


def test_a_second_run_plays_nothing_and_prints_one_object(guards, capsys):
    before = {path: path.stat().st_mtime_ns for path in guards.glob("hazards_*.json")}
    code, out, err = run(
        capsys,
        *("none", "--seeds", "0:2", *SHORT, "--no-page", "--json", "--out", str(guards)),
    )
    assert code == 0
    told = json.loads(out)
    assert told["all"]["scenarios"] == 2
    assert "all 2 scenarios were there already" in err
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_a_folder_of_another_plan_is_not_overwritten_unasked(guards, capsys):
    record = guards / "hazards_0.json"
    before = record.read_bytes()
    code, _, err = run(capsys, "none", *SHORT, "--rate", "5", "--out", str(guards))
    assert code == 2
    assert "camera rate was 10.0 and is now 5.0" in err
    assert "--anew" in err
    assert record.read_bytes() == before


def test_evaluations_are_put_side_by_side(guards, capsys, tmp_path):
    code, _, _ = run(
        capsys,
        *("none", "--seeds", "0:1", *SHORT, "--examples", "0", "--out", str(tmp_path)),
        *("--beside", str(guards)),
    )
    assert code == 0
    page = (tmp_path / "report.html").read_text()
    assert "Side by side" in page
    assert "guards alone (2)" in page


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Missing argument 'MODEL'"),
        (["oracle"], "there are: none"),
        (["none", "--seeds", "5"], "0:20 for 0 to 19"),
        (["none", "--seeds", "5:5"], "0:20 for 0 to 19"),
        (["none", "--camera", "big"], "240x160"),
        (["none", "--camera", "10x10"], "80x80 to 1280x960"),
        (["none", "--suite", "all the things"], "'hazards'"),
        (["none", "--looks", "shiny"], "'held-out'"),
        (["none", "--seconds", "5"], "20"),
        (["none", "--difficulty", "2"], "--difficulty"),
        (["none", "--workers", "0"], "--workers"),
        (["missing.safetensors"], "missing.safetensors: no such file"),
        (["none", "--beside", "nowhere"], "nowhere holds no evaluation"),
    ],
)
def test_a_mistake_is_a_line_that_says_what_to_do(capsys, tmp_path, monkeypatch, arguments, words):
    monkeypatch.chdir(tmp_path)
    code, _, err = run(capsys, *arguments)
    assert code == 2
    assert words in " ".join(err.replace("│", " ").split())
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def test_help_says_how_to_begin_and_what_the_exit_codes_are(capsys):
    code, out, _ = run(capsys, "--help")
    assert code == 0
    for words in ("tml-ros evaluate none", "Ctrl-C keeps", "Exit code: 0 done", "--beside"):
        assert words in out


@given(st.text(alphabet="0123456789:-x٣ ", max_size=9))
def test_seeds_are_two_numbers_in_order_or_a_mistake(text):
    try:
        first, last = command._seeds(text)
    except MistakeError as error:
        assert "0:20" in str(error)
    else:
        assert 0 <= first < last
        assert [int(part) for part in text.split(":")] == [first, last]


@pytest.mark.parametrize(
    ("asked", "model", "suites", "voice"),
    [
        (None, "none", (Suite.HAZARDS,), False),
        (None, "nano", tuple(Suite), True),
        ([SuiteChoice.ALL], "none", tuple(Suite), False),
        ([SuiteChoice.VOICE], "nano", (), True),
        ([SuiteChoice.VOICE], "none", (), True),
        ([SuiteChoice.TIME, SuiteChoice.HAZARDS], "nano", (Suite.HAZARDS, Suite.TIME), False),
    ],
)
def test_which_suites_are_played(asked, model, suites, voice):
    assert command._suites(asked, model) == (suites, voice)


def test_guards_have_no_voice(capsys, tmp_path):
    code, out, _ = run(capsys, "none", "--suite", "voice", "--json", "--out", str(tmp_path))
    assert code == 0
    told = json.loads(out)
    assert told["voice"]["has_voice"] is False
    assert "no voice" in told["verdict"].lower()


def started(run_process, folder, workers):
    arguments = ["none", "--seeds", "0:3", "--seconds", "20", "--no-pictures", "--no-page"]
    where = ["--workers", workers, "--out", str(folder)]
    return run_process(["python", "-m", "tml_ros.cli.main", "evaluate", *arguments, *where])


def gone(process):
    try:
        os.killpg(process.popen.pid, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.parametrize(
    ("number", "workers", "code"), [(signal.SIGKILL, "2", -9), (signal.SIGINT, "1", 130)]
)
def test_an_evaluation_that_was_ended_goes_on_and_gives_the_same(  # noqa: PLR0917 - fixtures
    capsys, guards, tmp_path, run_process, wait_until, number, workers, code
):
    process = started(run_process, tmp_path, workers)
    wait_until(lambda: list(tmp_path.glob("hazards_*.json")) or not process.running(), 60)
    process.signal(number)
    ended = process.wait()
    assert ended in (code, 0)
    # Nothing of it goes on in the background.
    wait_until(lambda: gone(process))
    assert "Traceback" not in process.output()
    if ended == 130:
        assert "the same command goes on from there" in process.output()
        assert not json.loads((tmp_path / "summary.json").read_text())["complete"]
    code, _, _ = run(capsys, "none", "--seeds", "0:2", *SHORT, "--no-page", "--out", str(tmp_path))
    assert code == 0
    for name in ("hazards_0.json", "hazards_1.json"):
        assert (tmp_path / name).read_bytes() == (guards / name).read_bytes()
    one, two = (json.loads((folder / "summary.json").read_text()) for folder in (guards, tmp_path))
    for told in (one, two):
        del told["made"], told["turn_ms"]
    assert one == two
