"""`tml-ros replay`: a recording judged again, faster than real time, always with the same answer.

The answer goes to stdout; speed, progress and notices go to stderr. Runs on the main thread; the
recording is read and decoded ahead in one other.
"""

from __future__ import annotations

import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import cv2
import typer
from rich.console import Console

from tml_ros.bag.bag_writer import BagWriter
from tml_ros.bag.read_ahead import read_ahead
from tml_ros.cell.announcer import Announcer
from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.cell_file import load_cell
from tml_ros.cell.replay import Replay
from tml_ros.cell.replay_recorder import ReplayRecorder
from tml_ros.cell.voice import cell_announcer
from tml_ros.cli.mistake import MistakeError
from tml_ros.cli.replay_lines import EventTable, event_line, summary_line
from tml_ros.cli.replay_log import ReplayLog
from tml_ros.cli.replay_progress import ReplayProgress
from tml_ros.cli.replay_source import ReplaySource, open_source
from tml_ros.model.interface import open_model
from tml_ros.report.report_page import write_report
from tml_ros.report.session_log import Provenance

AHEAD, TOGETHER = 32, 8
"""Inputs decoded in advance and handed over at once: at most 30 MB of 640x480 pictures."""


def replay(  # noqa: PLR0917 - a command line
    source: Annotated[
        Path,
        typer.Argument(
            metavar="SOURCE", help="A rosbag2 folder, an .mcap or .db3 file, or a video file."
        ),
    ],
    cell: Annotated[Path, typer.Option(metavar="CELL.yaml", help="The cell it is a recording of.")],
    audio: Annotated[
        Path | None,
        typer.Option(
            metavar="WAV",
            help="The sound of the cell's microphone.",
            show_default="what the bag has; a video has none",
        ),
    ] = None,
    camera: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Which camera of the cell a video is, where it has several."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.mcap", help="Write inputs, alarms and warnings into this new bag."
        ),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(metavar="FILE.html", help="Write a report for people."),
    ] = None,
    as_json: Annotated[
        bool,
        typer.Option("--json", help="Print one JSON object per line and nothing else."),
    ] = False,
) -> None:
    """Judge a recording again: a bag or a video, faster than real time, always the same.

    The same guards, alarms and warnings as in the running cell, without ROS and without a clock:
    every run on a recording gives the same answer, byte for byte.

    For example `tml-ros replay incident.mcap --cell press_2.yaml --report incident.html`.

    A cell's topic hall/image is found in a bag as /hall/image, or behind a namespace as
    /line_2/hall/image.

    Exit code: 0 done, 2 a mistake in what was asked.
    """
    # One thread per call: equal sums on every machine, and the reader has a core to itself.
    cv2.setNumThreads(1)
    description = load_cell(cell)
    model = open_model(description.model, threads=1)
    console = Console(stderr=True, highlight=False)
    with ExitStack() as stack:
        opened = open_source(
            source, description, audio=audio, camera=camera, everything=out is not None
        )
        stack.callback(opened.close)
        spoken = _announcer(opened.cell, console) if out or report else None
        run = Replay(opened.cell, model=model, announcer=spoken)
        recorder = None if out is None else _recorder(out, description, opened, stack)
        log = None if report is None else _log(report, opened.cell, source, audio)
        table = None if as_json else EventTable()
        progress = stack.enter_context(ReplayProgress(console, opened.seconds))
        started = time.perf_counter()
        inputs = read_ahead(opened.inputs, depth=AHEAD, together=TOGETHER)
        for record in run.run(inputs, end_ns=opened.end_ns):
            if recorder is not None:
                recorder.record(record, run.guardian.alarms() if record.transitions else ())
            if log is not None:
                log.record(record, run.guardian)
            for transition in record.transitions:
                seconds = run.seconds_at(transition.stamp_ns)
                if table is None:
                    sys.stdout.write(event_line(transition, seconds))
                else:
                    table.add(transition, seconds)
            progress.reach(record.seconds)
        elapsed = time.perf_counter() - started
    summary = run.summary()
    if log is not None and report is not None:
        log.finish(run.interaction.figures)
        write_report(report, log.log)
    if table is None:
        sys.stdout.write(summary_line(summary))
    else:
        table.print(Console(highlight=False), summary)
    sys.stdout.flush()
    notices = [*opened.inputs.notices, *_unwritten(recorder), *_faults(run)]
    for notice in notices:
        console.print(f"note: {notice}", markup=False, soft_wrap=True)
    factor = summary.seconds / elapsed if elapsed > 0 else 0.0
    console.print(f"{summary.seconds:.1f} s in {elapsed:.1f} s: {factor:.1f} times real time")


def _announcer(cell: CellDescription, console: Console) -> Announcer:
    announcer, why_mute = cell_announcer(cell)
    if why_mute:
        console.print(f"note: warnings without voice: {why_mute}", markup=False, soft_wrap=True)
    return announcer


def _recorder(
    path: Path, cell: CellDescription, opened: ReplaySource, stack: ExitStack
) -> ReplayRecorder:
    writer = stack.enter_context(BagWriter(path))
    recorded = () if opened.bag is None else opened.bag.connections
    return ReplayRecorder(writer, cell, recorded=recorded, namespace=opened.namespace)


def _log(path: Path, cell: CellDescription, source: Path, audio: Path | None) -> ReplayLog:
    if path.suffix.lower() not in (".html", ".htm"):
        raise MistakeError(f"{path}: the name of a report must end in .html")
    path.parent.mkdir(parents=True, exist_ok=True)
    inputs = tuple(given.name for given in (source, audio) if given is not None)
    return ReplayLog(cell, Provenance(command=f"tml-ros replay {source.name}", inputs=inputs))


def _unwritten(recorder: ReplayRecorder | None) -> list[str]:
    skipped = sorted(recorder.skipped) if recorder is not None else []
    return [f"not written, as the bag has no definition of its type: {topic}" for topic in skipped]


def _faults(run: Replay) -> list[str]:
    kinds = {(fault.guard, fault.reason) for fault in run.guardian.faults}
    return [f"guard {guard} failed: {reason}" for guard, reason in sorted(kinds)]
