from __future__ import annotations

import numpy as np

from tml_ros.training.sensing.outages import Outages, drawn_outages


def drawn(seed: int, *, cameras: float, microphones: float) -> Outages:
    return drawn_outages(
        np.random.default_rng(seed),
        40,
        cameras=("hall", "gate"),
        microphones=("mic",),
        camera_share=cameras,
        microphone_share=microphones,
    )


def test_who_is_never_away_is_not_named() -> None:
    assert drawn(0, cameras=0.0, microphones=0.0) == Outages()


def test_each_is_away_once_and_in_one_piece() -> None:
    for seed in range(30):
        outages = drawn(seed, cameras=1.0, microphones=1.0)
        assert set(outages.cameras) == {"hall", "gate"}
        for away in (*outages.cameras.values(), *outages.microphones.values()):
            assert away.shape == (40,)
            assert np.abs(np.diff(away.astype(int))).sum() <= 2


def test_they_are_away_as_often_as_is_said() -> None:
    often = [len(drawn(seed, cameras=0.2, microphones=0.0).cameras) for seed in range(500)]
    assert 0.14 < np.mean(often) / 2 < 0.26
