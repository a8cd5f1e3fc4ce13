"""The whole of a run as JSON: `duplex.json`. Plain data, nothing of it is decided here.

Figures are rounded to what they are worth; a figure without a value was not measured, and `count`
says of how many samples it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tml_ros.bench.duplex.figures import Figure
from tml_ros.bench.duplex.tally import Tally, TaskResult

FORMAT: Final = 1
_DIGITS: Final = 4


@dataclass(frozen=True, slots=True)
class ModelNote:
    """name: of a column. about: what it is. untrained: its weights were never learnt."""

    name: str
    about: str
    untrained: bool = False


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What a run was. source: "generated", or the folder that was read."""

    source: str
    samples: int
    seed: int
    looks: str
    quiet: bool
    echo: bool
    version: str
    notes: tuple[ModelNote, ...] = ()

    def note(self, model: str) -> ModelNote:
        """Of a model; one without a note is a recording."""
        found = (note for note in self.notes if note.name == model)
        return next(found, ModelNote(model, "recorded outputs"))


def as_json(facts: RunFacts, tally: Tally) -> dict[str, Any]:
    """All figures of all models, sample by sample too."""
    return {
        "bench": "duplex",
        "format": FORMAT,
        "version": facts.version,
        "source": facts.source,
        "samples_per_task": facts.samples,
        "seed": facts.seed,
        "looks": facts.looks,
        "quiet": facts.quiet,
        "echo": facts.echo,
        "models": {
            model: {
                "about": facts.note(model).about,
                "untrained": facts.note(model).untrained,
                "tasks": {
                    task.value: _task(result)
                    for task in tally.tasks
                    if (result := tally.result(model, task)) is not None
                },
            }
            for model in tally.models
        },
        "problems": [{"place": one.place, "what": one.what} for one in tally.problems],
    }


def _task(result: TaskResult) -> Mapping[str, Any]:
    return {
        "samples": len(result.ids),
        "without_words": result.wordless,
        "figures": {figure.kind.name: _figure(figure) for figure in result.figures},
        "by_sample": {
            sample_id: {name: _plain(value) for name, value in values.items()}
            for sample_id, values in zip(result.ids, result.values, strict=True)
        },
    }


def _figure(figure: Figure) -> Mapping[str, Any]:
    found = figure.estimate
    return {
        "value": None if found is None else _plain(found.value),
        "low": None if found is None else _plain(found.low),
        "high": None if found is None else _plain(found.high),
        "count": figure.count,
        "unit": figure.kind.unit,
        "better": figure.kind.better,
        "title": figure.kind.title,
        "about": figure.kind.about,
    }


def _plain(value: float | None) -> float | int | bool | None:
    if value is None or isinstance(value, bool | int):
        return value
    return round(value, _DIGITS)
