"""`tml-ros voice`: teach a model's voice, apart from everything else that it learns.

Knows what the user asks for. Main thread.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def voice(
    *,
    out: Annotated[Path, typer.Option(metavar="RUN", help="The run's folder.")],
    preset: Annotated[
        str, typer.Option(metavar="NAME|FILE", help="The model: a preset's name or .yaml file.")
    ] = "nano",
    steps: Annotated[
        int, typer.Option(metavar="N", min=1, help="Steps until the end of the run.")
    ] = 10_000,
    hours: Annotated[
        float, typer.Option(metavar="H", min=0, help="Pause after so long; 0: not before the end.")
    ] = 0.0,
    texts: Annotated[
        int, typer.Option(metavar="N", min=100, help="Texts beside those that every cell says.")
    ] = 3000,
    batch: Annotated[int, typer.Option(metavar="N", min=1, help="Turns in a step.")] = 256,
    rate: Annotated[float, typer.Option(min=1e-6, max=0.1, help="Highest learning rate.")] = 2e-3,
    examine_every: Annotated[
        int, typer.Option(metavar="N", min=0, help="Steps between exams; 0: none.")
    ] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Of weights, texts and their order.")] = 0,
    threads: Annotated[
        int, typer.Option(metavar="N", min=1, max=256, help="Threads of a step.")
    ] = 1,
) -> None:
    """Teach a model to say what cells say, from the first step or where RUN stands.

    For example `tml-ros voice --out runs/voice`, then
    `tml-ros graduate ... --voice runs/voice/voice.safetensors
    --facts runs/voice/exam.json`.

    espeak-ng says the texts at the model's pace, and the voice learns to sound
    so. What it says depends on the text alone: any model of the same preset can
    take the weights. An exam has a recogniser listen (`pip install
    'tml_ros[bench]'`) and names the kinds of text that are said well enough;
    RUN/exam.json has the last one.

    Exit code: 0 done, 2 a mistake in what was asked, 130 interrupted.
    """
    # PyTorch takes seconds to come; `--help` and mistakes need not wait.
    from tml_ros.cli.voice_run import Asked, run_voice  # noqa: PLC0415
    from tml_ros.training.voice.voice_learner import VoiceSettings  # noqa: PLC0415
    from tml_ros.training.voice.voice_run import VoiceRun  # noqa: PLC0415

    settings = VoiceSettings(steps=steps, batch=batch, learning_rate=rate, seed=seed)
    run = VoiceRun(settings, texts=texts, examine_every=examine_every, hours=hours)
    run_voice(Asked(folder=out, preset=preset, run=run, threads=threads))
