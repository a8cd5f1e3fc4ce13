"""A voice's training as a folder that can be left and gone on with.

`lessons.npz`, `words.npz`, `asked.json`: what is learnt from, texts and made-up sentences, and new
texts for the exams.
`run.jsonl`: settings, losses and exams, a line each.
`checkpoint.safetensors`: everything to go on from, written whole or not at all.
`voice.safetensors`: the weights to be used, `voice_text.*` and `voice.*` of the network.
`exam.json`: the last exam, as facts for a checkpoint. One process at a time works in a folder.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from safetensors import SafetensorError, safe_open
from torch import Tensor

from tml_ros.cell.paced_choice import SpokenKind
from tml_ros.cell.paced_speech import PacedSpeech
from tml_ros.model.interaction_net import InteractionNet, fresh_net
from tml_ros.model.preset import Preset
from tml_ros.model.tensor_file import write_tensor_file
from tml_ros.model.tokenizer import load_tokenizer
from tml_ros.training.voice.voice_exam import VoiceExam, voice_exam
from tml_ros.training.voice.voice_learner import VoiceLearner, VoiceSettings
from tml_ros.training.voice.voice_lessons import (
    Speech,
    VoiceLessons,
    load_voice_lessons,
    save_voice_lessons,
    voice_lessons,
)
from tml_ros.training.voice.voice_texts import (
    SpokenText,
    fixed_texts,
    made_up_texts,
    texts_of,
)

LESSONS: Final = "lessons.npz"
WORDS: Final = "words.npz"
ASKED: Final = "asked.json"
LOG: Final = "run.jsonl"
CHECKPOINT: Final = "checkpoint.safetensors"
WEIGHTS: Final = "voice.safetensors"
EXAM: Final = "exam.json"
_FORMAT: Final = "tml_ros voice"


@dataclass(frozen=True, slots=True)
class VoiceRun:
    """texts: about how many are drawn beside the fixed ones. words: how many made-up sentences are
    taught; a run that began without may go on with them. fixed_share: how much of the time fixed
    texts are taught. keep_every, examine_every: steps between checkpoints and exams, 0 for no exam.
    hours: the run pauses after so long; 0 for never.
    """

    settings: VoiceSettings = field(default_factory=VoiceSettings)
    texts: int = 3000
    words: int = 2500
    fixed_share: float = 0.4
    keep_every: int = 200
    examine_every: int = 2000
    hours: float = 0.0


class VoiceRunError(ValueError):
    """The folder holds another run; the message says what to do."""


def train_voice(
    net: InteractionNet,
    folder: Path,
    run: VoiceRun | None = None,
    *,
    progress: Callable[[int, float], None] | None = None,
    texts: tuple[Sequence[SpokenText], Sequence[SpokenText]] | None = None,
    speech: Speech | None = None,
) -> VoiceExam | None:
    """Teach the voice of the network, from where the folder stands; it then has the smoother copy.

    progress: is given steps done and the loss. texts: what is taught and what new texts the exams
    ask for, instead of what is drawn; a folder keeps those with which it began. speech: what they
    sound like, instead of `PacedSpeech`. The last exam is given back, None where there was none.

    Raises OSError, SpeechUnavailableError, VoiceRunError.
    """
    run = run or VoiceRun()
    folder.mkdir(parents=True, exist_ok=True)
    lessons, asked = _curriculum(folder, run, net.preset, texts, speech)
    chances = lessons.chances(run.fixed_share)
    learner = VoiceLearner(net, run.settings)
    learner.set_level(lessons)
    first = _resumed(folder, learner)
    _log(folder, {"begins_at": first, "settings": asdict(run), "turns": len(lessons)})
    began = time.monotonic()
    losses: list[float] = []
    exam: VoiceExam | None = None
    for number in range(first, run.settings.steps):
        losses.append(learner.step(number, lessons, chances))
        done = number + 1
        if progress is not None:
            progress(done, losses[-1])
        ends = done == run.settings.steps or 0 < run.hours * 3600 < time.monotonic() - began
        if done % run.keep_every == 0 or ends:
            _keep(folder, learner, done)
            each = (time.monotonic() - began) / (done - first)
            _log(folder, {"step": done, "loss": float(np.mean(losses)), "seconds_a_step": each})
            losses.clear()
        if run.examine_every and (done % run.examine_every == 0 or ends):
            exam = _examined(net.preset, learner, asked, folder, done)
        if ends:
            break
    net.load_state_dict(learner.averaged(), strict=False)
    return exam


def _curriculum(
    folder: Path,
    run: VoiceRun,
    preset: Preset,
    texts: tuple[Sequence[SpokenText], Sequence[SpokenText]] | None,
    speech: Speech | None,
) -> tuple[VoiceLessons, tuple[SpokenText, ...]]:
    """What is learnt from and what new texts exams ask for, made once."""
    tokenizer = load_tokenizer(vocabulary=preset.text.vocabulary)
    seed = run.settings.seed
    said = speech or PacedSpeech(preset, tokenizer)
    asked_at = folder / ASKED

    def lessons_of(name: str, taught: Sequence[str]) -> VoiceLessons:
        fixed = {one.text for one in fixed_texts()}
        made = voice_lessons(taught, said, preset=preset, tokenizer=tokenizer, fixed=fixed)
        save_voice_lessons(made, folder / name)
        return made

    if not asked_at.exists():
        taught, left_out = texts_of(seed, run.texts) if texts is None else texts
        lessons_of(LESSONS, [one.text for one in taught])
        plain = [(one.text, one.kind.value) for one in left_out if one.kind is not None]
        asked_at.write_text(json.dumps(plain, indent=1), encoding="utf-8")
    lessons = load_voice_lessons(folder / LESSONS)
    if (folder / WORDS).exists():
        lessons += load_voice_lessons(folder / WORDS)
    elif run.words:
        lessons += lessons_of(WORDS, made_up_texts(np.random.default_rng(seed), run.words))
    plain = json.loads(asked_at.read_text(encoding="utf-8"))
    return lessons, tuple(SpokenText(text, SpokenKind(kind)) for text, kind in plain)


def _resumed(folder: Path, learner: VoiceLearner) -> int:
    """Steps that are done."""
    path = folder / CHECKPOINT
    if not path.exists():
        return 0
    try:
        with safe_open(path, framework="pt") as file:
            learner.restore({name: file.get_tensor(name) for name in file.keys()})  # noqa: SIM118
            return int(file.metadata()["steps"])
    except (SafetensorError, KeyError, ValueError) as error:
        raise VoiceRunError(f"{path} cannot be gone on from ({error}); remove it") from error


def _keep(folder: Path, learner: VoiceLearner, steps: int) -> None:
    said = {"format": _FORMAT, "steps": str(steps)}
    _write(folder / CHECKPOINT, learner.tensors(), said)
    _write(folder / WEIGHTS, learner.averaged(), said)


def _write(path: Path, tensors: dict[str, Tensor], said: dict[str, str]) -> None:
    write_tensor_file(path, tensors, metadata=lambda _: said)


def _examined(
    preset: Preset,
    learner: VoiceLearner,
    asked: Sequence[SpokenText],
    folder: Path,
    done: int,
) -> VoiceExam:
    examined = fresh_net(preset)
    examined.load_state_dict(learner.averaged(), strict=False)
    exam = voice_exam(examined, asked)
    _log(folder, {"step": done, "exam": exam.as_plain()})
    facts = json.dumps({**exam.as_facts(), "voice_steps": done}, indent=1)
    (folder / EXAM).write_text(facts, encoding="utf-8")
    return exam


def _log(folder: Path, line: dict[str, Any]) -> None:
    with (folder / LOG).open("a", encoding="utf-8") as log:
        log.write(f"{json.dumps(line)}\n")
