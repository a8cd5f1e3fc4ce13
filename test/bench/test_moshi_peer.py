from __future__ import annotations

import json
import venv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.bench.moshi_peer import (
    ENVIRONMENT,
    INSTALL,
    MoshiAbsent,
    MoshiFigures,
    MoshiOutputError,
    measure,
    parse_figures,
)

GOOD = {
    "steps": 25,
    "step_ms": {"p50": 9.5, "p99": 12},
    "ms_per_second": 120.25,
    "parameters": 19_342_592,
    "torch": "2.13.0+cpu",
    "moshi": "0.2.13",
    "notes": "without the codec",
}
SMALL = {"width": 32, "layers": 1, "heads": 2, "hidden": 96, "seconds": 2.0, "threads": 1}


def without(key):
    return {name: value for name, value in GOOD.items() if name != key}


def standing_in(folder, script):
    """An environment whose Python is a shell script."""
    python = folder / "bin" / "python"
    python.parent.mkdir()
    python.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    python.chmod(0o755)
    return folder


def test_figures_are_read_as_they_were_written():
    figures = parse_figures(json.dumps(GOOD) + "\n")
    assert figures.model_dump() == GOOD


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "output"),
        ("null", "output"),
        ("[]", "output"),
        ("Downloading...\n" + json.dumps(GOOD), "output"),
        (json.dumps(GOOD) * 2, "output"),
        (json.dumps(without("steps")), "steps"),
        (json.dumps(without("step_ms")), "step_ms"),
        (json.dumps({**GOOD, "steps": 0}), "steps"),
        (json.dumps({**GOOD, "steps": "25"}), "steps"),
        (json.dumps({**GOOD, "steps": 2.5}), "steps"),
        (json.dumps({**GOOD, "step_ms": {"p50": 1.0}}), "step_ms.p99"),
        (json.dumps({**GOOD, "step_ms": {"p50": -1.0, "p99": 1.0}}), "step_ms.p50"),
        (json.dumps({**GOOD, "ms_per_second": float("nan")}), "ms_per_second"),
        (json.dumps({**GOOD, "ms_per_second": float("inf")}), "ms_per_second"),
        (json.dumps({**GOOD, "torch": None}), "torch"),
        (json.dumps({**GOOD, "speed": 1}), "speed"),
    ],
)
def test_what_is_wrong_with_other_output_is_named(text, named):
    with pytest.raises(MoshiOutputError, match=f"cannot be read: {named}: "):
        parse_figures(text)


@given(st.integers(0, len(json.dumps(GOOD)) - 1))
def test_truncated_output_is_refused_wherever_it_ends(end):
    with pytest.raises(MoshiOutputError):
        parse_figures(json.dumps(GOOD)[:end])


@given(st.text(max_size=40))
def test_anything_else_is_refused_in_one_way(text):
    with pytest.raises(MoshiOutputError):
        parse_figures(text)


def test_where_there_is_no_environment_the_answer_says_how_to_make_it(tmp_path):
    answer = measure(**SMALL, environment=tmp_path / "none")
    assert isinstance(answer, MoshiAbsent)
    assert str(tmp_path / "none") in answer.reason
    assert answer.remedy == INSTALL


def test_an_environment_without_moshi_is_to_be_made_anew(tmp_path):
    venv.create(tmp_path, with_pip=False, symlinks=True)
    answer = measure(**SMALL, environment=tmp_path)
    assert isinstance(answer, MoshiAbsent)
    assert "No module named" in answer.reason
    assert answer.remedy == INSTALL


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo out of memory >&2; exit 1", "moshi ended with status 1: out of memory"),
        ("exit 1", "moshi ended with status 1: it said nothing"),
        ("kill -9 $$", "moshi ended with status -9"),
        ("echo '{'", "moshi's figures cannot be read: output"),
        ("exit 0", "moshi's figures cannot be read: output"),
    ],
)
def test_a_run_that_fails_is_an_answer_with_its_reason(tmp_path, script, reason):
    answer = measure(**SMALL, environment=standing_in(tmp_path, script))
    assert isinstance(answer, MoshiAbsent)
    assert answer.reason.startswith(reason)
    assert answer.remedy


def test_a_run_that_does_not_end_is_given_up(tmp_path):
    environment = standing_in(tmp_path, "exec sleep 60")
    answer = measure(**SMALL, environment=environment, timeout_seconds=0.3)
    assert isinstance(answer, MoshiAbsent)
    assert answer.reason == "moshi did not finish within 0.3 s"


def test_a_python_that_does_not_start_is_an_answer(tmp_path):
    (standing_in(tmp_path, "exit 0") / "bin" / "python").chmod(0o644)
    answer = measure(**SMALL, environment=tmp_path)
    assert isinstance(answer, MoshiAbsent)
    assert "does not start" in answer.reason


def test_the_process_is_told_sizes_and_threads(tmp_path):
    script = f"""echo '{json.dumps({**GOOD, "notes": "NOTES"})}' |
        sed "s/NOTES/$OMP_NUM_THREADS $MKL_NUM_THREADS $(echo $* | sed 's:.*[.]py ::')/" """
    answer = measure(**{**SMALL, "threads": 3}, environment=standing_in(tmp_path, script))
    assert isinstance(answer, MoshiFigures), answer
    told = "--width=32 --layers=1 --heads=2 --hidden=96 --threads=3 --vocabulary=2048"
    assert answer.notes == f"3 3 {told} --seconds=2.0 --memory_seconds=60.0"


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"layers": 0}, "layers must be >= 1, got 0"),
        ({"threads": -1}, "threads must be >= 1, got -1"),
        ({"seconds": 0.0}, "seconds must be > 0 and finite, got 0.0"),
        ({"memory_seconds": float("inf")}, "memory_seconds must be > 0 and finite, got inf"),
        ({"seconds": float("nan")}, "seconds must be > 0 and finite, got nan"),
        ({"width": 34}, "width must be a multiple of twice the 2 heads and >= 4, got 34"),
        ({"width": 2, "heads": 1}, "and >= 4, got 2"),
    ],
)
def test_a_size_that_cannot_be_built_is_the_callers_mistake(tmp_path, changed, named):
    with pytest.raises(ValueError, match=named):
        measure(**{**SMALL, **changed}, environment=tmp_path)


def transformer(width, hidden, *, sets=1):
    """Parameters of a layer without its norms."""
    return sets * (4 * width * width + 3 * width * hidden)


@pytest.mark.skipif(
    not (ENVIRONMENT / "installed-from.sha256").exists(),
    reason=f"no {ENVIRONMENT.name}; {INSTALL} makes it",
)
def test_moshi_runs_at_the_size_that_was_asked_for():
    answer = measure(**SMALL, vocabulary=300, memory_seconds=2.0)
    assert isinstance(answer, MoshiFigures), answer
    assert answer.steps == 25
    assert 0 < answer.step_ms.p50 <= answer.step_ms.p99
    assert answer.ms_per_second == pytest.approx(12.5 * answer.step_ms.p50, rel=1)
    assert answer.moshi == "0.2.13"
    assert "threads: 1; without the Mimi codec" in answer.notes
    assert "25 steps of memory" in answer.notes
    tables = 16 * 2049 * 32 + 301 * 32 + 7 * 2049 * 8 + 301 * 8
    assert f"{tables} of the parameters are embedding tables" in answer.notes
    blocks = transformer(32, 96) + transformer(8, 24, sets=8)
    norms = 2 * 32 + 32 + 2 * 8
    heads = 32 * 300 + 8 * 32 * 8 + 8 * 8 * 2048
    assert answer.parameters == tables + blocks + norms + heads
