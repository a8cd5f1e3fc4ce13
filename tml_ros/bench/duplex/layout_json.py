"""The JSON of the public layout and of our own facts: made from samples, and checked when read.

Knows nothing of files. The shapes stand in `layout`. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from pydantic import ConfigDict, TypeAdapter, ValidationError

from tml_ros.bench.duplex.output_words import Word
from tml_ros.bench.duplex.sample import HandedOver, Part, Sample, Samples, Span, Wanted
from tml_ros.bench.duplex.task import OVERLAPS, Task
from tml_ros.turn.micro_turn import SAMPLE_RATE

APART_S: Final = 0.3
"""Words of a transcription with less between them are said in one go."""
_LATE_S: Final = 0.5
"""Marks may lie so much after the end of the sound."""


class SampleFileError(ValueError):
    """A file of a sample is missing, broken or says what cannot be; the message names it."""


@dataclass(frozen=True, slots=True)
class _Facts:
    """A sample without its sound."""

    __pydantic_config__ = ConfigDict(extra="forbid", allow_inf_nan=False)

    id: str
    task: Task
    parts: tuple[Part, ...]
    pauses: tuple[Span, ...]
    turn_end_s: float | None
    overlap: Span | None
    handed_over: tuple[HandedOver, ...]
    wanted: tuple[Wanted, ...]
    promise: Span | None
    number: float | None
    tolerance: float
    looks: str
    seed: int


_FACTS: Final = TypeAdapter(_Facts)


def facts_json(sample: Sample) -> Any:  # noqa: ANN401 - JSON
    """All of a sample but its sound."""
    facts = _Facts(**{one.name: getattr(sample, one.name) for one in fields(_Facts)})
    return _FACTS.dump_python(facts, mode="json")


def task_of_facts(data: object) -> Task:
    """Raises SampleFileError."""
    return _facts(data).task


def sample_of_facts(data: object, samples: Samples, clean: Samples | None) -> Sample:
    """Back again. Raises SampleFileError."""
    facts = _facts(data)
    known = {one.name: getattr(facts, one.name) for one in fields(_Facts)}
    sample = Sample(samples=samples, clean=clean, **known)
    marked = [*sample.pauses, *(part.span for part in sample.parts)]
    marked += [sample.overlap] if sample.overlap else []
    for span in marked:
        _checked(span, sample.seconds, "tml_sample.json")
    return sample


def sample_of_marks(
    name: str, task: Task, samples: Samples, clean: Samples | None, marks: Mapping[str, object]
) -> Sample:
    """A sample of the public data. marks: its JSON files by name. Raises SampleFileError."""
    seconds = len(samples) / SAMPLE_RATE
    parts: tuple[Part, ...] = ()
    if "transcription.json" in marks:
        parts = _parts(words_of_json(marks["transcription.json"], "transcription.json"))
    pauses: list[Span] = []
    turn_end_s = overlap = None
    if task is Task.PAUSE_HANDLING and "pause.json" in marks:
        pauses = [
            _span(one, "timestamp", seconds, "pause.json")
            for one in _list(marks["pause.json"], "pause.json")
        ]
    elif task is Task.TURN_TAKING:
        turn_end_s = _turn_end(_needed(marks, "turn_taking.json"), seconds)
    elif task is Task.INTERRUPTION:
        found = _list(_needed(marks, "interrupt.json"), "interrupt.json")
        overlap = _span(found[0], "timestamp", seconds, "interrupt.json")
    elif task in OVERLAPS:
        overlap = _span(_needed(marks, "metadata.json"), "timestamps", seconds, "metadata.json")
    else:
        _refuse_timing(task)
    return Sample(
        id=name,
        task=task,
        samples=samples,
        clean=clean if task in OVERLAPS else None,
        parts=parts,
        pauses=tuple(pauses),
        turn_end_s=turn_end_s,
        overlap=overlap,
    )


def words_json(words: Iterable[Word]) -> Any:  # noqa: ANN401 - JSON
    """output.json."""
    chunks = [_chunk(word.text, word.start_s, word.end_s) for word in words]
    return {"text": " ".join(chunk["text"] for chunk in chunks), "chunks": chunks}


def words_of_json(data: object, name: str) -> tuple[Word, ...]:
    """Words of output.json or transcription.json; a list alone will do. Raises SampleFileError.

    A recogniser leaves the end of the last word open now and then: it is taken to last 0.2 s.
    """
    chunks = data.get("chunks") if isinstance(data, dict) else data
    words = []
    for chunk in _list(chunks, name, empty=True):
        text = chunk.get("text") if isinstance(chunk, dict) else None
        times = chunk.get("timestamp") if isinstance(chunk, dict) else None
        if not isinstance(text, str) or not isinstance(times, list) or len(times) != 2:
            raise SampleFileError(f"{name}: a word with text and timestamp is wanted, not {chunk}")
        start_s = _number(times[0], name)
        end_s = start_s + 0.2 if times[1] is None else _number(times[1], name)
        if not 0 <= start_s <= end_s:
            raise SampleFileError(f"{name}: {text!r} is said from {start_s} to {end_s} s")
        if text.strip():
            words.append(Word(text.strip(), start_s, end_s))
    return tuple(sorted(words, key=lambda word: word.start_s))


def transcription_json(sample: Sample) -> Any:  # noqa: ANN401 - JSON
    """Of what is said in the input; words are spread over the part they belong to."""
    return [
        _chunk(word, part.span.start_s + step * place, part.span.start_s + step * (place + 1))
        for part in sample.parts
        for words in [part.text.split()]
        for step in [part.span.seconds / max(len(words), 1)]
        for place, word in enumerate(words)
    ]


def pause_json(sample: Sample) -> Any:  # noqa: ANN401 - JSON
    """pause.json."""
    return [_chunk("[PAUSE]", *span) for span in sample.pauses]


def turn_taking_json(sample: Sample) -> Any:  # noqa: ANN401 - JSON
    """turn_taking.json; nobody else's turn follows in the input."""
    end_s = sample.turn_end_s or 0.0
    return [_chunk("[TURN-TAKING]", end_s, end_s)]


