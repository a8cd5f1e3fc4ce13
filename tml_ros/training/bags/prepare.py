"""Labelled recordings as stretch files: each recording is read once, and again only if it changed.

Knows nothing of lessons. Writes into one folder; one process at a time.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from itertools import groupby
from pathlib import Path

from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.session_layout import session_layout
from tml_ros.model.hazard_places import HEARD, SEEN, hazard_index
from tml_ros.model.preset import Preset
from tml_ros.settings.problem import Problem
from tml_ros.training.bags.label_file import Label, LabelFileError, read_labels
from tml_ros.training.bags.labelled_stretches import LabelledRecording, Progress, stretches
from tml_ros.training.bags.recording import Recording
from tml_ros.training.bags.stretch_file import StretchFile, write_stretch
from tml_ros.turn.hazard import HazardKind

VERSION = 1
"""Raised when the senses make other tokens of the same recording: files of before are not used."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """files: the stretches, in order of recordings and time. notices: for a person.

    counts: labelled turns of each kind, over all places: there, and not there.
    """

    files: tuple[Path, ...]
    notices: tuple[str, ...]
    counts: dict[HazardKind, tuple[int, int]]


def prepare(
    folder: Path,
    labels: Path,
    cell: CellDescription,
    preset: Preset,
    out: Path,
    *,
    progress: Progress | None = None,
) -> Prepared:
    """Read the labelled recordings of a folder, but those that are in `out` already.

    folder: where recordings lie by the names that the labels use, or the only one, if that is its
        name. labels: see `label_file`.
    Raises LabelFileError where labels do not fit the cell or a recording, SessionLayoutError where
    the cell does not fit the model; BagError, ReplayError, CameraSourceError for what is no
    recording of the cell; OSError.
    """
    told = read_labels(labels, session_layout(cell))
    _check_recordings(told, folder, labels)
    out.mkdir(parents=True, exist_ok=True)
    files: list[Path] = []
    notices: list[str] = []
    by_name = sorted(told, key=lambda label: label.recording)
    for name, group in groupby(by_name, key=lambda label: label.recording):
        own = tuple(group)
        path = _place(folder, name)
        key = _fingerprint(path, own, cell, preset)
        index = out / f"{key}.json"
        if not index.exists():
            written: list[str] = []
            with Recording(path, cell) as recording:
                found = LabelledRecording(name, recording, own, labels)
                for number, stretch in enumerate(stretches(found, preset, progress=progress)):
                    written.append(f"{key}-{number}.safetensors")
                    write_stretch(out / written[-1], stretch)
                said = list(recording.notices)
            _write_index(index, {"files": written, "notices": said})
        known = json.loads(index.read_text(encoding="utf-8"))
        files += [out / name for name in known["files"]]
        notices += [f"{name}: {notice}" for notice in known["notices"]]
    counts = _counts(files, preset)
    _check_counts(counts, labels)
    return Prepared(tuple(files), tuple(notices), counts)


def _place(folder: Path, name: str) -> Path:
    """Of a recording in the folder, or of the folder that is the recording."""
    inside = folder / name
    return folder if not inside.exists() and folder.resolve().name == name else inside


def _check_recordings(labels: Sequence[Label], folder: Path, path: Path) -> None:
    problems = []
    for name, group in groupby(
        sorted(labels, key=lambda label: (label.recording, label.line)),
        key=lambda label: label.recording,
    ):
        if not _place(folder, name).exists():
            problems.append(
                Problem("recording", repr(name), f"what is in {folder}", next(group).line)
            )
    if problems:
        raise LabelFileError(path, tuple(sorted(problems, key=lambda problem: problem.line or 0)))


def _fingerprint(path: Path, labels: Sequence[Label], cell: CellDescription, preset: Preset) -> str:
    """What the stretches of a recording follow from; file contents by size and time of change."""
    inside = sorted(path.rglob("*")) if path.is_dir() else [path]
    states = [(one.name, one.stat()) for one in inside]
    said = [asdict(replace(label, line=0)) for label in labels]
    facts = [
        VERSION,
        str(path.resolve()),
        [(name, state.st_size, state.st_mtime_ns) for name, state in states],
        said,
        cell.model_dump_json(include={"cameras", "microphones"}),
        preset.model_dump_json(include={"hearing", "sight", "memory"}),
    ]
    return sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:20]


def _write_index(path: Path, content: dict[str, list[str]]) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_text(json.dumps(content, indent=1), encoding="utf-8")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _counts(files: Sequence[Path], preset: Preset) -> dict[HazardKind, tuple[int, int]]:
    there: Counter[HazardKind] = Counter()
    absent: Counter[HazardKind] = Counter()
    for path in files:
        hazards = StretchFile(path, preset).hazards
        for kind in (*SEEN, *HEARD):
            places = preset.sight.zones if kind in SEEN else preset.hearing.microphones
            first = hazard_index(preset, kind, 0)
            own = hazards[:, first : first + places]
            there[kind] += int((own == 1).sum())
            absent[kind] += int((own == 0).sum())
    return {kind: (there[kind], absent[kind]) for kind in (*SEEN, *HEARD)}


def _check_counts(counts: dict[HazardKind, tuple[int, int]], path: Path) -> None:
    """Refuse a kind that is only ever there: a model would learn to see it always."""
    problems = [
        Problem("", f"{kind.value} there in {there} turns and nowhere said not to be",
                "a row of kind `none`, or of this kind with present `no`, over quiet time")
        for kind, (there, absent) in counts.items()
        if there and not absent
    ]  # fmt: skip
    if problems:
        raise LabelFileError(path, tuple(problems))
    if not any(sum(both) for both in counts.values()):
        nothing = Problem("", "labels that no whole turn of a recording lies in", "longer ones")
        raise LabelFileError(path, (nothing,))
