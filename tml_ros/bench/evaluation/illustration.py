"""A mistake to be seen and heard: its scenario is played once more, which gives the same again.

Knows nothing of pages. Each process of `illustrations` opens the model once. Main thread.
"""

from __future__ import annotations

import io
import threading
import wave
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby

import cv2
import numpy as np
from numpy.typing import NDArray

from tml_ros.bench.evaluation.agents import open_agent
from tml_ros.bench.evaluation.closed_loop import Played, play
from tml_ros.bench.evaluation.example_chart import ExampleChart, Happened, example_chart
from tml_ros.bench.evaluation.judged_kinds import JudgedKinds
from tml_ros.bench.evaluation.mistakes import Mistake
from tml_ros.bench.evaluation.opinions import Opinion
from tml_ros.bench.evaluation.plan import EvaluationPlan, Task
from tml_ros.bench.evaluation.trusted import TrustedModel
from tml_ros.bench.evaluation.work_pool import one_core, spread
from tml_ros.bench.judge.conduct import Conduct
from tml_ros.sim.annotated import moment_annotated, true_at
from tml_ros.sim.factory import Factory
from tml_ros.sim.off_screen import SimulatorMissingError
from tml_ros.turn.audio_format import to_int16
from tml_ros.turn.micro_turn import SAMPLE_RATE

HEARD_S = (2.5, 4.0)
"""So much before and after the moment can be listened to."""
_WIDTH = 480
"""Pixels, at least about."""
_QUALITY = 78
_VOICE_GAIN = 0.5
"""Of the loudspeaker beside the microphone's own sound, in which it is an echo."""
_PEAK, _MOST_GAIN = 0.9, 8.0


@dataclass(frozen=True, slots=True)
class Illustration:
    """jpeg: b"" without pictures. caption: of the picture. wav: mono, 16 kHz, int16. same: whether
    playing it again gave what was judged.
    """

    mistake: Mistake
    jpeg: bytes
    caption: str
    wav: bytes
    chart: ExampleChart
    same: bool = True


_Together = tuple[Task, tuple[Mistake, ...]]


@dataclass(slots=True)
class _Process:
    plan: EvaluationPlan
    names: Mapping[Opinion, str]
    judged: JudgedKinds
    model: TrustedModel | None = None
    opened: bool = False


_process: _Process | None = None


def illustrations(
    plan: EvaluationPlan,
    mistakes: Sequence[Mistake],
    conducts: Mapping[Task, Conduct],
    *,
    names: Mapping[Opinion, str],
    judged: JudgedKinds,
    workers: int = 1,
    ending: threading.Event | None = None,
) -> Iterator[Illustration]:
    """Of each mistake one, in any order; those of one scenario together.

    conducts: as they were judged. names, judged: of the opinions that are shown. ending: once it is
    set no further one comes. Raises what playing raises.
    """
    ending = ending or threading.Event()
    ordered = sorted(mistakes, key=lambda one: one.task.name)
    together: list[_Together] = [
        (task, tuple(of_task)) for task, of_task in groupby(ordered, key=lambda one: one.task)
    ]
    if not together:
        return
    if workers == 1:
        one_core()
        _begin(plan, names, judged)
        results = ((one, _illustrate(one)) for one in together)
    else:
        results = spread(
            _illustrate,
            together,
            workers=workers,
            begin=_begin,
            begin_with=(plan, dict(names), judged),
            ending=ending,
        )
    with closing(results):
        for (task, _), (conduct, drawn) in results:
            for one in drawn:
                yield one if conduct == conducts[task] else _differs(one)
            if ending.is_set():
                return


def illustrated(
    plan: EvaluationPlan,
    mistakes: Sequence[Mistake],
    model: TrustedModel | None,
    *,
    names: Mapping[Opinion, str],
    judged: JudgedKinds,
) -> tuple[Conduct, list[Illustration]]:
    """The mistakes of one scenario, played in this process; and what the cell did."""
    with Factory(plan.scenario(mistakes[0].task)) as factory:
        played = play(factory, model, pictures=plan.pictures)
        happened = Happened(
            factory.truth, played.conduct, played.alarms, played.scores, names, judged
        )
        drawn = [_one(plan, factory, played, happened, mistake) for mistake in mistakes]
        return played.conduct, drawn


