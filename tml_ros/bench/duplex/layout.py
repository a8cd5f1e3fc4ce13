"""The public layout of Full-Duplex-Bench: one folder of files per sample, written and read.

After the READMEs of the repository DanielLin94144/Full-Duplex-Bench (v1.0 and v1.5, state of August
2025: `dataset/README.md`, `evaluation/README.md`, `get_transcript/README.md`) and the public data's
files, of which the shapes of the JSON are:
    input.wav, output.wav      what is heard, what the model says, beginning together
    output.json                {"text": ..., "chunks": [{"text": word, "timestamp": [s, e]}, ...]}
    transcription.json         of the input: [{"text": word, "timestamp": [s, e]}, ...]
    pause.json                 [{"text": "[PAUSE]", "timestamp": [s, e]}, ...]
    turn_taking.json           [{"text": "[TURN-TAKING]", "timestamp": [end of the turn, next]}]
    interrupt.json             [{"context": ..., "interrupt": ..., "timestamp": [s, e]}]
    v1.5: clean_input.wav, clean_output.wav, clean_output.json, and metadata.json
                               {"context_text": ..., "<overlap>_text": ..., "timestamps": [s, e]}
Beside them `tml_sample.json` holds what only we know, so that reading gives back what was written.

Folders: ROOT/MODEL/v1.0/pause_handling/1 and so on; those of the public data (candor_turn_taking,
icc_backchannel, synthetic_user_interruption, ...) are known too. One thread.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from tml_ros.bench.duplex import layout_json
from tml_ros.bench.duplex.layout_json import SampleFileError
from tml_ros.bench.duplex.layout_sound import read_sound, write_sound
from tml_ros.bench.duplex.sample import Sample, Samples
from tml_ros.bench.duplex.stream import Output, Outputs
from tml_ros.bench.duplex.task import OVERLAPS, Family, Task
from tml_ros.turn.micro_turn import SAMPLE_RATE

INPUT, OUTPUT, WORDS = "input.wav", "output.wav", "output.json"
CLEAN_INPUT, CLEAN_OUTPUT, CLEAN_WORDS = "clean_input.wav", "clean_output.wav", "clean_output.json"
FACTS, TRANSCRIPTION, METADATA = "tml_sample.json", "transcription.json", "metadata.json"
PAUSE, TURN_TAKING, INTERRUPT = "pause.json", "turn_taking.json", "interrupt.json"

OVERLAP_NAMES: Final[Mapping[Task, str]] = MappingProxyType(
    {
        Task.OVERLAP_INTERRUPTION: "interrupt",
        Task.OVERLAP_BACKCHANNEL: "backchannel",
        Task.OVERLAP_SIDE_TALK: "current_turn",
        Task.OVERLAP_BACKGROUND: "background",
    }
)
"""Of what is said over the model, in the names of its files."""
_PUBLIC: Final[Mapping[str, Task]] = MappingProxyType(
    {
        **{task.value.removeprefix("overlap_"): task for task in OVERLAPS},
        **{task.value: task for task in Task if task not in OVERLAPS},
        "candor_pause_handling": Task.PAUSE_HANDLING,
        "synthetic_pause_handling": Task.PAUSE_HANDLING,
        "candor_turn_taking": Task.TURN_TAKING,
        "icc_backchannel": Task.BACKCHANNEL,
        "synthetic_user_interruption": Task.INTERRUPTION,
    }
)
_MARKS: Final = {
    PAUSE: Task.PAUSE_HANDLING,
    TURN_TAKING: Task.TURN_TAKING,
    INTERRUPT: Task.INTERRUPTION,
}


def write_sample(root: Path, sample: Sample, outputs: Outputs) -> Path:
    """Write the folder of a sample and return it. root: of one model. Raises OSError."""
    folder = root / sample.task.folder / sample.id
    folder.mkdir(parents=True, exist_ok=True)
    write_sound(folder / INPUT, sample.samples)
    _write(folder / FACTS, layout_json.facts_json(sample))
    _write(folder / TRANSCRIPTION, layout_json.transcription_json(sample))
    _write_output(folder, OUTPUT, WORDS, outputs.noisy)
    if sample.clean is not None:
        write_sound(folder / CLEAN_INPUT, sample.clean)
    if outputs.clean is not None:
        _write_output(folder, CLEAN_OUTPUT, CLEAN_WORDS, outputs.clean)
    _write_marks(folder, sample)
    return folder


def sample_folders(root: Path) -> Iterator[Path]:
    """Every folder below with an input or an output; those named by numbers in the order of those.

    Raises SampleFileError where there is no such folder.
    """
    if not root.is_dir():
        raise SampleFileError(f"{root} is no folder")
    names = {INPUT, OUTPUT, WORDS}
    found = {path.parent for path in root.rglob("*") if path.name in names and path.is_file()}
    yield from sorted(found, key=lambda path: [_ordered(part) for part in path.parts])


def column_of(root: Path, folder: Path) -> str:
    """Which model's outputs a folder holds, by its place: what stands above version and task."""
    parts = folder.relative_to(root).parts[:-1]
    known = {family.value for family in Family} | {"v1_0", "v1_5"} | set(_PUBLIC)
    return "/".join(part for part in parts if part not in known) or "recorded"


