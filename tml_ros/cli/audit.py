"""`tml-ros audit`: is the record of a cell as it was written, and what does it say?

Reads only, also while the guardian writes. Runs on the main thread.
"""

from __future__ import annotations

import json
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tml_ros.audit.anchor import read_anchors
from tml_ros.audit.chain import KINDS, Head
from tml_ros.audit.chain import Record as LogRecord
from tml_ros.audit.export import CSV_COLUMNS, RecordFilter, csv_lines, json_lines
from tml_ros.audit.record_key import load_key
from tml_ros.audit.record_log import ANCHOR_SECONDS
from tml_ros.audit.record_reader import (
    Checked,
    RecordEmptyError,
    check_place,
    files_set_aside,
    open_log,
    record_files,
)
from tml_ros.audit.verify import Flaw
from tml_ros.cli.audit_lines import parse_stamp, record_line
from tml_ros.cli.audit_progress import AuditProgress
from tml_ros.cli.mistake import MistakeError

TAMPERED = 1
"""Exit code of a record that is not as it was written."""
MAX_SHOWN = 50
FOLLOW_SECONDS = 0.25

Cell = Annotated[
    Path | None,
    typer.Option(metavar="CELL.yaml", help="The cell: says where record, key and anchor lie."),
]
Record = Annotated[
    Path | None,
    typer.Option(metavar="FOLDER", help="The folder of the record, or one file of it."),
]
Kinds = Annotated[
    list[str] | None,
    typer.Option("--kind", metavar="KIND", help=f"One of {', '.join(KINDS)}; may be repeated."),
]
Since = Annotated[
    str | None,
    typer.Option(metavar="TIME", help="From then on, such as 2026-11-22T14:30 or 14:30."),
]

app = typer.Typer(no_args_is_help=True)


@app.callback()
def audit() -> None:
    """The record of a cell: everything that happened, sealed. See docs/audit.md."""


@app.command()
def verify(  # noqa: PLR0917 - a command line
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="An export as JSON lines, or one record file."),
    ] = None,
    cell: Cell = None,
    record: Record = None,
    key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The key that sealed the record.")
    ] = None,
    anchor: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The file that repeats the newest seal.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object and nothing else.")
    ] = False,
) -> None:
    """Tell whether a record, or an export of one, is as it was written.

    For example `tml-ros audit verify --cell press_2.yaml`, or
    `tml-ros audit verify shift.jsonl --key press_2.key`.

    Exit code: 0 it is, 1 it is not and every difference was listed, 2 it could not be judged and
    the reason was said.
    """
    place, key_file, anchor_file = _places(cell, file or record)
    key_file, anchor_file = key or key_file, anchor or anchor_file
    if key_file is None:
        raise MistakeError("which key sealed it? give --key FILE, or --cell")
    sealing = load_key(key_file)
    heads, wrong = _anchors(anchor_file, given=anchor is not None)
    with AuditProgress(Console(stderr=True)) as bar:
        checked = check_place(place, sealing, heads, progress=bar.reach)
        if any(Flaw.FOREIGN_ANCHOR in one.verdict.counts for one in checked):
            # A log that has just begun may be about to get its first anchor.
            time.sleep(2 * ANCHOR_SECONDS)
            heads, wrong = _anchors(anchor_file, given=anchor is not None)
            checked = check_place(place, sealing, heads, progress=bar.reach)
    aside = files_set_aside(place) if place.is_dir() else []
    intact = all(one.verdict.intact for one in checked) and not wrong
    if as_json:
        answer = {
            "intact": intact,
            "anchored": heads is not None,
            "unreadable_anchors": wrong,
            "set_aside": aside,
            "logs": [_as_json(one) for one in checked],
        }
        typer.echo(json.dumps(answer))
    else:
        _print(checked, wrong, aside, anchored=heads is not None, warning=sealing.warning)
    if not intact:
        raise typer.Exit(TAMPERED)


@app.command()
def export(  # noqa: PLR0917 - a command line
    cell: Cell = None,
    record: Record = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where to.", show_default="standard output"),
    ] = None,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="For a spreadsheet; JSON lines can be verified.")
    ] = False,
    kind: Kinds = None,
    since: Since = None,
    until: Annotated[
        str | None, typer.Option(metavar="TIME", help="Up to then, as with --since.")
    ] = None,
) -> None:
    """Write the record, with its seals, as JSON lines or CSV.

    For example `tml-ros audit export --cell press_2.yaml --since 06:00 --out shift.jsonl`. No key
    is needed; `tml-ros audit verify shift.jsonl --key FILE` then judges what was exported.
    """
    place, _, _ = _places(cell, record)
    wanted = _filter(kind, since, until)
    files = record_files(place)
    target = sys.stdout if out is None else out.open("w", encoding="utf-8", newline="\n")
    count = 0
    try:
        if as_csv:
            target.write(",".join(CSV_COLUMNS) + "\n")
        for path in files:
            with suppress(RecordEmptyError), open_log(path) as log:
                records = log.store.records()
                lines = (
                    csv_lines(log.name.log, records, wanted)
                    if as_csv
                    else json_lines(log.name.log, log.name.key_id, records, wanted)
                )
                for line in lines:
                    target.write(f"{line}\n")
                    count += 1
    finally:
        if out is not None:
            target.close()
    if out is not None:
        Console(stderr=True, highlight=False).print(f"{out}: {count:,} lines", markup=False)


