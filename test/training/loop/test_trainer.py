"""A run: it learns, and where it is killed it goes on as if it had not been."""

from __future__ import annotations

from pathlib import Path
from threading import Event
from typing import Any

import pytest
import torch
from tiny_run import PRESET, made_settings, made_sources, pupil, sizes_of
from torch import Tensor

from tml_ros.model.checkpoint import load_checkpoint
from tml_ros.training.loop.processes import Processes
from tml_ros.training.loop.run_checkpoint import newest_checkpoint, read_run_checkpoint
from tml_ros.training.loop.run_folder import RunError, RunFolder, begin_run, open_run, read_metrics
from tml_ros.training.loop.trainer import MODEL, Trainer, TrainingDivergedError

ALONE = Processes(torch.device("cpu"))


def begun(path: Path, **changed: Any) -> RunFolder:
    return begin_run(path, PRESET, made_settings(**changed), sizes_of(made_sources()))


def trainer(folder: RunFolder, **more: Any) -> Trainer:
    return Trainer(folder, made_sources(), more.pop("pupil", pupil), processes=ALONE, **more)


def run(folder: RunFolder, **more: Any) -> list[float]:
    """Until its end; the loss of each step."""
    return [sum(report.stepped.losses.values()) for report in trainer(folder, **more).steps()]


def everything(path: Path) -> dict[str, Tensor]:
    place = newest_checkpoint(path)
    assert place is not None
    found = read_run_checkpoint(place)
    return {
        f"{part}/{name}": value
        for part in ("weights", "average", "optimizer")
        for name, value in getattr(found, part).items()
    }


def alike(ours: dict[str, Tensor], theirs: dict[str, Tensor]) -> bool:
    same = ours.keys() == theirs.keys()
    return same and all(torch.equal(ours[name], theirs[name]) for name in ours)


def test_a_run_learns_what_its_lessons_teach(tmp_path: Path) -> None:
    losses = run(begun(tmp_path, steps=40, learning_rate=1e-2))
    assert sum(losses[-5:]) < 0.7 * sum(losses[:5])


def test_killed_after_three_steps_it_goes_on_bit_for_bit(tmp_path: Path) -> None:
    straight, killed = tmp_path / "straight", tmp_path / "killed"
    losses = run(begun(straight))
    steps = trainer(begun(killed, checkpoint_every=3)).steps()
    first = [sum(next(steps).stepped.losses.values()) for _ in range(5)]
    steps.close()  # two steps after the checkpoint, which are lost
    assert [place.name for place in (killed / "checkpoint").iterdir()] == ["00000003"]
    rest = run(open_run(killed))
    assert first == losses[:5]
    assert rest == losses[3:]
    assert alike(everything(straight), everything(killed))
    rows = [row for row in read_metrics(killed) if row["kind"] == "step"]
    assert [row["step"] for row in rows] == list(range(6))
    assert [row["loss"] for row in rows] == losses


