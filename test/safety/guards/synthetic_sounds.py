"""Sounds of a factory, made from seeds: float32 [n] at 16 kHz, each with an rms of about 0.1.

Nothing here comes from the guards: frequencies and patterns are those of the standards and of
common signals (DIN 33404-3, BS 5839-1, hi-lo horns, wail and yelp of emergency vehicles).
"""

import numpy as np

RATE = 16_000


def scaled(sound, level=0.1):
    """With that rms."""
    return (sound * level / max(1e-12, np.sqrt(np.mean(np.square(sound))))).astype(np.float32)


def time(seconds):
    return np.arange(round(seconds * RATE)) / RATE


def coloured_noise(rng, seconds, slope_db_per_octave):
    count = round(seconds * RATE)
    spectrum = np.fft.rfft(rng.standard_normal(count))
    frequency = np.maximum(np.fft.rfftfreq(count, 1 / RATE), 40.0)
    return scaled(np.fft.irfft(spectrum * frequency ** (slope_db_per_octave / 6.02), count))


def machine(rng, seconds):
    """Coloured noise with hum, constant whistles and the slow breathing of a motor."""
    t = time(seconds)
    sound = coloured_noise(rng, seconds, rng.uniform(-6.0, 0.0))
    hum = rng.choice([24.5, 49.0, 50.0, 60.0, 99.7])
    for harmonic in range(1, 25):
        level = rng.uniform(0.0, 0.1) / harmonic**0.5
        sound = sound + level * np.sin(2 * np.pi * hum * harmonic * t + rng.uniform(0, 6.3))
    for _ in range(rng.integers(0, 4)):
        whistle = rng.uniform(300, 4000) * t + rng.uniform(0, 1)
        sound = sound + rng.uniform(0.0, 0.1) * np.sin(2 * np.pi * whistle)
    return scaled(sound * (1 + 0.3 * np.sin(2 * np.pi * rng.uniform(0.1, 8.0) * t)))


def _tone_of(frequency, hardness):
    phase = 2 * np.pi * np.cumsum(frequency) / RATE
    return scaled(np.tanh(hardness * np.sin(phase)))


def siren(rng, kind, seconds):
    """One of `SIRENS`, with the spread of pitches and tempi of its kind."""
    t = time(seconds) + rng.uniform(0, 5)
    spread = rng.uniform(0.93, 1.07)

    def swing(period):
        return 0.5 - 0.5 * np.cos(2 * np.pi * t / period)

    def saw(period):
        return (t / period) % 1.0

    if kind == "wail":
        frequency = 600 + rng.uniform(600, 900) * swing(rng.uniform(3.0, 6.0))
    elif kind == "yelp":
        frequency = 600 + rng.uniform(600, 900) * swing(rng.uniform(0.25, 0.45))
    elif kind == "din":
        frequency = 1200 - 700 * saw(1.0)
    elif kind == "whoop":
        frequency = 500 + 700 * saw(rng.uniform(2.0, 3.5))
    elif kind == "hilo":
        low = rng.uniform(430, 700)
        high = low * rng.uniform(1.2, 1.5)
        frequency = np.where(saw(rng.uniform(0.9, 1.3)) < 0.5, low, high)
    elif kind == "alternating":
        frequency = np.where(saw(0.5) < 0.5, 800.0, 970.0)
    return _tone_of(spread * frequency, rng.uniform(0.3, 3.0))


SIRENS = ("wail", "yelp", "din", "whoop", "hilo", "alternating")


def echoing(rng, sound, *, decay=0.1, share=0.5):
    """In a hall: `share` of the power arrives late, dying away by a factor e in `decay` s."""
    count = round(4 * decay * RATE)
    tail = rng.standard_normal(count) * np.exp(-np.arange(count) / (2 * decay * RATE))
    size = len(sound) + count
    late = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(tail, size), size)[: len(sound)]
    return scaled((1 - share) ** 0.5 * scaled(sound) + share**0.5 * scaled(late))


def voice(rng, seconds, pitch=None):
    """Talk: glottal pulses through moving formants, hissing and bursting consonants, pauses."""
    pitch = pitch or rng.uniform(85, 260)
    pieces, length = [], 0
    while length < seconds * RATE:
        if rng.random() < 0.2:
            pieces.append(np.zeros(round(rng.uniform(0.1, 0.6) * RATE)))
        pieces.append(_consonant(rng))
        pieces.append(_vowel(rng, pitch, rng.uniform(0.08, 0.35)))
        length = sum(map(len, pieces))
    return scaled(np.concatenate(pieces)[: round(seconds * RATE)])


