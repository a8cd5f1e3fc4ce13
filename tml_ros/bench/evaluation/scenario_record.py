"""What came of one scenario, as it is kept: judged, with what was said and what the model thought.

A record is a JSON file. It holds nothing of the clock but `step_ms`, so that two runs of one plan
give the same records apart from that.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter, ValidationError

from tml_ros.bench.evaluation.closed_loop import Played
from tml_ros.bench.evaluation.opinions import Opinion
from tml_ros.bench.evaluation.plan import Task
from tml_ros.bench.judge.conduct import Conduct
from tml_ros.bench.judge.judgement import Judgement, judge
from tml_ros.bench.judge.ranking import ScoredRun, scored_run
from tml_ros.sim.factory import Factory
from tml_ros.sim.talk.allowed_speech import SpeechWindow
from tml_ros.sim.truth.truth import Truth
from tml_ros.turn.hazard import HazardKind

_SCORE_DIGITS = 4


class RecordError(ValueError):
    """The file is no record of this plan; it is to be made anew."""


@dataclass(frozen=True, slots=True)
class KindScores:
    """What the model thought of one kind in one zone: a score per turn, 0 where it said nothing."""

    kind: HazardKind
    zone: str
    scores: tuple[float, ...]

    def run(self, truth: Truth) -> ScoredRun:
        """Beside what was there."""
        return scored_run(truth, self.kind, self.zone, np.array(self.scores))


@dataclass(frozen=True, slots=True)
class ScenarioRecord:
    """judged: the whole conduct, alarms of guards and model together. by_opinion: alarms alone, by
    who is believed. scores: of the model by kind and zone, turn by turn. step_ms: what each of its
    turns cost. faults: turns in which it failed; first_fault: why.
    """

    task: Task
    truth: Truth
    conduct: Conduct
    judged: Judgement
    by_opinion: Mapping[Opinion, Judgement]
    scores: tuple[KindScores, ...] = ()
    step_ms: tuple[float, ...] = ()
    faults: int = 0
    first_fault: str = ""


_RECORD = TypeAdapter(ScenarioRecord)


def record_of(
    task: Task, factory: Factory, played: Played, *, step_ms: tuple[float, ...]
) -> ScenarioRecord:
    """Judge what was played."""
    truth = replace(factory.truth, moments=())
    silent = replace(truth, expected=())
    return ScenarioRecord(
        task=task,
        truth=truth,
        conduct=played.conduct,
        judged=judge(
            truth,
            played.conduct,
            scenario=task.name,
            allowed=_allowed(factory.allowed_speech, played.conduct),
        ),
        by_opinion={
            opinion: judge(
                silent,
                Conduct(seconds=played.conduct.seconds, alarms=spans),
                scenario=task.name,
            )
            for opinion, spans in played.alarms.items()
        },
        scores=tuple(
            KindScores(kind, zone, tuple(np.nan_to_num(scores).round(_SCORE_DIGITS).tolist()))
            for (kind, zone), scores in played.scores.items()
        ),
        step_ms=step_ms,
        faults=played.faults,
        first_fault=played.first_fault,
    )


def _allowed(windows: Iterable[SpeechWindow], conduct: Conduct) -> list[tuple[float, float]]:
    """Those windows whose line was said, in times of the scenario."""
    found = []
    for window in windows:
        start = 0.0 if window.line is None else conduct.line_starts.get(window.line)
        if start is not None:
            found.append((start + window.opens_s, start + window.closes_s))
    return found


def write_record(record: ScenarioRecord, path: Path, *, fingerprint: str) -> None:
    """Write it whole or not at all. Raises OSError."""
    plain = _RECORD.dump_python(record, mode="json") | {"plan": fingerprint}
    part = path.with_suffix(".part")
    part.write_text(json.dumps(plain, separators=(",", ":")), encoding="utf-8")
    part.replace(path)


def read_record(path: Path, *, fingerprint: str) -> ScenarioRecord:
    """Read it again. Raises RecordError where it is of another plan or damaged, OSError."""
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
        if plain.pop("plan", None) != fingerprint:
            raise RecordError(f"{path} is of another plan or another simulator")
        return _RECORD.validate_python(plain)
    except (ValueError, TypeError, AttributeError, ValidationError) as error:
        if isinstance(error, RecordError):
            raise
        raise RecordError(f"{path}: {error}") from error
