"""Say what this machine lacks before anything is installed, and get it where that is allowed.

Runs on the Python that is to make the virtual environment, before there is one: standard library
only, and no syntax newer than Python 3.7, so that an unsupported Python gets a clear answer. It
knows nothing of Python packages; those are `install_venv`'s.

Exit status 0: ready. 1: something required is missing, and the last line says what to do.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from typing import NamedTuple

SUPPORTED = ((3, 10), (3, 13))


class Need(NamedTuple):
    """One Debian package: what it is for, whether we can do without, and how to see it is there."""

    package: str
    purpose: str
    required: bool
    present: Callable[[], bool]


def has_program(*names: str) -> Callable[[], bool]:
    """Whether one of the programs is on the search path."""
    return lambda: any(shutil.which(name) for name in names)


def has_library(*names: str) -> Callable[[], bool]:
    """Whether the loader finds one of the shared libraries."""

    def present() -> bool:
        for name in names:
            try:
                ctypes.CDLL(name)
            except OSError:
                continue
            return True
        return False

    return present


def has_ensurepip() -> bool:
    """Whether this Python can make a virtual environment; Debian splits that off."""
    return importlib.util.find_spec("ensurepip") is not None


NEEDS = (
    Need(
        "python%d.%d-venv" % sys.version_info[:2],  # noqa: UP031 - see the module docstring
        "makes the virtual environment",
        True,
        has_ensurepip,
    ),
    Need("espeak-ng", "speaks the warnings", True, has_program("espeak-ng")),
    Need(
        "libosmesa6",
        "draws the simulated cell without a screen",
        True,
        has_library("libOSMesa.so.8", "libOSMesa.so.6", "libOSMesa.so"),
    ),
    Need("libportaudio2", "real sound devices", False, has_library("libportaudio.so.2")),
    Need(
        "chromium",
        "browser tests",
        False,
        has_program("chromium", "chromium-browser", "google-chrome"),
    ),
)


def main() -> int:
    """Check, install as root where apt-get is there, and report."""
    if not SUPPORTED[0] <= sys.version_info[:2] <= SUPPORTED[1]:
        found = ".".join(map(str, sys.version_info[:3]))
        return stop(
            "Python 3.10 to 3.13 is needed, %s is Python %s. " % (sys.executable, found)  # noqa: UP031
            + "Name another: make setup PYTHON=python3.12"
        )
    missing = [need for need in NEEDS if not need.present()]
    required = [need for need in missing if need.required]
    if required and os.geteuid() == 0 and shutil.which("apt-get"):
        install([need.package for need in required])
        required = [need for need in required if not need.present()]
    if required:
        for need in required:
            print(f"missing: {need.package} ({need.purpose})", file=sys.stderr)
        return stop(apt_line(required))
    optional = [need for need in missing if not need.required]
    if optional:
        uses = ", ".join(f"{need.package} ({need.purpose})" for need in optional)
        print(f"optional, not here: {uses}: {apt_line(optional)}")
    return 0


def apt_line(needs: list[Need]) -> str:
    """The one line that gets all of these."""
    return "sudo apt-get install -y " + " ".join(need.package for need in needs)


def install(packages: list[str]) -> None:
    """Install Debian packages as root; a failure shows in the check that follows."""
    print("installing with apt-get:", *packages, flush=True)
    quiet = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    subprocess.run(["apt-get", "update", "-qq"], env=quiet, check=False)
    subprocess.run(
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
        env=quiet,
        check=False,
        stdout=subprocess.DEVNULL,
    )


def stop(message: str) -> int:
    """Say why setup cannot go on."""
    print(message, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
