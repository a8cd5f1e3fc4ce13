"""A model card as Markdown: nothing in it that was not measured or noted by whoever trained. Pure.

Equal evidence makes an equal card. What nobody measured is said to be not measured.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tml_ros.bench.evaluation.opinions import Opinion
from tml_ros.bench.evaluation.wording import RULES, capital, plain
from tml_ros.bench.judge.interval import share
from tml_ros.bench.model_card.bars import Held, Standing, Unit, held_bars
from tml_ros.bench.model_card.evidence import Evaluation, Evidence
from tml_ros.bench.model_card.markdown import (
    estimate,
    limit,
    table,
    told_estimate,
    told_value,
    words,
)
from tml_ros.model.hazard_places import HEARD, SEEN
from tml_ros.turn.hazard import HazardKind

NOT_MEASURED, NOT_NOTED = "not measured", "not noted"
_LIMITS = (
    "It is no safety function: it stands beside guards, light curtains and emergency stops and "
    "replaces none of them.",
    "It has learnt from, and was judged in, a simulated factory. What is poor here will hardly be "
    "good in a plant; what is good here may be poor there. Judge it on recordings of your own, by "
    "`tml-ros replay`, before anybody relies on it.",
    "It knows the questions, orders and tasks of the simulated talk, and wordings like them. It is "
    "no general assistant; what needs thinking it hands to the background.",
    "Whoever lies or stands still in the picture from the first frame on is harder for it to see, "
    "as it leans on what has changed.",
    "A helmet needs a head of at least 8 pixels to be seen at all.",
)


def card(name: str, evidence: Evidence) -> str:
    """The whole page. name: of the model."""
    held = held_bars(evidence)
    parts = [
        f"# {name}: model card",
        "Written by `python tools/model_card.py` from results on disk; not by hand. Intervals are "
        "of 95 %. How all of it is judged: [evaluation.md](../evaluation.md).",
        _verdict(held, evidence),
        "## What it is",
        _weights(evidence),
        "## What it learnt from",
        _recipe(evidence),
        "## Bars",
        "Against scenarios with looks, voices and wordings that no training scenario has, at the "
        "thresholds that the weights come with. *Not for certain*: the figure reaches the bar, the "
        "worse end of its interval does not.",
        _bars(held),
        "## Alarms",
        _alarms(evidence),
        "## Behaviour",
        _behaviour(evidence),
        "## Voice",
        _voice(evidence),
        "## Cost of a turn",
        _turn(evidence),
        "## What it cannot do",
        "\n".join(f"- {line}" for line in _cannot(evidence, held)),
        "## How to measure it again",
        _commands(evidence),
    ]
    return "\n\n".join(parts) + "\n"


def _verdict(held: Sequence[Held], evidence: Evidence) -> str:
    count = dict.fromkeys(Standing, 0)
    for one in held:
        count[one.standing] += 1
    told = f"**Of {len(held)} bars {count[Standing.MET] + count[Standing.UNSURE]} are met"
    if count[Standing.UNSURE]:
        told += f" ({count[Standing.UNSURE]} of them not for certain)"
    told += f", {count[Standing.MISSED]} are missed, "
    told += f"{count[Standing.NOT_MEASURED]} were not measured.**"
    if any(not one.told.get("trained", True) for one in evidence.counted):
        told += " The weights are untrained: figures of what they say and score mean nothing."
    return told


def _weights(evidence: Evidence) -> str:
    weights = evidence.weights
    if weights is None:
        return "No weights were given."
    trusted = weights.facts.get("trusted_kinds")
    believed = ", ".join(map(plain, trusted or ())) or "nothing"
    rows = [
        ("preset", f"`{weights.preset.name}`"),
        ("file", f"`{weights.name}`, {weights.size / 1e6:.1f} MB"),
        ("SHA-256", f"`{weights.digest}`"),
        ("trained", "yes" if weights.facts.get("trained") else "no: its figures mean nothing"),
        ("hazards it is trusted with", NOT_NOTED if trusted is None else believed),
    ]
    return table(("", ""), rows)


def _recipe(evidence: Evidence) -> str:
    facts = evidence.weights.facts if evidence.weights is not None else {}
    recipe = facts.get("recipe")
    if not isinstance(recipe, Mapping):
        return f"Data, recipe, seeds and hours: {NOT_NOTED} in the weights."
    rows = [(plain(key), words(value)) for key, value in recipe.items() if key != "sections"]
    known = {"trained", "trusted_kinds", "recipe", "calibration", "voice_exam"}
    rows += [(plain(key), words(facts[key])) for key in facts if key not in known]
    parts = [table(("", ""), rows)]
    sections = recipe.get("sections") or []
    lines = [line for section in sections for line in _section(section)]
    if lines:
        head = ("from step", "course", "lessons a step", "of", "from", "seed")
        parts.append(table(head, lines))
    calibration = facts.get("calibration")
    if isinstance(calibration, Mapping) and calibration.get("hazards"):
        parts.append(
            "Thresholds were chosen on validation scenarios (training looks, other seeds). There:"
        )
        parts.append(_calibration(calibration["hazards"]))
    return "\n\n".join(parts)


def _section(section: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    settings = section.get("settings", {})
    for course, rate in settings.get("courses", {}).items():
        yield (
            str(section.get("step", "")),
            str(course),
            f"{rate:g}",
            str(section.get("sizes", {}).get(course, NOT_NOTED)),
            str(section.get("origins", {}).get(course, NOT_NOTED)),
            str(settings.get("seed", NOT_NOTED)),
        )


def _calibration(hazards: Mapping[str, Mapping[str, Any]]) -> str:
    keys = ("spans", "recall", "false_per_hour", "auc", "trusted")
    rows = [(plain(kind), *(words(row.get(key)) for key in keys)) for kind, row in hazards.items()]
    return table(("", "happened", "found", "false alarms an hour", "AUC", "trusted"), rows)


def _bars(held: Sequence[Held]) -> str:
    rows = []
    for one in held:
        bar, found = one.bar, one.measured
        most = "at most" if bar.most else "at least"
        rows.append(
            (
                capital(bar.what),
                f"{most} {limit(bar.limit, bar.unit)}",
                NOT_MEASURED if found is None else estimate(found.estimate, bar.unit),
                "" if found is None or found.count is None else f"{found.count:,}",
                _emphasis(one.standing),
            )
        )
    return table(("", "bar", "measured", "of", ""), rows)


def _emphasis(standing: Standing) -> str:
    return f"**{standing.value}**" if standing is Standing.MISSED else standing.value


def _alarms(evidence: Evidence) -> str:
    tables = []
    for one in evidence.counted:
        figures = one.of_hazards
        rows = [
            row
            for kind in HazardKind
            for opinion in Opinion
            if (row := _alarm_row(figures, kind, opinion)) is not None
        ]
        if rows:
            head = ("", "by", "found", "false alarms an hour", "delay p50, p95", "AUC", "at one/h")
            tables.append(f"{_run(one, figures)}:\n\n{table(head, rows)}")
    if not tables:
        return capital(f"{NOT_MEASURED}.")
    return "\n\n".join(
        [
            *tables,
            "At one/h: what the model would find at the threshold that gives one false alarm an "
            "hour on these very scenarios, before any delay of an alarm.",
        ]
    )


def _alarm_row(
    figures: Mapping[str, Any], kind: HazardKind, opinion: Opinion
) -> tuple[str, ...] | None:
    row = figures["hazards"].get(opinion.value, {}).get(kind.value)
    if row is None:
        return None
    scores = figures["scores"].get(kind.value) if opinion is Opinion.MODEL else None
    area = scores and scores["auc"]
    ranked = scores and scores["at_rate"]["recall"]
    return (
        plain(kind.value),
        opinion.value,
        f"{row['found']} of {row['spans']}: {told_estimate(row['recall'], Unit.SHARE)}",
        told_estimate(row["false_per_hour"], Unit.PER_HOUR),
        ", ".join(told_value(row[key], Unit.SECONDS) for key in ("delay_p50", "delay_p95")),
        f"{area:.3f}" if area is not None else "",
        told_value(ranked, Unit.SHARE) if scores else "",
    )


def _behaviour(evidence: Evidence) -> str:
    tables = []
    for one in evidence.counted:
        told = one.told["all"]["behaviour"]
        rows = [
            (
                name,
                f"{row['right']} of {row['count']}: {told_estimate(row['share'], Unit.SHARE)}",
                ", ".join(told_value(row[key], Unit.SECONDS) for key in ("delay_p50", "delay_p95")),
            )
            for rule, (name, _) in RULES.items()
            if (row := told.get(rule.value)) is not None
        ]
        if rows:
            unasked = told_estimate(one.told["all"]["unprovoked_per_hour"], Unit.PER_HOUR)
            rows.append(("speaks unasked, an hour", unasked, ""))
            tables.append(
                f"{_run(one, one.told['all'])}:\n\n{table(('', 'right', 'delay p50, p95'), rows)}"
            )
    return "\n\n".join(tables) or capital(f"{NOT_MEASURED}.")


def _voice(evidence: Evidence) -> str:
    said = [
        f"{capital(str(voice['sentence']))}."
        for one in evidence.counted
        if (voice := one.told.get("voice"))
    ]
    if evidence.voice is not None:
        rows = [
            (
                plain(str(row["kind"])),
                "new" if row["new"] else "taught",
                *(
                    estimate(found, Unit.SHARE) if found else NOT_MEASURED
                    for key in ("handed_over", "free", "original")
                    for found in [share(row[key], row["count"])]
                ),
            )
            for row in evidence.voice["rows"]
        ]
        head = ("", "texts", "handed over", "free speech", "espeak-ng")
        said.append(f"By kind of text, of the voice alone:\n\n{table(head, rows)}")
    return "\n\n".join(said) or capital(f"{NOT_MEASURED}.")


def _turn(evidence: Evidence) -> str:
    if evidence.turn is None:
        return capital(f"{NOT_MEASURED}.")
    times, machine = evidence.turn["turn_ms"], evidence.turn.get("machine", {})
    on = ", ".join(
        f"{machine[key]} {unit}".strip()
        for key, unit in (("processor", ""), ("threads", "thread(s)"), ("torch", "torch"))
        if key in machine
    )
    return (
        f"The dearest state of one session: p50 {times['p50']:g} ms, p99 {times['p99']:g} ms. {on}."
    )


def _cannot(evidence: Evidence, held: Sequence[Held]) -> Iterator[str]:
    yield from _LIMITS
    weights = evidence.weights
    if weights is not None:
        trusted = set(weights.facts.get("trusted_kinds") or ())
        withheld = [kind.value for kind in (*SEEN, *HEARD) if kind.value not in trusted]
        if withheld:
            yield (
                f"It was not shown to be good enough at: {', '.join(map(plain, withheld))}. What "
                f"it says of these is withheld in a cell."
            )
    missed = [one.bar.what for one in held if one.standing is Standing.MISSED]
    if missed:
        yield f"Missed: {'; '.join(missed)}."


def _commands(evidence: Evidence) -> str:
    lines = []
    for one in evidence.evaluations:
        made = one.told["made"]
        looks = one.told["plan"].get("looks", "")
        about = f"{made.get('on', '')}; {made.get('machine', '')}; looks: {looks}"
        lines.append(f"- `{one.command or NOT_NOTED}` ({about}; simulator {one.told['simulator']})")
    if evidence.turn is not None:
        lines.append("- `tml-ros bench turn --json`")
    return "\n".join(lines) or "Nothing was measured."


def _run(one: Evaluation, figures: Mapping[str, Any]) -> str:
    sight = "" if one.told["plan"].get("pictures", True) else ", without pictures"
    return f"`{one.command or NOT_NOTED}`, {figures['hours']:.2g} h{sight}"
