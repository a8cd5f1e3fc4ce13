"""A run: steps until its end, checkpoints on the way, and what examiners say of the weights.

Killed at any time it goes on from its newest checkpoint and comes to the same weights, bit for bit
on one kind of machine, as long as it is not told to follow the clock. Main thread.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import Protocol

import torch
from torch import Tensor

from tml_ros.model.checkpoint import save_checkpoint
from tml_ros.model.interaction_net import InteractionNet
from tml_ros.model.tokenizer import load_tokenizer
from tml_ros.model.unfilled_net import unfilled_net
from tml_ros.training.lesson import LessonSource
from tml_ros.training.loop.data_order import number_of
from tml_ros.training.loop.learning_rate import learning_rate, run_share
from tml_ros.training.loop.lesson_feed import LessonFeed, Lessons
from tml_ros.training.loop.lesson_packing import Portion
from tml_ros.training.loop.optimizer import (
    adamw,
    gathered,
    memory_of,
    remember,
    set_rate,
    shared_out,
)
from tml_ros.training.loop.processes import Processes
from tml_ros.training.loop.run_checkpoint import (
    RunCheckpoint,
    RunState,
    newest_checkpoint,
    read_run_checkpoint,
    write_run_checkpoint,
)
from tml_ros.training.loop.run_folder import RunError, RunFolder
from tml_ros.training.loop.sharded_pupil import share_out
from tml_ros.training.loop.train_settings import TrainSettings
from tml_ros.training.loop.training_step import Stepped, train_step
from tml_ros.training.loop.weight_average import WeightAverage
from tml_ros.training.pupil.pupil import Pupil

MODEL = "model.safetensors"
"""Of a run's folder: the averaged weights, as any checkpoint of a model."""

Examine = Callable[[InteractionNet], Mapping[str, float]]
"""Figures by name, of a network in eval mode on the run's device."""


class Judge(Protocol):
    """Judges weights beside the run; neither call takes long. See `closed_loop.ClosedLoop`."""

    def begin(self, weights: Path, step: int) -> None:
        """Judge a file of weights, of that step."""

    def ended(self) -> tuple[int, Mapping[str, float]] | None:
        """The step and figures of what has been judged since, if anything."""


class TrainingDivergedError(RuntimeError):
    """Step after step had a gradient that is no number."""


@dataclass(frozen=True, slots=True)
class StepReport:
    """step: that was made. share: of the run that is over. examined: None but where it was."""

    step: int
    stepped: Stepped
    rate: float
    seconds: float
    waited: float
    share: float
    examined: Mapping[str, float] | None = None


