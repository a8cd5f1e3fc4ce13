"""A question answered from the folder in which a background keeps its files, which is only read.

The same reasoner as in the background node, which may be running meanwhile. The present is the
newest time in the files. Runs on the main thread.
"""

from __future__ import annotations

import json
import time
from datetime import datetime
from pathlib import Path

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markdown import Markdown

from tml_ros.background.contracts import Delegation, Finding, Outcome
from tml_ros.background.endpoint_settings import EndpointSettings
from tml_ros.background.endpoint_transport import Waiting
from tml_ros.background.history import History
from tml_ros.background.manuals import Manuals
from tml_ros.background.planner import Planner
from tml_ros.background.playbook_file import load_playbook
from tml_ros.background.reasoner import Conclusion, Reasoner
from tml_ros.background.record import Record
from tml_ros.background.store_names import (
    HISTORY_FILE,
    MANUALS_FILE,
    RECORD_FILE,
    WAVEFORMS_FILE,
)
from tml_ros.background.tools import Tools
from tml_ros.background.waveform_store import WaveformStore
from tml_ros.cli.mistake import MistakeError


def answer_from(
    store: Path,
    question: str,
    *,
    endpoint: str | None = None,
    model: str = "",
    manuals: Path | None = None,
    playbook: Path | None = None,
) -> tuple[Finding, Conclusion]:
    """The finding, and the conclusion with its pictures. Raises MistakeError and what files do."""
    tools, now_ns = _open_tools(store, manuals, playbook)
    asked = Delegation(id="ask", question=question, asked_by="command line", asked_ns=now_ns)
    *_, end = _reasoner(endpoint, model).work(asked, tools, now_ns=now_ns)
    assert isinstance(end, Conclusion)  # noqa: S101 - that is what a reasoner ends with
    return end.finding(asked, finding_id="ask.end", stamp_ns=now_ns), end


def _open_tools(store: Path, manuals: Path | None, playbook: Path | None) -> tuple[Tools, int]:
    """The tools over a store's files, and the newest time in them."""
    history = History(_there(store / HISTORY_FILE), read_only=True)
    record = Record(_there(store / RECORD_FILE), read_only=True)
    machines = {machine.name: machine for machine in record.machines()}
    stamps = [
        reading.stamp_ns
        for machine in history.machines()
        for quantity in history.quantities(machine)
        if (reading := history.latest(machine, quantity)) is not None
    ]
    stamps += [event.stamp_ns for event in history.events()]
    newest = record.newest_ns()
    now_ns = max([*stamps, newest or 0])
    if not now_ns and not machines:
        raise MistakeError(f"{store}: the store is empty; there is no data to answer from")
    books = {language: load_playbook(language=language) for language in ("en", "de")}
    if playbook is not None:
        own = load_playbook(playbook)
        books = {own.language: own}
    tools = Tools(
        history,
        WaveformStore(_there(store / WAVEFORMS_FILE), read_only=True),
        record,
        machines,
        books,
        _manuals(store, manuals),
        zone=datetime.now().astimezone().tzinfo,
    )
    return tools, now_ns


def _there(path: Path) -> Path | None:
    """A file that is there, else memory: a store that is only read must not grow files."""
    return path if path.is_file() else None


def _manuals(store: Path, folder: Path | None) -> Manuals | None:
    if folder is None:
        index = _there(store / MANUALS_FILE)
        return None if index is None else Manuals(index, read_only=True)
    found = Manuals()
    for name, reason in found.add_folder(folder).skipped:
        typer.echo(f"tml-ros: {name} was left out: {reason}", err=True)
    return found


def _reasoner(url: str | None, model: str) -> Reasoner:
    if url is None:
        return Planner()
    from tml_ros.background.endpoint import EndpointReasoner  # noqa: PLC0415 - few have one

    try:
        settings = EndpointSettings(url=url, model=model)
    except ValidationError as error:
        raise MistakeError(
            f"--endpoint {url}: allowed is http:// or https:// and a host, such as "
            "http://127.0.0.1:8000/v1"
        ) from error
    return EndpointReasoner(settings, Waiting(time.monotonic, time.sleep))


def print_answer(finding: Finding, end: Conclusion, *, as_json: bool) -> None:
    """Print a finding for people, or as one line of JSON with state, defect and advice."""
    if as_json:
        told = {
            "state": None if end.state is None else end.state.value,
            "defect": end.defect or None,
            "advice": end.advice or None,
            **finding.model_dump(mode="json"),
        }
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    console = Console(highlight=False)
    if finding.outcome is not Outcome.ANSWERED:
        typer.echo(f"tml-ros: no data: {finding.say}", err=True)
    else:
        console.print(finding.say, markup=False, style="bold", soft_wrap=True)
    if finding.show:
        console.print()
        console.print(Markdown(finding.show))
    console.print(f"\nconfidence {finding.confidence:.0%}", style="dim")
