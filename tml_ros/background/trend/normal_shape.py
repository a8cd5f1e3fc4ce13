"""The shape of normal sound: robust centre and covariance, and a limit that normal sound keeps.

Levels are compared less their mean, so a microphone's gain is not in them. Centre and covariance
are those of the three quarters that lie closest together (minimum covariance determinant, Rousseeuw
and Van Driessen 1999, from one start), shrunk towards the diagonal. The limit is a rank among the
distances of blocks that were left out of the fit, fold by fold in order of time (cross-conformal,
Vovk 2015): about the stated share of new normal blocks exceeds it, as long as normal stays what it
was. Knows nothing of sound or time. Pure; any thread.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tml_ros.background.trend.even_series import Floats

FOLDS = 5
CORE = 0.75
_STEPS = 12
_LEAST_DB = 0.3
"""Levels are never more alike than this."""


@dataclass(frozen=True, slots=True, eq=False)
class NormalShape:
    """centre: float64 [bands], levels less their mean. spread: float64 [bands], of each in dB.

    inverse: float64 [bands - 1, bands - 1] of the covariance in contrasts. calibration: distances
    of left-out blocks, ascending. limit: of the distance.
    """

    centre: Floats
    spread: Floats
    inverse: Floats
    calibration: Floats
    limit: float

    def distances(self, levels: Floats) -> Floats:
        """Of each row, in standard deviations of normal."""
        contrasts = _contrasts(len(self.centre))
        off = (levels - levels.mean(axis=1, keepdims=True) - self.centre) @ contrasts
        return np.asarray(np.sqrt(np.maximum(((off @ self.inverse) * off).sum(axis=1), 0.0)))

    def rarity(self, distance: float) -> float:
        """Share of normal blocks that are at least as far away: the p-value, never 0."""
        count = len(self.calibration)
        beyond = count - int(np.searchsorted(self.calibration, distance, side="left"))
        return (beyond + 1) / (count + 1)


def blocks_needed(rate: float) -> int:
    """Blocks without which a limit at this false-alarm rate cannot be stated."""
    return max(int(np.ceil(1.5 / rate)), 60)


def learn_shape(levels: Floats, *, rate: float) -> NormalShape:
    """From normal blocks in order of time: float64 [blocks, bands].

    rate: of normal blocks that may exceed the limit. Raises ValueError for fewer than
    `blocks_needed`, or a rate outside of 0.001 to 0.5.
    """
    if not 0.001 <= rate <= 0.5 or len(levels) < blocks_needed(rate):
        raise ValueError(f"{len(levels)} blocks for a rate of {rate}")
    shapes = (levels - levels.mean(axis=1, keepdims=True)).astype(np.float64)
    contrasts = _contrasts(shapes.shape[1])
    folds = np.arange(len(shapes)) * FOLDS // len(shapes)
    left_out = np.empty(len(shapes))
    for fold in range(FOLDS):
        centre, covariance = _core(shapes[folds != fold] @ contrasts)
        left_out[folds == fold] = _distances(shapes[folds == fold] @ contrasts, centre, covariance)
    calibration = np.sort(left_out)
    rank = min(int(np.ceil((len(shapes) + 1) * (1 - rate))), len(shapes))
    centre, covariance = _core(shapes @ contrasts)
    full = contrasts @ covariance @ contrasts.T
    return NormalShape(
        centre=contrasts @ centre,
        spread=np.sqrt(np.diag(full)),
        inverse=np.asarray(np.linalg.inv(covariance), np.float64),
        calibration=calibration,
        limit=float(calibration[rank - 1]),
    )


def _core(rows: Floats) -> tuple[Floats, Floats]:
    """Centre and covariance of what lies closest together."""
    count, width = rows.shape
    kept = max(int(CORE * count), width + 2)
    centre = np.median(rows, axis=0)
    covariance = np.diag((1.4826 * np.median(np.abs(rows - centre), axis=0)) ** 2 + _LEAST_DB**2)
    chosen = np.zeros(0, np.int64)
    for _ in range(_STEPS):
        nearest = np.sort(np.argsort(_distances(rows, centre, covariance), kind="stable")[:kept])
        if np.array_equal(nearest, chosen):
            break
        chosen = nearest
        centre = rows[nearest].mean(axis=0)
        covariance = _shrunk(np.cov(rows[nearest].T), kept)
    # The nearest three quarters are too alike; the median distance says by how much.
    grow = np.median(_distances(rows, centre, covariance)) ** 2 / (width - 2 / 3)
    return centre, covariance * max(float(grow), 1e-6)


def _shrunk(covariance: Floats, count: int) -> Floats:
    width = len(covariance)
    share = width / (width + count)
    diagonal = np.diag(np.diag(covariance)) + np.eye(width) * _LEAST_DB**2 / 4
    return np.asarray((1 - share) * covariance + share * diagonal + np.eye(width) * 1e-3)


def _distances(rows: Floats, centre: Floats, covariance: Floats) -> Floats:
    solved = np.linalg.solve(np.linalg.cholesky(covariance), (rows - centre).T)
    return np.asarray(np.sqrt((solved**2).sum(axis=0)))


def _contrasts(width: int) -> Floats:
    """Orthonormal columns [width, width - 1] that leave out what all bands have in common."""
    columns = np.zeros((width, width - 1))
    for place in range(1, width):
        columns[:place, place - 1] = 1.0
        columns[place, place - 1] = -place
        columns[:, place - 1] /= np.sqrt(place * (place + 1))
    return columns
