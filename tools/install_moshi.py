"""Make `.venv-moshi` beside `.venv`, to measure the moshi package's language model next to ours.

Run once, after `make setup`: `python3 tools/install_moshi.py`. Standard library only. The product
needs none of it; without it `tml-ros bench turn` leaves that figure out and says so.

What differs from moshi's own installation: torch is the build of `.venv`, which is newer than the
range that moshi 0.2.13 states (torch<2.10), so that the figures tell two models apart and not two
releases of torch. Everything else keeps to moshi's ranges, but only what its language model needs
in order to be imported is installed: no sound devices, server, or quantised weights. pip therefore
says of this environment, rightly, that moshi's requirements are not met.

Exit status 0: ready. 1: the last line says what to do.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OURS = ROOT / ".venv" / "bin" / "python"
VENV = ROOT / ".venv-moshi"
STAMP = VENV / "installed-from.sha256"
MOSHI = "moshi==0.2.13"
NEEDS = (
    "einops==0.8.2",
    "huggingface_hub==0.36.2",
    "numpy==2.2.6",
    "safetensors==0.7.0",
    "sentencepiece==0.2.3",
)
"""Imported by moshi.models; within moshi's own ranges."""
OUR_TORCH = "import importlib.metadata as m; print(m.version('torch'))"


def main() -> int:
    """Make the environment, or leave it as it is when it is up to date."""
    torch = answer(OURS, OUR_TORCH)
    if torch is None:
        return stop(f"{OURS} has no torch to compare with: make setup first")
    wanted = fingerprint(torch)
    if STAMP.exists() and STAMP.read_text(encoding="utf-8") == wanted:
        return 0
    print(f"making {VENV.name} with {MOSHI} on torch {torch}", flush=True)
    venv.create(VENV, with_pip=True, symlinks=True, clear=True)
    # With the build's label (+cpu) where ours has one: another build is refused rather than
    # fetched, which could be gigabytes of CUDA.
    if not pip("install", f"torch=={torch}", *NEEDS) or not pip("install", "--no-deps", MOSHI):
        return stop("pip could not install the packages; its own message is above")
    if answer(VENV / "bin" / "python", "import moshi.models") is None:
        return stop(
            f"{MOSHI} cannot be imported: {VENV / 'bin' / 'python'} -c 'import moshi.models'"
        )
    STAMP.write_text(wanted, encoding="utf-8")
    return 0


def pip(command: str, *arguments: str) -> bool:
    """Whether the new environment's pip succeeded."""
    quiet = ("--quiet", "--disable-pip-version-check")
    python = str(VENV / "bin" / "python")
    run = subprocess.run([python, "-m", "pip", command, *quiet, *arguments], check=False)
    return run.returncode == 0


def answer(python: Path, code: str) -> str | None:
    """What a Python prints for `code`, or None where it is not there or fails."""
    try:
        run = subprocess.run(
            [str(python), "-I", "-c", code], capture_output=True, text=True, check=False
        )
    except OSError:
        return None
    return run.stdout.strip() if run.returncode == 0 else None


def fingerprint(torch: str) -> str:
    """What the environment depends on: our torch, this script, this Python and where it is."""
    digest = hashlib.sha256(f"{torch} {sys.version} {ROOT}".encode())
    digest.update(Path(__file__).read_bytes())
    return digest.hexdigest()


def stop(message: str) -> int:
    """Say why it cannot go on."""
    print(message, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
