"""`tml-ros demo`: a cell run live for a while, with a bag, a report and the spoken warnings.

Knows what the user sees; what runs is decided in `demo_plan` and done in `demo_run`. Main thread.
"""

from __future__ import annotations

import json
import os
import platform
import shlex
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timezone
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from tml_ros.background.contracts import Outcome
from tml_ros.cli.demo_plan import SPEECH_FILE, DemoPlan, plan_demo
from tml_ros.cli.demo_scenario import USUAL_SCENARIO
from tml_ros.cli.ending import asked_to_end
from tml_ros.cli.live_table import LiveTable
from tml_ros.cli.mistake import EXIT_MISTAKE, MistakeError
from tml_ros.report.episodes import episodes_of
from tml_ros.report.fault_check import check_fault
from tml_ros.report.live_lines import completed
from tml_ros.report.report_page import write_report
from tml_ros.report.session_log import Provenance, SessionLog, summary
from tml_ros.report.truth_check import TruthCheck, check_truth, told_truth
from tml_ros.report.truth_file import TruthFileError, read_truth
from tml_ros.report.verdict import verdict

if TYPE_CHECKING:
    from tml_ros.cli.demo_run import DemoRun

EXIT_NODE_FAILED = 1
BAG_FILE, REPORT_FILE, SUMMARY_FILE = "session.mcap", "report.html", "summary.json"
LOG_FOLDER = "logs"
_PARTS = ("tml_ros", "numpy", "opencv-python-headless")


def demo(
    scenario: Annotated[
        str | None,
        typer.Argument(
            metavar="SCENARIO",
            help="What happens in the simulated cell: the name of a scenario that ships, or a file "
            "(.yaml).",
            show_default="press_visit",
        ),
    ] = None,
    *,
    sim: Annotated[
        bool,
        typer.Option(
            "--sim",
            help="Play a scenario in the simulated cell, as without --video and --cell.",
        ),
    ] = False,
    video: Annotated[
        str | None,
        typer.Option(
            metavar="SOURCE",
            help="What the first camera sees: a video file, a URL (rtsp, http) or a device (0).",
            show_default="as in the cell",
        ),
    ] = None,
    audio: Annotated[
        Path | None,
        typer.Option(
            metavar="WAV",
            help="What the first microphone of --cell hears: a wav file.",
            show_default="as in the cell; none with --video",
        ),
    ] = None,
    cell: Annotated[
        Path | None,
        typer.Option(metavar="CELL.yaml", help="The cell to run.", show_default="a simulated cell"),
    ] = None,
    bearing: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.npz",
            help="What the first vibration sensor measures: a recording.",
            show_default="as in the cell",
        ),
    ] = None,
    seconds: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS",
            min=0.5,
            help="How long it runs at most.",
            show_default="to the end of the scenario or video, or Ctrl-C",
        ),
    ] = None,
    fault: Annotated[
        bool,
        typer.Option(
            "--fault/--no-fault",
            help="In the usual scenario, kill the process of the interaction in the middle: the "
            "guardian finds that out and goes on without it.",
        ),
    ] = True,
    out: Annotated[
        Path,
        typer.Option(metavar="FOLDER", help="Where the results go; earlier ones are replaced."),
    ] = Path("out/demo"),
) -> None:
    """Run a cell live for a while and leave a bag, a report and the spoken warnings.

    Without options the cell is a simulated one: a worker asks whether it is safe, steps over a
    striped line, is warned, and leaves; a bearing of the press fails, is noticed, and a question
    about it is answered; the process of the model is killed, which the guardian alarms and
    outlives. Other scenarios: `tml-ros demo --sim forklift_crossing`. The report says
    what was true beside what was alarmed. With your own footage: `tml-ros demo --video CLIP.mp4
    --cell CELL.yaml`.

    Its nodes run as separate processes over DDS, as they would in the plant. Ctrl-C ends it early;
    what happened until then is kept. In the folder of the results: report.html to look at,
    session.mcap with everything recorded, summary.json with the figures, speech.wav, logs.

    Exit code: 0 done, 1 a node failed, 2 a mistake in what was asked.
    """
    console = Console()
    if sim:
        scenario = scenario or USUAL_SCENARIO
    plan = _plan(
        console,
        scenario=scenario,
        video=video,
        audio=audio,
        cell=cell,
        bearing=bearing,
        seconds=seconds,
        out=out,
        fault=fault,
    )
    for notice in plan.notices:
        console.print(f"[yellow]note[/yellow] {notice}", highlight=False)
    log = SessionLog(plan.cell, _provenance(plan))
    table = LiveTable(console, plan.cell.cell, plan.seconds)
    running = _run_of(plan, log, out)
    with asked_to_end() as ending:
        with table:
            failure = running.run(table, ending)
        if plan.truth is not None and log.started_ns is not None:
            try:
                written = read_truth(plan.truth, log.started_ns, log.seconds)
                ended_ns = log.started_ns + round(log.seconds * 1e9)
                log.truth = completed(written, log.live_lines.lines(ended_ns))
            except TruthFileError as error:
                console.print(f"[yellow]note[/yellow] {error}", highlight=False)
        write_report(out / REPORT_FILE, log)
        check = check_truth(log)
        told = {"verdict": verdict(log), "command": log.provenance.command, **summary(log)}
        if check is not None:
            told["truth"] = told_truth(check, log)
        if log.fault is not None:
            told["fault"] = check_fault(log.fault, episodes_of(log.transitions)).as_dict()
        (out / SUMMARY_FILE).write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    if failure is not None:
        console.print(f"[red]node {failure.name} failed[/red]; its last words:", highlight=False)
        for line in failure.lines or ("(none)",):
            console.print(f"  {line}", highlight=False, markup=False, soft_wrap=True)
    _tell(console, log, check)
    for name in (REPORT_FILE, BAG_FILE, SUMMARY_FILE, SPEECH_FILE):
        if (out / name).exists():
            console.print(f"  {out / name}", highlight=False, soft_wrap=True)
    if failure is not None:
        raise typer.Exit(EXIT_MISTAKE if failure.misconfigured else EXIT_NODE_FAILED)


