"""A graduation from the weights of a run to a file, and what the user sees of it. Main thread."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from rich.progress import track
from rich.table import Table

from tml_ros.cli.mistake import MistakeError
from tml_ros.cli.train_courses import CourseAsked
from tml_ros.model.checkpoint import load_checkpoint, save_checkpoint
from tml_ros.model.interaction_net import InteractionNet
from tml_ros.training.courses.course import Course
from tml_ros.training.courses.shard_lessons import ShardLessons
from tml_ros.training.exams.answer_sheet import AnswerSheet, answer_sheets
from tml_ros.training.graduation.graduate import (
    STORED,
    Graduation,
    graduate,
    graduation_facts,
    rounded,
)
from tml_ros.training.graduation.voice_weights import take_voice
from tml_ros.training.loop.trainer import MODEL
from tml_ros.training.pupil.pupil import Pupil
from tml_ros.training.sensing.variety import AS_RENDERED

_OWN = ("trained", "trusted_kinds", "trusted_speech", "calibration")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line says; see `tml_ros.cli.graduate`."""

    run: Path
    out: Path
    validation: tuple[CourseAsked, ...]
    voice: Path | None = None
    facts: Path | None = None
    date: str = ""
    false_per_hour: float = 0.5
    eagerness: float = 0.0
    threads: int = 1


def run_graduation(asked: Asked) -> None:
    """Calibrate and write. Raises MistakeError, CheckpointError, ShardError, OSError."""
    torch.set_num_threads(asked.threads)
    console = Console(stderr=True, highlight=False)
    more = _more_facts(asked)
    _check_kinds(asked.validation)
    net, header = load_checkpoint(asked.run / MODEL if asked.run.is_dir() else asked.run)
    if "calibration" in header.facts:
        raise MistakeError(f"{asked.run} has graduated already; give the weights of a run")
    if asked.voice is not None:
        take_voice(net, asked.voice)
    rounded(net)
    sheets = [
        sheet for course in asked.validation for sheet in _answered(net, course, asked, console)
    ]
    made = graduate(net, sheets, per_hour=asked.false_per_hour, eagerness=asked.eagerness)
    facts = graduation_facts(made, header.facts, more)
    save_checkpoint(net, asked.out, tokenizer=header.tokenizer, facts=facts, dtype=STORED)
    console.print(_table(made))
    size = asked.out.stat().st_size / 1e6
    console.print(f"{asked.out}: {size:.1f} MB", soft_wrap=True, markup=False)


def _check_kinds(validation: Sequence[CourseAsked]) -> None:
    whole = (Course.BOTH.value, Course.TALK.value)
    for course in validation:
        if course.kind not in whole:
            raise MistakeError(
                f"--validation {course.name}=...: calibration needs whole scenarios, for windows "
                f"that were chosen tell nothing of false alarms; allowed: {', '.join(whole)}"
            )


def _answered(
    net: InteractionNet, course: CourseAsked, asked: Asked, console: Console
) -> Iterator[AnswerSheet]:
    lessons = ShardLessons(
        course.folders, net.preset, course=course.kind, variety=AS_RENDERED, voices=_voices(asked)
    )
    number = min(int(course.number), len(lessons))
    sheets = answer_sheets(Pupil(net), lessons, range(number), per_batch=1)
    yield from track(sheets, f"{number} scenarios of {course.name}", number, console=console)


def _voices(asked: Asked) -> Path | None:
    """Where the run has kept speech that was rendered already."""
    return asked.run / "voices" if asked.run.is_dir() else None


def _more_facts(asked: Asked) -> Mapping[str, Any]:
    more: dict[str, Any] = {"date": asked.date} if asked.date else {}
    if asked.facts is not None:
        try:
            given = json.loads(asked.facts.read_text(encoding="utf-8"))
        except ValueError as error:
            raise MistakeError(f"--facts {asked.facts} is no JSON: {error}") from None
        if not isinstance(given, dict) or set(given) & set(_OWN):
            raise MistakeError(
                f"--facts {asked.facts} must be an object without {', '.join(_OWN)}, which are "
                "found out here"
            )
        more |= given
    return more


def _table(made: Graduation) -> Table:
    """Kind by kind, then the floor."""
    table = Table(box=None, pad_edge=False)
    for name, side in (
        ("hazard", "left"), ("AUC", "right"), ("there", "right"), ("found", "right"),
        ("false/h", "right"), ("trusted", "left"),
    ):  # fmt: skip
        table.add_column(name, justify="right" if side == "right" else "left")
    for one in made.kinds:
        table.add_row(
            one.kind.value.replace("_", " "),
            "" if one.auc is None else f"{one.auc:.3f}",
            str(one.spans),
            "" if one.recall is None else f"{one.recall:.0%}",
            f"{one.false_per_hour:.2f}",
            "yes" if one.trusted else "no",
        )
    marks = made.floor.after
    table.add_section()
    table.add_row("begins to speak", "", str(marks.starts), f"{marks.starts_in_time} in time")
    table.add_row("speaks unasked", "", "", "", f"{marks.false_starts_per_hour:.1f}")
    right = made.speech.begun_right
    table.add_row(
        "words of its own",
        "",
        "",
        "" if right is None else f"{right:.0%} begin right",
        "",
        "yes" if made.speech.trusted else "no",
    )
    return table
