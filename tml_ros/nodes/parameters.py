"""Declaring node parameters with a description and a range, and reading them with clear errors.

All are read-only after start: a node is configured once. Knows nothing of what the values mean.
Called from a node's constructor, in the thread that builds the node.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rcl_interfaces.msg import (
    FloatingPointRange,
    IntegerRange,
    ParameterDescriptor,
    ParameterType,
)
from rclpy.exceptions import (
    InvalidParameterTypeException,
    InvalidParameterValueException,
)
from rclpy.node import Node
from rclpy.parameter import Parameter


class ParameterError(ValueError):
    """A parameter was given a value it cannot have, or not given at all; the message says which."""


def text_parameter(
    node: Node,
    name: str,
    description: str,
    *,
    default: str | None = None,
    choices: Sequence[str] = (),
) -> str:
    """Declare a string and return its value. Without `default` it must be given.

    choices: the allowed values, any where empty.
    Raises ParameterError.
    """
    constraints = f"one of: {', '.join(choices)}" if choices else ""
    value = _declare(
        node,
        name,
        default,
        ParameterDescriptor(
            type=ParameterType.PARAMETER_STRING,
            description=description,
            additional_constraints=constraints,
            read_only=True,
        ),
        expected="a string",
    )
    if value is None or value == "":
        if default is None:
            raise ParameterError(f"parameter '{name}' must be set: {description}")
        return default
    if choices and value not in choices:
        raise ParameterError(f"parameter '{name}' is {value!r}, allowed is {constraints}")
    return str(value)


def number_parameter(
    node: Node,
    name: str,
    description: str,
    *,
    default: float,
    lowest: float,
    highest: float,
) -> float:
    """Declare a floating-point number within [lowest, highest] and return its value.

    A whole number is accepted as well. Raises ParameterError.
    """
    value = _declare(
        node,
        name,
        float(default),
        ParameterDescriptor(
            description=description,
            additional_constraints=f"a number from {lowest} to {highest}",
            floating_point_range=[FloatingPointRange(from_value=lowest, to_value=highest)],
            integer_range=[IntegerRange(from_value=int(lowest), to_value=int(highest))],
            read_only=True,
            dynamic_typing=True,
        ),
        expected=f"a number from {lowest} to {highest}",
    )
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ParameterError(
            f"parameter '{name}' is {value!r}, expected a number from {lowest} to {highest}"
        )
    if not lowest <= value <= highest:
        raise ParameterError(
            f"parameter '{name}' is {value!r}, expected a number from {lowest} to {highest}"
        )
    return float(value)


def whole_number_parameter(
    node: Node,
    name: str,
    description: str,
    *,
    default: int,
    lowest: int,
    highest: int,
) -> int:
    """Declare an integer within [lowest, highest] and return its value. Raises ParameterError."""
    value = _declare(
        node,
        name,
        default,
        ParameterDescriptor(
            type=ParameterType.PARAMETER_INTEGER,
            description=description,
            additional_constraints=f"a whole number from {lowest} to {highest}",
            integer_range=[IntegerRange(from_value=lowest, to_value=highest, step=1)],
            read_only=True,
        ),
        expected=f"a whole number from {lowest} to {highest}",
    )
    return int(value)


def switch_parameter(node: Node, name: str, description: str, *, default: bool) -> bool:
    """Declare a boolean and return its value. Raises ParameterError."""
    value = _declare(
        node,
        name,
        default,
        ParameterDescriptor(
            type=ParameterType.PARAMETER_BOOL, description=description, read_only=True
        ),
        expected="true or false",
    )
    return bool(value)


def source_parameter(
    node: Node, name: str, description: str, *, default: int | str | None = None
) -> int | str:
    """Declare a device index or a name, path or URL, and return it.

    A string of digits is an index. Without `default` it must be given. Raises ParameterError.
    """
    value = _declare(
        node,
        name,
        "" if default is None else default,
        ParameterDescriptor(
            description=description,
            additional_constraints="a whole number or a string",
            read_only=True,
            dynamic_typing=True,
        ),
        expected="a whole number or a string",
    )
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise ParameterError(
            f"parameter '{name}' is {value!r}, expected a whole number or a string"
        )
    if value == "":
        raise ParameterError(f"parameter '{name}' must be set: {description}")
    if isinstance(value, str) and value.isdecimal():
        return int(value)
    return value


def _declare(
    node: Node,
    name: str,
    default: bool | int | float | str | None,
    descriptor: ParameterDescriptor,
    *,
    expected: str,
) -> Any:  # noqa: ANN401 - what a parameter holds is known only after it was read
    try:
        if default is None:
            declared = node.declare_parameter(name, Parameter.Type.STRING, descriptor)
        else:
            declared = node.declare_parameter(name, default, descriptor)
    except (InvalidParameterTypeException, InvalidParameterValueException) as error:
        raise ParameterError(f"parameter '{name}': expected {expected}; {error}") from error
    return declared.value
