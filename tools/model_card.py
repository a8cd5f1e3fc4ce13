"""Write docs/models/NAME.md: what a model learnt from, what it reaches, what it cannot do.

    tml-ros evaluate nano.safetensors --seeds 0:480 --suite hazards --out out/hazards
    tml-ros evaluate nano.safetensors --seeds 0:120 --suite dialogue --suite time --out out/talk
    tml-ros bench turn --json > out/turn.json
    python tools/model_card.py nano --weights nano.safetensors --evaluation out/hazards \
        --evaluation out/talk --turn out/turn.json

An evaluation is a folder of `tml-ros evaluate`, or what its --json printed; from that alone replies
by loudness and early warnings cannot be told. What is left out is said to be not measured. Exit
code: 0 written, 1 written and a bar is missed, 2 an input is not what it should be.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tml_ros.bench.model_card.bars import Standing, held_bars
from tml_ros.bench.model_card.card import card
from tml_ros.bench.model_card.evidence import (
    Evidence,
    EvidenceError,
    read_evaluation,
    read_turn,
    read_voice,
    read_weights,
)
from tml_ros.model.checkpoint import CheckpointError

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "models"
MISSED, MISTAKE = 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Read the command line, write the card; returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("name", help="of the model")
    parser.add_argument("--weights", type=Path, help="a checkpoint (.safetensors)")
    parser.add_argument("--evaluation", type=Path, action="append", default=[], metavar="PATH")
    parser.add_argument("--turn", type=Path, help="what `bench turn --json` printed")
    parser.add_argument("--voice", type=Path, help="the log of a voice's training, or its exam")
    parser.add_argument("--out", type=Path, help="default: docs/models/NAME.md")
    asked = parser.parse_args(argv)
    try:
        evidence = Evidence(
            evaluations=tuple(map(read_evaluation, asked.evaluation)),
            turn=read_turn(asked.turn) if asked.turn else None,
            voice=read_voice(asked.voice) if asked.voice else None,
            weights=read_weights(asked.weights) if asked.weights else None,
        )
    except (EvidenceError, CheckpointError, OSError) as error:
        print(error, file=sys.stderr)
        return MISTAKE
    out = asked.out or FOLDER / f"{asked.name}.md"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(card(asked.name, evidence), encoding="utf-8")
    print(out)
    missed = any(one.standing is Standing.MISSED for one in held_bars(evidence))
    return MISSED if missed else 0


if __name__ == "__main__":
    sys.exit(main())
