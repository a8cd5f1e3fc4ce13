"""`tml-ros model`: which interaction models there are, and what one of them costs.

Nothing is run and no weights are read. Runs on the main thread.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tml_ros.cli.mistake import MistakeError
from tml_ros.model.interface import CHECKPOINT_SUFFIX, PACKAGES, names_model_file
from tml_ros.model.preset import TURNS_PER_SECOND
from tml_ros.model.preset_file import load_preset, preset_names
from tml_ros.model.shipped_weights import shipped_weights

if TYPE_CHECKING:
    from tml_ros.model.checkpoint import CheckpointHeader
    from tml_ros.model.model_figures import ModelFigures

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Rows = Iterator[tuple[str, str]]

app = typer.Typer(no_args_is_help=True)


@app.command("list")
def list_presets(as_json: AsJson = False) -> None:
    """List the presets that come with the package, and which of them have trained weights.

    A cell file names one: `model: nano`. A preset without weights can be
    described and measured, but what it says means nothing.
    """
    presets = [(load_preset(name), shipped_weights(name)) for name in preset_names()]
    if as_json:
        rows = [
            {"name": one.name, "about": one.about, "weights": None if path is None else str(path)}
            for one, path in presets
        ]
        typer.echo(json.dumps(rows))
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("preset", "weights", "about"):
        table.add_column(heading, overflow="fold")
    for preset, path in presets:
        table.add_row(
            Text(preset.name), Text("none" if path is None else str(path)), Text(preset.about)
        )
    Console(highlight=False).print(table)


@app.command()
def describe(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME|FILE",
            help="A preset's name, or the path of a preset (.yaml) or checkpoint (.safetensors).",
            show_default=False,
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """Tell what a model costs: parameters, memory, tokens and arithmetic of a turn.

    For example `tml-ros model describe edge`, or for a preset of your own
    `tml-ros model describe my_model.yaml --json`.

    The network is built without memory behind its weights, so even the largest
    takes seconds on any machine. Of a checkpoint, and of the weights that come
    with a preset, only the header is read.
    """
    if name not in preset_names() and not names_model_file(name):
        raise MistakeError(
            f"no preset {name!r}; there are: {', '.join(preset_names())}, or give the path of a "
            f"preset (.yaml) or checkpoint ({CHECKPOINT_SUFFIX})"
        )
    missing = [package for package in PACKAGES if find_spec(package) is None]
    if missing:
        raise MistakeError(
            f"a model is counted with {', '.join(missing)}, not installed here: "
            "pip install 'tml_ros[model]'"
        )
    from tml_ros.model.checkpoint import read_checkpoint_header  # noqa: PLC0415 - torch comes
    from tml_ros.model.model_figures import figures  # noqa: PLC0415

    if name.endswith(CHECKPOINT_SUFFIX):
        weights: Path | None = Path(name)
    else:
        weights = None if names_model_file(name) else shipped_weights(name)
    header = None if weights is None else read_checkpoint_header(weights)
    preset = load_preset(name) if header is None else header.preset
    found = figures(preset)
    checkpoint = None if weights is None or header is None else _noted(weights, header)
    if as_json:
        whole = {**found.as_dict(), "about": preset.about, "checkpoint": checkpoint}
        typer.echo(json.dumps(whole))
    else:
        Console(highlight=False).print(_table(found, preset.about, checkpoint))


def _table(found: ModelFigures, about: str, checkpoint: Mapping[str, Any] | None) -> Table:
    """The figures in groups, in units that people read."""
    title = Text.assemble((found.name, "bold"), "  ", _plain(about))
    table = Table(
        title=title, title_justify="left", title_style="", box=None, show_header=False,
        pad_edge=False,
    )  # fmt: skip
    table.add_column(overflow="fold")
    table.add_column(justify="right", overflow="fold")
    groups = {
        "parameters": _parameters(found),
        "weights in memory": _amounts(found.weight_bytes, "B"),
        "a session's memory": _memory(found),
        **{f"a turn, {_words(name)}": _turn(found, name) for name in found.tokens_per_turn},
    }
    if checkpoint is not None:
        groups = {"checkpoint": _checkpoint(checkpoint), **groups}
    for group, rows in groups.items():
        table.add_section()
        table.add_row(f"[bold]{group}", "")
        for what, amount in rows:
            table.add_row(Text(f"  {what}"), Text(amount))
    return table


def _noted(path: Path, header: CheckpointHeader) -> dict[str, Any]:
    """What a checkpoint says of itself, but for its preset."""
    return {
        "file": str(path),
        "bytes": path.stat().st_size,
        "version": header.version,
        "tokenizer": header.tokenizer,
        "facts": dict(header.facts),
    }


def _checkpoint(noted: Mapping[str, Any]) -> Rows:
    yield "file", _plain(noted["file"])
    yield "size of the file", _amount(noted["bytes"], "B")
    yield "version of the format", str(noted["version"])
    yield "tokenizer", _plain(noted["tokenizer"][:12])
    for name, fact in noted["facts"].items():
        if not isinstance(fact, dict):
            yield _plain(name), _plain(fact)
            continue
        # What lies deeper fills a screen; --json has all of it.
        for part, inner in fact.items():
            if not isinstance(inner, (dict, list)):
                yield _plain(f"{name} {part}"), _plain(inner)


def _parameters(found: ModelFigures) -> Rows:
    yield "total", _count(found.parameters_total)
    yield "active on a token", _count(found.parameters_active)
    for name, count in found.parameters_by_part.items():
        if count:
            yield f"  {_words(name)}", _count(count)


def _memory(found: ModelFigures) -> Rows:
    for name, size in found.kv_bytes_per_session.items():
        yield f"keys and values in {name}, allocated once", _amount(size, "B")
    yield "tokens that they hold", f"{found.kv_slots_per_session:,}"
    yield "pictures and backgrounds of all cameras", _amount(found.other_bytes_per_session, "B")
    yield "more after an hour", _amount(found.kv_bytes_per_hour["ring"], "B")
    grown = found.kv_bytes_per_hour["growing_cache_bfloat16"]
    yield "what a growing cache would add in an hour, bfloat16", _amount(grown, "B")


def _turn(found: ModelFigures, name: str) -> Rows:
    flops = found.flops_per_turn[name]
    yield "tokens", f"{found.tokens_per_turn[name]:,}"
    yield "operations", _amount(flops, "FLOP")
    yield (
        f"operations in a second, {TURNS_PER_SECOND} turns",
        _amount(flops * TURNS_PER_SECOND, "FLOP"),
    )


def _amounts(sizes: Mapping[str, int], unit: str) -> Rows:
    for name, size in sizes.items():
        yield name, _amount(size, unit)


def _amount(size: int, unit: str) -> str:
    """Four digits and a scale: 551.6 GB."""
    return _scaled(
        size, {1e12: f"T{unit}", 1e9: f"G{unit}", 1e6: f"M{unit}", 1e3: f"k{unit}"}, unit
    )


def _count(number: int) -> str:
    """Four digits and a word: 12.13 billion."""
    return _scaled(number, {1e9: "billion", 1e6: "million", 1e3: "thousand"}, "")


def _scaled(number: int, scales: Mapping[float, str], plain: str) -> str:
    for scale, word in scales.items():
        if number >= scale:
            return f"{number / scale:#.4g} {word}"
    return f"{number} {plain}".rstrip()


def _plain(told: object) -> str:
    """What a file says, as text that a terminal shows and does not obey."""
    return told if isinstance(told, str) and told.isprintable() else json.dumps(told)


def _words(key: str) -> str:
    return key.replace("_", " ")
