"""A mistake in a settings file in plain words, and how pydantic's findings become such.

Knows the classes of a description only as pydantic models: what is allowed at a place is read off
them, so that a new field or kind needs no wording here. Pure functions.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

RULE = "rule"
"""The pydantic error type of a rule of ours; its context says what is `allowed`."""
MAX_FOUND = 80
_PLAIN_KEY = re.compile(r"^[A-Za-z_][A-Za-z0-9_\-]*$")
_QUOTES = "put numbers and words like on, off, yes, no in quotes"
_TYPES = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "string_type": "text",
    "string_unicode": "text in Unicode",
    "bool_type": "true or false",
    "dict_type": "a mapping (name: value)",
    "model_type": "a mapping (name: value)",
    "model_attributes_type": "a mapping (name: value)",
    "tuple_type": "a list",
    "list_type": "a list",
}
_BOUNDS = {
    "greater_than_equal": "at least {ge}",
    "greater_than": "more than {gt}",
    "less_than_equal": "at most {le}",
    "less_than": "less than {lt}",
    "string_too_long": "at most {max_length} characters",
    "string_too_short": "at least {min_length} character",
    "too_long": "at most {max_length} entries",
    "too_short": "at least {min_length} entries",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake. path: place in the file, "cameras.hall.zones.line.polygon[2]", or "".

    found, allowed: in plain words. line: of the file, from 1, where known.
    """

    path: str
    found: str
    allowed: str
    line: int | None = None

    def __str__(self) -> str:
        """The place, what was found and what is allowed, as one sentence."""
        sentence = f"found {self.found}, allowed: {self.allowed}"
        return f"{self.path}: {sentence}" if self.path else sentence


def problem_from(
    error: ErrorDetails,
    model: type[BaseModel],
    *,
    wording: Mapping[str, str] = MappingProxyType({}),
) -> Problem:
    """One of pydantic's findings in `model` in plain words, without its line.

    wording: what is allowed, by the name of the field, where that follows a pattern; "[key]" is
        that of the names in a mapping.
    """
    loc = error["loc"]
    if loc[-1:] == ("[key]",):
        loc = (*loc[:-2], str(error["input"]))
    words = wording.get(str(error["loc"][-1]), "") if error["loc"] else ""
    if error["type"] == "extra_forbidden":
        keys = _keys_at(model, loc[:-1])
        return Problem(path_text(loc), f"the unknown key {_key(loc[-1])}", _one_of(loc[-1], keys))
    if error["type"] == "missing":
        return Problem(path_text(loc), "nothing", words or "a value")
    if error["type"] == "value_error":
        return Problem(path_text(loc), "values that do not agree", str(error["ctx"]["error"]))
    return Problem(path_text(loc), _found(error["input"]), _allowed(error, words))


def path_text(loc: Sequence[int | str]) -> str:
    """A place in the file as text: keys joined by dots, places in lists in brackets."""
    text = ""
    for part in loc:
        if isinstance(part, int) and not isinstance(part, bool):
            text += f"[{part}]"
        else:
            text += f".{_key(part)}" if text else _key(part)
    return text


def _allowed(error: ErrorDetails, words: str) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind == RULE:
        return str(context["allowed"])
    if kind in ("enum", "literal_error"):
        choices = re.findall(r"'([^']*)'", str(context["expected"]))
        return _one_of(error["input"], choices)
    if kind == "string_pattern_mismatch":
        return words or f"text like {context['pattern']}"
    if kind in _TYPES and error["loc"][-1:] == ("[key]",):
        return f"{words or 'text'}; {_QUOTES}"
    if kind in _BOUNDS:
        return _BOUNDS[kind].format(**{name: _plain(bound) for name, bound in context.items()})
    return _TYPES.get(kind, error["msg"])


def _one_of(found: object, choices: Sequence[str]) -> str:
    listed = ", ".join(choices)
    near = difflib.get_close_matches(str(found), choices, n=1)
    return f"{near[0]} (did you mean that?), or one of {listed}" if near else f"one of {listed}"


def _found(given: object) -> str:
    if given is None:
        return "nothing"
    if isinstance(given, Mapping):
        return "a mapping" if given else "an empty mapping"
    if isinstance(given, list) and len(given) > 4:
        return f"a list of {len(given)}"
    if isinstance(given, tuple) and all(isinstance(part, float) for part in given):
        text = "(" + ", ".join(f"{part:g}" for part in given) + ")"
    else:
        text = repr(given)
    return text if len(text) <= MAX_FOUND else f"{text[:MAX_FOUND]}..."


def _plain(bound: object) -> str:
    return f"{bound:g}" if isinstance(bound, float) else str(bound)


def _key(part: object) -> str:
    text = str(part)
    if not _PLAIN_KEY.match(text):
        text = repr(text)
    return text if len(text) <= MAX_FOUND else f"{text[:MAX_FOUND]}..."


def _keys_at(model: type[BaseModel], loc: Sequence[int | str]) -> list[str]:
    """The keys of the model at `loc`; loc leads through fields and names or places within them."""
    parts = list(loc)
    while parts:
        annotation = model.model_fields[str(parts.pop(0))].annotation
        nested = _model_within(annotation)
        if nested is None:
            return []
        if get_origin(annotation) in (dict, tuple, list) and parts:
            parts.pop(0)
        model = nested
    return list(model.model_fields)


def _model_within(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401 - any annotation
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_model_within(argument) for argument in get_args(annotation))
    return next((model for model in found if model is not None), None)