def read_sample(folder: Path) -> Sample:
    """The sample of a folder. Raises SampleFileError, which names the file and what is wrong."""
    task = _task_of(folder)
    samples = read_sound(folder / INPUT) if (folder / INPUT).exists() else None
    clean = read_sound(folder / CLEAN_INPUT) if (folder / CLEAN_INPUT).exists() else None
    if samples is None:
        raise SampleFileError(f"{INPUT} is missing")
    if (folder / FACTS).exists():
        return layout_json.sample_of_facts(_read(folder / FACTS), samples, clean)
    marks = {
        name: _read(folder / name)
        for name in (TRANSCRIPTION, PAUSE, TURN_TAKING, INTERRUPT, METADATA)
        if (folder / name).exists()
    }
    return layout_json.sample_of_marks(folder.name, task, samples, clean, marks)


def read_outputs(folder: Path, sample: Sample) -> Outputs:
    """What was recorded of a model. Raises SampleFileError."""
    noisy = _read_output(folder, OUTPUT, WORDS, sample.seconds)
    if noisy is None:
        raise SampleFileError(f"there is neither {OUTPUT} nor {WORDS}")
    return Outputs(noisy, _read_output(folder, CLEAN_OUTPUT, CLEAN_WORDS, sample.seconds))


def _task_of(folder: Path) -> Task:
    if (folder / FACTS).exists():
        return layout_json.task_of_facts(_read(folder / FACTS))
    named = _PUBLIC.get(folder.parent.name)
    # Both versions have a folder of this name.
    if named is Task.INTERRUPTION and not (folder / INTERRUPT).exists():
        return Task.OVERLAP_INTERRUPTION if (folder / METADATA).exists() else named
    if named is not None:
        return named
    for name, task in _MARKS.items():
        if (folder / name).exists():
            return task
    raise SampleFileError(
        f"which task it is cannot be told: its folder stands in {folder.parent.name!r} and it has "
        f"none of {', '.join(_MARKS)}"
    )


def _write_marks(folder: Path, sample: Sample) -> None:
    if sample.task is Task.PAUSE_HANDLING:
        _write(folder / PAUSE, layout_json.pause_json(sample))
    elif sample.task is Task.TURN_TAKING:
        _write(folder / TURN_TAKING, layout_json.turn_taking_json(sample))
    if sample.overlap is None or sample.turn_end_s is None:
        return
    name = OVERLAP_NAMES.get(sample.task, "interrupt")
    if sample.task is Task.INTERRUPTION:
        _write(folder / INTERRUPT, layout_json.interrupt_json(sample))
    else:
        _write(folder / METADATA, layout_json.metadata_json(sample, name))
    low, high = (round(time_s * SAMPLE_RATE) for time_s in sample.overlap)
    write_sound(folder / "context.wav", sample.samples[: round(sample.turn_end_s * SAMPLE_RATE)])
    write_sound(folder / f"{name}.wav", sample.samples[low:high])


def _write_output(folder: Path, sound: str, words: str, output: Output) -> None:
    if output.samples is not None:
        write_sound(folder / sound, output.samples)
    if output.words is not None:
        _write(folder / words, layout_json.words_json(output.words))


def _read_output(folder: Path, sound: str, words: str, seconds: float) -> Output | None:
    samples: Samples | None = None
    said = None
    if (folder / sound).exists():
        samples = read_sound(folder / sound)
    if (folder / words).exists():
        said = layout_json.words_of_json(_read(folder / words), words)
    if samples is None and said is None:
        return None
    return Output(samples, said, seconds)


def _write(path: Path, data: Any) -> None:  # noqa: ANN401 - JSON of any shape
    path.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _read(path: Path) -> Any:  # noqa: ANN401 - JSON of any shape
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as problem:
        raise SampleFileError(f"{path.name} cannot be read: {problem}") from problem


def _ordered(name: str) -> tuple[int, int, str]:
    return (0, int(name), "") if name.isdecimal() and len(name) < 10 else (1, 0, name)
