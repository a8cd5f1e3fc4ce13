"""An evaluation from the first scenario to the page: what the user sees of it.

Knows nothing of how a scenario is played or judged. Main thread.
"""

from __future__ import annotations

import json
import os
import platform
import shlex
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timezone
from importlib import metadata
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.text import Text

from tml_ros.bench.evaluation.agent_card import AgentCard
from tml_ros.bench.evaluation.beside import read_beside
from tml_ros.bench.evaluation.evaluate import UnplayedError, kept_records, play_tasks
from tml_ros.bench.evaluation.page import Shown, write_page
from tml_ros.bench.evaluation.plan import EvaluationPlan, Task
from tml_ros.bench.evaluation.results import Results, results_of
from tml_ros.bench.evaluation.scenario_record import ScenarioRecord
from tml_ros.bench.evaluation.summary import Made, plan_as_plain, summary
from tml_ros.bench.evaluation.verdict import untrained, verdict
from tml_ros.bench.evaluation.voice_suite import VoiceResult
from tml_ros.cli.ending import asked_to_end
from tml_ros.cli.evaluate_extras import (
    comparison_of,
    drawn_mistakes,
    judged_voice,
    voice_sounds,
)
from tml_ros.cli.evaluate_progress import EvaluationProgress
from tml_ros.cli.evaluate_table import print_results
from tml_ros.cli.mistake import MistakeError
from tml_ros.model.interface import NO_MODEL
from tml_ros.sim.scenario.suite import Suite
from tml_ros.sim.simulator_version import SIMULATOR

EXIT_UNPLAYED, EXIT_INTERRUPTED = 1, 130
SUMMARY_FILE, REPORT_FILE, PLAN_FILE = "summary.json", "report.html", "plan.json"
_PARTS = ("tml_ros", "numpy", "opencv-python-headless", "mujoco", "torch", "pocketsphinx")
_WIDE = 160
"""Characters in a line of a table that goes into a file."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What is done with a plan. voice: whether that suite is wanted. anew: play all of it again.

    beside: folders of other evaluations to compare with. examples: mistakes shown on the page.
    """

    folder: Path
    voice: bool = False
    anew: bool = False
    page: bool = True
    workers: int = 1
    beside: tuple[Path, ...] = ()
    examples: int = 12


def run_evaluation(
    plan: EvaluationPlan, card: AgentCard, scope: Scope, *, as_json: bool = False
) -> None:
    """Play, judge, print, and write the page. Raises MistakeError, and typer.Exit where the exit
    code is not 0.
    """
    notes = Console(stderr=True, highlight=False)
    others = [read_beside(folder, plan) for folder in scope.beside]
    _claim(plan, scope)
    if not card.trained:
        _note(notes, f"{untrained(card)}.")
    if card.name == NO_MODEL and any(suite is not Suite.HAZARDS for suite in plan.suites):
        _note(notes, "guards do not talk: of dialogue and time only their alarms are judged.")
    made = _made()
    with asked_to_end() as ending:
        records, unplayed = _played(plan, scope, notes, ending)
        results = results_of(plan, list(records.values()))
        voice = None
        if scope.voice and not ending.is_set():
            voice = judged_voice(plan, scope.folder, notes, ending, anew=scope.anew)
        told = verdict(results, card, voice=voice)
        figures = summary(results, card, verdict=told, made=made, voice=voice, unplayed=unplayed)
        _write(scope.folder / SUMMARY_FILE, figures)
        if scope.page and not ending.is_set():
            drawn = drawn_mistakes(
                results, card, records, notes, ending, most=scope.examples, workers=scope.workers
            )
            shown = Shown(
                results=results,
                card=card,
                made=made,
                illustrations=drawn,
                voice=voice,
                sounds=voice_sounds(voice, scope.folder),
                comparison=comparison_of(results, card, records, others),
                unplayed=unplayed,
            )
            if not ending.is_set():
                write_page(scope.folder / REPORT_FILE, shown)
    if as_json:
        typer.echo(json.dumps(figures))
    else:
        _print(results, card, voice, told, scope)
    for name, reason in unplayed.items():
        notes.print(f"{name} could not be played: {reason}", markup=False, soft_wrap=True)
    if ending.is_set():
        notes.print(
            f"interrupted: {results.scenarios} of {figures['planned']} scenarios are kept in "
            f"{scope.folder}; the same command goes on from there:\n  {made.command}",
            markup=False,
            soft_wrap=True,
        )
        raise typer.Exit(EXIT_INTERRUPTED)
    if unplayed:
        raise typer.Exit(EXIT_UNPLAYED)


