"""One run as one self-contained HTML page that can be forwarded as it is.

Nothing in it is fetched from anywhere: styles, drawings, pictures and sound are inside. Knows
nothing of how the run was made; it shows what the session log holds. No clock is read, so the same
log gives the same bytes.
"""

from __future__ import annotations

import base64
import io
import wave
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import jinja2
import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from tml_ros.cell.cell_description import CameraDescription, polygon_fractions
from tml_ros.report.episodes import episodes_of
from tml_ros.report.fault_check import check_fault
from tml_ros.report.histogram import Histogram, histogram_of
from tml_ros.report.reply_delays import reply_delays
from tml_ros.report.session_log import ALARM_LATENCY, SessionLog, Snapshot, summary
from tml_ros.report.timeline_chart import lay_out
from tml_ros.report.truth_check import Fate, check_truth
from tml_ros.report.verdict import moment, phrase, span_of_time, verdict
from tml_ros.safety.alarm import Priority
from tml_ros.turn.audio_format import to_int16
from tml_ros.turn.micro_turn import SAMPLE_RATE

MAX_SOUND_BYTES = 4_000_000
"""Sound beyond this is left out of the page; the words stay."""

MOST_CARDS = 200

FATE_LOOKS = {
    Fate.ALARMED: "good",
    Fate.LATE: "poor",
    Fate.MISSED: "bad",
    Fate.NOT_EVIDENT: "open",
    Fate.NOBODY_JUDGES: "open",
    Fate.CUT_SHORT: "open",
}
"""CSS classes."""


@dataclass(frozen=True, slots=True)
class Said:
    """One utterance of the cell, or of somebody who is known to have spoken. who: "" the cell."""

    stamp_ns: int
    text: str
    who: str = ""
    addressed: bool = True
    priority: Priority | None = None
    after_s: float | None = None
    """So long after the end of the line that it answers."""


def write_report(path: Path, log: SessionLog) -> None:
    """Write the page; the folder must exist. Raises OSError where it cannot be written."""
    path.write_text(render_report(log), encoding="utf-8")


def render_report(log: SessionLog) -> str:
    """The page as HTML text. Every name and word of the run is escaped."""
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Callable[..., str]] = {
        "moment": moment,
        "duration": span_of_time,
        "phrase": lambda thing: phrase(thing.kind, thing.zone),
        "words": lambda name: str(name).replace("_", " "),
        "jpeg": _jpeg_url,
        "png": _png_url,
    }
    environment.filters |= filters
    templates = files("tml_ros.report") / "templates"
    page = environment.from_string((templates / "report.html.j2").read_text(encoding="utf-8"))
    episodes = episodes_of(log.transitions)
    return page.render(
        # The sheet is ours and holds no word of the run, so it may go in unescaped.
        style=Markup((templates / "report.css").read_text(encoding="utf-8")),  # noqa: S704
        log=log,
        summary=summary(log),
        verdict=verdict(log),
        episodes=episodes,
        chart=lay_out(log, episodes),
        check=check_truth(log),
        fault=None if log.fault is None else check_fault(log.fault, episodes),
        fate_looks=FATE_LOOKS,
        said=_said(log),
        sounds=_sounds(log),
        histograms=_histograms(log),
        zone_points=_zone_points,
        most_cards=MOST_CARDS,
    )


def _said(log: SessionLog) -> list[Said]:
    """Everything said, by whomever, in order of time."""
    lines = log.truth.lines if log.truth is not None else ()
    delays = reply_delays(log.speech, lines)
    cell = [
        Said(one.stamp_ns, one.text, priority=one.priority, after_s=delays.get(place))
        for place, one in enumerate(log.speech)
    ]
    people = [Said(one.start_ns, one.text, one.who, one.addressed) for one in lines]
    return sorted([*cell, *people], key=lambda one: one.stamp_ns)


def _histograms(log: SessionLog) -> list[Histogram]:
    names = sorted(log.latencies, key=lambda name: (name != ALARM_LATENCY, name))
    charts = (histogram_of(name, log.latencies[name]) for name in names)
    return [chart for chart in charts if chart is not None]


def _sounds(log: SessionLog) -> dict[str, str]:
    """Words -> data URL of their sound, as far as the page has room."""
    urls: dict[str, str] = {}
    room = MAX_SOUND_BYTES
    for text, samples in log.clips.items():
        wav = _wav(samples)
        if len(wav) > room:
            continue
        room -= len(wav)
        urls[text] = "data:audio/wav;base64," + base64.b64encode(wav).decode()
    return urls


def _wav(samples: NDArray[np.float32]) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(SAMPLE_RATE)
        wav.writeframes(to_int16(samples).tobytes())
    return file.getvalue()


def _jpeg_url(snapshot: Snapshot) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(snapshot.jpeg).decode()


def _png_url(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode()


def _zone_points(camera: CameraDescription, zone: str) -> str:
    """The zone's corners for an SVG of 100 x 75 units: "x,y x,y ..."."""
    return " ".join(f"{100 * x:.1f},{75 * y:.1f}" for x, y in polygon_fractions(camera, zone))
