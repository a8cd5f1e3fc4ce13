"""Spectra of the squared envelope in many frequency bands, on a scale of shaft orders.

Each stretch of the signal is made white first, and what stands out of its own neighbourhood as a
single line (shaft, gears, mains) is cut down to it: such lines beat with each other in the envelope
as a defect would. Strikes with slip spread over many lines and pass. After Antoni, The spectral
kurtosis (2006) and Fast computation of the kurtogram (MSSP 21, 2007) in how the bands divide, and
Borghesani et al., Application of cepstrum pre-whitening (MSSP 36, 2013) in why it is made white.
Knows nothing of defects. Stateless; any thread.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

Floats = NDArray[np.float64]

LINE_CEILING = 3.0
"""A spectral line may stand above the median of its neighbourhood by this factor, not more."""
NEIGHBOURHOOD_HZ = 30.0
KNOCK_CEILING = 20.0
"""The envelope's power may rise above its median by this factor, not more: noise alone does so once
in a million samples, and a few knocks from elsewhere must not outweigh hundreds of strikes."""
LOWEST_ORDER, LOWEST_SHARE = 10.0, 0.02
"""Bands begin above so many shaft orders, and above this share of the sample rate."""
HIGHEST_SHARE = 0.49
BAND_PER_RATE = 2.5
"""A band must be this much wider than the fastest defect rate, to hold it with its sidebands."""
LEVELS = 5
"""Bands from the whole range down to a sixteenth of it, each half over its neighbours."""
_FLOOR_BINS = 61
_SKIPPED = 4
_SHAFT_BINS = 2.5


@dataclass(frozen=True, slots=True)
class Band:
    """From `low` to `high`, Hz."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class EnvelopeSpectra:
    """One row a band, one column a bin; bin k lies at k * step orders of the shaft.

    power: of the squared envelope; mean: its squared mean, [bands]. floor: of the power, locally.
    evidence: -ln of the chance that a bin of noise alone is at least as strong; 0 at multiples of
    the shaft's order, which are no evidence of anything here. segments: averaged.
    """

    bands: tuple[Band, ...]
    step: float
    power: Floats
    mean: Floats
    floor: Floats
    evidence: Floats
    segments: int

    @property
    def bins(self) -> int:
        """Columns; the last one is always 0 and stands for everything beyond the others."""
        return int(self.power.shape[1])

    @property
    def ratio(self) -> Floats:
        """Power over its floor, 0 where evidence is 0."""
        return np.where(self.evidence > 0, self.power / self.floor, 0.0)

    def depth(self, band: int, column: int) -> float:
        """How deeply the envelope's power is modulated at one bin, at least; 0.. .

        Off what is measured go the floor, and what the floor's own chance adds or takes.
        """
        floor = float(self.floor[band, column])
        excess = max(0.0, float(self.power[band, column]) - floor)
        sure = max(0.0, math.sqrt(excess) - math.sqrt(floor / self.segments))
        return 2 * sure / math.sqrt(float(self.mean[band]))


def plan_bands(rate: float, shaft_hz: float, fastest_order: float) -> tuple[Band, ...]:
    """The bands for a sample rate and shaft speed; none where the range cannot hold one."""
    low = max(LOWEST_ORDER * shaft_hz, LOWEST_SHARE * rate)
    whole = HIGHEST_SHARE * rate - low
    narrowest = BAND_PER_RATE * fastest_order * shaft_hz
    bands = []
    for level in range(LEVELS):
        width = whole / 2**level
        if width < narrowest:
            break
        bands += [
            Band(low + place * width / 2, low + place * width / 2 + width)
            for place in range(2 * 2**level - 1)
        ]
    return tuple(bands)


def least_rate(shaft_hz: float, fastest_order: float) -> float:
    """The least sample rate at which there is a band at all."""
    width = BAND_PER_RATE * fastest_order * shaft_hz
    return max(
        (width + LOWEST_ORDER * shaft_hz) / HIGHEST_SHARE, width / (HIGHEST_SHARE - LOWEST_SHARE)
    )