class Trainer:
    """One run in this process, or one of several that learn together.

    settings: of the run's newest section. sources: of its courses. pupil: built where it is
    called, on the CPU; the same in every process. folder: begun or opened before.
    """

    def __init__(
        self,
        folder: RunFolder,
        sources: Mapping[str, LessonSource],
        pupil_factory: Callable[[], Pupil],
        *,
        processes: Processes,
        workers: int = 0,
        examine: Examine | None = None,
        judge: Judge | None = None,
    ) -> None:
        """Take up the newest checkpoint, where there is one. Raises RunError."""
        self._folder, self._processes = folder, processes
        self._examine, self._judge = examine, judge
        self._sources, self._workers = sources, workers
        self.settings: TrainSettings = folder.section.settings
        self.state = RunState(folder.fingerprint)
        self._pupil = pupil_factory().to(processes.device).train()
        if processes.mesh is not None:
            share_out(self._pupil, processes.mesh, bfloat16=self.settings.bfloat16)
        self._weights = tuple(self._pupil.taught())
        self._optimizer = adamw(self._weights, decay=self.settings.decay)
        self._average = WeightAverage(self._weights, keeps=self.settings.average)
        place = newest_checkpoint(folder.path)
        if place is not None:
            self._take_up(read_run_checkpoint(place, fingerprint=folder.fingerprint))
        if processes.first:
            folder.cut(self.state.step)
        self._saved = -1 if place is None else self.state.step

    @property
    def pupil(self) -> Pupil:
        """Who learns."""
        return self._pupil

    def steps(self, ending: Event | None = None) -> Iterator[StepReport]:
        """Learn until the end of the run; ending: once it is set, until the end of the step.

        A checkpoint is written at the end, however it comes, but not after an error. Raises
        LessonError, TrainingDivergedError, OSError.
        """
        lessons = Lessons(
            self._folder.section.order,
            self._sources,
            self.settings.most_tokens,
            Portion(self._processes.rank, self._processes.of),
        )
        with LessonFeed(lessons, self.state.step, workers=self._workers) as feed:
            while not self._over(ending):
                yield self._step(lessons, feed)
        self.save()

    def save(self) -> None:
        """Write a checkpoint, unless the newest is of this step. All processes call it together."""
        if self._saved == self.state.step:
            return
        self._saved = self.state.step
        made = RunCheckpoint(
            self.state,
            weights=_whole(self._pupil.state_dict()),
            average=_whole(self._average.means),
            optimizer=_whole(dict(memory_of(self._optimizer, self._weights))),
        )
        if self._processes.first:
            write_run_checkpoint(self._folder.path, made)
            self._export(self._net_of(made.weights, made.average), self._folder.path / MODEL)

    def averaged_net(self) -> InteractionNet:
        """A copy with the averaged weights, on the CPU. All processes call it together."""
        return self._net_of(_whole(self._pupil.state_dict()), _whole(self._average.means))

    def _step(self, lessons: Lessons, feed: LessonFeed) -> StepReport:
        began = time.monotonic()
        settings, step = self.settings, self.state.step
        batches = [next(feed) for _ in lessons.order.picks(step)]
        waited = time.monotonic() - began
        if any(batch.step != step for batch in batches):
            raise RuntimeError(f"lessons of another step came at step {step}")
        rate = learning_rate(settings, step, hours=self.state.hours)
        set_rate(self._optimizer, rate)
        torch.manual_seed(number_of((settings.seed, "step", step, self._processes.rank)))
        stepped = train_step(
            self._pupil,
            self._weights,
            self._optimizer,
            batches,
            processes=self._processes,
            clip=settings.clip,
            bfloat16=settings.bfloat16,
        )
        if stepped.moved:
            self._average.take(self._weights)
        seconds = time.monotonic() - began
        self._count(stepped, self._processes.greatest(seconds))
        report = StepReport(
            step,
            stepped,
            rate,
            seconds,
            waited,
            run_share(settings, self.state.step, hours=self.state.hours),
        )
        self._note(report)
        return self._looked_at(report)

    def _count(self, stepped: Stepped, seconds: float) -> None:
        state = self.state
        in_row = 0 if stepped.moved else state.skipped_in_row + 1
        self.state = replace(
            state,
            step=state.step + 1,
            turns=state.turns + stepped.turns,
            skipped=state.skipped + (not stepped.moved),
            skipped_in_row=in_row,
            hours=state.hours + seconds / 3600,
            averaged=self._average.steps,
        )
        if in_row >= self.settings.most_skipped:
            raise TrainingDivergedError(
                f"{in_row} steps in a row had a gradient that is no number; go on from the newest "
                f"checkpoint with a lower learning rate"
            )

    def _note(self, report: StepReport) -> None:
        if not self._processes.first:
            return
        self._folder.add(
            {
                "kind": "step",
                "step": report.step,
                "loss": sum(report.stepped.losses.values()),
                "losses": report.stepped.losses,
                "gradient": report.stepped.gradient,
                "moved": report.stepped.moved,
                "rate": report.rate,
                "turns": report.stepped.turns,
                "seconds": round(report.seconds, 4),
                "waited": round(report.waited, 4),
            }
        )

    def _looked_at(self, report: StepReport) -> StepReport:
        """Checkpoints, examinations and judgements that are due after this step."""
        settings, made = self.settings, report.step + 1
        judged = None if self._judge is None else self._judge.ended()
        if judged is not None:
            step, figures = judged
            self._folder.add({"kind": "judged", "step": step - 1, "figures": figures})
        if made % settings.checkpoint_every == 0:
            self.save()
        examine = self._examine is not None and _due(made, settings.evaluate_every)
        judge = self._judge is not None and _due(made, settings.judge_every)
        if not (examine or judge):
            return report
        net = self.averaged_net()
        if not self._processes.first:
            return report
        if judge and self._judge is not None:
            place = self._folder.path / "judged" / f"{made:08d}" / MODEL
            place.parent.mkdir(parents=True, exist_ok=True)
            self._export(net, place)
            self._judge.begin(place, made)
        if not examine or self._examine is None:
            return report
        found = dict(self._examine(net.to(self._processes.device)))
        self._folder.add({"kind": "examined", "step": report.step, "figures": found})
        return replace(report, examined=found)

    def _over(self, ending: Event | None) -> bool:
        asked = ending is not None and ending.is_set()
        over = run_share(self.settings, self.state.step, hours=self.state.hours) >= 1
        return self._processes.greatest(float(asked or over)) > 0

    def _take_up(self, found: RunCheckpoint) -> None:
        """Go on from there. Raises RunError where it is of another pupil."""
        own, means = self._pupil.state_dict(), self._average.means
        for given, wanted in ((found.weights, own), (found.average, means)):
            odd = sorted(given.keys() ^ wanted.keys())
            shapes = [name for name in given if not odd and given[name].shape != wanted[name].shape]
            if odd or shapes:
                raise RunError(
                    f"{self._folder.path} is of another version of what learns; begin a run from "
                    f"its {MODEL} (it differs in {', '.join((odd or shapes)[:5])})"
                )
        with torch.no_grad():
            for given, wanted in ((found.weights, own), (found.average, means)):
                for name, value in given.items():
                    wanted[name].copy_(shared_out(value, wanted[name]))
        try:
            remember(self._optimizer, self._weights, found.optimizer)
        except ValueError as error:
            raise RunError(f"{self._folder.path}: {error}") from error
        self.state = found.state
        self._average.steps = found.state.averaged

    def _net_of(
        self, weights: Mapping[str, Tensor], average: Mapping[str, Tensor]
    ) -> InteractionNet:
        """The network alone, with means where there are any."""
        net = unfilled_net(self._folder.preset)
        both = {**weights, **average}
        prefix = "net."
        own = {
            name.removeprefix(prefix): value.cpu()
            for name, value in both.items()
            if name.startswith(prefix)
        }
        net.load_state_dict(own, assign=True)
        return net.eval().requires_grad_(False)

    def _export(self, net: InteractionNet, place: Path) -> None:
        state = self.state
        facts = {
            "trained": True,
            "trusted_kinds": [],
            "recipe": {
                "steps": state.step,
                "turns": state.turns,
                "hours": round(state.hours, 3),
                "run": state.fingerprint,
                "begun_from": self._folder.begun_from,
                "sections": [one.model_dump(mode="json") for one in self._folder.sections],
            },
        }
        tokenizer = load_tokenizer(vocabulary=net.preset.text.vocabulary)
        save_checkpoint(net, place, tokenizer=tokenizer.digest, facts=facts)


def _whole(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Gathered; all processes ask together."""
    return {name: gathered(tensor).detach() for name, tensor in tensors.items()}


def _due(step: int, every: int) -> bool:
    return every > 0 and step % every == 0
