"""What figures were taken on: processor, torch, threads.

Knows nothing of what is measured. Any thread.
"""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any

import torch


def machine() -> dict[str, Any]:
    """Facts of this process and its machine. load: processes that were waiting for a core in the
    last minute; None where the system does not tell.
    """
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load": _load(),
        "threads": torch.get_num_threads(),
        "torch": str(torch.__version__),
        "kernels": torch.backends.cpu.get_cpu_capability(),
        "python": platform.python_version(),
    }


def _processor() -> str:
    try:
        told = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        told = ""
    models = [line.partition(":")[2].strip() for line in told.splitlines() if "model name" in line]
    return models[0] if models else platform.processor() or platform.machine()


def _load() -> float | None:
    try:
        return os.getloadavg()[0]
    except OSError:
        return None
