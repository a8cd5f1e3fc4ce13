"""Any kind of settings: a model's own rules, its names, and files that are none."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pytest
from pydantic import BaseModel, ConfigDict, Field, model_validator

from tml_ros.settings.settings_file import MAX_BYTES, SettingsFileError, SettingsKind


class Span(BaseModel):
    model_config = ConfigDict(extra="forbid")
    low: float = 0
    high: float = 1

    @model_validator(mode="after")
    def _rises(self) -> Span:
        if self.high <= self.low:
            raise ValueError("high must be above low")
        return self


class Tuning(BaseModel):
    model_config = ConfigDict(extra="forbid")
    code: Annotated[str, Field(pattern=r"^[a-z]+$")]
    span: Span | None = None
    each: dict[Annotated[str, Field(pattern=r"^[a-z]+$")], Span] = Field(default_factory=dict)


class TuningFileError(SettingsFileError):
    pass


KIND = SettingsKind(
    Tuning,
    noun="tuning file",
    begins="`code: <code>`",
    example="config/tuning.yaml",
    error=TuningFileError,
    wording={"code": "lower-case letters", "[key]": "lower-case letters as a name"},
)
PLACE = Path("/tuning.yaml")


@pytest.mark.parametrize(
    ("text", "line", "path", "found", "allowed"),
    [
        ("", 1, "", "nothing", "a mapping that begins with `code: <code>`"),
        ("[", 1, "", "broken YAML", "YAML, as in config/tuning.yaml"),
        ("code: A", 1, "code", "'A'", "lower-case letters"),
        ("span: {}", 1, "code", "nothing", "lower-case letters"),
        ("code: a\ncode: b", 2, "code", "the key a second time", "already in line 1"),
        ("code: a\nspan:\n  low: 2", 2, "span", "values that do not agree",
         "high must be above low"),
        ("code: a\nspan:\n  lo: 2", 3, "span.lo", "unknown key lo", "low (did you mean that?)"),
        ("code: a\neach:\n  A: {}", 3, "each.A", "'A'", "lower-case letters as a name"),
        ("code: a\neach:\n  yes: {}", 2, "each.True", "True", "as a name; put numbers"),
    ],
)  # fmt: skip
def test_a_mistake_has_its_line_its_place_what_was_found_and_what_is_allowed(
    text: str, line: int, path: str, found: str, allowed: str
) -> None:
    with pytest.raises(TuningFileError) as caught:
        KIND.parse(text, PLACE)
    (problem,) = caught.value.problems
    assert (problem.line, problem.path) == (line, path)
    assert found in problem.found
    assert allowed in problem.allowed
    assert caught.value.readable
    assert str(PLACE) in str(caught.value)


def test_a_file_with_nothing_to_read_is_no_file_with_mistakes(tmp_path: Path) -> None:
    large = tmp_path / "large.yaml"
    large.write_bytes(b"#" * (MAX_BYTES + 1))
    for path, words in [
        (tmp_path / "absent.yaml", "no such file; expected the path of a tuning file"),
        (tmp_path, "a folder; expected the path of a tuning file"),
        (large, "more than 256 kB; expected a smaller file"),
    ]:
        with pytest.raises(TuningFileError) as caught:
            KIND.read(path)
        assert str(caught.value) == f"{path}: {words}"
        assert not caught.value.readable


def test_what_is_right_is_what_it_says(tmp_path: Path) -> None:
    file = tmp_path / "tuning.yaml"
    file.write_text("code: a\nspan: {low: -1}\n", encoding="utf-8-sig")
    assert KIND.parse(KIND.read(file), file) == Tuning(code="a", span=Span(low=-1))
