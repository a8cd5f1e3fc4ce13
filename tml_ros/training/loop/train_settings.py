"""What a run was asked for: how long, how fast, from what. Frozen; travels in `run.json`.

Knows nothing of files, lessons or tensors.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

FINEST_RATE = 1000
"""Lessons of a course per step are told in fractions of at most this denominator."""

Count = Annotated[int, Field(ge=1, strict=True)]
Interval = Annotated[int, Field(ge=0, strict=True)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1)]
CourseName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_\-]*$", max_length=64)]


class TrainSettings(BaseModel):
    """All of them may change when a run goes on, but for `seed`.

    courses: lessons of each course in a step; 0.5 is one in every second step.
    steps, hours: where the learning rate reaches its end, and the run its own, whichever comes
        first. With hours the rate follows the clock, and no two runs are equal.
    most_tokens: of one pass; a step makes as many passes as it takes.
    learning_rate: the highest. warmup: steps until it is reached. cooling: the share of the run, at
        its end, over which it falls along a cosine, to last_rate of the highest.
    last_layers: how many of the last layers learn, 0 the hazard head alone; None: everything.
    mistakes: how often teachers err on purpose, of the usual.
    validation: folders and number of lessons of each examined course, as the command line says it.
    decay: of weights that are matrices. clip: the longest a gradient may be.
    average: how much of the averaged weights stays in a step.
    bfloat16: multiply matrices so; weights, sums and losses are float32 all the same.
    most_skipped: steps in a row whose gradient was no number, after which the run stops.
    *_every: steps between checkpoints, examinations, closed-loop judgements; 0: never.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    courses: Annotated[dict[CourseName, Positive], Field(min_length=1)]
    seed: Annotated[int, Field(ge=0, lt=1 << 63, strict=True)] = 0
    steps: Count | None = None
    hours: Positive | None = None
    most_tokens: Count = 16_384
    learning_rate: Positive = 1.5e-3
    warmup: Interval = 100
    cooling: Share = 1.0
    last_rate: Share = 0.02
    last_layers: Interval | None = None
    mistakes: Annotated[float, Field(ge=0, le=4)] = 1.0
    validation: dict[CourseName, str] = {}
    decay: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.05
    clip: Positive = 1.0
    average: Annotated[float, Field(ge=0, lt=1)] = 0.999
    bfloat16: bool = True
    most_skipped: Count = 20
    checkpoint_every: Count = 100
    evaluate_every: Interval = 0
    judge_every: Interval = 0

    @model_validator(mode="after")
    def _ends(self) -> TrainSettings:
        if self.steps is None and self.hours is None:
            raise ValueError("give steps or hours; a run that never ends learns at no rate")
        for name, rate in self.courses.items():
            if not Fraction(rate).limit_denominator(FINEST_RATE):
                raise ValueError(f"course {name}: at least one lesson in {FINEST_RATE} steps")
        return self

    def rate(self, course: str) -> Fraction:
        """Lessons of a course in a step."""
        return Fraction(self.courses[course]).limit_denominator(FINEST_RATE)
