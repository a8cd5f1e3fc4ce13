"""`tml-ros`: the one entry, and the table of its subcommands.

Knows nothing of what a subcommand does. Only the one that was asked for is imported, so that
`tml-ros --help` does not wait for OpenCV or a message library. A subcommand module is named after
its command and offers either a function of that name or, where it has commands below it, a Typer
`app`. Runs on the main thread.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib import import_module

import typer

from tml_ros.cli.mistake import EXIT_MISTAKE, as_mistake

COMMANDS = {
    "demo": "Run a cell live for a while and leave a bag, a report and the spoken warnings.",
    "up": "Run all nodes of a cell until Ctrl-C, where there is no `ros2 launch`.",
    "replay": "Judge a recording again: a bag or a video, faster than real time, always the same.",
    "ask": "Ask the background of a running cell, or have it remind, check or watch.",
    "alarm": "Command the alarms of a running cell: acknowledge, shelve, list and so on.",
    "operator": "Name those who may command the alarms of a cell, and make their keys.",
    "maintain": "From files: is this bearing sound, why did that machine stop?",
    "chaos": "Break a running cell on purpose, and prove what its guardian made of it.",
    "check": "Tell whether a cell description is right, and draw its zones.",
    "model": "Which interaction models there are, and what one costs in memory and arithmetic.",
    "sim": "The simulated factory: what happens in a scenario, its pictures, shards to train from.",
    "schema": "Print the JSON schemas of what is asked of the background and of alarms.",
    "train": "Teach a model by lessons from the simulated factory; stop and go on at any time.",
    "voice": "Teach a model to say what cells say, apart from all else that it learns.",
    "graduate": "From a training run to weights: calibrated, and trusted with what was shown.",
    "evaluate": "Judge guards and models in a simulated factory, with a page of what went wrong.",
    "audit": "Whether the record of a cell is as it was written; export it, or follow it.",
    "bench": "Measure: how fast pictures are taken in, how fast recordings are replayed.",
}
HELP = """Eyes, ears and voice for a factory cell.

Advisory software: not a safety component, and never the only risk reduction.

Start with `tml-ros demo`. Then describe your own cell in a YAML file, as in
config/cells/example.yaml, and look at it by `tml-ros check CELL.yaml`.

To try it on a recording: `tml-ros replay RECORDING --cell CELL.yaml`.
Live, in the plant: `tml-ros up --cell CELL.yaml`.

`tml-ros COMMAND --help` says more of each.
"""
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> None:
    """Run `tml-ros`; leaves by SystemExit: 0 done, 2 a mistake of the user, 130 interrupted."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    app = build_app(next((word for word in given if word in COMMANDS), None))
    try:
        app(args=given, prog_name="tml-ros")
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None
    except BrokenPipeError:
        # The reader of a pipe (`| head`) has seen enough; Python must not complain on exit.
        sys.stdout = None
        raise SystemExit(0) from None
    except Exception as error:
        message = as_mistake(error)
        if message is None:
            raise
        sys.stderr.write(f"tml-ros: {message}\n")
        raise SystemExit(EXIT_MISTAKE) from None


def build_app(wanted: str | None) -> typer.Typer:
    """The command line with the wanted subcommand imported and the others known by name only."""
    app = typer.Typer(
        help=HELP,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    # A callback keeps the first word a subcommand even if only one were left.
    app.callback()(_no_options)
    for name, summary in COMMANDS.items():
        if name != wanted:
            app.command(name, help=summary)(_no_options)
            continue
        module = import_module(f"tml_ros.cli.{name}")
        group: typer.Typer | None = getattr(module, "app", None)
        if group is not None:
            app.add_typer(group, name=name, help=summary)
        else:
            command: Callable[..., object] = getattr(module, name)
            app.command(name)(command)
    return app


def _no_options() -> None:
    """Stand in for what has no options of its own."""


if __name__ == "__main__":
    main()