def test_who_makes_the_lessons_changes_nothing(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    assert run(begun(here, steps=3)) == run(begun(there, steps=3), workers=2)
    assert alike(everything(here), everything(there))


def test_more_steps_or_other_courses_are_another_section_of_the_same_run(tmp_path: Path) -> None:
    folder = begun(tmp_path, steps=2)
    run(folder)
    sizes = sizes_of(made_sources())
    for changed in ({"steps": 3}, {"steps": 4, "courses": {"talk": 2.0}}):
        folder = open_run(tmp_path)
        folder.go_on(folder.section.settings.steps or 0, made_settings(**changed), sizes)
        run(folder)
    sections = open_run(tmp_path).sections
    assert [section.step for section in sections] == [0, 2, 3]
    assert [section.taught_from for section in sections] == [0, 0, 3]
    assert set(read_metrics(tmp_path)[-1]["losses"]) == {
        f"talk/{name}" for name in ("hazards", "floor", "text", "things", "smoke", "balance")
    }


def test_an_end_that_is_asked_for_leaves_a_checkpoint(tmp_path: Path) -> None:
    ending = Event()
    for report in trainer(begun(tmp_path)).steps(ending):
        if report.step == 1:
            ending.set()
    place = newest_checkpoint(tmp_path)
    assert place is not None
    assert place.name == "00000002"


def test_two_checkpoints_are_kept(tmp_path: Path) -> None:
    run(begun(tmp_path, checkpoint_every=1))
    names = sorted(place.name for place in (tmp_path / "checkpoint").iterdir())
    assert names == ["00000005", "00000006"]


def test_what_it_writes_is_a_model_with_the_averaged_weights(tmp_path: Path) -> None:
    run(begun(tmp_path))
    net, header = load_checkpoint(tmp_path / MODEL)
    average = everything(tmp_path)
    assert header.facts["recipe"]["steps"] == 6
    assert torch.equal(net.floor.weight, average["average/net.floor.weight"])
    assert not torch.equal(net.floor.weight, average["weights/net.floor.weight"])
    assert alike(dict(net.voice.state_dict()), dict(pupil().net.voice.state_dict()))


def test_examiners_are_asked_when_it_is_time_and_their_figures_are_kept(tmp_path: Path) -> None:
    class Judge:
        def __init__(self) -> None:
            self.begun: list[tuple[bool, int]] = []

        def begin(self, weights: Path, step: int) -> None:
            self.begun.append((weights.exists(), step))

        def ended(self) -> tuple[int, dict[str, float]] | None:
            return (3, {"unprovoked": 2.0}) if len(self.begun) == 1 else None

    judge = Judge()
    folder = begun(tmp_path, evaluate_every=2, judge_every=3)
    run(
        folder,
        examine=lambda net: {"bias": float(net.floor.bias[0])},
        judge=judge,
    )
    rows = [row for row in read_metrics(tmp_path) if row["kind"] == "examined"]
    assert [row["step"] for row in rows] == [1, 3, 5]
    assert all(row["figures"]["bias"] > 3 for row in rows)
    assert judge.begun == [(True, 3), (True, 6)]
    (first, *_) = [row for row in read_metrics(tmp_path) if row["kind"] == "judged"]
    assert first == {"kind": "judged", "step": 2, "figures": {"unprovoked": 2.0}}


def test_a_gradient_that_is_no_number_moves_nothing_and_too_many_end_the_run(
    tmp_path: Path,
) -> None:
    class Broken(type(pupil())):  # type: ignore[misc]
        def forward(self, batch: Any) -> Any:
            return {name: loss * float("nan") for name, loss in super().forward(batch).items()}

    folder = begun(tmp_path, most_skipped=3)
    before = {name: weight.clone() for name, weight in pupil().state_dict().items()}
    ours = trainer(folder, pupil=lambda: Broken(pupil().net))
    steps = ours.steps()
    assert not next(steps).stepped.moved
    assert not next(steps).stepped.moved
    with pytest.raises(TrainingDivergedError, match="lower learning rate"):
        next(steps)
    assert alike(before, dict(ours.pupil.state_dict()))


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (lambda place: (place / "state.json").write_text("{}"), "damaged"),
        (lambda place: (place / "average.safetensors").unlink(), "damaged"),
        (lambda place: (place / "weights.safetensors").write_bytes(b"no"), "damaged"),
        (
            lambda place: (place / "state.json").write_text(
                (place / "state.json").read_text().replace('"fingerprint": "', '"fingerprint": "0')
            ),
            "another run",
        ),
    ],
)
def test_a_damaged_checkpoint_is_refused_with_what_to_do(
    tmp_path: Path, harm: Any, words: str
) -> None:
    run(begun(tmp_path, steps=1))
    place = newest_checkpoint(tmp_path)
    assert place is not None
    harm(place)
    with pytest.raises(RunError, match=words):
        trainer(open_run(tmp_path))


def test_bfloat16_learns_too(tmp_path: Path) -> None:
    losses = run(begun(tmp_path, steps=40, learning_rate=1e-2, bfloat16=True))
    assert sum(losses[-5:]) < 0.7 * sum(losses[:5])