@app.command()
def tail(
    cell: Cell = None,
    record: Record = None,
    lines: Annotated[
        int, typer.Option("--lines", "-n", min=0, help="How many of the newest.")
    ] = 20,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on with what comes, until Ctrl-C.")
    ] = False,
    kind: Kinds = None,
) -> None:
    """Show the newest records as lines to read: local time, kind, what, where, who."""
    place, _, _ = _places(cell, record)
    wanted = _filter(kind, None, None)
    console = Console(highlight=False, soft_wrap=True)
    path = record_files(place)[-1]
    log_id, seq = "", 0
    while True:
        newest: list[LogRecord] = []
        # While a new file is being begun there is nothing to read.
        with suppress(RecordEmptyError), open_log(path) as log:
            if not log_id:
                newest = log.store.newest(lines, wanted.kinds)
                last = log.store.last()
                log_id, seq = log.name.log, 0 if last is None else last.seq
            else:
                if log.name.log != log_id:
                    # A new file has begun.
                    log_id, seq = log.name.log, 0
                newest = log.store.records_after(seq, 1_000)
                seq = newest[-1].seq if newest else seq
        for one in newest:
            if wanted.wants(one):
                console.print(record_line(one), markup=False)
        if not follow:
            return
        time.sleep(FOLLOW_SECONDS)


def _places(cell: Path | None, record: Path | None) -> tuple[Path, Path | None, Path | None]:
    """Where record, key and anchor lie, as far as is said."""
    if cell is None:
        if record is None:
            raise MistakeError("which record? give --cell CELL.yaml or --record FOLDER")
        return record, None, None
    # A cell description takes a moment to import; with --record nothing waits for it.
    from tml_ros.cell.cell_file import load_cell  # noqa: PLC0415
    from tml_ros.cell.cell_places import (  # noqa: PLC0415
        record_anchor,
        record_folder,
        record_key,
    )

    described = load_cell(cell)
    return record or record_folder(described), record_key(described), record_anchor(described)


def _anchors(path: Path | None, *, given: bool) -> tuple[list[Head] | None, list[str]]:
    if path is None:
        return None, []
    try:
        return read_anchors(path)
    except FileNotFoundError:
        if given:
            raise
        # Whoever cuts a record would take its anchor away too.
        return [], [f"{path}: there is no anchor"]


def _filter(kind: list[str] | None, since: str | None, until: str | None) -> RecordFilter:
    for one in kind or ():
        if one not in KINDS:
            raise MistakeError(f"--kind {one}: allowed are {', '.join(KINDS)}")
    return RecordFilter(
        frozenset(kind or ()),
        None if since is None else parse_stamp("--since", since),
        None if until is None else parse_stamp("--until", until),
    )


def _as_json(checked: Checked) -> dict[str, Any]:
    verdict = checked.verdict
    return {
        "file": str(checked.path),
        "log": verdict.log,
        "intact": verdict.intact,
        "records": verdict.records,
        "first_seq": verdict.first_seq,
        "last_seq": verdict.last_seq,
        "anchored_seq": verdict.anchored_seq,
        "counts": {flaw.value: count for flaw, count in verdict.counts.items()},
        "found": [
            {"flaw": one.flaw.value, "seq": one.seq, "text": one.text} for one in verdict.found
        ],
    }


def _print(
    checked: list[Checked], wrong: list[str], aside: list[str], *, anchored: bool, warning: str
) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for one in checked:
        verdict = one.verdict
        word = "[green]intact[/green]" if verdict.intact else "[red]TAMPERED WITH[/red]"
        if Flaw.WRONG_KEY in verdict.counts:
            word = "[red]NOT JUDGED[/red]"
        console.print(
            f"{escape(str(one.path))}: {word}, {verdict.records:,} records "
            f"({verdict.first_seq:,} to {verdict.last_seq:,}), "
            f"anchored up to {verdict.anchored_seq:,}, log {escape(verdict.log[:8])}"
        )
        if verdict.found:
            table = Table("record", "what", "", box=None)
            for found in verdict.found[:MAX_SHOWN]:
                style = "red" if found.flaw.is_tampering else "yellow"
                what = found.flaw.value.replace("_", " ")
                number = str(found.seq) if found.seq else ""
                table.add_row(number, f"[{style}]{what}[/{style}]", escape(found.text))
            console.print(table)
        for flaw, count in verdict.counts.items():
            if count > 1:
                console.print(f"  {flaw.value.replace('_', ' ')}: {count:,} in all")
    for line in wrong:
        console.print(f"[red]anchor[/red] {escape(line)}")
    for name in aside:
        console.print(f"[yellow]set aside[/yellow] {escape(name)}: see the start record of the log")
    if not anchored:
        console.print("no anchor was given: records cut off the end would not be noticed")
    if warning:
        console.print(f"[yellow]key[/yellow] {escape(warning)}")
