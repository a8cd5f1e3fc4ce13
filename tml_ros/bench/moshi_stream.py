"""Times the moshi package's language model, step by step, at a given size with random weights.

A script for another Python, one that has moshi 0.2.13 (`tools/install_moshi.py`): it imports
nothing of tml_ros, which in turn runs it through `moshi_peer`. It knows nothing of what it is
compared with. Writes one JSON object to stdout; exit status 3 with a line on stderr where moshi
cannot be imported.

Everything about the model that is not asked for here stays as moshi publishes it: one text stream
and 16 sound streams of 2,048 codes at 12.5 Hz, of which 8 are its own and come out of the depth
transformer one after the other, delays, sampling, no grouped keys. Its own streaming mode is used
as it is, on the CPU, where the package itself neither compiles its layers nor captures graphs; the
one norm that it would compile is left uncompiled, which costs nothing and needs no C++ compiler.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

STEPS_PER_SECOND = 12.5
CODES = 2048
HEARD = 8
"""Streams that are heard; they are given, the others are the model's."""
NOT_IMPORTED = 3
"""Exit status."""
SETTLE = 8
"""Steps after the memory is full before the first that counts."""


@dataclass(frozen=True)
class Shape:
    """A transformer as it is asked for. hidden: width inside a feed-forward block."""

    width: int
    layers: int
    heads: int
    hidden: int

    @property
    def feed_forward(self) -> int:
        """What moshi calls dim_feedforward: two thirds of it are the hidden width of its gating.

        Four times the width is an exception there (21/8 of the width), so one more is taken, which
        makes an odd hidden width one wider.
        """
        asked = -(-self.hidden * 3 // 2)
        return asked + 1 if asked == 4 * self.width else asked

    def depth(self) -> Shape:
        """The depth transformer beside this main one, in the published proportion.

        Published: width 1,024 to 4,096, 6 layers to 32, 16 heads to 32, hidden 2,816 to 11,264.
        """
        width = self.width // 4
        heads = max(1, self.heads // 2)
        while width % heads:
            heads -= 1
        return Shape(width, max(1, round(self.layers * 6 / 32)), heads, max(1, self.hidden // 4))

    def __str__(self) -> str:
        """For a note."""
        return f"{self.width} wide, {self.layers} layers, {self.heads} heads, hidden {self.hidden}"


def main() -> int:
    """Build, fill the memory, time, and write the figures."""
    asked = arguments()
    # Read by moshi when it is imported.
    os.environ["NO_TORCH_COMPILE"] = "1"
    try:
        import torch  # noqa: PLC0415 - both are what is being looked for
        from moshi.models import (  # type: ignore[import-not-found]  # noqa: PLC0415
            LMGen,
            loaders,
        )
    except ImportError as error:
        sys.stderr.write(f"moshi cannot be imported: {error}\n")
        return NOT_IMPORTED
    torch.set_num_threads(asked.threads)
    torch.set_num_interop_threads(1)
    torch.manual_seed(0)
    shape = Shape(asked.width, asked.layers, asked.heads, asked.hidden)
    context = max(1, round(asked.memory_seconds * STEPS_PER_SECOND))
    changed = {**sizes(shape), "text_card": asked.vocabulary, "context": context}
    model = loaders.get_moshi_lm(
        None, device="cpu", dtype=torch.float32, lm_kwargs_overrides=changed
    )
    steps = max(1, round(asked.seconds * STEPS_PER_SECOND))
    warm = context + SETTLE
    heard = torch.randint(0, CODES, (warm + steps, 1, HEARD, 1))
    streams = LMGen(model)
    taken: list[float] = []
    # Cheaper than the no_grad that moshi sets itself: its figure should be the best it can have.
    with torch.inference_mode(), streams.streaming(1):
        for number in range(warm + steps):
            began = time.perf_counter()
            streams.step(heard[number])
            if number >= warm:
                taken.append((time.perf_counter() - began) * 1_000)
    milliseconds = torch.tensor(taken, dtype=torch.float64)
    figures = {
        "steps": steps,
        "step_ms": {
            "p50": float(milliseconds.quantile(0.5)),
            "p99": float(milliseconds.quantile(0.99)),
        },
        "ms_per_second": float(milliseconds.mean()) * STEPS_PER_SECOND,
        "parameters": counted(model),
        "torch": str(torch.__version__),
        "moshi": version("moshi"),
        "notes": notes(asked, shape, context, model),
    }
    sys.stdout.write(json.dumps(figures) + "\n")
    return 0


def arguments() -> argparse.Namespace:
    """What is asked for on the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    for name in ("width", "layers", "heads", "hidden", "vocabulary", "threads"):
        parser.add_argument(f"--{name}", type=int, required=True)
    for name in ("seconds", "memory_seconds"):
        parser.add_argument(f"--{name}", type=float, required=True)
    return parser.parse_args()


def sizes(shape: Shape) -> dict[str, Any]:
    """What of the published configuration is changed for a main transformer of this shape."""
    depth = shape.depth()
    return {
        "dim": shape.width,
        "num_layers": shape.layers,
        "num_heads": shape.heads,
        # Moshi multiplies this by the width and rounds down; the half keeps that exact.
        "hidden_scale": (shape.feed_forward + 0.5) / shape.width,
        "depformer_dim": depth.width,
        "depformer_num_layers": depth.layers,
        "depformer_num_heads": depth.heads,
        "depformer_dim_feedforward": depth.feed_forward,
    }


def notes(asked: argparse.Namespace, shape: Shape, context: int, model: Any) -> str:  # noqa: ANN401 - moshi's
    """What the figures are of, and what they leave out."""
    tables = [model.emb, model.text_emb, model.depformer_emb, model.depformer_text_emb]
    return (
        f"language model alone with random weights, float32, threads: {asked.threads}; without the "
        f"Mimi codec that turns sound into codes and back, and without sight; main transformer "
        f"{shape}; text vocabulary {asked.vocabulary}; {context} steps of memory, full before the "
        f"first timed step; depth transformer {shape.depth()}, run 8 times in each step, in the "
        f"published proportion to the main one; {sum(map(counted, tables))} of the parameters are "
        f"embedding tables"
    )


def counted(module: Any) -> int:  # noqa: ANN401 - a module of torch
    """Its parameters."""
    return sum(parameter.numel() for parameter in module.parameters())


if __name__ == "__main__":
    sys.exit(main())
