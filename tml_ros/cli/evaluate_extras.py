"""What an evaluation does besides playing scenarios: the voice, the comparison, the page.

Knows what the user sees of each. Main thread.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console

from tml_ros.bench.evaluation.agent_card import AgentCard
from tml_ros.bench.evaluation.agents import open_agent
from tml_ros.bench.evaluation.beside import Comparison, Evaluated, compared
from tml_ros.bench.evaluation.illustration import Illustration, illustrations, wav_of
from tml_ros.bench.evaluation.mistakes import mistakes
from tml_ros.bench.evaluation.page import opinions_shown
from tml_ros.bench.evaluation.plan import EvaluationPlan, Task
from tml_ros.bench.evaluation.results import Results
from tml_ros.bench.evaluation.scenario_record import ScenarioRecord
from tml_ros.bench.evaluation.voice_suite import (
    Samples,
    VoiceResult,
    judge_voice,
    read_voice,
    write_voice,
)
from tml_ros.cli.bench_progress import BenchProgress

VOICE_FOLDER = "voice"


def judged_voice(
    plan: EvaluationPlan,
    folder: Path,
    console: Console,
    ending: threading.Event,
    *,
    anew: bool = False,
) -> VoiceResult | None:
    """The voice of the plan's model, kept in the folder with what it said; None if interrupted.

    Raises ModelUnavailableError, SpeechUnavailableError.
    """
    kept = None if anew else read_voice(folder, fingerprint=plan.fingerprint)
    if kept is not None:
        return kept
    model = open_agent(plan.model)
    if model is None:
        return VoiceResult(())
    sounds = folder / VOICE_FOLDER
    sounds.mkdir(parents=True, exist_ok=True)

    def keep(number: int, speech: Samples) -> None:
        _sound(folder, number).write_bytes(wav_of(speech))

    with BenchProgress(console) as progress:
        result = judge_voice(
            model,
            ending=ending,
            keep=keep,
            progress=lambda share: progress.reach("the voice says its phrases", share),
        )
    if result is not None:
        write_voice(result, folder, fingerprint=plan.fingerprint)
    return result


def voice_sounds(voice: VoiceResult | None, folder: Path) -> dict[str, bytes]:
    """What was said, WAV by text, as far as it was kept."""
    if voice is None:
        return {}
    kept = {one.text: _sound(folder, number) for number, one in enumerate(voice.phrases)}
    return {text: path.read_bytes() for text, path in kept.items() if path.exists()}


def drawn_mistakes(
    results: Results,
    card: AgentCard,
    records: Mapping[Task, ScenarioRecord],
    console: Console,
    ending: threading.Event,
    *,
    most: int,
    workers: int,
) -> list[Illustration]:
    """The mistakes for the page, in the order in which they are worth looking at."""
    names = opinions_shown(card)
    plan, judged = results.plan, results.judged
    picked = mistakes(plan, list(records.values()), judged=judged, names=names, most=most)
    conducts = {task: record.conduct for task, record in records.items()}
    found: dict[int, Illustration] = {}
    with BenchProgress(console) as progress:
        progress.reach("examples are played again", 0.0)
        for drawn in illustrations(
            plan,
            picked,
            conducts,
            names=names,
            judged=judged,
            workers=min(workers, max(1, len(picked))),
            ending=ending,
        ):
            found[picked.index(drawn.mistake)] = drawn
            progress.reach("examples are played again", len(found) / len(picked))
    return [found[place] for place in sorted(found)]


def comparison_of(
    results: Results,
    card: AgentCard,
    records: Mapping[Task, ScenarioRecord],
    others: Sequence[Evaluated],
) -> Comparison | None:
    """Beside others; None where there are none, or nothing to compare with them."""
    if not others or not records:
        return None
    mine = Evaluated(card.called, results.plan, tuple(records.values()))
    return compared([mine, *others])


def _sound(folder: Path, number: int) -> Path:
    return folder / VOICE_FOLDER / f"{number:02d}.wav"