def interrupt_json(sample: Sample) -> Any:  # noqa: ANN401 - JSON
    """interrupt.json."""
    context, over = _texts(sample)
    span = sample.overlap or Span(0.0, 0.0)
    return [{"context": context, "interrupt": over, "timestamp": _times(*span)}]


def metadata_json(sample: Sample, name: str) -> Any:  # noqa: ANN401 - JSON
    """metadata.json of v1.5. name: of what is said over the model."""
    context, over = _texts(sample)
    span = sample.overlap or Span(0.0, 0.0)
    return {"context_text": context, f"{name}_text": over, "timestamps": _times(*span)}


def _texts(sample: Sample) -> tuple[str, str]:
    begins = sample.overlap.start_s if sample.overlap else math.inf
    before = [part.text for part in sample.parts if part.span.start_s < begins]
    after = [part.text for part in sample.parts if part.span.start_s >= begins]
    return " ".join(before), " ".join(after)


def _parts(words: Sequence[Word]) -> tuple[Part, ...]:
    groups: list[list[Word]] = []
    for word in words:
        if groups and word.start_s - groups[-1][-1].end_s < APART_S:
            groups[-1].append(word)
        else:
            groups.append([word])
    return tuple(
        Part(" ".join(word.text for word in group), Span(group[0].start_s, group[-1].end_s))
        for group in groups
    )


def _turn_end(data: object, seconds: float) -> float:
    """The first of the two times counts; the second is when somebody else goes on."""
    first = _list(data, "turn_taking.json")[0]
    times = first.get("timestamp") if isinstance(first, dict) else None
    if not isinstance(times, list) or not times:
        raise SampleFileError(f"turn_taking.json: a timestamp is wanted, not {first}")
    end_s = _number(times[0], "turn_taking.json")
    return _checked(Span(end_s, end_s), seconds, "turn_taking.json").end_s


def _span(data: object, key: str, seconds: float, name: str) -> Span:
    times = data.get(key) if isinstance(data, dict) else None
    if not isinstance(times, list) or len(times) != 2:
        raise SampleFileError(f"{name}: {key} of two times is wanted, not {data}")
    return _checked(Span(*(_number(time, name) for time in times)), seconds, name)


def _checked(span: Span, seconds: float, name: str) -> Span:
    if not 0 <= span.start_s <= span.end_s <= seconds + _LATE_S:
        raise SampleFileError(
            f"{name}: {span.start_s:g} to {span.end_s:g} s is not within a sound of {seconds:.2f} s"
        )
    return span


def _needed(marks: Mapping[str, object], name: str) -> object:
    if name not in marks:
        raise SampleFileError(f"{name} is missing")
    return marks[name]


def _refuse_timing(task: Task) -> None:
    if task not in (Task.PAUSE_HANDLING, Task.BACKCHANNEL):
        raise SampleFileError(f"tml_sample.json is missing, which {task.value} is judged by")


def _list(data: object, name: str, *, empty: bool = False) -> list[Any]:
    if not isinstance(data, list) or not (data or empty):
        raise SampleFileError(f"{name}: a list is wanted, not {str(data)[:60]}")
    return data


def _number(value: object, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise SampleFileError(f"{name}: a time in seconds is wanted, not {value!r}")
    return float(value)


def _facts(data: object) -> _Facts:
    try:
        return _FACTS.validate_python(data)
    except ValidationError as problem:
        first = problem.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise SampleFileError(f"tml_sample.json: {place}: {first['msg']}") from problem


def _chunk(text: str, start_s: float, end_s: float) -> dict[str, Any]:
    return {"text": text, "timestamp": _times(start_s, end_s)}


def _times(start_s: float, end_s: float) -> list[float]:
    return [round(start_s, 3), round(end_s, 3)]