def _tell(console: Console, log: SessionLog, check: TruthCheck | None) -> None:
    """What happened, in a few lines."""
    happened = log.cameras or log.microphones or log.transitions
    sentence = f"{verdict(log)}." if happened else "Nothing was seen or heard."
    console.print(f"[bold]{sentence}[/bold]", highlight=False, soft_wrap=True)
    if check is not None:
        console.print(check.sentence, highlight=False, soft_wrap=True)
    if log.fault is not None:
        fault = check_fault(log.fault, episodes_of(log.transitions))
        console.print(fault.sentence, highlight=False, soft_wrap=True)
    if log.model_sentence:
        console.print(log.model_sentence, highlight=False, soft_wrap=True)
    for line in _background_lines(log):
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def _background_lines(log: SessionLog) -> Iterator[str]:
    """What the background noticed and answered, a line each."""
    for record in log.findings:
        finding = record.finding
        at = f"{log.at(record.stamp_ns):.1f} s"
        if finding.outcome is Outcome.NOTICED:
            yield f"  noticed at {at}: {finding.say}"
        elif record.question:
            yield f'  asked "{record.question}", {finding.outcome.value} at {at}: {finding.say}'


def _plan(
    console: Console,
    *,
    scenario: str | None,
    video: str | None,
    audio: Path | None,
    cell: Path | None,
    bearing: Path | None,
    seconds: float | None,
    out: Path,
    fault: bool,
) -> DemoPlan:
    columns = (TextColumn("rendering the scenario"), BarColumn(), TimeRemainingColumn())
    quiet = not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=quiet) as bar:
        task = bar.add_task("clip", total=1.0, visible=False)
        plan = plan_demo(
            video=video,
            audio=audio,
            cell_path=cell,
            bearing=bearing,
            seconds=seconds,
            out=out,
            scenario=scenario,
            fault=fault,
            progress=lambda done: bar.update(task, completed=done, visible=True),
        )
    # What an earlier demo left must not be taken for this one's.
    for name in (REPORT_FILE, BAG_FILE, SUMMARY_FILE, SPEECH_FILE):
        (out / name).unlink(missing_ok=True)
    for log in (out / LOG_FOLDER).glob("*.log*"):
        log.unlink()
    return plan


def _run_of(plan: DemoPlan, log: SessionLog, out: Path) -> DemoRun:
    try:
        from tml_ros.cli.demo_run import DemoRun  # noqa: PLC0415 - wants ROS 2, help does not
    except ImportError as error:
        raise MistakeError(
            f"the demo needs ROS 2 for Python ({error}): source a ROS 2 installation, or run "
            f"`make setup`; `tml-ros replay` works without"
        ) from error
    return DemoRun(plan, log, bag=out / BAG_FILE, logs=out / LOG_FOLDER)


def _provenance(plan: DemoPlan) -> Provenance:
    return Provenance(
        command=shlex.join(["tml-ros", *sys.argv[1:]]),
        inputs=plan.inputs,
        versions=tuple(_versions()),
        produced=datetime.now(timezone.utc).strftime("%d %B %Y, %H:%M UTC"),
    )


def _versions() -> Iterator[tuple[str, str]]:
    yield "Python", platform.python_version()
    for part in _PARTS:
        with suppress(metadata.PackageNotFoundError):
            yield part, metadata.version(part)
    yield "ROS 2", os.environ.get("ROS_DISTRO") or "jazzy wheels"