def _print(
    results: Results, card: AgentCard, voice: VoiceResult | None, told: str, scope: Scope
) -> None:
    console = Console(highlight=False)
    console = console if console.is_terminal else Console(highlight=False, width=_WIDE)
    print_results(results, card, console, voice=voice)
    if not card.trained:
        console.print(f"[yellow]{untrained(card)}.[/yellow]", soft_wrap=True)
    console.print(Text(f"{told}.", "bold"), soft_wrap=True)
    for name in (REPORT_FILE, SUMMARY_FILE):
        if (scope.folder / name).exists():
            console.print(Text(f"  {scope.folder / name}"), soft_wrap=True)


def _played(
    plan: EvaluationPlan, scope: Scope, notes: Console, ending: threading.Event
) -> tuple[dict[Task, ScenarioRecord], dict[str, str]]:
    """The records, and what could not be played, with the reason."""
    records = kept_records(plan, scope.folder)
    tasks = list(plan.tasks())
    left = [task for task in tasks if task not in records]
    if records:
        there = "all" if not left else f"{len(records)} of"
        _note(notes, f"{there} {len(tasks)} scenarios were there already, in {scope.folder}.")
    unplayed: dict[str, str] = {}
    progress = EvaluationProgress(
        notes,
        scenarios=len(tasks),
        seconds=plan.seconds,
        pictures=plan.pictures,
        talks=plan.model != NO_MODEL,
    )
    for record in records.values():
        progress.take(record, played=False)
    if left:
        with progress:
            try:
                for task, record in play_tasks(
                    plan, scope.folder, left, workers=min(scope.workers, len(left)), ending=ending
                ):
                    records[task] = record
                    progress.take(record)
            except UnplayedError as error:
                unplayed = error.failures
    return records, unplayed


def _claim(plan: EvaluationPlan, scope: Scope) -> None:
    """Make the folder this plan's; results of another plan are not overwritten unasked."""
    path = scope.folder / PLAN_FILE
    described = json.loads(json.dumps({**plan_as_plain(plan), "simulator": SIMULATOR}))
    for key in ("seeds", "suites"):
        del described[key]
    before: Mapping[str, Any] = {}
    with suppress(FileNotFoundError, ValueError):
        before = json.loads(path.read_text(encoding="utf-8"))
    if before and before.get("fingerprint") != plan.fingerprint and not scope.anew:
        differs = ", ".join(
            f"{key.replace('_', ' ')} was {before.get(key)} and is now {value}"
            for key, value in described.items()
            if before.get(key) != value and key != "fingerprint"
        )
        raise MistakeError(
            f"{scope.folder}/ holds results of another plan ({differs}): give another folder by "
            f"--out, or --anew to play everything again"
        )
    scope.folder.mkdir(parents=True, exist_ok=True)
    if scope.anew:
        for task in plan.tasks():
            (scope.folder / f"{task.name}.json").unlink(missing_ok=True)
    # What an earlier run left must not be taken for this one's.
    for name in (REPORT_FILE, SUMMARY_FILE):
        (scope.folder / name).unlink(missing_ok=True)
    _write(path, described)


def _made() -> Made:
    return Made(
        command=_command(),
        on=datetime.now(timezone.utc).strftime("%d %B %Y, %H:%M UTC"),
        machine=f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}",
        versions=tuple(_versions()),
    )


def _versions() -> Iterator[tuple[str, str]]:
    yield "Python", platform.python_version()
    for part in _PARTS:
        with suppress(metadata.PackageNotFoundError):
            yield part, metadata.version(part)


def _command() -> str:
    return shlex.join(["tml-ros", *sys.argv[1:]])


def _note(console: Console, words: str) -> None:
    console.print("[yellow]note[/yellow] ", end="")
    console.print(words, markup=False, soft_wrap=True)


def _write(path: Path, plain: Mapping[str, Any]) -> None:
    part = path.with_suffix(".part")
    part.write_text(json.dumps(plain, indent=2) + "\n", encoding="utf-8")
    part.replace(path)