def _one(
    plan: EvaluationPlan,
    factory: Factory,
    played: Played,
    happened: Happened,
    mistake: Mistake,
) -> Illustration:
    heard = (
        max(0.0, mistake.look_s - HEARD_S[0]),
        min(played.conduct.seconds, mistake.look_s + HEARD_S[1]),
    )
    jpeg, caption = _picture(factory, mistake) if plan.pictures else (b"", "")
    return Illustration(
        mistake,
        jpeg,
        caption,
        wav_of(_sound(played, mistake, *heard)),
        example_chart(
            happened,
            mistake.at_s,
            kind=mistake.kind,
            zone=mistake.zone,
            expectation=mistake.expectation,
            heard=heard,
        ),
    )


def _picture(factory: Factory, mistake: Mistake) -> tuple[bytes, str]:
    """The moment as the camera that sees the zone has it, with what is true drawn into it."""
    zones = {name: camera.zones for name, camera in factory.cell().cameras.items()}
    name = next((one for one, of in zones.items() if mistake.zone in of), next(iter(zones), ""))
    if not name:
        return b"", ""
    try:
        pictures = factory.pictures
    except SimulatorMissingError:
        return b"", ""
    rate = factory.scenario.cameras[name].rate
    index = min(pictures.frames(name) - 1, max(0, round(mistake.look_s * rate)))
    at = pictures.time_s(name, index)
    picture = pictures.picture(name, index)
    larger = max(1.0, _WIDTH / picture.shape[1])
    drawn = moment_annotated(picture, factory.scenario, factory.truth, name, at, larger=larger)
    true = "; ".join(one.replace("_", " ") for one in true_at(factory.truth, at))
    caption = f"Camera {name.replace('_', ' ')} at {at:.1f} s. True then: {true or 'nothing'}."
    bgr = cv2.cvtColor(drawn, cv2.COLOR_RGB2BGR)
    _, packed = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return packed.tobytes(), caption


def _sound(played: Played, mistake: Mistake, from_s: float, to_s: float) -> NDArray[np.float32]:
    """What the microphone took in and the loudspeaker played, made loud enough to be heard."""
    if not played.heard:
        return np.zeros(0, np.float32)
    name = mistake.zone if mistake.zone in played.heard else next(iter(played.heard))
    part = slice(round(from_s * SAMPLE_RATE), round(to_s * SAMPLE_RATE))
    sound = played.heard[name][part].copy()
    voice = played.voice[part]
    sound[: len(voice)] += np.float32(_VOICE_GAIN) * voice
    peak = float(np.abs(sound).max(initial=0.0))
    gain = min(_MOST_GAIN, _PEAK / peak) if peak else 1.0
    return np.asarray(sound * np.float32(gain), np.float32)


def wav_of(samples: NDArray[np.float32]) -> bytes:
    """A WAV file: mono, 16 kHz, int16."""
    file = io.BytesIO()
    with wave.open(file, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(SAMPLE_RATE)
        wav.writeframes(to_int16(samples).tobytes())
    return file.getvalue()


def _begin(plan: EvaluationPlan, names: Mapping[Opinion, str], judged: JudgedKinds) -> None:
    global _process  # noqa: PLW0603 - a process of the pool has no other place for it
    _process = _Process(plan, names, judged)


def _illustrate(together: _Together) -> tuple[Conduct, list[Illustration]]:
    if _process is None:
        raise RuntimeError("the process was not made ready")
    if not _process.opened:
        _process.model = open_agent(_process.plan.model)
        _process.opened = True
    return illustrated(
        _process.plan, together[1], _process.model, names=_process.names, judged=_process.judged
    )


def _differs(one: Illustration) -> Illustration:
    return Illustration(one.mistake, one.jpeg, one.caption, one.wav, one.chart, same=False)
