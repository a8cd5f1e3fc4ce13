"""`tml-ros maintain ask`: a question to the files that a background has kept, without a cell.

Knows nothing of how it is answered (`store_question`). Runs on the main thread.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tml_ros.background.store_names import HISTORY_FILE, RECORD_FILE
from tml_ros.cli.mistake import EXIT_MISTAKE, MistakeError


def ask(
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="English or German.")],
    *,
    store: Annotated[
        Path,
        typer.Option(metavar="DIR", help="The folder in which the background keeps its files."),
    ],
    endpoint: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Ask this OpenAI-compatible endpoint, with our tools."),
    ] = None,
    model: Annotated[
        str, typer.Option(metavar="NAME", help="The endpoint's model; else the first it offers.")
    ] = "",
    manuals: Annotated[
        Path | None, typer.Option(metavar="DIR", help="A folder of manuals to look things up in.")
    ] = None,
    playbook: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A playbook instead of the one that ships.")
    ] = None,
    pictures: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write the pictures of the evidence there.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the finding as JSON and nothing else.")
    ] = False,
) -> None:
    """Answer a question about machines from what the background has kept.

    For example `tml-ros maintain ask "why did press 2 stop?" --store ~/.ros/tml_ros/press_line`.

    The time is that of the newest thing in the store: "since yesterday" means
    before that. An endpoint's key is taken from the environment variable
    TML_ROS_ENDPOINT_KEY.

    Exit code: 0 answered; 2 there is no data to answer from, or a mistake in
    what was asked.
    """
    # What answers brings SciPy along, and help should not wait for it.
    from tml_ros.background.contracts import MAX_QUESTION, Outcome  # noqa: PLC0415
    from tml_ros.cli.store_question import answer_from, print_answer  # noqa: PLC0415

    if not question.strip() or len(question) > MAX_QUESTION:
        raise MistakeError(f"a question has 1 to {MAX_QUESTION} characters")
    if not (store / HISTORY_FILE).is_file() and not (store / RECORD_FILE).is_file():
        raise MistakeError(
            f"{store}: no store of a background (neither {HISTORY_FILE} nor {RECORD_FILE} in it)"
        )
    finding, end = answer_from(
        store, question, endpoint=endpoint, model=model, manuals=manuals, playbook=playbook
    )
    if pictures is not None:
        pictures.mkdir(parents=True, exist_ok=True)
        for name, picture in end.pictures.items():
            (pictures / name).write_bytes(picture)
    print_answer(finding, end, as_json=as_json)
    if finding.outcome is not Outcome.ANSWERED:
        raise typer.Exit(EXIT_MISTAKE)
