"""A settings file: YAML on disk to a checked description, or every mistake in it at once.

Knows nothing of what is described; that is a pydantic model's. Reads one file; any thread.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from tml_ros.settings.problem import Problem, path_text, problem_from
from tml_ros.settings.yaml_text import YamlMistake, read_yaml

MAX_BYTES = 256 * 1024
"""A cell with 32 cameras of 64 zones is a tenth of this."""

_Described = TypeVar("_Described", bound=BaseModel)


class SettingsFileError(ValueError):
    """The file does not say what it should. problems: every mistake, in the order of the file.

    readable: False where there is nothing to read at `path`, or nothing that can be.
    """

    def __init__(self, path: Path, problems: tuple[Problem, ...], *, readable: bool = True) -> None:
        """Say in one message, a line each, what is wrong with the file at `path`."""
        self.path = path
        self.problems = problems
        self.readable = readable
        if readable:
            super().__init__("\n".join([f"{path}:", *(f"  {_with_line(p)}" for p in problems)]))
        else:
            super().__init__(f"{path}: {problems[0].found}; expected {problems[0].allowed}")


@dataclass(frozen=True, slots=True)
class SettingsKind(Generic[_Described]):
    """One kind of settings file.

    model: what it describes. noun: "cell file". begins: how such a file begins, in plain words.
    example: the path of one that shows how it is done.
    error: what is raised for a mistake in one. wording: see `problem_from`.
    """

    model: type[_Described]
    noun: str
    begins: str
    example: str
    error: type[SettingsFileError]
    wording: Mapping[str, str] = field(default_factory=dict)

    def parse(self, text: str, path: Path) -> _Described:
        """The description in `text`, as if read from `path`. Raises `error`."""
        try:
            document = read_yaml(text, example=self.example)
        except YamlMistake as mistake:
            problem = Problem("", mistake.found, mistake.allowed, mistake.line)
            raise self.error(path, (problem,)) from None
        problems = [_repeated_key(*repeated) for repeated in document.repeated]
        described = None
        if isinstance(document.data, Mapping):
            try:
                described = self.model.model_validate(document.data)
            except ValidationError as error:
                problems += [
                    replace(
                        problem_from(detail, self.model, wording=self.wording),
                        line=document.line_of(detail["loc"]),
                    )
                    for detail in error.errors(include_url=False)
                ]
        else:
            found = "nothing" if document.data is None else _kind(document.data)
            problems.append(Problem("", found, f"a mapping that begins with {self.begins}", 1))
        if described is None or problems:
            problems.sort(key=lambda problem: problem.line or 0)
            raise self.error(path, tuple(problems))
        return described

    def read(self, path: Path) -> str:
        """The text of the file. Raises `error`."""
        place = f"the path of a {self.noun}"
        try:
            with path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
        except FileNotFoundError:
            raise self._unreadable(path, "no such file", place) from None
        except IsADirectoryError:
            raise self._unreadable(path, "a folder", place) from None
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            found = f"a file that cannot be read ({reason})"
            raise self._unreadable(path, found, "a readable file") from None
        if len(data) > MAX_BYTES:
            found = f"more than {MAX_BYTES // 1024} kB"
            raise self._unreadable(path, found, "a smaller file")
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            problem = Problem("", f"byte 0x{data[error.start]:02x}", "text in UTF-8", line)
            raise self.error(path, (problem,)) from None

    def _unreadable(self, path: Path, found: str, allowed: str) -> SettingsFileError:
        return self.error(path, (Problem("", found, allowed),), readable=False)


def _repeated_key(path: tuple[str | int, ...], first: int, second: int) -> Problem:
    return Problem(
        path_text(path), "the key a second time", f"once; it is already in line {first}", second
    )


def _kind(data: object) -> str:
    return "a list" if isinstance(data, list) else repr(data)[:80]


def _with_line(problem: Problem) -> str:
    return f"line {problem.line}: {problem}" if problem.line else str(problem)
