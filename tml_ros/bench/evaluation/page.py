"""An evaluation as one self-contained HTML page that can be forwarded as it is.

Nothing in it is fetched from anywhere: styles, drawings, pictures and sound are inside. It shows
what it is given and decides nothing; no clock is read, so that the same results give the same
bytes. One thread.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

import jinja2
from markupsafe import Markup

from tml_ros.bench.evaluation.agent_card import AgentCard
from tml_ros.bench.evaluation.beside import Comparison
from tml_ros.bench.evaluation.illustration import Illustration
from tml_ros.bench.evaluation.opinions import Opinion
from tml_ros.bench.evaluation.results import FALSE_PER_HOUR, Results
from tml_ros.bench.evaluation.scale import RATES, rate_on_scale, share_on_scale
from tml_ros.bench.evaluation.summary import Made
from tml_ros.bench.evaluation.tables import behaviour_rows, kind_rows, never_met, score_rows
from tml_ros.bench.evaluation.verdict import (
    DONE,
    LEFT,
    behaviour_sum,
    hazard_sum,
    untrained,
    verdict,
    who,
)
from tml_ros.bench.evaluation.voice_suite import PhraseOutcome, VoiceResult
from tml_ros.bench.evaluation.wording import capital, plain
from tml_ros.model.interface import NO_MODEL
from tml_ros.sim.simulator_version import SIMULATOR
from tml_ros.sim.split import Split

MOST_BYTES = 4_700_000
"""Of the page; sound beyond that is left out, the first mistakes keep theirs."""
MOST_PHRASES = 4
"""Phrases of the voice that can be heard."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows. sounds: of the voice's phrases, WAV by text. unplayed: reasons by name."""

    results: Results
    card: AgentCard
    made: Made = field(default_factory=Made)
    illustrations: Sequence[Illustration] = ()
    voice: VoiceResult | None = None
    sounds: Mapping[str, bytes] | None = None
    comparison: Comparison | None = None
    unplayed: Mapping[str, str] | None = None


def opinions_shown(card: AgentCard) -> dict[Opinion, str]:
    """Whose alarms there are to be told apart, and what they are called."""
    chosen = (Opinion.GUARDS,) if card.name == NO_MODEL else tuple(Opinion)
    return {opinion: who(card, opinion) for opinion in chosen}


def write_page(path: Path, shown: Shown) -> None:
    """Write the page; its folder must exist. Raises OSError where it cannot be written."""
    part = path.with_suffix(".part")
    part.write_text(render_page(shown), encoding="utf-8")
    part.replace(path)


def render_page(shown: Shown) -> str:
    """The page as HTML. Every name and word in it is escaped."""
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    filters: dict[str, Callable[..., str]] = {"words": plain, "capital": capital}
    environment.filters |= filters
    templates = files("tml_ros.bench") / "templates"
    report = files("tml_ros.report") / "templates" / "report.css"
    style = report.read_text(encoding="utf-8")
    style += (templates / "evaluation.css").read_text(encoding="utf-8")
    page = environment.from_string((templates / "evaluation.html.j2").read_text(encoding="utf-8"))
    results, card = shown.results, shown.card
    names = opinions_shown(card)
    told, _, more = verdict(results, card, voice=shown.voice).partition("; ")
    sounds = _sounds(shown)
    return page.render(
        # The sheets are ours and hold no word of the run, so they may go in unescaped.
        style=Markup(style),  # noqa: S704
        verdict=(told, more),
        untrained="" if card.trained else untrained(card),
        results=results,
        card=card,
        made=shown.made,
        alone=card.name == NO_MODEL,
        names=list(names.values()),
        alarms=hazard_sum(results.every, Opinion.BOTH, results.judged[Opinion.BOTH]),
        sums=[
            (name, one, share_on_scale(one.share))
            for name, one in (
                ("All that was to be done", behaviour_sum(results.every, DONE)),
                ("All that was to be left", behaviour_sum(results.every, LEFT)),
            )
        ],
        unasked=rate_on_scale(results.every.behaviour.unprovoked_per_hour),
        signs=rate_on_scale(results.every.behaviour.signs_per_hour),
        kinds=kind_rows(results, names),
        never_met=never_met(results),
        scores=score_rows(results),
        false_per_hour=f"{FALSE_PER_HOUR:g}",
        rules=behaviour_rows(results),
        voice=shown.voice,
        groups=_groups(shown.voice),
        heard=[(one, sounds[one.text]) for one in _heard(shown) if one.text in sounds],
        misheard=_misheard(shown.voice),
        comparison=shown.comparison,
        examples=[
            (number, one, _url("image/jpeg", one.jpeg), sounds.get(number, ""))
            for number, one in enumerate(shown.illustrations, start=1)
        ],
        unplayed=dict(shown.unplayed or {}),
        marks=RATES,
        plan_rows=list(_plan(results)),
        simulator=SIMULATOR,
        planned=len(list(results.plan.tasks())),
    )


def _plan(results: Results) -> Iterator[tuple[str, str]]:
    plan = results.plan
    yield "Suites", ", ".join(suite.value for suite in plan.suites) or "none"
    yield "Seeds", f"{plan.seeds[0]} to {plan.seeds[1] - 1} of each suite"
    held = plan.looks is Split.HELD_OUT
    yield "Looks", "held out: never shown in training" if held else "as in training"
    yield "Difficulty", "all" if plan.difficulty is None else f"{plan.difficulty:g}"
    yield "Scenarios", f"{results.scenarios} of {plan.seconds:g} s, {results.hours:.2f} h"
    width, height = plan.camera_size
    rate = f"{width} x {height}, {plan.camera_rate:g} pictures/s"
    yield "Cameras", rate if plan.pictures else "none: played without pictures"


def _groups(voice: VoiceResult | None) -> list[tuple[str, object, object, object]]:
    """The voice's phrases by the names in them: heading, figures, both shares on a scale."""
    if voice is None or not voice.has_voice:
        return []
    groups = (
        ("All phrases", ()),
        ("Without a name", (None,)),
        ("With names of the scenarios", (Split.TRAIN,)),
        ("With names that appear nowhere else", (Split.HELD_OUT,)),
    )
    found = [(heading, voice.understood(*names)) for heading, names in groups]
    return [
        (heading, one, share_on_scale(one.share), share_on_scale(one.originals_share))
        for heading, one in found
        if one.count
    ]


def _misheard(voice: VoiceResult | None) -> list[PhraseOutcome]:
    return [] if voice is None else [one for one in voice.phrases if one.said != one.text]


def _heard(shown: Shown) -> list[PhraseOutcome]:
    """Those that can be listened to: mistaken ones first."""
    if shown.voice is None:
        return []
    phrases = sorted(shown.voice.phrases, key=lambda one: one.said == one.text)
    return phrases[:MOST_PHRASES]


def _sounds(shown: Shown) -> dict[int | str, str]:
    """Data URLs by the number of a mistake or the text of a phrase, as far as there is room."""
    room = MOST_BYTES - sum(len(one.jpeg) * 4 // 3 + 8_000 for one in shown.illustrations)
    wanted: list[tuple[int | str, bytes]] = [
        (number, one.wav) for number, one in enumerate(shown.illustrations, start=1)
    ]
    wanted += [(one.text, (shown.sounds or {}).get(one.text, b"")) for one in _heard(shown)]
    urls: dict[int | str, str] = {}
    for key, wav in wanted:
        url = _url("audio/wav", wav)
        if url and len(url) <= room:
            room -= len(url)
            urls[key] = url
    return urls


def _url(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}" if data else ""
