"""What a model card is made from: results that were written down, read and left as they are.

Knows nothing of bars or of how a card looks. Reads files; any thread.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from tml_ros.bench.evaluation.agents import CASCADE
from tml_ros.bench.evaluation.scenario_record import RecordError, ScenarioRecord, read_record
from tml_ros.bench.judge.outcome import Verdict
from tml_ros.model.checkpoint import read_checkpoint_header
from tml_ros.model.interface import CHECKPOINT_SUFFIX, NO_MODEL
from tml_ros.model.preset import Preset
from tml_ros.sim.split import Split
from tml_ros.sim.truth.expectation import Expectation, Rule
from tml_ros.sim.truth.truth import SpokenLine, Truth

REPLIES = frozenset({Rule.ANSWER, Rule.ACKNOWLEDGE, Rule.DELEGATE})
"""What somebody who spoke to the cell gets a reply for."""
SUMMARY_FILE = "summary.json"
_AT_ONCE_S = 0.1
_BLOCK = 1 << 20
_PLACES = ("--out", "--beside")
_OF_EVALUATION = ("model", "plan", "suites", "all", "made", "hours", "simulator")


class EvidenceError(ValueError):
    """The file is not what it was given as; the message names it and says what to give."""


@dataclass(frozen=True, slots=True)
class Done:
    """One thing that was to be done, and could be told. delay_s: as of `Outcome`. snr_db: of the
    line it answers to all other sound, at the microphone that hears it best; None without a line.
    """

    rule: Rule
    right: bool
    delay_s: float | None
    snr_db: float | None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """told: `summary.json`. done: thing by thing, from the records beside it; None where only the
    summary is there.
    """

    told: Mapping[str, Any]
    done: tuple[Done, ...] | None = None

    @property
    def command(self) -> str:
        """What makes the same figures again, wherever they went and wherever the weights lay."""
        said = shlex.split(str(self.told["made"].get("command", "")))
        words = [Path(word).name if word.endswith(CHECKPOINT_SUFFIX) else word for word in said]
        places = {at + by for at, word in enumerate(words) if word in _PLACES for by in (0, 1)}
        return shlex.join(word for at, word in enumerate(words) if at not in places)

    @property
    def counts(self) -> bool:
        """Whether it is of a model, with looks and voices that no training scenario has."""
        known = self.told["plan"].get("looks") == Split.HELD_OUT.value
        return known and self.told["model"] not in (NO_MODEL, CASCADE)

    @property
    def of_hazards(self) -> Mapping[str, Any]:
        """Figures of the suite that is about hazards; of everything where that was not played."""
        return self.told["suites"].get("hazards") or self.told["all"]


@dataclass(frozen=True, slots=True)
class Weights:
    """A checkpoint: what it says of itself, its size and the SHA-256 of the file."""

    name: str
    preset: Preset
    facts: Mapping[str, Any]
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything there is. turn: `tml-ros bench turn --json`. voice: an exam of the voice, by kind
    of text. None or none: nobody measured it.

    Raises EvidenceError where the weights are others than those that were evaluated.
    """

    evaluations: tuple[Evaluation, ...] = ()
    turn: Mapping[str, Any] | None = None
    voice: Mapping[str, Any] | None = None
    weights: Weights | None = None

    def __post_init__(self) -> None:
        """Refuse evaluations of other weights."""
        if self.weights is None:
            return
        for one in self.counted:
            *_, evaluated = str(one.told["plan"].get("made_of") or "?").split()
            if not self.weights.digest.startswith(evaluated):
                raise EvidenceError(
                    f"`{one.command}` was of other weights than {self.weights.name}; evaluate these"
                )

    @property
    def counted(self) -> tuple[Evaluation, ...]:
        """Evaluations that bars are held against."""
        return tuple(one for one in self.evaluations if one.counts)


def read_evaluation(path: Path) -> Evaluation:
    """An evaluation: its folder, with the records, or what `--json` printed.

    Raises EvidenceError where it is none, or records are of another one; OSError.
    """
    told = read_json(path / SUMMARY_FILE if path.is_dir() else path)
    absent = [key for key in _OF_EVALUATION if key not in told]
    if absent:
        raise EvidenceError(
            f"{path}: no evaluation, it has no {', '.join(absent)}; give the folder of "
            f"`tml-ros evaluate` or what its --json printed"
        )
    return Evaluation(told, tuple(_done_in(path, told)) if path.is_dir() else None)


def read_turn(path: Path) -> Mapping[str, Any]:
    """What `tml-ros bench turn --json` printed. Raises EvidenceError, OSError."""
    told = read_json(path)
    if "p99" not in told.get("turn_ms", {}):
        raise EvidenceError(f"{path}: no turn_ms in it; give what `bench turn --json` printed")
    return told


def read_voice(path: Path) -> Mapping[str, Any]:
    """An exam of a voice, as it is logged: its newest line that has one. Raises EvidenceError,
    OSError.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    if path.suffix != ".jsonl":
        lines = ["".join(lines)]
    try:
        found = [json.loads(line) for line in lines if line.strip()]
        exams = [one.get("exam") or one.get("voice_exam") or one for one in found]
        return next(exam for exam in reversed(exams) if "rows" in exam)
    except (ValueError, AttributeError, TypeError, StopIteration):
        raise EvidenceError(f"{path}: no exam of a voice in it, which has rows") from None


def read_weights(path: Path) -> Weights:
    """What a checkpoint says of itself. Raises CheckpointError, OSError."""
    header = read_checkpoint_header(path)
    digest = sha256()
    with path.open("rb") as file:
        for block in iter(partial(file.read, _BLOCK), b""):
            digest.update(block)
    return Weights(path.name, header.preset, header.facts, path.stat().st_size, digest.hexdigest())


def read_json(path: Path) -> dict[str, Any]:
    """A file with one JSON object. Raises EvidenceError, OSError."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise EvidenceError(f"{path}: no JSON ({error})") from error
    if not isinstance(told, dict):
        raise EvidenceError(f"{path}: no JSON object")
    return told


def _done_in(folder: Path, told: Mapping[str, Any]) -> Iterator[Done]:
    plan = told["plan"]
    names = [f"{suite}_*.json" for suite in plan["suites"]]
    for path in sorted(found for name in names for found in folder.glob(name)):
        try:
            record = read_record(path, fingerprint=plan["fingerprint"])
        except RecordError as error:
            raise EvidenceError(f"{error}; the summary is of other records") from error
        if plan["seeds"][0] <= record.task.seed < plan["seeds"][1]:
            yield from done_of(record)


def done_of(record: ScenarioRecord) -> Iterator[Done]:
    """Everything in a scenario that could be told."""
    for outcome in record.judged.outcomes:
        if outcome.verdict is Verdict.VOID:
            continue
        line = None
        if outcome.rule in REPLIES:
            line = _answered(record.truth, record.truth.expected[outcome.expectation])
        heard = line.snr_db if line is not None else None
        yield Done(
            outcome.rule,
            outcome.verdict is Verdict.RIGHT,
            outcome.delay_s,
            max(heard.values()) if heard else None,
        )


def _answered(truth: Truth, asked: Expectation) -> SpokenLine | None:
    """The line that a reply is due after: one that waits is named, others end when it is due."""
    if asked.line is not None:
        return next((line for line in truth.lines if line.index == asked.line), None)
    ends = {line.start_s + line.seconds: line for line in truth.lines if line.start_s is not None}
    nearest = min(ends, key=lambda end: abs(end - asked.due_s), default=None)
    return None if nearest is None or abs(nearest - asked.due_s) > _AT_ONCE_S else ends[nearest]
