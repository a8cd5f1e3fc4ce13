"""What each tool of the endpoint is asked with: typed, described, and checked before it is used.

The docstrings and descriptions are read by the language model; they say what a tool gives. Knows
nothing of how it does. Frozen; any thread.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

MAX_HOURS = 24 * 365 * 5
Name = Annotated[str, Field(min_length=1, max_length=100)]
Machine = Annotated[Name, Field(description="a machine's name, as `machines` gives it")]
Quantity = Annotated[Name, Field(description="a quantity's name, as `machines` gives it")]
Hours = Annotated[float, Field(gt=0, le=MAX_HOURS, description="so many hours back from now")]


class _Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class NoArguments(_Arguments):
    """Nothing."""


class OfMachine(_Arguments):
    """One machine."""

    machine: Machine


class OfQuantity(_Arguments):
    """One quantity of one machine."""

    machine: Machine
    quantity: Quantity


class OfSeries(OfQuantity):
    """A quantity over a span."""

    hours: Hours = 24


class OfSpan(_Arguments):
    """A machine over a span."""

    machine: Machine
    hours: Hours = 24


class OfAlarms(_Arguments):
    """A span."""

    hours: Hours = 24


class OfAdvice(_Arguments):
    """A defect or symptom."""

    defect_or_symptom: Annotated[str, Field(min_length=1, max_length=300)]
    machine: Annotated[str, Field(max_length=100, description='a machine\'s name, or ""')] = ""


class OfSearch(_Arguments):
    """Words to look for."""

    query: Annotated[str, Field(min_length=1, max_length=500)]


class FinalAnswer(_Arguments):
    """The end of the work.

    evidence: those ids that tool results carried and that the answer rests on.
    """

    say: Annotated[
        str,
        Field(
            min_length=1, max_length=2_000,
            description="one or two sentences to be spoken, without Markdown or ids",
        ),
    ]  # fmt: skip
    show: Annotated[
        str, Field(max_length=20_000, description="Markdown to be shown, with evidence ids")
    ] = ""
    evidence: Annotated[
        tuple[str, ...],
        Field(max_length=200, description='ids that tool results carried, such as "e3"'),
    ] = ()
    confidence: Annotated[float, Field(ge=0, le=1)] = 0.5
    no_data: Annotated[
        bool, Field(description="true where the tools do not have what is needed to answer")
    ] = False