def envelope_spectra(
    samples: Floats,
    *,
    rate: float,
    shaft_hz: float,
    bands: tuple[Band, ...],
    highest_order: float,
    turns: float,
) -> EnvelopeSpectra:
    """Spectra up to highest_order, of stretches of about `turns` revolutions, averaged.

    samples: float64 [n] without mean, at least one revolution.
    """
    count = len(samples)
    wanted = turns * rate / shaft_hz
    # Stretches overlap by half; the squares of their windows hardly do.
    segments = max(1, round(2 * count / wanted - 1))
    length = int(2 * count / (segments + 1))
    starts = np.arange(segments) * (count - length) // max(1, segments - 1)
    hertz = rate / length
    columns = int(highest_order * shaft_hz / hertz) + 2
    power, mean = np.zeros((len(bands), columns)), np.zeros(len(bands))
    window = np.hanning(length + 2)[1:-1]
    for start in starts:
        stretch = samples[start : start + length]
        spectrum = _white(np.fft.rfft((stretch - stretch.mean()) * window), hertz)
        for row, band in enumerate(bands):
            lines = spectrum[int(band.low / hertz) : int(band.high / hertz)]
            found = _envelope_power(lines, columns)
            power[row] += found
            mean[row] += found[0]
    power /= segments
    power[:, -1] = 0
    floor = _floor(power, segments)
    evidence = _evidence(power / floor, segments)
    step = hertz / shaft_hz
    evidence[:, :_SKIPPED] = 0
    evidence[:, near_shaft_orders(np.arange(columns), step)] = 0
    evidence[:, -1] = 0
    return EnvelopeSpectra(bands, step, power, mean / segments, floor, evidence, segments)


def near_shaft_orders(columns: NDArray[np.int64], step: float) -> NDArray[np.bool_]:
    """Which bins cannot be told from a multiple of the shaft's order."""
    orders = columns * step
    return np.asarray(np.abs(orders - np.rint(orders)) < (_SHAFT_BINS + 0.5) * step)


def _white(spectrum: NDArray[np.complex128], hertz: float) -> NDArray[np.complex128]:
    """The spectrum over its running median, single lines cut down."""
    size = np.abs(spectrum)
    median = running_median(size, max(31, round(NEIGHBOURHOOD_HZ / hertz)))
    # Where an earlier filter left nothing there is nothing to lift.
    median = np.maximum(median, 1e-6 * float(median.max()) + 1e-300)
    height = size / median
    return spectrum / median * np.minimum(1, LINE_CEILING / np.maximum(height, 1e-12))


def _envelope_power(lines: NDArray[np.complex128], columns: int) -> Floats:
    """Power of the squared envelope of a band given by its lines; [columns]."""
    size = 1 << max(1, math.ceil(math.log2(2 * len(lines) + 1)))
    envelope = np.abs(np.fft.ifft(lines, size)) ** 2
    # The stretch was windowed, its power by the fourth power of a sine.
    window = np.sin(np.pi * (np.arange(size) + 0.5) / size) ** 4
    median = float(np.median(envelope / np.maximum(window, 0.01)))
    envelope = np.minimum(envelope, KNOCK_CEILING * median * window + 1e-300)
    found = np.abs(np.fft.rfft(envelope)[:columns]) ** 2
    return np.pad(found, (0, columns - len(found)))


def running_median(values: Floats, width: int) -> Floats:
    """The median over about `width` values around each one."""
    if len(values) <= width:
        return np.full(len(values), np.median(values))
    starts = np.arange(0, len(values) - width + 1, max(1, width // 2))
    if starts[-1] != len(values) - width:
        starts = np.append(starts, len(values) - width)
    rows = np.lib.stride_tricks.sliding_window_view(values, width)[starts]
    return np.interp(np.arange(len(values)), starts + (width - 1) / 2, np.median(rows, axis=1))


def _floor(power: Floats, segments: int) -> Floats:
    """The mean that noise alone has around each bin, from the median."""
    scale = float(stats.gamma.median(segments)) / segments
    floor = np.empty_like(power)
    for row, values in enumerate(power):
        body = values[_SKIPPED:-1]
        floor[row, _SKIPPED:-1] = running_median(body, _FLOOR_BINS) / scale
        floor[row, :_SKIPPED] = floor[row, _SKIPPED]
        floor[row, -1] = floor[row, -2]
    return np.maximum(floor, 1e-12 * power[:, :1] + 1e-300)


def _evidence(ratio: Floats, segments: int) -> Floats:
    """-ln of the upper tail of the mean of `segments` exponential powers."""
    scaled = segments * ratio
    tail = special.gammaincc(segments, scaled)
    far = tail < 1e-280
    with np.errstate(divide="ignore"):
        evidence = -np.log(tail)
    # The tail's leading term, where the tail itself is too small for a float.
    beyond = scaled[far]
    evidence[far] = beyond - (segments - 1) * np.log(beyond) + special.gammaln(segments)
    return np.asarray(np.maximum(evidence, 0.0))
