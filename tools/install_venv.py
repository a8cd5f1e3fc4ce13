"""Make `.venv` with the package in it, editable; do nothing when nothing it depends on changed.

Runs on the Python that the environment is made from, standard library only. Two cases:

- A ROS 2 is sourced: the environment sees the system's packages, and ROS's own are kept. Its
  message libraries are compiled against its NumPy, so that version is held; everything else is
  resolved within the ranges of setup.py.
- None is sourced: rclpy comes as wheels (x86-64), and every version is the tested one of
  constraints.txt.

Run `check_system` first: this knows nothing of Debian packages.
"""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "installed-from.sha256"
INPUTS = ("setup.py", "setup.cfg", "package.xml", "pyproject.toml", "constraints.txt")
EXTRAS = "background,bench,model,sim,sound,test,lint"


def main() -> int:
    """Bring `.venv` up to date; the exit status is 1 with a message where that cannot be done."""
    numpy_of_ros = None
    if ros_is_sourced():
        numpy_of_ros = ask(sys.executable, "import rclpy, numpy; print(numpy.__version__)")
        if numpy_of_ros is None:
            return stop(
                f"a ROS 2 is sourced, but {sys.executable} cannot import its rclpy and numpy; name "
                "the Python that ROS was built for: make setup PYTHON=/usr/bin/python3"
            )
    elif platform.machine() not in ("x86_64", "AMD64"):
        return stop(
            f"rclpy comes as a wheel for x86-64 only, and this is {platform.machine()}: "
            "source a ROS 2 first (Jazzy or newer)"
        )
    wanted = fingerprint(numpy_of_ros)
    if STAMP.exists() and STAMP.read_text(encoding="utf-8") == wanted:
        return 0
    print("making .venv", "on the sourced ROS 2" if numpy_of_ros else "with the rclpy wheels")
    on_system = numpy_of_ros is not None
    venv.create(
        VENV, with_pip=True, symlinks=True, system_site_packages=on_system, clear=differs(on_system)
    )
    constraints = ROOT / "constraints.txt"
    extras = EXTRAS
    if numpy_of_ros:
        constraints = VENV / "constraints-of-ros.txt"
        constraints.write_text(f"numpy=={numpy_of_ros}\n", encoding="utf-8")
    else:
        extras = f"rclpy,{EXTRAS}"
        if sys.version_info >= (3, 11):
            # NumPy's annotations are part of what is checked, so only the newest will do.
            extras += ",types"
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--quiet", "--use-pep517"]
    target = ["--constraint", str(constraints), "--editable", f"{ROOT}[{extras}]"]
    if subprocess.run([*pip, *target], check=False).returncode != 0:
        return stop("pip could not install the packages; its own message is above")
    STAMP.write_text(wanted, encoding="utf-8")
    return 0


def ros_is_sourced() -> bool:
    """Whether the shell has sourced a ROS 2; it wins over the wheels."""
    return bool(os.environ.get("ROS_DISTRO") or os.environ.get("AMENT_PREFIX_PATH"))


def differs(on_system: bool) -> bool:
    """Whether the environment that is there was made by another Python or for the other case."""
    settings = VENV / "pyvenv.cfg"
    if not settings.exists():
        return False
    made: dict[str, str] = {}
    for line in settings.read_text(encoding="utf-8").splitlines():
        key, _, value = line.partition("=")
        made[key.strip()] = value.strip()
    same_python = made.get("version", "").split(".")[:2] == platform.python_version().split(".")[:2]
    same_case = made.get("include-system-site-packages") == str(on_system).lower()
    return not (same_python and same_case)


def fingerprint(numpy_of_ros: str | None) -> str:
    """What the environment depends on: the packaging files, this Python, and the ROS beneath."""
    digest = hashlib.sha256()
    digest.update(f"{sys.executable} {sys.version} {numpy_of_ros} {ROOT}".encode())
    for name in (*INPUTS, f"tools/{Path(__file__).name}"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def ask(python: str, code: str) -> str | None:
    """What a Python prints for `code`, or None where it fails."""
    answer = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    return answer.stdout.strip() if answer.returncode == 0 else None


def stop(message: str) -> int:
    """Say why setup cannot go on."""
    print(message, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