def _consonant(rng):
    hiss = np.diff(rng.standard_normal(round(rng.uniform(0.02, 0.12) * RATE) + 1))
    if rng.random() < 0.5:
        burst = np.exp(-time(len(hiss) / RATE) / 0.008)
        return 0.3 * hiss * burst[: len(hiss)]
    return 0.1 * hiss * np.hanning(len(hiss))


def _vowel(rng, pitch, seconds):
    t = time(seconds)
    course = np.linspace(rng.uniform(0.85, 1.15), rng.uniform(0.85, 1.15), len(t))
    phase = 2 * np.pi * np.cumsum(pitch * course) / RATE
    formants = [(rng.uniform(*low), rng.uniform(*high)) for low, high in _FORMANTS]
    sound = np.zeros(len(t))
    for harmonic in range(1, int(7500 / (pitch * 1.15))):
        frequency = pitch * course * harmonic
        gain = np.zeros(len(t))
        for (start, end), width in zip(formants, (80, 100, 150), strict=True):
            centre = np.linspace(start, end, len(t))
            gain += 1 / (1 + ((frequency - centre) / width) ** 2)
        sound += gain / harmonic**0.5 * np.sin(harmonic * phase)
    return sound * np.minimum(1, np.minimum(t, t[::-1]) / 0.02)


_FORMANTS = (
    ((280, 800), (280, 800)),
    ((900, 2300), (900, 2300)),
    ((2300, 3000), (2300, 3000)),
)


def radio(rng, seconds):
    """Chords, a melody and drums, as a band plays them: notes of a scale, several at once."""
    beat = rng.uniform(0.2, 0.45)
    count = round(seconds * RATE)
    sound = np.zeros(count + 3 * RATE)
    scale = 220.0 * 2 ** (np.array([0, 2, 4, 5, 7, 9, 11, 12, 14, 16]) / 12)
    at = 0.0
    while at < seconds:
        start = round(at * RATE)
        for pitch in rng.choice(scale, 3, replace=False):
            note = _note(rng, pitch, 3 * beat)
            sound[start : start + len(note)] += 0.5 * note
        for k in range(2):
            note = _note(rng, 2 * rng.choice(scale), beat)
            here = start + round(k * beat * RATE)
            sound[here : here + len(note)] += note
        drum = rng.standard_normal(RATE // 8) * np.exp(-time(0.125) / 0.03)
        sound[start : start + len(drum)] += 0.6 * drum
        at += 2 * beat
    return scaled(sound[:count])


def _note(rng, pitch, seconds):
    t = time(seconds)
    sound = sum(np.sin(2 * np.pi * pitch * h * t + rng.uniform(0, 6)) / h for h in range(1, 7))
    return sound * np.exp(-t / 0.5) * np.minimum(1, t / 0.01)


def reversing_beeper(rng, seconds):
    t = time(seconds)
    on = (t / rng.uniform(0.8, 1.2)) % 1.0 < 0.5
    return scaled(on * np.sin(2 * np.pi * rng.uniform(1000, 2800) * t))


def blow(rng, *, decay=None):
    """One impact, 0.6 s long, peak about 1: a crack, and the modes of what was hit."""
    t = time(0.6)
    crack = rng.standard_normal(len(t)) * np.exp(-t / rng.uniform(0.004, 0.015))
    ring = np.zeros(len(t))
    for _ in range(6):
        mode = np.sin(2 * np.pi * rng.uniform(150, 6000) * t + rng.uniform(0, 6))
        ring += rng.uniform(0.1, 0.4) * mode * np.exp(-t / (decay or rng.uniform(0.01, 0.06)))
    sound = crack + ring
    return (sound / np.abs(sound).max()).astype(np.float32)


def blows(rng, seconds, times, *, same=False, level=1.0):
    """Impacts beginning at `times` (s) in silence; `same`: each the same blow."""
    sound = np.zeros(round(seconds * RATE) + RATE, np.float32)
    first = blow(rng)
    for at in times:
        hit = first if same else blow(rng)
        start = round(at * RATE)
        sound[start : start + len(hit)] += level * hit
    return sound[: round(seconds * RATE)]


def placed(sound, seconds, at):
    """The sound beginning at `at` (s) in `seconds` of silence."""
    whole = np.zeros(round(seconds * RATE), np.float32)
    start = round(at * RATE)
    whole[start : start + len(sound)] = sound[: len(whole) - start]
    return whole


def decibels(value):
    """The factor of an amplitude."""
    return 10 ** (value / 20)
