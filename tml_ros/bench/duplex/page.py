"""A run as one self-contained HTML page: tables side by side, and examples to look at and hear.

Nothing in it is fetched from anywhere. It shows what the tally holds and decides nothing; no clock
is read, so that the same run gives the same bytes. One thread.
"""

from __future__ import annotations

import base64
import io
import wave
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

import jinja2
import numpy as np
import soxr
from markupsafe import Markup

from tml_ros.bench.duplex.example_chart import Chart, chart_of
from tml_ros.bench.duplex.figures import Figure
from tml_ros.bench.duplex.results import RunFacts
from tml_ros.bench.duplex.sample import Samples
from tml_ros.bench.duplex.stream import Output
from tml_ros.bench.duplex.tally import Example, Tally
from tml_ros.bench.duplex.task import Family, Task
from tml_ros.bench.duplex.wording_of_figures import better_words, figure_words, interval_words
from tml_ros.turn.audio_format import to_int16
from tml_ros.turn.micro_turn import SAMPLE_RATE

MOST_SOUND_BYTES: Final = 8_000_000
"""Sound beyond this is left out; the drawings stay."""
PAGE_RATE: Final = 8_000

_FAMILIES: Final = {
    Family.V1: ("Full-Duplex-Bench v1.0", "Lin et al. 2025, arXiv 2503.04721: definitions only."),
    Family.V1_5: (
        "Full-Duplex-Bench v1.5: overlaps",
        "Lin et al. 2025, arXiv 2507.23159: definitions; behaviour by rules, not by a language "
        "model.",
    ),
    Family.TIMING: (
        "Time",
        "In the manner of TimeSpeak, CueSpeak, RepCount and temporal localisation, by ear.",
    ),
}


@dataclass(frozen=True, slots=True)
class _Cell:
    """A figure of a model. low, high, at: of its bar, percent of the width; None for no bar."""

    words: str
    interval: str
    count: int
    low: float | None = None
    high: float | None = None
    at: float | None = None


@dataclass(frozen=True, slots=True)
class _Row:
    title: str
    about: str
    better: str
    cells: tuple[_Cell | None, ...]
    head: bool


@dataclass(frozen=True, slots=True)
class _TaskView:
    task: Task
    samples: int
    wordless: int
    rows: tuple[_Row, ...]


@dataclass(frozen=True, slots=True)
class _ExampleView:
    """sounds: a data URL by model, where there was room."""

    task: Task
    example: Example
    chart: Chart
    sounds: dict[str, str]


def write_page(path: Path, facts: RunFacts, tally: Tally) -> None:
    """Write the page; its folder must exist. Raises OSError where it cannot be written."""
    path.write_text(render_page(facts, tally), encoding="utf-8")


def render_page(facts: RunFacts, tally: Tally) -> str:
    """The page as HTML. Every word of the run is escaped."""
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    templates = files("tml_ros.bench") / "templates"
    report = files("tml_ros.report") / "templates" / "report.css"
    style = report.read_text(encoding="utf-8")
    style += (templates / "duplex.css").read_text(encoding="utf-8")
    page = environment.from_string((templates / "duplex.html.j2").read_text(encoding="utf-8"))
    families = [
        (
            family,
            *_FAMILIES[family],
            [_task(tally, task) for task in tally.tasks if task.family is family],
        )
        for family in Family
    ]
    return page.render(
        # The sheets are ours and hold no word of the run, so they may go in unescaped.
        style=Markup(style),  # noqa: S704
        facts=facts,
        models=tally.models,
        notes=[facts.note(model) for model in tally.models],
        families=[one for one in families if one[3]],
        examples=_examples(tally),
        problems=tally.problems,
    )


def _task(tally: Tally, task: Task) -> _TaskView:
    results = [tally.result(model, task) for model in tally.models]
    some = [result for result in results if result is not None]
    rows = []
    for place, figure in enumerate(some[0].figures):
        found = [None if result is None else result.figures[place] for result in results]
        rows.append(
            _Row(
                figure.kind.title,
                figure.kind.about,
                better_words(figure.kind),
                tuple(_cells(found)),
                head=place == 0,
            )
        )
    return _TaskView(
        task,
        max(len(result.ids) for result in some),
        max(result.wordless for result in some),
        tuple(rows),
    )


def _cells(found: list[Figure | None]) -> list[_Cell | None]:
    """Bars of one row have one scale: 0..1 for shares, else up to the largest end of any."""
    estimates = [one.estimate for one in found if one is not None and one.estimate is not None]
    ends = [end for one in estimates for end in (one.value, one.high or 0.0)]
    share = any(one is not None and one.kind.unit == "share" for one in found)
    largest = 1.0 if share else max(ends, default=0.0) * 1.05
    return [None if one is None else _cell(one, largest) for one in found]


def _cell(figure: Figure, largest: float) -> _Cell:
    words, interval = figure_words(figure), interval_words(figure)
    found = figure.estimate
    if found is None or not largest:
        return _Cell(words, interval, figure.count)
    low = found.value if found.low is None else found.low
    high = found.value if found.high is None else found.high
    scale = 100 / largest
    return _Cell(words, interval, figure.count, low * scale, high * scale, found.value * scale)


def _examples(tally: Tally) -> list[_ExampleView]:
    views = []
    room = MOST_SOUND_BYTES
    for task in tally.tasks:
        for example in tally.examples(task):
            sounds = {}
            for model, outputs in example.outputs.items():
                wav = _wav(example.sample.samples, outputs.noisy)
                if wav is not None and len(wav) <= room:
                    room -= len(wav)
                    sounds[model] = "data:audio/wav;base64," + base64.b64encode(wav).decode()
            views.append(_ExampleView(task, example, chart_of(example), sounds))
    return views


def _wav(user: Samples, output: Output) -> bytes | None:
    """User left, model right; None where the model's sound is not known, or there is none."""
    if output.samples is None or not output.speech.stretches:
        return None
    count = max(len(user), len(output.samples))
    both = np.stack([np.pad(one, (0, count - len(one))) for one in (user, output.samples)], axis=1)
    small = soxr.resample(both, SAMPLE_RATE, PAGE_RATE, quality="HQ").astype(np.float32)
    file = io.BytesIO()
    with wave.open(file, "wb") as wav:
        wav.setnchannels(2)
        wav.setsampwidth(2)
        wav.setframerate(PAGE_RATE)
        wav.writeframes(to_int16(np.clip(small, -1, 1).ravel()).tobytes())
    return file.getvalue()
