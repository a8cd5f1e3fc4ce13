"""Spoken words are kept for the length of a test run: espeak-ng is asked for each once."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import pytest

from tml_ros.bench.duplex.sample import Sample
from tml_ros.bench.duplex.samples.generate import generate


@pytest.fixture(scope="session")
def make(tmp_path_factory) -> Callable[..., Sample]:
    """`generate`, quickly the second time."""
    if shutil.which("espeak-ng") is None:
        pytest.skip("people do not speak without espeak-ng")
    folder = tmp_path_factory.mktemp("voices")
    made: dict[object, Sample] = {}

    def make(task, number=0, **options) -> Sample:
        key = (task, number, *sorted(options.items()))
        if key not in made:
            made[key] = generate(task, number, voices=folder, **options)
        return made[key]

    return make
