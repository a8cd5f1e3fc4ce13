"""A cell file: YAML on disk to a CellDescription, or every mistake in it at once.

Knows nothing of devices: a `source` need not exist yet. Reads one file, opens nothing else; any
thread.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from pydantic import ValidationError

from tml_ros.cell.cell_description import CameraDescription, CellDescription
from tml_ros.cell.cell_yaml import YamlDocument, YamlMistake, read_yaml
from tml_ros.cell.problem import Problem, path_text, problem_from
from tml_ros.devices.source_names import names_sound_file, names_video_file

MAX_BYTES = 256 * 1024
"""A cell with 32 cameras of 64 zones is a tenth of this."""


class CellFileError(ValueError):
    """The file is no description of a cell. problems: every mistake, in the order of the file."""

    def __init__(self, path: Path, problems: tuple[Problem, ...]) -> None:
        """Say in one message, a line each, what is wrong with the file at `path`."""
        self.path = path
        self.problems = problems
        super().__init__("\n".join([f"{path}:", *(f"  {_with_line(p)}" for p in problems)]))


class UnreadableCellFileError(CellFileError):
    """There is nothing to read at `path`, or nothing that can be."""

    def __init__(self, path: Path, found: str, allowed: str) -> None:
        """Say what is there instead."""
        super().__init__(path, (Problem("", found, allowed),))
        self.args = (f"{path}: {found}; expected {allowed}",)


def load_cell(path: Path) -> CellDescription:
    """Read a cell file; relative files in `source` and `sink` become absolute, seen from it.

    Raises CellFileError; UnreadableCellFileError where there is no file that can be read.
    """
    path = Path(path)
    return parse_cell(_read(path), path)


def parse_cell(text: str, path: Path) -> CellDescription:
    """The description in `text`, as if read from `path`. Raises CellFileError."""
    try:
        document = read_yaml(text)
    except YamlMistake as mistake:
        problem = Problem("", mistake.found, mistake.allowed, mistake.line)
        raise CellFileError(path, (problem,)) from None
    problems = [_repeated_key(*repeated) for repeated in document.repeated]
    cell = None
    if isinstance(document.data, Mapping):
        try:
            cell = CellDescription.model_validate(document.data)
        except ValidationError as error:
            problems += _problems(error, document)
    else:
        found = "nothing" if document.data is None else _kind(document.data)
        problems.append(Problem("", found, "a mapping that begins with `cell: <name>`", 1))
    if cell is None or problems:
        problems.sort(key=lambda problem: problem.line or 0)
        raise CellFileError(path, tuple(problems))
    return _resolved(cell, path.absolute().parent)


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise UnreadableCellFileError(path, "no such file", "the path of a cell file") from None
    except IsADirectoryError:
        raise UnreadableCellFileError(path, "a folder", "the path of a cell file") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        found = f"a file that cannot be read ({reason})"
        raise UnreadableCellFileError(path, found, "a readable file") from None
    if len(data) > MAX_BYTES:
        raise UnreadableCellFileError(path, f"more than {MAX_BYTES // 1024} kB", "a smaller file")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problem = Problem("", f"byte 0x{data[error.start]:02x}", "text in UTF-8", line)
        raise CellFileError(path, (problem,)) from None


def _problems(error: ValidationError, document: YamlDocument) -> list[Problem]:
    return [
        replace(problem_from(detail, CellDescription), line=document.line_of(detail["loc"]))
        for detail in error.errors(include_url=False)
    ]


def _repeated_key(path: tuple[str | int, ...], first: int, second: int) -> Problem:
    return Problem(
        path_text(path), "the key a second time", f"once; it is already in line {first}", second
    )


def _resolved(cell: CellDescription, folder: Path) -> CellDescription:
    def video(camera: CameraDescription) -> CameraDescription:
        if not names_video_file(camera.source):
            return camera
        return camera.model_copy(update={"source": str(folder / str(camera.source))})

    def sound(device: int | str | None) -> int | str | None:
        return str(folder / str(device)) if names_sound_file(device, folder) else device

    speaker = cell.speaker
    return cell.model_copy(
        update={
            "cameras": {name: video(camera) for name, camera in cell.cameras.items()},
            "microphones": {
                name: microphone.model_copy(update={"source": sound(microphone.source)})
                for name, microphone in cell.microphones.items()
            },
            "speaker": speaker and speaker.model_copy(update={"sink": sound(speaker.sink)}),
        }
    )


def _kind(data: object) -> str:
    return "a list" if isinstance(data, list) else repr(data)[:80]


def _with_line(problem: Problem) -> str:
    return f"line {problem.line}: {problem}" if problem.line else str(problem)
