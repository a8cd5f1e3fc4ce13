"""YAML text to plain data, with the line of every entry. Nothing but YAML's safe types.

Knows nothing of what the data mean. Pure functions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

MAX_DEPTH = 20
"""Nesting below this is enough for any settings, and keeps recursion within its limits."""


class YamlMistake(ValueError):  # noqa: N818 - it is one, whoever makes it
    """The text is not what it should be. line: from 1, or None. found, allowed: in plain words."""

    def __init__(self, found: str, allowed: str, line: int | None) -> None:
        """Say what was found where."""
        super().__init__(f"found {found}, allowed: {allowed}")
        self.found = found
        self.allowed = allowed
        self.line = line


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """data: what the text says. `line_of` finds places in it.

    repeated: path, first line and second line of each key that is written twice.
    """

    data: Any
    repeated: tuple[tuple[tuple[str | int, ...], int, int], ...]
    _root: yaml.Node | None

    def line_of(self, loc: Sequence[object]) -> int | None:
        """The line, from 1, of the entry at `loc` (keys and places in lists), or of as much of
        that path as there is.
        """
        node = self._root
        if node is None:
            return None
        line = node.start_mark.line
        for part in loc:
            step = _child(node, part)
            if step is None:
                break
            line, node = step
        return int(line) + 1


def read_yaml(text: str, *, example: str) -> YamlDocument:
    """Read one document. example: a file that shows how it is done. Raises YamlMistake."""
    try:
        loader = _Loader(text)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        found = f"the character U+{error.character:04X}"
        raise YamlMistake(found, "printable text", line) from None
    try:
        root = loader.get_single_node()
        data = None if root is None else loader.construct_document(root)
    except yaml.MarkedYAMLError as error:
        raise _mistake(error, example) from None
    finally:
        loader.dispose()
    return YamlDocument(data, tuple(_repeated(root)), root)


class _RefusedError(yaml.composer.ComposerError):
    """YAML, but more of it than a settings file may use."""

    def __init__(self, found: str, allowed: str, mark: yaml.Mark) -> None:
        super().__init__(None, None, found, mark)
        self.allowed = allowed


class _Loader(yaml.SafeLoader):
    """The safe loader, refusing what could grow without bounds or stumble."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:  # noqa: ANN401
        mark: yaml.Mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
        if self.check_event(yaml.events.AliasEvent):
            # A page of aliases of aliases unfolds into gigabytes.
            raise _RefusedError("an alias (*)", "the value written out", mark)
        if self._depth >= MAX_DEPTH:
            raise _RefusedError("deep nesting", f"at most {MAX_DEPTH} levels", mark)
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:  # noqa: ANN401
        try:
            return super().construct_object(node, deep=deep)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            if isinstance(error, yaml.YAMLError):
                raise
            # "!!int x", "2024-13-45" and the like end in whatever Python says of them.
            problem = f"a value that cannot be read ({type(error).__name__})"
            raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark) from None


def _mistake(error: yaml.MarkedYAMLError, example: str) -> YamlMistake:
    mark = error.problem_mark or error.context_mark
    line = None if mark is None else mark.line + 1
    found = error.problem or error.context or "something unreadable"
    if found.startswith("found "):
        found = found.removeprefix("found ")
    if isinstance(error, yaml.composer.ComposerError) and "expected a single document" in str(
        error.context
    ):
        return YamlMistake("another document (---)", "one document", line)
    if isinstance(error, _RefusedError):
        return YamlMistake(found, error.allowed, line)
    context = f", {error.context}" if error.context and error.context != found else ""
    return YamlMistake(f"broken YAML ({found}{context})", f"YAML, as in {example}", line)


def _child(node: yaml.Node, part: object) -> tuple[int, yaml.Node] | None:
    """The line and value of the entry `part` of a mapping or sequence."""
    if isinstance(node, yaml.MappingNode):
        # Of a key written twice the last one counts.
        for key, value in reversed(node.value):
            if isinstance(key, yaml.ScalarNode) and key.value == str(part):
                return key.start_mark.line, value
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        value = node.value[part]
        return value.start_mark.line, value
    return None


def _repeated(
    node: yaml.Node | None, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], int, int]]:
    """Keys written twice in one mapping: path, line of the first and line of the second."""
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else "?"
            line = key.start_mark.line + 1
            if name in seen and name != "?":
                yield (*path, name), seen[name], line
            seen.setdefault(name, line)
            yield from _repeated(value, (*path, name))
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _repeated(value, (*path, index))
