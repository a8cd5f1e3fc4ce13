"""Calls of tools as JSON: arguments read and checked, results bounded, tools described.

Knows nothing of what tools do. Pure functions.
"""

from __future__ import annotations

import json
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

MAX_RESULT: Final = 6_000
"""Characters of one result."""
Json = dict[str, Any]
_Asked = TypeVar("_Asked", bound=BaseModel)


class ToolRefusedError(ValueError):
    """The call cannot be carried out; the message is for the model, which may try again."""


def read_arguments(model: type[_Asked], arguments: str) -> _Asked:
    """Arguments as they should be. Raises ToolRefusedError saying what is wrong with them."""
    try:
        return model.model_validate_json(arguments.strip() or "{}")
    except ValidationError as error:
        problems = [
            f"{'.'.join(map(str, one['loc'])) or 'arguments'}: {one['msg']}"
            for one in error.errors(include_url=False, include_input=False)[:5]
        ]
        raise ToolRefusedError(f"wrong arguments: {'; '.join(problems)}") from None


def bounded(result: Json) -> str:
    """JSON of at most MAX_RESULT characters: lists are cut short, and that is said."""
    text = json.dumps(result, ensure_ascii=False, allow_nan=False)
    while len(text) > MAX_RESULT:
        lists = [key for key, value in result.items() if isinstance(value, list) and value]
        if not lists:
            return json.dumps({"error": "the result is too large; ask for less"})
        longest = max(lists, key=lambda key: len(json.dumps(result[key])))
        kept = result[longest][: len(result[longest]) // 2]
        result = {**result, longest: kept, "shortened": True}
        text = json.dumps(result, ensure_ascii=False, allow_nan=False)
    return text


def specification(name: str, arguments: type[BaseModel], about: str) -> Json:
    """A tool as the chat protocol describes a function."""
    schema = arguments.model_json_schema()
    for key in ("title", "description"):
        schema.pop(key, None)
    return {
        "type": "function",
        "function": {"name": name, "description": about, "parameters": schema},
    }
